// SPDX-License-Identifier: GPL-2.0
//@ error: a TC action before the one that redirects
//! A tc program does not redirect where it could not run.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc(default_ret = 7)]
fn prog(_: &sched_cls, _: &mut __sk_buff) -> Result {
    Ok(0)
}
