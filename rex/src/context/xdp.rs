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
    /// The bytes of the packet; of one in several buffers (`#[xdp(frags)]`), those in
    /// the first.
    ///
    /// There are none if the packet lies in memory that userspace can write to at the
    /// same time, that is, in zero-copy buffers of AF_XDP. Copies are to be had of all
    /// packets: see [`load_bytes`](Self::load_bytes).
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// # fn is_broadcast(ctx: &XdpContext) -> bool {
    /// ctx.data().starts_with(&[0xff; 6])
    /// # }
    /// ```
    #[inline(always)]
    pub fn data(&self) -> &[u8] {
        self.event.data_slice()
    }

    /// As [`data`](Self::data), to be changed.
    #[inline(always)]
    pub fn data_mut(&mut self) -> &mut [u8] {
        self.event.data_slice_mut()
    }

    /// Bytes in the packet; of one in several buffers, those in the first, and also
    /// where [`data`](Self::data) has none.
    #[inline(always)]
    pub fn data_len(&self) -> usize {
        self.event.data_length()
    }

    /// Bytes in the packet, in all of its buffers.
    #[doc(alias = "bpf_xdp_get_buff_len")]
    #[allow(clippy::len_without_is_empty)]
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.run.bpf_xdp_get_buff_len(self.event)
    }

    /// The metadata before the packet, which [`adjust_meta`](Self::adjust_meta) makes
    /// room for, and which tc programs see as well.
    #[inline(always)]
    pub fn metadata(&self) -> &[u8] {
        self.event.metadata()
    }

    /// As [`metadata`](Self::metadata), to be changed.
    #[inline(always)]
    pub fn metadata_mut(&mut self) -> &mut [u8] {
        self.event.metadata_mut()
    }

    /// Where the headers of the packet are, as far as they are in
    /// [`data`](Self::data).
    ///
    /// # Errors
    ///
    /// As [`Headers::parse`]; `Link` if the device is of a kind that is not known.
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        self.event.headers()
    }

    /// The index of the device that received the packet.
    #[inline(always)]
    pub fn ingress_ifindex(&self) -> u32 {
        self.event.ingress_ifindex()
    }

    /// The number of the queue that received the packet.
    #[inline(always)]
    pub fn rx_queue_index(&self) -> u32 {
        self.event.rx_queue_index()
    }

    /// The index of the device that the packet is about to leave by, in programs with
    /// `#[xdp(devmap)]`; 0 in others.
    #[inline(always)]
    pub fn egress_ifindex(&self) -> u32 {
        self.event.egress_ifindex()
    }

    /// What the device that received the packet can do with XDP: `NETDEV_XDP_ACT_*` in
    /// the kernel's `linux/netdev.h`. None before Linux 6.3, where devices do not say.
    #[inline(always)]
    pub fn device_features(&self) -> Option<u32> {
        self.event.device_features()
    }

    /// Moves the end of the packet by `offset` bytes; new bytes are 0.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there is no room, or less than an Ethernet header would be left.
    #[doc(alias = "bpf_xdp_adjust_tail")]
    #[inline(always)]
    pub fn adjust_tail(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_tail(self.event, offset))
    }

    /// Moves the beginning of the packet by `offset` bytes: it gets shorter if that is
    /// positive. New bytes have any contents.
    ///
    /// # Errors
    ///
    /// `EINVAL` if there is no room, or less than an Ethernet header would be left.
    #[doc(alias = "bpf_xdp_adjust_head")]
    #[inline(always)]
    pub fn adjust_head(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_head(self.event, offset))
    }

    /// Moves the beginning of the metadata by `offset` bytes: it gets longer if that
    /// is negative. Its length has to be a multiple of 4, and at most 32.
    ///
    /// # Errors
    ///
    /// `EACCES` if the length is none of these, `ENOTSUPP` (524) if the device's driver
    /// has no metadata.
    #[doc(alias = "bpf_xdp_adjust_meta")]
    #[inline(always)]
    pub fn adjust_meta(&mut self, offset: i32) -> Result {
        done(self.run.bpf_xdp_adjust_meta(self.event, offset))
    }

    /// Copies the bytes of the packet from `offset` on to `bytes`, from whichever
    /// buffers they are in.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the packet ends before.
    #[doc(alias = "bpf_xdp_load_bytes")]
    #[inline(always)]
    pub fn load_bytes(&self, offset: u32, bytes: &mut [u8]) -> Result {
        done(self.run.bpf_xdp_load_bytes(self.event, offset, bytes))
    }

    /// Copies `bytes` into the packet from `offset` on, to whichever buffers that is
    /// in.
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

    /// Sends the packet where entry `key` of `map` says, if the program returns this
    /// action. If there is no such entry, it is `otherwise`.
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
