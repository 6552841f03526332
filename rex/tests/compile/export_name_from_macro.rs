// SPDX-License-Identifier: GPL-2.0
//@ error: export_name_from_macro.rs:
//@ error: `#[export_name]`
//@ edition: 2018 2021 2024
//! `export_name` is refused, also if a macro or a condition makes it.
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

macro_rules! pose {
    ($name:literal) => {
        pub trait Helpers {
            #[cfg_attr(all(), unsafe(export_name = $name))]
            fn lookup() {}
        }
    };
}

pose! { "memcpy" }
