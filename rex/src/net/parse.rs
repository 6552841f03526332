// SPDX-License-Identifier: GPL-2.0
//! The places of the headers of a packet. C counterpart: `ip_rcv`, `ipv6_rcv`, their
//! protocols' handlers and `skb_vlan_untag`.

use core::ffi::c_int;
use core::mem::size_of;

use super::extensions::Extensions;
use super::headers::{
    ethhdr, icmphdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr,
};
use crate::linux::errno::EBADMSG;
use crate::linux::if_ether::{ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{
    IPPROTO_COMP, IPPROTO_ESP, IPPROTO_FRAGMENT, IPPROTO_ICMP, IPPROTO_ICMPV6,
    IPPROTO_TCP, IPPROTO_UDP,
};
use crate::utils::{Aligned, try_convert_slice_to_struct};

/// The reason why a packet's contents are unknown.
///
/// It is neither a yes nor a no: a packet whose port is unknown may be for any port, and
/// a filter has to decide. As an error of a program, by `?`, it becomes the program's
/// verdict on errors, which drops the packet: see [`verdict`](crate::verdict).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The bytes end before the header does: the packet ends there, or continues outside
    /// of the slice (in another buffer, or in AF_XDP's memory). It may also be a first
    /// fragment that contains a part of the header.
    Truncated,
    /// It is a fragment after the first one, so the header is in another packet. Dropping
    /// the first fragment is enough to keep the whole packet from its receiver.
    LaterFragment,
    /// It is encrypted (ESP) or compressed (IPComp).
    Encrypted,
    /// The device's packets begin with an unknown header: neither Ethernet nor IP.
    Link,
    /// There is no memory to make the headers linear.
    NoMemory,
}

/// Converts to `-EBADMSG`, so `?` works beside calls of helpers.
impl From<Unknown> for c_int {
    fn from(_: Unknown) -> Self {
        -EBADMSG
    }
}

/// The content of an IP packet, after all extension headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// `IPPROTO_*`.
    pub protocol: u8,
    /// The offset of its content, at most [`Headers::end`].
    pub at: usize,
}

/// The beginning of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// It begins with an Ethernet header.
    Ethernet,
    /// It begins with a header of IPv4 or IPv6.
    Ip,
    /// It begins with a header of this length; the kernel knows the next protocol.
    Other { ethertype: u16, network: usize },
    /// It begins with an unknown header.
    Unknown,
}

/// The places of a packet's headers, as offsets into its bytes.
///
/// The parser skips any number of VLAN tags (802.1Q and 802.1ad), IPv4 options and IPv6
/// extension headers, as the receiving kernel does. A getter returns the header, `None`
/// for a packet that contains another protocol, or [`Unknown`].
///
/// A tunnel (IP in IP, GRE, MPLS, PPPoE, MACsec) is another protocol: parse its content
/// by [`parse_ip`](Self::parse_ip), or attach the program to the tunnel's device.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// /// Returns the payload of a packet to the DNS.
/// fn query<'a>(ctx: &'a XdpContext) -> Result<Option<&'a [u8]>> {
///     let data = ctx.data();
///     let headers = ctx.headers()?;
///     let udp = headers.udp(data)?;
///     if udp.is_none_or(|udp| udp.dest != 53u16.to_be()) {
///         return Ok(None);
///     }
///     Ok(headers.payload(data))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers {
    /// The protocol after the VLAN tags of the frame: `ETH_P_*`.
    pub ethertype: u16,
    /// The offset of that protocol's header.
    pub network: usize,
    /// The content of an IP packet. None for other packets, and for invalid ones that the
    /// kernel drops.
    pub transport: core::result::Result<Option<Transport>, Unknown>,
    /// The end of the packet within the parsed bytes. Bytes after an IP packet are
    /// padding.
    pub end: usize,
}

impl Headers {
    /// Parses the Ethernet frame at the beginning of `data`. For the program's packet,
    /// use the context's method `headers`, which knows the device's link type.
    ///
    /// # Errors
    ///
    /// `Truncated` if it ends within the Ethernet header, a VLAN tag, or a header of IP.
    /// Errors of later headers are in [`transport`](Self::transport).
    #[inline]
    pub fn parse(data: &[u8]) -> core::result::Result<Self, Unknown> {
        Self::parse_link(data, Link::Ethernet)
    }

    /// Parses the packet of IPv4 or IPv6 at the beginning of `data`, such as the content
    /// of a tunnel. The [`ethertype`](Self::ethertype) of another version is 0.
    ///
    /// # Errors
    ///
    /// Errors are those of [`parse`](Self::parse).
    #[inline]
    pub fn parse_ip(data: &[u8]) -> core::result::Result<Self, Unknown> {
        Self::parse_link(data, Link::Ip)
    }

