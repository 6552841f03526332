// SPDX-License-Identifier: GPL-2.0
//! The context of tc programs.

use core::ffi::c_char;

use super::packet::{headers, sockets};
use super::{Cgroup, TcContext, fields};
use crate::error::{Errno, Result, done, number};
use crate::linux::bpf::{BPF_SKB_TSTAMP_DELIVERY_MONO, BPF_SKB_TSTAMP_UNSPEC};
use crate::net::{
    Headers, Socket, Unknown, bpf_fib_lookup, ethhdr, icmphdr, iphdr, ipv6hdr,
    tcphdr, udphdr, vlan_hdr,
};
use crate::sched_cls::TcAction;
use crate::time::Instant;
use crate::utils::{AlignedMut, u16be};

headers! { TcContext }
sockets! { TcContext }

fields! {
    TcContext:
    /// The number of bytes in the packet.
    #[allow(clippy::len_without_is_empty)]
    len: u32 = len,
    /// The number of bytes that are not linear.
    data_len: u32 = data_len,
    /// The bytes of the packet that are linear. They begin with the Ethernet header,
    /// if the device has one.
    data: &[u8] = data_slice,
    /// The metadata that an XDP program has left before the packet. It is empty at
    /// egress.
    metadata: &[u8] = metadata,
    /// The protocol of the packet: `ETH_P_*`.
    protocol: u16be = protocol,
    /// The priority.
    priority: u32 = priority,
    /// The index of the device that received the packet; 0 if it was made here.
    ingress_ifindex: u32 = ingress_ifindex,
    /// The index of the device that the program runs for.
    ifindex: u32 = ifindex,
    /// The hash of the flow if it is known, otherwise 0. See also
    /// [`hash_recalc`](Self::hash_recalc).
    hash: u32 = hash,
    /// The mark.
    mark: u32 = mark,
    /// The kind of address that the packet has: `PACKET_*`.
    pkt_type: u32 = pkt_type,
    /// The number of the queue, plus one for a received packet.
    queue_mapping: u16 = queue_mapping,
    /// The tag of [`has_vlan`](Self::has_vlan).
    vlan_tci: u16 = vlan_tci,
    /// The type of the tag: `ETH_P_8021Q` or `ETH_P_8021AD`.
    vlan_proto: u16be = vlan_proto,
    /// The bytes that programs may use.
    cb: [c_char; 20] = cb,
    /// The class that the packet was put into.
    tc_classid: u32 = tc_classid,
    /// The index of traffic control.
    tc_index: u16 = tc_index,
    /// The time of the packet in nanoseconds: that of delivery (`CLOCK_MONOTONIC`), or at
    /// ingress that of receipt (`CLOCK_REALTIME`); 0 if there is none. A packet that came by a
    /// veth or a redirect may have either. See
    /// [`set_delivery_time`](Self::set_delivery_time).
    tstamp: u64 = tstamp,
    /// The number of bytes on the wire, as the kernel knew it when it gave the packet to the
    /// device: of all segments of a packet that is yet to be segmented, with their headers. At
    /// ingress it is without the Ethernet header, and whether it has the headers of all
    /// segments depends on the kernel.
    wire_len: u32 = wire_len,
    /// The number of segments that the packet is yet to become, or came as; 0 or 1 if it stays
    /// as it is. It may be 0 although [`gso_size`](Self::gso_size) is not: then the sender,
    /// such as a virtual machine, did not say it.
    gso_segs: u32 = gso_segs,
    /// The number of bytes of such a segment, without its headers; 0 if the packet stays as it
    /// is, 65535 if the segments are of several sizes.
    gso_size: u32 = gso_size,
    /// The socket that sends the packet, or that was found to receive it. None for
    /// packets that the kernel sends by itself or forwards, and for most received ones.
    socket: Option<Socket<'_>> = socket,
    /// The number of the NAPI instance that received the packet, 0 if there is none.
    napi_id: u32 = napi_id,
}

