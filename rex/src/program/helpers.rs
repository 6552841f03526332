// SPDX-License-Identifier: GPL-2.0
//! The helpers that programs call on `obj`.
//! C counterpart: `bpf-helpers(7)`.

use core::ffi::c_void;
use core::mem::{MaybeUninit, size_of};
use core::time::Duration;

use crate::linux::errno::E2BIG;
use crate::pod::Pod;
use crate::program::Run;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// The longest format of `bpf_snprintf`, with its NUL.
const MAX_FORMAT: usize = 256;

pub(crate) fn probe_read_kernel<T: Pod>(
    dst: &mut T,
    src: *const c_void,
) -> Result {
    const { assert!(size_of::<T>() <= u32::MAX as usize) }
    // SAFETY: `dst` may be overwritten with any bytes, since T is `Pod`. The
    // helper checks `src`.
    let ret = unsafe {
        ffi::bpf_probe_read_kernel(
            core::ptr::from_mut(dst).cast(),
            size_of::<T>() as u32,
            src,
        )
    };
    to_result(ret)
}

pub(crate) fn probe_read_user<T: Pod>(dst: &mut T, src: u64) -> Result {
    const { assert!(size_of::<T>() <= u32::MAX as usize) }
    // SAFETY: `dst` may be overwritten with any bytes, since T is `Pod`. The
    // helper checks `src`.
    let ret = unsafe {
        ffi::bpf_probe_read_user(
            core::ptr::from_mut(dst).cast(),
            size_of::<T>() as u32,
            src,
        )
    };
    to_result(ret)
}

/// Returns the size that a helper gets: it need not use all of a slice.
fn size_of_slice(slice: &[u8]) -> u32 {
    slice.len().try_into().unwrap_or(u32::MAX)
}

pub(crate) fn probe_read_kernel_buf(
    dst: &mut [u8],
    src: *const c_void,
) -> Result {
    // SAFETY: the size is at most the slice's. The helper checks `src`.
    to_result(unsafe {
        ffi::bpf_probe_read_kernel(dst.as_mut_ptr(), size_of_slice(dst), src)
    })
}

pub(crate) fn probe_read_user_buf(dst: &mut [u8], src: u64) -> Result {
    // SAFETY: the size is at most the slice's. The helper checks `src`.
    to_result(unsafe {
        ffi::bpf_probe_read_user(dst.as_mut_ptr(), size_of_slice(dst), src)
    })
}

pub(crate) fn probe_read_kernel_str(
    dst: &mut [u8],
    src: *const c_void,
) -> Result {
    // SAFETY: the size is at most the slice's. The helper checks `src`.
    to_result(unsafe {
        ffi::bpf_probe_read_kernel_str(
            dst.as_mut_ptr(),
            size_of_slice(dst),
            src,
        )
    })
}

pub(crate) fn probe_read_user_str(dst: &mut [u8], src: u64) -> Result {
    // SAFETY: the size is at most the slice's. The helper checks `src`.
    to_result(unsafe {
        ffi::bpf_probe_read_user_str(dst.as_mut_ptr(), size_of_slice(dst), src)
    })
}

/// The most that a helper copies at once, `REX_SLEEP_COPY_MAX`.
const COPY_MAX: usize = 4096;

/// The program may wait in the middle: of what it has of the kernel, it can use nothing
/// afterwards.
pub(crate) fn copy_from_user(dst: &mut [u8], src: u64) -> Result {
    for (index, part) in dst.chunks_mut(COPY_MAX).enumerate() {
        let from = src.wrapping_add((index * COPY_MAX) as u64);
        // SAFETY: the size is the slice's. The helper checks `from`.
        to_result(unsafe {
            ffi::bpf_copy_from_user(part.as_mut_ptr(), part.len() as u32, from)
        })?;
    }
    Ok(0)
}

