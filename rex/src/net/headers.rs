// SPDX-License-Identifier: GPL-2.0
//! Headers, as they lie in packets: numbers are in network byte order, unless a
//! method says otherwise.

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
        /// Address of the destination.
        pub h_dest: [u8; 6],
        /// Address of the source.
        pub h_source: [u8; 6],
        /// What follows: `ETH_P_*`.
        pub h_proto: u16,
    }

    /// A VLAN tag, behind an Ethernet header.
    vlan_hdr: 4 {
        /// Priority and VLAN.
        pub h_vlan_tci: u16,
        /// What follows: `ETH_P_*`.
        pub h_vlan_encapsulated_proto: u16,
    }

    /// The header of an IPv4 packet, without options.
    iphdr: 20 {
        version_ihl: u8,
        /// Type of service.
        pub tos: u8,
        /// Bytes in the packet, with this header.
        pub tot_len: u16,
        /// Number of the packet, the same in all fragments.
        pub id: u16,
        /// Flags, and the offset of a fragment in units of 8 bytes.
        pub frag_off: u16,
        /// Time to live.
        pub ttl: u8,
        /// What follows: `IPPROTO_*`.
        pub protocol: u8,
        /// Checksum of the header.
        pub check: u16,
        /// Address of the source.
        pub saddr: u32,
        /// Address of the destination.
        pub daddr: u32,
    }

    /// The header of an IPv6 packet, without extension headers.
    ipv6hdr: 40 {
        version_class_flow: [u8; 4],
        /// Bytes behind this header.
        pub payload_len: u16,
        /// What follows: `IPPROTO_*`.
        pub nexthdr: u8,
        /// Hops that are left.
        pub hop_limit: u8,
        /// Address of the source.
        pub saddr: [u8; 16],
        /// Address of the destination.
        pub daddr: [u8; 16],
    }

    /// The header of a TCP segment, without options.
    tcphdr: 20 {
        /// Port of the source.
        pub source: u16,
        /// Port of the destination.
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
        /// Where urgent data ends.
        pub urg_ptr: u16,
    }

    /// The header of a UDP datagram.
    udphdr: 8 {
        /// Port of the source.
        pub source: u16,
        /// Port of the destination.
        pub dest: u16,
        /// Bytes in the datagram, with this header.
        pub len: u16,
        /// Checksum, or 0.
        pub check: u16,
    }

    /// The header of an ICMP message, of IPv4 or IPv6.
    icmphdr: 8 {
        /// What kind of message it is.
        pub r#type: u8,
        /// What kind of that kind.
        pub code: u8,
        /// Checksum.
        pub checksum: u16,
        /// Depends on the type; of an echo, its identifier.
        pub id: u16,
        /// Depends on the type; of an echo, its number.
        pub sequence: u16,
    }
}

impl vlan_hdr {
    /// The VLAN, in the byte order of this machine.
    #[inline(always)]
    pub fn vlan_id(&self) -> u16 {
        u16::from_be(self.h_vlan_tci) & 0xfff
    }
}

impl iphdr {
    /// The address of the source.
    #[inline(always)]
    pub fn saddr(&mut self) -> &mut u32 {
        &mut self.saddr
    }

    /// The address of the destination.
    #[inline(always)]
    pub fn daddr(&mut self) -> &mut u32 {
        &mut self.daddr
    }

    /// The version, 4.
    #[inline(always)]
    pub fn version(&self) -> u8 {
        self.version_ihl >> 4
    }

    /// The length of the header with its options, in units of 4 bytes.
    #[inline(always)]
    pub fn ihl(&self) -> u8 {
        self.version_ihl & 0xf
    }

    /// The length of the header with its options, in bytes.
    #[inline(always)]
    pub fn header_len(&self) -> usize {
        usize::from(self.ihl()) * 4
    }

    /// The sum of all 16-bit words.
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

    /// Whether this is a fragment, and not the first one: what follows is not
    /// the header that `protocol` names.
    #[inline(always)]
    pub fn is_later_fragment(&self) -> bool {
        u16::from_be(self.frag_off) & 0x1fff != 0
    }
}

impl ipv6hdr {
    /// The version, 6.
    #[inline(always)]
    pub fn version(&self) -> u8 {
        self.version_class_flow[0] >> 4
    }

    /// The label of the flow, in the byte order of this machine.
    #[inline(always)]
    pub fn flow_label(&self) -> u32 {
        u32::from_be_bytes(self.version_class_flow) & 0xf_ffff
    }
}

macro_rules! flags {
    ($($name:ident = $bit:literal: $doc:literal,)*) => {
        $(
            #[doc = $doc]
            #[inline(always)]
            pub fn $name(&self) -> bool {
                self.flags & (1 << $bit) != 0
            }
        )*
    };
}

impl tcphdr {
    /// The length of the header with its options, in units of 4 bytes.
    #[inline(always)]
    pub fn doff(&self) -> u8 {
        self.doff_reserved >> 4
    }

    /// The length of the header with its options, in bytes.
    #[inline(always)]
    pub fn header_len(&self) -> usize {
        usize::from(self.doff()) * 4
    }

    flags! {
        fin = 0: "Whether the sender is done.",
        syn = 1: "Whether this opens a connection.",
        rst = 2: "Whether this resets the connection.",
        psh = 3: "Whether data is to be handed on at once.",
        ack = 4: "Whether `ack_seq` is valid.",
        urg = 5: "Whether `urg_ptr` is valid.",
        ece = 6: "Whether congestion was experienced.",
        cwr = 7: "Whether the congestion window was reduced.",
    }
}
