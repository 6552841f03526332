// SPDX-License-Identifier: GPL-2.0
//@ error: it is reserved
//! The macro under the attribute checks the name.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

use rex::map::RexArrayMap;

rex::__rex_map! { [] static memset [RexArrayMap<u64>] [RexArrayMap::new(1, 0)] }
