// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a tracepoint and see its arguments, not its record.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_RAW_TRACEPOINT`.
//!
//! They cost less than programs of [`tracepoint`](mod@crate::tracepoint), since the
//! kernel makes no record. The tracepoint's `TP_PROTO` in the kernel's source lists
//! the arguments; each is 64 bits here.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[raw_tracepoint("sched_process_exit")]
//! fn on_exit(ctx: &mut RawTracepointContext) {
//!     // The first argument is the task, a pointer into the kernel.
//!     info!("{:#x} exits", ctx.arg(0).unwrap_or(0));
//! }
//! ```
//!
//! With `tp_btf`, the kernel finds the tracepoint by its type information
//! (`CONFIG_DEBUG_INFO_BTF`), as it does for eBPF's `tp_btf`. The program sees the
//! same arguments:
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[tp_btf("sched_switch")]
//! fn on_switch(ctx: &mut RawTracepointContext) {
//!     let preempted = ctx.arg(0).unwrap_or(0) & 1;
//!     info!("CPU {} {preempted}", ctx.cpu());
//! }
//! ```

use core::ffi::c_void;
use core::slice;

use crate::program::function::{arguments, program};
use crate::program::run::stack_of_caller;

program! {
    /// The helpers of raw tracepoint programs. It is valid during the run only.
    raw_tracepoint;

    /// An event of a tracepoint, with its arguments.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[raw_tracepoint("sched_process_exit")]
    /// fn on_exit(ctx: &mut RawTracepointContext) {
    ///     // The first argument is the task, a pointer into the kernel.
    ///     info!("{:#x} exits", ctx.arg(0).unwrap_or(0));
    /// }
    /// ```
    RawTracepointContext(&'run RawTracepointArgs): TaskContext, setup: by_hand; simulated
}

stack_of_caller! { [] raw_tracepoint: RawTracepointArgs }

arguments! {
    /// The arguments of a tracepoint.
    ///
    /// The loader looks up their number in the running kernel.
    RawTracepointArgs
}

/// The second argument of [`run`]: the number of arguments.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Length(usize);

#[doc(hidden)]
#[inline(always)]
pub const fn __setup_at_event(arguments: usize) -> Length {
    Length(arguments)
}

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type raw tracepoint, or of type
/// tracing at a raw tracepoint: `ctx` points to `length` arguments.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    Length(length): Length,
    function: impl Function,
) -> u32 {
    let mut obj = raw_tracepoint::new();
    // SAFETY: the caller keeps the same contract. The kernel makes the array for
    // its programs, which do not write to it. The reference ends with this
    // function, since `function` takes any lifetime.
    let args = unsafe { slice::from_raw_parts(ctx.cast(), length) };
    function.call(&mut obj, RawTracepointArgs::new(args)) as u32
}
