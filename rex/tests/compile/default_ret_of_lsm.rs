// SPDX-License-Identifier: GPL-2.0
//@ error: `default_ret` of this kind of program
//! The default result of an LSM program is 0 or an error.
#![no_std]
#![no_main]

use rex::lsm::*;
use rex::{Result, rex_lsm};

#[rex_lsm("file_alloc_security", default_ret = 1)]
fn prog(_: &lsm, _: &LsmArgs) -> Result {
    Ok(0)
}
