// SPDX-License-Identifier: GPL-2.0
//! Constants of the Internet protocols.
//! C counterpart: `include/uapi/linux/in.h` and `in6.h`.

/// Protocol: hop-by-hop options of IPv6.
pub const IPPROTO_HOPOPTS: u32 = 0;
/// Protocol: Internet Control Message Protocol.
pub const IPPROTO_ICMP: u32 = 1;
/// Protocol: Internet Group Management Protocol.
pub const IPPROTO_IGMP: u32 = 2;
/// Protocol: IPv4 in IP.
pub const IPPROTO_IPIP: u32 = 4;
/// Protocol: Transmission Control Protocol.
pub const IPPROTO_TCP: u32 = 6;
/// Protocol: User Datagram Protocol.
pub const IPPROTO_UDP: u32 = 17;
/// Protocol: IPv6 in IP.
pub const IPPROTO_IPV6: u32 = 41;
/// Protocol: routing header of IPv6.
pub const IPPROTO_ROUTING: u32 = 43;
/// Protocol: fragment header of IPv6.
pub const IPPROTO_FRAGMENT: u32 = 44;
/// Protocol: Generic Routing Encapsulation.
pub const IPPROTO_GRE: u32 = 47;
/// Protocol: Encapsulating Security Payload.
pub const IPPROTO_ESP: u32 = 50;
/// Protocol: Authentication Header.
pub const IPPROTO_AH: u32 = 51;
/// Protocol: ICMP of IPv6.
pub const IPPROTO_ICMPV6: u32 = 58;
/// Protocol: nothing follows this header of IPv6.
pub const IPPROTO_NONE: u32 = 59;
/// Protocol: options of IPv6 for the destination.
pub const IPPROTO_DSTOPTS: u32 = 60;
/// Protocol: IP Payload Compression.
pub const IPPROTO_COMP: u32 = 108;
/// Protocol: Stream Control Transmission Protocol.
pub const IPPROTO_SCTP: u32 = 132;
