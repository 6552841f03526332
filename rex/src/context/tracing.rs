// SPDX-License-Identifier: GPL-2.0
//! The contexts of programs that trace, and of those that decide about what a
//! process may do.

use core::ops::Deref;

use super::{TaskContext, context};
use crate::error::{Result, done, number};
use crate::fentry::{FentryArgs, fentry};
use crate::fexit::{FexitArgs, fexit};
use crate::kprobe::kprobe;
use crate::kretprobe::kretprobe;
use crate::linux::perf_event::bpf_perf_event_value;
use crate::lsm::{LsmArgs, lsm};
use crate::map::StackTrace;
use crate::perf_event::{bpf_perf_event_data, perf_event};
use crate::pt_regs::PtRegs;
use crate::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use crate::tracepoint::{DataLoc, TracepointRecord, tracepoint};
use crate::uprobe::uprobe;

context! {
    /// A call of a probed function of the kernel.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     info!("{} reads up to {} bytes", ctx.pid(), ctx.regs().rdx());
    ///     Ok(())
    /// }
    /// ```
    KprobeContext(kprobe, &'run mut PtRegs): TaskContext
}

context! {
    /// The return of a probed function of the kernel.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[kretprobe("vfs_read")]
    /// fn on_return(ctx: &mut KretprobeContext) -> Result {
    ///     info!("{} has read {}", ctx.pid(), ctx.return_value() as i64);
    ///     Ok(())
    /// }
    /// ```
    KretprobeContext(kretprobe, &'run mut PtRegs): TaskContext
}

context! {
    /// A call or a return of a probed function in userspace. The registers are those
    /// of userspace.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[uprobe(path = "/bin/bash", function = "readline")]
    /// fn on_call(ctx: &mut UprobeContext) -> Result {
    ///     let mut buffer = [0; 32];
    ///     let prompt = ctx.read_user_str(ctx.regs().rdi(), &mut buffer)?;
    ///     info!("the prompt is {}", prompt.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    UprobeContext(uprobe, &'run mut PtRegs): TaskContext
}

context! {
    /// The entry of a traced function of the kernel.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[fentry("vfs_read")]
    /// fn on_read(ctx: &mut FentryContext) {
    ///     info!("up to {} bytes", ctx.arg(2).unwrap_or(0));
    /// }
    /// ```
    FentryContext(fentry, &'run FentryArgs): TaskContext
}

context! {
    /// The return of a traced function of the kernel.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[fexit("vfs_read")]
    /// fn on_read(ctx: &mut FexitContext) {
    ///     let (wanted, got) = (ctx.arg(2), ctx.return_value());
    ///     info!("{} bytes of {}", got, wanted.unwrap_or(0));
    /// }
    /// ```
    FexitContext(fexit, &'run FexitArgs<'run>): TaskContext
}

context! {
    /// A call of a hook of Linux's security modules.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// /// Who is not root may not be nicer than 10 to others.
    /// #[lsm("task_setnice")]
    /// fn on_nice(ctx: &mut LsmContext) -> Result {
    ///     let nice = ctx.arg(1).unwrap_or(0) as i32;
    ///     if nice > 10 && ctx.uid() != 0 {
    ///         return Err(Errno::EPERM);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    LsmContext(lsm, &'run LsmArgs): TaskContext
}

context! {
    /// An event of a tracepoint, with its arguments.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[raw_tracepoint("sched_process_exit")]
    /// fn on_exit(ctx: &mut RawTracepointContext) {
    ///     // The first argument is the task, a pointer into the kernel.
    ///     info!("{:#x} exits", ctx.arg(0).unwrap_or(0));
    /// }
    /// ```
    RawTracepointContext(raw_tracepoint, &'run RawTracepointArgs): TaskContext
}

context! {
    /// A sample of a perf event.
    ///
    /// # Examples
    ///
    /// ```ignore
    /// # use rex::prelude::*;
    /// #[perf_event]
    /// fn on_sample(ctx: &mut PerfEventContext) {
    ///     info!("{:#x} every {}", ctx.regs().rip(), ctx.sample_period());
    /// }
    /// ```
    PerfEventContext(perf_event, &'run bpf_perf_event_data): TaskContext
}

macro_rules! registers {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// The registers at the probe.
                #[inline(always)]
                pub fn regs(&self) -> &PtRegs {
                    self.event
                }

                /// What the function returns: in programs that run when it does.
                #[inline(always)]
                pub fn return_value(&self) -> u64 {
                    self.event.return_value()
                }

                /// The number that the program was attached with, which tells its
                /// attachments apart: `bpf_cookie` in the options of libbpf. 0 if
                /// it was attached without one.
                #[doc(alias = "bpf_get_attach_cookie")]
                #[inline(always)]
                pub fn attach_cookie(&self) -> u64 {
                    self.run.bpf_get_attach_cookie(self.event)
                }
            }
        )*
    };
}

registers! { KprobeContext KretprobeContext UprobeContext }

/// Makes the methods of contexts that take the stack of a kind, by the methods of
/// their `obj`.
macro_rules! stacks {
    (
        $stack:literal $also:literal, $stack_id:ident $copy:ident:
        $([$($generics:tt)*] $name:ty,)*
    ) => {
        $(
            impl<$($generics)*> $name {
                #[doc = concat!("Stores the ", $stack, " in `stacks`, and returns its")]
                /// number: the kernel's, or with `BPF_F_USER_STACK` in `flags` that of
                /// userspace. The lowest 8 bits of `flags` are the number of frames to
                #[doc = concat!("leave out", $also, ".")]
                ///
                /// # Errors
                ///
                /// `EFAULT` if there is no such stack, `EEXIST` if another one has
                /// its place.
                #[doc(alias = "bpf_get_stackid")]
                #[inline(always)]
                pub fn stack_id<const DEPTH: usize>(
                    &self,
                    stacks: &'static StackTrace<DEPTH>,
                    flags: u64,
                ) -> Result<u32> {
                    let stacks = stacks.inner();
                    number(self.run.$stack_id(self.event, stacks, flags))
                }

                #[doc = concat!("Copies the ", $stack, " to `addresses`, innermost")]
                /// first; `flags` are those of [`stack_id`](Self::stack_id).
                ///
                /// # Errors
                ///
                /// `EFAULT` if there is no such stack.
                #[doc(alias = "bpf_get_stack")]
                #[inline(always)]
                pub fn stack<'b>(
                    &self,
                    addresses: &'b mut [u64],
                    flags: u64,
                ) -> Result<&'b [u64]> {
                    let size = self.run.$copy(self.event, addresses, flags);
                    Ok(frames(addresses, number(size)?))
                }
            }
        )*
    };
}

