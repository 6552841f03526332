// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! What the kinds of maps are like.

use core::ffi::c_void;

use super::devmap::redirect_maps;
use super::handle::map_types;
#[allow(clippy::wildcard_imports)]
use crate::linux::bpf::*;
use crate::rt::ffi;

// There are these names.
#[allow(unused_imports)]
use super::{
    RexArrayMap as _, RexArrayOfMaps as _, RexBloomFilter as _, RexCpuMap as _,
    RexDevMap as _, RexDevMapHash as _, RexHashMap as _, RexHashOfMaps as _,
    RexLpmTrie as _, RexLruHashMap as _, RexLruPerCPUHashMap as _,
    RexPerCPUArrayMap as _, RexPerCPUHashMap as _, RexPerfEventArray as _,
    RexQueue as _, RexRingBuf as _, RexStack as _, RexStackTrace as _,
};

map_types! {
    Keyed: BPF_MAP_TYPE_HASH BPF_MAP_TYPE_LRU_HASH BPF_MAP_TYPE_PERCPU_HASH BPF_MAP_TYPE_LRU_PERCPU_HASH BPF_MAP_TYPE_ARRAY BPF_MAP_TYPE_PERCPU_ARRAY BPF_MAP_TYPE_LPM_TRIE;
    Keyless: BPF_MAP_TYPE_QUEUE BPF_MAP_TYPE_STACK;
    MapOfMaps: BPF_MAP_TYPE_ARRAY_OF_MAPS BPF_MAP_TYPE_HASH_OF_MAPS;
    PerCpu: BPF_MAP_TYPE_PERCPU_HASH BPF_MAP_TYPE_LRU_PERCPU_HASH BPF_MAP_TYPE_PERCPU_ARRAY;
}

redirect_maps! { BPF_MAP_TYPE_DEVMAP BPF_MAP_TYPE_DEVMAP_HASH BPF_MAP_TYPE_CPUMAP }

/// Whether there may be a lock in the values.
pub(super) const fn may_have_lock(map_type: bpf_map_type) -> bool {
    matches!(map_type, BPF_MAP_TYPE_HASH | BPF_MAP_TYPE_ARRAY)
}

/// Whether each CPU has its own values.
#[cfg(not(target_os = "none"))]
pub(crate) const fn is_per_cpu(map_type: bpf_map_type) -> bool {
    matches!(
        map_type,
        BPF_MAP_TYPE_PERCPU_HASH
            | BPF_MAP_TYPE_LRU_PERCPU_HASH
            | BPF_MAP_TYPE_PERCPU_ARRAY
    )
}

/// The kernel's lookup for a type: a constant where it is called.
#[inline(always)]
pub(super) const fn lookup_function(
    map_type: bpf_map_type,
) -> unsafe extern "C" fn(u64, *const c_void) -> *mut c_void {
    match map_type {
        BPF_MAP_TYPE_HASH => ffi::rex_lookup_hash,
        BPF_MAP_TYPE_LPM_TRIE => ffi::rex_lookup_lpm_trie,
        BPF_MAP_TYPE_LRU_HASH => ffi::rex_lookup_lru_hash,
        BPF_MAP_TYPE_LRU_PERCPU_HASH => ffi::rex_lookup_lru_percpu_hash,
        BPF_MAP_TYPE_PERCPU_ARRAY => ffi::rex_lookup_percpu_array,
        BPF_MAP_TYPE_PERCPU_HASH => ffi::rex_lookup_percpu_hash,
        _ => ffi::bpf_map_lookup_elem,
    }
}
