// SPDX-License-Identifier: GPL-2.0
//@ symbol: __rex_raw_tp:sched_switch
//@ edition: 2018 2021 2024
//! A macro `concat` of the program does not take the place of the compiler's: it
//! would name the symbol whose value is the number of arguments.
#![no_std]
#![no_main]

macro_rules! concat {
    ($($t:tt)*) => {
        "memcpy"
    };
}

use rex::raw_tracepoint::*;
use rex::{Result, rex_raw_tracepoint};

#[rex_raw_tracepoint("sched_switch")]
fn prog(_: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    Ok(ctx.args().len() as i32)
}
