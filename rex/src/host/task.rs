// SPDX-License-Identifier: GPL-2.0
//! The current task of a simulated kernel.

use std::string::String;

/// The id of the root of cgroups.
pub(super) const ROOT_CGROUP: u64 = 1;

/// The current task, as programs see it.
#[derive(Debug, Clone)]
pub struct Task {
    /// Id of the thread.
    pub pid: i32,
    /// Id of its process.
    pub tgid: i32,
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Name, of which the kernel keeps 15 bytes.
    pub comm: String,
    /// Nanoseconds in userspace.
    pub utime: u64,
    /// Nanoseconds in the kernel.
    pub stime: u64,
    /// Id of its cgroup: 1 is the root, and others are right below it.
    pub cgroup: u64,
}

impl Default for Task {
    fn default() -> Self {
        Self {
            pid: 1,
            tgid: 1,
            uid: 0,
            gid: 0,
            comm: "test".into(),
            utime: 0,
            stime: 0,
            cgroup: ROOT_CGROUP,
        }
    }
}

/// `struct task_struct`, as far as it is simulated.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct TaskStruct {
    pub(super) pid: i32,
    pub(super) tgid: i32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) comm: [u8; 16],
    pub(super) utime: u64,
    pub(super) stime: u64,
    pub(super) cgroup: u64,
}

impl From<&Task> for TaskStruct {
    fn from(task: &Task) -> Self {
        let mut comm = [0; 16];
        for (to, from) in comm[..15].iter_mut().zip(task.comm.bytes()) {
            *to = from;
        }
        Self {
            pid: task.pid,
            tgid: task.tgid,
            uid: task.uid,
            gid: task.gid,
            comm,
            utime: task.utime,
            stime: task.stime,
            cgroup: task.cgroup,
        }
    }
}

/// The id of a task that a program has.
pub(super) fn pid_of(task: *mut core::ffi::c_void) -> i32 {
    // SAFETY: the crate passes pointers that `bpf_get_current_task` gave.
    unsafe { task.cast::<TaskStruct>().read() }.pid
}

/// The id of the cgroup of a task that a program has.
pub(super) fn cgroup_of(task: *mut core::ffi::c_void) -> u64 {
    // SAFETY: the crate passes pointers that `bpf_get_current_task` gave.
    unsafe { task.cast::<TaskStruct>().read() }.cgroup
}

/// Returns the id of the ancestor at `level` of the cgroup `id`.
pub(super) fn ancestor_of(id: u64, level: i32) -> Option<u64> {
    match level {
        0 => Some(ROOT_CGROUP),
        1 => (id != ROOT_CGROUP).then_some(id),
        _ => None,
    }
}

/// The offset of a field that the loader would look up.
pub(crate) fn offset(field: &str) -> usize {
    use core::mem::offset_of;

    match field {
        "task_struct_pid" => offset_of!(TaskStruct, pid),
        "task_struct_tgid" => offset_of!(TaskStruct, tgid),
        "task_struct_comm" => offset_of!(TaskStruct, comm),
        "task_struct_utime" => offset_of!(TaskStruct, utime),
        "task_struct_stime" => offset_of!(TaskStruct, stime),
        "bpf_perf_event_data_kern_regs" => {
            offset_of!(super::SampleOfRun, regs)
        }
        _ => panic!("{field} is not simulated"),
    }
}
