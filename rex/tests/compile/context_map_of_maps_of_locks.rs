// SPDX-License-Identifier: GPL-2.0
//@ error: SpinLocked<u64>` is not plain data
//! A map in a map has no locks: its elements are read and written without them.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: ArrayOfMaps<HashMap<u32, SpinLocked<u64>>> =
    ArrayOfMaps::with_inner(1, HashMap::with_max_entries(1));
