// SPDX-License-Identifier: GPL-2.0
//! The socket of a packet. C counterpart: `struct sock_common` in
//! `include/net/sock.h`.

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::rt::ffi;

/// `AF_INET`.
const AF_INET: u16 = 2;
/// `AF_INET6`.
const AF_INET6: u16 = 10;

/// The socket of a packet, while the packet is borrowed.
///
/// Each method returns the current value, which userspace may change at any time.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[cgroup_skb("egress")]
/// fn no_mail(ctx: &mut CgroupSkbContext) -> CgroupAction {
///     match ctx.socket().and_then(|socket| socket.remote_port()) {
///         Some(25) => CgroupAction::Drop,
///         _ => CgroupAction::Pass,
///     }
/// }
/// ```
///
/// # Invariants
///
/// During `'packet`, `sock` points to a `struct sock_common`: the beginning of a
/// `struct sock`, or of a smaller socket while a connection is opened or closed.
#[derive(Clone, Copy)]
pub struct Socket<'packet> {
    sock: NonNull<c_void>,
    _packet: PhantomData<&'packet ()>,
}

impl Socket<'_> {
    /// # Safety
    ///
    /// `sock` is null, or points to a `struct sock_common` that is valid for the
    /// lifetime.
    #[inline(always)]
    pub(crate) unsafe fn new(sock: *mut c_void) -> Option<Self> {
        // INVARIANT: the caller's word.
        Some(Self {
            sock: NonNull::new(sock)?,
            _packet: PhantomData,
        })
    }

    /// Reads the field of type T at `offset`.
    ///
    /// # Safety
    ///
    /// There is such a field, and any bytes are a T.
    #[inline(always)]
    unsafe fn field<T>(&self, offset: usize) -> T {
        let field = self.sock.as_ptr().wrapping_byte_add(offset).cast::<T>();
        // SAFETY: the socket is valid by the type's invariant, and the field by the
        // caller's word. The read is volatile, since the kernel may write to the
        // field at the same time.
        unsafe { field.read_volatile() }
    }

    /// Returns the family: `AF_INET` (2), `AF_INET6` (10), `AF_PACKET` (17)...
    #[inline(always)]
    pub fn family(&self) -> u16 {
        // SAFETY: `unsigned short skc_family`.
        unsafe { self.field(ffi::sock_common_skc_family()) }
    }

    /// Returns the state, in TCP's numbers for all families: 1 is established, 7
    /// closed.
    #[inline(always)]
    pub fn state(&self) -> u8 {
        // SAFETY: `volatile unsigned char skc_state`.
        unsafe { self.field(ffi::sock_common_skc_state()) }
    }

    /// Returns the index of the device that the socket is bound to, or 0.
    #[inline(always)]
    pub fn bound_ifindex(&self) -> u32 {
        // SAFETY: `int skc_bound_dev_if`.
        unsafe { self.field(ffi::sock_common_skc_bound_dev_if()) }
    }

    #[inline(always)]
    fn is_ip(&self) -> bool {
        matches!(self.family(), AF_INET | AF_INET6)
    }

    /// Returns the port of the local side, in host byte order. None if the socket
    /// is not IP.
    #[inline(always)]
    pub fn local_port(&self) -> Option<u16> {
        // SAFETY: `__u16 skc_num`.
        self.is_ip()
            .then(|| unsafe { self.field(ffi::sock_common_skc_num()) })
    }

    /// Returns the port of the remote side, in host byte order: 0 if the socket is
    /// not connected. None if it is not IP.
    #[inline(always)]
    pub fn remote_port(&self) -> Option<u16> {
        // SAFETY: `__be16 skc_dport`.
        self.is_ip()
            .then(|| unsafe { self.field(ffi::sock_common_skc_dport()) })
            .map(u16::from_be)
    }

    /// Returns the IPv4 address of the local side, in network byte order: 0 if it
    /// is not bound. None if the socket is not IP.
    #[inline(always)]
    pub fn local_ipv4(&self) -> Option<u32> {
        // SAFETY: `__be32 skc_rcv_saddr`.
        self.is_ip()
            .then(|| unsafe { self.field(ffi::sock_common_skc_rcv_saddr()) })
    }

    /// Returns the IPv4 address of the remote side, in network byte order: 0 if the
    /// socket is not connected. None if it is not IP.
    #[inline(always)]
    pub fn remote_ipv4(&self) -> Option<u32> {
        // SAFETY: `__be32 skc_daddr`.
        self.is_ip()
            .then(|| unsafe { self.field(ffi::sock_common_skc_daddr()) })
    }

    /// Returns the IPv6 address of the local side. None if the socket is not IPv6,
    /// or the kernel lacks `CONFIG_IPV6`.
    #[inline(always)]
    pub fn local_ipv6(&self) -> Option<[u8; 16]> {
        let offset = ffi::sock_common_skc_v6_rcv_saddr()?;
        // SAFETY: `struct in6_addr skc_v6_rcv_saddr`, if there is an offset.
        (self.family() == AF_INET6).then(|| unsafe { self.field(offset) })
    }

    /// Returns the IPv6 address of the remote side; otherwise as
    /// [`local_ipv6`](Self::local_ipv6).
    #[inline(always)]
    pub fn remote_ipv6(&self) -> Option<[u8; 16]> {
        let offset = ffi::sock_common_skc_v6_daddr()?;
        // SAFETY: `struct in6_addr skc_v6_daddr`, if there is an offset.
        (self.family() == AF_INET6).then(|| unsafe { self.field(offset) })
    }
}
