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
    pub(crate) safe fn bpf_jiffies64() -> u64;
    pub(crate) safe fn bpf_get_prandom_u32() -> u32;
    pub(crate) safe fn bpf_get_current_pid_tgid() -> u64;
    pub(crate) safe fn bpf_get_current_uid_gid() -> u64;
    /// A `struct task_struct *` that is valid for the run.
    pub(crate) safe fn bpf_get_current_task() -> *const c_void;
    pub(crate) fn bpf_get_current_comm(buf: *mut u8, size: u32) -> i64;

    /// Reads from any address; `dst` is zeroed if the address cannot be read.
    pub(crate) fn bpf_probe_read_kernel(
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

    // `map` is what the loader stored in `rex_map_def.map`.
    pub(crate) fn bpf_map_lookup_elem(
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

    /// Kprobe programs only, with the `regs` of this run.
    pub(crate) fn rex_override_return(regs: *mut u64, rc: u64) -> i64;

    // Absolute symbols: the address is the offset of a field in the running
    // kernel's struct.
    static __rex_off_task_struct_pid: u8;
    static __rex_off_task_struct_tgid: u8;
    static __rex_off_task_struct_comm: u8;
}

/// Offset of `task_struct.pid`.
#[inline(always)]
pub(crate) fn task_struct_pid() -> usize {
    (&raw const __rex_off_task_struct_pid).addr()
}

/// Offset of `task_struct.tgid`.
#[inline(always)]
pub(crate) fn task_struct_tgid() -> usize {
    (&raw const __rex_off_task_struct_tgid).addr()
}

/// Offset of `task_struct.comm`.
#[inline(always)]
pub(crate) fn task_struct_comm() -> usize {
    (&raw const __rex_off_task_struct_comm).addr()
}
