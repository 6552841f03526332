// SPDX-License-Identifier: GPL-2.0
//! Tasks. C counterpart: `struct task_struct` in `include/linux/sched.h`. The loader looks
//! up the offsets of its fields: see `ffi`.

use core::ffi::{CStr, c_void};
use core::marker::PhantomData;
use core::ops::Deref;

use crate::context::Cgroup;
use crate::error::Result;
use crate::kernel::{
    Namespaces, Ptr, Struct, cred, file, mm_struct, task_struct,
};
use crate::pt_regs::{NR_REGS, PtRegs};
use crate::rt::ffi;

/// `TASK_COMM_LEN`.
const COMM_LEN: usize = 16;

/// A task, for as long as the run lasts.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// # fn f(ctx: &TaskContext) -> Result {
/// let task = ctx.task().ok_or(Errno::ESRCH)?;
/// let name = task.comm();
/// let parent = read!((task.parent()?).tgid)?;
/// info!("{}, a child of {parent}", name.to_str().unwrap_or("?"));
/// # Ok(())
/// # }
/// ```
///
/// # Invariants
///
/// `task` points to a `struct task_struct` that is not freed during `'run`.
pub struct TaskStruct<'run> {
    task: *const c_void,
    _run: PhantomData<&'run ()>,
}

/// Returns the address of the current task.
#[cfg(target_os = "none")]
#[inline(always)]
pub(crate) fn current_address() -> u64 {
    ffi::bpf_get_current_task().addr() as u64
}

#[cfg(not(target_os = "none"))]
pub(crate) use crate::host::data::current_task as current_address;

impl TaskStruct<'_> {
    /// Returns the current task.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program.
    #[inline(always)]
    pub(crate) unsafe fn current() -> Option<Self> {
        let task = ffi::bpf_get_current_task();
        if task.is_null() {
            return None;
        }
        // INVARIANT: the current task is not freed before it runs again.
        Some(Self {
            task,
            _run: PhantomData,
        })
    }

    /// For a helper.
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.task.cast_mut()
    }

    /// Reads the field of type T at `offset`.
    ///
    /// # Safety
    ///
    /// There is such a field, and any bytes are a T.
    #[inline(always)]
    unsafe fn read<T>(&self, offset: usize) -> T {
        let field = self.task.wrapping_byte_add(offset).cast::<T>();
        // SAFETY: the task exists by the type's invariant, and the field by the caller's
        // word. The read is volatile, since the kernel may write to the field at the same
        // time.
        unsafe { field.read_volatile() }
    }

    /// Returns the thread's id, as the initial PID namespace counts.
    #[inline(always)]
    pub fn pid(&self) -> i32 {
        // SAFETY: `pid_t` is an int.
        unsafe { self.read(ffi::task_struct_pid()) }
    }

    /// Returns the process's id, as the initial PID namespace counts.
    #[inline(always)]
    pub fn tgid(&self) -> i32 {
        // SAFETY: `pid_t` is an int.
        unsafe { self.read(ffi::task_struct_tgid()) }
    }

    /// Returns the nanoseconds that the thread has run in userspace, counted by timer
    /// ticks.
    #[inline(always)]
    pub fn utime(&self) -> u64 {
        // SAFETY: `u64 utime`.
        unsafe { self.read(ffi::task_struct_utime()) }
    }

    /// Returns the nanoseconds that the thread has run in the kernel, counted by timer
    /// ticks.
    #[inline(always)]
    pub fn stime(&self) -> u64 {
        // SAFETY: `u64 stime`.
        unsafe { self.read(ffi::task_struct_stime()) }
    }

    /// Returns the nanoseconds that the thread has run, measured by the scheduler. The
    /// number is exact for a thread that does not run, otherwise as of about the last tick.
    #[inline(always)]
    pub fn runtime(&self) -> u64 {
        // SAFETY: `u64 sum_exec_runtime`, in `struct sched_entity se`.
        unsafe { self.read(ffi::task_struct_sum_exec_runtime()) }
    }

    /// Returns the nanoseconds that all threads of the process have run, ended ones
    /// included. It is as exact as [`runtime`](Self::runtime), unless a thread is just
    /// ending.
    #[inline]
    pub fn process_runtime(&self) -> u64 {
        // SAFETY: the task is valid by the type's invariant.
        unsafe { ffi::rex_task_process_runtime(self.task.cast_mut()) }
    }

    /// Returns a copy of the registers that userspace had when it entered the kernel. In a
    /// system call, `orig_rax` is its number, and `rdi`, `rsi`, `rdx`, `r10`, `r8`, `r9`
    /// are its arguments. None for a kernel thread.
    ///
    /// They can be any numbers if the task is not the current one, since it may be running
    /// or ending.
    #[inline]
    pub fn user_regs(&self) -> Option<UserRegs> {
        let mut regs = [0; NR_REGS];
        // SAFETY: the task is valid by the type's invariant, and there is room
        // for the registers.
        let ret = unsafe {
            ffi::rex_task_user_regs(self.task.cast_mut(), regs.as_mut_ptr())
        };
        (ret == 0).then_some(UserRegs { regs })
    }

    /// Returns its `struct task_struct`: the crate's declaration, or the program's.
    #[must_use]
    #[inline(always)]
    pub fn ptr<T: Struct>(&self) -> Ptr<'_, T> {
        const { crate::kernel::check_struct::<T>("task_struct") }
        #[cfg(not(target_os = "none"))]
        return Ptr::new(current_address());
        #[cfg(target_os = "none")]
        Ptr::new(self.task.addr() as u64)
    }

    /// Returns the process that forked this one, or that adopted it.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn parent(&self) -> Result<Ptr<'_, task_struct>> {
        self.ptr().parent()
    }

    /// Returns the program's file. None for a kernel thread, and for a task that has
    /// exited.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn exe(&self) -> Result<Option<Ptr<'_, file>>> {
        self.ptr().exe()
    }

    /// Returns its memory. None for a kernel thread, and for a task that has exited.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn mm(&self) -> Result<Option<Ptr<'_, mm_struct>>> {
        self.ptr().mm()
    }

    /// Returns the credentials that it acts with.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn cred(&self) -> Result<Ptr<'_, cred>> {
        self.ptr().cred()
    }

    /// Returns its cgroup in the unified hierarchy. None if the kernel has no cgroups.
    #[inline(always)]
    pub fn cgroup(&self) -> Option<Cgroup<'_>> {
        // SAFETY: the result borrows this task, which ends with the run. It can be older
        // than a wait only if it has a reference, with which no run waits.
        unsafe { Cgroup::of_task(self) }
    }

    /// Returns the id of its cgroup in the unified hierarchy: the number of its folder's
    /// inode.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn cgroup_id(&self) -> Result<u64> {
        self.ptr().cgroup_id()
    }

    /// Returns its namespaces.
    ///
    /// # Errors
    ///
    /// `ERANGE` for a task that has exited and has none; `EFAULT` if they cannot be read.
    #[inline(always)]
    pub fn namespaces(&self) -> Result<Namespaces> {
        self.ptr().namespaces()
    }

    /// Returns a copy of the thread's name, which can change at any time.
    #[inline]
    pub fn comm(&self) -> TaskComm {
        let mut name = [0; COMM_LEN];
        for (i, byte) in name.iter_mut().enumerate() {
            // SAFETY: `comm` has `COMM_LEN` characters.
            *byte = unsafe { self.read(ffi::task_struct_comm() + i) };
        }
        TaskComm::new(name)
    }
}

