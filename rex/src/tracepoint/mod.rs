// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a tracepoint.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_TRACEPOINT`.

mod contexts;

use core::ffi::c_void;
use core::marker::PhantomData;

use crate::helpers::{base_helpers, current_task_helpers};
use crate::utils::{Result, from_result};

pub use contexts::*;

/// The record of an event, as BPF programs of this tracepoint see it.
///
/// # Safety
///
/// The type has the layout of the record on every supported kernel, any bytes
/// are a value of it, and it is not larger than the record.
pub unsafe trait TracepointContext: Copy + 'static {
    /// Where programs with this context are attached, in libbpf's notation:
    /// `tracepoint/category/name`.
    const SECTION: &'static str;
}

/// What a tracepoint program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct tracepoint<C: TracepointContext> {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
    _context: PhantomData<fn(C)>,
}

impl<C: TracepointContext> tracepoint<C> {
    base_helpers!();
    current_task_helpers!();
}

/// The signature of tracepoint programs.
#[doc(hidden)]
pub type Program<C> = for<'a, 'b> fn(&'a tracepoint<C>, &'b C) -> Result;

/// The function `program`, as what it is.
#[doc(hidden)]
#[inline(always)]
pub const fn program<C: TracepointContext>(program: Program<C>) -> Program<C> {
    program
}

/// Where the function `program` is to be attached.
#[doc(hidden)]
pub const fn section<C: TracepointContext>(
    _program: Program<C>,
) -> &'static str {
    C::SECTION
}

/// Runs `program` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type tracepoint: `ctx` points
/// to the record of the tracepoint that `C` stands for, and nothing writes to it
/// during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run<C: TracepointContext>(
    ctx: *mut c_void,
    program: Program<C>,
) -> u32 {
    let obj = tracepoint {
        _run: PhantomData,
        _context: PhantomData,
    };
    // SAFETY: `C` has the record's layout by its trait's contract, and the caller
    // says that the record is there and does not change. The reference ends with
    // this function, since `program` takes any lifetime.
    let record = unsafe { &*ctx.cast::<C>() };
    from_result(program(&obj, record))
}
