// SPDX-License-Identifier: GPL-2.0
//@ error: types differ in mutability
//! Nobody but the function that the kernel calls makes a context that can wait: the elements
//! of the program that does would be gone afterwards.
#![no_std]
#![no_main]

use rex::map::RexLpmTrie;
use rex::prelude::*;
use rex::uprobe::sleepable::ContextProgram;
use rex::uprobe::{Function, uprobe as Obj};

#[rex::rex_map]
static MAP: RexLpmTrie<u32, u64> = RexLpmTrie::new(1, 0);

fn wait(ctx: &mut Sleepable<UprobeContext>) {
    _ = ctx.copy_from_user::<u64>(8);
}

#[rex::rex_uprobe(sleepable)]
fn prog(obj: &Obj, regs: &mut PtRegs) -> rex::Result {
    let element = obj.bpf_map_lookup_elem(&MAP, &LpmKey::new(32, 1));
    let wait: ContextProgram<()> = wait;
    let result = Function::call(wait, obj, regs);
    if let Some(element) = element {
        element.set(1);
    }
    Ok(result)
}
