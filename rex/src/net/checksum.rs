// SPDX-License-Identifier: GPL-2.0
//! The checksum of the Internet protocols (RFC 1071).
//!
//! Its value is the same in any byte order, if the field that it is stored in
//! has that order: none of these functions swaps bytes.

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

/// The checksum over `data`, to be stored in the field for it. The field is part
/// of the data and has to be 0 before; if it has its right value, the result is
/// 0.
#[inline]
pub fn checksum(data: &[u8]) -> u16 {
    let mut words = data.chunks_exact(2);
    let mut sum: u64 = 0;
    for word in &mut words {
        sum += u64::from(u16::from_ne_bytes([word[0], word[1]]));
    }
    if let [last] = words.remainder() {
        sum += u64::from(u16::from_ne_bytes([*last, 0]));
    }
    !fold(sum)
}

/// Sets the checksum of `ip_header` to 0, and returns what it has to be. That is
/// right for a header without options; see [`checksum`] for others.
#[inline(always)]
pub fn compute_ip_checksum(ip_header: &mut iphdr) -> u16 {
    ip_header.check = 0;
    !fold(ip_header.sum())
}

/// The checksum `check` after a 16-bit word of the data, at an even offset, has
/// changed from `old` to `new`.
#[inline(always)]
pub fn replace_checksum(check: u16, old: u16, new: u16) -> u16 {
    // RFC 1624, equation 3.
    !fold(u64::from(!check) + u64::from(!old) + u64::from(new))
}

/// As [`replace_checksum`], for a 32-bit word.
#[inline(always)]
pub fn replace_checksum32(check: u16, old: u32, new: u32) -> u16 {
    !fold(u64::from(!check) + u64::from(!old) + u64::from(new))
}
