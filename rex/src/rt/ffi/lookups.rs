// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/maps.def: `make gen`.
//! Variants of `bpf_map_lookup_elem`, `bpf_map_push_elem` and their
//! siblings for maps of one type.

use core::ffi::c_void;

unsafe extern "C" {
    pub(crate) fn rex_lookup_array(map: u64, key: *const c_void)
    -> *mut c_void;
    pub(crate) fn rex_update_array(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_array(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_lookup_hash(map: u64, key: *const c_void) -> *mut c_void;
    pub(crate) fn rex_update_hash(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_hash(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_lookup_lpm_trie(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_update_lpm_trie(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_lpm_trie(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_lookup_lru_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_update_lru_hash(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_lru_hash(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_lookup_lru_percpu_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_update_lru_percpu_hash(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_lru_percpu_hash(
        map: u64,
        key: *const c_void,
    ) -> i32;
    pub(crate) fn rex_lookup_percpu_array(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_update_percpu_array(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_percpu_array(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_lookup_percpu_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_update_percpu_hash(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_delete_percpu_hash(map: u64, key: *const c_void) -> i32;
    pub(crate) fn rex_push_queue(
        map: u64,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_pop_queue(map: u64, value: *mut c_void) -> i32;
    pub(crate) fn rex_peek_queue(map: u64, value: *mut c_void) -> i32;
    pub(crate) fn rex_push_stack(
        map: u64,
        value: *const c_void,
        flags: u64,
    ) -> i32;
    pub(crate) fn rex_pop_stack(map: u64, value: *mut c_void) -> i32;
    pub(crate) fn rex_peek_stack(map: u64, value: *mut c_void) -> i32;
}
