// SPDX-License-Identifier: GPL-2.0
//! Perf events.
//! C counterpart: `include/uapi/linux/perf_event.h` and `bpf.h`.

use crate::Pod;

/// Frames of a stack that the kernel records at most, unless
/// `kernel.perf_event_max_stack` says otherwise: `include/uapi/linux/perf_event.h`.
pub const PERF_MAX_STACK_DEPTH: u32 = 127;

/// A counter, and for how many nanoseconds it was enabled and was running.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct bpf_perf_event_value {
    /// The counted event.
    pub counter: u64,
    /// For how long the event was enabled.
    pub enabled: u64,
    /// For how long it was counted: less if counters were shared.
    pub running: u64,
}

impl crate::shape::Shaped for bpf_perf_event_value {
    const SHAPE: &'static crate::shape::Shape =
        &crate::shape::Shape::Bytes(size_of::<Self>());
}

// SAFETY: integers without padding.
unsafe impl Pod for bpf_perf_event_value {}