/// The same for a string, of which at most [`COPY_MAX`] bytes are copied.
pub(crate) fn copy_from_user_str(dst: &mut [u8], src: u64) -> Result {
    let size = dst.len().min(COPY_MAX);
    // SAFETY: the size is not more than the slice's. The helper checks `src`.
    to_result(unsafe {
        ffi::bpf_copy_from_user_str(dst.as_mut_ptr(), size as u32, src)
    })
}

pub(crate) fn snprintf(buf: &mut [u8], format: &str, args: &[u64]) -> Result {
    let mut terminated = [MaybeUninit::<u8>::uninit(); MAX_FORMAT];
    if format.len() >= MAX_FORMAT {
        return Err(-E2BIG);
    }
    for (to, from) in terminated.iter_mut().zip(format.as_bytes()) {
        to.write(*from);
    }
    terminated[format.len()].write(0);

    let (Ok(size), Ok(bytes)) =
        (u32::try_from(buf.len()), u32::try_from(size_of_val(args)))
    else {
        return Err(-E2BIG);
    };
    // SAFETY: the lengths are of the slices, and the format ends in a NUL. The
    // helper checks the format against the number of arguments, and reads from
    // pointers in `args` as from any address.
    let ret = unsafe {
        ffi::bpf_snprintf(
            buf.as_mut_ptr(),
            size,
            terminated.as_ptr().cast(),
            args.as_ptr(),
            bytes,
        )
    };
    to_result(ret)
}

pub(crate) fn current_comm(buf: &mut [u8; 16]) -> Result {
    // SAFETY: the length is the array's.
    let ret = unsafe {
        ffi::bpf_get_current_comm(buf.as_mut_ptr(), buf.len() as u32)
    };
    to_result(ret)
}

pub(crate) fn arm_timer(timer: &str, delay: Duration) -> Result {
    let nanoseconds = delay.as_nanos().try_into().unwrap_or(u64::MAX);
    // SAFETY: the length is the string's.
    let ret = unsafe {
        ffi::rex_timer_arm(timer.as_ptr(), timer.len() as u64, nanoseconds)
    };
    to_result(ret)
}

