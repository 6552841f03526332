// SPDX-License-Identifier: GPL-2.0
//! Headers as they are in packets: numbers are in network byte order, unless a
//! method converts them.

#![allow(non_camel_case_types)]

macro_rules! headers {
    ($(
        $(#[$doc:meta])*
        $name:ident: $size:literal {
            $($(#[$field_doc:meta])* $vis:vis $field:ident: $ty:ty,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
            #[repr(C)]
            pub struct $name {
                $($(#[$field_doc])* $vis $field: $ty,)*
            }

            const _: () = assert!(size_of::<$name>() == $size);

            crate::__rex_pod! { $name { $($field)* } }
        )*
    };
}

headers! {
    /// The header of an Ethernet frame.
    ethhdr: 14 {
        /// Destination address.
        pub h_dest: [u8; 6],
        /// Source address.
        pub h_source: [u8; 6],
        /// Next protocol: `ETH_P_*`.
        pub h_proto: u16,
    }

    /// A VLAN tag, after an Ethernet header.
    vlan_hdr: 4 {
        /// Priority and VLAN.
        pub h_vlan_tci: u16,
        /// Next protocol: `ETH_P_*`.
        pub h_vlan_encapsulated_proto: u16,
    }

    /// The header of an IPv4 packet, without options.
    iphdr: 20 {
        version_ihl: u8,
        /// Type of service.
        pub tos: u8,
        /// Length of the packet, with this header.
        pub tot_len: u16,
        /// Number of the packet, the same in all fragments.
        pub id: u16,
        /// Flags, and the offset of a fragment in units of 8 bytes.
        pub frag_off: u16,
        /// Time to live.
        pub ttl: u8,
        /// Next protocol: `IPPROTO_*`.
        pub protocol: u8,
        /// Checksum of the header.
        pub check: u16,
        /// Source address.
        pub saddr: u32,
        /// Destination address.
        pub daddr: u32,
    }

    /// The header of an IPv6 packet, without extension headers.
    ipv6hdr: 40 {
        version_class_flow: [u8; 4],
        /// Length of the data after this header.
        pub payload_len: u16,
        /// Next protocol: `IPPROTO_*`.
        pub nexthdr: u8,
        /// Number of hops left.
        pub hop_limit: u8,
        /// Source address.
        pub saddr: [u8; 16],
        /// Destination address.
        pub daddr: [u8; 16],
    }

    /// The header of a TCP segment, without options.
    tcphdr: 20 {
        /// Source port.
        pub source: u16,
        /// Destination port.
        pub dest: u16,
        /// Sequence number.
        pub seq: u32,
        /// Acknowledged sequence number.
        pub ack_seq: u32,
        doff_reserved: u8,
        flags: u8,
        /// Receive window.
        pub window: u16,
        /// Checksum.
        pub check: u16,
        /// End of urgent data.
        pub urg_ptr: u16,
    }

    /// The header of a UDP datagram.
    udphdr: 8 {
        /// Source port.
        pub source: u16,
        /// Destination port.
        pub dest: u16,
        /// Length of the datagram, with this header.
        pub len: u16,
        /// Checksum, or 0.
        pub check: u16,
    }

    /// The header of an ICMP message, of IPv4 or IPv6.
    icmphdr: 8 {
        /// Message type.
        pub r#type: u8,
        /// Message subtype (code).
        pub code: u8,
        /// Checksum.
        pub checksum: u16,
        /// Identifier of an echo; otherwise depends on the type.
        pub id: u16,
        /// Sequence number of an echo; otherwise depends on the type.
        pub sequence: u16,
    }
}

impl vlan_hdr {
    /// Returns the VLAN, in host byte order.
    #[inline(always)]
    pub fn vlan_id(&self) -> u16 {
        u16::from_be(self.h_vlan_tci) & 0xfff
    }
}

impl iphdr {
    /// Makes a header of version 4 without options, for a packet of `total_len`
    /// bytes with this header and 64 hops. Addresses and the checksum are 0: see
    /// [`compute_ip_checksum`](super::compute_ip_checksum).
    #[must_use]
    pub fn new(protocol: u8, total_len: u16) -> Self {
        Self {
            version_ihl: 0x45,
            tot_len: total_len.to_be(),
            ttl: 64,
            protocol,
            ..Self::default()
        }
    }

    /// Sets the version from the lower 4 bits.
    #[inline(always)]
    pub fn set_version(&mut self, version: u8) {
        self.version_ihl = version << 4 | self.version_ihl & 0xf;
    }

    /// Sets the length of the header in units of 4 bytes, from the lower 4 bits.
    #[inline(always)]
    pub fn set_ihl(&mut self, words: u8) {
        self.version_ihl = self.version_ihl & 0xf0 | words & 0xf;
    }

    /// Returns the address of the source.
    #[inline(always)]
    pub fn saddr(&mut self) -> &mut u32 {
        &mut self.saddr
    }

    /// Returns the address of the destination.
    #[inline(always)]
    pub fn daddr(&mut self) -> &mut u32 {
        &mut self.daddr
    }

    /// Returns the version, 4.
    #[inline(always)]
    pub fn version(&self) -> u8 {
        self.version_ihl >> 4
    }

    /// Returns the length of the header with its options, in units of 4 bytes.
    #[inline(always)]
    pub fn ihl(&self) -> u8 {
        self.version_ihl & 0xf
    }

    /// Returns the length of the header with its options, in bytes.
    #[inline(always)]
    pub fn header_len(&self) -> usize {
        usize::from(self.ihl()) * 4
    }

    /// Returns the sum of all 16-bit words.
    #[inline(always)]
    pub(super) fn sum(&self) -> u64 {
        u64::from(u16::from_ne_bytes([self.version_ihl, self.tos]))
            + u64::from(u16::from_ne_bytes([self.ttl, self.protocol]))
            + u64::from(self.tot_len)
            + u64::from(self.id)
            + u64::from(self.frag_off)
            + u64::from(self.check)
            + u64::from(self.saddr)
            + u64::from(self.daddr)
    }

    /// Returns whether this is a fragment after the first one. The data after its
    /// header then does not begin with a header of `protocol`.
    #[inline(always)]
    pub fn is_later_fragment(&self) -> bool {
        u16::from_be(self.frag_off) & 0x1fff != 0
    }
}

impl ipv6hdr {
    /// Makes a header of version 6, before `payload_len` bytes, with 64 hops.
    /// Addresses are 0.
    #[must_use]
    pub fn new(next: u8, payload_len: u16) -> Self {
        Self {
            version_class_flow: [0x60, 0, 0, 0],
            payload_len: payload_len.to_be(),
            nexthdr: next,
            hop_limit: 64,
            ..Self::default()
        }
    }

    /// Returns the class of the traffic.
    #[inline(always)]
    pub fn traffic_class(&self) -> u8 {
        let [first, second, ..] = self.version_class_flow;
        first << 4 | second >> 4
    }

    /// Sets the class of the traffic.
    #[inline(always)]
    pub fn set_traffic_class(&mut self, class: u8) {
        let [first, second, ..] = &mut self.version_class_flow;
        *first = *first & 0xf0 | class >> 4;
        *second = class << 4 | *second & 0xf;
    }

    /// Sets the label of the flow, in host byte order; from its lower 20 bits.
    #[inline(always)]
    pub fn set_flow_label(&mut self, label: u32) {
        let upper = u32::from_be_bytes(self.version_class_flow) & !0xf_ffff;
        self.version_class_flow = (upper | label & 0xf_ffff).to_be_bytes();
    }

    /// Sets the version from the lower 4 bits.
    #[inline(always)]
    pub fn set_version(&mut self, version: u8) {
        let [first, ..] = &mut self.version_class_flow;
        *first = version << 4 | *first & 0xf;
    }

    /// Returns the version, 6.
    #[inline(always)]
    pub fn version(&self) -> u8 {
        self.version_class_flow[0] >> 4
    }

    /// Returns the label of the flow, in host byte order.
    #[inline(always)]
    pub fn flow_label(&self) -> u32 {
        u32::from_be_bytes(self.version_class_flow) & 0xf_ffff
    }
}

macro_rules! flags {
    ($($name:ident $set:ident = $bit:literal: $doc:literal,)*) => {
        $(
            #[doc = $doc]
            #[inline(always)]
            pub fn $name(&self) -> bool {
                self.flags & (1 << $bit) != 0
            }

            #[doc = concat!("Sets [`", stringify!($name), "`](Self::", stringify!($name), ").")]
            #[inline(always)]
            pub fn $set(&mut self, value: bool) {
                self.flags = self.flags & !(1 << $bit) | u8::from(value) << $bit;
            }
        )*
    };
}

impl tcphdr {
    /// Returns the length of the header with its options, in units of 4 bytes.
    #[inline(always)]
    pub fn doff(&self) -> u8 {
        self.doff_reserved >> 4
    }

    /// Sets the length of the header with its options in units of 4 bytes, from
    /// the lower 4 bits.
    #[inline(always)]
    pub fn set_doff(&mut self, words: u8) {
        self.doff_reserved = words << 4 | self.doff_reserved & 0xf;
    }

    /// Returns the header's length field, in bytes. It may exceed the segment, or
    /// be shorter than a header. [`Headers::payload`](super::Headers::payload)
    /// checks it.
    #[inline(always)]
    pub fn header_len(&self) -> usize {
        usize::from(self.doff()) * 4
    }

    /// Returns all flags: bit 0 is `fin`, bit 7 `cwr`.
    #[inline(always)]
    pub fn flags(&self) -> u8 {
        self.flags
    }

    /// Sets all flags.
    #[inline(always)]
    pub fn set_flags(&mut self, flags: u8) {
        self.flags = flags;
    }

    flags! {
        fin set_fin = 0: "Returns whether the sender is done.",
        syn set_syn = 1: "Returns whether this opens a connection.",
        rst set_rst = 2: "Returns whether this resets the connection.",
        psh set_psh = 3: "Returns whether data is to be passed on at once.",
        ack set_ack = 4: "Returns whether `ack_seq` is valid.",
        urg set_urg = 5: "Returns whether `urg_ptr` is valid.",
        ece set_ece = 6: "Returns whether congestion was experienced.",
        cwr set_cwr = 7: "Returns whether the congestion window was reduced.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_bytes_are_set_alone() {
        let mut ip = iphdr::new(6, 0);
        ip.set_ihl(0x1f);
        assert_eq!((ip.version(), ip.ihl()), (4, 15));
        ip.set_version(0x25);
        assert_eq!((ip.version(), ip.ihl()), (5, 15));

        let mut ip = ipv6hdr::new(6, 0);
        ip.set_traffic_class(0xa5);
        ip.set_flow_label(0xfff1_2345);
        assert_eq!((ip.version(), ip.traffic_class()), (6, 0xa5));
        assert_eq!(ip.flow_label(), 0x1_2345);
        ip.set_version(4);
        ip.set_traffic_class(0x5a);
        assert_eq!((ip.version(), ip.traffic_class()), (4, 0x5a));
        assert_eq!(ip.flow_label(), 0x1_2345);

        let mut tcp = tcphdr::default();
        tcp.set_doff(5);
        tcp.set_syn(true);
        tcp.set_ack(true);
        assert_eq!((tcp.header_len(), tcp.flags()), (20, 0x12));
        tcp.set_syn(false);
        assert!(tcp.ack() && !tcp.syn() && !tcp.fin());
    }
}
