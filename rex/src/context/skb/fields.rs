// SPDX-License-Identifier: GPL-2.0
//! The fields of a packet: its mark, its devices, its queue, its class.

use core::ffi::{c_char, c_void};

use super::__sk_buff;
use crate::net::Socket;
use crate::rt::ffi;
use crate::utils::{Result, to_result, u16be};

/// The length of `__sk_buff.cb`.
const CB: usize = 20;
/// `PKT_TYPE_MAX`: the bits in the byte `pkt_type`.
const PKT_TYPE: u8 = 7;

impl __sk_buff {
    /// Returns the protocol of the packet: `ETH_P_*`.
    #[inline(always)]
    pub fn protocol(&self) -> u16be {
        // SAFETY: `__be16 protocol`.
        u16be::from_be(unsafe { self.field(ffi::sk_buff_protocol()) })
    }

    /// Returns the priority.
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

    /// Returns the index of the device that received the packet; 0 if it was made
    /// here.
    #[inline(always)]
    pub fn ingress_ifindex(&self) -> u32 {
        // SAFETY: `int skb_iif`.
        unsafe { self.field(ffi::sk_buff_skb_iif()) }
    }

    /// Returns the index of the device that the program runs for.
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

    /// Returns the hash of the flow if it is known, otherwise 0. See also
    /// [`bpf_get_hash_recalc`](crate::sched_cls::sched_cls::bpf_get_hash_recalc).
    #[inline(always)]
    pub fn hash(&self) -> u32 {
        // SAFETY: `__u32 hash`.
        unsafe { self.field(ffi::sk_buff_hash()) }
    }

    /// Returns the mark.
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

    /// Returns the kind of address that the packet has: `PACKET_*`.
    #[inline(always)]
    pub fn pkt_type(&self) -> u32 {
        // SAFETY: this byte contains the bits.
        let bits: u8 = unsafe { self.field(ffi::sk_buff_pkt_type()) };
        u32::from(bits & PKT_TYPE)
    }

    /// Returns the number of the queue, plus one for a received packet.
    #[inline(always)]
    pub fn queue_mapping(&self) -> u16 {
        // SAFETY: `__u16 queue_mapping`.
        unsafe { self.field(ffi::sk_buff_queue_mapping()) }
    }

    /// Sets the number of the transmit queue, or at ingress of the receive queue,
    /// plus one. `-EINVAL` if the device has no such queue: the kernel does not
    /// check it.
    #[inline(always)]
    pub fn set_queue_mapping(&mut self, queue: u16) -> Result {
        // SAFETY: it is the context of the run.
        to_result(unsafe {
            ffi::rex_skb_set_queue_mapping(self.as_ptr(), queue)
        })
    }

    /// Returns whether the packet has a VLAN tag that is not among its bytes.
    #[inline(always)]
    pub fn vlan_present(&self) -> u32 {
        // SAFETY: it is the context of the run.
        unsafe { ffi::rex_skb_vlan_present(self.as_ptr()) as u32 }
    }

    /// Returns the tag of [`vlan_present`](Self::vlan_present).
    #[inline(always)]
    pub fn vlan_tci(&self) -> u16 {
        // SAFETY: `__u16 vlan_tci`.
        unsafe { self.field(ffi::sk_buff_vlan_tci()) }
    }

    /// Returns the type of the tag: `ETH_P_8021Q` or `ETH_P_8021AD`.
    #[inline(always)]
    pub fn vlan_proto(&self) -> u16be {
        // SAFETY: `__be16 vlan_proto`.
        u16be::from_be(unsafe { self.field(ffi::sk_buff_vlan_proto()) })
    }

    /// Returns the bytes that programs may use.
    #[inline(always)]
    pub fn cb(&self) -> [c_char; CB] {
        // SAFETY: `data` in `struct qdisc_skb_cb` in `cb`, of at least this
        // length.
        unsafe { self.field(cb_data()) }
    }

    /// Sets the bytes that programs may use.
    #[inline(always)]
    pub fn set_cb(&mut self, cb: &[c_char; CB]) {
        // SAFETY: as in `cb`; programs may set these bytes.
        unsafe { self.set_field(cb_data(), *cb) };
    }

    /// Returns the class that the packet was put into.
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

    /// Returns the index of traffic control.
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

    /// Returns the time of the packet in nanoseconds:
    /// see [`TcContext::tstamp`](crate::context::TcContext::tstamp).
    #[inline(always)]
    pub fn tstamp(&self) -> u64 {
        // SAFETY: `ktime_t tstamp`, 64 bits.
        unsafe { self.field(ffi::sk_buff_tstamp()) }
    }

    /// Returns the number of bytes on the wire:
    /// see [`TcContext::wire_len`](crate::context::TcContext::wire_len).
    #[inline(always)]
    pub fn wire_len(&self) -> u32 {
        // SAFETY: `unsigned int pkt_len` in `struct qdisc_skb_cb` in `cb`.
        unsafe { self.field(cb_pkt_len()) }
    }

    /// Returns the number of segments that the packet is yet to become:
    /// see [`TcContext::gso_segs`](crate::context::TcContext::gso_segs).
    #[inline(always)]
    pub fn gso_segs(&self) -> u32 {
        // SAFETY: `unsigned short gso_segs`.
        u32::from(unsafe {
            self.data_slice
                .shared_field::<u16>(ffi::skb_shared_info_gso_segs())
        })
    }

    /// Returns the number of bytes of a segment:
    /// see [`TcContext::gso_size`](crate::context::TcContext::gso_size).
    #[inline(always)]
    pub fn gso_size(&self) -> u32 {
        // SAFETY: `unsigned short gso_size`.
        u32::from(unsafe {
            self.data_slice
                .shared_field::<u16>(ffi::skb_shared_info_gso_size())
        })
    }

    /// Returns the socket that sends the packet, or that was found to receive it.
    /// None for packets that the kernel sends by itself or forwards, and for most
    /// received ones.
    #[inline(always)]
    pub fn socket(&self) -> Option<Socket<'_>> {
        // SAFETY: `struct sock *sk`.
        let sock = unsafe { self.field(ffi::sk_buff_sk()) };
        // SAFETY: it is null or a socket that the packet keeps; changing it needs
        // `&mut self`.
        unsafe { Socket::new(sock) }
    }

    /// Returns the number of the NAPI instance that received the packet, 0 if there
    /// is none.
    #[inline(always)]
    pub fn napi_id(&self) -> u32 {
        let Some(offset) = ffi::sk_buff_napi_id() else {
            return 0;
        };
        // SAFETY: `unsigned int napi_id`.
        let id: u32 = unsafe { self.field(offset) };
        // Smaller numbers are those of CPUs, which share the field.
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
fn cb_pkt_len() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::qdisc_skb_cb_pkt_len())
}

#[inline(always)]
fn cb_classid() -> usize {
    ffi::sk_buff_cb().wrapping_add(ffi::qdisc_skb_cb_tc_classid())
}
