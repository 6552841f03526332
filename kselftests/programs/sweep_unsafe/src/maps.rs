// SPDX-License-Identifier: GPL-2.0
//! The maps, and their addresses in the kernel, which helpers take.

use rex::linux::bpf::BPF_F_NO_PREALLOC;
use rex::map::*;
use rex::rex_map;

/// The test writes this.
#[rex_map]
pub(crate) static orders: RexArrayMap<u64> = RexArrayMap::new(4, 0);

/// The program writes this.
#[rex_map]
pub(crate) static notes: RexArrayMap<u64> = RexArrayMap::new(2, 0);

/// Each of them is a `struct bpf_spin_lock`: 0 while it is free.
#[rex_map]
pub(crate) static locks: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_map]
pub(crate) static hash: RexHashMap<u64, u64> = RexHashMap::new(16, 0);

#[rex_map]
pub(crate) static lru: RexLruHashMap<u64, u64> = RexLruHashMap::new(16, 0);

#[rex_map]
pub(crate) static percpu_hash: RexPerCPUHashMap<u64, u64> =
    RexPerCPUHashMap::new(16, 0);

#[rex_map]
pub(crate) static percpu_lru: RexLruPerCPUHashMap<u64, u64> =
    RexLruPerCPUHashMap::new(16, 0);

#[rex_map]
pub(crate) static array: RexArrayMap<u64> = RexArrayMap::new(4, 0);

#[rex_map]
pub(crate) static percpu: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(4, 0);

#[rex_map]
pub(crate) static trie: RexLpmTrie<u32, u64> =
    RexLpmTrie::new(16, BPF_F_NO_PREALLOC);

#[rex_map]
pub(crate) static queue: RexQueue<u64> = RexQueue::new(4, 0);
#[rex_map]
pub(crate) static lifo: RexStack<u64> = RexStack::new(4, 0);

/// The test takes the records out.
#[rex_map]
pub(crate) static ring: RexRingBuf = RexRingBuf::new(4096, 0);

/// This map is empty.
#[rex_map]
pub(crate) static devices: RexDevMap = RexDevMap::new(4, 0);

/// There are none in it.
#[rex_map]
pub(crate) static cgroups: RexCgroupArray = RexCgroupArray::new(4, 0);

/// There are no records in it.
#[rex_map]
pub(crate) static orders_of_user: RexUserRingBuf = RexUserRingBuf::new(4096, 0);

#[rex_map]
pub(crate) static of_tasks: RexTaskStorage<u64> = RexTaskStorage::new(0, 0);

/// Linux 6.1 has no such maps.
#[rex_map]
pub(crate) static of_cgroups: RexCgroupStorage<u64> =
    RexCgroupStorage::optional();

#[rex_map]
pub(crate) static samples: RexPerfEventArray<u64> =
    RexPerfEventArray::new(1, 0);

#[rex_map]
pub(crate) static stacks: RexStackTrace<u32, [u64; 8]> =
    RexStackTrace::new(64, 0);

/// Returns the kernel's map, which the loader stored in the definition: see
/// `struct rex_map_def`.
pub(crate) fn kernel_map<M>(map: &'static M) -> u64 {
    const {
        assert!(size_of::<M>() == 80);
    }
    unsafe { (&raw const *map).cast::<u64>().add(3).read_volatile() }
}

/// Returns the map of cgroups' values; if there is none, another map, since no helper finds
/// values of cgroups in it.
pub(crate) fn map_of_cgroups() -> u64 {
    match kernel_map(&of_cgroups) {
        0 => kernel_map(&of_tasks),
        map => map,
    }
}

/// Returns the address of the kernel's lock.
pub(crate) fn lock(key: u32) -> u64 {
    call!(bpf_map_lookup_elem(kernel_map(&locks), &raw const key))
}

pub(crate) fn order(index: u32) -> u64 {
    orders.get(&index).unwrap_or(0)
}
