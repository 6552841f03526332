// SPDX-License-Identifier: GPL-2.0
//! See `same_code_tracepoint`.
#![no_std]
#![no_main]

use rex::compat::*;

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &'static SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
