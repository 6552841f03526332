// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/fields.def: `make gen`.
//! Where the kernel's structures have their fields.

// Absolute symbols: rex.ko resolves them when the object is loaded.
unsafe extern "C" {
    static __rex_off_bpf_skb_data_end_data_meta: u8;
    static __rex_off_bpf_perf_event_data_kern_regs: u8;
    static __rex_off_net_device_ifindex: u8;
    static __rex_off_net_device_type: u8;
    static __rex_off_qdisc_skb_cb_data: u8;
    static __rex_off_qdisc_skb_cb_tc_classid: u8;
    static __rex_off_sk_buff_cb: u8;
    static __rex_off_sk_buff_cloned: u8;
    static __rex_off_sk_buff_data: u8;
    static __rex_off_sk_buff_data_len: u8;
    static __rex_off_sk_buff_dev: u8;
    static __rex_off_sk_buff_hash: u8;
    static __rex_off_sk_buff_head: u8;
    static __rex_off_sk_buff_len: u8;
    static __rex_off_sk_buff_mark: u8;
    static __rex_off_sk_buff_network_header: u8;
    static __rex_off_sk_buff_pkt_type: u8;
    static __rex_off_sk_buff_priority: u8;
    static __rex_off_sk_buff_protocol: u8;
    static __rex_off_sk_buff_queue_mapping: u8;
    static __rex_off_sk_buff_sk: u8;
    static __rex_off_sk_buff_skb_iif: u8;
    static __rex_off_sk_buff_tc_index: u8;
    static __rex_off_sk_buff_vlan_proto: u8;
    static __rex_off_sk_buff_vlan_tci: u8;
    static __rex_off_sock_common_skc_bound_dev_if: u8;
    static __rex_off_sock_common_skc_daddr: u8;
    static __rex_off_sock_common_skc_dport: u8;
    static __rex_off_sock_common_skc_family: u8;
    static __rex_off_sock_common_skc_num: u8;
    static __rex_off_sock_common_skc_rcv_saddr: u8;
    static __rex_off_sock_common_skc_state: u8;
    static __rex_off_task_struct_comm: u8;
    static __rex_off_task_struct_pid: u8;
    static __rex_off_task_struct_stime: u8;
    static __rex_off_task_struct_sum_exec_runtime: u8;
    static __rex_off_task_struct_tgid: u8;
    static __rex_off_task_struct_utime: u8;
    static __rex_off_xdp_buff_data: u8;
    static __rex_off_xdp_buff_data_end: u8;
    static __rex_off_xdp_buff_data_meta: u8;
    static __rex_off_xdp_buff_rxq: u8;
    static __rex_off_xdp_buff_txq: u8;
    static __rex_off_xdp_rxq_info_dev: u8;
    static __rex_off_xdp_rxq_info_mem_type: u8;
    static __rex_off_xdp_rxq_info_queue_index: u8;
    static __rex_off_xdp_txq_info_dev: u8;
    static __rex_opt_net_device_xdp_features: u8;
    static __rex_opt_sk_buff_napi_id: u8;
    static __rex_opt_sock_common_skc_v6_daddr: u8;
    static __rex_opt_sock_common_skc_v6_rcv_saddr: u8;
    static __rex_mem_type_xsk_buff_pool: u8;
    static __rex_min_napi_id: u8;
    static __rex_hash_key_offset: u8;
}

offsets! {
    bpf_skb_data_end_data_meta = __rex_off_bpf_skb_data_end_data_meta,
    bpf_perf_event_data_kern_regs = __rex_off_bpf_perf_event_data_kern_regs,
    net_device_ifindex = __rex_off_net_device_ifindex,
    net_device_type = __rex_off_net_device_type,
    qdisc_skb_cb_data = __rex_off_qdisc_skb_cb_data,
    qdisc_skb_cb_tc_classid = __rex_off_qdisc_skb_cb_tc_classid,
    sk_buff_cb = __rex_off_sk_buff_cb,
    sk_buff_cloned = __rex_off_sk_buff_cloned,
    sk_buff_data = __rex_off_sk_buff_data,
    sk_buff_data_len = __rex_off_sk_buff_data_len,
    sk_buff_dev = __rex_off_sk_buff_dev,
    sk_buff_hash = __rex_off_sk_buff_hash,
    sk_buff_head = __rex_off_sk_buff_head,
    sk_buff_len = __rex_off_sk_buff_len,
    sk_buff_mark = __rex_off_sk_buff_mark,
    sk_buff_network_header = __rex_off_sk_buff_network_header,
    sk_buff_pkt_type = __rex_off_sk_buff_pkt_type,
    sk_buff_priority = __rex_off_sk_buff_priority,
    sk_buff_protocol = __rex_off_sk_buff_protocol,
    sk_buff_queue_mapping = __rex_off_sk_buff_queue_mapping,
    sk_buff_sk = __rex_off_sk_buff_sk,
    sk_buff_skb_iif = __rex_off_sk_buff_skb_iif,
    sk_buff_tc_index = __rex_off_sk_buff_tc_index,
    sk_buff_vlan_proto = __rex_off_sk_buff_vlan_proto,
    sk_buff_vlan_tci = __rex_off_sk_buff_vlan_tci,
    sock_common_skc_bound_dev_if = __rex_off_sock_common_skc_bound_dev_if,
    sock_common_skc_daddr = __rex_off_sock_common_skc_daddr,
    sock_common_skc_dport = __rex_off_sock_common_skc_dport,
    sock_common_skc_family = __rex_off_sock_common_skc_family,
    sock_common_skc_num = __rex_off_sock_common_skc_num,
    sock_common_skc_rcv_saddr = __rex_off_sock_common_skc_rcv_saddr,
    sock_common_skc_state = __rex_off_sock_common_skc_state,
    task_struct_comm = __rex_off_task_struct_comm,
    task_struct_pid = __rex_off_task_struct_pid,
    task_struct_stime = __rex_off_task_struct_stime,
    task_struct_sum_exec_runtime = __rex_off_task_struct_sum_exec_runtime,
    task_struct_tgid = __rex_off_task_struct_tgid,
    task_struct_utime = __rex_off_task_struct_utime,
    xdp_buff_data = __rex_off_xdp_buff_data,
    xdp_buff_data_end = __rex_off_xdp_buff_data_end,
    xdp_buff_data_meta = __rex_off_xdp_buff_data_meta,
    xdp_buff_rxq = __rex_off_xdp_buff_rxq,
    xdp_buff_txq = __rex_off_xdp_buff_txq,
    xdp_rxq_info_dev = __rex_off_xdp_rxq_info_dev,
    xdp_rxq_info_mem_type = __rex_off_xdp_rxq_info_mem_type,
    xdp_rxq_info_queue_index = __rex_off_xdp_rxq_info_queue_index,
    xdp_txq_info_dev = __rex_off_xdp_txq_info_dev,
    mem_type_xsk_buff_pool = __rex_mem_type_xsk_buff_pool,
    min_napi_id = __rex_min_napi_id,
    hash_key_offset = __rex_hash_key_offset,
}

optional_offsets! {
    net_device_xdp_features = __rex_opt_net_device_xdp_features,
    sk_buff_napi_id = __rex_opt_sk_buff_napi_id,
    sock_common_skc_v6_daddr = __rex_opt_sock_common_skc_v6_daddr,
    sock_common_skc_v6_rcv_saddr = __rex_opt_sock_common_skc_v6_rcv_saddr,
}
