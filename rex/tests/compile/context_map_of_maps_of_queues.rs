// SPDX-License-Identifier: GPL-2.0
//@ error: Queue<u64>` cannot be in a map of maps
//! A map in a map has keys.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: ArrayOfMaps<Queue<u64>> =
    ArrayOfMaps::with_inner(1, Queue::with_max_entries(1));
