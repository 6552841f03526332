// SPDX-License-Identifier: GPL-2.0
//! Maps of targets that XDP programs redirect packets to. Userspace fills them;
//! programs name an entry.
//!
//! An entry may have an XDP program of its own. The entry keeps that program's
//! object loaded, and an object keeps its maps: if the program is in the object
//! of the map, both stay until userspace deletes the entry.

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_MAP_TYPE_CPUMAP, BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH,
    XDP_ABORTED, XDP_REDIRECT,
};
use crate::pod::Pod;
use crate::rt::ffi;
use crate::utils::Result;

/// An array of devices. V is `u32` (the device's index), or `[u32; 2]` (the
/// index, and the descriptor of an XDP program that sees packets sent there).
pub type RexDevMap<V = u32> = RexMapHandle<BPF_MAP_TYPE_DEVMAP, u32, V>;
/// A hash table of devices; V as in [`RexDevMap`].
pub type RexDevMapHash<V = u32> =
    RexMapHandle<BPF_MAP_TYPE_DEVMAP_HASH, u32, V>;
/// An array of CPUs that process packets. V is `u32` (the length of the CPU's
/// queue), or `[u32; 2]` (the length, and the descriptor of an XDP program that
/// sees packets there).
pub type RexCpuMap<V = u32> = RexMapHandle<BPF_MAP_TYPE_CPUMAP, u32, V>;

/// A map that packets can be redirected by.
pub trait RedirectMap: super::handle::sealed::Sealed + 'static {
    /// Returns the kernel's map; None if the loader has not made it.
    #[doc(hidden)]
    fn __kernel_map(&'static self) -> Option<u64>;
}

macro_rules! redirect_maps {
    ($($map_type:ident)*) => {
        $(
            impl<V: $crate::Pod> $crate::map::RedirectMap
                for $crate::map::RexMapHandle<$map_type, u32, V>
            {
                #[inline(always)]
                fn __kernel_map(&'static self) -> Option<u64> {
                    self.kernel_map()
                }
            }
        )*
    };
}

pub(super) use redirect_maps;

/// Records entry `key` of `map` as the target of the packet.
#[inline(always)]
pub(crate) fn redirect<M: RedirectMap>(
    map: &'static M,
    key: u32,
    flags: u64,
) -> Result {
    let Some(map) = map.__kernel_map() else {
        return Err(XDP_ABORTED as i32);
    };
    // SAFETY: it is a kernel's map: `RedirectMap` is implemented for handles of
    // maps only.
    match unsafe { ffi::bpf_redirect_map(map, key, flags) } as i32 {
        action if action == XDP_REDIRECT as i32 => Ok(action),
        action => Err(action),
    }
}

super::wrapper::map! {
    /// An array of devices; V as in [`RexDevMap`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Output devices, by the queue that received the packet.
    /// #[map]
    /// static PORTS: DevMap<u32> = DevMap::with_max_entries(16);
    ///
    /// #[xdp]
    /// fn forward(ctx: &mut XdpContext) -> XdpAction {
    ///     ctx.redirect_map(&PORTS, ctx.rx_queue_index(), XdpAction::Pass)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP")]
    DevMap<V: Pod> = RexDevMap<V>
}
super::wrapper::map! {
    /// A hash table of devices; V as in [`RexDevMap`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Output devices, by the index of the input device.
    /// #[map]
    /// static PEERS: DevMapHash<u32> = DevMapHash::with_max_entries(16);
    ///
    /// #[xdp]
    /// fn bridge(ctx: &mut XdpContext) -> XdpAction {
    ///     ctx.redirect_map(&PEERS, ctx.ingress_ifindex(), XdpAction::Drop)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_DEVMAP_HASH")]
    DevMapHash<V: Pod> = RexDevMapHash<V>
}
super::wrapper::map! {
    /// An array of CPUs that process packets; V as in [`RexCpuMap`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Userspace stores the length of the queue of each CPU.
    /// #[map]
    /// static WORKERS: CpuMap<u32> = CpuMap::with_max_entries(4);
    ///
    /// /// Distributes packets by their source.
    /// #[xdp]
    /// fn spread(ctx: &mut XdpContext) -> Result<XdpAction> {
    ///     let source = ctx.ipv4()?.map_or(0, |ip| u32::from_be(ip.saddr));
    ///     Ok(ctx.redirect_map(&WORKERS, source % 4, XdpAction::Pass))
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_CPUMAP")]
    CpuMap<V: Pod> = RexCpuMap<V>
}

macro_rules! wrapped {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> RedirectMap for $name<V> {
                #[inline(always)]
                fn __kernel_map(&'static self) -> Option<u64> {
                    self.0.kernel_map()
                }
            }
        )*
    };
}

wrapped! { DevMap DevMapHash CpuMap }
