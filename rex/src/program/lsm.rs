// SPDX-License-Identifier: GPL-2.0
//! Programs that allow or deny operations of processes, at the hooks of Linux's
//! security modules. C counterpart: BPF programs of type `BPF_PROG_TYPE_LSM`,
//! attached as `BPF_LSM_MAC`.
//!
//! The hooks and their arguments are in the kernel's `lsm_hook_defs.h`. A negative error
//! number is the hook's result, and denies. 0 leaves the decision to other modules: the
//! kernel goes on to the hook's own function, as if there were no program. So it is 0 also
//! at hooks where a module without an opinion returns another number, such as `-ENOSYS` at
//! `task_prctl`. Any other number is `-EPERM`. An error of a helper that `?` returns denies,
//! too. The kernel ignores the result at hooks that return nothing. A stopped program denies
//! nothing, unless the attribute has `default_ret = -1`.
//!
//! The kernel needs `CONFIG_BPF_LSM`, and "bpf" in `/sys/kernel/security/lsm`.
//! Debian's kernels have both.
//!
//! ```no_run
//! # use rex::prelude::*;
//! /// Only root may set a nice value above 10.
//! #[lsm("task_setnice")]
//! fn on_nice(ctx: &mut LsmContext) -> Result {
//!     let nice = ctx.arg(1).unwrap_or(0) as i32;
//!     if nice > 10 && ctx.uid() != 0 {
//!         return Err(Errno::EPERM);
//!     }
//!     Ok(())
//! }
//! ```

use core::ffi::{c_int, c_void};

use crate::fentry::arguments;
use crate::linux::errno::EPERM;
use crate::program::function::{arguments, program, sleepable};
use crate::program::run::stack_of_caller;

/// `-MAX_ERRNO`.
const LAST_ERROR: c_int = -4095;

program! {
    /// The helpers of lsm programs. It is valid during the run only.
    lsm;

    /// A call of a hook of Linux's security modules.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// /// Only root may set a nice value above 10.
    /// #[lsm("task_setnice")]
    /// fn on_nice(ctx: &mut LsmContext) -> Result {
    ///     let nice = ctx.arg(1).unwrap_or(0) as i32;
    ///     if nice > 10 && ctx.uid() != 0 {
    ///         return Err(Errno::EPERM);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    LsmContext(&'run LsmArgs): TaskContext; simulated
}

sleepable! { lsm: LsmContext(&'run LsmArgs) }

stack_of_caller! { [] lsm: LsmArgs }

arguments! {
    /// The arguments of a hook, as the registers that they are passed in. The upper
    /// bits of an argument of less than 64 bits can be anything.
    LsmArgs
}

/// Runs `function` for one call of the hook.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type LSM and of this attach type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = lsm::new();
    // SAFETY: it is the context of such a program, which a trampoline calls. The
    // reference ends with this function, since `function` takes any lifetime.
    let args = unsafe { arguments(ctx.cast()) };
    match function.call(&mut obj, LsmArgs::new(args)) {
        ret @ LAST_ERROR..=0 => ret as u32,
        _ => -EPERM as u32,
    }
}
