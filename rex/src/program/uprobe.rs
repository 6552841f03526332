// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a probed function of a userspace program or library, on
//! entry or on return.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a uprobe.
//!
//! They see the registers of userspace.
//!
//! ```no_run
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

use crate::program::function::{program, sleepable};
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;

program! {
    /// The helpers of uprobe programs. It is valid during the run only.
    uprobe;

    /// A call or a return of a probed function in userspace, with userspace's
    /// registers.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[uprobe(path = "/bin/bash", function = "readline")]
    /// fn on_call(ctx: &mut UprobeContext) -> Result {
    ///     let mut buffer = [0; 32];
    ///     let prompt = ctx.read_user_str(ctx.regs().rdi(), &mut buffer)?;
    ///     info!("the prompt is {}", prompt.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    UprobeContext(&'run mut PtRegs): TaskContext; simulated
}

sleepable! { uprobe: UprobeContext(&'run mut PtRegs) }

at_probes! { uprobe }

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type kprobe: `ctx` points to the
/// registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = uprobe::new();
    // SAFETY: the caller keeps the same contract. The reference ends with this
    // function, since `function` takes any lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&mut obj, regs) as u32
}
