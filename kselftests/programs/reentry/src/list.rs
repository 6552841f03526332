// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/helpers.def: `make gen`.
//! The acts that call a helper without arguments.

macro_rules! plain {
    ($obj:ident, $act:expr) => {
        choose! {
            $act, Err(-ENOSYS);
            bpf_get_smp_processor_id: done($obj.bpf_get_smp_processor_id()),
            bpf_get_numa_node_id: done($obj.bpf_get_numa_node_id()),
            bpf_ktime_get_ns: done($obj.bpf_ktime_get_ns()),
            bpf_ktime_get_boot_ns: done($obj.bpf_ktime_get_boot_ns()),
            bpf_ktime_get_coarse_ns: done($obj.bpf_ktime_get_coarse_ns()),
            bpf_ktime_get_tai_ns: done($obj.bpf_ktime_get_tai_ns()),
            bpf_jiffies64: done($obj.bpf_jiffies64()),
            bpf_get_prandom_u32: done($obj.bpf_get_prandom_u32()),
            bpf_get_current_task: done($obj.bpf_get_current_task()),
            bpf_get_current_pid_tgid: done($obj.bpf_get_current_pid_tgid()),
            bpf_get_current_uid_gid: done($obj.bpf_get_current_uid_gid()),
            bpf_get_current_cgroup_id: done($obj.bpf_get_current_cgroup_id()),
        }
    };
}
