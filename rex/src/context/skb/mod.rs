// SPDX-License-Identifier: GPL-2.0
//! A packet as tc programs see it.
//! C counterpart: `struct sk_buff` in `include/linux/skbuff.h`.

mod fields;

use core::ffi::{c_int, c_void};
use core::mem::size_of;
use core::ops::{Deref, DerefMut};
use core::{ptr, slice};

use crate::net::locate::Located;
use crate::net::{Found, Headers, Link, Packet, Unknown, link_of};
use crate::pod::Pod;
use crate::rt::ffi;
use crate::utils::{Result, to_result, try_convert_slice_to_struct_mut};

/// The bytes that the search for a header makes linear before it makes all linear.
const HEADERS: u32 = 256;
/// `CLONED_MASK`, a bit in the byte `cloned`.
const CLONED: u8 = 1;

/// A packet.
///
/// The compiler knows no size of it, so packets cannot be swapped.
///
/// # Invariants
///
/// Its `skb` points to the `struct sk_buff` of the run. Only this program and the
/// helpers that it calls change its fields during the run. From `data` on, `len -
/// data_len` bytes belong to the packet. Nothing else writes to them. The program may
/// write to them if no clone shares them: if the flag `cloned` is not set, or after
/// `bpf_skb_pull_data`.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct __sk_buff {
    /// The same as the methods [`data_slice`](Self::data_slice) and
    /// [`data_slice_mut`](Self::data_slice_mut), but it panics where the latter
    /// fails.
    pub data_slice: SkbData,
}

/// The linear bytes of a packet, through `Deref` and `DerefMut`. It is part of its
/// `__sk_buff`, and cannot be moved out.
///
/// ```no_run
/// # use rex::sched_cls::TC_ACT_SHOT;
/// # fn first(skb: &mut __sk_buff) -> Option<u8> {
/// skb.data_slice.first().copied()
/// # }
/// ```
///
/// # Invariants
///
/// The invariants of `__sk_buff` about `skb`.
#[repr(C)]
pub struct SkbData {
    skb: *mut c_void,
    _unsized: [()],
}

/// The fields of `__sk_buff`, with a size.
#[repr(C)]
pub(crate) struct Handle {
    skb: *mut c_void,
}

impl Handle {
    /// Makes a handle of the `struct sk_buff` at `skb`.
    #[inline(always)]
    pub(crate) fn new(skb: *mut c_void) -> Self {
        Self { skb }
    }

    /// Returns a pointer to this as a `__sk_buff`, which has the same layout.
    #[inline(always)]
    pub(crate) fn packet(&mut self) -> *mut __sk_buff {
        ptr::slice_from_raw_parts_mut(ptr::from_mut(self), 0) as *mut __sk_buff
    }
}

impl SkbData {
    /// Reads a field.
    ///
    /// # Safety
    ///
    /// There is a field at `offset` for which any bytes of a T are a value.
    #[inline(always)]
    unsafe fn field<T: Copy>(&self, offset: usize) -> T {
        // SAFETY: by the type's invariant and the caller's word.
        unsafe { self.skb.wrapping_byte_add(offset).cast::<T>().read() }
    }

    #[inline(always)]
    fn data(&self) -> *mut u8 {
        // SAFETY: `unsigned char *data`.
        unsafe { self.field(ffi::sk_buff_data()) }
    }

    /// Returns the number of bytes of the packet.
    #[inline(always)]
    fn packet_len(&self) -> u32 {
        // SAFETY: `unsigned int len`.
        unsafe { self.field(ffi::sk_buff_len()) }
    }

    /// Returns the number of bytes that are not linear.
    #[inline(always)]
    fn paged_len(&self) -> u32 {
        // SAFETY: `unsigned int data_len`.
        unsafe { self.field(ffi::sk_buff_data_len()) }
    }

    /// Returns the number of bytes of the linear part.
    #[inline(always)]
    fn linear_len(&self) -> usize {
        // The kernel keeps `data_len` below `len`.
        self.packet_len().wrapping_sub(self.paged_len()) as usize
    }

    /// Reads a field of `struct skb_shared_info`.
    ///
    /// # Safety
    ///
    /// There is a field at `offset` for which any bytes of a T are a value.
    #[inline(always)]
    unsafe fn shared_field<T: Copy>(&self, offset: usize) -> T {
        // SAFETY: `unsigned char *head`.
        let head: *const u8 = unsafe { self.field(ffi::sk_buff_head()) };
        // SAFETY: `sk_buff_data_t end`, an offset on 64-bit machines.
        let end: u32 = unsafe { self.field(ffi::sk_buff_end()) };
        let field = head.wrapping_add(end as usize).wrapping_add(offset);
        // SAFETY: the structure begins at the end of the packet's buffer, and by the
        // caller's word.
        unsafe { field.cast::<T>().read() }
    }

