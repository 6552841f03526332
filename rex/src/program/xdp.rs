// SPDX-License-Identifier: GPL-2.0
//! Programs that see the packets that a network device receives.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_XDP`, and
//! `struct xdp_buff` in `include/net/xdp.h`.
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! /// Drops UDP to port 9, and what nobody can tell about (later fragments, too).
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
//! ```ignore
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
//! What a packet consists of is borrowed from its `xdp_md`. Helpers that move the
//! packet's ends take `&mut xdp_md`, so that nothing borrowed before can be used
//! after them.

use core::ffi::c_void;
use core::ops::{Deref, DerefMut};
use core::{ptr, slice};

use crate::linux::bpf::BPF_XDP_DEVMAP;
use crate::linux::errno::EFAULT;
use crate::map::RedirectMap;
use crate::net::locate::Located;
use crate::net::{Found, Link, Packet, header_views, link_of};
use crate::pod::Pod;
use crate::prog::Kind;
use crate::program::function::program;
use crate::rt::ffi;
use crate::utils::{Result, to_result, try_convert_slice_to_struct_mut};
use crate::verdict::actions;

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
    /// What becomes of a packet: what an XDP program returns, or in a `Result`
    /// whose error drops the packet. See [`verdict`](crate::verdict).
    XdpAction, on error Aborted {
        /// It is dropped, which the tracepoint `xdp:xdp_exception` shows.
        Aborted = 0,
        /// It is dropped.
        Drop = 1,
        /// It goes on to the kernel.
        Pass = 2,
        /// It goes back out of the device that received it.
        Tx = 3,
        /// It goes where a redirect helper said.
        Redirect = 4,
    }
}

program! {
    /// What an XDP program may ask the kernel for. Valid during the run only.
    xdp;

    /// A packet that a network device has received.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// /// Drops UDP to port 9, and what nobody can tell about (later fragments, too).
    /// #[xdp]
    /// fn drop_discard(ctx: &mut XdpContext) -> Result<XdpAction> {
    ///     Ok(match ctx.udp()? {
    ///         Some(udp) if udp.dest == 9u16.to_be() => XdpAction::Drop,
    ///         _ => XdpAction::Pass,
    ///     })
    /// }
    /// ```
    ///
    /// What changes the packet's ends takes `&mut self`, so that nothing that was
    /// borrowed from the packet before can be used after it.
    XdpContext(&'run mut xdp_md): Context -> XdpAction, setup: by_hand
}

/// A packet.
///
/// It has no size that the compiler knows, so that one cannot be swapped with
/// another.
///
/// # Invariants
///
/// Its `buff` points to the `struct xdp_buff` of the run, which nothing but this
/// program and the helpers that it calls uses meanwhile. From `data` to
/// `data_end` of it, and from `data_meta` to `data` if that is not after, is
/// memory that belongs to the packet; it is not written to by others, unless it
/// is from a pool that is shared with userspace (AF_XDP).
///
/// If `has_txq`, its `txq` is set.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct xdp_md {
    has_txq: bool,
    /// As the methods [`data_slice`](Self::data_slice) and
    /// [`data_slice_mut`](Self::data_slice_mut).
    pub data_slice: XdpData,
}

/// The bytes of a packet, through `Deref` and `DerefMut`. It is part of its
/// `xdp_md`, and cannot be taken out of it.
///
/// ```ignore
/// # fn set_first(ctx: &mut xdp_md) {
/// if !ctx.data_slice.is_empty() {
///     ctx.data_slice[0] = 1;
/// }
/// # }
/// ```
///
/// # Invariants
///
/// Those of `xdp_md` about `buff`.
#[repr(C)]
pub struct XdpData {
    buff: *mut c_void,
    _unsized: [()],
}

/// The fields of `xdp_md`, with a size.
#[repr(C)]
struct Handle {
    has_txq: bool,
    buff: *mut c_void,
}

impl XdpData {
    /// Reads a field of the `struct xdp_buff`.
    ///
    /// # Safety
    ///
    /// It has a field of type T at `offset`.
    #[inline(always)]
    unsafe fn field<T: Copy>(&self, offset: usize) -> T {
        // SAFETY: by the type's invariant and the caller's word.
        unsafe { read(self.buff, offset) }
    }

    #[inline(always)]
    fn data(&self) -> *mut u8 {
        // SAFETY: `void *data`.
        unsafe { self.field(ffi::xdp_buff_data()) }
    }

    #[inline(always)]
    fn rxq(&self) -> *const c_void {
        // SAFETY: `struct xdp_rxq_info *rxq`.
        unsafe { self.field(ffi::xdp_buff_rxq()) }
    }

