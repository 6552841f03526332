// SPDX-License-Identifier: GPL-2.0
//! An event that the crate does not know, for programs that are defined by hand.

use rex::tracepoint::TracepointContext;

/// No program reads it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct AnyEvent;

// SAFETY: nothing is read.
unsafe impl TracepointContext for AnyEvent {
    const SECTION: &'static str = "";

    unsafe fn read(_: *const u8) -> Self {
        Self
    }
}
