// SPDX-License-Identifier: GPL-2.0
//! Programs that classify packets: tc, in both directions of a network device.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_SCHED_CLS`, and
//! `struct sk_buff` in `include/linux/skbuff.h`.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! /// Marks TCP to port 80; unknown packets pass unmarked.
//! #[tc(default_ret = -1)]
//! fn mark_http(ctx: &mut TcContext) -> Result<TcAction> {
//!     let tcp = ctx.tcp()?;
//!     let port = tcp.map(|tcp| u16::from_be(tcp.dest));
//!     if port == Some(80) {
//!         ctx.set_mark(1);
//!     }
//!     Ok(TcAction::Unspec)
//! }
//! ```
//!
//! It is attached by its descriptor to one direction of a device: with
//! `bpf_tc_attach` (the qdisc clsact) on all kernels, and as a tcx link (bpf(2),
//! `BPF_TCX_INGRESS` or `BPF_TCX_EGRESS`) from Linux 6.6 on.
//!
//! A packet has a linear part, which slices contain, and may have more bytes in other
//! pages; helpers copy them or make them linear. Clones of the packet may share the
//! linear part, which is copied before the first write. The methods of [`sched_cls`]
//! for headers copy it, too, since their results are mutable; [`Headers`] only reads.
//!
//! The bytes of a packet are borrowed from its `__sk_buff`. Helpers that may move
//! them take `&mut __sk_buff`, so no older borrow can be used afterwards.

use core::ffi::c_void;

use crate::context::Cgroup;
use crate::context::skb::Handle;
use crate::linux::errno::{EFAULT, EINVAL};
use crate::linux::if_ether::ETH_HLEN;
use crate::net::header_views;
use crate::net::sums::{Fields, word};
use crate::program::function::program;
use crate::rt::ffi;
use crate::utils::{Result, to_result, u16be};
use crate::verdict::actions;

pub use crate::context::skb::{__sk_buff, SkbData};
pub use crate::linux::r#in::{
    IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP,
};
pub use crate::linux::pkt_cls::*;
pub use crate::net::{
    Headers, Socket, Unknown, bpf_fib_lookup, compute_ip_checksum, ethhdr,
    icmphdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr,
};

actions! {
    /// The result of a tc program. A program may return it in a `Result`, whose error
    /// drops the packet. See [`verdict`](crate::verdict).
    ///
    /// Programs are attached with the flag "direct action", as libbpf does it, so the
    /// result is not the number of a class.
    /// [`set_tc_classid`](__sk_buff::set_tc_classid) sets the class.
    TcAction, on error Shot {
        /// The next filter decides, as without this one.
        Unspec = -1,
        /// The packet passes, and no other filter runs.
        Ok = 0,
        /// The same as `Unspec` from a program; from an action, the first filter runs again.
        Reclassify = 1,
        /// The packet is dropped.
        Shot = 2,
        /// The same as `Unspec` from a program; from an action, the next action runs.
        Pipe = 3,
        /// The packet is consumed, and not counted as dropped.
        Stolen = 4,
        /// The same as `Unspec` from a program; from an action, the same as `Stolen`.
        Queued = 5,
        /// The same as `Unspec` from a program; from an action, the same as `Stolen`.
        Repeat = 6,
        /// The packet goes to the target of a redirect helper.
        Redirect = 7,
        /// The same as `Stolen`; hardware passes the packet to the kernel.
        Trap = 8,
    }
}

