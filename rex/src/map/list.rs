// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! The properties of map types.

use core::ffi::c_void;

use super::devmap::redirect_maps;
use super::handle::map_types;
#[allow(clippy::wildcard_imports)]
use crate::linux::bpf::*;
use crate::rt::ffi;

/// The map types of programs with one argument.
pub(crate) mod prelude {
    pub use super::super::array::Array;
    pub use super::super::array::PerCpuArray;
    pub use super::super::bloom::BloomFilter;
    pub use super::super::cgroup::CgroupArray;
    pub use super::super::devmap::CpuMap;
    pub use super::super::devmap::DevMap;
    pub use super::super::devmap::DevMapHash;
    pub use super::super::hash::HashMap;
    pub use super::super::hash::LruHashMap;
    pub use super::super::hash::LruPerCpuHashMap;
    pub use super::super::hash::PerCpuHashMap;
    pub use super::super::lpm::LpmTrie;
    pub use super::super::nested::ArrayOfMaps;
    pub use super::super::nested::HashOfMaps;
    pub use super::super::perf::PerfEventArray;
    pub use super::super::perf::StackTrace;
    pub use super::super::queue::Queue;
    pub use super::super::queue::Stack;
    pub use super::super::ringbuf::RingBuf;
    pub use super::super::ringbuf::UserRingBuf;
    pub use super::super::storage::CgroupStorage;
    pub use super::super::storage::TaskStorage;
}

/// The map types of programs with two arguments.
pub(crate) mod compat {
    pub use super::super::array::RexArrayMap;
    pub use super::super::array::RexPerCPUArrayMap;
    pub use super::super::bloom::RexBloomFilter;
    pub use super::super::cgroup::RexCgroupArray;
    pub use super::super::devmap::RexCpuMap;
    pub use super::super::devmap::RexDevMap;
    pub use super::super::devmap::RexDevMapHash;
    pub use super::super::hash::RexHashMap;
    pub use super::super::hash::RexLruHashMap;
    pub use super::super::hash::RexLruPerCPUHashMap;
    pub use super::super::hash::RexPerCPUHashMap;
    pub use super::super::lpm::RexLpmTrie;
    pub use super::super::nested::RexArrayOfMaps;
    pub use super::super::nested::RexHashOfMaps;
    pub use super::super::perf::RexPerfEventArray;
    pub use super::super::perf::RexStackTrace;
    pub use super::super::queue::RexQueue;
    pub use super::super::queue::RexStack;
    pub use super::super::ringbuf::RexRingBuf;
    pub use super::super::ringbuf::RexUserRingBuf;
    pub use super::super::storage::RexCgroupStorage;
    pub use super::super::storage::RexTaskStorage;
}

map_types! {
    Keyed: BPF_MAP_TYPE_HASH BPF_MAP_TYPE_LRU_HASH BPF_MAP_TYPE_PERCPU_HASH BPF_MAP_TYPE_LRU_PERCPU_HASH BPF_MAP_TYPE_ARRAY BPF_MAP_TYPE_PERCPU_ARRAY BPF_MAP_TYPE_LPM_TRIE;
    Keyless: BPF_MAP_TYPE_QUEUE BPF_MAP_TYPE_STACK;
    MapOfMaps: BPF_MAP_TYPE_ARRAY_OF_MAPS BPF_MAP_TYPE_HASH_OF_MAPS;
    PerCpu: BPF_MAP_TYPE_PERCPU_HASH BPF_MAP_TYPE_LRU_PERCPU_HASH BPF_MAP_TYPE_PERCPU_ARRAY;
}

redirect_maps! { BPF_MAP_TYPE_DEVMAP BPF_MAP_TYPE_DEVMAP_HASH BPF_MAP_TYPE_CPUMAP }

/// Returns whether the values may contain a lock.
pub(super) const fn may_have_lock(map_type: bpf_map_type) -> bool {
    matches!(map_type, BPF_MAP_TYPE_HASH | BPF_MAP_TYPE_ARRAY)
}

/// Returns whether each value belongs to an object of the kernel.
pub(super) const fn is_owned(map_type: bpf_map_type) -> bool {
    matches!(
        map_type,
        BPF_MAP_TYPE_TASK_STORAGE | BPF_MAP_TYPE_CGRP_STORAGE
    )
}

/// Returns whether each CPU has its own values.
#[cfg(not(target_os = "none"))]
pub(crate) const fn is_per_cpu(map_type: bpf_map_type) -> bool {
    matches!(
        map_type,
        BPF_MAP_TYPE_PERCPU_HASH
            | BPF_MAP_TYPE_LRU_PERCPU_HASH
            | BPF_MAP_TYPE_PERCPU_ARRAY
    )
}