    /// Whether userspace can write to the packet at the same time.
    #[inline(always)]
    fn is_shared(&self) -> bool {
        // SAFETY: `rxq` is set in every XDP program's context, and `mem.type` is
        // an enum.
        let kind: u32 =
            unsafe { read(self.rxq(), ffi::xdp_rxq_info_mem_type()) };
        kind == ffi::mem_type_xsk_buff_pool() as u32
    }

    /// Bytes of the packet, shared with userspace or not.
    #[inline(always)]
    fn length(&self) -> usize {
        // SAFETY: `void *data_end`.
        let end: *mut u8 = unsafe { self.field(ffi::xdp_buff_data_end()) };
        // The kernel keeps `data` below it.
        end.addr().wrapping_sub(self.data().addr())
    }
}

impl Deref for XdpData {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        if self.is_shared() {
            return &[];
        }
        // SAFETY: these bytes are the packet's, and nobody writes to them, by
        // the type's invariant; what changes them or the place where they are
        // needs `&mut xdp_md`, of which this is a part.
        unsafe { slice::from_raw_parts(self.data(), self.length()) }
    }
}

impl DerefMut for XdpData {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        if self.is_shared() {
            return &mut [];
        }
        // SAFETY: as in `deref`, and nothing else is borrowed from this.
        unsafe { slice::from_raw_parts_mut(self.data(), self.length()) }
    }
}

impl xdp_md {
    /// What helpers take.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.data_slice.buff
    }

    /// Bytes in the packet; of one in several buffers (`#[rex_xdp(frags)]`),
    /// those in the first.
    #[inline(always)]
    pub fn data_length(&self) -> usize {
        self.data_slice.length()
    }

    /// The bytes of the packet; of one in several buffers, those in the first.
    ///
    /// There are none if the packet lies in memory that userspace can write to at
    /// the same time, that is, in zero-copy buffers of AF_XDP. Copies are to be
    /// had of all packets: see [`xdp::bpf_xdp_load_bytes`].
    #[inline(always)]
    pub fn data_slice(&self) -> &[u8] {
        &self.data_slice
    }

    /// As [`data_slice`](Self::data_slice), to be changed.
    #[inline(always)]
    pub fn data_slice_mut(&mut self) -> &mut [u8] {
        &mut self.data_slice
    }

    /// The address of the metadata before the packet.
    #[inline(always)]
    pub fn data_meta(&self) -> usize {
        // SAFETY: `void *data_meta`.
        let meta: *mut u8 =
            unsafe { self.data_slice.field(ffi::xdp_buff_data_meta()) };
        meta.addr()
    }

    /// Bytes of metadata before the packet.
    #[inline(always)]
    fn metadata_length(&self) -> usize {
        if self.data_slice.is_shared() {
            return 0;
        }
        // Behind `data` where the driver has no room for any.
        self.data_slice
            .data()
            .addr()
            .saturating_sub(self.data_meta())
    }

    /// The metadata before the packet, which
    /// [`bpf_xdp_adjust_meta`](xdp::bpf_xdp_adjust_meta) makes room for, and
    /// which tc programs see as well.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        let len = self.metadata_length();
        // SAFETY: as in `XdpData::deref`; the metadata ends at `data`.
        unsafe {
            slice::from_raw_parts(self.data_slice.data().wrapping_sub(len), len)
        }
    }

    /// As [`metadata`](Self::metadata), to be changed.
    #[inline(always)]
    pub fn metadata_mut(&mut self) -> &mut [u8] {
        let len = self.metadata_length();
        // SAFETY: as in `metadata`, and nothing else is borrowed from this.
        unsafe {
            slice::from_raw_parts_mut(
                self.data_slice.data().wrapping_sub(len),
                len,
            )
        }
    }

    /// Where the headers of the packet are, as far as they are in
    /// [`data_slice`](Self::data_slice).
    ///
    /// # Errors
    ///
    /// As [`Headers::parse`]; `Link` if the device is of a kind that is not known.
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_link(self.data_slice(), self.link())
    }

    /// What the packet begins with.
    #[inline(always)]
    fn link(&self) -> Link {
        // SAFETY: as in `ingress_ifindex`.
        let dev: *const c_void =
            unsafe { read(self.data_slice.rxq(), ffi::xdp_rxq_info_dev()) };
        // SAFETY: the device is there for the run; `unsigned short type`.
        link_of(unsafe { read(dev, ffi::net_device_type()) })
    }

    /// The index of the device that received the packet.
    #[inline(always)]
    pub fn ingress_ifindex(&self) -> u32 {
        // SAFETY: `rxq` is set in every XDP program's context, and so is its
        // `struct net_device *dev`.
        let dev: *const c_void =
            unsafe { read(self.data_slice.rxq(), ffi::xdp_rxq_info_dev()) };
        // SAFETY: the device is there for the run, and its index is an int.
        unsafe { read(dev, ffi::net_device_ifindex()) }
    }

    /// What the device that received the packet can do with XDP: `NETDEV_XDP_ACT_*`
    /// in the kernel's `linux/netdev.h`. None before Linux 6.3, where devices do not
    /// say.
    #[inline(always)]
    pub fn device_features(&self) -> Option<u32> {
        let offset = ffi::net_device_xdp_features()?;
        // SAFETY: as in `ingress_ifindex`.
        let dev: *const c_void =
            unsafe { read(self.data_slice.rxq(), ffi::xdp_rxq_info_dev()) };
        // SAFETY: the device is there for the run, and if there is an offset, it is
        // that of a `u32`.
        Some(unsafe { read(dev, offset) })
    }

    /// The number of the queue that received the packet.
    #[inline(always)]
    pub fn rx_queue_index(&self) -> u32 {
        // SAFETY: `rxq` is set in every XDP program's context; `queue_index` is
        // a `u32`.
        unsafe { read(self.data_slice.rxq(), ffi::xdp_rxq_info_queue_index()) }
    }

    /// The index of the device that the packet is about to leave by, in programs
    /// with `#[rex_xdp(devmap)]`; 0 in others.
    #[inline(always)]
    pub fn egress_ifindex(&self) -> u32 {
        if !self.has_txq {
            return 0;
        }
        // SAFETY: `txq` is set, by the type's invariant.
        let txq: *const c_void =
            unsafe { self.data_slice.field(ffi::xdp_buff_txq()) };
        // SAFETY: it has a `struct net_device *dev`.
        let dev: *const c_void = unsafe { read(txq, ffi::xdp_txq_info_dev()) };
        // SAFETY: the device is there for the run, and its index is an int.
        unsafe { read(dev, ffi::net_device_ifindex()) }
    }
}

