// SPDX-License-Identifier: GPL-2.0
//! Methods for headers that XDP and tc programs share.

use core::ffi::c_void;
use core::mem::size_of;
use core::ptr;

use super::fib::bpf_fib_lookup;
use super::headers::{ethhdr, iphdr};
use super::locate::Located;
use super::parse::{Link, Unknown};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::utils::{AlignedMut, Result, to_result};

/// `ARPHRD_*` of devices with Ethernet headers: `ARPHRD_ETHER`, `ARPHRD_LOOPBACK`.
const ETHERNET: [u16; 2] = [1, 772];
/// `ARPHRD_*` of devices whose packets begin with IP: `ARPHRD_PPP`, `ARPHRD_RAWIP`,
/// `ARPHRD_TUNNEL`, `ARPHRD_TUNNEL6`, `ARPHRD_SIT`, `ARPHRD_IPGRE`, `ARPHRD_IP6GRE`,
/// `ARPHRD_NONE` (tun, WireGuard).
const IP: [u16; 8] = [512, 519, 768, 769, 776, 778, 823, 0xfffe];

/// Returns the beginning of packets from a device of the type `kind`, one of `ARPHRD_*`.
#[inline(always)]
pub(crate) fn link_of(kind: u16) -> Link {
    if ETHERNET.contains(&kind) {
        Link::Ethernet
    } else if IP.contains(&kind) {
        Link::Ip
    } else {
        Link::Unknown
    }
}

/// A reference to a header; None if the packet has no such header.
pub(crate) type Found<'a, T> =
    core::result::Result<Option<AlignedMut<'a, T>>, Unknown>;

/// A packet that a program may change.
pub(crate) trait Packet {
    /// Returns the T at the place that `locate` finds in the packet.
    fn header_mut<T: Pod>(
        &mut self,
        locate: impl Fn(&[u8], Link) -> Located,
    ) -> Found<'_, T>;
}

/// The offset of an IPv4 header, if there are no VLAN tags.
pub(crate) const BEHIND_ETHERNET: usize = size_of::<ethhdr>();
/// The offset of the next header, if the IPv4 header has no options.
pub(crate) const BEHIND_IPV4: usize = BEHIND_ETHERNET + size_of::<iphdr>();

/// Returns the T at `at` in the packet.
#[inline(always)]
#[track_caller]
pub(crate) fn header_at<T: Pod>(
    packet: &mut (impl Packet + ?Sized),
    at: usize,
) -> AlignedMut<'_, T> {
    match packet.header_mut(|_, _| Ok(Some(at))) {
        Ok(Some(header)) => header,
        _ => panic!("the packet ends before the end of the header"),
    }
}

/// Looks up a route.
///
/// # Safety
///
/// `ctx` is the kernel's context of the run.
#[inline(always)]
pub(crate) unsafe fn fib_lookup(
    ctx: *mut c_void,
    params: &mut bpf_fib_lookup,
    flags: u32,
) -> Result {
    // SAFETY: the caller's word for `ctx`; the size is of `params`, which may get any
    // bytes.
    to_result(unsafe {
        ffi::bpf_fib_lookup(
            ctx,
            ptr::from_mut(params).cast(),
            size_of::<bpf_fib_lookup>() as u32,
            flags,
        )
    })
}

/// Returns the sum `seed` after replacing `from` by `to`.
#[inline(always)]
pub(crate) fn csum_diff(
    from: &[u8],
    to: &[u8],
    seed: u32,
) -> core::result::Result<u32, i32> {
    let (Ok(from_size), Ok(to_size)) =
        (u32::try_from(from.len()), u32::try_from(to.len()))
    else {
        return Err(-EINVAL);
    };
    // SAFETY: the sizes are of the slices.
    let ret = unsafe {
        ffi::bpf_csum_diff(
            from.as_ptr().cast(),
            from_size,
            to.as_ptr().cast(),
            to_size,
            seed,
        )
    };
    if ret < 0 {
        Err(ret as i32)
    } else {
        Ok(ret as u32)
    }
}

