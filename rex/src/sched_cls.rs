// SPDX-License-Identifier: GPL-2.0
//! Programs that classify packets: tc, in both directions of a network device.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_SCHED_CLS`, and
//! `struct sk_buff` in `include/linux/skbuff.h`.
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//!
//! use rex::sched_cls::*;
//! use rex::{Result, rex_tc};
//!
//! /// Marks TCP to port 80; what nobody can tell about goes on unmarked.
//! #[rex_tc(default_ret = -1)]
//! fn mark_http(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
//!     let tcp = obj.try_tcp_header(skb)?;
//!     let port = tcp.map(|tcp| u16::from_be(tcp.dest));
//!     if port == Some(80) {
//!         skb.set_mark(1);
//!     }
//!     Ok(TcAction::Unspec)
//! }
//! ```
//!
//! Attached by its descriptor, it sees one direction of a device: with
//! `bpf_tc_attach` (the qdisc clsact) on all kernels, and as a tcx link (bpf(2),
//! `BPF_TCX_INGRESS` or `BPF_TCX_EGRESS`) from Linux 6.6 on.
//!
//! A packet has a linear part, which slices show, and may have more in other
//! pages, which helpers copy from or make linear. The linear part may be shared
//! with clones of the packet: before the first write, the program's packet gets
//! bytes of its own. The methods of [`sched_cls`] for headers do that, too, since
//! their results can be written to; [`Headers`] is for reading only.
//!
//! What a packet consists of is borrowed from its `__sk_buff`. Helpers that may
//! move it take `&mut __sk_buff`, so that nothing borrowed before can be used
//! after them.

use core::ffi::{c_char, c_int, c_void};
use core::marker::PhantomData;
use core::mem::size_of;
use core::ops::{Deref, DerefMut};
use core::{ptr, slice};

use crate::ffi;
use crate::helpers::base_helpers;
use crate::linux::bpf::{BPF_F_MARK_MANGLED_0, BPF_F_PSEUDO_HDR};
use crate::linux::errno::{EFAULT, EINVAL};
use crate::net::locate::Located;
use crate::net::{Found, Link, Packet, header_views, link_of};
use crate::pod::Pod;
use crate::utils::{Result, to_result, try_convert_slice_to_struct_mut, u16be};
use crate::verdict::{Verdict, actions};

pub use crate::linux::r#in::{
    IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP,
};
pub use crate::linux::pkt_cls::*;
pub use crate::net::{
    Headers, Socket, Unknown, bpf_fib_lookup, compute_ip_checksum, ethhdr,
    icmphdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr,
};

actions! {
    /// What becomes of a packet: what a tc program returns, or in a `Result` whose
    /// error drops the packet. See [`verdict`](crate::verdict).
    ///
    /// Programs are attached with the flag "direct action", as libbpf does it:
    /// none returns the number of a class; see
    /// [`set_tc_classid`](__sk_buff::set_tc_classid).
    TcAction, on error Shot {
        /// The next filter decides, as if this one were not there.
        Unspec = -1,
        /// It passes; no other filter is asked.
        Ok = 0,
        /// As `Unspec` from a program; from an action, filters begin anew.
        Reclassify = 1,
        /// It is dropped.
        Shot = 2,
        /// As `Unspec` from a program; from an action, the next one is asked.
        Pipe = 3,
        /// It is taken away, without being counted as dropped.
        Stolen = 4,
        /// As `Unspec` from a program; from an action, as `Stolen`.
        Queued = 5,
        /// As `Unspec` from a program; from an action, as `Stolen`.
        Repeat = 6,
        /// It goes where a redirect helper said.
        Redirect = 7,
        /// As `Stolen`; hardware hands it to the kernel.
        Trap = 8,
    }
}

