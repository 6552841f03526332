// SPDX-License-Identifier: GPL-2.0
//! Collections that have a limit.

extern crate alloc;

use alloc::collections::BTreeMap;
use core::borrow::Borrow;

/// A map with a limit on the number of its entries.
///
/// A program that stores something for each packet, file or process lets their
/// owner fill its heap, and an allocation from a full heap panics. The number of
/// entries has to fit into the heap; each takes about twice the size of its key and
/// its value.
///
/// Use a map of the kernel, [`RexLruHashMap`](crate::map::RexLruHashMap), if the
/// oldest entries should make room or userspace reads them.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// static SEEN: TryLock<BoundedMap<u32, u64>> = TryLock::new(BoundedMap::new(1000));
///
/// /// Counts packets of the first 1000 addresses.
/// fn count(address: u32) {
///     if let Some(mut seen) = SEEN.try_lock()
///         && let Some(count) = seen.get_or_insert(address, 0)
///     {
///         *count += 1;
///     }
/// }
/// ```
#[derive(Debug)]
pub struct BoundedMap<K, V> {
    entries: BTreeMap<K, V>,
    limit: usize,
}

/// The map has as many entries as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl From<Full> for core::ffi::c_int {
    fn from(_: Full) -> Self {
        -crate::linux::errno::ENOSPC
    }
}

impl<K: Ord, V> BoundedMap<K, V> {
    /// Makes an empty map for at most `limit` entries. It allocates as it grows.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self {
            entries: BTreeMap::new(),
            limit,
        }
    }

    /// Stores `value` under `key` and returns the value that it replaces.
    ///
    /// # Errors
    ///
    /// `Full` if the key is new and there is no room.
    pub fn try_insert(&mut self, key: K, value: V) -> Result<Option<V>, Full> {
        if self.is_full() && !self.entries.contains_key(&key) {
            return Err(Full);
        }
        Ok(self.entries.insert(key, value))
    }

    /// Returns the value under `key`, after storing `value` if there was none. None
    /// if the key is new and there is no room.
    pub fn get_or_insert(&mut self, key: K, value: V) -> Option<&mut V> {
        if self.is_full() {
            return self.entries.get_mut(&key);
        }
        Some(self.entries.entry(key).or_insert(value))
    }

    /// Returns the value under `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)
    }

    /// Returns the value under `key`, mutable.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.entries.get_mut(key)
    }

    /// Removes and returns the value under `key`.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.entries.remove(key)
    }

    /// Removes and returns the entry with the least key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.entries.pop_first()
    }

    /// Returns all entries, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter()
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns whether there is no room for another entry.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_map_takes_known_keys_only() {
        let mut map = BoundedMap::new(2);
        assert_eq!(map.try_insert(1, 'a'), Ok(None));
        assert_eq!(map.get_or_insert(2, 'b'), Some(&mut 'b'));
        assert_eq!(map.try_insert(3, 'c'), Err(Full));
        assert_eq!(map.get_or_insert(3, 'c'), None);
        assert_eq!(map.try_insert(1, 'd'), Ok(Some('a')));
        assert_eq!(map.get_or_insert(2, 'e'), Some(&mut 'b'));
        assert_eq!(map.len(), 2);
        assert_eq!(map.pop_first(), Some((1, 'd')));
        assert_eq!(map.try_insert(3, 'c'), Ok(None));
        assert!(BoundedMap::new(0).try_insert(1, 1).is_err());
    }
}
