// SPDX-License-Identifier: GPL-2.0
//! Programs that see the packets that a network device receives.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_XDP`, and
//! `struct xdp_buff` in `include/net/xdp.h`.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! /// Drops UDP to port 9, and packets of unknown kind (later fragments, too).
//! #[xdp]
//! fn drop_discard(ctx: &mut XdpContext) -> Result<XdpAction> {
//!     let Some(udp) = ctx.udp()? else {
//!         return Ok(XdpAction::Pass);
//!     };
//!     Ok(match u16::from_be(udp.dest) {
//!         9 => XdpAction::Drop,
//!         _ => XdpAction::Pass,
//!     })
//! }
//! ```
//!
//! It is attached by its descriptor, which `bpf_program__fd` gives: with
//! `bpf_xdp_attach`, or as any XDP program is with `ip link` or bpftool once it is
//! pinned. A program for devices whose packets may be in several buffers says so,
//! and reads what comes after the first one by copies:
//!
//! ```no_run
//! # use rex::prelude::*;
//! /// Drops what ends in a zero.
//! #[xdp(frags)]
//! fn drop_zeros(ctx: &mut XdpContext) -> Result<XdpAction> {
//!     let mut last = [0xff];
//!     let at = ctx.len().saturating_sub(1);
//!     ctx.load_bytes(at as u32, &mut last)?;
//!     Ok(match last {
//!         [0] => XdpAction::Drop,
//!         _ => XdpAction::Pass,
//!     })
//! }
//! ```
//!
//! The bytes, headers and metadata of a packet are borrowed from its `xdp_md`. Helpers
//! that move the packet's ends take `&mut xdp_md`, so that no part that was borrowed
//! before can be used after them.

use core::cell::Cell;
use core::ffi::c_void;

use crate::context::xdp_md::Handle;
use crate::linux::bpf::BPF_XDP_DEVMAP;
use crate::linux::errno::{EDESTADDRREQ, EFAULT};
use crate::map::RedirectMap;
use crate::net::header_views;
use crate::prog::Kind;
use crate::program::function::program;
use crate::rt::ffi;
use crate::utils::{Result, to_result};
use crate::verdict::actions;

pub use crate::context::xdp_md::{XdpData, xdp_md};
pub use crate::linux::bpf::{
    XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_REDIRECT, XDP_TX,
};
pub use crate::linux::r#in::{
    IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP,
};
pub use crate::net::{
    Headers, Unknown, bpf_fib_lookup, compute_ip_checksum, ethhdr, icmphdr,
    iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr,
};

actions! {
    /// The verdict on a packet. An XDP program returns it, or a `Result` with it, whose
    /// error drops the packet. See [`verdict`](crate::verdict).
    XdpAction, on error Aborted {
        /// It is dropped, which the tracepoint `xdp:xdp_exception` shows.
        Aborted = 0,
        /// It is dropped.
        Drop = 1,
        /// It goes on to the kernel.
        Pass = 2,
        /// It goes back out of the device that received it.
        Tx = 3,
        /// It goes where the last redirect helper said that the program called for this
        /// packet. If that helper failed, or there is none, it is the error `EDESTADDRREQ`.
        Redirect = 4,
    }
}