/// Bytes that are made linear in search of a header, before all are.
const HEADERS: u32 = 256;
/// Bytes of `__sk_buff.cb`.
const CB: usize = 20;
/// `CLONED_MASK`: in the byte `cloned`.
const CLONED: u8 = 1;
/// `PKT_TYPE_MAX`: the bits in the byte `pkt_type`.
const PKT_TYPE: u8 = 7;

/// What a tc program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct sched_cls {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
}

/// A packet.
///
/// It has no size that the compiler knows, so that one cannot be swapped with
/// another.
///
/// # Invariants
///
/// Its `skb` points to the `struct sk_buff` of the run, whose fields nothing but this
/// program and the helpers that it calls changes meanwhile. From `data` on,
/// `len - data_len` bytes belong to the packet. They are not written to by
/// others, and may be written to by the program if they are not shared with a
/// clone: if the flag `cloned` is not set, or after `bpf_skb_pull_data`.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct __sk_buff {
    /// As the methods [`data_slice`](Self::data_slice) and
    /// [`data_slice_mut`](Self::data_slice_mut), but that it panics where the latter
    /// fails.
    pub data_slice: SkbData,
}

/// The bytes of a packet that are linear, through `Deref` and `DerefMut`. It is part
/// of its `__sk_buff`, and cannot be taken out of it.
///
/// ```ignore
/// # use rex::sched_cls::TC_ACT_SHOT;
/// # fn first(skb: &mut __sk_buff) -> Option<u8> {
/// skb.data_slice.first().copied()
/// # }
/// ```
///
/// # Invariants
///
/// Those of `__sk_buff` about `skb`.
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
    /// For the `struct sk_buff` at `skb`.
    #[inline(always)]
    pub(crate) fn new(skb: *mut c_void) -> Self {
        Self { skb }
    }

    /// Where a `__sk_buff` is that is laid out as this one.
    #[inline(always)]
    pub(crate) fn packet(&mut self) -> *mut __sk_buff {
        ptr::slice_from_raw_parts_mut(ptr::from_mut(self), 0) as *mut __sk_buff
    }
}

/// The signature of tc programs.
#[doc(hidden)]
pub type Program<V> = for<'a, 'b> fn(&'a sched_cls, &'b mut __sk_buff) -> V;

/// Fixes the type of a program's function.
#[doc(hidden)]
#[inline(always)]
pub const fn tc_program<V: Verdict<TcAction>>(
    program: Program<V>,
) -> Program<V> {
    program
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

    /// Bytes of the packet.
    #[inline(always)]
    fn packet_len(&self) -> u32 {
        // SAFETY: `unsigned int len`.
        unsafe { self.field(ffi::sk_buff_len()) }
    }

    /// Bytes of it that are not linear.
    #[inline(always)]
    fn paged_len(&self) -> u32 {
        // SAFETY: `unsigned int data_len`.
        unsafe { self.field(ffi::sk_buff_data_len()) }
    }

    /// Bytes of the linear part.
    #[inline(always)]
    fn linear_len(&self) -> usize {
        // The kernel keeps `data_len` below `len`.
        self.packet_len().wrapping_sub(self.paged_len()) as usize
    }

    /// Makes the first `len` bytes, which are linear, writable; 0 stands for the
    /// whole linear part.
    #[inline(always)]
    fn unshare(&mut self, len: u32) -> Result {
        // SAFETY: the byte with the flag.
        let flags: u8 = unsafe { self.field(ffi::sk_buff_cloned()) };
        if flags & CLONED == 0 {
            return Ok(0);
        }
        self.pull(len)
    }

    /// Makes the first `len` bytes linear and writable.
    #[inline(always)]
    fn pull(&mut self, len: u32) -> Result {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        to_result(unsafe { ffi::bpf_skb_pull_data(self.skb, len) })
    }

    /// The bytes, which nobody else has afterwards.
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
        // SAFETY: these bytes are the packet's, and nobody writes to them, by
        // the type's invariant; what changes them or the place where they are
        // needs `&mut __sk_buff`, of which this is a part.
        unsafe { slice::from_raw_parts(self.data(), self.linear_len()) }
    }
}