/// Methods of every kind of `obj`.
macro_rules! base_helpers {
    ($($visibility:tt)?) => {
        /// Has the program `timer` of this object run once after `delay`: see
        /// [`arm_timer`](crate::context::Context::arm_timer) of contexts.
        #[inline(always)]
        $($visibility)? fn rex_timer_arm(
            &self,
            timer: &str,
            delay: core::time::Duration,
        ) -> crate::Result {
            crate::program::helpers::arm_timer(timer, delay)
        }

        /// The number of the CPU that the program runs on.
        #[inline(always)]
        $($visibility)? fn bpf_get_smp_processor_id(&self) -> i32 {
            crate::rt::ffi::bpf_get_smp_processor_id() as i32
        }

        /// Returns the NUMA node of the CPU that the program runs on.
        #[inline(always)]
        $($visibility)? fn bpf_get_numa_node_id(&self) -> i32 {
            crate::rt::ffi::bpf_get_numa_node_id() as i32
        }

        /// Returns the nanoseconds since boot, without time in suspend.
        #[inline(always)]
        $($visibility)? fn bpf_ktime_get_ns(&self) -> u64 {
            crate::rt::ffi::bpf_ktime_get_ns()
        }

        /// Returns the nanoseconds since boot, with time in suspend.
        #[inline(always)]
        $($visibility)? fn bpf_ktime_get_boot_ns(&self) -> u64 {
            crate::rt::ffi::bpf_ktime_get_boot_ns()
        }

        /// Returns `bpf_ktime_get_ns` as of the last timer tick, which costs less.
        #[inline(always)]
        $($visibility)? fn bpf_ktime_get_coarse_ns(&self) -> u64 {
            crate::rt::ffi::bpf_ktime_get_coarse_ns()
        }

        /// Returns the nanoseconds of international atomic time.
        #[inline(always)]
        $($visibility)? fn bpf_ktime_get_tai_ns(&self) -> u64 {
            crate::rt::ffi::bpf_ktime_get_tai_ns()
        }

        /// Returns the kernel's 64-bit counter of timer ticks.
        #[inline(always)]
        $($visibility)? fn bpf_jiffies64(&self) -> u64 {
            crate::rt::ffi::bpf_jiffies64()
        }

        /// Returns a pseudo-random number.
        #[inline(always)]
        $($visibility)? fn bpf_get_prandom_u32(&self) -> u32 {
            crate::rt::ffi::bpf_get_prandom_u32()
        }

        /// Returns the element of `map` at `key`, if there is one.
        ///
        /// The element belongs to the map: other CPUs and userspace may change,
        /// delete or reuse it at any time.
        #[inline(always)]
        $($visibility)? fn bpf_map_lookup_elem<
            const MT: crate::linux::bpf::bpf_map_type,
            K,
            V,
        >(
            &self,
            map: &'static crate::map::RexMapHandle<MT, K, V>,
            key: &K,
        ) -> Option<crate::map::MapRef<'_, V>>
        where
            K: crate::Pod,
            V: crate::map::MapValue,
            crate::map::MapType<MT>: crate::map::Keyed,
        {
            // SAFETY: the result borrows `self`, a local of the function that the
            // kernel calls, so it is not used after the run.
            unsafe { map.lookup(key) }
        }

        /// Returns the element at `key` of CPU `cpu`, if there is one.
        #[inline(always)]
        $($visibility)? fn bpf_map_lookup_percpu_elem<
            const MT: crate::linux::bpf::bpf_map_type,
            K,
            V,
        >(
            &self,
            map: &'static crate::map::RexMapHandle<MT, K, V>,
            key: &K,
            cpu: u32,
        ) -> Option<crate::map::MapRef<'_, V>>
        where
            K: crate::Pod,
            V: crate::Pod,
            crate::map::MapType<MT>: crate::map::PerCpu,
        {
            // SAFETY: the result borrows `self`, a local of the function that the
            // kernel calls, so it is not used after the run.
            unsafe { map.lookup_on_cpu(key, cpu) }
        }

        /// Stores `value` at `key` in `map`. `flags` is `BPF_ANY`, `BPF_NOEXIST`
        /// or `BPF_EXIST`.
        #[inline(always)]
        $($visibility)? fn bpf_map_update_elem<
            const MT: crate::linux::bpf::bpf_map_type,
            K,
            V,
        >(
            &self,
            map: &'static crate::map::RexMapHandle<MT, K, V>,
            key: &K,
            value: &V,
            flags: u64,
        ) -> crate::Result
        where
            K: crate::Pod,
            V: crate::Pod,
            crate::map::MapType<MT>: crate::map::Keyed,
        {
            map.update_elem(key, value, flags)
        }

        /// Deletes the element of `map` at `key`.
        #[inline(always)]
        $($visibility)? fn bpf_map_delete_elem<
            const MT: crate::linux::bpf::bpf_map_type,
            K,
            V,
        >(
            &self,
            map: &'static crate::map::RexMapHandle<MT, K, V>,
            key: &K,
        ) -> crate::Result
        where
            K: crate::Pod,
            V: crate::map::MapValue,
            crate::map::MapType<MT>: crate::map::Keyed,
        {
            map.delete_elem(key)
        }

        /// Adds `value` to a queue or stack. With `BPF_EXIST` in `flags`, a full
        /// map drops its oldest value.
        #[inline(always)]
        $($visibility)? fn bpf_map_push_elem<const MT: crate::linux::bpf::bpf_map_type, V>(
            &self,
            map: &'static crate::map::RexMapHandle<MT, (), V>,
            value: &V,
            flags: u64,
        ) -> crate::Result
        where
            V: crate::Pod,
            crate::map::MapType<MT>: crate::map::Keyless,
        {
            map.push_elem(value, flags)
        }

        /// Removes and returns the next value of a queue or stack.
        #[inline(always)]
        $($visibility)? fn bpf_map_pop_elem<const MT: crate::linux::bpf::bpf_map_type, V>(
            &self,
            map: &'static crate::map::RexMapHandle<MT, (), V>,
        ) -> Option<V>
        where
            V: crate::Pod,
            crate::map::MapType<MT>: crate::map::Keyless,
        {
            map.pop_elem()
        }

        /// Returns the next value of a queue or stack, and leaves it there.
        #[inline(always)]
        $($visibility)? fn bpf_map_peek_elem<const MT: crate::linux::bpf::bpf_map_type, V>(
            &self,
            map: &'static crate::map::RexMapHandle<MT, (), V>,
        ) -> Option<V>
        where
            V: crate::Pod,
            crate::map::MapType<MT>: crate::map::Keyless,
        {
            map.peek_elem()
        }

        /// Copies from the kernel address `src` to `dst`. If it cannot be read,
        /// `dst` is zeroed and the result is a negative error number.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_kernel<T: crate::Pod>(
            &self,
            dst: &mut T,
            src: *const (),
        ) -> crate::Result {
            crate::program::helpers::probe_read_kernel(dst, src.cast())
        }

        /// Fills `dst` from the kernel address `src`. If it cannot be read, `dst`
        /// is zeroed and the result is a negative error number.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_kernel_buf(
            &self,
            dst: &mut [u8],
            src: *const (),
        ) -> crate::Result {
            crate::program::helpers::probe_read_kernel_buf(dst, src.cast())
        }

        /// Copies the string at the kernel address `src` to `dst`, and truncates it
        /// if it is too long. Returns its size with the NUL, which is missing only
        /// if `dst` is empty. If it cannot be read, `dst` is zeroed and the result
        /// is a negative error number.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_kernel_str(
            &self,
            dst: &mut [u8],
            src: *const (),
        ) -> crate::Result {
            crate::program::helpers::probe_read_kernel_str(dst, src.cast())
        }

        /// Reserves a record of `size` bytes in the ring buffer `map`: see
        /// [`RexRingBuf::reserve`](crate::map::RexRingBuf::reserve).
        #[inline(always)]
        $($visibility)? fn bpf_ringbuf_reserve(
            &self,
            map: &'static crate::map::RexRingBuf,
            size: usize,
        ) -> Option<crate::map::RexRingBufEntry<'_>> {
            map.reserve(self, size)
        }

        /// Copies `data` to a record of its own in the ring buffer `map`.
        #[inline(always)]
        $($visibility)? fn bpf_ringbuf_output(
            &self,
            map: &'static crate::map::RexRingBuf,
            data: &[u8],
            flags: u64,
        ) -> crate::Result {
            map.output(data, flags)
        }

        /// The value of `cgroup` in `map`. If there is none, and `flags` is
        /// `BPF_LOCAL_STORAGE_GET_F_CREATE`, it becomes `value`, or zeroed: None if
        /// there is no memory, or interrupts are off, or `cgroup` is being removed.
        #[inline(always)]
        $($visibility)? fn bpf_cgrp_storage_get<V: crate::Pod>(
            &self,
            map: &'static crate::map::RexCgroupStorage<V>,
            cgroup: &crate::context::Cgroup<'_>,
            value: Option<&V>,
            flags: u64,
        ) -> Option<crate::map::MapRef<'_, V>> {
            // SAFETY: the result is not used after the run: it borrows `self`,
            // which is a local of the function that the kernel calls.
            unsafe { map.of(cgroup, value, flags) }
        }

        /// Deletes the value of `cgroup` in `map`. `-ENOENT` if there is none;
        /// `-EBUSY` where interrupts are off.
        #[inline(always)]
        $($visibility)? fn bpf_cgrp_storage_delete<V: crate::Pod>(
            &self,
            map: &'static crate::map::RexCgroupStorage<V>,
            cgroup: &crate::context::Cgroup<'_>,
        ) -> crate::Result {
            map.delete_of(cgroup)
        }

        /// Formats `args` into `buf` by the C format `format` of at most 255 bytes.
        /// A field wider than 1024 is `-E2BIG`. Returns the size of the whole text
        /// with its NUL, which exceeds N if the text was truncated.
        #[inline(always)]
        $($visibility)? fn bpf_snprintf<const N: usize, const M: usize>(
            &self,
            buf: &mut [u8; N],
            format: &str,
            args: &[u64; M],
        ) -> crate::Result {
            crate::program::helpers::snprintf(buf, format, args)
        }
    };
}

