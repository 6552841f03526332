// SPDX-License-Identifier: GPL-2.0
//! Where one header of a packet is. What is found begins in the packet, but may
//! not end in it.

use core::mem::size_of;

use super::headers::{ethhdr, icmphdr, iphdr, ipv6hdr, tcphdr, udphdr};
use super::parse::{Headers, header, is_tag, skip_tags};
use crate::linux::if_ether::{ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{
    IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP,
};

/// The Ethernet header.
#[inline(always)]
pub(crate) fn ethernet(_data: &[u8]) -> Option<usize> {
    Some(0)
}

/// The first VLAN tag.
#[inline(always)]
pub(crate) fn vlan(data: &[u8]) -> Option<usize> {
    let ethertype = u16::from_be(header::<ethhdr>(data, 0)?.h_proto);
    is_tag(ethertype).then_some(size_of::<ethhdr>())
}

/// The IPv4 header.
#[inline(always)]
pub(crate) fn ipv4(data: &[u8]) -> Option<usize> {
    let (ethertype, at) = skip_tags(data)?;
    let found =
        ethertype == ETH_P_IP && header::<iphdr>(data, at)?.version() == 4;
    found.then_some(at)
}

/// The IPv6 header.
#[inline(always)]
pub(crate) fn ipv6(data: &[u8]) -> Option<usize> {
    let (ethertype, at) = skip_tags(data)?;
    let found =
        ethertype == ETH_P_IPV6 && header::<ipv6hdr>(data, at)?.version() == 6;
    found.then_some(at)
}

/// The TCP header.
#[inline(always)]
pub(crate) fn tcp(data: &[u8]) -> Option<usize> {
    Headers::parse(data)?.transport_of(IPPROTO_TCP, size_of::<tcphdr>())
}

/// The UDP header.
#[inline(always)]
pub(crate) fn udp(data: &[u8]) -> Option<usize> {
    Headers::parse(data)?.transport_of(IPPROTO_UDP, size_of::<udphdr>())
}

/// The ICMP header.
#[inline(always)]
pub(crate) fn icmp(data: &[u8]) -> Option<usize> {
    let headers = Headers::parse(data)?;
    let protocol = match headers.ethertype {
        ETH_P_IPV6 => IPPROTO_ICMPV6,
        _ => IPPROTO_ICMP,
    };
    headers.transport_of(protocol, size_of::<icmphdr>())
}
