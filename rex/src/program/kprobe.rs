// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a probed kernel function.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_KPROBE`.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[kprobe("do_sys_openat2")]
//! fn on_open(ctx: &mut KprobeContext) -> Result {
//!     let mut buffer = [0; 64];
//!     let path = ctx.read_user_str(ctx.regs().rsi(), &mut buffer)?;
//!     info!("opens {}", path.to_str().unwrap_or("?"));
//!     Ok(())
//! }
//! ```

use core::ffi::c_void;

use crate::program::function::program;
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;
use crate::rt::ffi;

program! {
    /// The helpers of kprobe programs. It is valid during the run only.
    kprobe;

    /// A call of a probed function of the kernel.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     info!("{} reads up to {} bytes", ctx.pid(), ctx.regs().rdx());
    ///     Ok(())
    /// }
    /// ```
    KprobeContext(&'run mut PtRegs): TaskContext; simulated
}

at_probes! { kprobe }

impl kprobe {
    /// Makes the probed function return `rc` to its caller, without running it.
    ///
    /// This works in a probe at the entry of a function that may fail: a system
    /// call, or a function that the kernel marks for error injection. Returns 0,
    /// or a negative error number, and then nothing has changed.
    #[inline(always)]
    pub fn bpf_override_return(&self, regs: &mut PtRegs, rc: u64) -> i32 {
        // SAFETY: `regs` are the registers of this run (a program has no
        // other `&mut PtRegs`), borrowed for the call.
        unsafe { ffi::rex_override_return(regs.as_mut_ptr(), rc) as i32 }
    }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type kprobe: `ctx` points to the
/// registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = kprobe::new();
    // SAFETY: the caller keeps the same contract. The reference ends with this
    // function, since `function` takes any lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&mut obj, regs) as u32
}
