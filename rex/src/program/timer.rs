// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a time.
//! C counterpart: `kmod/timer.c`; eBPF has `bpf_timer`.
//!
//! One with a period runs from when its object is loaded until nothing has the program any
//! more. One without runs when a program of the same object arms it, by its name:
//!
//! ```no_run
//! # use core::time::Duration;
//! # use rex::prelude::*;
//! #[map]
//! static READS: PerCpuArray<u64> = PerCpuArray::with_max_entries(1);
//!
//! #[kprobe("vfs_read")]
//! fn on_read(ctx: &mut KprobeContext) -> Result {
//!     let reads = READS.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
//!     if reads.get() == 0 {
//!         ctx.arm_timer("report", Duration::from_secs(1))?;
//!     }
//!     reads.update(|reads| *reads += 1);
//!     Ok(())
//! }
//!
//! #[timer]
//! fn report(ctx: &mut TimerContext) {
//!     if let Some(reads) = READS.lookup(ctx, 0) {
//!         info!("{} reads on CPU {}", reads.get(), ctx.cpu());
//!         reads.set(0);
//!     }
//! }
//! ```
//!
//! It runs in a softirq, on a CPU of the kernel's choice. It is never on top of itself, and
//! after a run the CPU has at least as much time for other things as the run took. A fault
//! ends it like any other program; unloading it waits for its run.

use core::ffi::c_void;

use crate::program::function::program;

program! {
    /// The helpers of timer programs. It is valid during the run only.
    timer;

    /// The context of a timer program, which runs each period or after it is armed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// #[timer(period_ms = 1000)]
    /// fn each_second(ctx: &mut TimerContext) {
    ///     info!("a second later, on CPU {}", ctx.cpu());
    /// }
    /// ```
    TimerContext(&'run TimerEvent): Context; simulated
}

/// The event of a timer program, which has no data.
#[derive(Debug, Default, Clone, Copy)]
pub struct TimerEvent(());

impl<'run> TimerContext<'run> {
    /// Makes the second argument of a timer program with two arguments.
    #[must_use]
    #[inline(always)]
    pub fn event(&self) -> &'run TimerEvent {
        self.event
    }
}

/// Runs `function` once.
///
/// # Safety
///
/// To be called by the kernel, in a run of the program.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(_: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = timer::new();
    function.call(&mut obj, &TimerEvent(())) as u32
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::vec;

    use super::*;
    use crate::host::Kernel;
    use crate::prelude::*;

    fn again(ctx: &mut TimerContext) -> Result {
        ctx.arm_timer("again", Duration::from_millis(7))?;
        ctx.arm_timer("again", Duration::from_micros(999))
    }

    #[test]
    fn timers_that_are_armed_are_seen() {
        let mut kernel = Kernel::new();
        let event = &mut TimerEvent::default();
        assert_eq!(kernel.run(again, event), Err(Errno::ERANGE));
        assert_eq!(
            kernel.armed(),
            vec![("again".into(), Duration::from_millis(7))]
        );
        assert!(kernel.armed().is_empty());
    }
}
