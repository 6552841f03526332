// SPDX-License-Identifier: GPL-2.0
//! Programs that run for each sample of a perf event: a hardware counter, a
//! clock, a software event.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_PERF_EVENT`.
//!
//! They are attached to the descriptors that perf_event_open(2) returns for each
//! CPU or task (`bpf_program__attach_perf_event`). If the program returns 0, the
//! sample is not recorded.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[perf_event]
//! fn on_sample(ctx: &mut PerfEventContext) {
//!     let at = ctx.regs().rip();
//!     info!("{at:#x} every {} ns", ctx.sample_period());
//! }
//! ```

use core::ffi::c_void;
use core::mem::size_of;

use crate::linux::perf_event::bpf_perf_event_value;
use crate::map::{self, RexStackTrace};
use crate::pod::Pod;
use crate::program::function::program;
use crate::pt_regs::PtRegs;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

program! {
    /// The helpers of perf event programs. It is valid during the run only.
    perf_event;

    /// A sample of a perf event.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[perf_event]
    /// fn on_sample(ctx: &mut PerfEventContext) {
    ///     info!("{:#x} every {}", ctx.regs().rip(), ctx.sample_period());
    /// }
    /// ```
    PerfEventContext(&'run bpf_perf_event_data): TaskContext; simulated
}

impl perf_event {
    /// Reads the event's counter, and the times that it has been enabled and
    /// running.
    ///
    /// On failure, it returns a negative error number and zeroes `value`.
    #[inline(always)]
    pub fn bpf_perf_prog_read_value(
        &self,
        ctx: &bpf_perf_event_data,
        value: &mut bpf_perf_event_value,
    ) -> Result {
        // SAFETY: it is the only context of this run. The size is of `value`, which
        // consists of integers.
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

impl perf_event {
    /// Stores the stack of the sample in `map`, and returns its number. It is the
    /// kernel's stack, or userspace's with `BPF_F_USER_STACK` in `flags`, whose
    /// lowest 8 bits are the number of frames to leave out.
    pub fn bpf_get_stackid_pe<K: Pod, V: Pod>(
        &self,
        ctx: &bpf_perf_event_data,
        map: &'static RexStackTrace<K, V>,
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run.
        unsafe { map.store_sample(ctx.as_ptr(), flags) }
    }

    /// Copies the stack of the sample to `addresses`, innermost frame first, and
    /// returns its size in bytes; `flags` are as for
    /// [`bpf_get_stackid_pe`](Self::bpf_get_stackid_pe).
    pub fn bpf_get_stack_pe(
        &self,
        ctx: &bpf_perf_event_data,
        addresses: &mut [u64],
        flags: u64,
    ) -> Result {
        // SAFETY: it is the context of the run.
        unsafe { map::copy_stack_of_sample(ctx.as_ptr(), addresses, flags) }
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
    /// Makes the sample of a simulated kernel.
    ///
    /// # Safety
    ///
    /// `ctx` has the field that `regs` reads, and the helpers can read it.
    #[cfg(not(target_os = "none"))]
    pub(crate) unsafe fn simulated(ctx: *mut c_void) -> Self {
        // INVARIANT: by the caller's word.
        Self { ctx }
    }

    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.ctx
    }

    /// Returns the registers of the interrupted code, in userspace or in the
    /// kernel.
    #[inline(always)]
    pub fn regs(&self) -> &PtRegs {
        let field = self
            .ctx
            .wrapping_byte_add(ffi::bpf_perf_event_data_kern_regs())
            .cast::<*const c_void>();
        // SAFETY: by the type's invariant, there is such a field.
        let regs = unsafe { field.read() };
        // SAFETY: the kernel stores them for its programs, which do not write to
        // them. The reference ends with the context's.
        unsafe { PtRegs::shared(regs) }
    }

    /// Returns the number of events since the last sample.
    #[inline(always)]
    pub fn sample_period(&self) -> u64 {
        // SAFETY: by the type's invariant.
        unsafe { ffi::rex_perf_sample_period(self.ctx) }
    }

    /// Returns the address of the event's access, 0 if it has none.
    #[inline(always)]
    pub fn addr(&self) -> u64 {
        // SAFETY: by the type's invariant.
        unsafe { ffi::rex_perf_sample_addr(self.ctx) }
    }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type perf event: `ctx` points to its
/// `struct bpf_perf_event_data_kern`.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = perf_event::new();
    // INVARIANT: by the caller's word. It ends with this function, since `program`
    // takes any lifetime.
    let data = bpf_perf_event_data { ctx };
    function.call(&mut obj, &data) as u32
}