    /// Returns whether the packet is a list of packets that are yet to be segmented.
    #[inline(always)]
    fn is_list(&self) -> bool {
        // SAFETY: `unsigned short gso_size`.
        let size: u16 =
            unsafe { self.shared_field(ffi::skb_shared_info_gso_size()) };
        // SAFETY: `struct sk_buff *frag_list`, of which the address is read.
        size != 0
            && unsafe {
                self.shared_field::<usize>(ffi::skb_shared_info_frag_list())
            } != 0
    }

    /// Makes the first `len` bytes, which are linear, writable; 0 stands for the
    /// whole linear part. The kernel segments a list by the lengths in its headers, so
    /// that the module has to mark one of which the headers may be changed.
    #[inline(always)]
    fn unshare(&mut self, len: u32) -> Result {
        // SAFETY: the byte with the flag.
        let flags: u8 = unsafe { self.field(ffi::sk_buff_cloned()) };
        if flags & CLONED == 0 && !self.is_list() {
            return Ok(0);
        }
        self.pull(len)
    }

    /// Makes the first `len` bytes linear and writable.
    #[inline(always)]
    pub(crate) fn pull(&mut self, len: u32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_skb_pull_data(self.skb, len) })
    }

    /// Returns the linear bytes, after copying them if a clone shares them.
    #[inline(always)]
    fn writable(&mut self) -> core::result::Result<&mut [u8], c_int> {
        self.unshare(0)?;
        // SAFETY: as in `deref`; they are not shared, and nothing else is borrowed
        // from this.
        Ok(
            unsafe {
                slice::from_raw_parts_mut(self.data(), self.linear_len())
            },
        )
    }
}

impl Deref for SkbData {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: these bytes are the packet's, and nothing else writes to them, by
        // the type's invariant. Changing or moving them needs `&mut __sk_buff`, of
        // which this is a part.
        unsafe { slice::from_raw_parts(self.data(), self.linear_len()) }
    }
}

/// Copies the bytes first if a clone of the packet shares them.
///
/// # Panics
///
/// If there is no memory for the copy. See [`__sk_buff::data_slice_mut`].
impl DerefMut for SkbData {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        match self.writable() {
            Ok(bytes) => bytes,
            Err(_) => panic!("no memory for a copy of the packet"),
        }
    }
}