/// Bytes that are shared with a clone of the packet are copied first.
///
/// # Panics
///
/// If there is no memory for that. See [`__sk_buff::data_slice_mut`].
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
    /// What helpers take.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.data_slice.skb
    }

    /// Reads a field.
    ///
    /// # Safety
    ///
    /// That of [`SkbData::field`].
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

    /// Bytes in the packet.
    #[allow(clippy::len_without_is_empty)]
    #[inline(always)]
    pub fn len(&self) -> u32 {
        self.data_slice.packet_len()
    }

    /// Bytes of it that are not linear.
    #[inline(always)]
    pub fn data_len(&self) -> u32 {
        self.data_slice.paged_len()
    }

    /// The bytes of the packet that are linear. They begin with the Ethernet
    /// header, if the device has one.
    #[inline(always)]
    pub fn data_slice(&self) -> &[u8] {
        &self.data_slice
    }

    /// As [`data_slice`](Self::data_slice), to be changed. If they are shared
    /// with a clone of the packet, they are copied first; that can fail with
    /// `-ENOMEM`.
    #[inline(always)]
    pub fn data_slice_mut(&mut self) -> core::result::Result<&mut [u8], c_int> {
        self.data_slice.writable()
    }

    /// The metadata before the packet that an XDP program has left, if there is
    /// any. There is none at egress.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        // SAFETY: `void *data_meta` in `struct bpf_skb_data_end` in `cb`, which
        // is set before tc programs run, and by helpers that move the packet.
        let meta: *mut u8 = unsafe { self.field(cb_data_meta()) };
        // SAFETY: `unsigned char *head`.
        let head: *mut u8 = unsafe { self.field(ffi::sk_buff_head()) };
        let data = self.data_slice.data();
        // The kernel does not look whether it still fits in the buffer after
        // the packet has grown at its beginning.
        if meta < head || meta > data {
            return &[];
        }
        let len = data.addr() - meta.addr();
        // SAFETY: these bytes are between the beginning of the packet's buffer
        // and the packet; otherwise as in `SkbData::deref`.
        unsafe { slice::from_raw_parts(meta, len) }
    }

    /// Where the headers of the packet are in [`data_slice`](Self::data_slice).
    /// Bytes that are not linear are made so if headers are among them.
    ///
    /// # Errors
    ///
    /// As [`Headers::parse`]; `NoMemory` if they cannot be made linear.
    #[inline]
    pub fn headers(&mut self) -> Result<Headers, Unknown> {
        self.pull_until(|skb| {
            let headers = skb.linear_headers()?;
            if headers.is_truncated(skb.data_slice()) {
                return Err(Unknown::Truncated);
            }
            Ok(headers)
        })
        .or_else(|reason| match reason {
            // The packet is as short as that.
            Unknown::Truncated => self.linear_headers(),
            _ => Err(reason),
        })
    }

    /// Where the headers are, as far as they are linear.
    #[inline]
    pub(crate) fn linear_headers(&self) -> Result<Headers, Unknown> {
        Headers::parse_link(self.data_slice(), self.link())
    }

    /// What `find` finds, once so much of the packet is linear that it does not
    /// find it truncated.
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

    /// What the packet begins with.
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

    /// As the kernel has it, where the device does not say what packets begin with.
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

    /// What kind of packet this is: `ETH_P_*`.
    #[inline(always)]
    pub fn protocol(&self) -> u16be {
        // SAFETY: `__be16 protocol`.
        u16be::from_be(unsafe { self.field(ffi::sk_buff_protocol()) })
    }

    /// The priority.
    #[inline(always)]
    pub fn priority(&self) -> u32 {
        // SAFETY: `__u32 priority`.
        unsafe { self.field(ffi::sk_buff_priority()) }
    }

    /// Sets the priority.
    #[inline(always)]
    pub fn set_priority(&mut self, priority: u32) {
        // SAFETY: `__u32 priority`, of which every value is valid.
        unsafe { self.set_field(ffi::sk_buff_priority(), priority) };
    }

    /// The index of the device that received the packet; 0 if it was made here.
    #[inline(always)]
    pub fn ingress_ifindex(&self) -> u32 {
        // SAFETY: `int skb_iif`.
        unsafe { self.field(ffi::sk_buff_skb_iif()) }
    }

    /// The index of the device that the program runs for.
    #[inline(always)]
    pub fn ifindex(&self) -> u32 {
        // SAFETY: `struct net_device *dev`.
        let dev: *const c_void = unsafe { self.field(ffi::sk_buff_dev()) };
        if dev.is_null() {
            return 0;
        }
        let index = dev.wrapping_byte_add(ffi::net_device_ifindex());
        // SAFETY: the device is there for the run, and its index is an int.
        unsafe { index.cast::<u32>().read() }
    }

    /// The hash of the flow, if it is known, else 0. See also
    /// [`sched_cls::bpf_get_hash_recalc`].
    #[inline(always)]
    pub fn hash(&self) -> u32 {
        // SAFETY: `__u32 hash`.
        unsafe { self.field(ffi::sk_buff_hash()) }
    }

    /// The mark.
    #[inline(always)]
    pub fn mark(&self) -> u32 {
        // SAFETY: `__u32 mark`.
        unsafe { self.field(ffi::sk_buff_mark()) }
    }

    /// Sets the mark.
    #[inline(always)]
    pub fn set_mark(&mut self, mark: u32) {
        // SAFETY: `__u32 mark`, of which every value is valid.
        unsafe { self.set_field(ffi::sk_buff_mark(), mark) };
    }

    /// Whom the packet is for: `PACKET_*`.
    #[inline(always)]
    pub fn pkt_type(&self) -> u32 {
        // SAFETY: the byte with these bits.
        let bits: u8 = unsafe { self.field(ffi::sk_buff_pkt_type()) };
        u32::from(bits & PKT_TYPE)
    }

    /// The number of the queue, plus one where the packet was received.
    #[inline(always)]
    pub fn queue_mapping(&self) -> u16 {
        // SAFETY: `__u16 queue_mapping`.
        unsafe { self.field(ffi::sk_buff_queue_mapping()) }
    }

    /// Sets the number of the queue that the packet is sent by, or at ingress of
    /// that which it was received by, plus one. `-EINVAL` if its device has no such
    /// queue: the kernel would not notice.
    #[inline(always)]
    pub fn set_queue_mapping(&mut self, queue: u16) -> Result {
        // SAFETY: it is the context of the run.
        to_result(unsafe {
            ffi::rex_skb_set_queue_mapping(self.as_ptr(), queue)
        })
    }

    /// Whether the packet has a VLAN tag that is not among its bytes.
    #[inline(always)]
    pub fn vlan_present(&self) -> u32 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::rex_skb_vlan_present(self.as_ptr()) as u32 }
    }

    /// That tag.
    #[inline(always)]
    pub fn vlan_tci(&self) -> u16 {
        // SAFETY: `__u16 vlan_tci`.
        unsafe { self.field(ffi::sk_buff_vlan_tci()) }
    }

    /// The type of that tag: `ETH_P_8021Q` or `ETH_P_8021AD`.
    #[inline(always)]
    pub fn vlan_proto(&self) -> u16be {
        // SAFETY: `__be16 vlan_proto`.
        u16be::from_be(unsafe { self.field(ffi::sk_buff_vlan_proto()) })
    }

    /// Bytes for the use of programs.
    #[inline(always)]
    pub fn cb(&self) -> [c_char; CB] {
        // SAFETY: `data` in `struct qdisc_skb_cb` in `cb`, of at least this
        // length.
        unsafe { self.field(cb_data()) }
    }

    /// Sets the bytes for the use of programs.
    #[inline(always)]
    pub fn set_cb(&mut self, cb: &[c_char; CB]) {
        // SAFETY: as in `cb`; they are for programs.
        unsafe { self.set_field(cb_data(), *cb) };
    }

    /// The class that the packet was put into.
    #[inline(always)]
    pub fn tc_classid(&self) -> u32 {
        // SAFETY: `u16 tc_classid` in `struct qdisc_skb_cb` in `cb`.
        let classid: u16 = unsafe { self.field(cb_classid()) };
        u32::from(classid)
    }

    /// Puts the packet into a class.
    #[inline(always)]
    pub fn set_tc_classid(&mut self, classid: u16) {
        // SAFETY: as in `tc_classid`; every value is valid.
        unsafe { self.set_field(cb_classid(), classid) };
    }

    /// The index of traffic control.
    #[inline(always)]
    pub fn tc_index(&self) -> u16 {
        // SAFETY: `__u16 tc_index`.
        unsafe { self.field(ffi::sk_buff_tc_index()) }
    }

    /// Sets the index of traffic control.
    #[inline(always)]
    pub fn set_tc_index(&mut self, index: u16) {
        // SAFETY: `__u16 tc_index`, of which every value is valid.
        unsafe { self.set_field(ffi::sk_buff_tc_index(), index) };
    }

    /// The socket that sends the packet, or that it has been found to be for. None
    /// for what the kernel sends by itself or forwards, and for most packets that
    /// arrive.
    #[inline(always)]
    pub fn socket(&self) -> Option<Socket<'_>> {
        // SAFETY: `struct sock *sk`.
        let sock = unsafe { self.field(ffi::sk_buff_sk()) };
        // SAFETY: it is null or what the packet belongs to, which keeps it as long
        // as that is so; what changes it needs `&mut self`.
        unsafe { Socket::new(sock) }
    }

    /// The number of the NAPI instance that received the packet, 0 if there is
    /// none.
    #[inline(always)]
    pub fn napi_id(&self) -> u32 {
        let Some(offset) = ffi::sk_buff_napi_id() else {
            return 0;
        };
        // SAFETY: `unsigned int napi_id`.
        let id: u32 = unsafe { self.field(offset) };
        // Below are the numbers of CPUs, which share the field.
        if id < ffi::min_napi_id() as u32 {
            0
        } else {
            id
        }
    }
}

