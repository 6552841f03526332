// SPDX-License-Identifier: GPL-2.0
//! Programs that run when probed functions of the kernel are entered, and again when they
//! return.
//! C counterpart: BPF programs of the attach type `BPF_TRACE_KPROBE_SESSION`.
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[kprobe_session("vfs_*")]
//! fn on_call(ctx: &mut KprobeSessionContext) -> Result<SessionAction> {
//!     if !ctx.is_return() {
//!         ctx.set_session_value(ctx.regs().rdi())?;
//!     } else if ctx.return_value() != 0 {
//!         info!("{:?} fails for {:x}", ctx.function(), ctx.session_value());
//!     }
//!     Ok(SessionAction::Return)
//! }
//! ```

use core::ffi::c_void;

use crate::error::{Result, done};
use crate::program::function::program;
use crate::program::run::at_probes;
use crate::pt_regs::PtRegs;
use crate::rt::ffi;
use crate::utils::to_result;
use crate::verdict::actions;

actions! {
    /// The result of a kprobe_session program when a function is entered, which says
    /// whether the session goes on. It can be in a `Result`, whose error ends the
    /// session. See [`verdict`](crate::verdict).
    SessionAction, on error Skip {
        /// The program is called again when the function returns.
        Return = 0,
        /// The program is not called when the function returns.
        Skip = 1,
    }
}

program! {
    /// The helpers of kprobe_session programs. It is valid during the run only.
    kprobe_session;

    /// The context of a kprobe_session program, which runs when a probed function of the
    /// kernel is entered and when it returns.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[kprobe_session("vfs_*")]
    /// fn on_call(ctx: &mut KprobeSessionContext) -> SessionAction {
    ///     if ctx.is_return() {
    ///         info!("{} gets {}", ctx.pid(), ctx.return_value() as i64);
    ///     }
    ///     SessionAction::Return
    /// }
    /// ```
    KprobeSessionContext(&'run mut PtRegs): TaskContext -> SessionAction; simulated
}

at_probes! { kprobe_session }

impl kprobe_session {
    /// Returns true if the function returns, and false if it is entered.
    #[inline(always)]
    pub fn bpf_session_is_return(&self) -> bool {
        ffi::bpf_session_is_return() != 0
    }
}

impl KprobeSessionContext<'_> {
    /// Returns true if the function returns, and false if it is entered.
    #[doc(alias = "bpf_session_is_return")]
    #[inline(always)]
    pub fn is_return(&self) -> bool {
        ffi::bpf_session_is_return() != 0
    }

    /// Returns the value stored when this call of the function began, or 0 if there is
    /// none.
    #[doc(alias = "bpf_session_cookie")]
    #[inline(always)]
    pub fn session_value(&self) -> u64 {
        ffi::rex_session_value()
    }

    /// Stores a value until this call of the function returns.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the program was not called by a session, since it is attached
    /// otherwise.
    #[doc(alias = "bpf_session_cookie")]
    #[inline(always)]
    pub fn set_session_value(&mut self, value: u64) -> Result {
        done(to_result(ffi::rex_session_set_value(value)))
    }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type kprobe: `ctx` points to
/// the registers at the probe, and nothing else uses them during the call.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(
    ctx: *mut c_void,
    on_error: SessionAction,
    function: impl Function,
) -> u32 {
    let mut obj = kprobe_session::new();
    // SAFETY: the caller keeps the contract, which is the same. The reference
    // ends with this function, since `function` takes any
    // lifetime.
    let regs = unsafe { PtRegs::from_ctx(ctx) };
    function.call(&mut obj, regs).unwrap_or(on_error) as u32
}
