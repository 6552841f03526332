// SPDX-License-Identifier: GPL-2.0
//! The one argument of a program: the event, and the helpers that the program may call.
//!
//! Each kind of program has its own context, such as [`KprobeContext`] or
//! [`XdpContext`]. Each of them derefs to [`Context`], which has the methods of all
//! programs. Contexts of programs that run in a task deref to [`TaskContext`] first,
//! which has more. So a function that takes `&Context` or `&TaskContext` can be called
//! with any context that derefs to it. [`prelude`](crate::prelude) has all of these
//! names.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! use rex::prelude::*;
//!
//! #[map]
//! static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(1024);
//!
//! fn count(ctx: &TaskContext) -> Result {
//!     if let Some(calls) = CALLS.lookup(ctx, ctx.tgid()) {
//!         calls.update(|calls| *calls += 1);
//!         return Ok(());
//!     }
//!     CALLS.insert(ctx.tgid(), 1)
//! }
//!
//! #[kprobe("do_sys_openat2")]
//! fn on_open(ctx: &mut KprobeContext) -> Result {
//!     count(ctx)
//! }
//! ```
//!
//! A context is a pair of references that the kernel's call lends to the program: to the
//! object that upstream calls `obj`, and to the event. Programs cannot make one. Nothing
//! that it returns outlives `'run`. Methods that change a packet take `&mut self`, so no
//! older slice of the packet can be used afterwards.

pub(crate) mod cgroup;
pub mod pt_regs;
pub(crate) mod skb;
pub(crate) mod sleepable;
pub mod task_struct;

mod packet;
mod tc;
mod tracing;
mod xdp;
pub(crate) mod xdp_md;

use core::ffi::CStr;
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

use crate::error::{Errno, Result, done};
use crate::kernel::{Ptr, Struct};
use crate::map::CgroupArray;
use crate::pod::Pod;
use crate::program::helpers;
use crate::program::{Run, TaskRun};
use crate::rt::ffi;
use crate::task_struct::{TaskComm, TaskStruct};

#[doc(inline)]
pub use crate::program::contexts::*;
pub use cgroup::Cgroup;
pub use sleepable::{Sleepable, Sleeps};
pub use tracing::TracepointContext;

/// The part of a context that all programs have.
///
/// A copy can be used while a part of the context is borrowed.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
/// #[map]
/// static LAST: Array<u64> = Array::with_max_entries(1);
///
/// # fn f(ctx: &mut XdpContext) {
/// let context = ctx.context();
/// if let Some(first) = ctx.data_mut().first_mut()
///     && let Some(last) = LAST.lookup(&context, 0)
/// {
///     last.set(u64::from(*first));
///     *first = 0;
/// }
/// # }
/// ```
///
/// # Invariants
///
/// There is a run of a program that does not end before `'run` does.
#[derive(Clone, Copy)]
pub struct Context<'run> {
    /// It ends with the run, and is neither `Send` nor `Sync`, since it belongs to one
    /// CPU.
    _run: PhantomData<(&'run (), *mut ())>,
}

impl<'run> Context<'run> {
    #[inline(always)]
    pub(crate) fn of(_run: &'run impl Run) -> Self {
        // INVARIANT: a borrow of an `obj` does not outlive the run, by `Run`.
        Self { _run: PhantomData }
    }

    /// Returns a copy.
    #[must_use]
    #[inline(always)]
    pub fn context(&self) -> Self {
        *self
    }

    /// Returns the number of the CPU that the program runs on.
    #[doc(alias = "bpf_get_smp_processor_id")]
    #[inline(always)]
    pub fn cpu(&self) -> u32 {
        ffi::bpf_get_smp_processor_id()
    }

    /// Returns the NUMA node of the CPU that the program runs on.
    #[doc(alias = "bpf_get_numa_node_id")]
    #[inline(always)]
    pub fn numa_node(&self) -> u32 {
        ffi::bpf_get_numa_node_id()
    }