#[inline(always)]
fn cb_data() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::qdisc_skb_cb_data())
}

#[inline(always)]
fn cb_data_meta() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::bpf_skb_data_end_data_meta())
}

#[inline(always)]
fn cb_classid() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::qdisc_skb_cb_tc_classid())
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

impl sched_cls {
    base_helpers!();
    header_views!(__sk_buff);

    /// Makes the first `len` bytes of the packet linear, so that
    /// [`data_slice`](__sk_buff::data_slice) shows them, and not shared with
    /// clones; 0 stands for all that are linear.
    #[inline(always)]
    pub fn bpf_skb_pull_data(&self, skb: &mut __sk_buff, len: u32) -> Result {
        skb.data_slice.pull(len)
    }

    /// Copies the bytes of the packet from `offset` on to `to`, linear or not.
    /// Fails if the packet ends before; `to` is 0 then.
    #[inline(always)]
    pub fn bpf_skb_load_bytes(
        &self,
        skb: &__sk_buff,
        offset: u32,
        to: &mut [u8],
    ) -> Result {
        let len = u32::try_from(to.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run; the length is the slice's, which
        // is none of the packet's, since that is borrowed.
        to_result(unsafe {
            ffi::bpf_skb_load_bytes(skb.as_ptr(), offset, to.as_mut_ptr(), len)
        })
    }

    /// Copies `from` into the packet from `offset` on. Flags:
    /// `BPF_F_RECOMPUTE_CSUM`, `BPF_F_INVALIDATE_HASH`. Fails if the packet ends
    /// before.
    #[inline(always)]
    pub fn bpf_skb_store_bytes(
        &self,
        skb: &mut __sk_buff,
        offset: u32,
        from: &[u8],
        flags: u64,
    ) -> Result {
        let len = u32::try_from(from.len()).map_err(|_| -EFAULT)?;
        // SAFETY: it is the context of the run, and nothing is borrowed from it,
        // so that `from` is elsewhere; the length is the slice's.
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

    /// Corrects the IP checksum at `offset` for a change of `from` to `to`; the
    /// lower bits of `flags` are the size of these, 2 or 4. With size 0, `to` is
    /// a difference as [`bpf_csum_diff`](Self::bpf_csum_diff) makes it.
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

    /// As [`bpf_l3_csum_replace`](Self::bpf_l3_csum_replace), for the checksum of
    /// TCP, UDP or ICMP. More flags: `BPF_F_PSEUDO_HDR`, `BPF_F_MARK_MANGLED_0`,
    /// `BPF_F_MARK_ENFORCE`.
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
    /// that these are part of: that of the IPv4 header, and that of TCP, UDP or ICMP,
    /// also if the kernel or the device is yet to compute it. `headers` are the
    /// packet's. The bytes are within one header or within the payload, and begin and
    /// end at even offsets there, else `-EINVAL`.
    ///
    /// ```ignore
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
    /// Those of the helpers; what is not known of the headers. If it is not
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

    /// Sends a copy of the packet out of a device, or with `BPF_F_INGRESS` has
    /// the device receive it. What the program returns decides about the packet
    /// itself.
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
    /// receive it, if the program returns what this does:
    /// `Ok(TC_ACT_REDIRECT)`; `Err(TC_ACT_SHOT)` if the flags are not valid.
    #[inline(always)]
    pub fn bpf_redirect(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect(ifindex, flags))
    }

    /// Sends the packet out of a device to the neighbour that the route to its
    /// address names, with new addresses of the link, if the program returns what
    /// this does. No flags yet: 0.
    #[inline(always)]
    pub fn bpf_redirect_neigh(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect_neigh(ifindex, flags))
    }

