// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The arguments of a hook do not outlive the run.
#![no_std]
#![no_main]

use rex::lsm::{LsmArgs, lsm};

fn keep(_: &'static [u64]) {}

#[rex::rex_lsm("file_open")]
fn prog(_: &lsm, ctx: &LsmArgs) -> rex::Result {
    keep(ctx.args());
    Ok(0)
}
