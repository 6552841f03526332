// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a tracepoint.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_TRACEPOINT`.
//!
//! ```no_run
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
use crate::program::{Run, TaskHelpers, TaskRun};
use crate::rt::ffi;
use crate::utils::Result;
use crate::verdict::{self, Outcome};

pub use context::DataLoc;
#[doc(hidden)]
pub use context::{check_name, read_field};
pub use contexts::*;

/// A program's copy of an event's record, or of parts of it.
/// [`tracepoint_ctx!`](crate::tracepoint_ctx) declares such types.
///
/// Programs with two arguments call it `TracepointContext`.
///
/// # Safety
///
/// `read` reads only fields that every record of the tracepoint of `SECTION` has.
pub unsafe trait TracepointRecord: Copy + 'static {
    /// The attach point of programs with this context, in libbpf's notation:
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

/// The helpers of tracepoint programs. It is valid during the run only.
#[allow(non_camel_case_types)]
pub struct tracepoint<C: TracepointRecord> {
    /// The record. The pointer also makes this neither `Send` nor `Sync`, since it
    /// belongs to one run, on one CPU.
    record: *const u8,
    _context: PhantomData<fn(C)>,
}

// SAFETY: it is a local of the function that the kernel calls, and the type of
// programs lets them choose no lifetime.
unsafe impl<C: TracepointRecord> Run for tracepoint<C> {}

// SAFETY: it has these helpers, by `current_task_helpers`.
unsafe impl<C: TracepointRecord> TaskRun for tracepoint<C> {}
impl<C: TracepointRecord> TaskHelpers for tracepoint<C> {}

impl<C: TracepointRecord> PerfEventStreamer for tracepoint<C> {
    type Context<'run> = C;
}

stack_of_caller! { [C: TracepointRecord] tracepoint<C>: C }

impl<C: TracepointRecord> tracepoint<C> {
    base_helpers!(pub);
    current_task_helpers!(pub);

    /// Copies a field of variable length, a `__data_loc` of the record, to `buf`,
    /// and truncates it if it does not fit. Returns the copied bytes; a string
    /// includes its NUL if that fits.
    pub fn data<'a>(&self, field: &DataLoc, buf: &'a mut [u8]) -> &'a [u8] {
        let length = field.len().min(buf.len());
        let (to, _) = buf.split_at_mut(length);
        let from = self.record.wrapping_add(field.offset());
        // The field is from this run's record, since it is neither `Send` nor
        // `Pod`. But it can be any number if the program is attached to another
        // event than the declared one. SAFETY: the length is of `to`. The helper
        // checks the source.
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

/// The function of a program, with either signature. It takes `obj` by a mutable
/// reference, which no program has, so that only a run calls it.
#[doc(hidden)]
pub trait Function<C: TracepointRecord>: Copy {
    fn call(self, obj: &mut tracepoint<C>, event: &C) -> c_int;
}

impl<C: TracepointRecord> Function<C> for Program<C> {
    #[inline(always)]
    fn call(self, obj: &mut tracepoint<C>, event: &C) -> c_int {
        verdict::conclude(self(obj, event))
    }
}

impl<C: TracepointRecord, R: Outcome> Function<C> for ContextProgram<C, R> {
    #[inline(always)]
    fn call(self, obj: &mut tracepoint<C>, event: &C) -> c_int {
        let mut context = crate::context::TracepointContext::new(obj, event);
        verdict::conclude(self(&mut context))
    }
}

/// Fixes the type of the function `program`.
#[doc(hidden)]
#[inline(always)]
pub const fn two_arguments<C: TracepointRecord>(
    program: Program<C>,
) -> Program<C> {
    program
}

/// Fixes the type of a function with one argument.
#[doc(hidden)]
#[inline(always)]
pub const fn one_argument<C: TracepointRecord, R: Outcome>(
    program: ContextProgram<C, R>,
) -> ContextProgram<C, R> {
    program
}

/// Returns the attach point of the function `program`.
#[doc(hidden)]
pub const fn section<C: TracepointRecord, F: Function<C>>(
    _program: F,
) -> &'static str {
    C::SECTION
}

/// The second argument of [`run`]: nothing.
#[doc(hidden)]
pub const fn __setup_of_record() {}

/// Calls `run` with a program's arguments, in the simulated kernel.
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
/// The kernel calls this as a BPF program of type tracepoint: `ctx` points to the
/// record of the tracepoint that `C` stands for, and nothing writes to it during
/// the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run<C: TracepointRecord, F: Function<C>>(
    ctx: *mut c_void,
    (): (),
    function: F,
) -> u32 {
    let mut obj = tracepoint {
        record: ctx.cast(),
        _context: PhantomData,
    };
    // SAFETY: by the caller's word, this is the record, and it does not change.
    let record = unsafe { C::read(ctx.cast()) };
    function.call(&mut obj, &record) as u32
}
