// SPDX-License-Identifier: GPL-2.0
//@ error: constant accesses mutable global memory
//! The macro of tracepoints does not make a mutable static safe.
#![no_std]
#![no_main]

use rex::Result;
use rex::tracepoint::*;

type Ctx = SyscallsEnterDupCtx;
static mut PROG: Program<Ctx> =
    |_: &tracepoint<Ctx>, _: &Ctx| -> Result { Ok(0) };

rex::__rex_program! { tracepoint PROG entry "prog" [record] 0u32 [] }
