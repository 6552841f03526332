// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A result holds nothing of the run, even if an opaque type hides it.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::verdict::Verdict;

#[xdp]
fn prog(_: &mut XdpContext) -> impl Verdict<XdpAction> {
    XdpAction::Pass
}