impl __sk_buff {
    /// Returns the pointer that helpers take.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.data_slice.skb
    }

    /// Reads a field.
    ///
    /// # Safety
    ///
    /// The contract of [`SkbData::field`].
    #[inline(always)]
    unsafe fn field<T: Copy>(&self, offset: usize) -> T {
        // SAFETY: the caller's word.
        unsafe { self.data_slice.field(offset) }
    }

    /// Writes to a field.
    ///
    /// # Safety
    ///
    /// There is a field at `offset` that the program may set to any T.
    #[inline(always)]
    unsafe fn set_field<T: Copy>(&mut self, offset: usize, value: T) {
        // SAFETY: by the type's invariant and the caller's word.
        unsafe {
            self.as_ptr()
                .wrapping_byte_add(offset)
                .cast::<T>()
                .write(value);
        }
    }

    /// Returns the number of bytes in the packet.
    #[allow(clippy::len_without_is_empty)]
    #[inline(always)]
    pub fn len(&self) -> u32 {
        self.data_slice.packet_len()
    }

    /// Returns the number of bytes that are not linear.
    #[inline(always)]
    pub fn data_len(&self) -> u32 {
        self.data_slice.paged_len()
    }

    /// Returns the bytes of the packet that are linear. They begin with the Ethernet
    /// header, if the device has one.
    #[inline(always)]
    pub fn data_slice(&self) -> &[u8] {
        &self.data_slice
    }

    /// Returns [`data_slice`](Self::data_slice), mutable. If a clone of the packet
    /// shares the bytes, they are copied first; that can fail with `-ENOMEM`.
    #[inline(always)]
    pub fn data_slice_mut(&mut self) -> core::result::Result<&mut [u8], c_int> {
        self.data_slice.writable()
    }

    /// Returns the metadata that an XDP program has left before the packet. It is
    /// empty at egress.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        // SAFETY: `void *data_meta` in `struct bpf_skb_data_end` in `cb`. The kernel
        // sets it before tc programs run, and in helpers that move the packet.
        let meta: *mut u8 = unsafe { self.field(cb_data_meta()) };
        // SAFETY: `unsigned char *head`.
        let head: *mut u8 = unsafe { self.field(ffi::sk_buff_head()) };
        let data = self.data_slice.data();
        // The kernel does not check that it still fits in the buffer after the packet
        // has grown at its beginning.
        if meta < head || meta > data {
            return &[];
        }
        let len = data.addr() - meta.addr();
        // SAFETY: these bytes are between the beginning of the packet's buffer
        // and the packet; otherwise as in `SkbData::deref`.
        unsafe { slice::from_raw_parts(meta, len) }
    }

    /// Returns where the headers of the packet are in
    /// [`data_slice`](Self::data_slice). If headers are among the bytes that are not
    /// linear, these are made linear.
    ///
    /// # Errors
    ///
    /// The errors of [`Headers::parse`]; `NoMemory` if they cannot be made linear.
    #[inline]
    pub fn headers(&mut self) -> Result<Headers, Unknown> {
        if self.data_len() == 0 {
            return self.linear_headers(); // that is all
        }
        self.pull_until(|skb| {
            let headers = skb.linear_headers()?;
            if headers.is_truncated(skb.data_slice()) {
                return Err(Unknown::Truncated);
            }
            Ok(headers)
        })
        .or_else(|reason| match reason {
            // The whole packet is too short.
            Unknown::Truncated => self.linear_headers(),
            _ => Err(reason),
        })
    }

    /// Returns where the headers are, as far as they are linear.
    #[inline]
    pub(crate) fn linear_headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_link(self.data_slice(), self.link())
    }

    /// Makes enough of the packet linear for `find`, and returns its result.
    #[inline(always)]
    fn pull_until<T>(
        &mut self,
        find: impl Fn(&Self) -> Result<T, Unknown>,
    ) -> Result<T, Unknown> {
        let mut found = find(self);
        for most in [HEADERS, u32::MAX] {
            if !matches!(found, Err(Unknown::Truncated)) || self.data_len() == 0
            {
                break;
            }
            self.data_slice
                .pull(self.len().min(most))
                .map_err(|_| Unknown::NoMemory)?;
            found = find(self);
        }
        found
    }

    /// Returns the kind of header that the packet begins with.
    #[inline(always)]
    fn link(&self) -> Link {
        // SAFETY: `struct net_device *dev`.
        let dev: *const c_void = unsafe { self.field(ffi::sk_buff_dev()) };
        if dev.is_null() {
            return Link::Unknown;
        }
        let kind = dev.wrapping_byte_add(ffi::net_device_type());
        // SAFETY: the device is there for the run; `unsigned short type`.
        match link_of(unsafe { kind.cast::<u16>().read() }) {
            Link::Ethernet => Link::Ethernet,
            _ => self.network_link(),
        }
    }

    /// Returns the kernel's offset of the network header, for devices of an unknown
    /// kind.
    #[inline(always)]
    fn network_link(&self) -> Link {
        // SAFETY: `unsigned char *head`.
        let head: *mut u8 = unsafe { self.field(ffi::sk_buff_head()) };
        // SAFETY: `__u16 network_header`.
        let network: u16 = unsafe { self.field(ffi::sk_buff_network_header()) };
        let data = self.data_slice.data().addr();
        match (head.addr() + usize::from(network)).checked_sub(data) {
            Some(network) => Link::Other {
                ethertype: self.protocol().into(),
                network,
            },
            None => Link::Unknown,
        }
    }
}

#[inline(always)]
fn cb_data_meta() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::bpf_skb_data_end_data_meta())
}

impl Packet for __sk_buff {
    #[inline(always)]
    fn header_mut<T: Pod>(
        &mut self,
        locate: impl Fn(&[u8], Link) -> Located,
    ) -> Found<'_, T> {
        let find = |skb: &Self| {
            let data = skb.data_slice();
            let Some(at) = locate(data, skb.link())? else {
                return Ok(None);
            };
            let end = at + size_of::<T>();
            if end > data.len() {
                return Err(Unknown::Truncated);
            }
            Ok(Some(end))
        };
        let Some(end) = self.pull_until(find)? else {
            return Ok(None);
        };
        self.data_slice
            .unshare(end as u32)
            .map_err(|_| Unknown::NoMemory)?;
        // SAFETY: as in `SkbData::writable`; these bytes are in the linear part,
        // and not shared.
        let data =
            unsafe { slice::from_raw_parts_mut(self.data_slice.data(), end) };
        Ok(try_convert_slice_to_struct_mut(
            &mut data[end - size_of::<T>()..],
        ))
    }
}
