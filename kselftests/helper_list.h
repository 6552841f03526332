/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generated from kmod/helpers.def: `make gen`.
 *
 * The helpers that programs of a type may call, by their symbols.
 */
#ifndef _REX_HELPER_LIST_H
#define _REX_HELPER_LIST_H

/* all */
#define HELPERS_ANY                                                           \
	"bpf_get_smp_processor_id", "bpf_get_numa_node_id",                   \
		"bpf_ktime_get_ns", "bpf_ktime_get_boot_ns",                  \
		"bpf_ktime_get_coarse_ns", "bpf_ktime_get_tai_ns",            \
		"bpf_jiffies64", "bpf_get_prandom_u32",                       \
		"bpf_probe_read_kernel", "bpf_probe_read_user",               \
		"bpf_probe_read_kernel_str", "bpf_probe_read_user_str",       \
		"bpf_snprintf", "rex_trace_printk", "rex_note_error",         \
		"bpf_get_current_task", "rex_task_from_pid",                  \
		"rex_task_release", "rex_task_process_runtime",               \
		"rex_task_user_regs", "bpf_get_current_pid_tgid",             \
		"bpf_get_current_uid_gid", "bpf_get_current_comm",            \
		"bpf_get_current_cgroup_id",                                  \
		"bpf_get_current_ancestor_cgroup_id",                         \
		"bpf_current_task_under_cgroup", "bpf_send_signal",           \
		"bpf_send_signal_thread", "rex_task_cgroup", "rex_cgroup_id", \
		"rex_cgroup_ancestor", "rex_timer_arm", "rex_heap_bytes",     \
		"rex_heap_alloc", "rex_heap_free", "rex_heap_realloc",        \
		"bpf_map_lookup_elem", "bpf_map_lookup_percpu_elem",          \
		"bpf_map_update_elem", "bpf_map_delete_elem",                 \
		"rex_map_next_key", "bpf_map_push_elem", "bpf_map_pop_elem",  \
		"bpf_map_peek_elem", "bpf_ringbuf_reserve",                   \
		"bpf_ringbuf_submit", "bpf_ringbuf_discard",                  \
		"bpf_ringbuf_output", "bpf_ringbuf_query",                    \
		"rex_user_ringbuf_read", "bpf_task_storage_get",              \
		"bpf_task_storage_delete", "bpf_cgrp_storage_get",            \
		"bpf_cgrp_storage_delete", "bpf_perf_event_output",           \
		"bpf_get_stackid", "bpf_get_stack", "bpf_spin_lock",          \
		"bpf_spin_unlock", "rex_wait"

/* XDP */
#define HELPERS_XDP                                                            \
	"bpf_csum_diff", "bpf_fib_lookup", "bpf_redirect", "bpf_redirect_map", \
		"bpf_xdp_adjust_head", "bpf_xdp_adjust_meta",                  \
		"bpf_xdp_adjust_tail", "bpf_xdp_get_buff_len",                 \
		"bpf_xdp_load_bytes", "bpf_xdp_store_bytes"

/* tc */
#define HELPERS_TC                                                            \
	"bpf_csum_diff", "bpf_fib_lookup", "bpf_redirect",                    \
		"bpf_skb_load_bytes", "bpf_skb_cgroup_id",                    \
		"bpf_skb_ancestor_cgroup_id", "bpf_get_socket_cookie",        \
		"bpf_get_socket_uid", "rex_skb_cgroup", "bpf_clone_redirect", \
		"bpf_get_hash_recalc", "bpf_l3_csum_replace",                 \
		"bpf_l4_csum_replace", "bpf_redirect_neigh",                  \
		"bpf_redirect_peer", "bpf_skb_adjust_room",                   \
		"bpf_skb_change_head", "bpf_skb_change_tail",                 \
		"bpf_skb_pull_data", "rex_skb_set_queue_mapping",             \
		"bpf_skb_set_tstamp", "bpf_skb_store_bytes",                  \
		"bpf_skb_vlan_pop", "rex_skb_vlan_present",                   \
		"bpf_skb_vlan_push"

/* cgroup_skb */
#define HELPERS_CGROUP_SKB                                             \
	"bpf_skb_load_bytes", "bpf_skb_cgroup_id",                     \
		"bpf_skb_ancestor_cgroup_id", "bpf_get_socket_cookie", \
		"bpf_get_socket_uid", "rex_skb_cgroup"

/* perf events */
#define HELPERS_PERF_EVENT                                                    \
	"bpf_get_stackid_pe", "bpf_get_stack_pe", "bpf_perf_prog_read_value", \
		"rex_perf_sample_addr", "rex_perf_sample_period"

/* kprobes */
#define HELPERS_KPROBE                                                       \
	"bpf_get_attach_cookie", "bpf_get_func_ip", "bpf_session_is_return", \
		"rex_session_value", "rex_session_set_value",                \
		"rex_override_return"

/* fentry, fexit and tp_btf */
#define HELPERS_TRACING "bpf_get_attach_cookie", "rex_traced_function"

/* sleepable ones */
#define HELPERS_SLEEPABLE "bpf_copy_from_user", "bpf_copy_from_user_str"

/* iterators */
#define HELPERS_OTHER "rex_iter_write"

/* Programs of all types, without arguments. */
#define HELPERS_PLAIN                                               \
	"bpf_get_smp_processor_id", "bpf_get_numa_node_id",         \
		"bpf_ktime_get_ns", "bpf_ktime_get_boot_ns",        \
		"bpf_ktime_get_coarse_ns", "bpf_ktime_get_tai_ns",  \
		"bpf_jiffies64", "bpf_get_prandom_u32",             \
		"bpf_get_current_task", "bpf_get_current_pid_tgid", \
		"bpf_get_current_uid_gid", "bpf_get_current_cgroup_id"

#endif /* _REX_HELPER_LIST_H */