program! {
    /// The helpers of an XDP program. They are valid during the run only.
    xdp;

    /// A packet that a network device has received.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// /// Drops UDP to port 9, and packets of unknown kind (later fragments, too).
    /// #[xdp]
    /// fn drop_discard(ctx: &mut XdpContext) -> Result<XdpAction> {
    ///     Ok(match ctx.udp()? {
    ///         Some(udp) if udp.dest == 9u16.to_be() => XdpAction::Drop,
    ///         _ => XdpAction::Pass,
    ///     })
    /// }
    /// ```
    ///
    /// Methods that move the packet's ends take `&mut self`: parts of the packet that
    /// were borrowed before cannot be used after them.
    XdpContext(&'run mut xdp_md): Context -> XdpAction, setup: by_hand, state: Target
}

/// Whether the last redirect helper that the run has called has found a target.
///
/// Older kernels keep the target for the CPU until a redirection, as a pointer to memory that
/// may be free when another run redirects: those before Linux 6.11 that lack "xdp: Reset
/// bpf_redirect_info before running a xdp's BPF prog.", which 6.1.136 brought to 6.1. So a run
/// may only redirect to a target of its own, which RCU keeps until the kernel has redirected
/// the packet. A program cannot set this: it is a private field of `obj`, which is a local of
/// [`run`], and which only the helpers of that run get.
struct Target(Cell<bool>);

impl Target {
    #[inline(always)]
    fn new() -> Self {
        Self(Cell::new(false))
    }
}

impl xdp {
    header_views!(xdp_md);

    /// Moves the end of the packet by `offset` bytes; new bytes are 0. Fails with
    /// `-EINVAL` if there is no room, or less than an Ethernet header would be
    /// left, and with `-EOPNOTSUPP` if a packet in several buffers would be shorter and
    /// the kernel gets that wrong: in generic mode, on veth and behind a devmap.
    #[inline(always)]
    pub fn bpf_xdp_adjust_tail(&self, ctx: &mut xdp_md, offset: i32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_xdp_adjust_tail(ctx.as_ptr(), offset) })
    }

    /// Moves the beginning of the packet by `offset` bytes: it gets shorter if
    /// that is positive. New bytes have any contents. Fails with `-EINVAL` if
    /// there is no room, if less than an Ethernet header would be left, if the
    /// packet would begin more than 32767 bytes after its buffer does, or if it
    /// would get shorter and is yet to be segmented, in generic mode.
    #[inline(always)]
    pub fn bpf_xdp_adjust_head(&self, ctx: &mut xdp_md, offset: i32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_xdp_adjust_head(ctx.as_ptr(), offset) })
    }

    /// Moves the beginning of the metadata by `offset` bytes: it gets longer if
    /// that is negative. Its length has to be a multiple of 4, and at most 32.
    #[inline(always)]
    pub fn bpf_xdp_adjust_meta(&self, ctx: &mut xdp_md, offset: i32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_xdp_adjust_meta(ctx.as_ptr(), offset) })
    }

    /// Bytes in the packet, in all of its buffers.
    #[inline(always)]
    pub fn bpf_xdp_get_buff_len(&self, ctx: &xdp_md) -> usize {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_xdp_get_buff_len(ctx.as_ptr()) as usize }
    }

    /// Copies the bytes of the packet from `offset` on to `buf`, from whichever
    /// buffers they are in. Fails if the packet ends before.
    #[inline(always)]
    pub fn bpf_xdp_load_bytes(
        &self,
        ctx: &xdp_md,
        offset: u32,
        buf: &mut [u8],
    ) -> Result {
        let len = u32::try_from(buf.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run; the length is the slice's, which
        // is none of the packet's, since that is borrowed.
        to_result(unsafe {
            ffi::bpf_xdp_load_bytes(ctx.as_ptr(), offset, buf.as_mut_ptr(), len)
        })
    }

    /// Copies `buf` into the packet from `offset` on, to whichever buffers that
    /// is in. Fails if the packet ends before.
    #[inline(always)]
    pub fn bpf_xdp_store_bytes(
        &self,
        ctx: &mut xdp_md,
        offset: u32,
        buf: &[u8],
    ) -> Result {
        let len = u32::try_from(buf.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run, and nothing is borrowed from it,
        // so that `buf` is elsewhere; the length is the slice's.
        to_result(unsafe {
            ffi::bpf_xdp_store_bytes(ctx.as_ptr(), offset, buf.as_ptr(), len)
        })
    }

    /// Sends the packet out of a device, if the program returns what this does:
    /// `Ok(XDP_REDIRECT)`; `Err(XDP_ABORTED)` if `flags` is not 0.
    #[inline(always)]
    pub fn bpf_redirect(&self, ifindex: u32, flags: u64) -> Result {
        self.note_target(redirection(ffi::bpf_redirect(ifindex, flags)))
    }

    /// Sends the packet where entry `key` of `map` says, if the program returns
    /// what this does: `Ok(XDP_REDIRECT)`; if there is no such entry, `Err` of
    /// the action that is in the lower two bits of `flags`.
    #[inline(always)]
    pub fn bpf_redirect_map<M: RedirectMap>(
        &self,
        map: &'static M,
        key: u32,
        flags: u64,
    ) -> Result {
        self.note_target(crate::map::redirect(map, key, flags))
    }

    /// Records whether a redirect helper has found a target.
    #[inline(always)]
    fn note_target(&self, result: Result) -> Result {
        self.state.0.set(result.is_ok());
        result
    }
}

#[inline(always)]
fn redirection(ret: i64) -> Result {
    match ret as u32 {
        XDP_REDIRECT => Ok(XDP_REDIRECT as i32),
        _ => Err(XDP_ABORTED as i32),
    }
}

/// Further arguments of [`run`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Setup {
    on_error: XdpAction,
    /// True if the program is for entries of a devmap.
    devmap: bool,
}

#[doc(hidden)]
pub const fn __setup(kind: &Kind, default_ret: Option<i32>) -> Setup {
    Setup {
        on_error: XdpAction::on_error(default_ret),
        devmap: kind.attach_type == BPF_XDP_DEVMAP,
    }
}

/// Runs `function` for one packet.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type XDP, and of the attach type of
/// the kind that `setup` was made for: `ctx` points to the packet's
/// `struct xdp_buff`, and nothing else uses it during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    setup: Setup,
    function: impl Function,
) -> u32 {
    let mut obj = xdp::new();
    let mut handle = Handle::new(ctx, setup.devmap);
    // INVARIANT: the caller's word.
    // SAFETY: an `xdp_md` with no elements at its end is laid out as a `Handle`,
    // which is a local. The reference ends with this function, since `program`
    // takes any lifetime.
    let packet = unsafe { &mut *handle.packet() };
    let action = match function.call(&mut obj, packet) {
        Some(XdpAction::Redirect) if !obj.state.0.get() => {
            ffi::rex_note_error(-EDESTADDRREQ);
            None
        }
        action => action,
    };
    action.unwrap_or(setup.on_error) as u32
}