/// Reads the field at `offset` of the struct at `base`.
///
/// # Safety
///
/// There is such a struct, and it has a field of type T at `offset`.
#[inline(always)]
unsafe fn read<T: Copy>(base: *const c_void, offset: usize) -> T {
    // SAFETY: the caller's word.
    unsafe { base.wrapping_byte_add(offset).cast::<T>().read() }
}

impl Packet for xdp_md {
    #[inline(always)]
    fn header_mut<T: Pod>(
        &mut self,
        locate: impl Fn(&[u8], Link) -> Located,
    ) -> Found<'_, T> {
        let link = self.link();
        let data = self.data_slice_mut();
        let Some(at) = locate(data, link)? else {
            return Ok(None);
        };
        data.get_mut(at..)
            .and_then(try_convert_slice_to_struct_mut)
            .map(Some)
            .ok_or(Unknown::Truncated)
    }
}

impl xdp {
    header_views!(xdp_md);

    /// Moves the end of the packet by `offset` bytes; new bytes are 0. Fails with
    /// `-EINVAL` if there is no room, or less than an Ethernet header would be
    /// left.
    #[inline(always)]
    pub fn bpf_xdp_adjust_tail(&self, ctx: &mut xdp_md, offset: i32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_xdp_adjust_tail(ctx.as_ptr(), offset) })
    }

    /// Moves the beginning of the packet by `offset` bytes: it gets shorter if
    /// that is positive. New bytes have any contents. Fails with `-EINVAL` if
    /// there is no room, or less than an Ethernet header would be left.
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
        redirection(ffi::bpf_redirect(ifindex, flags))
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
        crate::map::redirect(map, key, flags)
    }
}

#[inline(always)]
fn redirection(ret: i64) -> Result {
    match ret as u32 {
        XDP_REDIRECT => Ok(XDP_REDIRECT as i32),
        _ => Err(XDP_ABORTED as i32),
    }
}

/// What [`run`] wants to know besides.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Setup {
    on_error: XdpAction,
    /// Whether the program is for entries of a devmap.
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
    let obj = xdp::new();
    let mut handle = Handle {
        has_txq: setup.devmap,
        buff: ctx,
    };
    let fat = ptr::slice_from_raw_parts_mut(&raw mut handle, 0) as *mut xdp_md;
    // INVARIANT: the caller's word.
    // SAFETY: an `xdp_md` with no elements at its end is laid out as a `Handle`,
    // which is a local. The reference ends with this function, since `program`
    // takes any lifetime.
    let packet = unsafe { &mut *fat };
    function.call(&obj, packet).unwrap_or(setup.on_error) as u32
}
