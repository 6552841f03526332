// SPDX-License-Identifier: GPL-2.0
//! Route lookup.
//! C counterpart: `struct bpf_fib_lookup` in `include/uapi/linux/bpf.h`.

/// The parameters of a route lookup, and its results. Addresses and ports are in
/// network byte order; an IPv4 address is the first element.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct bpf_fib_lookup {
    /// `AF_INET` (2) or `AF_INET6` (10).
    pub family: u8,
    /// Protocol of the packet, for rules that match it.
    pub l4_protocol: u8,
    /// Source port, for rules that match it.
    pub sport: u16,
    /// Destination port, for rules that match it.
    pub dport: u16,
    /// Length of the packet, or 0; result: the MTU.
    pub tot_len: u16,
    /// Index of the input device; result: of the output device.
    pub ifindex: u32,
    /// Type of service of IPv4 in the first byte, class and flow of IPv6;
    /// result: the metric of the route.
    pub flowinfo: u32,
    /// Source address.
    pub src: [u32; 4],
    /// Destination address; result: the gateway's, if there is one.
    pub dst: [u32; 4],
    /// Result: type of the VLAN tag.
    pub h_vlan_proto: u16,
    /// Result: the VLAN tag.
    pub h_vlan_tci: u16,
    /// Result: Ethernet address of the output device.
    pub smac: [u8; 6],
    /// Result: Ethernet address of the neighbour.
    pub dmac: [u8; 6],
}

const _: () = assert!(size_of::<bpf_fib_lookup>() == 64);

crate::__rex_pod! {
    bpf_fib_lookup {
        family l4_protocol sport dport tot_len ifindex flowinfo src dst
        h_vlan_proto h_vlan_tci smac dmac
    }
}
