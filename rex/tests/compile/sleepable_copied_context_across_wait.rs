// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! The part of a context that can be copied is there until the program waits.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(1);

#[lsm("file_open", sleepable)]
fn prog(ctx: &mut Sleepable<LsmContext>) -> Result {
    let context = ctx.awake().context();
    let word: u64 = ctx.copy_from_user(8)?;
    if let Some(element) = MAP.lookup(&context, 1) {
        element.set(word);
    }
    Ok(())
}
