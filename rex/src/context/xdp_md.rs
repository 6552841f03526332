// SPDX-License-Identifier: GPL-2.0
//! A packet as XDP programs see it.
//! C counterpart: `struct xdp_buff` in `include/net/xdp.h`.

use core::ffi::c_void;
use core::ops::{Deref, DerefMut};
use core::ptr;
use core::slice;

use crate::net::locate::Located;
use crate::net::{Found, Headers, Link, Packet, Unknown, link_of};
use crate::pod::Pod;
use crate::rt::ffi;
use crate::utils::try_convert_slice_to_struct_mut;

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
    /// The bytes of the packet, which the methods [`data_slice`](Self::data_slice) and
    /// [`data_slice_mut`](Self::data_slice_mut) return.
    pub data_slice: XdpData,
}

/// The bytes of a packet, through `Deref` and `DerefMut`. It is part of its
/// `xdp_md`, and cannot be taken out of it.
///
/// ```no_run
/// # fn set_first(ctx: &mut xdp_md) {
/// if !ctx.data_slice.is_empty() {
///     ctx.data_slice[0] = 1;
/// }
/// # }
/// ```
///
/// # Invariants
///
/// The invariants of `xdp_md` about `buff`.
#[repr(C)]
pub struct XdpData {
    buff: *mut c_void,
    _unsized: [()],
}

/// The fields of `xdp_md`, with a size.
#[repr(C)]
pub(crate) struct Handle {
    has_txq: bool,
    buff: *mut c_void,
}

impl Handle {
    /// Makes a handle of the `struct xdp_buff` at `buff`. `has_txq` says that its
    /// `txq` is set.
    #[inline(always)]
    pub(crate) fn new(buff: *mut c_void, has_txq: bool) -> Self {
        Self { has_txq, buff }
    }

    /// Returns a pointer to this as an `xdp_md`, which has the same layout.
    #[inline(always)]
    pub(crate) fn packet(&mut self) -> *mut xdp_md {
        ptr::slice_from_raw_parts_mut(ptr::from_mut(self), 0) as *mut xdp_md
    }
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

    /// Returns whether userspace can write to the packet at the same time.
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
        // SAFETY: these bytes are the packet's, and no other code writes to them,
        // by the type's invariant; a change of them or of their place needs
        // `&mut xdp_md`, of which this is a part.
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
    /// Returns the pointer that helpers take.
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
    /// had of all packets: see
    /// [`bpf_xdp_load_bytes`](crate::xdp::xdp::bpf_xdp_load_bytes).
    #[inline(always)]
    pub fn data_slice(&self) -> &[u8] {
        &self.data_slice
    }

    /// Returns the bytes of [`data_slice`](Self::data_slice), to be changed.
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
        // It is above `data` where the driver has no room for metadata.
        self.data_slice
            .data()
            .addr()
            .saturating_sub(self.data_meta())
    }

    /// The metadata before the packet, which
    /// [`bpf_xdp_adjust_meta`](crate::xdp::xdp::bpf_xdp_adjust_meta) makes room
    /// for, and which tc programs see as well.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        let len = self.metadata_length();
        // SAFETY: as in `XdpData::deref`; the metadata ends at `data`.
        unsafe {
            slice::from_raw_parts(self.data_slice.data().wrapping_sub(len), len)
        }
    }

    /// Returns the bytes of [`metadata`](Self::metadata), to be changed.
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

    /// Finds the headers of the packet, as far as they are in
    /// [`data_slice`](Self::data_slice).
    ///
    /// # Errors
    ///
    /// The errors of [`Headers::parse`]; `Link` if the device is of a kind that is not known.
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_link(self.data_slice(), self.link())
    }

    /// Returns the kind of header that the packet begins with.
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

    /// Returns the features of XDP that the receiving device has: `NETDEV_XDP_ACT_*` in
    /// the kernel's `linux/netdev.h`. None before Linux 6.3, where devices do not say
    /// it.
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