/// Makes the methods of `obj` for the headers of a packet `$ctx`: the checked ones, and
/// upstream's, which assume fixed offsets.
macro_rules! header_views {
    ($ctx:ty) => {
        /// Returns the Ethernet header; None at a device without such headers.
        #[inline(always)]
        pub fn try_eth_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::ethhdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::ethernet)
        }

        /// Returns the first VLAN tag among the bytes of the packet; None if there is none.
        #[inline(always)]
        pub fn try_vlan_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::vlan_hdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::vlan)
        }

        /// Returns the IPv4 header, after all VLAN tags and without its options; None for a
        /// packet that is no IPv4 packet.
        ///
        /// ```no_run
        /// # fn from_this_machine(obj: &xdp, ctx: &mut xdp_md) -> core::result::Result<bool, Unknown> {
        /// let ip = obj.try_ip_header(ctx)?;
        /// let local = ip.is_some_and(|ip| ip.saddr == 0x7f000001u32.to_be());
        /// # Ok(local)
        /// # }
        /// ```
        ///
        /// # Errors
        ///
        /// [`Unknown`](crate::net::Unknown) if the packet is too short, or the device is of
        /// an unknown kind. A packet other than IPv4 is no error.
        #[inline(always)]
        pub fn try_ip_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::iphdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::ipv4)
        }

        /// Returns the IPv6 header, after all VLAN tags and without extension headers;
        /// otherwise as [`try_ip_header`](Self::try_ip_header).
        #[inline(always)]
        pub fn try_ipv6_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::ipv6hdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::ipv6)
        }

        /// Returns the TCP header, after all VLAN tags, options of IPv4 and extension
        /// headers of IPv6; None for a packet that contains something else.
        ///
        /// # Errors
        ///
        /// [`Unknown`](crate::net::Unknown) in a fragment after the first one, in a
        /// truncated header, and in encrypted packets. With `?` in a program, the packet is
        /// dropped: see [`verdict`](crate::verdict).
        #[inline(always)]
        pub fn try_tcp_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::tcphdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::tcp)
        }

        /// Returns the UDP header; otherwise as [`try_tcp_header`](Self::try_tcp_header).
        #[inline(always)]
        pub fn try_udp_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::udphdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::udp)
        }

        /// Returns the ICMP header, of IPv4 or IPv6; otherwise as
        /// [`try_tcp_header`](Self::try_tcp_header).
        #[inline(always)]
        pub fn try_icmp_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> core::result::Result<
            Option<crate::utils::AlignedMut<'b, crate::net::icmphdr>>,
            crate::net::Unknown,
        > {
            crate::net::Packet::header_mut(ctx, crate::net::locate::icmp)
        }

        /// Returns the Ethernet header.
        ///
        /// # Panics
        ///
        /// If the packet is too short. The sender of such a packet can stop the program
        /// forever: see [`try_eth_header`](Self::try_eth_header).
        #[deprecated(
            note = "a short packet stops the program: see `try_eth_header`"
        )]
        #[inline(always)]
        #[track_caller]
        pub fn eth_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> crate::utils::AlignedMut<'b, crate::net::ethhdr> {
            crate::net::header_at(ctx, 0)
        }

        /// Returns the bytes after an Ethernet header without VLAN tags as an IPv4 header,
        /// whatever they are.
        ///
        /// ```no_run
        /// # fn source(obj: &xdp, ctx: &mut xdp_md) -> u32 {
        /// # #[allow(deprecated)]
        /// let source = u32::from_be(*obj.ip_header(ctx).saddr());
        /// # source
        /// # }
        /// ```
        ///
        /// # Panics
        ///
        /// If the packet ends before. See [`try_ip_header`](Self::try_ip_header),
        /// which does not panic, and finds IPv4 headers only.
        #[deprecated(
            note = "a short packet stops the program: see `try_ip_header`"
        )]
        #[inline(always)]
        #[track_caller]
        pub fn ip_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> crate::utils::AlignedMut<'b, crate::net::iphdr> {
            crate::net::header_at(ctx, crate::net::BEHIND_ETHERNET)
        }

        /// Returns the bytes after an Ethernet header without VLAN tags and an IPv4 header
        /// without options as a TCP header, whatever they are.
        ///
        /// # Panics
        ///
        /// If the packet ends before. See
        /// [`try_tcp_header`](Self::try_tcp_header), which does not panic, and
        /// finds TCP headers only.
        #[deprecated(
            note = "a short packet stops the program: see `try_tcp_header`"
        )]
        #[inline(always)]
        #[track_caller]
        pub fn tcp_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> crate::utils::AlignedMut<'b, crate::net::tcphdr> {
            crate::net::header_at(ctx, crate::net::BEHIND_IPV4)
        }

        /// Returns the bytes there as a UDP header; otherwise as
        /// [`tcp_header`](Self::tcp_header).
        ///
        /// # Panics
        ///
        /// A packet that is too short stops the program.
        #[deprecated(
            note = "a short packet stops the program: see `try_udp_header`"
        )]
        #[inline(always)]
        #[track_caller]
        pub fn udp_header<'b>(
            &self,
            ctx: &'b mut $ctx,
        ) -> crate::utils::AlignedMut<'b, crate::net::udphdr> {
            crate::net::header_at(ctx, crate::net::BEHIND_IPV4)
        }

        /// Looks up the route that `params` describes, and stores the result in it. Returns
        /// 0 if there is a route to use, otherwise one of `BPF_FIB_LKUP_RET_*`.
        #[inline(always)]
        pub fn bpf_fib_lookup(
            &self,
            ctx: &$ctx,
            params: &mut crate::net::bpf_fib_lookup,
            flags: u32,
        ) -> crate::Result {
            // SAFETY: it is the context of the run.
            unsafe { crate::net::fib_lookup(ctx.as_ptr(), params, flags) }
        }

        /// Subtracts `from` from the sum `seed` of 16-bit words, adds `to`, and returns the
        /// sum, neither folded nor negated. `-EINVAL` unless the lengths are multiples of 4
        /// and at most 512 together.
        #[inline(always)]
        pub fn bpf_csum_diff(
            &self,
            from: &[u8],
            to: &[u8],
            seed: u32,
        ) -> core::result::Result<u32, i32> {
            crate::net::csum_diff(from, to, seed)
        }
    };
}

pub(crate) use header_views;
