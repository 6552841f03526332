// SPDX-License-Identifier: GPL-2.0
//! The contexts of programs that trace, and of LSM programs.

use core::ops::Deref;

use super::{
    FentryContext, FexitContext, KprobeContext, KprobeSessionContext,
    KretprobeContext, LsmContext, PerfEventContext, RawTracepointContext,
    TaskContext, UprobeContext, UsdtContext,
};
use crate::error::{Result, done, number};
use crate::kernel::{__RESULT, Arguments};
use crate::linux::perf_event::bpf_perf_event_value;
use crate::map::StackTrace;
use crate::program::Run;
use crate::pt_regs::PtRegs;
use crate::tracepoint::{DataLoc, TracepointRecord, tracepoint};

macro_rules! registers {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// Returns the registers at the probe.
                #[inline(always)]
                pub fn regs(&self) -> &PtRegs {
                    self.event
                }

                /// Returns the function's return value, in programs that run when it
                /// returns.
                #[inline(always)]
                pub fn return_value(&self) -> u64 {
                    self.event.return_value()
                }

                /// The number that the probe was attached with, which identifies the
                /// probe among those of the program: `bpf_cookie` in the options of libbpf,
                /// `cookies` in those of `rex_obj_attach_functions`. 0 if it was
                /// attached without one.
                #[doc(alias = "bpf_get_attach_cookie")]
                #[inline(always)]
                pub fn attach_cookie(&self) -> u64 {
                    self.run.bpf_get_attach_cookie(self.event)
                }

                /// The address of the probed function, in the kernel or in
                /// userspace; librex's `rex_symbol` has the name of one of the
                /// kernel. `None` if the probe is not at a function's beginning; in
                /// userspace, also before Linux 6.6.
                #[doc(alias = "bpf_get_func_ip")]
                #[inline(always)]
                pub fn function(&self) -> Option<u64> {
                    match self.run.bpf_get_func_ip(self.event) {
                        0 => None,
                        address => Some(address),
                    }
                }
            }
        )*
    };
}

registers! { KprobeContext KprobeSessionContext KretprobeContext UprobeContext }

macro_rules! functions {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// The number that the program was attached to the function with, which
                /// identifies it among those of the program: `bpf_cookie` in the options
                /// of libbpf, `cookies` in those of `rex_obj_attach_functions`. 0 if it
                /// was attached without one.
                #[doc(alias = "bpf_get_attach_cookie")]
                #[inline(always)]
                pub fn attach_cookie(&self) -> u64 {
                    self.run.bpf_get_attach_cookie(self.event)
                }

                /// The address of the traced function; librex's `rex_symbol` has its
                /// name.
                #[doc(alias = "bpf_get_func_ip")]
                #[inline(always)]
                pub fn function(&self) -> Option<u64> {
                    match self.run.bpf_get_func_ip(self.event) {
                        0 => None,
                        address => Some(address),
                    }
                }
            }
        )*
    };
}

functions! { FentryContext FexitContext }

/// Makes the methods of a context for stacks; they call the methods of its `obj`.
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
    [] KprobeSessionContext<'_>,
    [] KretprobeContext<'_>,
    [] UprobeContext<'_>,
    [] UsdtContext<'_>,
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

/// Returns the part of `addresses` that was written.
#[inline(always)]
fn frames(addresses: &[u64], bytes: u32) -> &[u64] {
    addresses.get(..bytes as usize / 8).unwrap_or(addresses)
}

macro_rules! arguments {
    ($($name:ident)*) => {
        $(
            impl $name<'_> {
                /// Returns all arguments, as the registers that they were passed in.
                /// The upper bits of an argument of less than 64 bits can be anything.
                #[inline(always)]
                pub fn args(&self) -> &[u64] {
                    self.event.args()
                }

                /// Returns the argument with this index, if there is one.
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
    /// Returns the function's return value.
    #[doc(alias = "bpf_get_func_ret")]
    #[inline(always)]
    pub fn return_value(&self) -> u64 {
        self.event.return_value()
    }
}

impl KprobeContext<'_> {
    /// Makes the probed function return `value` to its caller, without running it.
    ///
    /// This works in a probe at the entry of a function that may fail: a system call,
    /// or a function that the kernel marks for error injection.
    ///
    /// # Errors
    ///
    /// The kernel's errors; then nothing has changed.
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
    /// Returns the registers of the interrupted code, in userspace or in the kernel.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        self.event.regs()
    }

    /// Returns the number of events since the last sample.
    #[inline(always)]
    pub fn sample_period(&self) -> u64 {
        self.event.sample_period()
    }

    /// Returns the address of the event's access, 0 if it has none.
    #[inline(always)]
    pub fn addr(&self) -> u64 {
        self.event.addr()
    }

    /// Returns the event's counter, and the times that it has been enabled and running.
    ///
    /// # Errors
    ///
    /// The kernel's errors.
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
/// ```no_run
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

// SAFETY: the function that calls the program makes it of references whose lifetime
// ends with the run. The type of programs lets them choose no lifetime.
unsafe impl<E: TracepointRecord> Run for TracepointContext<'_, E> {}

impl<'run, E: TracepointRecord> TracepointContext<'run, E> {
    #[inline(always)]
    pub(crate) fn new(run: &'run tracepoint<E>, event: &'run E) -> Self {
        let base = TaskContext::of(run);
        Self { base, run, event }
    }

    /// Returns the record of the event.
    #[inline(always)]
    pub fn event(&self) -> &'run E {
        self.event
    }

    /// Copies a field of variable length, a `__data_loc` of the record, to `buffer`,
    /// and truncates it if it does not fit. Returns the copied bytes; a string includes
    /// its NUL if that fits.
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

macro_rules! typed_arguments {
    ($($name:ident: |$ctx:ident, $index:ident, $offset:ident| $register:expr,)*) => {
        $(
            impl<'run> Arguments<'run> for $name<'run> {
                #[inline(always)]
                fn register(&self, $index: usize, $offset: usize) -> u64 {
                    let $ctx = self;
                    $register
                }
            }
        )*
    };
}

typed_arguments! {
    FentryContext: |ctx, _index, offset| ctx.arg(offset / 8).unwrap_or(0),
    FexitContext: |ctx, index, offset| match index {
        __RESULT => ctx.return_value(),
        _ => ctx.arg(offset / 8).unwrap_or(0),
    },
    LsmContext: |ctx, _index, offset| ctx.arg(offset / 8).unwrap_or(0),
    RawTracepointContext: |ctx, _index, offset| ctx.arg(offset / 8).unwrap_or(0),
    KprobeContext: |ctx, index, _offset| match index {
        0 => ctx.regs().rdi(),
        1 => ctx.regs().rsi(),
        2 => ctx.regs().rdx(),
        3 => ctx.regs().rcx(),
        4 => ctx.regs().r8(),
        5 => ctx.regs().r9(),
        _ => 0,
    },
    KretprobeContext: |ctx, _index, _offset| ctx.return_value(),
}
