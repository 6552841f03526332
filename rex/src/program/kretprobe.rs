// SPDX-License-Identifier: GPL-2.0
//! Programs that run when a probed kernel function returns.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE` at a kretprobe.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[kretprobe("do_sys_openat2")]
//! fn on_open(ctx: &mut KretprobeContext) {
//!     info!("open gives {}", ctx.return_value() as i32);
//! }
//! ```

use core::ffi::c_void;

use crate::program::function::program;
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;

program! {
    /// The helpers of kretprobe programs. It is valid during the run only.
    kretprobe;

    /// The return of a probed function of the kernel.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[kretprobe("vfs_read")]
    /// fn on_return(ctx: &mut KretprobeContext) -> Result {
    ///     info!("{} has read {}", ctx.pid(), ctx.return_value() as i64);
    ///     Ok(())
    /// }
    /// ```
    KretprobeContext(&'run mut PtRegs): TaskContext; simulated
}

at_probes! { kretprobe }

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type kprobe: `ctx` points to the
/// registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = kretprobe::new();
    // SAFETY: the caller keeps the same contract. The reference ends with this
    // function, since `function` takes any lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&mut obj, regs) as u32
}
