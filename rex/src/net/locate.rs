// SPDX-License-Identifier: GPL-2.0
//! The place of one header of a packet. It begins in the packet, but may reach
//! beyond its end.

use core::mem::size_of;

use super::headers::{ethhdr, icmphdr, iphdr, ipv6hdr, tcphdr, udphdr};
use super::parse::{Headers, Link, Unknown, find_network, header, is_tag};
use crate::linux::if_ether::{ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{IPPROTO_TCP, IPPROTO_UDP};

/// The header's offset; None if the packet has none.
pub(crate) type Located = core::result::Result<Option<usize>, Unknown>;

/// Locates the Ethernet header.
#[inline(always)]
pub(crate) fn ethernet(_data: &[u8], link: Link) -> Located {
    match link {
        Link::Ethernet => Ok(Some(0)),
        Link::Ip | Link::Other { .. } => Ok(None),
        Link::Unknown => Err(Unknown::Link),
    }
}

/// Locates the first VLAN tag.
#[inline(always)]
pub(crate) fn vlan(data: &[u8], link: Link) -> Located {
    let Some(at) = ethernet(data, link)? else {
        return Ok(None);
    };
    let ethertype = u16::from_be(header::<ethhdr>(data, at)?.h_proto);
    Ok(is_tag(ethertype).then_some(at + size_of::<ethhdr>()))
}

/// Locates the IPv4 header.
#[inline(always)]
pub(crate) fn ipv4(data: &[u8], link: Link) -> Located {
    let (ethertype, at) = find_network(data, link)?;
    let found =
        ethertype == ETH_P_IP && header::<iphdr>(data, at)?.version() == 4;
    Ok(found.then_some(at))
}

/// Locates the IPv6 header.
#[inline(always)]
pub(crate) fn ipv6(data: &[u8], link: Link) -> Located {
    let (ethertype, at) = find_network(data, link)?;
    let found =
        ethertype == ETH_P_IPV6 && header::<ipv6hdr>(data, at)?.version() == 6;
    Ok(found.then_some(at))
}

/// Locates the TCP header.
#[inline(always)]
pub(crate) fn tcp(data: &[u8], link: Link) -> Located {
    Headers::parse_link(data, link)?
        .transport_of(IPPROTO_TCP, size_of::<tcphdr>())
}

/// Locates the UDP header.
#[inline(always)]
pub(crate) fn udp(data: &[u8], link: Link) -> Located {
    Headers::parse_link(data, link)?
        .transport_of(IPPROTO_UDP, size_of::<udphdr>())
}

/// Locates the ICMP header.
#[inline(always)]
pub(crate) fn icmp(data: &[u8], link: Link) -> Located {
    let headers = Headers::parse_link(data, link)?;
    headers.transport_of(headers.icmp_protocol(), size_of::<icmphdr>())
}
