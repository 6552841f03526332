// SPDX-License-Identifier: GPL-2.0
//! The common part of the contexts of programs that see packets, and the context of
//! cgroup_skb programs.

use super::{Cgroup, CgroupSkbContext, fields};
use crate::error::{Result, done};
use crate::net::{Headers, Socket, Unknown};
use crate::utils::u16be;

/// Methods that find a header of the packet.
macro_rules! headers {
    ($name:ident) => {
        impl $name<'_> {
            crate::context::packet::headers! {
                /// The Ethernet header; None at a device without such headers.
                eth: ethhdr = try_eth_header,
                /// The first VLAN tag among the bytes of the packet; None if there
                /// is none.
                vlan: vlan_hdr = try_vlan_header,
                /// The IPv4 header, after all VLAN tags and without its options;
                /// Returns None for a packet that is no IPv4 packet.
                ///
                /// # Errors
                ///
                /// [`Unknown`] if the packet is too short, or the device is of an
                /// unknown kind.
                ipv4: iphdr = try_ip_header,
                /// The IPv6 header, after all VLAN tags and without extension
                /// headers; otherwise as [`ipv4`](Self::ipv4).
                ipv6: ipv6hdr = try_ipv6_header,
                /// The TCP header, after all VLAN tags, options of IPv4 and
                /// extension headers of IPv6; None for a packet that contains
                /// something else.
                ///
                /// # Errors
                ///
                /// [`Unknown`] in a fragment after the first one, in a truncated
                /// header, and in encrypted packets. With `?` in a program, the packet
                /// is dropped: see [`verdict`](crate::verdict).
                tcp: tcphdr = try_tcp_header,
                /// The UDP header; otherwise as [`tcp`](Self::tcp).
                udp: udphdr = try_udp_header,
                /// The ICMP header, of IPv4 or IPv6; otherwise as
                /// [`tcp`](Self::tcp).
                icmp: icmphdr = try_icmp_header,
            }

            /// Looks up the route that `params` describes, and stores the result in
            /// it. Returns 0 if there is a route to use, otherwise one of
            /// `BPF_FIB_LKUP_RET_*`.
            ///
            /// # Errors
            ///
            /// `EINVAL` if the kernel does not take `params` or `flags`.
            #[doc(alias = "bpf_fib_lookup")]
            #[inline(always)]
            pub fn fib_lookup(
                &self,
                params: &mut bpf_fib_lookup,
                flags: u32,
            ) -> Result<u32> {
                number(self.run.bpf_fib_lookup(self.event, params, flags))
            }

            /// Subtracts `from` from the sum `seed` of 16-bit words, adds `to`, and
            /// returns the sum, neither folded nor negated.
            ///
            /// # Errors
            ///
            /// `EINVAL` unless the lengths are multiples of 4 and no more than 512
            /// together.
            #[doc(alias = "bpf_csum_diff")]
            #[inline(always)]
            pub fn csum_diff(
                &self,
                from: &[u8],
                to: &[u8],
                seed: u32,
            ) -> Result<u32> {
                Ok(self.run.bpf_csum_diff(from, to, seed)?)
            }
        }
    };
    ($($(#[$doc:meta])* $name:ident: $header:ident = $find:ident,)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(
                &mut self,
            ) -> Result<Option<AlignedMut<'_, $header>>, Unknown> {
                self.run.$find(self.event)
            }
        )*
    };
}

pub(super) use headers;

/// Methods that tell the socket of the packet.
macro_rules! sockets {
    ($name:ident) => {
        impl $name<'_> {
            /// Returns the number of the packet's socket, which no other socket has until
            /// the next boot. 0 if the packet has none.
            #[doc(alias = "bpf_get_socket_cookie")]
            #[inline(always)]
            pub fn socket_cookie(&self) -> u64 {
                self.run.bpf_get_socket_cookie(self.event)
            }

            /// Returns the id of the user who owns the packet's socket, in the user
            /// namespace that owns the socket's network namespace. Anybody can make a
            /// namespace in which he is 0, so this is no proof of root. 65534
            /// (`kernel.overflowuid`) stands for an id that this namespace does not have,
            /// and for a packet without a socket, or with that of a connection in
            /// TIME_WAIT.
            #[doc(alias = "bpf_get_socket_uid")]
            #[inline(always)]
            pub fn socket_uid(&self) -> u32 {
                self.run.bpf_get_socket_uid(self.event)
            }
        }
    };
}

