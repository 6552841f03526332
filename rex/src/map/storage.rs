// SPDX-License-Identifier: GPL-2.0
//! Values that belong to a task or a cgroup.
//! C counterpart: `kernel/bpf/bpf_task_storage.c` and `kernel/bpf/bpf_cgrp_storage.c`.

use core::ffi::c_void;
use core::ptr::{self, NonNull};

use super::MissingMapAttribute;
use super::element::MapRef;
use super::handle::{MapType, RexMapHandle};
use crate::context::Context;
use crate::context::cgroup::Cgroup;
use crate::error::done;
use crate::linux::bpf::{
    BPF_LOCAL_STORAGE_GET_F_CREATE, BPF_MAP_TYPE_CGRP_STORAGE,
    BPF_MAP_TYPE_TASK_STORAGE, bpf_map_type,
};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::task_struct::TaskStruct;
use crate::utils::{Result, to_result};

/// Values of tasks, each of which is freed with its task. It is made with 0 elements:
/// `RexTaskStorage::new(0, 0)`.
pub type RexTaskStorage<V> = RexMapHandle<BPF_MAP_TYPE_TASK_STORAGE, i32, V>;

/// Values of cgroups, each of which is freed with its cgroup. It is made with 0 elements:
/// `RexCgroupStorage::new(0, 0)`.
pub type RexCgroupStorage<V> = RexMapHandle<BPF_MAP_TYPE_CGRP_STORAGE, i32, V>;

/// A kind of maps whose values belong to objects of the kernel.
///
/// # Safety
///
/// `get` and `delete` are the kernel's functions for this type of maps, and `address` is
/// what they take, as long as the owner is valid.
pub unsafe trait Owned: super::handle::sealed::Sealed {
    /// The object that has a value.
    type Owner<'run>;

    /// Returns the address of the object.
    fn address(owner: &Self::Owner<'_>) -> *mut c_void;

    /// Returns the value, or NULL.
    ///
    /// # Safety
    ///
    /// `map` is such a map, `owner` an owner, and `value` NULL or a value of the map.
    unsafe fn get(
        map: u64,
        owner: *mut c_void,
        value: *const c_void,
        flags: u64,
    ) -> *mut c_void;

    /// Deletes the value: 0, or a negative error number.
    ///
    /// # Safety
    ///
    /// `map` is such a map, and `owner` an owner.
    unsafe fn delete(map: u64, owner: *mut c_void) -> i64;
}

/// Implements [`Owned`] for a type of maps, by its helpers.
macro_rules! owned {
    ($map_type:ident: $owner:ident, $get:ident, $delete:ident) => {
        // SAFETY: these are the kernel's functions for the type.
        unsafe impl Owned for MapType<$map_type> {
            type Owner<'run> = $owner<'run>;

            #[inline(always)]
            fn address(owner: &$owner<'_>) -> *mut c_void {
                owner.as_ptr()
            }

            #[inline(always)]
            unsafe fn get(
                map: u64,
                owner: *mut c_void,
                value: *const c_void,
                flags: u64,
            ) -> *mut c_void {
                // SAFETY: the caller's word.
                unsafe { ffi::$get(map, owner, value, flags) }
            }

            #[inline(always)]
            unsafe fn delete(map: u64, owner: *mut c_void) -> i64 {
                // SAFETY: the caller's word.
                unsafe { ffi::$delete(map, owner) }
            }
        }
    };
}

owned! {
    BPF_MAP_TYPE_TASK_STORAGE:
    TaskStruct, bpf_task_storage_get, bpf_task_storage_delete
}
owned! {
    BPF_MAP_TYPE_CGRP_STORAGE:
    Cgroup, bpf_cgrp_storage_get, bpf_cgrp_storage_delete
}

impl<const MT: bpf_map_type, V: Pod> RexMapHandle<MT, i32, V>
where
    MapType<MT>: Owned,
{
    /// Makes a map that programs can do without, as those of one argument by `optional()`.
    pub const fn optional() -> MissingMapAttribute<Self> {
        Self::may_be_missing(0, 0)
    }

    /// Returns the value of `owner`. If there is none, `BPF_LOCAL_STORAGE_GET_F_CREATE` in
    /// `flags` makes it a copy of `value`, or zero.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program.
    #[inline(always)]
    pub(crate) unsafe fn of<'run>(
        &'static self,
        owner: &<MapType<MT> as Owned>::Owner<'_>,
        value: Option<&V>,
        flags: u64,
    ) -> Option<MapRef<'run, V>> {
        let map = self.kernel_map()?;
        let value = value
            .map_or(ptr::null(), |value| ptr::from_ref(value).cast::<c_void>());
        let owner = MapType::<MT>::address(owner);
        // SAFETY: it is such a map with values V, by the handle's invariant, and the owner
        // is valid for the call, by its type's invariant. A V has no padding.
        let value = unsafe { MapType::<MT>::get(map, owner, value, flags) };
        let value = NonNull::new(value)?.cast();
        // SAFETY: a value of this map is a V, aligned to 8 bytes. The kernel frees it after
        // an RCU grace period, so not before the end of the RCU read section in which the
        // program runs.
        Some(unsafe { MapRef::new(value) })
    }

    #[inline(always)]
    pub(crate) fn delete_of(
        &'static self,
        owner: &<MapType<MT> as Owned>::Owner<'_>,
    ) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        let owner = MapType::<MT>::address(owner);
        // SAFETY: it is such a map, by the handle's invariant, and the owner is valid.
        to_result(unsafe { MapType::<MT>::delete(map, owner) })
    }
}

