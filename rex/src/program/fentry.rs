// SPDX-License-Identifier: GPL-2.0
//! Programs that run when a kernel function is entered, by a direct call, which costs
//! less than a kprobe. C counterpart: BPF programs of type `BPF_PROG_TYPE_TRACING`,
//! attached as `BPF_TRACE_FENTRY`.
//!
//! The kernel has to have type information (`CONFIG_DEBUG_INFO_BTF`), and ignores the
//! program's result.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[fentry("vfs_read")]
//! fn on_read(ctx: &mut FentryContext) {
//!     info!("up to {} bytes", ctx.arg(2).unwrap_or(0));
//! }
//! ```

use core::ffi::c_void;
use core::slice;

use crate::program::function::{arguments, program, sleepable};
use crate::program::run::{at_functions, stack_of_caller};

program! {
    /// The helpers of fentry programs. It is valid during the run only.
    fentry;

    /// The entry of a traced function of the kernel.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[fentry("vfs_read")]
    /// fn on_read(ctx: &mut FentryContext) {
    ///     info!("up to {} bytes", ctx.arg(2).unwrap_or(0));
    /// }
    /// ```
    FentryContext(&'run FentryArgs): TaskContext; simulated
}

sleepable! { fentry: FentryContext(&'run FentryArgs) }

stack_of_caller! { [] fentry: FentryArgs }
at_functions! { fentry: FentryArgs }

arguments! {
    /// The arguments of a traced function, as the registers that they were passed in.
    /// The upper bits of an argument of less than 64 bits can be anything.
    FentryArgs
}

/// Returns the arguments that the kernel has stored at `ctx`. The lowest byte of the
/// word before them is their number, for the helper `bpf_get_func_arg_cnt`.
///
/// # Safety
///
/// `ctx` is the context of a BPF program that a trampoline calls, and the call lasts
/// for `'run`.
#[inline(always)]
pub(crate) unsafe fn arguments<'run>(ctx: *const u64) -> &'run [u64] {
    // SAFETY: trampolines always store the number there.
    let count = unsafe { ctx.wrapping_sub(1).read() } & 0xff;
    // SAFETY: the number is right, and nothing writes to them during the call.
    unsafe { slice::from_raw_parts(ctx, count as usize) }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type tracing and of this attach type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = fentry::new();
    // SAFETY: it is the context of such a program. The reference ends with this
    // function, since `function` takes any lifetime.
    let args = unsafe { arguments(ctx.cast()) };
    function.call(&mut obj, FentryArgs::new(args)) as u32
}
