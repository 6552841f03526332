// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a tracepoint.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_TRACEPOINT`.
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[tracepoint]
//! fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
//!     info!("{} copies descriptor {}", ctx.pid(), ctx.event().fildes);
//! }
//! ```
//!
//! Contexts of other tracepoints are declared by
//! [`tracepoint_ctx!`](crate::tracepoint_ctx).

mod context;
mod contexts;

use core::ffi::{c_int, c_void};
use core::marker::PhantomData;

use crate::map::PerfEventStreamer;
use crate::program::helpers::{base_helpers, current_task_helpers};
use crate::program::run::stack_of_caller;
use crate::program::{Run, TaskRun};
use crate::rt::ffi;
use crate::utils::Result;
use crate::verdict::{self, Outcome};

pub use context::DataLoc;
#[doc(hidden)]
pub use context::{check_name, read_field};
pub use contexts::*;

/// A copy of an event's record, or of parts of it, which a program gets.
/// [`tracepoint_ctx!`](crate::tracepoint_ctx) declares such types.
///
/// Its other name is `TracepointContext`, as that of programs with two arguments.
///
/// # Safety
///
/// `read` reads what is there in the record of any event that the tracepoint of
/// `SECTION` makes.
pub unsafe trait TracepointRecord: Copy + 'static {
    /// Where programs with this context are attached, in libbpf's notation:
    /// `tracepoint/category/name`.
    const SECTION: &'static str;

    /// Copies the record.
    ///
    /// # Safety
    ///
    /// `record` points to a record of this tracepoint that does not change.
    #[doc(hidden)]
    unsafe fn read(record: *const u8) -> Self;
}

pub use TracepointRecord as TracepointContext;

/// What a tracepoint program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct tracepoint<C: TracepointRecord> {
    /// The record. Also: neither `Send` nor `Sync`, since it belongs to one run,
    /// on one CPU.
    record: *const u8,
    _context: PhantomData<fn(C)>,
}

// SAFETY: it is a local of the function that the kernel calls, and the type of
// programs leaves them no choice of its lifetime.
unsafe impl<C: TracepointRecord> Run for tracepoint<C> {}

// SAFETY: it has these helpers itself, by `current_task_helpers`.
unsafe impl<C: TracepointRecord> TaskRun for tracepoint<C> {}

impl<C: TracepointRecord> PerfEventStreamer for tracepoint<C> {
    type Context<'run> = C;
}

stack_of_caller! { [C: TracepointRecord] tracepoint<C>: C }

impl<C: TracepointRecord> tracepoint<C> {
    base_helpers!();
    current_task_helpers!();

    /// Copies a field of variable length, a `__data_loc` of the record, to `buf`,
    /// truncated if it does not fit. Returns what was copied; of a string, with
    /// its NUL if that fits.
    pub fn data<'a>(&self, field: &DataLoc, buf: &'a mut [u8]) -> &'a [u8] {
        let length = field.len().min(buf.len());
        let (to, _) = buf.split_at_mut(length);
        let from = self.record.wrapping_add(field.offset());
        // The field is from this run's record: it is neither `Send` nor `Pod`. But
        // if the program is attached to another event than the declared one, it
        // can be any number.
        // SAFETY: the length is that of `to`. The helper checks the source.
        unsafe {
            ffi::bpf_probe_read_kernel(
                to.as_mut_ptr(),
                length as u32,
                from.cast(),
            );
        }
        to
    }
}

/// The signature of tracepoint programs.
#[doc(hidden)]
pub type Program<C> = for<'a, 'b> fn(&'a tracepoint<C>, &'b C) -> Result;

/// The signature of tracepoint programs with one argument.
#[doc(hidden)]
pub type ContextProgram<C, R> =
    for<'a, 'run> fn(&'a mut crate::context::TracepointContext<'run, C>) -> R;

/// The function of a program, with either signature.
#[doc(hidden)]
pub trait Function<C: TracepointRecord>: Copy {
    fn call(self, obj: &tracepoint<C>, event: &C) -> c_int;
}

impl<C: TracepointRecord> Function<C> for Program<C> {
    #[inline(always)]
    fn call(self, obj: &tracepoint<C>, event: &C) -> c_int {
        verdict::conclude(self(obj, event))
    }
}

impl<C: TracepointRecord, R: Outcome> Function<C> for ContextProgram<C, R> {
    #[inline(always)]
    fn call(self, obj: &tracepoint<C>, event: &C) -> c_int {
        let mut context = crate::context::TracepointContext::new(obj, event);
        verdict::conclude(self(&mut context))
    }
}

/// The function `program`, as what it is.
#[doc(hidden)]
#[inline(always)]
pub const fn two_arguments<C: TracepointRecord>(
    program: Program<C>,
) -> Program<C> {
    program
}

/// The same for a program with one argument.
#[doc(hidden)]
#[inline(always)]
pub const fn one_argument<C: TracepointRecord, R: Outcome>(
    program: ContextProgram<C, R>,
) -> ContextProgram<C, R> {
    program
}

/// Where the function `program` is to be attached.
#[doc(hidden)]
pub const fn section<C: TracepointRecord, F: Function<C>>(
    _program: F,
) -> &'static str {
    C::SECTION
}

/// What [`run`] wants to know besides: nothing.
#[doc(hidden)]
pub const fn __setup_of_record() {}

/// Calls `run` with what a program gets, in the simulated kernel.
#[cfg(not(target_os = "none"))]
pub(crate) fn simulate<C: TracepointRecord, R>(
    event: &C,
    run: impl FnOnce(&tracepoint<C>, &C) -> R,
) -> R {
    let obj = tracepoint {
        record: core::ptr::from_ref(event).cast(),
        _context: PhantomData,
    };
    run(&obj, event)
}

/// Runs `function` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type tracepoint: `ctx` points
/// to the record of the tracepoint that `C` stands for, and nothing writes to it
/// during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run<C: TracepointRecord, F: Function<C>>(
    ctx: *mut c_void,
    (): (),
    function: F,
) -> u32 {
    let obj = tracepoint {
        record: ctx.cast(),
        _context: PhantomData,
    };
    // SAFETY: the caller says that this is the record, and that it does not change.
    let record = unsafe { C::read(ctx.cast()) };
    function.call(&obj, &record) as u32
}
