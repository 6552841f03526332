// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! No program can ask for a context that is borrowed for as long as the run.
#![no_std]
#![no_main]

use rex::prelude::*;

type Whole<'run> = &'run mut XdpContext<'run>;

#[xdp]
fn prog(_: Whole<'_>) -> XdpAction {
    XdpAction::Pass
}