    /// Has the peer of a device in another network namespace receive the packet,
    /// if the program returns what this does. For programs at ingress.
    #[inline(always)]
    pub fn bpf_redirect_peer(&self, ifindex: u32, flags: u64) -> Result {
        redirection(ffi::bpf_redirect_peer(ifindex, flags))
    }

    /// The id of the cgroup whose socket the packet is of: the number of the inode
    /// of its folder. 0 if there is none. Known where packets leave.
    #[inline(always)]
    pub fn bpf_skb_cgroup_id(&self, skb: &__sk_buff) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_cgroup_id(skb.as_ptr()) }
    }

    /// The id of that cgroup, or of the one above it, at `level`, where the root
    /// is at level 0. 0 if it is not that deep.
    #[inline(always)]
    pub fn bpf_skb_ancestor_cgroup_id(
        &self,
        skb: &__sk_buff,
        level: i32,
    ) -> u64 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::bpf_skb_ancestor_cgroup_id(skb.as_ptr(), level) }
    }

    /// The hash of the flow, computed if it is not known.
    #[inline(always)]
    pub fn bpf_get_hash_recalc(&self, skb: &mut __sk_buff) -> u32 {
        // SAFETY: it is the context of the run, and nothing is borrowed from it.
        unsafe { ffi::bpf_get_hash_recalc(skb.as_ptr()) as u32 }
    }

    /// Puts a VLAN tag on the packet.
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

    /// Makes the packet longer by `head_room` bytes at its beginning, which are
    /// 0.
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

    /// Makes room of `diff` bytes, or takes it away if that is negative, behind
    /// the header that `mode` names: `BPF_ADJ_ROOM_NET` or `BPF_ADJ_ROOM_MAC`.
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

