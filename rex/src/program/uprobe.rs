// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a probed function of a userspace program or library, on
//! entry or on return.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a uprobe.
//!
//! The registers are userspace's.
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[uprobe(path = "/bin/bash", function = "readline")]
//! fn on_call(ctx: &mut UprobeContext) -> Result {
//!     let word: u64 = ctx.read_user(ctx.regs().rdi())?;
//!     info!("the prompt begins with {word:x}");
//!     Ok(())
//! }
//!
//! #[uretprobe(path = "/bin/bash", function = "readline")]
//! fn on_return(ctx: &mut UprobeContext) {
//!     info!("the line is at {:#x}", ctx.return_value());
//! }
//! ```

use core::ffi::c_void;
use core::marker::PhantomData;

use crate::program::helpers::{base_helpers, current_task_helpers};
use crate::pt_regs::PtRegs;
use crate::utils::Result;

/// What a uprobe program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct uprobe {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
}

/// The signature of uprobe programs.
#[doc(hidden)]
pub type Program = for<'a, 'b> fn(&'a uprobe, &'b mut PtRegs) -> Result;

crate::program::function::functions! {
    uprobe(&'run mut PtRegs) UprobeContext
}

#[doc(hidden)]
pub const PROG_TYPE: u32 = crate::linux::bpf::BPF_PROG_TYPE_KPROBE;
#[doc(hidden)]
pub const ATTACH_TYPE: u32 = 0;

impl uprobe {
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
    let obj = uprobe { _run: PhantomData };
    // SAFETY: the caller keeps the contract, which is the same. The reference
    // ends with this function, since `function` takes any
    // lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&obj, regs) as u32
}
