// SPDX-License-Identifier: GPL-2.0
//! Programs that run for each sample of a perf event: a hardware counter, a
//! clock, a software event.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_PERF_EVENT`.
//!
//! They are attached to the descriptor that perf_event_open(2) gives
//! (`bpf_program__attach_perf_event`), one for each CPU or task. What they return
//! says whether the sample is also recorded: 0 drops it.
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[perf_event]
//! fn on_sample(ctx: &mut PerfEventContext) {
//!     let at = ctx.regs().rip();
//!     info!("{at:#x} every {} ns", ctx.sample_period());
//! }
//! ```

use core::ffi::c_void;
use core::marker::PhantomData;
use core::mem::size_of;

use crate::linux::perf_event::bpf_perf_event_value;
use crate::program::helpers::{base_helpers, current_task_helpers};
use crate::pt_regs::PtRegs;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// What a perf event program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct perf_event {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
}

impl perf_event {
    base_helpers!();
    current_task_helpers!();

    /// Reads the event's counter, and for how long it has been enabled and has
    /// been running.
    ///
    /// On failure, which is a negative error number, `value` is zeroed.
    #[inline(always)]
    pub fn bpf_perf_prog_read_value(
        &self,
        ctx: &bpf_perf_event_data,
        value: &mut bpf_perf_event_value,
    ) -> Result {
        // SAFETY: the context is that of this run, of which there is but one. The
        // size is that of `value`, which is integers.
        let ret = unsafe {
            ffi::bpf_perf_prog_read_value(
                ctx.ctx,
                core::ptr::from_mut(value).cast(),
                size_of::<bpf_perf_event_value>() as u32,
            )
        };
        to_result(ret)
    }
}

/// A sample of a perf event.
///
/// # Invariants
///
/// `ctx` points to the `struct bpf_perf_event_data_kern` of this run.
#[allow(non_camel_case_types)]
pub struct bpf_perf_event_data {
    ctx: *mut c_void,
}

impl bpf_perf_event_data {
    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.ctx
    }

    /// The registers of what was interrupted, in userspace or in the kernel.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        let field = self
            .ctx
            .wrapping_byte_add(ffi::bpf_perf_event_data_kern_regs())
            .cast::<*const c_void>();
        // SAFETY: by the type's invariant, there is such a field.
        let regs = unsafe { field.read() };
        // SAFETY: the kernel has them there for its programs, which do not write
        // to them. The reference ends with that to the context.
        unsafe { PtRegs::shared(regs) }
    }

    /// The number of events from the last sample to this one.
    #[inline(always)]
    pub fn sample_period(&self) -> u64 {
        // SAFETY: by the type's invariant.
        unsafe { ffi::rex_perf_sample_period(self.ctx) }
    }

    /// The address that the event is about, 0 if it has none.
    #[inline(always)]
    pub fn addr(&self) -> u64 {
        // SAFETY: by the type's invariant.
        unsafe { ffi::rex_perf_sample_addr(self.ctx) }
    }
}

/// The signature of perf event programs.
#[doc(hidden)]
pub type Program =
    for<'a, 'b> fn(&'a perf_event, &'b bpf_perf_event_data) -> Result;

crate::program::function::functions! {
    perf_event(&'run bpf_perf_event_data) PerfEventContext
}

#[doc(hidden)]
pub const PROG_TYPE: u32 = crate::linux::bpf::BPF_PROG_TYPE_PERF_EVENT;
#[doc(hidden)]
pub const ATTACH_TYPE: u32 = 0;

/// Runs `function` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type perf event: `ctx` points
/// to its `struct bpf_perf_event_data_kern`.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, function: impl Function) -> u32 {
    let obj = perf_event { _run: PhantomData };
    // INVARIANT: the caller says so, and it ends with this function, since
    // `program` takes any lifetime.
    let data = bpf_perf_event_data { ctx };
    function.call(&obj, &data) as u32
}