/// Makes the map that programs with one argument use.
macro_rules! storage {
    (
        $(#[$doc:meta])*
        $name:ident = $inner:ident, $owner:ident: $owner_type:ident,
        $get:literal, $delete:literal
    ) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $name<V: Pod>($inner<V>);

        impl<V: Pod> super::handle::sealed::Sealed for $name<V> {}
        impl<V: Pod> super::__IsMap for $name<V> {}

        impl<V: Pod> $name<V> {
            /// Makes a map without values.
            pub const fn new() -> MissingMapAttribute<Self> {
                super::missing::made_of!($inner::new(0, 0))
            }

            /// Makes a map that the programs of the object can do without: where the kernel
            /// has no maps of this kind, the object is loaded without it. Then there are
            /// no values, none can be made, and `remove` is `EINVAL`.
            pub const fn optional() -> MissingMapAttribute<Self> {
                super::missing::made_of!($inner::optional())
            }

            /// Returns whether the kernel has the map; a map that is not
            /// [`optional`](Self::optional) is always there.
            #[must_use]
            #[inline(always)]
            pub fn exists(&'static self) -> bool {
                self.0.kernel_map().is_some()
            }

            #[doc = concat!(
                "Returns the value of `", stringify!($owner), "`, which can be changed in ",
                "place, or None if there is none. See [`MapRef`].",
            )]
            #[doc(alias = $get)]
            #[inline(always)]
            pub fn lookup<'run>(
                &'static self,
                _ctx: &Context<'run>,
                $owner: &$owner_type<'_>,
            ) -> Option<MapRef<'run, V>> {
                // SAFETY: the run does not end before `'run`, by the invariant of
                // `Context`.
                unsafe { self.0.of($owner, None, 0) }
            }

            #[doc = concat!(
                "Returns the value of `", stringify!($owner), "`, which can be changed in ",
                "place. If there is none, inserts `value`. Returns None if there is no ",
                "memory, if interrupts are off, or if the run has interrupted the ",
                "kernel's own change of such a map.",
            )]
            #[doc(alias = $get)]
            #[doc(alias = "BPF_LOCAL_STORAGE_GET_F_CREATE")]
            #[inline(always)]
            pub fn get_or_insert<'run>(
                &'static self,
                _ctx: &Context<'run>,
                $owner: &$owner_type<'_>,
                value: V,
            ) -> Option<MapRef<'run, V>> {
                let flags = BPF_LOCAL_STORAGE_GET_F_CREATE;
                // SAFETY: the run does not end before `'run`, by the invariant of
                // `Context`.
                unsafe { self.0.of($owner, Some(&value), flags) }
            }

            #[doc = concat!(
                "Returns a copy of the value of `", stringify!($owner),
                "`, if there is one.",
            )]
            #[doc(alias = $get)]
            #[inline(always)]
            pub fn get(&'static self, $owner: &$owner_type<'_>) -> Option<V> {
                // SAFETY: the reference does not leave this function.
                unsafe { self.0.of($owner, None, 0) }.map(|value| value.get())
            }

            #[doc = concat!("Deletes the value of `", stringify!($owner), "`.")]
            ///
            /// # Errors
            ///
            /// `ENOENT` if there is none, and `EBUSY` if interrupts are off, or if the run
            /// has interrupted the kernel's own change of such a map. Also `EBUSY` if values
            /// of 16 MB, of all objects together, are deleted and not free yet: after very
            /// frequent deletes, or while a process sleeps in a program.
            #[doc(alias = $delete)]
            #[inline(always)]
            pub fn remove(
                &'static self,
                $owner: &$owner_type<'_>,
            ) -> crate::error::Result {
                done(self.0.delete_of($owner))
            }
        }
    };
}

storage! {
    /// Values of tasks. Each task has at most one, which is freed with the task.
    ///
    /// So programs need not delete values when tasks exit, the map has no size to choose,
    /// and a lookup is a few loads in any context. Userspace reads and changes a value by a
    /// descriptor of the task, from `pidfd_open(2)`.
    ///
    /// Programs can only make and delete a value with interrupts on: not at the scheduler's
    /// tracepoints, at most of its functions, or for samples of hardware counters. There
    /// they can use a value that another program has made.
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
    TaskStorage = RexTaskStorage, task: TaskStruct,
    "bpf_task_storage_get", "bpf_task_storage_delete"
}

storage! {
    /// Values of cgroups. Each cgroup has at most one, which is freed with the cgroup.
    ///
    /// So a program can count for each service or container, and need not learn of those
    /// that end; the map has no size to choose. Userspace reads and changes a value by a
    /// descriptor of the cgroup's folder, from `open(2)`. Linux has this kind of maps from
    /// 6.2 on: on older kernels the load fails, and says so, unless the map is
    /// [`optional`](Self::optional).
    ///
    /// The value of a cgroup does not contain the values of the cgroups below it. A program
    /// that wants sums for all of a service uses the value of an
    /// [`ancestor`](crate::context::Cgroup::ancestor).
    ///
    /// Programs can only make and delete a value with interrupts on, as those of a
    /// [`TaskStorage`]. A cgroup that is being removed gets no new value.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use core::sync::atomic::Ordering::Relaxed;
    /// # use rex::prelude::*;
    /// #[map]
    /// static READS: CgroupStorage<u64> = CgroupStorage::new();
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     let cgroup = ctx.cgroup().ok_or(Errno::ENOENT)?;
    ///     let reads = READS.get_or_insert(ctx, &cgroup, 0).ok_or(Errno::EBUSY)?;
    ///     reads.atomic().fetch_add(1, Relaxed);
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_CGRP_STORAGE")]
    CgroupStorage = RexCgroupStorage, cgroup: Cgroup,
    "bpf_cgrp_storage_get", "bpf_cgrp_storage_delete"
}
