// SPDX-License-Identifier: GPL-2.0
//! Programs that run on request.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_RAW_TRACEPOINT`, or
//! `BPF_PROG_TYPE_SYSCALL` if they are sleepable, run by the command `BPF_PROG_TEST_RUN` of
//! bpf(2).
//!
//! Such a program reports or resets the counters of other programs when userspace asks
//! for it:
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[map]
//! static READS: Array<u64> = Array::with_max_entries(16);
//!
//! /// `rexctl call FILE report 3` prints the fourth number.
//! #[request]
//! fn report(ctx: &mut RequestContext) -> Result {
//!     let index = ctx.arg(0).unwrap_or(0);
//!     let reads = READS.get(index as u32).ok_or(Errno::ENOENT)?;
//!     info!("{reads} reads");
//!     Ok(())
//! }
//! ```
//!
//! Userspace gives its descriptor and the arguments to `bpf_prog_test_run_opts`: `ctx_in` is
//! an array of 12 integers of 64 bits. The run is in the process that asks, and `retval` is
//! what the program returns.
//!
//! A sleepable program also reads memory of that process, and waits if it is not there:
//!
//! ```no_run
//! # use rex::prelude::*;
//! /// The first argument is the address of a number.
//! #[request(sleepable)]
//! fn read(ctx: &mut Sleepable<RequestContext>) -> Result<i32> {
//!     let address = ctx.awake().arg(0).unwrap_or(0);
//!     ctx.copy_from_user(address)
//! }
//! ```
//!
//! The kernel copies the arguments of a sleepable program back to `ctx_in`, unchanged.

use core::ffi::c_void;

use crate::program::function::{program, sleepable};
use crate::program::run::stack_of_caller;

/// `MAX_BPF_FUNC_ARGS`.
const NR_ARGS: usize = 12;

program! {
    /// The helpers of request programs. It is valid during the run only.
    request;

    /// The context of a request program, which runs when userspace requests it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[request]
    /// fn sum(ctx: &mut RequestContext) -> Result<i32> {
    ///     let sum: u64 = ctx.args().iter().sum();
    ///     info!("{} asks for {sum}", ctx.pid());
    ///     i32::try_from(sum).map_err(|_| Errno::ERANGE)
    /// }
    /// ```
    RequestContext(&'run RequestArgs): TaskContext; simulated
}

sleepable! { request: RequestContext(&'run RequestArgs) }

stack_of_caller! { [] request: RequestArgs }

/// The 12 arguments of a request. Omitted ones are 0.
#[repr(transparent)]
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RequestArgs {
    args: [u64; NR_ARGS],
}

impl RequestArgs {
    /// Makes arguments for a test.
    #[must_use]
    pub fn new<const N: usize>(args: [u64; N]) -> Self {
        const { assert!(N <= NR_ARGS, "there are at most 12 arguments") }
        let mut all = [0; NR_ARGS];
        for (to, from) in all.iter_mut().zip(args) {
            *to = from;
        }
        Self { args: all }
    }

    /// Returns all arguments.
    #[inline(always)]
    pub fn args(&self) -> &[u64; NR_ARGS] {
        &self.args
    }

    /// Returns the argument with this index, below 12.
    #[inline(always)]
    pub fn arg(&self, index: usize) -> Option<u64> {
        self.args.get(index).copied()
    }
}

impl<'run> RequestContext<'run> {
    /// Returns all arguments.
    #[inline(always)]
    pub fn args(&self) -> &'run [u64; NR_ARGS] {
        self.event.args()
    }

    /// Returns the argument with this index, below 12.
    #[inline(always)]
    pub fn arg(&self, index: usize) -> Option<u64> {
        self.event.arg(index)
    }
}

/// Runs `function` once.
///
/// # Safety
///
/// To be called by the kernel as a BPF program of type raw tracepoint or syscall: `ctx`
/// points to as many arguments as `RequestArgs` has, which nothing writes to meanwhile.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = request::new();
    // SAFETY: the caller keeps the contract, which is the same. The kernel has copied them
    // for the run. The copy ends with this function, since `function` takes any lifetime.
    let args = unsafe { ctx.cast::<RequestArgs>().read() };
    function.call(&mut obj, &args) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kernel;
    use crate::prelude::*;

    fn sum(ctx: &mut RequestContext) -> Result<i32> {
        let sum: u64 = ctx.args().iter().sum();
        i32::try_from(sum).map_err(|_| Errno::ERANGE)
    }

    fn read(ctx: &mut Sleepable<RequestContext>) -> Result<i32> {
        let address = ctx.awake().arg(0).unwrap_or(0);
        ctx.copy_from_user(address)
    }

    #[test]
    fn sleepable_requests_read_memory_of_the_process() {
        let mut kernel = Kernel::new();
        kernel.set_memory(0x1000, &7i32.to_ne_bytes());
        let mut ask =
            |address| kernel.run(read, &mut RequestArgs::new([address]));
        assert_eq!(ask(0x1000), Ok(7));
        assert_eq!(ask(0x2000), Err(Errno::EFAULT));
    }

    #[test]
    fn requests_have_arguments_and_a_result() {
        let mut kernel = Kernel::new();
        let mut ask = |args| kernel.run(sum, &mut RequestArgs::new(args));
        assert_eq!(ask([1, 2, 3]), Ok(6));
        assert_eq!(ask([1 << 31, 0, 0]), Err(Errno::ERANGE));
        assert_eq!(RequestArgs::new([5]).arg(11), Some(0));
        assert_eq!(RequestArgs::new([5]).arg(12), None);
    }
}
