// SPDX-License-Identifier: GPL-2.0
//@ error: call to unsafe function `rex::map::__declare_map` is unsafe
//! The macro behind the attribute, called by hand, has no expression of its caller in its
//! unsafe block either.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::__rex_map! {
    [] static MAP [HashMap<u32, u64>] [{
        let map = HashMap::with_max_entries(1);
        let _: HashMap<u32, u64> = rex::map::__declare_map(map);
        HashMap::with_max_entries(1)
    }]
}

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let _ = MAP.insert(1, 1);
}
