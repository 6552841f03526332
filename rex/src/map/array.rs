// SPDX-License-Identifier: GPL-2.0
//! Arrays.
//! C counterpart: `kernel/bpf/arraymap.c`.

use super::MapValue;
use super::handle::RexMapHandle;
use crate::error::done;
use crate::linux::bpf::{
    BPF_ANY, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY,
};
use crate::pod::Pod;
use crate::utils::Result;

/// An array. All elements exist, and are zero at first.
pub type RexArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_ARRAY, u32, V>;
/// An array for each CPU; programs see the one of their CPU.
pub type RexPerCPUArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_ARRAY, u32, V>;

macro_rules! arrays {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Stores `value` at index `key`; `-E2BIG` if the index is
                /// beyond the end.
                pub fn insert(&'static self, key: &u32, value: &V) -> Result {
                    self.update_elem(key, value, BPF_ANY)
                }

                /// Returns a copy of the value at index `key`. To change it in
                /// place, look it up with `obj.bpf_map_lookup_elem`.
                pub fn get(&'static self, key: &u32) -> Option<V> {
                    // SAFETY: the reference does not leave this function.
                    unsafe { self.lookup(key) }.map(|element| element.get())
                }

                /// Fails with `-EINVAL`: elements of arrays cannot be deleted.
                pub fn delete(&'static self, key: &u32) -> Result {
                    self.delete_elem(key)
                }
            }
        )*
    };
}

arrays! { RexArrayMap RexPerCPUArrayMap }

super::wrapper::map! {
    /// An array. All elements exist, and are zero at first. A lookup is inline.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Reads by the power of two of their size.
    /// #[map]
    /// static SIZES: Array<u64> = Array::with_max_entries(64);
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     let power = ctx.regs().rdx().checked_ilog2().unwrap_or(0);
    ///     let reads = SIZES.get(power).unwrap_or(0);
    ///     SIZES.set(power, reads + 1)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_ARRAY")]
    Array<V: MapValue> = RexArrayMap<V>
}
super::wrapper::map! {
    /// An array for each CPU; programs see the one of their CPU.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Packets by protocol; userspace adds the numbers of all CPUs.
    /// #[map]
    /// static PACKETS: PerCpuArray<u64> = PerCpuArray::with_max_entries(256);
    ///
    /// #[xdp]
    /// fn count(ctx: &mut XdpContext) -> Result<XdpAction> {
    ///     let protocol = ctx.ipv4()?.map_or(0, |ip| ip.protocol);
    ///     if let Some(packets) = PACKETS.lookup(ctx, u32::from(protocol)) {
    ///         packets.update(|packets| *packets += 1);
    ///     }
    ///     Ok(XdpAction::Pass)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_ARRAY")]
    PerCpuArray<V: Pod> = RexPerCPUArrayMap<V>
}
super::wrapper::lookup! { Array<V: MapValue>[u32] -> V }
super::wrapper::lookup! { PerCpuArray<V: Pod>[u32] -> V }
super::wrapper::per_cpu! { PerCpuArray<V>[u32] }

macro_rules! by_value {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Stores `value` at `index`.
                ///
                /// # Errors
                ///
                /// `E2BIG` if the index is beyond the end.
                #[doc(alias = "bpf_map_update_elem")]
                #[inline(always)]
                pub fn set(
                    &'static self,
                    index: u32,
                    value: V,
                ) -> crate::error::Result {
                    done(self.0.insert(&index, &value))
                }

                /// Returns a copy of the value at `index`. To change it in
                /// place, see [`lookup`](Self::lookup).
                #[doc(alias = "bpf_map_lookup_elem")]
                #[inline(always)]
                pub fn get(&'static self, index: u32) -> Option<V> {
                    self.0.get(&index)
                }
            }
        )*
    };
}

by_value! { Array PerCpuArray }
