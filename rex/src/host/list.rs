// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/helpers.def: `make gen`.
//! The helpers on the host.

#[allow(clippy::wildcard_imports)]
use super::{helpers::*, maps::*};
use core::ffi::c_void;

simulated! {
    bpf_get_smp_processor_id: fn() -> u32,
    bpf_get_numa_node_id: fn() -> u32,
    bpf_ktime_get_ns: fn() -> u64,
    bpf_ktime_get_boot_ns: fn() -> u64,
    bpf_ktime_get_coarse_ns: fn() -> u64,
    bpf_ktime_get_tai_ns: fn() -> u64,
    bpf_jiffies64: fn() -> u64,
    bpf_get_prandom_u32: fn() -> u32,
    bpf_probe_read_kernel: fn(*mut u8, u32, *const c_void) -> i64,
    bpf_probe_read_user: fn(*mut u8, u32, u64) -> i64,
    bpf_probe_read_kernel_str: fn(*mut u8, u32, *const c_void) -> i64,
    bpf_probe_read_user_str: fn(*mut u8, u32, u64) -> i64,
    rex_trace_printk: fn(*const u8, u64) -> i64,
    rex_note_error: fn(i32) -> i64,
    bpf_copy_from_user: fn(*mut u8, u32, u64) -> i64,
    bpf_copy_from_user_str: fn(*mut u8, u32, u64) -> i64,
    bpf_get_current_task: fn() -> *mut c_void,
    bpf_get_current_pid_tgid: fn() -> u64,
    bpf_get_current_uid_gid: fn() -> u64,
    bpf_get_current_comm: fn(*mut u8, u32) -> i64,
    bpf_get_current_cgroup_id: fn() -> u64,
    bpf_get_current_ancestor_cgroup_id: fn(i32) -> u64,
    bpf_current_task_under_cgroup: fn(u64, u32) -> i64,
    rex_task_cgroup: fn(*mut c_void) -> *mut c_void,
    rex_cgroup_id: fn(*const c_void) -> u64,
    rex_cgroup_ancestor: fn(*mut c_void, i32) -> *mut c_void,
    bpf_get_attach_cookie: fn() -> u64,
    bpf_get_func_ip: fn() -> u64,
    rex_traced_function: fn(*const u64) -> u64,
    rex_iter_write: fn(*mut c_void, *const u8, u64) -> i64,
    bpf_session_is_return: fn() -> u64,
    rex_session_value: fn() -> u64,
    rex_session_set_value: fn(u64) -> i64,
    rex_timer_arm: fn(*const u8, u64, u64) -> i64,
    rex_heap_bytes: fn(u32) -> u64,
    bpf_map_lookup_elem: fn(u64, *const c_void) -> *mut c_void,
    bpf_map_lookup_percpu_elem: fn(u64, *const c_void, u32) -> *mut c_void,
    bpf_map_update_elem: fn(u64, *const c_void, *const c_void, u64) -> i64,
    bpf_map_delete_elem: fn(u64, *const c_void) -> i64,
    rex_map_next_key: fn(u64, *const c_void, *mut c_void) -> i64,
    bpf_map_push_elem: fn(u64, *const c_void, u64) -> i64,
    bpf_map_pop_elem: fn(u64, *mut c_void) -> i64,
    bpf_map_peek_elem: fn(u64, *mut c_void) -> i64,
    bpf_ringbuf_reserve: fn(u64, u64, u64) -> *mut u8,
    bpf_ringbuf_submit: fn(*mut u8, u64) -> i64,
    bpf_ringbuf_discard: fn(*mut u8, u64) -> i64,
    bpf_ringbuf_output: fn(u64, *const u8, u64, u64) -> i64,
    bpf_ringbuf_query: fn(u64, u64) -> u64,
    rex_user_ringbuf_read: fn(u64, *mut u8, u64) -> i64,
    bpf_task_storage_get: fn(u64, *mut c_void, *const c_void, u64) -> *mut c_void,
    bpf_task_storage_delete: fn(u64, *mut c_void) -> i64,
    bpf_cgrp_storage_get: fn(u64, *mut c_void, *const c_void, u64) -> *mut c_void,
    bpf_cgrp_storage_delete: fn(u64, *mut c_void) -> i64,
    bpf_spin_lock: fn(*mut c_void) -> i64,
    bpf_spin_unlock: fn(*mut c_void) -> i64,
    rex_wait: fn(u32) -> i64,
    bpf_perf_prog_read_value: fn(*mut c_void, *mut c_void, u32) -> i64,
    rex_perf_sample_addr: fn(*const c_void) -> u64,
    rex_perf_sample_period: fn(*const c_void) -> u64,
    rex_override_return: fn(*mut u64, u64) -> i64,
}

absent! {
    bpf_snprintf
    rex_task_from_pid
    rex_task_release
    rex_task_process_runtime
    rex_task_user_regs
    bpf_send_signal
    bpf_send_signal_thread
    bpf_perf_event_output
    bpf_get_stackid
    bpf_get_stack
    bpf_get_stackid_pe
    bpf_get_stack_pe
    bpf_csum_diff
    bpf_fib_lookup
    bpf_redirect
    bpf_redirect_map
    bpf_xdp_adjust_head
    bpf_xdp_adjust_meta
    bpf_xdp_adjust_tail
    bpf_xdp_get_buff_len
    bpf_xdp_load_bytes
    bpf_xdp_store_bytes
    bpf_skb_load_bytes
    bpf_skb_cgroup_id
    bpf_skb_ancestor_cgroup_id
    bpf_get_socket_cookie
    bpf_get_socket_uid
    rex_skb_cgroup
    bpf_clone_redirect
    bpf_get_hash_recalc
    bpf_l3_csum_replace
    bpf_l4_csum_replace
    bpf_redirect_neigh
    bpf_redirect_peer
    bpf_skb_adjust_room
    bpf_skb_change_head
    bpf_skb_change_tail
    bpf_skb_pull_data
    rex_skb_set_queue_mapping
    bpf_skb_set_tstamp
    bpf_skb_store_bytes
    bpf_skb_vlan_pop
    rex_skb_vlan_present
    bpf_skb_vlan_push
}
