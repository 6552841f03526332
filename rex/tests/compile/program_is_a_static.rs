// SPDX-License-Identifier: GPL-2.0
//@ error: a program is a function
//! A program is a function.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
static PROG: Option<u64> = None;
