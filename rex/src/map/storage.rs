// SPDX-License-Identifier: GPL-2.0
//! Values that belong to a task.
//! C counterpart: `kernel/bpf/bpf_task_storage.c`.

use core::ffi::c_void;
use core::ptr::{self, NonNull};

use super::MissingMapAttribute;
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

/// Values of tasks, each of which is freed with its task. It is made with 0 elements:
/// `RexTaskStorage::new(0, 0)`.
pub type RexTaskStorage<V> = RexMapHandle<BPF_MAP_TYPE_TASK_STORAGE, i32, V>;

impl<V: Pod> RexTaskStorage<V> {
    /// Returns the value of `task`. If there is none, `BPF_LOCAL_STORAGE_GET_F_CREATE` in
    /// `flags` makes it a copy of `value`, or zero.
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
        // SAFETY: it is such a map with values V, by the handle's invariant, and the task
        // is valid for the call, by its type's invariant. A V has no padding.
        let value = unsafe {
            ffi::bpf_task_storage_get(map, task.as_ptr(), value, flags)
        };
        let value = NonNull::new(value)?.cast();
        // SAFETY: a value of this map is a V, aligned to 8 bytes. The kernel frees it after
        // an RCU grace period, so not before the end of the RCU read section in which the
        // program runs.
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

/// Values of tasks. Each task has at most one, which is freed with the task.
///
/// So programs need not delete values when tasks exit, the map has no size to choose, and a
/// lookup is a few loads in any context. Userspace reads and changes a value by a
/// descriptor of the task, from `pidfd_open(2)`.
///
/// Programs can only make and delete a value with interrupts on: not at the scheduler's
/// tracepoints, at most of its functions, or for samples of hardware counters. There they
/// can use a value that another program has made.
///
/// # Examples
///
/// ```no_run
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

impl<V: Pod> TaskStorage<V> {
    /// Makes a map without values.
    pub const fn new() -> MissingMapAttribute<Self> {
        super::missing::made_of!(RexTaskStorage::new(0, 0))
    }

    /// Returns the value of `task`, which can be changed in place, or None if there is
    /// none. See [`MapRef`].
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

    /// Returns the value of `task`, which can be changed in place. If there is none,
    /// inserts `value`. Returns None if there is no memory, or interrupts are off.
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

    /// Returns a copy of the value of `task`, if there is one.
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
    /// `ENOENT` if there is none, and `EBUSY` if interrupts are off, or if the run has
    /// interrupted the kernel's own change of such a map.
    #[doc(alias = "bpf_task_storage_delete")]
    #[inline(always)]
    pub fn remove(
        &'static self,
        task: &TaskStruct<'_>,
    ) -> crate::error::Result {
        done(self.0.delete_of_task(task))
    }
}