    #[inline]
    pub(crate) fn parse_link(
        data: &[u8],
        link: Link,
    ) -> core::result::Result<Self, Unknown> {
        let (ethertype, network) = find_network(data, link)?;
        let mut headers = Self {
            ethertype,
            network,
            transport: Ok(None),
            end: data.len(),
        };
        match ethertype {
            ETH_P_IP => headers.parse_ipv4(data)?,
            ETH_P_IPV6 => headers.parse_ipv6(data)?,
            _ => {}
        }
        Ok(headers)
    }

    /// Returns the IPv4 header in the parsed `data`, without its options.
    #[inline(always)]
    pub fn ipv4<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, iphdr>> {
        if self.ethertype != ETH_P_IP {
            return None;
        }
        try_convert_slice_to_struct::<iphdr>(data.get(self.network..)?)
            .filter(|header| header.version() == 4)
    }

    /// Returns the IPv6 header in the parsed `data`.
    #[inline(always)]
    pub fn ipv6<'a>(&self, data: &'a [u8]) -> Option<Aligned<'a, ipv6hdr>> {
        if self.ethertype != ETH_P_IPV6 {
            return None;
        }
        try_convert_slice_to_struct::<ipv6hdr>(data.get(self.network..)?)
            .filter(|header| header.version() == 6)
    }

    /// Returns the extension headers of IPv6 and the authentication headers of IPv4 in
    /// the parsed `data`, up to the first truncated one.
    #[inline]
    pub fn extensions<'a>(&self, data: &'a [u8]) -> Extensions<'a> {
        let (first, at) = if let Some(header) = self.ipv4(data) {
            (header.protocol, self.network + header.header_len())
        } else if let Some(header) = self.ipv6(data) {
            (header.nexthdr, self.network + size_of::<ipv6hdr>())
        } else {
            return Extensions::none();
        };
        let data = data.get(..self.end).unwrap_or(data);
        Extensions::new(data, self.ethertype, first, at)
    }

    /// Returns the TCP header in the parsed `data`, without its options.
    #[inline(always)]
    pub fn tcp<'a>(
        &self,
        data: &'a [u8],
    ) -> core::result::Result<Option<Aligned<'a, tcphdr>>, Unknown> {
        self.transport_header(data, IPPROTO_TCP)
    }

    /// Returns the UDP header in the parsed `data`.
    #[inline(always)]
    pub fn udp<'a>(
        &self,
        data: &'a [u8],
    ) -> core::result::Result<Option<Aligned<'a, udphdr>>, Unknown> {
        self.transport_header(data, IPPROTO_UDP)
    }

    /// Returns the ICMP header of IPv4 or IPv6 in the parsed `data`.
    #[inline(always)]
    pub fn icmp<'a>(
        &self,
        data: &'a [u8],
    ) -> core::result::Result<Option<Aligned<'a, icmphdr>>, Unknown> {
        self.transport_header(data, self.icmp_protocol())
    }

    /// Returns the payload of TCP, UDP or ICMP in the parsed `data`. It ends with the
    /// packet or the UDP datagram.
    ///
    /// None for other packets, and if the header's length field is wrong.
    #[inline]
    pub fn payload<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let at = self.transport.ok()??.at;
        let (start, end) = if let Some(tcp) = self.tcp(data).ok()? {
            let len = tcp.header_len();
            (len >= size_of::<tcphdr>()).then_some((at + len, self.end))?
        } else if let Some(udp) = self.udp(data).ok()? {
            let len = match usize::from(u16::from_be(udp.len)) {
                // The packet is too large for the field.
                0 if self.ethertype == ETH_P_IPV6 => self.end - at,
                len => len,
            };
            (len >= size_of::<udphdr>())
                .then_some((at + size_of::<udphdr>(), self.end.min(at + len)))?
        } else {
            self.icmp(data).ok()??;
            (at + size_of::<icmphdr>(), self.end)
        };
        data.get(start..end)
    }

    #[inline(always)]
    pub(super) fn icmp_protocol(&self) -> u32 {
        match self.ethertype {
            ETH_P_IPV6 => IPPROTO_ICMPV6,
            _ => IPPROTO_ICMP,
        }
    }

    /// Returns the offset of the transport header, if the packet has `len` bytes of
    /// `protocol`.
    #[inline(always)]
    pub(super) fn transport_of(
        &self,
        protocol: u32,
        len: usize,
    ) -> core::result::Result<Option<usize>, Unknown> {
        match self.transport? {
            Some(transport) if u32::from(transport.protocol) == protocol => {
                if self.end - transport.at < len {
                    return Err(Unknown::Truncated);
                }
                Ok(Some(transport.at))
            }
            _ => Ok(None),
        }
    }

    #[inline(always)]
    fn transport_header<'a, T: crate::Pod>(
        &self,
        data: &'a [u8],
        protocol: u32,
    ) -> core::result::Result<Option<Aligned<'a, T>>, Unknown> {
        let Some(at) = self.transport_of(protocol, size_of::<T>())? else {
            return Ok(None);
        };
        data.get(at..)
            .and_then(try_convert_slice_to_struct)
            .map(Some)
            .ok_or(Unknown::Truncated)
    }

    /// Returns whether more of the packet would show more headers.
    #[inline]
    pub(crate) fn is_truncated(&self, data: &[u8]) -> bool {
        let cut = |found| found == Err(Unknown::Truncated);
        cut(self.transport.map(|_| ()))
            || cut(self.udp(data).map(|_| ()))
            || cut(self.icmp(data).map(|_| ()))
            || match self.tcp(data) {
                Ok(Some(tcp)) => self.transport.is_ok_and(|found| {
                    found.is_some_and(|transport| {
                        self.end - transport.at < tcp.header_len()
                    })
                }),
                found => cut(found.map(|_| ())),
            }
    }

    #[inline(always)]
    fn parse_ipv4(&mut self, data: &[u8]) -> core::result::Result<(), Unknown> {
        let header = header::<iphdr>(data, self.network)?;
        let len = header.header_len();
        if header.version() != 4 || len < size_of::<iphdr>() {
            return Ok(());
        }
        let behind = self.network + len;
        if behind > data.len() {
            return Err(Unknown::Truncated);
        }
        // 0 stands for a packet within this machine that is too large for the field.
        let total = usize::from(u16::from_be(header.tot_len));
        if total != 0 {
            if total < len {
                return Ok(());
            }
            self.end = self.end.min(self.network + total);
        }
        self.transport = if header.is_later_fragment() {
            Err(Unknown::LaterFragment)
        } else {
            self.find_transport(data, header.protocol, behind)
        };
        Ok(())
    }

    #[inline(always)]
    fn parse_ipv6(&mut self, data: &[u8]) -> core::result::Result<(), Unknown> {
        let header = header::<ipv6hdr>(data, self.network)?;
        if header.version() != 6 {
            return Ok(());
        }
        let behind = self.network + size_of::<ipv6hdr>();
        // 0 stands for a packet that is too large for the field.
        let payload = usize::from(u16::from_be(header.payload_len));
        if payload != 0 {
            self.end = self.end.min(behind + payload);
        }
        self.transport = self.find_transport(data, header.nexthdr, behind);
        Ok(())
    }

    /// Returns the content after all extension headers. The first header is of
    /// `protocol`, at `at`.
    #[inline(always)]
    fn find_transport(
        &self,
        data: &[u8],
        protocol: u8,
        at: usize,
    ) -> core::result::Result<Option<Transport>, Unknown> {
        // Each header has at least 8 bytes, so the packet's length is the limit.
        let data = data.get(..self.end).unwrap_or(data);
        let mut all = Extensions::new(data, self.ethertype, protocol, at);
        while let Some(extension) = all.step()? {
            if u32::from(extension.protocol) == IPPROTO_FRAGMENT
                && extension.fragment_offset() != 0
            {
                return Err(Unknown::LaterFragment);
            }
        }
        let transport = all.position();
        match u32::from(transport.protocol) {
            IPPROTO_ESP | IPPROTO_COMP => Err(Unknown::Encrypted),
            _ => Ok(Some(transport)),
        }
    }
}