    /// Has the program `timer` of this object, one with the attribute `timer` and without
    /// a period, run once after `delay`. If it was armed before and has not run yet, it
    /// runs at the new time only.
    ///
    /// # Errors
    ///
    /// `ENOENT` if there is no such program, `EINVAL` if it has a period; `ERANGE` below a
    /// millisecond and above a day; `ESHUTDOWN` if it is being unloaded; `EBUSY` where
    /// interrupts are off, if this CPU has had many interrupts for such things just now.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use core::time::Duration;
    /// # use rex::prelude::*;
    /// #[timer]
    /// fn later(_: &mut TimerContext) {
    ///     info!("a process ended 10 ms ago");
    /// }
    ///
    /// #[kprobe("do_exit")]
    /// fn on_exit(ctx: &mut KprobeContext) -> Result {
    ///     ctx.arm_timer("later", Duration::from_millis(10))
    /// }
    /// ```
    #[doc(alias = "bpf_timer_start")]
    #[inline(always)]
    pub fn arm_timer(&self, timer: &str, delay: Duration) -> Result {
        done(helpers::arm_timer(timer, delay))
    }

    /// A pseudo-random number.
    #[doc(alias = "bpf_get_prandom_u32")]
    #[inline(always)]
    pub fn random(&self) -> u32 {
        ffi::bpf_get_prandom_u32()
    }

    /// Returns the kernel's address `address` as a pointer to a T.
    ///
    /// It is a number until it is read through, so any number is valid.
    #[must_use]
    #[inline(always)]
    pub fn kernel_ptr<T>(&self, address: u64) -> Ptr<'run, T> {
        Ptr::new(address)
    }

    /// Returns a copy of the T at the kernel's address `address`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[doc(alias = "bpf_probe_read_kernel")]
    #[inline(always)]
    pub fn read_kernel<T: Pod>(&self, address: u64) -> Result<T> {
        let mut value = crate::pod::zeroed();
        let address = core::ptr::without_provenance(address as usize);
        done(helpers::probe_read_kernel(&mut value, address))?;
        Ok(value)
    }

    /// Fills `bytes` from the kernel's address `address`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read; then `bytes` is zeroed.
    #[doc(alias = "bpf_probe_read_kernel")]
    #[inline(always)]
    pub fn read_kernel_bytes(&self, address: u64, bytes: &mut [u8]) -> Result {
        let address = core::ptr::without_provenance(address as usize);
        done(helpers::probe_read_kernel_buf(bytes, address))
    }

    /// Copies the string at the kernel's address `address` to `buffer`, truncated if
    /// it is too long.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[doc(alias = "bpf_probe_read_kernel_str")]
    #[inline(always)]
    pub fn read_kernel_str<'b>(
        &self,
        address: u64,
        buffer: &'b mut [u8],
    ) -> Result<&'b CStr> {
        let address = core::ptr::without_provenance(address as usize);
        done(helpers::probe_read_kernel_str(buffer, address))?;
        text(buffer)
    }
}

/// The part of a context that programs have that run in the context of a task. Programs
/// that see packets do not.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// /// Programs of all kinds that run in a task can call this.
/// fn is_root(ctx: &TaskContext) -> bool {
///     ctx.uid() == 0
/// }
///
/// #[fentry("vfs_read")]
/// fn on_read(ctx: &mut FentryContext) {
///     if !is_root(ctx) {
///         info!("{} reads", ctx.tgid());
///     }
/// }
/// ```
///
/// # Invariants
///
/// Its `context` belongs to a program of such a kind.
#[derive(Clone, Copy)]
pub struct TaskContext<'run> {
    context: Context<'run>,
}

impl<'run> TaskContext<'run> {
    #[inline(always)]
    pub(crate) fn of(run: &'run impl TaskRun) -> Self {
        // INVARIANT: the trait guarantees it.
        Self {
            context: Context::of(run),
        }
    }

