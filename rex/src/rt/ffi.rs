// SPDX-License-Identifier: GPL-2.0
//! What programs link to: the symbols that rex.ko provides, and nothing else.
//! C counterpart: the table of runtime symbols in `kmod/`.
//!
//! Signed results are negative error numbers on failure. Every function may be
//! called in every context that a program runs in. Besides these, the compiler
//! makes calls of `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and of the
//! kernel's thunks for returns and indirect branches.

use core::ffi::c_void;

unsafe extern "C" {
    /// The buffer for the panic message of this run; its size is stored in
    /// `len`. Null if the run panics for the second time.
    pub(crate) fn rex_panic_buf(len: *mut u64) -> *mut u8;
    /// Ends the run.
    pub(crate) fn rex_panic(
        msg_len: u64,
        file: *const u8,
        file_len: u64,
        line: u32,
        col: u32,
    ) -> !;
    /// Writes text to the trace pipe, one event for each line.
    pub(crate) fn rex_trace_printk(text: *const u8, len: u64) -> i64;

    pub(crate) safe fn bpf_get_smp_processor_id() -> u32;
    pub(crate) safe fn bpf_get_numa_node_id() -> u32;
    pub(crate) safe fn bpf_ktime_get_ns() -> u64;
    pub(crate) safe fn bpf_ktime_get_boot_ns() -> u64;
    pub(crate) safe fn bpf_ktime_get_coarse_ns() -> u64;
    pub(crate) safe fn bpf_ktime_get_tai_ns() -> u64;
    pub(crate) safe fn bpf_jiffies64() -> u64;
    pub(crate) safe fn bpf_get_prandom_u32() -> u32;
    pub(crate) safe fn bpf_get_current_pid_tgid() -> u64;
    pub(crate) safe fn bpf_get_current_uid_gid() -> u64;
    /// A `struct task_struct *` that is valid for the run.
    pub(crate) safe fn bpf_get_current_task() -> *const c_void;
    pub(crate) fn bpf_get_current_comm(buf: *mut u8, size: u32) -> i64;
    pub(crate) safe fn bpf_get_current_cgroup_id() -> u64;
    pub(crate) safe fn bpf_get_current_ancestor_cgroup_id(level: i32) -> u64;
    pub(crate) safe fn bpf_send_signal(signal: u32) -> i64;
    pub(crate) safe fn bpf_send_signal_thread(signal: u32) -> i64;
    /// A `struct task_struct *` with a reference that belongs to the run; null if
    /// there is no such task.
    pub(crate) safe fn rex_task_from_pid(pid: i32) -> *const c_void;
    /// `task` is valid.
    pub(crate) fn rex_task_process_runtime(task: *const c_void) -> u64;
    /// Gives back the reference on a task that `rex_task_from_pid` has returned.
    pub(crate) fn rex_task_release(task: *const c_void) -> i64;
    /// `task` is valid; `regs` has room for a `struct pt_regs`.
    pub(crate) fn rex_task_user_regs(
        task: *const c_void,
        regs: *mut u64,
    ) -> i64;

    /// Reads from any address; `dst` is zeroed if the address cannot be read.
    pub(crate) fn bpf_probe_read_kernel(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64;
    /// Reads a string from any address. `dst` is zeroed if it cannot be read.
    pub(crate) fn bpf_probe_read_kernel_str(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64;
    /// `fmt` ends in a NUL; `bytes` is the size of `args`.
    pub(crate) fn bpf_snprintf(
        buf: *mut u8,
        size: u32,
        fmt: *const u8,
        args: *const u64,
        bytes: u32,
    ) -> i64;

    // `align` is a power of two. Null if there is no room in the image's heap.
    // The memory is the program's until it is freed.
    pub(crate) safe fn rex_heap_alloc(size: u64, align: u64) -> *mut u8;
    /// With the size and alignment of the allocation; an error if there is none.
    pub(crate) fn rex_heap_free(ptr: *mut u8, size: u64, align: u64) -> i64;
    /// Moves an allocation, or leaves it where it is. Null if it failed: then it
    /// is as it was.
    pub(crate) fn rex_heap_realloc(
        ptr: *mut u8,
        size: u64,
        align: u64,
        new_size: u64,
    ) -> *mut u8;

    // `map` is what the loader stored in `rex_map_def.map`.
    pub(crate) fn bpf_map_lookup_elem(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn bpf_map_lookup_percpu_elem(
        map: u64,
        key: *const c_void,
        cpu: u32,
    ) -> *mut c_void;
    // As `bpf_map_lookup_elem`, for maps of one type.
    pub(crate) fn rex_lookup_hash(map: u64, key: *const c_void) -> *mut c_void;
    pub(crate) fn rex_lookup_lpm_trie(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_lookup_lru_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_lookup_lru_percpu_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_lookup_percpu_array(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn rex_lookup_percpu_hash(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    pub(crate) fn bpf_map_update_elem(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_map_delete_elem(map: u64, key: *const c_void) -> i64;
    pub(crate) fn bpf_map_push_elem(
        map: u64,
        value: *const c_void,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_map_pop_elem(map: u64, value: *mut c_void) -> i64;
    pub(crate) fn bpf_map_peek_elem(map: u64, value: *mut c_void) -> i64;

    /// A record of `size` bytes that is the run's until it is submitted or
    /// discarded; null if there is no room.
    pub(crate) fn bpf_ringbuf_reserve(
        map: u64,
        size: u64,
        flags: u64,
    ) -> *mut u8;
    pub(crate) fn bpf_ringbuf_submit(record: *mut u8, flags: u64) -> i64;
    pub(crate) fn bpf_ringbuf_discard(record: *mut u8, flags: u64) -> i64;
    pub(crate) fn bpf_ringbuf_output(
        map: u64,
        data: *const u8,
        size: u64,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_ringbuf_query(map: u64, what: u64) -> u64;

    pub(crate) fn bpf_perf_event_output(
        map: u64,
        flags: u64,
        data: *const u8,
        size: u64,
    ) -> i64;
    /// `regs` may be null.
    pub(crate) fn bpf_get_stackid(
        regs: *const u64,
        map: u64,
        flags: u64,
    ) -> i64;

    /// `regs` may be null.
    pub(crate) fn bpf_get_stack(
        regs: *const u64,
        buf: *mut u64,
        size: u32,
        flags: u64,
    ) -> i64;

    // `ctx` is that of the run, which has to be one of a perf event program.
    pub(crate) fn bpf_get_stackid_pe(
        ctx: *mut c_void,
        map: u64,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_get_stack_pe(
        ctx: *mut c_void,
        buf: *mut u64,
        size: u32,
        flags: u64,
    ) -> i64;

    /// 0: the run holds the lock, until it unlocks it or ends.
    pub(crate) fn bpf_spin_lock(lock: *mut c_void) -> i64;
    pub(crate) fn bpf_spin_unlock(lock: *mut c_void) -> i64;

    /// Kprobe programs only, with the `regs` of this run.
    pub(crate) fn rex_override_return(regs: *mut u64, rc: u64) -> i64;

    // Absolute symbols: the address is the offset of a field in the running
    // kernel's struct.
    static __rex_off_task_struct_pid: u8;
    static __rex_off_task_struct_stime: u8;
    static __rex_off_task_struct_sum_exec_runtime: u8;
    static __rex_off_task_struct_tgid: u8;
    static __rex_off_task_struct_utime: u8;
    static __rex_off_task_struct_comm: u8;
}

macro_rules! offsets {
    ($($name:ident = $symbol:ident,)*) => {
        $(
            #[cfg(target_os = "none")]
            #[inline(always)]
            pub(crate) fn $name() -> usize {
                (&raw const $symbol).addr()
            }

            #[cfg(not(target_os = "none"))]
            pub(crate) fn $name() -> usize {
                crate::host::offset(stringify!($name))
            }
        )*
    };
}

/// `REX_NO_FIELD`.
#[cfg(target_os = "none")]
const NO_FIELD: usize = 0x7fff_ffff;

/// Offsets of fields that not every kernel has: None if the running one does not.
macro_rules! optional_offsets {
    ($($name:ident = $symbol:ident,)*) => {
        $(
            #[cfg(target_os = "none")]
            #[inline(always)]
            pub(crate) fn $name() -> Option<usize> {
                match (&raw const $symbol).addr() {
                    NO_FIELD => None,
                    offset => Some(offset),
                }
            }

            #[cfg(not(target_os = "none"))]
            pub(crate) fn $name() -> Option<usize> {
                Some(crate::host::offset(stringify!($name)))
            }
        )*
    };
}

offsets! {
    task_struct_comm = __rex_off_task_struct_comm,
    task_struct_pid = __rex_off_task_struct_pid,
    task_struct_stime = __rex_off_task_struct_stime,
    task_struct_sum_exec_runtime = __rex_off_task_struct_sum_exec_runtime,
    task_struct_tgid = __rex_off_task_struct_tgid,
    task_struct_utime = __rex_off_task_struct_utime,
}

// Packets. `xdp` is the `struct xdp_buff *` of the run, which has to be one of an
// XDP program; `skb` the `struct sk_buff *` of the run of a tc program. In
// programs of other types, these fail.
unsafe extern "C" {
    /// The sizes are those of what the pointers point to, and multiples of 4.
    pub(crate) fn bpf_csum_diff(
        from: *const u8,
        from_size: u32,
        to: *const u8,
        to_size: u32,
        seed: u32,
    ) -> i64;
    /// `ctx` is that of the run; `params` a `bpf_fib_lookup` of size `size`.
    pub(crate) fn bpf_fib_lookup(
        ctx: *mut c_void,
        params: *mut c_void,
        size: u32,
        flags: u32,
    ) -> i64;
    pub(crate) safe fn bpf_redirect(ifindex: u32, flags: u64) -> i64;

    /// `map` is what the loader stored in `rex_map_def.map`.
    pub(crate) fn bpf_redirect_map(map: u64, key: u32, flags: u64) -> i64;
    pub(crate) fn bpf_xdp_adjust_head(xdp: *mut c_void, offset: i32) -> i64;
    pub(crate) fn bpf_xdp_adjust_meta(xdp: *mut c_void, offset: i32) -> i64;
    pub(crate) fn bpf_xdp_adjust_tail(xdp: *mut c_void, offset: i32) -> i64;
    pub(crate) fn bpf_xdp_get_buff_len(xdp: *mut c_void) -> i64;
    pub(crate) fn bpf_xdp_load_bytes(
        xdp: *mut c_void,
        offset: u32,
        buf: *mut u8,
        len: u32,
    ) -> i64;
    pub(crate) fn bpf_xdp_store_bytes(
        xdp: *mut c_void,
        offset: u32,
        buf: *const u8,
        len: u32,
    ) -> i64;

    pub(crate) fn bpf_clone_redirect(
        skb: *mut c_void,
        ifindex: u32,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_get_hash_recalc(skb: *mut c_void) -> i64;
    pub(crate) fn bpf_l3_csum_replace(
        skb: *mut c_void,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_l4_csum_replace(
        skb: *mut c_void,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> i64;
    pub(crate) safe fn bpf_redirect_neigh(ifindex: u32, flags: u64) -> i64;
    pub(crate) safe fn bpf_redirect_peer(ifindex: u32, flags: u64) -> i64;
    pub(crate) fn bpf_skb_adjust_room(
        skb: *mut c_void,
        diff: i32,
        mode: u32,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_skb_ancestor_cgroup_id(
        skb: *const c_void,
        level: i32,
    ) -> u64;
    pub(crate) fn bpf_skb_cgroup_id(skb: *const c_void) -> u64;
    pub(crate) fn bpf_skb_change_head(
        skb: *mut c_void,
        head_room: u32,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_skb_change_tail(
        skb: *mut c_void,
        len: u32,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_skb_load_bytes(
        skb: *mut c_void,
        offset: u32,
        to: *mut u8,
        len: u32,
    ) -> i64;
    /// Makes the first `len` bytes linear and not shared; 0 stands for all that
    /// are linear.
    pub(crate) fn bpf_skb_pull_data(skb: *mut c_void, len: u32) -> i64;
    pub(crate) fn bpf_skb_store_bytes(
        skb: *mut c_void,
        offset: u32,
        from: *const u8,
        len: u32,
        flags: u64,
    ) -> i64;
    pub(crate) fn bpf_skb_vlan_pop(skb: *mut c_void) -> i64;
    /// `proto` is big-endian.
    pub(crate) fn bpf_skb_vlan_push(
        skb: *mut c_void,
        proto: u16,
        tci: u16,
    ) -> i64;
    pub(crate) fn rex_skb_set_queue_mapping(
        skb: *mut c_void,
        queue: u16,
    ) -> i64;
    pub(crate) fn rex_skb_vlan_present(skb: *const c_void) -> i64;

    static __rex_off_bpf_skb_data_end_data_meta: u8;
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
    static __rex_off_xdp_buff_data: u8;
    static __rex_off_xdp_buff_data_end: u8;
    static __rex_off_xdp_buff_data_meta: u8;
    static __rex_off_xdp_buff_rxq: u8;
    static __rex_off_xdp_buff_txq: u8;
    static __rex_off_xdp_rxq_info_dev: u8;
    static __rex_off_xdp_rxq_info_mem_type: u8;
    static __rex_off_xdp_rxq_info_queue_index: u8;
    static __rex_off_xdp_txq_info_dev: u8;

    // As above, or `REX_NO_FIELD`.
    static __rex_opt_net_device_xdp_features: u8;
    static __rex_opt_sk_buff_napi_id: u8;
    static __rex_opt_sock_common_skc_v6_daddr: u8;
    static __rex_opt_sock_common_skc_v6_rcv_saddr: u8;

    /// Not an offset: `MEM_TYPE_XSK_BUFF_POOL`.
    static __rex_mem_type_xsk_buff_pool: u8;
    /// Not an offset: `MIN_NAPI_ID`.
    static __rex_min_napi_id: u8;
}

offsets! {
    bpf_skb_data_end_data_meta = __rex_off_bpf_skb_data_end_data_meta,
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
}

optional_offsets! {
    net_device_xdp_features = __rex_opt_net_device_xdp_features,
    sk_buff_napi_id = __rex_opt_sk_buff_napi_id,
    sock_common_skc_v6_daddr = __rex_opt_sock_common_skc_v6_daddr,
    sock_common_skc_v6_rcv_saddr = __rex_opt_sock_common_skc_v6_rcv_saddr,
}

// Tracing.
unsafe extern "C" {
    /// `src` is an address of the current task; `dst` is zeroed on failure.
    pub(crate) fn bpf_probe_read_user(dst: *mut u8, size: u32, src: u64)
    -> i64;
    /// Reads a string.
    pub(crate) fn bpf_probe_read_user_str(
        dst: *mut u8,
        size: u32,
        src: u64,
    ) -> i64;
    // `ctx` is that of the run, which has to be one of a perf event program.
    pub(crate) fn bpf_perf_prog_read_value(
        ctx: *mut c_void,
        value: *mut u8,
        size: u32,
    ) -> i64;
    pub(crate) fn rex_perf_sample_addr(ctx: *mut c_void) -> u64;
    pub(crate) fn rex_perf_sample_period(ctx: *mut c_void) -> u64;

    static __rex_off_bpf_perf_event_data_kern_regs: u8;
}

offsets! {
    bpf_perf_event_data_kern_regs = __rex_off_bpf_perf_event_data_kern_regs,
}
