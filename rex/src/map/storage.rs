// SPDX-License-Identifier: GPL-2.0
//! Values that belong to a task.
//! C counterpart: `kernel/bpf/bpf_task_storage.c`.

use core::ffi::c_void;
use core::ptr::{self, NonNull};

use super::element::MapRef;
use super::handle::RexMapHandle;
use crate::context::Context;
use crate::error::done;
use crate::linux::bpf::{
    BPF_LOCAL_STORAGE_GET_F_CREATE, BPF_MAP_TYPE_TASK_STORAGE,
};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::task_struct::TaskStruct;
use crate::utils::{Result, to_result};

/// Values of tasks, each of which goes with its task. Made with 0 elements:
/// `RexTaskStorage::new(0, 0)`.
pub type RexTaskStorage<V> = RexMapHandle<BPF_MAP_TYPE_TASK_STORAGE, i32, V>;

impl<V: Pod> RexTaskStorage<V> {
    /// The value of `task`; with `BPF_LOCAL_STORAGE_GET_F_CREATE` in `flags`, one that is
    /// made of `value`, or zeroed, if there is none.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program.
    #[inline(always)]
    pub(crate) unsafe fn of_task<'run>(
        &'static self,
        task: &TaskStruct<'_>,
        value: Option<&V>,
        flags: u64,
    ) -> Option<MapRef<'run, V>> {
        let map = self.kernel_map()?;
        let value = value
            .map_or(ptr::null(), |value| ptr::from_ref(value).cast::<c_void>());
        // SAFETY: it is such a map with values V, by the handle's invariant, and the
        // task is valid for the call, by its type's. A V has no padding.
        let value = unsafe {
            ffi::bpf_task_storage_get(map, task.as_ptr(), value, flags)
        };
        let value = NonNull::new(value)?.cast();
        // SAFETY: a value of this map is a V, aligned to 8 bytes. The kernel frees it
        // after an RCU grace period, that of a task after the task's; so not before the
        // RCU read section ends that the program runs in.
        Some(unsafe { MapRef::new(value) })
    }

    #[inline(always)]
    pub(crate) fn delete_of_task(
        &'static self,
        task: &TaskStruct<'_>,
    ) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: it is such a map, by the handle's invariant, and the task is valid.
        to_result(unsafe { ffi::bpf_task_storage_delete(map, task.as_ptr()) })
    }
}

/// Values of tasks: each task has one at most, which goes when the task does.
///
/// So nothing has to be deleted at the exit of a task, there is no number of elements to
/// choose, and a lookup is a few loads, in any context. Userspace reads and changes a value
/// by a descriptor of the task, which is that of `pidfd_open(2)`.
///
/// A value is made and deleted only where interrupts are on: not at the scheduler's
/// tracepoints, at most of its functions, or for samples of hardware counters. There,
/// programs use a value that another one has made.
///
/// # Examples
///
/// ```ignore
/// # use rex::prelude::*;
/// #[map]
/// static STARTED: TaskStorage<u64> = TaskStorage::new();
///
/// #[kprobe("vfs_read")]
/// fn on_read(ctx: &mut KprobeContext) -> Result {
///     let task = ctx.task().ok_or(Errno::ESRCH)?;
///     let started = STARTED.get_or_insert(ctx, &task, 0).ok_or(Errno::EBUSY)?;
///     started.set(rex::time::now().as_ns());
///     Ok(())
/// }
///
/// #[kretprobe("vfs_read")]
/// fn on_return(ctx: &mut KretprobeContext) -> Result {
///     let task = ctx.task().ok_or(Errno::ESRCH)?;
///     if let Some(started) = STARTED.get(&task) {
///         info!("{} ns", rex::time::now().as_ns() - started);
///     }
///     Ok(())
/// }
/// ```
#[doc(alias = "BPF_MAP_TYPE_TASK_STORAGE")]
#[repr(transparent)]
pub struct TaskStorage<V: Pod>(RexTaskStorage<V>);

impl<V: Pod> super::handle::sealed::Sealed for TaskStorage<V> {}
impl<V: Pod> super::__IsMap for TaskStorage<V> {}

impl<V: Pod> Default for TaskStorage<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: Pod> TaskStorage<V> {
    /// A map without values.
    #[must_use]
    pub const fn new() -> Self {
        Self(RexTaskStorage::new(0, 0))
    }

    /// The value of `task`, to be changed in place, if there is one. See [`MapRef`].
    #[doc(alias = "bpf_task_storage_get")]
    #[inline(always)]
    pub fn lookup<'run>(
        &'static self,
        _ctx: &Context<'run>,
        task: &TaskStruct<'_>,
    ) -> Option<MapRef<'run, V>> {
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`.
        unsafe { self.0.of_task(task, None, 0) }
    }

    /// The value of `task`, to be changed in place. If there is none, it becomes `value`:
    /// None if there is no memory, or interrupts are off.
    #[doc(alias = "bpf_task_storage_get")]
    #[doc(alias = "BPF_LOCAL_STORAGE_GET_F_CREATE")]
    #[inline(always)]
    pub fn get_or_insert<'run>(
        &'static self,
        _ctx: &Context<'run>,
        task: &TaskStruct<'_>,
        value: V,
    ) -> Option<MapRef<'run, V>> {
        let flags = BPF_LOCAL_STORAGE_GET_F_CREATE;
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`.
        unsafe { self.0.of_task(task, Some(&value), flags) }
    }

    /// A copy of the value of `task`, if there is one.
    #[doc(alias = "bpf_task_storage_get")]
    #[inline(always)]
    pub fn get(&'static self, task: &TaskStruct<'_>) -> Option<V> {
        // SAFETY: the reference does not leave this function.
        unsafe { self.0.of_task(task, None, 0) }.map(|value| value.get())
    }

    /// Deletes the value of `task`.
    ///
    /// # Errors
    ///
    /// `ENOENT` if there is none; `EBUSY` where interrupts are off, and on top of the
    /// kernel's own change of such a map.
    #[doc(alias = "bpf_task_storage_delete")]
    #[inline(always)]
    pub fn remove(
        &'static self,
        task: &TaskStruct<'_>,
    ) -> crate::error::Result {
        done(self.0.delete_of_task(task))
    }
}