program! {
    /// The helpers of tc programs. It is valid during the run only.
    sched_cls;

    /// A packet that a network device receives or sends.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// /// Marks TCP to port 80; unknown packets pass unmarked.
    /// #[tc(default_ret = -1)]
    /// fn mark_http(ctx: &mut TcContext) -> Result<TcAction> {
    ///     if ctx.tcp()?.is_some_and(|tcp| tcp.dest == 80u16.to_be()) {
    ///         ctx.set_mark(1);
    ///     }
    ///     Ok(TcAction::Unspec)
    /// }
    /// ```
    ///
    /// Methods that may move the packet take `&mut self`, so no older borrow of the
    /// packet can be used afterwards.
    TcContext(&'run mut __sk_buff): Context -> TcAction
}

impl sched_cls {
    header_views!(__sk_buff);

    /// Makes the first `len` bytes of the packet linear and not shared with clones,
    /// so that [`data_slice`](__sk_buff::data_slice) contains them. 0 stands for the
    /// linear part.
    #[inline(always)]
    pub fn bpf_skb_pull_data(&self, skb: &mut __sk_buff, len: u32) -> Result {
        skb.data_slice.pull(len)
    }

    /// Copies the bytes of the packet from `offset` on to `to`, linear or not. Fails
    /// if the packet is too short; then `to` is zeroed.
    #[inline(always)]
    pub fn bpf_skb_load_bytes(
        &self,
        skb: &__sk_buff,
        offset: u32,
        to: &mut [u8],
    ) -> Result {
        let len = u32::try_from(to.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run; the length is the slice's, which does
        // not overlap the borrowed packet.
        to_result(unsafe {
            ffi::bpf_skb_load_bytes(skb.as_ptr(), offset, to.as_mut_ptr(), len)
        })
    }

    /// Copies `from` into the packet from `offset` on. Flags: `BPF_F_RECOMPUTE_CSUM`,
    /// `BPF_F_INVALIDATE_HASH`. Fails if the packet is too short.
    #[inline(always)]
    pub fn bpf_skb_store_bytes(
        &self,
        skb: &mut __sk_buff,
        offset: u32,
        from: &[u8],
        flags: u64,
    ) -> Result {
        let len = u32::try_from(from.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run, and nothing is borrowed from it, so
        // `from` does not overlap it; the length is the slice's.
        to_result(unsafe {
            ffi::bpf_skb_store_bytes(
                skb.as_ptr(),
                offset,
                from.as_ptr(),
                len,
                flags,
            )
        })
    }

    /// Corrects the IP checksum at `offset` for a change of `from` to `to`, whose
    /// size, 2 or 4, is in the lower bits of `flags`. With size 0, `to` is a
    /// difference from [`bpf_csum_diff`](Self::bpf_csum_diff).
    #[inline(always)]
    pub fn bpf_l3_csum_replace(
        &self,
        skb: &mut __sk_buff,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_l3_csum_replace(skb.as_ptr(), offset, from, to, flags)
        })
    }

    /// Corrects a checksum of TCP, UDP or ICMP, as
    /// [`bpf_l3_csum_replace`](Self::bpf_l3_csum_replace) does for IP. More flags:
    /// `BPF_F_PSEUDO_HDR`, `BPF_F_MARK_MANGLED_0`, `BPF_F_MARK_ENFORCE`.
    #[inline(always)]
    pub fn bpf_l4_csum_replace(
        &self,
        skb: &mut __sk_buff,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_l4_csum_replace(skb.as_ptr(), offset, from, to, flags)
        })
    }

    /// Replaces the bytes of the packet at `at` by `to`, and corrects the checksums
    /// that cover them: the IPv4 header's, and TCP's, UDP's or ICMP's, even if the
    /// kernel or the device is yet to compute it. `headers` are the packet's. The
    /// bytes must be within one header or within the payload, and begin and end at
    /// even offsets there, otherwise it is `-EINVAL`.
    ///
    /// ```no_run
    /// # fn redirect(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    /// let headers = skb.headers()?;
    /// if let Some(tcp) = headers.transport? {
    ///     // Its port of the destination.
    ///     obj.replace(skb, &headers, tcp.at + 2, &8080u16.to_be_bytes())?;
    /// }
    /// # Ok(TC_ACT_OK as i32)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The helpers' errors; [`Unknown`](crate::net::Unknown) headers. If it is not
    /// `-EINVAL`, checksums may be wrong.
    pub fn replace(
        &self,
        skb: &mut __sk_buff,
        headers: &Headers,
        at: usize,
        to: &[u8],
    ) -> Result<()> {
        let fields = Fields::of(headers, skb.data_slice(), at, to.len())?;
        let at = u32::try_from(at).map_err(|_| -EINVAL)?;
        for (i, new) in to.chunks(4).enumerate() {
            let place = at + i as u32 * 4;
            let mut old = [0; 4];
            let old = old.get_mut(..new.len()).ok_or(-EINVAL)?;
            self.bpf_skb_load_bytes(skb, place, old)?;
            let (from, to) = (word(old), word(new));
            let size = new.len() as u64;
            if let Some(sum) = fields.network_sum {
                self.bpf_l3_csum_replace(skb, sum, from, to, size)?;
            }
            if let Some((sum, flags)) = fields.transport_sum {
                let flags = flags | size;
                self.bpf_l4_csum_replace(skb, sum, from, to, flags)?;
            }
        }
        self.bpf_skb_store_bytes(skb, at, to, 0)?;
        Ok(())
    }

    /// Sends a copy of the packet out of a device, or with `BPF_F_INGRESS` has the
    /// device receive it. The program's result decides about the packet itself.
    #[inline(always)]
    pub fn bpf_clone_redirect(
        &self,
        skb: &mut __sk_buff,
        ifindex: u32,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_clone_redirect(skb.as_ptr(), ifindex, flags)
        })
    }

    /// Sends the packet out of a device, or with `BPF_F_INGRESS` has the device
    /// receive it, if the program returns this result: `Ok(TC_ACT_REDIRECT)`, or
    /// `Err(TC_ACT_SHOT)` if the flags are not valid.
    #[inline(always)]
    pub fn bpf_redirect(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect(ifindex, flags))
    }

    /// Sends the packet out of a device to the next hop of its route, with new link
    /// addresses, if the program returns this result. `flags` is 0.
    #[inline(always)]
    pub fn bpf_redirect_neigh(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect_neigh(ifindex, flags))
    }

    /// Has the device's peer in another network namespace receive the packet, if the
    /// program, at ingress, returns this result.
    #[inline(always)]
    pub fn bpf_redirect_peer(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect_peer(ifindex, flags))
    }

    /// Returns the cgroup of the packet's socket, for `bpf_cgrp_storage_get`. None if the
    /// packet has no socket.
    #[inline(always)]
    pub fn skb_cgroup(&self, skb: &__sk_buff) -> Option<Cgroup<'_>> {
        // SAFETY: it is the context of the run, which `self` does not outlive.
        let cgroup = unsafe { ffi::rex_skb_cgroup(skb.as_ptr()) };
        // SAFETY: it is freed after an RCU grace period, so not during the run.
        unsafe { Cgroup::from_ptr(cgroup) }
    }

    /// Returns the id of the cgroup of the packet's socket: the inode number of its
    /// folder. 0 if there is none; it is known at egress.
    #[inline(always)]
    pub fn bpf_skb_cgroup_id(&self, skb: &__sk_buff) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_cgroup_id(skb.as_ptr()) }
    }

    /// Returns the id of that cgroup or its ancestor at `level`, where the root is at
    /// level 0. 0 if it is not that deep.
    #[inline(always)]
    pub fn bpf_skb_ancestor_cgroup_id(
        &self,
        skb: &__sk_buff,
        level: i32,
    ) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_ancestor_cgroup_id(skb.as_ptr(), level) }
    }

    /// Returns the number of the packet's socket:
    /// see [`TcContext::socket_cookie`](crate::context::TcContext::socket_cookie).
    #[inline(always)]
    pub fn bpf_get_socket_cookie(&self, skb: &__sk_buff) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_get_socket_cookie(skb.as_ptr()) }
    }

    /// Returns the id of the user who owns the packet's socket:
    /// see [`TcContext::socket_uid`](crate::context::TcContext::socket_uid).
    #[inline(always)]
    pub fn bpf_get_socket_uid(&self, skb: &__sk_buff) -> u32 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_get_socket_uid(skb.as_ptr()) as u32 }
    }

    /// Sets the time of delivery, in nanoseconds since boot (`CLOCK_MONOTONIC`), with
    /// `BPF_SKB_TSTAMP_DELIVERY_MONO`. No time, 0, is of type `BPF_SKB_TSTAMP_UNSPEC`.
    #[inline(always)]
    pub fn bpf_skb_set_tstamp(
        &self,
        skb: &mut __sk_buff,
        tstamp: u64,
        tstamp_type: u32,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_skb_set_tstamp(skb.as_ptr(), tstamp, tstamp_type)
        })
    }

    /// Returns the hash of the flow, and computes it if it is not known.
    #[inline(always)]
    pub fn bpf_get_hash_recalc(&self, skb: &mut __sk_buff) -> u32 {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        unsafe { ffi::bpf_get_hash_recalc(skb.as_ptr()) as u32 }
    }

    /// Puts a VLAN tag on the packet.
    ///
    /// # Errors
    ///
    /// The errors of [`TcContext::vlan_push`].
    #[inline(always)]
    pub fn bpf_skb_vlan_push(
        &self,
        skb: &mut __sk_buff,
        vlan_proto: u16be,
        vlan_tci: u16,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_skb_vlan_push(skb.as_ptr(), vlan_proto.0, vlan_tci)
        })
    }

    /// Takes the outer VLAN tag off the packet, if there is one.
    ///
    /// # Errors
    ///
    /// The errors of [`TcContext::vlan_pop`].
    #[inline(always)]
    pub fn bpf_skb_vlan_pop(&self, skb: &mut __sk_buff) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_skb_vlan_pop(skb.as_ptr()) })
    }

    /// Makes the packet `len` bytes long; new bytes at its end are 0.
    #[inline(always)]
    pub fn bpf_skb_change_tail(
        &self,
        skb: &mut __sk_buff,
        len: u32,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_skb_change_tail(skb.as_ptr(), len, flags) })
    }

    /// Adds `head_room` bytes of 0, at most 4095, at the beginning of the packet.
    ///
    /// # Errors
    ///
    /// The errors of [`TcContext::change_head`].
    #[inline(always)]
    pub fn bpf_skb_change_head(
        &self,
        skb: &mut __sk_buff,
        head_room: u32,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_skb_change_head(skb.as_ptr(), head_room, flags)
        })
    }

    /// Inserts `diff` bytes, or removes them if `diff` is negative, after the header
    /// that `mode` names: `BPF_ADJ_ROOM_NET` or `BPF_ADJ_ROOM_MAC`.
    ///
    /// # Errors
    ///
    /// The errors of [`TcContext::adjust_room`].
    #[inline(always)]
    pub fn bpf_skb_adjust_room(
        &self,
        skb: &mut __sk_buff,
        diff: i32,
        mode: u32,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe {
            ffi::bpf_skb_adjust_room(skb.as_ptr(), diff, mode, flags)
        })
    }
}

