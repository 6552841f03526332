// SPDX-License-Identifier: GPL-2.0
//! Times, as the kernel's clocks say them.

use core::time::Duration;

use crate::rt::ffi;

/// The time since boot, without time in suspend.
///
/// # Examples
///
/// ```ignore
/// # use rex::prelude::*;
/// # fn f() {
/// let start = rex::time::now();
/// let duration = start.elapsed();
/// info!("{} ns", duration.as_nanos());
/// # }
/// ```
#[doc(alias = "bpf_ktime_get_ns")]
#[must_use]
#[inline(always)]
pub fn now() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_ns())
}

/// The time since boot, with time in suspend.
#[doc(alias = "bpf_ktime_get_boot_ns")]
#[must_use]
#[inline(always)]
pub fn since_boot() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_boot_ns())
}

/// As [`now`], as of the last timer tick: cheaper.
#[doc(alias = "bpf_ktime_get_coarse_ns")]
#[must_use]
#[inline(always)]
pub fn coarse() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_coarse_ns())
}

/// International atomic time.
#[doc(alias = "bpf_ktime_get_tai_ns")]
#[must_use]
#[inline(always)]
pub fn tai() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_tai_ns())
}

/// The kernel's 64-bit counter of timer ticks.
#[doc(alias = "bpf_jiffies64")]
#[must_use]
#[inline(always)]
pub fn jiffies() -> u64 {
    ffi::bpf_jiffies64()
}

/// When something was, in the nanoseconds of one of the kernel's clocks.
///
/// CPUs may see two times in either order: the run on another CPU that has stored
/// its time may have asked the clock later. A difference of numbers would be an
/// overflow then, and panic.
///
/// ```ignore
/// # use rex::prelude::*;
/// # use rex::time;
/// # fn is_idle(last: Instant) -> bool {
/// let idle = time::now().since(last).as_secs() >= 30;
/// # idle
/// # }
/// ```
///
/// It is plain data, for elements of maps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
pub struct Instant {
    ns: u64,
}

crate::__rex_pod! { Instant { ns } }

impl Instant {
    /// The time that a clock has said.
    #[must_use]
    #[inline(always)]
    pub const fn from_ns(ns: u64) -> Self {
        Self { ns }
    }

    /// What the clock has said.
    #[must_use]
    #[inline(always)]
    pub const fn as_ns(self) -> u64 {
        self.ns
    }

    /// How long after `earlier` this is; 0 if it is before.
    #[must_use]
    #[inline(always)]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.ns.saturating_sub(earlier.ns))
    }

    /// How long ago this was, as [`now`] says; 0 if it is to come.
    #[must_use]
    #[inline(always)]
    pub fn elapsed(self) -> Duration {
        now().since(self)
    }

    /// The time that is `duration` later; the last one if there is none so late.
    #[must_use]
    #[inline(always)]
    pub const fn after(self, duration: Duration) -> Self {
        let ns = duration
            .as_secs()
            .saturating_mul(1_000_000_000)
            .saturating_add(duration.subsec_nanos() as u64);
        Self::from_ns(self.ns.saturating_add(ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_other_cpus_are_no_overflow() {
        let (early, late) = (Instant::from_ns(1_000), Instant::from_ns(3_500));
        assert_eq!(late.since(early), Duration::from_nanos(2_500));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(early.after(Duration::from_nanos(2_500)), late);
        let last = Instant::from_ns(u64::MAX);
        assert_eq!(late.after(Duration::MAX), last);
    }
}
