// SPDX-License-Identifier: GPL-2.0
//! Where the headers of a packet lie.

use core::mem::size_of;

use super::headers::{ethhdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr};
use crate::linux::if_ether::{ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{
    IPPROTO_AH, IPPROTO_DSTOPTS, IPPROTO_FRAGMENT, IPPROTO_HOPOPTS,
    IPPROTO_NONE, IPPROTO_ROUTING, IPPROTO_TCP, IPPROTO_UDP,
};
use crate::utils::{Aligned, try_convert_slice_to_struct};

/// VLAN tags that are looked behind: one of the provider, one of the customer.
const MAX_TAGS: usize = 2;
/// Extension headers of IPv6 that are looked behind.
const MAX_EXTENSIONS: usize = 8;

/// Where the headers of an Ethernet frame lie, as offsets into it.
///
/// ```ignore
/// # fn payload<'a>(ctx: &'a xdp_md) -> Option<&'a [u8]> {
/// let data = ctx.data_slice();
/// let headers = Headers::parse(data)?;
/// if let Some(udp) = headers.udp(data) {
///     let port = u16::from_be(udp.dest);
///     let payload = headers.transport? + size_of::<udphdr>();
///     return data.get(payload..headers.end);
/// }
/// # None
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers {
    /// What the frame contains, behind its VLAN tags: `ETH_P_*`.
    pub ethertype: u16,
    /// Where that begins.
    pub network: usize,
    /// What an IP packet contains, behind the extension headers of IPv6:
    /// `IPPROTO_*`. None for what is no IP packet or breaks its rules.
    pub protocol: Option<u8>,
    /// Where that begins; it may be [`end`](Self::end). None in a fragment that
    /// is not the first one.
    pub transport: Option<usize>,
    /// Where the packet ends, as far as it is in the bytes that were parsed. What
    /// is behind an IP packet is padding.
    pub end: usize,
}

impl Headers {
    /// Parses the frame at the beginning of `data`. None if it ends within the
    /// Ethernet header, a VLAN tag, or a header of IP.
    #[inline]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (ethertype, network) = skip_tags(data)?;
        let mut headers = Self {
            ethertype,
            network,
            protocol: None,
            transport: None,
            end: data.len(),
        };
        match ethertype {
            ETH_P_IP => headers.parse_ipv4(data)?,
            ETH_P_IPV6 => headers.parse_ipv6(data)?,
            _ => {}
        }
        Some(headers)
    }

    /// The IPv4 header in `data`, which was parsed: without its options.
    #[inline(always)]
    pub fn ipv4<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, iphdr>> {
        if self.ethertype != ETH_P_IP {
            return None;
        }
        try_convert_slice_to_struct(data.get(self.network..)?)
    }

    /// The IPv6 header in `data`, which was parsed.
    #[inline(always)]
    pub fn ipv6<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, ipv6hdr>> {
        if self.ethertype != ETH_P_IPV6 {
            return None;
        }
        try_convert_slice_to_struct(data.get(self.network..)?)
    }

    /// The TCP header in `data`, which was parsed: without its options.
    #[inline(always)]
    pub fn tcp<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, tcphdr>> {
        let at = self.transport_of(IPPROTO_TCP, size_of::<tcphdr>())?;
        try_convert_slice_to_struct(data.get(at..)?)
    }

    /// The UDP header in `data`, which was parsed.
    #[inline(always)]
    pub fn udp<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, udphdr>> {
        let at = self.transport_of(IPPROTO_UDP, size_of::<udphdr>())?;
        try_convert_slice_to_struct(data.get(at..)?)
    }

    /// Where the transport header of length `len` begins, if the packet contains
    /// one of `protocol`.
    #[inline(always)]
    pub(super) fn transport_of(
        &self,
        protocol: u32,
        len: usize,
    ) -> Option<usize> {
        if self.protocol.map(u32::from) != Some(protocol) {
            return None;
        }
        let at = self.transport?;
        (self.end - at >= len).then_some(at)
    }

    #[inline(always)]
    fn parse_ipv4(&mut self, data: &[u8]) -> Option<()> {
        let header = header::<iphdr>(data, self.network)?;
        let len = header.header_len();
        if header.version() != 4 || len < size_of::<iphdr>() {
            return Some(());
        }
        let transport = self.network + len;
        if transport > data.len() {
            return None;
        }
        // 0: a packet that is too large for the field, from one interface of
        // this machine to another.
        let total = usize::from(u16::from_be(header.tot_len));
        if total != 0 {
            if total < len {
                return Some(());
            }
            self.end = self.end.min(self.network + total);
        }
        self.protocol = Some(header.protocol);
        if !header.is_later_fragment() {
            self.transport = Some(transport);
        }
        Some(())
    }

    #[inline(always)]
    fn parse_ipv6(&mut self, data: &[u8]) -> Option<()> {
        let header = header::<ipv6hdr>(data, self.network)?;
        if header.version() != 6 {
            return Some(());
        }
        let mut at = self.network + size_of::<ipv6hdr>();
        // 0: as above.
        let payload = usize::from(u16::from_be(header.payload_len));
        if payload != 0 {
            self.end = self.end.min(at + payload);
        }
        let mut protocol = header.nexthdr;
        for _ in 0..MAX_EXTENSIONS {
            let len = match u32::from(protocol) {
                IPPROTO_HOPOPTS | IPPROTO_ROUTING | IPPROTO_DSTOPTS => {
                    8 + 8 * usize::from(*data.get(at + 1)?)
                }
                IPPROTO_AH => 8 + 4 * usize::from(*data.get(at + 1)?),
                IPPROTO_FRAGMENT => 8,
                _ => {
                    self.protocol = Some(protocol);
                    if u32::from(protocol) != IPPROTO_NONE && at <= self.end {
                        self.transport = Some(at);
                    }
                    return Some(());
                }
            };
            let extension = data.get(at..at + len)?;
            if u32::from(protocol) == IPPROTO_FRAGMENT {
                let offset = u16::from_be_bytes([extension[2], extension[3]]);
                if offset & 0xfff8 != 0 {
                    self.protocol = Some(extension[0]);
                    return Some(());
                }
            }
            protocol = extension[0];
            at += len;
        }
        Some(())
    }
}

/// A copy of the header at `at`.
#[inline(always)]
pub(super) fn header<T: crate::Pod>(data: &[u8], at: usize) -> Option<T> {
    Some(*try_convert_slice_to_struct::<T>(data.get(at..)?)?)
}

/// What the frame contains behind its VLAN tags, and where.
#[inline(always)]
pub(super) fn skip_tags(data: &[u8]) -> Option<(u16, usize)> {
    let mut ethertype = u16::from_be(header::<ethhdr>(data, 0)?.h_proto);
    let mut at = size_of::<ethhdr>();
    for _ in 0..MAX_TAGS {
        if !is_tag(ethertype) {
            break;
        }
        let tag = header::<vlan_hdr>(data, at)?;
        ethertype = u16::from_be(tag.h_vlan_encapsulated_proto);
        at += size_of::<vlan_hdr>();
    }
    Some((ethertype, at))
}

#[inline(always)]
pub(super) fn is_tag(ethertype: u16) -> bool {
    ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD
}
