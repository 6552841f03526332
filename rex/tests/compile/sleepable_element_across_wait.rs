// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! An element of a map may be gone when the program has waited.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: LpmTrie<u32, u64> = LpmTrie::with_max_entries(1);

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let awake = ctx.awake();
    let element = MAP.lookup(&awake, LpmKey::new(32, 1));
    let word: u64 = ctx.copy_from_user(8)?;
    if let Some(element) = element {
        element.set(word);
    }
    Ok(())
}
