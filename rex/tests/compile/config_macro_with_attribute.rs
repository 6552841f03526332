// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//! The macro under the attribute takes no attribute that names a symbol.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::__rex_config! {
    [#[export_name = "memcpy"]]
    static LIMIT [Config<u32>] [Config::new(1)]
}

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