/// The checksums that some bytes of a packet are part of.
struct Fields {
    /// That of the IPv4 header.
    network_sum: Option<u32>,
    /// That of what is in it, with flags for the helper.
    transport_sum: Option<(u32, u64)>,
}

impl Fields {
    fn of(
        headers: &Headers,
        data: &[u8],
        at: usize,
        len: usize,
    ) -> Result<Self> {
        let end = at.checked_add(len).ok_or(-EINVAL)?;
        let ipv4 = headers.ipv4(data).is_some();
        let network = headers.network;
        let (sum_at, addresses) = if ipv4 {
            (network + 10, network + 12..network + 20)
        } else if headers.ipv6(data).is_some() {
            (network, network + 8..network + 40)
        } else {
            (network, network..network)
        };
        let transport = match headers.transport {
            Ok(transport) => transport,
            // The sum of what is behind its addresses is in the first fragment.
            Err(Unknown::LaterFragment) if end <= addresses.end => None,
            Err(reason) => return Err(reason.into()),
        };
        let is_address = addresses.start <= at && end <= addresses.end;
        let behind = transport.map_or(addresses.end, |found| found.at);
        let start = if at >= behind { behind } else { network };
        let in_sum =
            ipv4 && at < sum_at + 2 && end > sum_at && start == network;
        let across = at < behind && end > behind
            || !is_address && at < addresses.end && end > addresses.start;
        if at < network
            || !(at - start).is_multiple_of(2)
            || !len.is_multiple_of(2)
            || across
            || in_sum
        {
            return Err(-EINVAL);
        }
        let sum = transport.and_then(|found| {
            let (offset, pseudo, flags) = match u32::from(found.protocol) {
                IPPROTO_TCP => (16, true, 0),
                IPPROTO_UDP => (6, true, BPF_F_MARK_MANGLED_0),
                IPPROTO_ICMPV6 => (2, true, 0),
                IPPROTO_ICMP => (2, false, 0),
                _ => return None,
            };
            let sum = u32::try_from(found.at + offset).ok()?;
            if at >= behind {
                Some((sum, flags))
            } else if is_address && pseudo {
                Some((sum, flags | BPF_F_PSEUDO_HDR))
            } else {
                None
            }
        });
        // The sum itself cannot be part of it.
        if sum.is_some_and(|(sum, _)| {
            let sum = sum as usize;
            at < sum + 2 && end > sum
        }) {
            return Err(-EINVAL);
        }
        let network_sum = match ipv4 && at < behind {
            true => Some(u32::try_from(sum_at).map_err(|_| -EINVAL)?),
            false => None,
        };
        Ok(Self {
            network_sum,
            transport_sum: sum,
        })
    }
}

