// SPDX-License-Identifier: GPL-2.0
//@ error: explicit lifetime required in the type of `ctx`
//! No context of a sleepable program is there for all of the run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn keep<'run>(
    ctx: &mut Sleepable<UprobeContext<'run>>,
) -> UprobeContext<'run> {
    ctx.awake()
}

#[uprobe(sleepable)]
fn prog(_: &mut Sleepable<UprobeContext>) {}