/// A task.
pub type Task<'run> = TaskStruct<'run>;

/// A task that was looked up, with a reference on it.
pub type OwnedTask = OwnedTaskStruct;

/// A task that was looked up, with a reference on it. The reference is dropped with this,
/// or at the end of the run. Use it as a [`TaskStruct`].
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// # fn f() {
/// if let Some(init) = OwnedTask::from_pid(1) {
///     info!("init has run {} ns", init.runtime());
/// }
/// # }
/// ```
///
/// # Invariants
///
/// `task.task` was returned by `rex_task_from_pid` in this run, and is not released yet.
/// This is neither `Send` nor `Sync`, so nothing can keep it for another run.
pub struct OwnedTaskStruct {
    task: TaskStruct<'static>,
}

impl OwnedTaskStruct {
    /// Returns the thread with this id, as the initial PID namespace counts; a process's id
    /// is that of its first thread. None if there is none.
    #[inline]
    pub fn from_pid(pid: i32) -> Option<Self> {
        let task = ffi::rex_task_from_pid(pid);
        if task.is_null() {
            return None;
        }
        // INVARIANT: the reference keeps the task. Methods that return the inner task
        // borrow this.
        Some(Self {
            task: TaskStruct {
                task,
                _run: PhantomData,
            },
        })
    }
}

impl Deref for OwnedTaskStruct {
    type Target = TaskStruct<'static>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.task
    }
}

impl Drop for OwnedTaskStruct {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: by the type's invariant.
        unsafe { ffi::rex_task_release(self.task.task.cast_mut()) };
    }
}

/// Registers of userspace. Use them as [`PtRegs`].
#[derive(Clone, Copy)]
pub struct UserRegs {
    regs: [u64; NR_REGS],
}

impl Deref for UserRegs {
    type Target = PtRegs;

    #[inline(always)]
    fn deref(&self) -> &PtRegs {
        // SAFETY: there are `NR_REGS` of them, borrowed with `self`.
        unsafe { PtRegs::shared(self.regs.as_ptr().cast()) }
    }
}

/// The name of a task. Use it as a [`CStr`], or print it.
///
/// # Invariants
///
/// There is a NUL in `name`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskComm {
    name: [u8; COMM_LEN],
}

impl TaskComm {
    /// Makes a name that ends with the first NUL, or at the last byte.
    #[inline(always)]
    pub(crate) fn new(mut name: [u8; COMM_LEN]) -> Self {
        // INVARIANT: there is a NUL.
        name[COMM_LEN - 1] = 0;
        Self { name }
    }
}

/// Converts to the bytes that elements of maps contain; one of them is NUL.
impl From<TaskComm> for [u8; COMM_LEN] {
    #[inline(always)]
    fn from(comm: TaskComm) -> Self {
        comm.name
    }
}

impl Deref for TaskComm {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.name).unwrap_or_default()
    }
}

impl core::fmt::Debug for TaskComm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        (**self).fmt(f)
    }
}
