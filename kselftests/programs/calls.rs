// SPDX-License-Identifier: GPL-2.0
//! The calls of the process in `WATCHED`, counted by function.

use rex::prelude::*;

use crate::names::PROCESS;

/// The counted calls of a function.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod)]
pub(crate) struct Calls {
    pub(crate) count: u64,
    pub(crate) returned: u64,
    pub(crate) cookie: u64,
    pub(crate) value: u64,
    pub(crate) kept: u64,
}

#[map]
static WATCHED: Array<u64> = Array::with_max_entries(1);

/// The counts by the function's address, which is 0 if it is unknown.
#[map]
pub(crate) static CALLS: HashMap<u64, Calls> = HashMap::with_max_entries(8192);

pub(crate) fn is_watched(ctx: &TaskContext) -> bool {
    WATCHED
        .lookup(ctx, PROCESS)
        .is_some_and(|tgid| tgid.get() == u64::from(ctx.tgid()))
}

/// Changes the counts of the function at `address`. Only one thread is watched.
pub(crate) fn note(
    ctx: &TaskContext,
    address: Option<u64>,
    change: impl FnOnce(&mut Calls),
) -> Result {
    if !is_watched(ctx) {
        return Ok(());
    }
    let address = address.unwrap_or(0);
    let mut known = CALLS
        .lookup(ctx, address)
        .map_or_else(Calls::default, |c| c.get());
    change(&mut known);
    CALLS.insert(address, known)
}
