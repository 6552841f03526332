// SPDX-License-Identifier: GPL-2.0
//! Tables of prefixes, and their keys.
//! C counterpart: `kernel/bpf/lpm_trie.c`, `struct bpf_lpm_trie_key`.

use super::handle::RexMapHandle;
use crate::linux::bpf::BPF_MAP_TYPE_LPM_TRIE;
use crate::pod::Pod;
use crate::shape::{Member, Shape, Shaped};
use crate::utils::Result;

/// A table of prefixes, such as networks. A lookup finds the longest prefix of its
/// key. [`RexLruHashMap`](super::RexLruHashMap) documents `-EBUSY`.
pub type RexLpmTrie<K, V> = RexMapHandle<BPF_MAP_TYPE_LPM_TRIE, LpmKey<K>, V>;

super::table::tables! { RexLpmTrie<LpmKey<K>> }

/// A prefix of some bytes. The highest bit of the first byte comes first, so
/// addresses are in network byte order.
///
/// # Examples
///
/// ```no_run
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

impl<K: Pod> Shaped for LpmKey<K> {
    const SHAPE: &'static Shape = &Shape::Struct(
        "LpmKey",
        &[
            Member {
                name: "prefix_len",
                shape: u32::SHAPE,
            },
            Member {
                name: "data",
                shape: K::SHAPE,
            },
        ],
    );
}

// SAFETY: both fields are plain data, and `packed` leaves no padding.
unsafe impl<K: Pod> Pod for LpmKey<K> {}

impl<K: Pod> LpmKey<K> {
    /// Makes a key of the first `prefix_len` bits of `data`.
    pub const fn new(prefix_len: u32, data: K) -> Self {
        Self { prefix_len, data }
    }

    /// Returns all bits of `data`, for a lookup.
    pub const fn of(data: K) -> Self {
        Self::new(size_of::<K>() as u32 * 8, data)
    }

    /// Returns the number of bits.
    pub const fn prefix_len(&self) -> u32 {
        self.prefix_len
    }

    /// Returns the bytes. The bits after the prefix have no meaning.
    pub const fn data(&self) -> K {
        self.data
    }
}

super::wrapper::map! {
    /// A table of prefixes, such as networks. A lookup finds the longest prefix of
    /// its key. [`LruHashMap`](super::LruHashMap) documents `EBUSY`.
    ///
    /// The kernel puts an element right after its key, so that the elements of IPv4
    /// prefixes are not aligned for `u64`: count in `u32` there, or
    /// [`atomic()`](super::MapRef::atomic) panics.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[map]
    /// static BLOCKED: LpmTrie<[u8; 4], u32> = LpmTrie::with_max_entries(1000);
    ///
    /// fn is_blocked(address: [u8; 4]) -> bool {
    ///     BLOCKED.get(LpmKey::of(address)).is_some()
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_LPM_TRIE")]
    LpmTrie<K: Pod, V: Pod> = RexLpmTrie<K, V>
}
super::wrapper::lookup! { LpmTrie<K: Pod, V: Pod>[LpmKey<K>] -> V }
super::wrapper::table! { LpmTrie<K, V>[LpmKey<K>] }