/// Makes the methods of kinds of `obj` that run in the context of a task.
macro_rules! current_task_helpers {
    ($($visibility:tt)?) => {
        /// Copies from the address `src` of the current task's userspace to `dst`.
        /// If it cannot be read, or is not in memory now, `dst` is zeroed and the
        /// result is a negative error number.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_user<T: crate::Pod>(
            &self,
            dst: &mut T,
            src: u64,
        ) -> crate::Result {
            crate::program::helpers::probe_read_user(dst, src)
        }

        /// Fills `dst` from the address `src` of the current task's userspace, as
        /// `bpf_probe_read_user` does.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_user_buf(
            &self,
            dst: &mut [u8],
            src: u64,
        ) -> crate::Result {
            crate::program::helpers::probe_read_user_buf(dst, src)
        }

        /// Returns the task that the program interrupted.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_task(
            &self,
        ) -> Option<crate::task_struct::TaskStruct<'_>> {
            // SAFETY: the result borrows `self`, a local of the function that the
            // kernel calls, so it is not used after the run.
            unsafe { crate::task_struct::TaskStruct::current() }
        }

        /// Returns the current task's thread group id (upper half) and thread id.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_pid_tgid(&self) -> u64 {
            crate::rt::ffi::bpf_get_current_pid_tgid()
        }

        /// Returns the current task's group id (upper half) and user id.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_uid_gid(&self) -> u64 {
            crate::rt::ffi::bpf_get_current_uid_gid()
        }

        /// Returns the id of the current task's cgroup in the unified hierarchy:
        /// the inode number of its folder. 0 if the kernel has no cgroups.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_cgroup_id(&self) -> u64 {
            crate::rt::ffi::bpf_get_current_cgroup_id()
        }

        /// Returns the id of the current task's cgroup or its ancestor at `level`,
        /// where the root is at level 0. 0 if it is not that deep.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_ancestor_cgroup_id(&self, level: i32) -> u64 {
            crate::rt::ffi::bpf_get_current_ancestor_cgroup_id(level)
        }

        /// The value of `task` in `map`. If there is none, and `flags` is
        /// `BPF_LOCAL_STORAGE_GET_F_CREATE`, it becomes `value`, or zeroed: None if
        /// there is no memory, or interrupts are off.
        #[inline(always)]
        $($visibility)? fn bpf_task_storage_get<V: crate::Pod>(
            &self,
            map: &'static crate::map::RexTaskStorage<V>,
            task: &crate::task_struct::TaskStruct<'_>,
            value: Option<&V>,
            flags: u64,
        ) -> Option<crate::map::MapRef<'_, V>> {
            // SAFETY: the result is not used after the run: it borrows `self`,
            // which is a local of the function that the kernel calls.
            unsafe { map.of(task, value, flags) }
        }

        /// Deletes the value of `task` in `map`. `-ENOENT` if there is none; `-EBUSY`
        /// where interrupts are off.
        #[inline(always)]
        $($visibility)? fn bpf_task_storage_delete<V: crate::Pod>(
            &self,
            map: &'static crate::map::RexTaskStorage<V>,
            task: &crate::task_struct::TaskStruct<'_>,
        ) -> crate::Result {
            map.delete_of(task)
        }

        /// Returns 1 if the current task is in the cgroup at `index` of `map`, or in one
        /// below it, otherwise 0. `-E2BIG` if there is no such index, `-EAGAIN` if no
        /// cgroup is there.
        #[inline(always)]
        $($visibility)? fn bpf_current_task_under_cgroup(
            &self,
            map: &'static crate::map::RexCgroupArray,
            index: u32,
        ) -> crate::Result {
            map.has_current_task(index)
        }

        /// Sends `signal` to the current process, soon. `-EPERM` for kernel
        /// threads and the init process, `-EBUSY` if another one is on its way
        /// from this CPU.
        #[inline(always)]
        $($visibility)? fn bpf_send_signal(&self, signal: u32) -> crate::Result {
            crate::utils::to_result(crate::rt::ffi::bpf_send_signal(signal))
        }

        /// Sends `signal` to the current thread, as `bpf_send_signal` does to its
        /// process.
        #[inline(always)]
        $($visibility)? fn bpf_send_signal_thread(&self, signal: u32) -> crate::Result {
            crate::utils::to_result(crate::rt::ffi::bpf_send_signal_thread(
                signal,
            ))
        }

        /// Copies the string at the address `src` of the current task's
        /// userspace to `dst`, as `bpf_probe_read_kernel_str` does.
        #[inline(always)]
        $($visibility)? fn bpf_probe_read_user_str(
            &self,
            dst: &mut [u8],
            src: u64,
        ) -> crate::Result {
            crate::program::helpers::probe_read_user_str(dst, src)
        }

        /// Copies the current task's name to `buf`, with a NUL.
        #[inline(always)]
        $($visibility)? fn bpf_get_current_comm(
            &self,
            buf: &mut [u8; 16],
        ) -> crate::Result {
            crate::program::helpers::current_comm(buf)
        }
    };
}

