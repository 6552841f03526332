// SPDX-License-Identifier: GPL-2.0
//@ error: usage of an `unsafe extern` block
//! A macro of the same name makes no symbol.
#![no_std]
#![no_main]

use rex::prelude::*;
macro_rules! __rex_btf {
    () => {{
        unsafe extern "C" {
            #[link_name = "__rex_btf:off:task_struct:pid:s4"]
            static NUMBER: u8;
        }
        (&raw const NUMBER).addr()
    }};
}

#[kprobe]
fn prog(_: &mut KprobeContext) {
    info!("{}", __rex_btf!());
}