#[inline(always)]
fn redirection(ret: i64) -> Result {
    match ret as u32 {
        TC_ACT_REDIRECT => Ok(TC_ACT_REDIRECT as i32),
        _ => Err(TC_ACT_SHOT as i32),
    }
}

/// Runs `function` for one packet.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type SCHED_CLS: `ctx` points to the
/// packet's `struct sk_buff`, and nothing else uses it during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    on_error: TcAction,
    function: impl Function,
) -> u32 {
    let mut obj = sched_cls::new();
    let mut handle = Handle::new(ctx);
    // INVARIANT: the caller's word.
    // SAFETY: a `__sk_buff` with no elements at its end is laid out as a
    // `Handle`, which is a local. The reference ends with this function, since
    // `function` takes any lifetime.
    let packet = unsafe { &mut *handle.packet() };
    let action = function.call(&mut obj, packet).unwrap_or(on_error);
    // The kernel takes the Ethernet header off a redirected packet, and queues what is
    // left for devices without one: a queue of packets without bytes ends badly.
    if matches!(action, TcAction::Redirect) {
        // SAFETY: the same packet, and nothing else is borrowed from it any more.
        let packet = unsafe { &*handle.packet() };
        if packet.len() as usize <= ETH_HLEN {
            return TcAction::Shot as u32;
        }
    }
    action as u32
}
