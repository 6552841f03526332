// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! The functions for maps of one type, on the host.

super::maps::typed! {
    lookup rex_lookup_array,
    update rex_update_array,
    delete rex_delete_array,
    lookup rex_lookup_hash,
    update rex_update_hash,
    delete rex_delete_hash,
    lookup rex_lookup_lpm_trie,
    update rex_update_lpm_trie,
    delete rex_delete_lpm_trie,
    lookup rex_lookup_lru_hash,
    update rex_update_lru_hash,
    delete rex_delete_lru_hash,
    lookup rex_lookup_lru_percpu_hash,
    update rex_update_lru_percpu_hash,
    delete rex_delete_lru_percpu_hash,
    lookup rex_lookup_percpu_array,
    update rex_update_percpu_array,
    delete rex_delete_percpu_array,
    lookup rex_lookup_percpu_hash,
    update rex_update_percpu_hash,
    delete rex_delete_percpu_hash,
    push rex_push_queue,
    pop rex_pop_queue,
    peek rex_peek_queue,
    push rex_push_stack,
    pop rex_pop_stack,
    peek rex_peek_stack,
}