impl TcContext<'_> {
    /// Returns [`data`](Self::data), mutable. If a clone of the packet shares the
    /// bytes, they are copied first.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory for the copy.
    #[inline(always)]
    pub fn data_mut(&mut self) -> Result<&mut [u8]> {
        self.event.data_slice_mut().map_err(Errno::from)
    }

    /// Returns where the headers of the packet are in [`data`](Self::data). If headers
    /// are among the bytes that are not linear, these are made linear.
    ///
    /// # Errors
    ///
    /// The errors of [`Headers::parse`]; `NoMemory` if they cannot be made linear.
    #[inline]
    pub fn headers(&mut self) -> Result<Headers, Unknown> {
        self.event.headers()
    }

    /// Returns whether the packet has a VLAN tag that is not among its bytes.
    #[inline(always)]
    pub fn has_vlan(&self) -> bool {
        self.event.vlan_present() != 0
    }

    /// Sets the priority.
    #[inline(always)]
    pub fn set_priority(&mut self, priority: u32) {
        self.event.set_priority(priority);
    }

    /// Sets the mark.
    #[inline(always)]
    pub fn set_mark(&mut self, mark: u32) {
        self.event.set_mark(mark);
    }

    /// Sets the number of the transmit queue, or at ingress of the receive queue, plus
    /// one.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the device has no such queue: the kernel does not check it.
    #[inline(always)]
    pub fn set_queue_mapping(&mut self, queue: u16) -> Result {
        done(self.event.set_queue_mapping(queue))
    }

    /// Sets the bytes that programs may use.
    #[inline(always)]
    pub fn set_cb(&mut self, cb: &[c_char; 20]) {
        self.event.set_cb(cb);
    }

    /// Puts the packet into a class.
    #[inline(always)]
    pub fn set_tc_classid(&mut self, classid: u16) {
        self.event.set_tc_classid(classid);
    }

    /// Sets the index of traffic control.
    #[inline(always)]
    pub fn set_tc_index(&mut self, index: u16) {
        self.event.set_tc_index(index);
    }

    /// Makes the first `len` bytes of the packet linear and not shared with clones, so
    /// that [`data`](Self::data) contains them. 0 stands for the linear part.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory, or the packet has fewer bytes.
    #[doc(alias = "bpf_skb_pull_data")]
    #[inline(always)]
    pub fn pull_data(&mut self, len: u32) -> Result {
        done(self.run.bpf_skb_pull_data(self.event, len))
    }

    /// Copies the bytes of the packet from `offset` on to `bytes`, linear or not.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the packet is too short; then `bytes` is zeroed.
    #[doc(alias = "bpf_skb_load_bytes")]
    #[inline(always)]
    pub fn load_bytes(&self, offset: u32, bytes: &mut [u8]) -> Result {
        done(self.run.bpf_skb_load_bytes(self.event, offset, bytes))
    }

    /// Copies `bytes` into the packet from `offset` on. Flags:
    /// `BPF_F_RECOMPUTE_CSUM`, `BPF_F_INVALIDATE_HASH`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the packet ends before.
    #[doc(alias = "bpf_skb_store_bytes")]
    #[inline(always)]
    pub fn store_bytes(
        &mut self,
        offset: u32,
        bytes: &[u8],
        flags: u64,
    ) -> Result {
        done(
            self.run
                .bpf_skb_store_bytes(self.event, offset, bytes, flags),
        )
    }

    /// Replaces the bytes of the packet at `at` by `to`, and corrects the checksums
    /// that cover them: see
    /// [`sched_cls::replace`](crate::sched_cls::sched_cls::replace).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// # fn redirect(ctx: &mut TcContext) -> Result {
    /// let headers = ctx.headers()?;
    /// if let Some(tcp) = headers.transport? {
    ///     // Its port of the destination.
    ///     ctx.replace(&headers, tcp.at + 2, &8080u16.to_be_bytes())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The helpers' errors; [`Unknown`](crate::net::Unknown) headers. If it is not
    /// `EINVAL`, checksums may be wrong.
    pub fn replace(
        &mut self,
        headers: &Headers,
        at: usize,
        to: &[u8],
    ) -> Result {
        Ok(self.run.replace(self.event, headers, at, to)?)
    }

    /// Corrects the IP checksum at `offset` for a change of `from` to `to`, whose size,
    /// 2 or 4, is in the lower bits of `flags`. With size 0, `to` is a difference from
    /// [`csum_diff`](Self::csum_diff).
    ///
    /// # Errors
    ///
    /// `EFAULT` if the packet ends before, `EINVAL` if the kernel does not take
    /// `flags`.
    #[doc(alias = "bpf_l3_csum_replace")]
    #[inline(always)]
    pub fn l3_csum_replace(
        &mut self,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        done(
            self.run
                .bpf_l3_csum_replace(self.event, offset, from, to, flags),
        )
    }

    /// Corrects a checksum of TCP, UDP or ICMP, as
    /// [`l3_csum_replace`](Self::l3_csum_replace) does for IP. More flags:
    /// `BPF_F_PSEUDO_HDR`, `BPF_F_MARK_MANGLED_0`, `BPF_F_MARK_ENFORCE`.
    ///
    /// # Errors
    ///
    /// Errors are those of `l3_csum_replace`.
    #[doc(alias = "bpf_l4_csum_replace")]
    #[inline(always)]
    pub fn l4_csum_replace(
        &mut self,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        done(
            self.run
                .bpf_l4_csum_replace(self.event, offset, from, to, flags),
        )
    }

    /// Sends a copy of the packet out of a device, or with `BPF_F_INGRESS` has the
    /// device receive it. The program's result decides about the packet itself.
    ///
    /// # Errors
    ///
    /// The errors of sending a packet; `EDEADLK` with a lock held; `EBUSY` in a classifier of a
    /// queueing discipline, which has a lock of the kernel held. From Linux 6.19 on, it may be
    /// `EBUSY` elsewhere, while another CPU has that lock.
    #[doc(alias = "bpf_clone_redirect")]
    #[inline(always)]
    pub fn clone_redirect(&mut self, ifindex: u32, flags: u64) -> Result {
        done(self.run.bpf_clone_redirect(self.event, ifindex, flags))
    }

    /// Sends the packet out of a device, or with `BPF_F_INGRESS` has the device receive
    /// it, if the program returns this action.
    #[doc(alias = "bpf_redirect")]
    #[must_use = "the packet goes there if the program returns the action"]
    #[inline(always)]
    pub fn redirect(&mut self, ifindex: u32, flags: u64) -> TcAction {
        self.run.bpf_redirect(ifindex, flags).into()
    }

    /// Sends the packet out of a device to the next hop of its route, with new link
    /// addresses, if the program returns this action.
    #[doc(alias = "bpf_redirect_neigh")]
    #[must_use = "the packet goes there if the program returns the action"]
    #[inline(always)]
    pub fn redirect_neigh(&mut self, ifindex: u32) -> TcAction {
        self.run.bpf_redirect_neigh(ifindex, 0).into()
    }

    /// Has the device's peer in another network namespace receive the packet, if the
    /// program, at ingress, returns this action.
    #[doc(alias = "bpf_redirect_peer")]
    #[must_use = "the packet goes there if the program returns the action"]
    #[inline(always)]
    pub fn redirect_peer(&mut self, ifindex: u32) -> TcAction {
        self.run.bpf_redirect_peer(ifindex, 0).into()
    }

    /// Returns the cgroup of the packet's socket. None if the packet has none.
    #[inline(always)]
    pub fn cgroup(&self) -> Option<Cgroup<'_>> {
        self.run.skb_cgroup(self.event)
    }

    /// Returns the id of the cgroup of the packet's socket: the inode number of its
    /// folder. 0 if there is none; it is known at egress.
    #[doc(alias = "bpf_skb_cgroup_id")]
    #[inline(always)]
    pub fn cgroup_id(&self) -> u64 {
        self.run.bpf_skb_cgroup_id(self.event)
    }

    /// Returns the id of that cgroup or its ancestor at `level`, where the root is at
    /// level 0. 0 if it is not that deep.
    #[doc(alias = "bpf_skb_ancestor_cgroup_id")]
    #[inline(always)]
    pub fn ancestor_cgroup_id(&self, level: i32) -> u64 {
        self.run.bpf_skb_ancestor_cgroup_id(self.event, level)
    }

    /// Has the packet leave at `time`, of the clock of [`time::now`](crate::time::now), if
    /// the device's queueing discipline waits for that, as `fq` does. `fq` drops a packet
    /// whose time is more than 10 seconds ahead, unless it is told otherwise (`horizon`).
    ///
    /// # Errors
    ///
    /// `EOPNOTSUPP` if the packet is neither IPv4 nor IPv6, or has a VLAN tag among its bytes;
    /// `EINVAL` if the time is 0.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use core::sync::atomic::Ordering::Relaxed;
    /// # use rex::prelude::*;
    /// # use rex::time::{self, Instant};
    /// /// When the next packet may leave.
    /// #[map]
    /// static NEXT: Array<u64> = Array::with_max_entries(1);
    ///
    /// /// Packets wait for a second at most.
    /// const LONGEST: u64 = 1_000_000_000;
    ///
    /// /// Lets one byte leave each microsecond.
    /// #[tc]
    /// fn limit(ctx: &mut TcContext) -> Result<TcAction> {
    ///     let Some(next) = NEXT.lookup(ctx, 0) else {
    ///         return Ok(TcAction::Ok);
    ///     };
    ///     let next = next.atomic();
    ///     let now = time::now().as_ns();
    ///     let free = next.fetch_max(now, Relaxed).max(now);
    ///     if free - now > LONGEST {
    ///         return Ok(TcAction::Shot);
    ///     }
    ///     next.fetch_add(u64::from(ctx.wire_len()) * 1000, Relaxed);
    ///     // TCP has set a time of its own.
    ///     let time = free.max(ctx.tstamp());
    ///     ctx.set_delivery_time(Instant::from_ns(time))?;
    ///     Ok(TcAction::Ok)
    /// }
    /// ```
    #[doc(alias = "bpf_skb_set_tstamp")]
    #[inline(always)]
    pub fn set_delivery_time(&mut self, time: Instant) -> Result {
        let ns = time.as_ns();
        let kind = BPF_SKB_TSTAMP_DELIVERY_MONO;
        done(self.run.bpf_skb_set_tstamp(self.event, ns, kind))
    }

    /// Has the packet leave as soon as it can. At ingress, this also takes away the time of
    /// receipt.
    ///
    /// # Errors
    ///
    /// `EOPNOTSUPP` if the packet is neither IPv4 nor IPv6, or has a VLAN tag among its bytes.
    #[doc(alias = "bpf_skb_set_tstamp")]
    #[inline(always)]
    pub fn clear_delivery_time(&mut self) -> Result {
        let kind = BPF_SKB_TSTAMP_UNSPEC;
        done(self.run.bpf_skb_set_tstamp(self.event, 0, kind))
    }

    /// Returns the hash of the flow, and computes it if it is not known.
    #[doc(alias = "bpf_get_hash_recalc")]
    #[inline(always)]
    pub fn hash_recalc(&mut self) -> u32 {
        self.run.bpf_get_hash_recalc(self.event)
    }

    /// Puts a VLAN tag on the packet.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory. `EINVAL` if the packet has a tag and does not begin
    /// with an Ethernet header, or if a header would be more than 32767 bytes after the
    /// beginning of its buffer.
    #[doc(alias = "bpf_skb_vlan_push")]
    #[inline(always)]
    pub fn vlan_push(&mut self, proto: u16be, tci: u16) -> Result {
        done(self.run.bpf_skb_vlan_push(self.event, proto, tci))
    }

    /// Takes the outer VLAN tag off the packet, if there is one.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory, `EINVAL` as for [`vlan_push`](Self::vlan_push).
    #[doc(alias = "bpf_skb_vlan_pop")]
    #[inline(always)]
    pub fn vlan_pop(&mut self) -> Result {
        done(self.run.bpf_skb_vlan_pop(self.event))
    }

    /// Makes the packet `len` bytes long; new bytes at its end are 0.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the length is too small or too large.
    #[doc(alias = "bpf_skb_change_tail")]
    #[inline(always)]
    pub fn change_tail(&mut self, len: u32) -> Result {
        done(self.run.bpf_skb_change_tail(self.event, len, 0))
    }

    /// Adds `room` bytes of 0, at most 4095, at the beginning of the packet.
    ///
    /// # Errors
    ///
    /// `EINVAL` if these are more, if the packet would be too long, or if a header would be
    /// more than 32767 bytes after the beginning of its buffer. `ENOMEM` if there is no
    /// memory.
    #[doc(alias = "bpf_skb_change_head")]
    #[inline(always)]
    pub fn change_head(&mut self, room: u32) -> Result {
        done(self.run.bpf_skb_change_head(self.event, room, 0))
    }

    /// Inserts `diff` bytes, or removes them if `diff` is negative, after the header
    /// that `mode` names: `BPF_ADJ_ROOM_NET` or `BPF_ADJ_ROOM_MAC`.
    ///
    /// # Errors
    ///
    /// `ENOTSUPP` (524) if the packet is neither IPv4 nor IPv6. `EFAULT` if these are more
    /// than 4095 bytes. `EINVAL` if the kernel does not take the arguments, if the packet
    /// ends before that header does, or if a header would be more than 32767 bytes after the
    /// beginning of the packet's buffer. The kernel also changes the size of the segments
    /// that it is yet to make of the packet, unless `flags` have
    /// `BPF_F_ADJ_ROOM_FIXED_GSO`: a size below 8 or above 65534 is `EINVAL`. `ENOMEM`
    /// if there is no memory.
    #[doc(alias = "bpf_skb_adjust_room")]
    #[inline(always)]
    pub fn adjust_room(&mut self, diff: i32, mode: u32, flags: u64) -> Result {
        done(self.run.bpf_skb_adjust_room(self.event, diff, mode, flags))
    }
}
