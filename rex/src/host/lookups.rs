// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! The lookups for one type, on the host.

super::maps::lookups! {
    rex_lookup_hash
    rex_lookup_lpm_trie
    rex_lookup_lru_hash
    rex_lookup_lru_percpu_hash
    rex_lookup_percpu_array
    rex_lookup_percpu_hash
}
