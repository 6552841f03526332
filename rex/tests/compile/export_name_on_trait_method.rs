// SPDX-License-Identifier: GPL-2.0
//@ error: export_name_on_trait_method.rs:
//@ error: `#[export_name]`
//@ edition: 2018 2021 2024
//! The compiler's lint does not see this; the wrapper does. It would take the place
//! of the helper.
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

pub trait Helpers {
    #[unsafe(export_name = "bpf_map_lookup_elem")]
    extern "C" fn lookup(_map: u64, key: &u64) -> u64 {
        *key
    }
}

pub struct S;

impl Helpers for S {}
