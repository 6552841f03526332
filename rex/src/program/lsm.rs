// SPDX-License-Identifier: GPL-2.0
//! Programs that decide about what processes want to do, at the hooks of Linux's
//! security modules.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_LSM`, attached as
//! `BPF_LSM_MAC`.
//!
//! The hooks are the lines of the kernel's `lsm_hook_defs.h`, with their arguments;
//! what the program returns is what the hook does: 0 leaves the decision to others,
//! a negative error number forbids. Of hooks that return nothing, the kernel ignores
//! it. A number that is neither counts as `-EPERM`, so an error of a helper that is
//! passed on by `?` forbids, too. A program that has been stopped forbids nothing,
//! unless the attribute says `default_ret = -1`.
//!
//! The kernel needs `CONFIG_BPF_LSM`, and "bpf" in `/sys/kernel/security/lsm`, both
//! of which Debian's have.
//!
//! ```ignore
//! # use rex::prelude::*;
//! /// Who is not root may not be nicer than 10 to others.
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
use core::marker::PhantomData;

use crate::fentry::arguments;
use crate::linux::errno::EPERM;
use crate::program::helpers::{base_helpers, current_task_helpers};
use crate::utils::Result;

/// `-MAX_ERRNO`.
const LAST_ERROR: c_int = -4095;

/// What an lsm program may ask the kernel for. Valid during the run only.
#[allow(non_camel_case_types)]
pub struct lsm {
    /// Neither `Send` nor `Sync`: it belongs to one run, on one CPU.
    _run: PhantomData<*mut ()>,
}

impl lsm {
    base_helpers!();
    current_task_helpers!();
}

/// The arguments of a hook, as the registers that they are passed in: of an argument
/// of less than 64 bits, the upper ones can be anything.
#[repr(transparent)]
pub struct LsmArgs {
    args: [u64],
}

impl LsmArgs {
    /// All arguments.
    #[inline(always)]
    pub fn args(&self) -> &[u64] {
        &self.args
    }

    /// The argument with this index, if there are so many.
    #[inline(always)]
    pub fn arg(&self, index: usize) -> Option<u64> {
        self.args.get(index).copied()
    }
}

/// The signature of lsm programs.
#[doc(hidden)]
pub type Program = for<'a, 'b> fn(&'a lsm, &'b LsmArgs) -> Result;

crate::program::function::functions! {
    lsm(&'run LsmArgs) LsmContext
}

#[doc(hidden)]
pub const PROG_TYPE: u32 = crate::linux::bpf::BPF_PROG_TYPE_LSM;
#[doc(hidden)]
pub const ATTACH_TYPE: u32 = crate::linux::bpf::BPF_LSM_MAC;

/// Runs `function` for one call of the hook.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type LSM and of this attach type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, function: impl Function) -> u32 {
    let obj = lsm { _run: PhantomData };
    // SAFETY: it is the context of such a program, which a trampoline calls. The
    // reference ends with this function, since `function` takes any lifetime.
    let args = unsafe { arguments(ctx.cast()) };
    // SAFETY: the type is transparent over the slice.
    let args =
        unsafe { &*(core::ptr::from_ref::<[u64]>(args) as *const LsmArgs) };
    match function.call(&obj, args) {
        ret @ LAST_ERROR..=0 => ret as u32,
        _ => -EPERM as u32,
    }
}
