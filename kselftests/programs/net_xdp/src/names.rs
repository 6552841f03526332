// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The programs look for UDP to this port.
pub(crate) const PORT: u16 = 9;

/// The value of a header that the packet lacks, and of an unknown one.
pub(crate) const NONE: u64 = 0xffff_ffff_ffff_ffff;
pub(crate) const TRUNCATED: u64 = 0xffff_ffff_ffff_fffe;
pub(crate) const LATER_FRAGMENT: u64 = 0xffff_ffff_ffff_fffd;

/// Elements of `config`: the device to send packets to.
pub(crate) const TO_DEVICE: u32 = 0;
pub(crate) const TO_KEY: u32 = 1;
pub(crate) const FLAGS: u32 = 2;

/// The number of bytes, the offset, and the VLAN identifier.
pub(crate) const BY: u32 = 3;
pub(crate) const AT: u32 = 4;
pub(crate) const VLAN_ID: u32 = 5;

/// The number to return, and whether in `Err`.
pub(crate) const NUMBER: u32 = 6;
pub(crate) const AS_ERROR: u32 = 7;

/// Whether to panic.
pub(crate) const DIE: u32 = 8;

/// Elements of `seen`: lengths of the packet, before and after the helper.
pub(crate) const LINEAR_BEFORE: u32 = 0;
pub(crate) const LINEAR: u32 = 1;
pub(crate) const LENGTH: u32 = 2;
pub(crate) const SLICE: u32 = 3;

/// The results of two helpers.
pub(crate) const RET: u32 = 4;
pub(crate) const STORE_RET: u32 = 5;

/// Headers that `parses` finds.
pub(crate) const PARSED: u32 = 6;
pub(crate) const ETHERTYPE: u32 = 7;
pub(crate) const NETWORK: u32 = 8;
pub(crate) const PROTOCOL: u32 = 9;
pub(crate) const TRANSPORT: u32 = 10;
pub(crate) const END: u32 = 11;
pub(crate) const ETH: u32 = 12;
pub(crate) const VLAN: u32 = 13;
pub(crate) const IP4: u32 = 14;
pub(crate) const IP6: u32 = 15;
pub(crate) const TCP: u32 = 16;
pub(crate) const UDP: u32 = 17;
pub(crate) const ICMP: u32 = 18;

/// Values that `takes_headers` and `reads_field` find at fixed places.
pub(crate) const ETHERTYPE_TAKEN: u32 = 19;
pub(crate) const PROTOCOL_TAKEN: u32 = 20;
pub(crate) const UDP_PORT_TAKEN: u32 = 21;
pub(crate) const TCP_PORT_TAKEN: u32 = 22;
pub(crate) const PROTOCOL_READ: u32 = 23;
pub(crate) const CHECK_READ: u32 = 24;

/// Fields of the context.
pub(crate) const INGRESS: u32 = 25;
pub(crate) const EGRESS: u32 = 26;
pub(crate) const RX_QUEUE: u32 = 27;
pub(crate) const METADATA_SIZE: u32 = 28;
pub(crate) const METADATA_LENGTH: u32 = 29;
pub(crate) const HAS_FEATURES: u32 = 30;
pub(crate) const FEATURES: u32 = 31;

/// Packets that the programs have counted.
pub(crate) const PASSED: u32 = 32;
pub(crate) const DROPPED: u32 = 33;
pub(crate) const OTHER_PORTS: u32 = 34;
pub(crate) const OTHER_PACKETS: u32 = 35;
pub(crate) const ANSWERED: u32 = 36;
pub(crate) const REDIRECTED: u32 = 37;
pub(crate) const LEFT: u32 = 38;
pub(crate) const ARRIVED: u32 = 39;

/// The CPUs that redirect and get a packet.
pub(crate) const FROM_CPU: u32 = 40;
pub(crate) const ON_CPU: u32 = 41;

/// Bytes of the packet, and whether it has an Ethernet header.
pub(crate) const BYTES: u32 = 42;
pub(crate) const LAST_BYTE: u32 = 43;
pub(crate) const HAS_ETH: u32 = 44;

/// Checksums: of the IP header, whether two ways to correct it agree, a
/// difference, and whether the helper refuses too many bytes.
pub(crate) const IP_SUM: u32 = 45;
pub(crate) const SUMS_AGREE: u32 = 46;
pub(crate) const SUM_DIFF: u32 = 47;
pub(crate) const LARGE_DIFF_FAILS: u32 = 48;

/// The route of the packet.
pub(crate) const ROUTE_DEVICE: u32 = 49;
pub(crate) const ROUTE_MAC: u32 = 50;

/// Packets of the programs that redirect in two steps, and the result of the second helper.
pub(crate) const ARMED: u32 = 51;
pub(crate) const FIRED: u32 = 52;
pub(crate) const SECOND_RET: u32 = 53;
