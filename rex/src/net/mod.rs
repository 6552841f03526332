// SPDX-License-Identifier: GPL-2.0
//! Packets: headers, their places, and checksums. C counterpart:
//! `include/uapi/linux/{if_ether,ip,ipv6,tcp,udp,icmp}.h`.

mod checksum;
mod extensions;
mod fib;
mod headers;
pub(crate) mod locate;
mod parse;
mod reader;
mod socket;
pub(crate) mod sums;
mod view;

pub use checksum::{
    Checksum, checksum, compute_ip_checksum, replace_checksum,
    replace_checksum32,
};
pub use extensions::{Extension, Extensions};
pub use fib::bpf_fib_lookup;
pub use headers::{ethhdr, icmphdr, iphdr, ipv6hdr, tcphdr, udphdr, vlan_hdr};
pub(crate) use parse::Link;
pub use parse::{Headers, Transport, Unknown};
pub use reader::Reader;
pub use socket::Socket;
pub(crate) use view::{
    BEHIND_ETHERNET, BEHIND_IPV4, Found, Packet, csum_diff, fib_lookup,
    header_at, header_views, link_of,
};
