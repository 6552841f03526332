// SPDX-License-Identifier: GPL-2.0
//! Programs note in `seen` what their test reads, and read in `config` what it asks for.
//! The elements have names in each program's `names.rs`.

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