/// The word of 2 or 4 bytes, as helpers for checksums take it.
fn word(bytes: &[u8]) -> u64 {
    match *bytes {
        [a, b, c, d] => u32::from_ne_bytes([a, b, c, d]).into(),
        [a, b] => u16::from_ne_bytes([a, b]).into(),
        _ => 0,
    }
}

#[inline(always)]
fn redirection(ret: i64) -> Result {
    match ret as u32 {
        TC_ACT_REDIRECT => Ok(TC_ACT_REDIRECT as i32),
        _ => Err(TC_ACT_SHOT as i32),
    }
}

/// Runs `program` for one packet.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type SCHED_CLS: `ctx` points
/// to the packet's `struct sk_buff`, and nothing else uses it during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run<V: Verdict<TcAction>>(
    ctx: *mut c_void,
    on_error: TcAction,
    program: Program<V>,
) -> u32 {
    let obj = sched_cls { _run: PhantomData };
    let mut handle = Handle::new(ctx);
    // INVARIANT: the caller's word.
    // SAFETY: a `__sk_buff` with no elements at its end is laid out as a
    // `Handle`, which is a local. The reference ends with this function, since
    // `program` takes any lifetime.
    let packet = unsafe { &mut *handle.packet() };
    program(&obj, packet).action().unwrap_or(on_error) as u32
}
