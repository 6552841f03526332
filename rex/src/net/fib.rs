// SPDX-License-Identifier: GPL-2.0
//! Route lookup.
//! C counterpart: `struct bpf_fib_lookup` in `include/uapi/linux/bpf.h`.

/// What route is looked up, and afterwards what was found. Addresses and ports
/// are in network byte order; an IPv4 address is the first element.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct bpf_fib_lookup {
    /// `AF_INET` (2) or `AF_INET6` (10).
    pub family: u8,
    /// Protocol of the packet, for rules that look at it.
    pub l4_protocol: u8,
    /// Port of the source, for rules that look at it.
    pub sport: u16,
    /// Port of the destination, for rules that look at it.
    pub dport: u16,
    /// Bytes in the packet, or 0; found: the largest packet that fits.
    pub tot_len: u16,
    /// The device that the packet came from; found: the one that it leaves by.
    pub ifindex: u32,
    /// Type of service of IPv4 in the first byte, class and flow of IPv6; found:
    /// the metric of the route.
    pub flowinfo: u32,
    /// Address of the source.
    pub src: [u32; 4],
    /// Address of the destination; found: that of the gateway, if there is one.
    pub dst: [u32; 4],
    /// Found: type of the VLAN tag.
    pub h_vlan_proto: u16,
    /// Found: the VLAN tag.
    pub h_vlan_tci: u16,
    /// Found: Ethernet address of the device that the packet leaves by.
    pub smac: [u8; 6],
    /// Found: Ethernet address of the neighbour that the packet goes to.
    pub dmac: [u8; 6],
}

const _: () = assert!(size_of::<bpf_fib_lookup>() == 64);

crate::__rex_pod! {
    bpf_fib_lookup {
        family l4_protocol sport dport tot_len ifindex flowinfo src dst
        h_vlan_proto h_vlan_tci smac dmac
    }
}
