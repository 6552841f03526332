// SPDX-License-Identifier: GPL-2.0
//! Cgroups. C counterpart: `struct cgroup` in `include/linux/cgroup-defs.h`.

use core::ffi::c_void;
use core::marker::PhantomData;

use crate::kernel::{Ptr, Struct};
use crate::rt::ffi;
use crate::task_struct::TaskStruct;

/// A cgroup of the unified hierarchy, for as long as the run lasts.
///
/// A program gets it from a task ([`Task::cgroup`]), from its context
/// ([`TaskContext::cgroup`]), or from the socket of a packet
/// ([`CgroupSkbContext::cgroup`], [`TcContext::cgroup`]). The values of a
/// [`CgroupStorage`] belong to cgroups.
///
/// [`Task::cgroup`]: crate::task_struct::TaskStruct::cgroup
/// [`TaskContext::cgroup`]: crate::context::TaskContext::cgroup
/// [`CgroupSkbContext::cgroup`]: crate::context::CgroupSkbContext::cgroup
/// [`TcContext::cgroup`]: crate::context::TcContext::cgroup
/// [`CgroupStorage`]: crate::map::CgroupStorage
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[kprobe("do_sys_openat2")]
/// fn on_open(ctx: &mut KprobeContext) -> Result {
///     let cgroup = ctx.cgroup().ok_or(Errno::ENOENT)?;
///     if let Some(slice) = cgroup.ancestor(1) {
///         info!("a file is opened in {}, below {}", cgroup.id(), slice.id());
///     }
///     Ok(())
/// }
/// ```
///
/// # Invariants
///
/// `cgroup` points to a `struct cgroup` that is not freed during `'run`, nor are its
/// ancestors.
#[derive(Clone, Copy)]
pub struct Cgroup<'run> {
    cgroup: *mut c_void,
    _run: PhantomData<&'run ()>,
}

impl<'run> Cgroup<'run> {
    /// Returns the cgroup that a helper has found, if it has found one.
    ///
    /// # Safety
    ///
    /// `cgroup` is NULL, or fulfils the type's invariant.
    #[inline(always)]
    pub(crate) unsafe fn from_ptr(cgroup: *mut c_void) -> Option<Self> {
        // INVARIANT: the caller's word.
        (!cgroup.is_null()).then_some(Self {
            cgroup,
            _run: PhantomData,
        })
    }

    /// Returns the cgroup of `task`.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program, before the run waits, and before
    /// `task` is released.
    #[inline(always)]
    pub(crate) unsafe fn of_task(task: &TaskStruct<'_>) -> Option<Self> {
        // SAFETY: the task is valid by its type's invariant.
        let cgroup = unsafe { ffi::rex_task_cgroup(task.as_ptr()) };
        // SAFETY: it is not freed before an RCU grace period, and so not before the end of the
        // RCU read section in which the program runs.
        unsafe { Self::from_ptr(cgroup) }
    }

    /// For a helper.
    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut c_void {
        self.cgroup
    }

    /// Returns its id: the number of its folder's inode.
    #[must_use]
    #[inline(always)]
    pub fn id(self) -> u64 {
        // SAFETY: it is valid by the type's invariant.
        unsafe { ffi::rex_cgroup_id(self.cgroup) }
    }

    /// Returns its ancestor at `level`, where the root is at level 0: itself at its own
    /// level, None if it is not that deep.
    #[doc(alias = "bpf_cgroup_ancestor")]
    #[must_use]
    #[inline(always)]
    pub fn ancestor(self, level: i32) -> Option<Self> {
        // SAFETY: it is valid by the type's invariant.
        let cgroup = unsafe { ffi::rex_cgroup_ancestor(self.cgroup, level) };
        // SAFETY: ancestors are valid by the type's invariant, and so are their own ancestors,
        // which are among them.
        unsafe { Self::from_ptr(cgroup) }
    }

    /// Returns its `struct cgroup`: the crate's declaration, or the program's.
    #[must_use]
    #[inline(always)]
    pub fn ptr<T: Struct>(self) -> Ptr<'run, T> {
        const { crate::kernel::check_struct::<T>("cgroup") }
        Ptr::new(self.cgroup.addr() as u64)
    }
}
