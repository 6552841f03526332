// SPDX-License-Identifier: GPL-2.0
//! Keys of tables of prefixes.
//! C counterpart: `struct bpf_lpm_trie_key`.

use crate::pod::Pod;

/// The first bits of some bytes. The bytes are compared from the first on, and in
/// each the highest bit comes first: an address is in network byte order.
///
/// ```ignore
/// // 10.1.0.0/16
/// const NETWORK: LpmKey<[u8; 4]> = LpmKey::new(16, [10, 1, 0, 0]);
/// // The longest prefix of an address.
/// const ADDRESS: LpmKey<[u8; 4]> = LpmKey::of([10, 1, 2, 3]);
/// ```
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct LpmKey<K: Pod> {
    prefix_len: u32,
    data: K,
}

// SAFETY: both fields are plain data, and `packed` leaves no padding.
unsafe impl<K: Pod> Pod for LpmKey<K> {}

impl<K: Pod> LpmKey<K> {
    /// The first `prefix_len` bits of `data`.
    pub const fn new(prefix_len: u32, data: K) -> Self {
        Self { prefix_len, data }
    }

    /// All bits of `data`, as one looks it up.
    pub const fn of(data: K) -> Self {
        Self::new(size_of::<K>() as u32 * 8, data)
    }

    /// Number of bits.
    pub const fn prefix_len(&self) -> u32 {
        self.prefix_len
    }

    /// The bytes; those behind the prefix have no meaning.
    pub const fn data(&self) -> K {
        self.data
    }
}
