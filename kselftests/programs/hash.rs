// SPDX-License-Identifier: GPL-2.0
//! The number by which a test names an act: `name_hash()` of hostile.h.

/// Returns the FNV-1a hash of `name`.
pub(crate) const fn name_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x100_0000_01b3);
        i += 1;
    }
    hash
}
