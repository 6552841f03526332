// SPDX-License-Identifier: GPL-2.0
//! Constants of Ethernet.
//! C counterpart: `include/uapi/linux/if_ether.h`.

/// Bytes in an Ethernet address.
pub const ETH_ALEN: usize = 6;
/// Bytes in an Ethernet header without VLAN tags.
pub const ETH_HLEN: usize = 14;

/// Type of a frame: IPv4.
pub const ETH_P_IP: u16 = 0x0800;
/// Type of a frame: Address Resolution Protocol.
pub const ETH_P_ARP: u16 = 0x0806;
/// Type of a frame: a VLAN tag (802.1Q).
pub const ETH_P_8021Q: u16 = 0x8100;
/// Type of a frame: IPv6.
pub const ETH_P_IPV6: u16 = 0x86dd;
/// Type of a frame: MPLS.
pub const ETH_P_MPLS_UC: u16 = 0x8847;
/// Type of a frame: a VLAN tag of the provider (802.1ad).
pub const ETH_P_8021AD: u16 = 0x88a8;
/// Type of a frame: a session of PPP over Ethernet.
pub const ETH_P_PPP_SES: u16 = 0x8864;
/// Type of a frame: Link Layer Discovery Protocol.
pub const ETH_P_LLDP: u16 = 0x88cc;
/// Type of a frame: MACsec.
pub const ETH_P_MACSEC: u16 = 0x88e5;
/// Type of a frame, in tunnels: an Ethernet frame.
pub const ETH_P_TEB: u16 = 0x6558;
