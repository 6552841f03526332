// SPDX-License-Identifier: GPL-2.0
//! Programs that decide about the packets of the sockets in a cgroup.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_CGROUP_SKB`.
//!
//! ```ignore
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

use crate::context::skb::{__sk_buff, Handle};
use crate::linux::errno::EFAULT;
use crate::net::{Headers, Socket, Unknown};
use crate::program::function::program;
use crate::rt::ffi;
use crate::utils::{Result, to_result, u16be};
use crate::verdict::actions;

/// The packet goes nowhere.
pub const DROP: c_int = 0;
/// The packet goes on.
pub const PASS: c_int = 1;

actions! {
    /// What becomes of a packet: what a cgroup_skb program returns, or in a
    /// `Result` whose error drops the packet. See [`verdict`](crate::verdict).
    CgroupAction, on error Drop {
        /// It goes nowhere.
        Drop = 0,
        /// It goes on.
        Pass = 1,
    }
}

program! {
    /// What a cgroup_skb program may ask the kernel for. Valid during the run only.
    cgroup_skb;

    /// A packet that a socket in a cgroup sends or receives, from its IP header on.
    ///
    /// # Examples
    ///
    /// ```ignore
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
/// Those of `__sk_buff`, but for `cb`: that is not a program's here. Nobody has it
/// as `&mut`, so that nothing is written to it.
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
    /// Bytes in the packet.
    len: u32,
    /// Bytes of it that are not linear.
    data_len: u32,
    /// The bytes of the packet that are linear. They begin with the IP header.
    data_slice: &[u8],
    /// What kind of packet this is: `ETH_P_*`.
    protocol: u16be,
    /// The priority.
    priority: u32,
    /// The mark.
    mark: u32,
    /// The hash of the flow, if it is known, else 0.
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
    /// Where the headers of the packet are, as far as they are in
    /// [`data_slice`](Self::data_slice).
    ///
    /// # Errors
    ///
    /// As [`Headers::parse_ip`].
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_ip(self.data_slice())
    }

    /// Whether there are no bytes in the packet.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl cgroup_skb {
    /// Copies the bytes of the packet from `offset` on to `to`, linear or not.
    /// Fails if the packet ends before; `to` is 0 then.
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
        // is none of the packet's, since that is borrowed.
        to_result(unsafe {
            ffi::bpf_skb_load_bytes(skb, offset, to.as_mut_ptr(), len)
        })
    }

    /// The id of the cgroup whose socket the packet is of: the number of the inode
    /// of its folder. It may be one below that which the program is attached to.
    #[inline(always)]
    pub fn bpf_skb_cgroup_id(&self, packet: &CgroupPacket) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_cgroup_id(packet.packet.as_ptr()) }
    }

    /// The id of that cgroup, or of the one above it, at `level`, where the root
    /// is at level 0. 0 if it is not that deep.
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
}

/// Runs `function` for one packet.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type CGROUP_SKB: `ctx` points to
/// the packet's `struct sk_buff`, and nothing else changes it during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    on_error: CgroupAction,
    function: impl Function,
) -> u32 {
    let obj = cgroup_skb::new();
    let mut handle = Handle::new(ctx);
    let packet = handle.packet() as *const CgroupPacket;
    // INVARIANT: the caller's word.
    // SAFETY: it is laid out as a `__sk_buff`, and that as a `Handle`, which is a
    // local. The reference ends with this function, since `function` takes any
    // lifetime.
    let packet = unsafe { &*packet };
    function.call(&obj, packet).unwrap_or(on_error) as u32
}