pub(super) use sockets;

sockets! { CgroupSkbContext }

fields! {
    CgroupSkbContext:
    /// Bytes in the packet.
    len: u32 = len,
    /// Returns whether there are no bytes in the packet.
    is_empty: bool = is_empty,
    /// The bytes of the packet that are linear. They begin with the IP header.
    data: &[u8] = data_slice,
    /// The protocol of the packet: `ETH_P_*`.
    protocol: u16be = protocol,
    /// The priority.
    priority: u32 = priority,
    /// The mark.
    mark: u32 = mark,
    /// The hash of the flow if it is known, otherwise 0.
    hash: u32 = hash,
    /// The index of the device that received the packet; 0 if it was made here.
    ingress_ifindex: u32 = ingress_ifindex,
    /// The index of the device that the packet is at.
    ifindex: u32 = ifindex,
    /// The kind of address that the packet has: `PACKET_*`.
    pkt_type: u32 = pkt_type,
    /// The socket that sends or receives the packet.
    socket: Option<Socket<'_>> = socket,
}

impl CgroupSkbContext<'_> {
    /// Returns where the headers of the packet are, as far as they are in
    /// [`data`](Self::data).
    ///
    /// # Errors
    ///
    /// Errors are those of [`Headers::parse_ip`].
    #[inline]
    pub fn headers(&self) -> Result<Headers, Unknown> {
        self.event.headers()
    }

    /// Copies the bytes of the packet from `offset` on to `bytes`, linear or not.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the packet is too short; then `bytes` is zeroed.
    #[doc(alias = "bpf_skb_load_bytes")]
    #[inline(always)]
    pub fn load_bytes(&self, offset: u32, bytes: &mut [u8]) -> Result {
        done(self.run.bpf_skb_load_bytes(self.event, offset, bytes))
    }

    /// Returns the cgroup of the packet's socket, which may be a descendant of the one
    /// that the program is attached to. None if the packet has no socket.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use core::sync::atomic::Ordering::Relaxed;
    /// # use rex::prelude::*;
    /// #[map]
    /// static PACKETS: CgroupStorage<u64> = CgroupStorage::new();
    ///
    /// #[cgroup_skb("egress")]
    /// fn count(ctx: &mut CgroupSkbContext) -> CgroupAction {
    ///     if let Some(cgroup) = ctx.cgroup()
    ///         && let Some(packets) = PACKETS.get_or_insert(ctx, &cgroup, 0)
    ///     {
    ///         packets.atomic().fetch_add(1, Relaxed);
    ///     }
    ///     CgroupAction::Pass
    /// }
    /// ```
    #[inline(always)]
    pub fn cgroup(&self) -> Option<Cgroup<'_>> {
        self.run.skb_cgroup(self.event)
    }

    /// Returns the id of the cgroup of the packet's socket: the inode number of its
    /// folder. The cgroup may be a descendant of the one that the program is attached
    /// to.
    #[doc(alias = "bpf_skb_cgroup_id")]
    #[inline(always)]
    pub fn cgroup_id(&self) -> u64 {
        self.run.bpf_skb_cgroup_id(self.event)
    }

    /// Returns the id of that cgroup or its ancestor at `level`, where the root is at
    /// level 0. 0 if it is not that deep.
    #[doc(alias = "bpf_skb_ancestor_cgroup_id")]
    #[inline(always)]
    pub fn ancestor_cgroup_id(&self, level: i32) -> u64 {
        self.run.bpf_skb_ancestor_cgroup_id(self.event, level)
    }
}