stacks! {
    "stack at the probe" "", bpf_get_stackid bpf_get_stack:
    [] KprobeContext<'_>,
    [] KretprobeContext<'_>,
    [] UprobeContext<'_>,
}

stacks! {
    "current stack"
    "; the kernel's stack begins with the functions that called the program",
    bpf_get_stackid bpf_get_stack:
    [] FentryContext<'_>,
    [] FexitContext<'_>,
    [] LsmContext<'_>,
    [] RawTracepointContext<'_>,
    [E: TracepointRecord] TracepointContext<'_, E>,
}

stacks! {
    "stack that the sample was taken at" "", bpf_get_stackid_pe bpf_get_stack_pe:
    [] PerfEventContext<'_>,
}

/// The part of `addresses` that has been written to.
#[inline(always)]
fn frames(addresses: &[u64], bytes: u32) -> &[u64] {
    addresses.get(..bytes as usize / 8).unwrap_or(addresses)
}

macro_rules! arguments {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// All arguments, as the registers that they were passed in: of an
                /// argument of less than 64 bits, the upper ones can be anything.
                #[inline(always)]
                pub fn args(&self) -> &[u64] {
                    self.event.args()
                }

                /// The argument with this index, if there are so many.
                #[doc(alias = "bpf_get_func_arg")]
                #[inline(always)]
                pub fn arg(&self, index: usize) -> Option<u64> {
                    self.event.arg(index)
                }
            }
        )*
    };
}

arguments! { FentryContext FexitContext LsmContext RawTracepointContext }

impl FexitContext<'_> {
    /// What the function returns.
    #[doc(alias = "bpf_get_func_ret")]
    #[inline(always)]
    pub fn return_value(&self) -> u64 {
        self.event.return_value()
    }
}

impl KprobeContext<'_> {
    /// Makes the probed function return `value` to its caller, without running it.
    ///
    /// Works where the probe is at the function's entry and the function is safe to
    /// fail: one that the kernel marks for error injection, or a system call.
    ///
    /// # Errors
    ///
    /// Those of the kernel; then nothing has changed.
    #[doc(alias = "bpf_override_return")]
    #[inline(always)]
    pub fn override_return(&mut self, value: u64) -> Result {
        match self.run.bpf_override_return(self.event, value) {
            0 => Ok(()),
            error => Err(error.into()),
        }
    }
}

impl PerfEventContext<'_> {
    /// The registers of what was interrupted, in userspace or in the kernel.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        self.event.regs()
    }

    /// The number of events from the last sample to this one.
    #[inline(always)]
    pub fn sample_period(&self) -> u64 {
        self.event.sample_period()
    }

    /// The address that the event is about, 0 if it has none.
    #[inline(always)]
    pub fn addr(&self) -> u64 {
        self.event.addr()
    }

    /// The event's counter, and for how long it has been enabled and has been
    /// running.
    ///
    /// # Errors
    ///
    /// Those of the kernel.
    #[doc(alias = "bpf_perf_prog_read_value")]
    #[inline(always)]
    pub fn read_value(&self) -> Result<bpf_perf_event_value> {
        let mut value = bpf_perf_event_value::default();
        done(self.run.bpf_perf_prog_read_value(self.event, &mut value))?;
        Ok(value)
    }
}

/// An event of a tracepoint, whose record is an E: one of the types in
/// [`tracepoint`](mod@crate::tracepoint), or declared by
/// [`tracepoint_ctx!`](crate::tracepoint_ctx).
///
/// # Examples
///
/// ```ignore
/// # use rex::prelude::*;
/// #[tracepoint]
/// fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
///     info!("{} copies descriptor {}", ctx.pid(), ctx.event().fildes);
/// }
/// ```
pub struct TracepointContext<'run, E: TracepointRecord> {
    base: TaskContext<'run>,
    run: &'run tracepoint<E>,
    event: &'run E,
}

impl<'run, E: TracepointRecord> TracepointContext<'run, E> {
    #[inline(always)]
    pub(crate) fn new(run: &'run tracepoint<E>, event: &'run E) -> Self {
        let base = TaskContext::of(run);
        Self { base, run, event }
    }

    /// The record of the event.
    #[inline(always)]
    pub fn event(&self) -> &'run E {
        self.event
    }

    /// Copies data of variable length, which a field of the record tells the place of,
    /// to `buffer`, as far as they fit. Returns what was copied; of a string, with its
    /// NUL if that fits.
    #[inline(always)]
    pub fn data<'b>(&self, field: &DataLoc, buffer: &'b mut [u8]) -> &'b [u8] {
        self.run.data(field, buffer)
    }
}

impl<'run, E: TracepointRecord> Deref for TracepointContext<'run, E> {
    type Target = TaskContext<'run>;

    #[inline(always)]
    fn deref(&self) -> &TaskContext<'run> {
        &self.base
    }
}
