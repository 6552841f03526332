// SPDX-License-Identifier: GPL-2.0
//! Programs that run when a kernel function returns, by a direct call. They cost
//! less than a kretprobe, and see the arguments. C counterpart: BPF programs of
//! type `BPF_PROG_TYPE_TRACING`, attached as `BPF_TRACE_FEXIT`.
//!
//! The kernel has to have type information (`CONFIG_DEBUG_INFO_BTF`), and ignores
//! the program's result.
//!
//! ```no_run
//! #[rex_fexit("vfs_read")]
//! fn on_read(obj: &fexit, ctx: &FexitArgs) -> Result {
//!     rex_printk!("{} bytes\n", ctx.return_value() as i64)
//! }
//! ```

use core::ffi::c_void;

use crate::fentry::arguments;
use crate::program::function::{program, sleepable};
use crate::program::run::{at_functions, stack_of_caller};

program! {
    /// The helpers of fexit programs. It is valid during the run only.
    fexit;

    /// The return of a traced function of the kernel.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[fexit("vfs_read")]
    /// fn on_read(ctx: &mut FexitContext) {
    ///     let (wanted, got) = (ctx.arg(2), ctx.return_value());
    ///     info!("{} bytes of {}", got, wanted.unwrap_or(0));
    /// }
    /// ```
    FexitContext(&'run FexitArgs<'run>): TaskContext
}

sleepable! { fexit: FexitContext(&'run FexitArgs<'run>) }

stack_of_caller! { [] fexit: FexitArgs<'_> }
at_functions! { fexit: FexitArgs<'_> }

/// The arguments and the return value of a traced function, as the registers that
/// they were passed in. The upper bits of a value of less than 64 bits can be
/// anything, and so can the return value if the function returns nothing.
pub struct FexitArgs<'run> {
    args: &'run [u64],
    return_value: u64,
}

#[cfg(not(target_os = "none"))]
impl<'run> FexitArgs<'run> {
    /// Makes the arguments and the return value of a call, for a test.
    #[must_use]
    pub fn new(args: &'run [u64], return_value: u64) -> Self {
        Self { args, return_value }
    }
}

impl FexitArgs<'_> {
    /// Returns all arguments, as they were on entry.
    #[inline(always)]
    pub fn args(&self) -> &[u64] {
        self.args
    }

    /// Returns the argument with this index, if there is one.
    #[inline(always)]
    pub fn arg(&self, index: usize) -> Option<u64> {
        self.args.get(index).copied()
    }

    /// Returns the function's return value.
    #[inline(always)]
    pub fn return_value(&self) -> u64 {
        self.return_value
    }
}

#[cfg(not(target_os = "none"))]
impl<'e, R, F> crate::host::Program<FexitArgs<'e>, (fexit, R)> for F
where
    F: for<'a, 'b> Fn(&'a fexit, &'b FexitArgs<'b>) -> R,
{
    type Output = R;

    fn simulate(self, event: &mut FexitArgs<'e>) -> R {
        self(&fexit::new(), event)
    }
}

#[cfg(not(target_os = "none"))]
impl<'e, R, F> crate::host::Program<FexitArgs<'e>, (FexitContext<'static>, R)>
    for F
where
    F: for<'a, 'run> Fn(&'a mut FexitContext<'run>) -> R,
{
    type Output = R;

    fn simulate(self, event: &mut FexitArgs<'e>) -> R {
        self(&mut FexitContext::new(&fexit::new(), event))
    }
}

/// Runs `function` for one event.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type tracing and of this attach
/// type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = fexit::new();
    let ctx = ctx.cast::<u64>();
    // SAFETY: it is the context of such a program. The reference ends with this
    // function, since `function` takes any lifetime.
    let args = unsafe { arguments(ctx) };
    // SAFETY: the return value follows the arguments, in programs of this attach
    // type.
    let return_value = unsafe { ctx.wrapping_add(args.len()).read() };
    let context = FexitArgs { args, return_value };
    function.call(&mut obj, &context) as u32
}
