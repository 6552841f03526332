// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! The functions for maps of one type, on the host.

super::maps::typed! {
    rex_lookup_hash rex_update_hash rex_delete_hash,
    rex_lookup_lpm_trie rex_update_lpm_trie rex_delete_lpm_trie,
    rex_lookup_lru_hash rex_update_lru_hash rex_delete_lru_hash,
    rex_lookup_lru_percpu_hash rex_update_lru_percpu_hash rex_delete_lru_percpu_hash,
    rex_lookup_percpu_array rex_update_percpu_array rex_delete_percpu_array,
    rex_lookup_percpu_hash rex_update_percpu_hash rex_delete_percpu_hash,
}
