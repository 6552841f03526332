// SPDX-License-Identifier: GPL-2.0
//! What programs see, for their test, and what it tells them. The elements have names in
//! each program's `names.rs`; the test reads and writes them by `seen()` and `tell()`.

use rex::map::RexArrayMap;
use rex::rex_map;

#[rex_map]
pub(crate) static seen: RexArrayMap<u64> = RexArrayMap::new(128, 0);

#[rex_map]
pub(crate) static config: RexArrayMap<u64> = RexArrayMap::new(16, 0);

pub(crate) fn note(index: u32, value: impl Into<u64>) {
    let _ = seen.insert(&index, &value.into());
}

/// 0 if the test has said nothing.
pub(crate) fn told(index: u32) -> u64 {
    config.get(&index).unwrap_or(0)
}
