// SPDX-License-Identifier: GPL-2.0
//! Tasks.
//! C counterpart: `struct task_struct` in `include/linux/sched.h`. Where its
//! fields are is known when the object is loaded: see `ffi`.

use core::ffi::{CStr, FromBytesUntilNulError, c_void};
use core::marker::PhantomData;
use core::ops::Deref;

use crate::ffi;

/// `TASK_COMM_LEN`.
const COMM_LEN: usize = 16;

/// A task, for as long as the run lasts.
///
/// # Invariants
///
/// `task` points to a `struct task_struct` that is not freed during `'run`.
pub struct TaskStruct<'run> {
    task: *const c_void,
    _run: PhantomData<&'run ()>,
}

impl TaskStruct<'_> {
    /// The current task.
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
        // INVARIANT: the current task lives on until it runs again.
        Some(Self {
            task,
            _run: PhantomData,
        })
    }

    /// Reads the field of type T at `offset`.
    ///
    /// # Safety
    ///
    /// There is such a field, and any bytes are a T.
    #[inline(always)]
    unsafe fn read<T>(&self, offset: usize) -> T {
        let field = self.task.wrapping_byte_add(offset).cast::<T>();
        // SAFETY: the task is there by the type's invariant, and the field by
        // the caller's word. The kernel may write to it at the same time, hence
        // volatile.
        unsafe { field.read_volatile() }
    }

    /// The thread's id, as the initial PID namespace counts.
    #[inline(always)]
    pub fn get_pid(&self) -> i32 {
        // SAFETY: `pid_t` is an int.
        unsafe { self.read(ffi::task_struct_pid()) }
    }

    /// The process's id, as the initial PID namespace counts.
    #[inline(always)]
    pub fn get_tgid(&self) -> i32 {
        // SAFETY: `pid_t` is an int.
        unsafe { self.read(ffi::task_struct_tgid()) }
    }

    /// A copy of the thread's name. A copy, because a task's name can change at
    /// any time.
    #[inline]
    pub fn get_comm(&self) -> Result<TaskComm, FromBytesUntilNulError> {
        let mut name = [0; COMM_LEN];
        for (i, byte) in name.iter_mut().enumerate() {
            // SAFETY: `comm` has `COMM_LEN` characters.
            *byte = unsafe { self.read(ffi::task_struct_comm() + i) };
        }
        CStr::from_bytes_until_nul(&name)?;
        // INVARIANT: there is a NUL.
        Ok(TaskComm { name })
    }
}

/// The name of a task. Use it as a [`CStr`].
///
/// # Invariants
///
/// There is a NUL in `name`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskComm {
    name: [u8; COMM_LEN],
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