/// Returns the structure of a map in unit tests; None if it is not simulated.
#[cfg(not(target_os = "none"))]
pub(crate) const fn storage(
    map_type: bpf_map_type,
) -> Option<crate::host::maps::Storage> {
    use crate::host::maps::Storage;
    Some(match map_type {
        BPF_MAP_TYPE_HASH => Storage::Table,
        BPF_MAP_TYPE_LRU_HASH => Storage::Lru,
        BPF_MAP_TYPE_PERCPU_HASH => Storage::Table,
        BPF_MAP_TYPE_LRU_PERCPU_HASH => Storage::Lru,
        BPF_MAP_TYPE_ARRAY => Storage::Array,
        BPF_MAP_TYPE_PERCPU_ARRAY => Storage::Array,
        BPF_MAP_TYPE_LPM_TRIE => Storage::Trie,
        BPF_MAP_TYPE_QUEUE => Storage::Queue,
        BPF_MAP_TYPE_STACK => Storage::Stack,
        BPF_MAP_TYPE_BLOOM_FILTER => Storage::Bloom,
        BPF_MAP_TYPE_RINGBUF => Storage::Records,
        BPF_MAP_TYPE_USER_RINGBUF => Storage::Queue,
        BPF_MAP_TYPE_CGROUP_ARRAY => Storage::Array,
        BPF_MAP_TYPE_TASK_STORAGE => Storage::Table,
        BPF_MAP_TYPE_CGRP_STORAGE => Storage::Table,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn lookup_function(
    map_type: bpf_map_type,
) -> Option<unsafe extern "C" fn(map: u64, key: *const c_void) -> *mut c_void> {
    Some(match map_type {
        BPF_MAP_TYPE_ARRAY => ffi::rex_lookup_array,
        BPF_MAP_TYPE_HASH => ffi::rex_lookup_hash,
        BPF_MAP_TYPE_LPM_TRIE => ffi::rex_lookup_lpm_trie,
        BPF_MAP_TYPE_LRU_HASH => ffi::rex_lookup_lru_hash,
        BPF_MAP_TYPE_LRU_PERCPU_HASH => ffi::rex_lookup_lru_percpu_hash,
        BPF_MAP_TYPE_PERCPU_ARRAY => ffi::rex_lookup_percpu_array,
        BPF_MAP_TYPE_PERCPU_HASH => ffi::rex_lookup_percpu_hash,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn update_function(
    map_type: bpf_map_type,
) -> Option<
    unsafe extern "C" fn(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32,
> {
    Some(match map_type {
        BPF_MAP_TYPE_ARRAY => ffi::rex_update_array,
        BPF_MAP_TYPE_HASH => ffi::rex_update_hash,
        BPF_MAP_TYPE_LPM_TRIE => ffi::rex_update_lpm_trie,
        BPF_MAP_TYPE_LRU_HASH => ffi::rex_update_lru_hash,
        BPF_MAP_TYPE_LRU_PERCPU_HASH => ffi::rex_update_lru_percpu_hash,
        BPF_MAP_TYPE_PERCPU_ARRAY => ffi::rex_update_percpu_array,
        BPF_MAP_TYPE_PERCPU_HASH => ffi::rex_update_percpu_hash,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn delete_function(
    map_type: bpf_map_type,
) -> Option<unsafe extern "C" fn(map: u64, key: *const c_void) -> i32> {
    Some(match map_type {
        BPF_MAP_TYPE_ARRAY => ffi::rex_delete_array,
        BPF_MAP_TYPE_HASH => ffi::rex_delete_hash,
        BPF_MAP_TYPE_LPM_TRIE => ffi::rex_delete_lpm_trie,
        BPF_MAP_TYPE_LRU_HASH => ffi::rex_delete_lru_hash,
        BPF_MAP_TYPE_LRU_PERCPU_HASH => ffi::rex_delete_lru_percpu_hash,
        BPF_MAP_TYPE_PERCPU_ARRAY => ffi::rex_delete_percpu_array,
        BPF_MAP_TYPE_PERCPU_HASH => ffi::rex_delete_percpu_hash,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn push_function(
    map_type: bpf_map_type,
) -> Option<
    unsafe extern "C" fn(map: u64, value: *const c_void, flags: u64) -> i32,
> {
    Some(match map_type {
        BPF_MAP_TYPE_QUEUE => ffi::rex_push_queue,
        BPF_MAP_TYPE_STACK => ffi::rex_push_stack,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn pop_function(
    map_type: bpf_map_type,
) -> Option<unsafe extern "C" fn(map: u64, value: *mut c_void) -> i32> {
    Some(match map_type {
        BPF_MAP_TYPE_QUEUE => ffi::rex_pop_queue,
        BPF_MAP_TYPE_STACK => ffi::rex_pop_stack,
        _ => return None,
    })
}

/// Returns the kernel's function for a type, which is a constant at each call. None
/// if there is only that for all types.
#[inline(always)]
pub(super) const fn peek_function(
    map_type: bpf_map_type,
) -> Option<unsafe extern "C" fn(map: u64, value: *mut c_void) -> i32> {
    Some(match map_type {
        BPF_MAP_TYPE_QUEUE => ffi::rex_peek_queue,
        BPF_MAP_TYPE_STACK => ffi::rex_peek_stack,
        _ => return None,
    })
}
