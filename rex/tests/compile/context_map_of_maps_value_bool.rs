// SPDX-License-Identifier: GPL-2.0
//@ error: `bool` is not plain data
//! The values of a map in a map are plain data.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: ArrayOfMaps<Array<bool>> =
    ArrayOfMaps::with_inner(1, Array::with_max_entries(1));
