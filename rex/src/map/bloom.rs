// SPDX-License-Identifier: GPL-2.0
//! Bloom filters.
//! C counterpart: `kernel/bpf/bloom_filter.c`.

use super::MissingMapAttribute;
use super::handle::RexMapHandle;
use crate::error::done;
use crate::linux::bpf::{BPF_ANY, BPF_MAP_TYPE_BLOOM_FILTER};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// A Bloom filter: a set without false negatives, but with false positives.
pub type RexBloomFilter<V> = RexMapHandle<BPF_MAP_TYPE_BLOOM_FILTER, (), V>;

impl<V: Pod> MissingMapAttribute<RexBloomFilter<V>> {
    /// Returns the same filter with `number` hash functions, at most 15. Without
    /// this, there are 5.
    pub const fn with_hash_functions(self, number: u32) -> Self {
        assert!(number > 0 && number < 16, "1 to 15 hash functions");
        let shapes = self.shapes();
        Self::new(self.into_inner().with_extra(number), shapes)
    }
}

impl<V: Pod> RexBloomFilter<V> {
    /// Adds `value`.
    pub fn insert(&'static self, value: &V) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: the map has these values, by the handle's invariant.
        to_result(unsafe {
            ffi::bpf_map_push_elem(
                map,
                core::ptr::from_ref(value).cast(),
                BPF_ANY,
            )
        })
    }

    /// Returns false if `value` was not added; otherwise it may have been.
    pub fn contains(&'static self, value: &V) -> bool {
        let Some(map) = self.kernel_map() else {
            return false;
        };
        let mut copy = *value;
        // SAFETY: the map has these values, by the handle's invariant. It only
        // reads this one.
        let ret =
            unsafe { ffi::bpf_map_peek_elem(map, (&raw mut copy).cast()) };
        ret == 0
    }
}

super::wrapper::map! {
    /// A Bloom filter: a set without false negatives, but with false positives.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Inodes that were executed.
    /// #[map]
    /// static SEEN: BloomFilter<u64> = BloomFilter::with_max_entries(10_000);
    ///
    /// /// Returns whether this is certainly the first call for the inode.
    /// fn is_new(inode: u64) -> Result<bool> {
    ///     let is_new = !SEEN.contains(inode);
    ///     SEEN.insert(inode)?;
    ///     Ok(is_new)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_BLOOM_FILTER")]
    BloomFilter<V: Pod> = RexBloomFilter<V>
}

impl<V: Pod> MissingMapAttribute<BloomFilter<V>> {
    /// Returns the same filter with `number` hash functions, at most 15. Without
    /// this, there are 5.
    pub const fn with_hash_functions(self, number: u32) -> Self {
        let shapes = self.shapes();
        // A pattern can move out of a field in a constant function.
        let BloomFilter(filter) = self.into_inner();
        let filter = MissingMapAttribute::new(filter, shapes);
        let filter = filter.with_hash_functions(number).into_inner();
        Self::new(BloomFilter(filter), shapes)
    }
}

impl<V: Pod> BloomFilter<V> {
    /// Adds `value`.
    ///
    /// # Errors
    ///
    /// Errors are the kernel's.
    #[doc(alias = "bpf_map_push_elem")]
    #[inline(always)]
    pub fn insert(&'static self, value: V) -> crate::error::Result {
        done(self.0.insert(&value))
    }

    /// Returns false if `value` was not added; otherwise it may have been.
    #[doc(alias = "bpf_map_peek_elem")]
    #[inline(always)]
    pub fn contains(&'static self, value: V) -> bool {
        self.0.contains(&value)
    }
}
