// SPDX-License-Identifier: GPL-2.0
//! Times of the kernel's clocks.

use core::time::Duration;

use crate::rt::ffi;

/// Returns the time since boot, without time in suspend.
///
/// # Examples
///
/// ```no_run
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

/// Returns the time since boot, with time in suspend.
#[doc(alias = "bpf_ktime_get_boot_ns")]
#[must_use]
#[inline(always)]
pub fn since_boot() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_boot_ns())
}

/// Returns [`now`] as of the last timer tick, which costs less.
#[doc(alias = "bpf_ktime_get_coarse_ns")]
#[must_use]
#[inline(always)]
pub fn coarse() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_coarse_ns())
}

/// Returns international atomic time.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// # fn f() {
/// info!("{} ns since 1970, TAI", rex::time::tai().as_ns());
/// # }
/// ```
#[doc(alias = "bpf_ktime_get_tai_ns")]
#[must_use]
#[inline(always)]
pub fn tai() -> Instant {
    Instant::from_ns(ffi::bpf_ktime_get_tai_ns())
}

/// Returns the kernel's 64-bit counter of timer ticks.
#[doc(alias = "bpf_jiffies64")]
#[must_use]
#[inline(always)]
pub fn jiffies() -> u64 {
    ffi::bpf_jiffies64()
}

/// A point in time, in nanoseconds of one of the kernel's clocks.
///
/// Times that several CPUs store may be in either order, since the other CPU may
/// have read its clock later. Subtracting the numbers would then overflow, and
/// panic.
///
/// It is plain data, so elements of maps can contain it.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// # use rex::time;
/// /// When a process last called.
/// #[map]
/// static LAST: HashMap<u32, Instant> = HashMap::with_max_entries(1024);
///
/// fn is_idle(process: u32) -> bool {
///     LAST.get(process)
///         .is_some_and(|last| time::now().since(last).as_secs() >= 30)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
pub struct Instant {
    ns: u64,
}

crate::__rex_pod! { Instant { ns } }

impl Instant {
    /// Makes the time that a clock has shown.
    #[must_use]
    #[inline(always)]
    pub const fn from_ns(ns: u64) -> Self {
        Self { ns }
    }

    /// Returns the nanoseconds of the clock.
    #[must_use]
    #[inline(always)]
    pub const fn as_ns(self) -> u64 {
        self.ns
    }

    /// Returns how long after `earlier` this is; 0 if it is before.
    #[must_use]
    #[inline(always)]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.ns.saturating_sub(earlier.ns))
    }

    /// Returns how long before [`now`] this was; 0 if it is in the future.
    #[must_use]
    #[inline(always)]
    pub fn elapsed(self) -> Duration {
        now().since(self)
    }

    /// Returns the time that is `duration` later, or the last time that there is.
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
