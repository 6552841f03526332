// SPDX-License-Identifier: GPL-2.0
//! Programs that decide about the packets of the sockets in a cgroup.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_CGROUP_SKB`.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[cgroup_skb("egress")]
//! fn no_large_packets(ctx: &mut CgroupSkbContext) -> CgroupAction {
//!     match ctx.len() {
//!         0..=1000 => CgroupAction::Pass,
//!         _ => CgroupAction::Drop,
//!     }
//! }
//! ```
//!
//! Such a program is attached to a cgroup, by `bpf_program__attach_cgroup` or
//! bpftool. It sees a packet, but cannot change it.

use core::ffi::{c_int, c_void};

use crate::context::Cgroup;
use crate::context::skb::{__sk_buff, Handle};
use crate::linux::errno::EFAULT;
use crate::net::{Headers, Socket, Unknown};
use crate::program::function::program;
use crate::rt::ffi;
use crate::utils::{Result, to_result, u16be};
use crate::verdict::actions;

/// The packet is dropped.
pub const DROP: c_int = 0;
/// The packet passes.
pub const PASS: c_int = 1;

actions! {
    /// The result of a cgroup_skb program. A program may return it in a `Result`,
    /// whose error drops the packet. See [`verdict`](crate::verdict).
    CgroupAction, on error Drop {
        /// The packet is dropped.
        Drop = 0,
        /// The packet passes.
        Pass = 1,
    }
}

program! {
    /// The helpers of cgroup_skb programs. It is valid during the run only.
    cgroup_skb;

    /// A packet that a socket in a cgroup sends or receives, from its IP header on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[cgroup_skb("egress")]
    /// fn no_large_packets(ctx: &mut CgroupSkbContext) -> CgroupAction {
    ///     match ctx.len() {
    ///         0..=1000 => CgroupAction::Pass,
    ///         _ => CgroupAction::Drop,
    ///     }
    /// }
    /// ```
    CgroupSkbContext(&'run CgroupPacket): Context -> CgroupAction
}

/// A packet that a socket in the cgroup sends or receives, from its IP header on.
///
/// # Invariants
///
/// The invariants of `__sk_buff`, except for `cb`, which these programs cannot use.
/// There is no `&mut` to it, so no field is written.
#[repr(transparent)]
pub struct CgroupPacket {
    packet: __sk_buff,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $field:ty,)*) => {
        impl CgroupPacket {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub fn $name(&self) -> $field {
                    self.packet.$name()
                }
            )*
        }
    };
}

fields! {
    /// The number of bytes in the packet.
    len: u32,
    /// The number of bytes that are not linear.
    data_len: u32,
    /// The bytes of the packet that are linear. They begin with the IP header.
    data_slice: &[u8],
    /// The protocol of the packet: `ETH_P_*`.
    protocol: u16be,
    /// The priority.
    priority: u32,
    /// The mark.
    mark: u32,
    /// The hash of the flow if it is known, otherwise 0.
    hash: u32,
    /// The index of the device that received the packet; 0 if it was made here.
    ingress_ifindex: u32,
    /// The index of the device that the packet is at.
    ifindex: u32,
    /// The kind of address that the packet has: `PACKET_*`.
    pkt_type: u32,
    /// The socket that sends or receives the packet.
    socket: Option<Socket<'_>>,
}

impl CgroupPacket {
    /// Returns where the headers of the packet are, as far as they are in
    /// [`data_slice`](Self::data_slice).
    ///
    /// # Errors
    ///
    /// Errors are those of [`Headers::parse_ip`].
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_ip(self.data_slice())
    }

    /// Returns whether there are no bytes in the packet.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl cgroup_skb {
    /// Copies the bytes of the packet from `offset` on to `to`, linear or not.
    /// Fails if the packet is too short; then `to` is zeroed.
    #[inline(always)]
    pub fn bpf_skb_load_bytes(
        &self,
        packet: &CgroupPacket,
        offset: u32,
        to: &mut [u8],
    ) -> Result {
        let len = u32::try_from(to.len()).map_err(|_| -EFAULT)?;
        let skb = packet.packet.as_ptr();
        // SAFETY: it is the context of the run; the length is the slice's, which
        // does not overlap the borrowed packet.
        to_result(unsafe {
            ffi::bpf_skb_load_bytes(skb, offset, to.as_mut_ptr(), len)
        })
    }

    /// Returns the cgroup of the packet's socket, for `bpf_cgrp_storage_get`. None if the
    /// packet has no socket.
    #[inline(always)]
    pub fn skb_cgroup(&self, packet: &CgroupPacket) -> Option<Cgroup<'_>> {
        // SAFETY: it is the context of the run, which `self` does not outlive.
        let cgroup = unsafe { ffi::rex_skb_cgroup(packet.packet.as_ptr()) };
        // SAFETY: it is freed after an RCU grace period, so not during the run.
        unsafe { Cgroup::from_ptr(cgroup) }
    }

    /// Returns the id of the cgroup of the packet's socket: the inode number of its
    /// folder. The cgroup may be a descendant of the one that the program is
    /// attached to.
    #[inline(always)]
    pub fn bpf_skb_cgroup_id(&self, packet: &CgroupPacket) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_cgroup_id(packet.packet.as_ptr()) }
    }

    /// Returns the id of that cgroup or its ancestor at `level`, where the root is
    /// at level 0. 0 if it is not that deep.
    #[inline(always)]
    pub fn bpf_skb_ancestor_cgroup_id(
        &self,
        packet: &CgroupPacket,
        level: i32,
    ) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe {
            ffi::bpf_skb_ancestor_cgroup_id(packet.packet.as_ptr(), level)
        }
    }

    /// Returns the number of the packet's socket:
    /// see [`CgroupSkbContext::socket_cookie`](crate::context::CgroupSkbContext::socket_cookie).
    #[inline(always)]
    pub fn bpf_get_socket_cookie(&self, packet: &CgroupPacket) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_get_socket_cookie(packet.packet.as_ptr()) }
    }

    /// Returns the id of the user who owns the packet's socket:
    /// see [`CgroupSkbContext::socket_uid`](crate::context::CgroupSkbContext::socket_uid).
    #[inline(always)]
    pub fn bpf_get_socket_uid(&self, packet: &CgroupPacket) -> u32 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_get_socket_uid(packet.packet.as_ptr()) as u32 }
    }
}

/// Runs `function` for one packet.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type CGROUP_SKB: `ctx` points to the
/// packet's `struct sk_buff`, and nothing else changes it during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    on_error: CgroupAction,
    function: impl Function,
) -> u32 {
    let mut obj = cgroup_skb::new();
    let mut handle = Handle::new(ctx);
    let packet = handle.packet() as *const CgroupPacket;
    // INVARIANT: the caller's word. SAFETY: it is laid out as a `__sk_buff`, which
    // is laid out as a `Handle`, a local. The reference ends with this function,
    // since `function` takes any lifetime.
    let packet = unsafe { &*packet };
    function.call(&mut obj, packet).unwrap_or(on_error) as u32
}
