// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected `::`
//! A path that begins as an attribute of the language may be a macro of a crate.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::__rex_config! {
    [#[doc::apply(take)]]
    static LIMIT [Config<u32>] [Config::new(1)]
}

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
