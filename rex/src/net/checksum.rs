// SPDX-License-Identifier: GPL-2.0
//! The checksum of the Internet protocols (RFC 1071).
//!
//! It can be computed in either byte order and stored in the same one: none of
//! these functions swaps bytes.

use super::headers::iphdr;

/// Folds a sum of 16-bit words into 16 bits.
#[inline(always)]
fn fold(mut sum: u64) -> u16 {
    sum = (sum & 0xffff_ffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    sum as u16
}

/// A checksum over more than one slice, and over the pseudo headers of IP.
///
/// # Examples
///
/// ```no_run
/// # fn check(ip: &iphdr, udp: &[u8]) -> u16 {
/// let check = Checksum::new()
///     .ipv4(ip.saddr, ip.daddr, ip.protocol, udp.len() as u16)
///     .bytes(udp)
///     .finish();
/// # check
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Checksum {
    sum: u64,
}

impl Checksum {
    /// Makes the sum of no bytes.
    #[must_use]
    #[inline(always)]
    pub const fn new() -> Self {
        Self { sum: 0 }
    }

    /// Adds `data`, which begins at an even offset. Only the last slice may have an
    /// odd length.
    #[must_use]
    #[inline]
    pub fn bytes(mut self, data: &[u8]) -> Self {
        let mut words = data.chunks_exact(2);
        for word in &mut words {
            self.add_word(u16::from_ne_bytes([word[0], word[1]]));
        }
        if let [last] = words.remainder() {
            self.add_word(u16::from_ne_bytes([*last, 0]));
        }
        self
    }

    /// Adds the pseudo header of IPv4: the addresses as in the header, and the
    /// length of the segment with its header, in host byte order.
    #[must_use]
    #[inline(always)]
    pub fn ipv4(self, saddr: u32, daddr: u32, protocol: u8, len: u16) -> Self {
        self.bytes(&saddr.to_ne_bytes())
            .bytes(&daddr.to_ne_bytes())
            .bytes(&[0, protocol])
            .bytes(&len.to_be_bytes())
    }

    /// Adds the pseudo header of IPv6, whose protocol is that after all extension
    /// headers; otherwise as [`ipv4`](Self::ipv4).
    #[must_use]
    #[inline(always)]
    pub fn ipv6(
        self,
        saddr: &[u8; 16],
        daddr: &[u8; 16],
        protocol: u8,
        len: u32,
    ) -> Self {
        self.bytes(saddr)
            .bytes(daddr)
            .bytes(&len.to_be_bytes())
            .bytes(&[0, 0, 0, protocol])
    }

    /// Returns the checksum as stored in a header. UDP stores `0xffff` for 0.
    #[must_use]
    #[inline(always)]
    pub fn finish(self) -> u16 {
        !fold(self.sum)
    }

    #[inline(always)]
    fn add_word(&mut self, word: u16) {
        // No packet has enough words to make this wrap.
        self.sum = self.sum.wrapping_add(word.into());
    }
}

/// Returns the checksum over `data`, whose checksum field has to be 0. If the field
/// contains the right checksum, the result is 0.
#[inline]
pub fn checksum(data: &[u8]) -> u16 {
    Checksum::new().bytes(data).finish()
}

/// Sets the checksum of `ip_header` to 0, and returns the right checksum of a
/// header without options. For other headers, see [`checksum`].
#[inline(always)]
pub fn compute_ip_checksum(ip_header: &mut iphdr) -> u16 {
    ip_header.check = 0;
    !fold(ip_header.sum())
}

/// Returns the checksum `check` after a 16-bit word of the data, at an even offset,
/// has changed from `old` to `new`.
///
/// It works for IPv4 headers, and for all checksums of received packets. A packet
/// that this machine sends has no TCP or UDP checksum yet when a tc program sees
/// it: the field contains the sum of the pseudo header, which only the kernel's
/// metadata shows. There, use
/// [`sched_cls::replace`](crate::sched_cls::sched_cls::replace).
#[inline(always)]
pub fn replace_checksum(check: u16, old: u16, new: u16) -> u16 {
    // RFC 1624, equation 3.
    !fold(u64::from(!check) + u64::from(!old) + u64::from(new))
}

/// Does the same as [`replace_checksum`] for a 32-bit word.
#[inline(always)]
pub fn replace_checksum32(check: u16, old: u32, new: u32) -> u16 {
    !fold(u64::from(!check) + u64::from(!old) + u64::from(new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::bytes_of;

    #[test]
    fn sums_of_parts_are_those_of_the_whole() {
        let bytes: [u8; 41] = core::array::from_fn(|i| (i * 37) as u8);
        for cut in (0..40).step_by(2) {
            let (head, tail) = bytes.split_at(cut);
            let parts = Checksum::new().bytes(head).bytes(tail).finish();
            assert_eq!(parts, checksum(&bytes));
        }
    }

    #[test]
    fn built_headers_have_right_checksums() {
        let mut ip = iphdr::new(17, 48);
        ip.saddr = u32::from_ne_bytes([10, 0, 0, 1]);
        ip.daddr = u32::from_ne_bytes([10, 0, 0, 2]);
        ip.check = compute_ip_checksum(&mut ip);
        assert_eq!((ip.version(), ip.header_len()), (4, 20));
        assert_eq!(checksum(bytes_of(&ip)), 0);
        assert_eq!(bytes_of(&ip)[..4], [0x45, 0, 0, 48]);

        // RFC 1071 by hand: addresses, protocol, length, and the data.
        let udp = [0, 53, 0, 54, 0, 10, 0, 0, 1, 2];
        let sum = 0x0a00 + 1 + 0x0a00 + 2 + 17 + 10 + 53 + 54 + 10 + 0x102;
        let check =
            Checksum::new().ipv4(ip.saddr, ip.daddr, 17, 10).bytes(&udp);
        assert_eq!(u16::from_be(check.finish()), !sum);
        let (one, two) = (&mut [0; 16], &mut [0; 16]);
        (one[0], one[15], two[0], two[15]) = (0xfd, 1, 0xfd, 2);
        let sum = 0xfd00u32 * 2 + 3 + 17 + 10 + 53 + 54 + 10 + 0x102;
        let check = Checksum::new().ipv6(one, two, 17, 10).bytes(&udp);
        let folded = (sum & 0xffff) + (sum >> 16);
        assert_eq!(u16::from_be(check.finish()), !(folded as u16));
    }
}
