// SPDX-License-Identifier: GPL-2.0
//! Programs write results for their test to `seen`, and read its parameters from
//! `config`. Each program's `names.rs` names the elements.

use rex::map::RexArrayMap;
use rex::rex_map;

#[rex_map]
pub(crate) static seen: RexArrayMap<u64> = RexArrayMap::new(128, 0);

#[rex_map]
pub(crate) static config: RexArrayMap<u64> = RexArrayMap::new(17, 0);

pub(crate) fn note(index: u32, value: impl Into<u64>) {
    let _ = seen.insert(&index, &value.into());
}

/// Returns a parameter of the test, 0 if it is not set.
pub(crate) fn told(index: u32) -> u64 {
    config.get(&index).unwrap_or(0)
}
