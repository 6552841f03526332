// SPDX-License-Identifier: GPL-2.0
//! The context of XDP programs.

use super::XdpContext;
use super::packet::headers;
use crate::error::{Result, done, number};
use crate::map::RedirectMap;
use crate::net::{
    Headers, Unknown, bpf_fib_lookup, ethhdr, icmphdr, iphdr, ipv6hdr, tcphdr,
    udphdr, vlan_hdr,
};
use crate::utils::AlignedMut;
use crate::xdp::XdpAction;

headers! { XdpContext }

impl XdpContext<'_> {
    /// Returns the bytes of the packet, or of its first buffer if it has several
    /// (`#[xdp(frags)]`).
    ///
    /// The slice is empty if userspace can write to the packet at the same time, that
    /// is, in zero-copy buffers of AF_XDP. [`load_bytes`](Self::load_bytes) copies from
    /// all packets.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// # fn is_broadcast(ctx: &XdpContext) -> bool {
    /// ctx.data().starts_with(&[0xff; 6])
    /// # }
    /// ```
    #[inline(always)]
    pub fn data(&self) -> &[u8] {
        self.event.data_slice()
    }

    /// Returns [`data`](Self::data), mutable.
    #[inline(always)]
    pub fn data_mut(&mut self) -> &mut [u8] {
        self.event.data_slice_mut()
    }

    /// Returns the number of bytes in the packet's first buffer, also where
    /// [`data`](Self::data) is empty.
    #[inline(always)]
    pub fn data_len(&self) -> usize {
        self.event.data_length()
    }

    /// Returns the number of bytes in all buffers of the packet.
    #[doc(alias = "bpf_xdp_get_buff_len")]
    #[allow(clippy::len_without_is_empty)]
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.run.bpf_xdp_get_buff_len(self.event)
    }

    /// Returns the metadata before the packet. [`adjust_meta`](Self::adjust_meta) makes
    /// room for it, and tc programs see it, too.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        self.event.metadata()
    }

    /// Returns [`metadata`](Self::metadata), mutable.
    #[inline(always)]
    pub fn metadata_mut(&mut self) -> &mut [u8] {
        self.event.metadata_mut()
    }

    /// Returns where the headers of the packet are, as far as they are in
    /// [`data`](Self::data).
    ///
    /// # Errors
    ///
    /// The errors of [`Headers::parse`]; `Link` if the device is of an unknown kind.
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        self.event.headers()
    }

    /// Returns the index of the device that received the packet.
    #[inline(always)]
    pub fn ingress_ifindex(&self) -> u32 {
        self.event.ingress_ifindex()
    }

    /// Returns the number of the queue that received the packet.
    #[inline(always)]
    pub fn rx_queue_index(&self) -> u32 {
        self.event.rx_queue_index()
    }

    /// Returns the index of the device that is about to send the packet, in programs
    /// with `#[xdp(devmap)]`; otherwise 0.
    #[inline(always)]
    pub fn egress_ifindex(&self) -> u32 {
        self.event.egress_ifindex()
    }

    /// Returns the XDP features of the device that received the packet:
    /// `NETDEV_XDP_ACT_*` in the kernel's `linux/netdev.h`. None before Linux 6.3,
    /// where devices do not report them.
    #[inline(always)]
    pub fn device_features(&self) -> Option<u32> {
        self.event.device_features()
    }

    /// Moves the end of the packet by `offset` bytes; new bytes are 0.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there is no room, or less than an Ethernet header would be left.
    /// `EOPNOTSUPP` if a packet in several buffers would be shorter and the kernel gets that
    /// wrong: in generic mode, on veth and behind a devmap.
    #[doc(alias = "bpf_xdp_adjust_tail")]
    #[inline(always)]
    pub fn adjust_tail(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_tail(self.event, offset))
    }

    /// Moves the beginning of the packet by `offset` bytes: a positive number shortens
    /// it. New bytes are not initialised.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there is no room, if less than an Ethernet header would be left, if the
    /// packet would begin more than 32767 bytes after its buffer does, or if bytes would be
    /// taken off a packet that the kernel is yet to segment. Programs of drivers get none of
    /// these; in generic mode (`xdpgeneric`), a large packet of another namespace is one.
    #[doc(alias = "bpf_xdp_adjust_head")]
    #[inline(always)]
    pub fn adjust_head(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_head(self.event, offset))
    }

    /// Moves the beginning of the metadata by `offset` bytes: a negative number extends
    /// it. Its length has to be a multiple of 4, and at most 32.
    ///
    /// # Errors
    ///
    /// `EACCES` if the length is invalid, `ENOTSUPP` (524) if the device's driver
    /// supports no metadata.
    #[doc(alias = "bpf_xdp_adjust_meta")]
    #[inline(always)]
    pub fn adjust_meta(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_meta(self.event, offset))
    }

    /// Copies the bytes of the packet from `offset` on to `bytes`, from all of its
    /// buffers.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the packet ends before.
    #[doc(alias = "bpf_xdp_load_bytes")]
    #[inline(always)]
    pub fn load_bytes(&self, offset: u32, bytes: &mut [u8]) -> Result {
        done(self.run.bpf_xdp_load_bytes(self.event, offset, bytes))
    }

    /// Copies `bytes` into the packet from `offset` on, to all of its buffers.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the packet ends before.
    #[doc(alias = "bpf_xdp_store_bytes")]
    #[inline(always)]
    pub fn store_bytes(&mut self, offset: u32, bytes: &[u8]) -> Result {
        done(self.run.bpf_xdp_store_bytes(self.event, offset, bytes))
    }

    /// Sends the packet out of a device, if the program returns this action.
    #[doc(alias = "bpf_redirect")]
    #[must_use = "the packet goes there if the program returns the action"]
    #[inline(always)]
    pub fn redirect(&mut self, ifindex: u32) -> XdpAction {
        self.run.bpf_redirect(ifindex, 0).into()
    }

    /// Sends the packet to the target in entry `key` of `map`, if the program returns
    /// this action. If there is no such entry, the action is `otherwise`.
    #[doc(alias = "bpf_redirect_map")]
    #[must_use = "the packet goes there if the program returns the action"]
    #[inline(always)]
    pub fn redirect_map<M: RedirectMap>(
        &mut self,
        map: &'static M,
        key: u32,
        otherwise: XdpAction,
    ) -> XdpAction {
        match self.run.bpf_redirect_map(map, key, 0) {
            Ok(_) => XdpAction::Redirect,
            Err(_) => otherwise,
        }
    }
}
