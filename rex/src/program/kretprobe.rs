// SPDX-License-Identifier: GPL-2.0
//! Programs that run when a probed kernel function returns.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a kretprobe.
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[kretprobe("do_sys_openat2")]
//! fn on_open(ctx: &mut KretprobeContext) {
//!     info!("open gives {}", ctx.return_value() as i32);
//! }
//! ```

use core::ffi::c_void;
use core::marker::PhantomData;

use crate::program::helpers::{base_helpers, current_task_helpers};
use crate::pt_regs::PtRegs;
use crate::utils::Result;

/// What a kretprobe program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct kretprobe {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
}

/// The signature of kretprobe programs.
#[doc(hidden)]
pub type Program = for<'a, 'b> fn(&'a kretprobe, &'b mut PtRegs) -> Result;

crate::program::function::functions! {
    kretprobe(&'run mut PtRegs) KretprobeContext
}

#[doc(hidden)]
pub const PROG_TYPE: u32 = crate::linux::bpf::BPF_PROG_TYPE_KPROBE;
#[doc(hidden)]
pub const ATTACH_TYPE: u32 = 0;

impl kretprobe {
    base_helpers!();
    current_task_helpers!();
}

/// Runs `function` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type kprobe: `ctx` points to
/// the registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, function: impl Function) -> u32 {
    let obj = kretprobe { _run: PhantomData };
    // SAFETY: the caller keeps the contract, which is the same. The reference
    // ends with this function, since `function` takes any
    // lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&obj, regs) as u32
}
