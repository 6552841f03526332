// SPDX-License-Identifier: GPL-2.0
//@ error: expected the name of a tracepoint
//! The number of arguments is that of a tracepoint.
#![no_std]
#![no_main]

use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};

#[rex::rex_raw_tracepoint]
fn prog(_: &raw_tracepoint, _: &RawTracepointArgs) -> rex::Result {
    Ok(0)
}