/// Returns a copy of the header at `at`.
#[inline(always)]
pub(super) fn header<T: crate::Pod>(
    data: &[u8],
    at: usize,
) -> core::result::Result<T, Unknown> {
    data.get(at..)
        .and_then(try_convert_slice_to_struct::<T>)
        .map(|header| *header)
        .ok_or(Unknown::Truncated)
}

/// Returns the protocol after the link's header and VLAN tags, and its offset.
#[inline(always)]
pub(super) fn find_network(
    data: &[u8],
    link: Link,
) -> core::result::Result<(u16, usize), Unknown> {
    let (mut ethertype, mut at) = match link {
        Link::Ethernet => (
            u16::from_be(header::<ethhdr>(data, 0)?.h_proto),
            size_of::<ethhdr>(),
        ),
        Link::Ip => match data.first().ok_or(Unknown::Truncated)? >> 4 {
            4 => (ETH_P_IP, 0),
            6 => (ETH_P_IPV6, 0),
            _ => (0, 0),
        },
        Link::Other { ethertype, network } => (ethertype, network),
        Link::Unknown => return Err(Unknown::Link),
    };
    // The packet's length is the limit.
    while is_tag(ethertype) {
        let tag = header::<vlan_hdr>(data, at)?;
        ethertype = u16::from_be(tag.h_vlan_encapsulated_proto);
        at += size_of::<vlan_hdr>();
    }
    Ok((ethertype, at))
}

#[inline(always)]
pub(super) fn is_tag(ethertype: u16) -> bool {
    ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD
}

#[cfg(test)]
mod tests;
