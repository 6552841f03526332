// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! What a program returns has nothing of the run, be it hidden by an opaque type.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::verdict::Verdict;

#[xdp]
fn prog(_: &mut XdpContext) -> impl Verdict<XdpAction> {
    XdpAction::Pass
}
