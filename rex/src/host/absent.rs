// SPDX-License-Identifier: GPL-2.0
//! Helpers that are not simulated.

fn absent(helper: &str) -> ! {
    std::eprintln!("rex: the helper {helper} is not simulated on the host");
    std::process::abort()
}

macro_rules! absent {
    ($($name:ident)*) => {
        $(
            // SAFETY: no other function of the process has this name. It does not
            // look at its arguments, and does not return.
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> ! {
                absent(stringify!($name))
            }
        )*
    };
}

absent! {
    bpf_clone_redirect
    bpf_csum_diff
    bpf_fib_lookup
    bpf_get_hash_recalc
    bpf_get_stack
    bpf_get_stack_pe
    bpf_get_stackid
    bpf_get_stackid_pe
    bpf_l3_csum_replace
    bpf_l4_csum_replace
    bpf_perf_event_output
    bpf_perf_prog_read_value
    bpf_redirect
    bpf_redirect_map
    bpf_redirect_neigh
    bpf_redirect_peer
    bpf_send_signal
    bpf_send_signal_thread
    bpf_skb_adjust_room
    bpf_skb_ancestor_cgroup_id
    bpf_skb_cgroup_id
    bpf_skb_change_head
    bpf_skb_change_tail
    bpf_skb_load_bytes
    bpf_skb_pull_data
    bpf_skb_store_bytes
    bpf_skb_vlan_pop
    bpf_skb_vlan_push
    bpf_snprintf
    bpf_xdp_adjust_head
    bpf_xdp_adjust_meta
    bpf_xdp_adjust_tail
    bpf_xdp_get_buff_len
    bpf_xdp_load_bytes
    bpf_xdp_store_bytes
    rex_perf_sample_addr
    rex_perf_sample_period
    rex_skb_set_queue_mapping
    rex_skb_vlan_present
    rex_task_from_pid
    rex_task_process_runtime
    rex_task_release
    rex_task_user_regs
}
