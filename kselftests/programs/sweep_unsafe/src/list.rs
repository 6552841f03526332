// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/helpers.def: `make gen`.
//! The acts that call a helper without arguments, or with none but the context.

acts! {
    ctx;
    bpf_get_smp_processor_id: step!(bpf_get_smp_processor_id()),
    bpf_get_numa_node_id: step!(bpf_get_numa_node_id()),
    bpf_ktime_get_ns: step!(bpf_ktime_get_ns()),
    bpf_ktime_get_boot_ns: step!(bpf_ktime_get_boot_ns()),
    bpf_ktime_get_coarse_ns: step!(bpf_ktime_get_coarse_ns()),
    bpf_ktime_get_tai_ns: step!(bpf_ktime_get_tai_ns()),
    bpf_jiffies64: step!(bpf_jiffies64()),
    bpf_get_prandom_u32: step!(bpf_get_prandom_u32()),
    bpf_get_current_task: step!(bpf_get_current_task()),
    bpf_get_current_pid_tgid: step!(bpf_get_current_pid_tgid()),
    bpf_get_current_uid_gid: step!(bpf_get_current_uid_gid()),
    bpf_get_current_cgroup_id: step!(bpf_get_current_cgroup_id()),
    bpf_get_attach_cookie: step!(bpf_get_attach_cookie()),
    bpf_get_func_ip: step!(bpf_get_func_ip()),
    bpf_session_is_return: step!(bpf_session_is_return()),
    rex_session_value: step!(rex_session_value()),
    bpf_xdp_get_buff_len: step!(bpf_xdp_get_buff_len(ctx)),
    bpf_skb_cgroup_id: step!(bpf_skb_cgroup_id(ctx)),
    bpf_get_socket_cookie: step!(bpf_get_socket_cookie(ctx)),
    bpf_get_socket_uid: step!(bpf_get_socket_uid(ctx)),
    rex_skb_cgroup: step!(rex_skb_cgroup(ctx)),
    bpf_get_hash_recalc: step!(bpf_get_hash_recalc(ctx)),
    bpf_skb_vlan_pop: step!(bpf_skb_vlan_pop(ctx)),
    rex_skb_vlan_present: step!(rex_skb_vlan_present(ctx)),
    rex_perf_sample_addr: step!(rex_perf_sample_addr(ctx)),
    rex_perf_sample_period: step!(rex_perf_sample_period(ctx)),
}

each_has_an_act! {
    bpf_get_smp_processor_id
    bpf_get_numa_node_id
    bpf_ktime_get_ns
    bpf_ktime_get_boot_ns
    bpf_ktime_get_coarse_ns
    bpf_ktime_get_tai_ns
    bpf_jiffies64
    bpf_get_prandom_u32
    bpf_probe_read_kernel
    bpf_probe_read_user
    bpf_probe_read_kernel_str
    bpf_probe_read_user_str
    bpf_snprintf
    rex_trace_printk
    rex_note_error
    bpf_copy_from_user
    bpf_copy_from_user_str
    bpf_get_current_task
    rex_task_from_pid
    rex_task_release
    rex_task_process_runtime
    rex_task_user_regs
    bpf_get_current_pid_tgid
    bpf_get_current_uid_gid
    bpf_get_current_comm
    bpf_get_current_cgroup_id
    bpf_get_current_ancestor_cgroup_id
    bpf_current_task_under_cgroup
    bpf_send_signal
    bpf_send_signal_thread
    rex_task_cgroup
    rex_cgroup_id
    rex_cgroup_ancestor
    bpf_get_attach_cookie
    bpf_get_func_ip
    rex_traced_function
    rex_iter_write
    bpf_session_is_return
    rex_session_value
    rex_session_set_value
    rex_timer_arm
    rex_heap_bytes
    rex_heap_alloc
    rex_heap_free
    rex_heap_realloc
    bpf_map_lookup_elem
    bpf_map_lookup_percpu_elem
    bpf_map_update_elem
    bpf_map_delete_elem
    rex_map_next_key
    bpf_map_push_elem
    bpf_map_pop_elem
    bpf_map_peek_elem
    bpf_ringbuf_reserve
    bpf_ringbuf_submit
    bpf_ringbuf_discard
    bpf_ringbuf_output
    bpf_ringbuf_query
    rex_user_ringbuf_read
    bpf_task_storage_get
    bpf_task_storage_delete
    bpf_cgrp_storage_get
    bpf_cgrp_storage_delete
    bpf_perf_event_output
    bpf_get_stackid
    bpf_get_stack
    bpf_get_stackid_pe
    bpf_get_stack_pe
    bpf_spin_lock
    bpf_spin_unlock
    rex_wait
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
    bpf_perf_prog_read_value
    rex_perf_sample_addr
    rex_perf_sample_period
    rex_override_return
}