    /// Returns the task that the program interrupted.
    #[doc(alias = "bpf_get_current_task")]
    #[inline(always)]
    pub fn task(&self) -> Option<TaskStruct<'run>> {
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`.
        unsafe { TaskStruct::current() }
    }

    /// Returns the current task's cgroup in the unified hierarchy. None if the kernel has
    /// no cgroups.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[kprobe("do_sys_openat2")]
    /// fn on_open(ctx: &mut KprobeContext) {
    ///     if let Some(cgroup) = ctx.cgroup() {
    ///         info!("a file is opened in the cgroup {}", cgroup.id());
    ///     }
    /// }
    /// ```
    #[inline(always)]
    pub fn cgroup(&self) -> Option<Cgroup<'run>> {
        let task = self.task()?;
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`, and
        // the current task is not released. A run that can wait has this for a shorter
        // time, which ends before it waits.
        unsafe { Cgroup::of_task(&task) }
    }

    /// Returns the `struct task_struct` of the task that the program interrupted: the
    /// crate's declaration, or the program's.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// # use rex::kernel::task_struct;
    /// # fn f(ctx: &TaskContext) -> Result {
    /// let task = ctx.current::<task_struct>();
    /// info!("{} switches", read!(task.nvcsw)?);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "bpf_get_current_task")]
    #[must_use]
    #[inline(always)]
    pub fn current<T: Struct>(&self) -> Ptr<'run, T> {
        const { crate::kernel::check_struct::<T>("task_struct") }
        Ptr::new(crate::task_struct::current_address())
    }

    /// Returns the current task's thread group id (upper half) and thread id.
    #[doc(alias = "bpf_get_current_pid_tgid")]
    #[inline(always)]
    pub fn pid_tgid(&self) -> u64 {
        ffi::bpf_get_current_pid_tgid()
    }

    /// Returns the id of the current thread, as [`TaskStruct::pid`].
    #[doc(alias = "bpf_get_current_pid_tgid")]
    #[inline(always)]
    pub fn pid(&self) -> u32 {
        self.pid_tgid() as u32
    }

    /// Returns the id of the current process, as [`TaskStruct::tgid`].
    #[doc(alias = "bpf_get_current_pid_tgid")]
    #[inline(always)]
    pub fn tgid(&self) -> u32 {
        (self.pid_tgid() >> 32) as u32
    }

    /// Returns the current task's user id.
    #[doc(alias = "bpf_get_current_uid_gid")]
    #[inline(always)]
    pub fn uid(&self) -> u32 {
        ffi::bpf_get_current_uid_gid() as u32
    }

    /// Returns the current task's group id.
    #[doc(alias = "bpf_get_current_uid_gid")]
    #[inline(always)]
    pub fn gid(&self) -> u32 {
        (ffi::bpf_get_current_uid_gid() >> 32) as u32
    }

    /// Returns the current task's name.
    ///
    /// # Errors
    ///
    /// The helper's, which the kernel documents as `EINVAL`.
    #[doc(alias = "bpf_get_current_comm")]
    #[inline(always)]
    pub fn comm(&self) -> Result<TaskComm> {
        let mut name = [0; 16];
        done(helpers::current_comm(&mut name))?;
        Ok(TaskComm::new(name))
    }

    /// Returns the id of the current task's cgroup in the unified hierarchy: the inode
    /// number of its folder. 0 if the kernel has no cgroups.
    #[doc(alias = "bpf_get_current_cgroup_id")]
    #[inline(always)]
    pub fn cgroup_id(&self) -> u64 {
        ffi::bpf_get_current_cgroup_id()
    }

    /// Returns the id of the current task's cgroup or its ancestor at `level`, where the
    /// root is at level 0. 0 if it is not that deep.
    #[doc(alias = "bpf_get_current_ancestor_cgroup_id")]
    #[inline(always)]
    pub fn ancestor_cgroup_id(&self, level: i32) -> u64 {
        ffi::bpf_get_current_ancestor_cgroup_id(level)
    }

    /// Returns whether the current task is in the cgroup at `index` of `cgroups`, or in
    /// one below it.
    ///
    /// # Errors
    ///
    /// `E2BIG` if there is no such index, `EAGAIN` if no cgroup is there.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[map]
    /// static CGROUPS: CgroupArray = CgroupArray::with_max_entries(1);
    ///
    /// #[kprobe("do_sys_openat2")]
    /// fn on_open(ctx: &mut KprobeContext) -> Result {
    ///     if ctx.is_in_cgroup(&CGROUPS, 0)? {
    ///         info!("{} of the service opens a file", ctx.pid());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "bpf_current_task_under_cgroup")]
    #[inline(always)]
    pub fn is_in_cgroup(
        &self,
        cgroups: &'static CgroupArray,
        index: u32,
    ) -> Result<bool> {
        let is_in = cgroups.inner().has_current_task(index);
        Ok(is_in.map_err(Errno::from)? != 0)
    }

    /// Sends `signal` to the current process, soon.
    ///
    /// # Errors
    ///
    /// `EPERM` for kernel threads and the init process, `EBUSY` if a signal from this
    /// CPU is still pending.
    #[doc(alias = "bpf_send_signal")]
    #[inline(always)]
    pub fn send_signal(&self, signal: u32) -> Result {
        done(crate::utils::to_result(ffi::bpf_send_signal(signal)))
    }

    /// Sends `signal` to the current thread, as [`send_signal`](Self::send_signal)
    /// does to its process.
    #[doc(alias = "bpf_send_signal_thread")]
    #[inline(always)]
    pub fn send_signal_to_thread(&self, signal: u32) -> Result {
        done(crate::utils::to_result(ffi::bpf_send_signal_thread(signal)))
    }

    /// Returns a copy of the T at the address `address` of the current task's userspace.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, or is not in memory now.
    #[doc(alias = "bpf_probe_read_user")]
    #[inline(always)]
    pub fn read_user<T: Pod>(&self, address: u64) -> Result<T> {
        let mut value = crate::pod::zeroed();
        done(helpers::probe_read_user(&mut value, address))?;
        Ok(value)
    }

    /// Fills `bytes` from the address `address` of the current task's userspace.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, or is not in memory now; then `bytes` is zeroed.
    #[doc(alias = "bpf_probe_read_user")]
    #[inline(always)]
    pub fn read_user_bytes(&self, address: u64, bytes: &mut [u8]) -> Result {
        done(helpers::probe_read_user_buf(bytes, address))
    }

    /// Copies the string at the address `address` of the current task's userspace to
    /// `buffer`, truncated if it is too long.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[kprobe("do_sys_openat2")]
    /// fn on_open(ctx: &mut KprobeContext) -> Result {
    ///     let mut buffer = [0; 64];
    ///     let path = ctx.read_user_str(ctx.regs().rsi(), &mut buffer)?;
    ///     info!("opens {}", path.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read, or is not in memory now.
    #[doc(alias = "bpf_probe_read_user_str")]
    #[inline(always)]
    pub fn read_user_str<'b>(
        &self,
        address: u64,
        buffer: &'b mut [u8],
    ) -> Result<&'b CStr> {
        done(helpers::probe_read_user_str(buffer, address))?;
        text(buffer)
    }
}

impl<'run> Deref for TaskContext<'run> {
    type Target = Context<'run>;

    #[inline(always)]
    fn deref(&self) -> &Context<'run> {
        &self.context
    }
}

/// Returns the string in a buffer.
#[inline(always)]
fn text(buffer: &[u8]) -> Result<&CStr> {
    CStr::from_bytes_until_nul(buffer).map_err(|_| Errno::EFAULT)
}

/// Makes a struct the context of a kind of program.
macro_rules! context {
    (
        $(#[$doc:meta])*
        $name:ident($obj:ident, $event:ty): $base:ident
    ) => {
        $(#[$doc])*
        pub struct $name<'run> {
            pub(crate) base: crate::context::$base<'run>,
            // A kind may have no helpers that only it can call.
            #[allow(dead_code)]
            pub(crate) run: &'run $obj,
            pub(crate) event: $event,
        }

        // SAFETY: the function that calls the program makes it of references whose
        // lifetime ends with the run. The type of programs lets them choose no lifetime.
        unsafe impl crate::program::Run for $name<'_> {}

        impl<'run> $name<'run> {
            #[inline(always)]
            pub(crate) fn new(run: &'run $obj, event: $event) -> Self {
                let base = crate::context::$base::of(run);
                Self { base, run, event }
            }
        }

        impl<'run> core::ops::Deref for $name<'run> {
            type Target = crate::context::$base<'run>;

            #[inline(always)]
            fn deref(&self) -> &Self::Target {
                &self.base
            }
        }
    };
}

/// Makes getters of a context: each calls a method of its event.
macro_rules! fields {
    ($context:ident: $($(#[$doc:meta])* $name:ident: $field:ty = $of:ident,)*) => {
        impl $context<'_> {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub fn $name(&self) -> $field {
                    self.event.$of()
                }
            )*
        }
    };
}

pub(crate) use {context, fields};