/// The helpers that every `obj` has, for functions that programs of several kinds call.
///
/// Each `obj` has the same methods itself, so a program needs the trait for such functions
/// only. Programs with one argument have `&Context` for that.
///
/// # Examples
///
/// ```no_run
/// #![no_std]
/// #![no_main]
///
/// use rex::compat::*;
///
/// #[rex_map]
/// static LAST: RexArrayMap<u64> = RexArrayMap::new(1, 0);
///
/// fn note(obj: &impl Helpers) -> Result {
///     LAST.insert(&0, &obj.bpf_ktime_get_ns())
/// }
///
/// #[rex_kprobe("do_exit")]
/// fn on_exit(obj: &kprobe, _: &mut PtRegs) -> Result {
///     note(obj)
/// }
///
/// #[rex_xdp]
/// fn on_packet(obj: &xdp, _: &mut xdp_md) -> Result {
///     note(obj)?;
///     Ok(rex::linux::bpf::XDP_PASS as i32)
/// }
/// ```
pub trait Helpers: Run + Sized {
    base_helpers!();
}

impl<T: Run> Helpers for T {}

/// The helpers that every `obj` has whose programs run in the context of a task, for
/// functions that programs of several such kinds call. Programs with one argument have
/// `&TaskContext` for that.
///
/// # Examples
///
/// ```no_run
/// # use rex::compat::*;
/// fn who(obj: &impl TaskHelpers) -> u32 {
///     (obj.bpf_get_current_pid_tgid() >> 32) as u32
/// }
///
/// #[rex_kprobe("do_exit")]
/// fn on_exit(obj: &kprobe, _: &mut PtRegs) -> Result {
///     rex_printk!("{} exits\n", who(obj))
/// }
///
/// #[rex_fentry("vfs_read")]
/// fn on_read(obj: &fentry, _: &FentryArgs) -> Result {
///     rex_printk!("{} reads on CPU {}\n", who(obj), obj.bpf_get_smp_processor_id())
/// }
/// ```
pub trait TaskHelpers: Helpers {
    current_task_helpers!();
}

pub(crate) use {base_helpers, current_task_helpers};
