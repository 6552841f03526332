// SPDX-License-Identifier: GPL-2.0
//! What is borrowed anew after each wait compiles, and so does a program with two
//! arguments, which does not wait.
#![no_std]
#![no_main]

use rex::context::Sleeps;
use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(1);

fn word<C: Sleeps>(ctx: &mut Sleepable<C>) -> Result<u64> {
    let tgid = ctx.awake().tgid();
    let word: u64 = ctx.copy_from_user(8)?;
    if let Some(element) = MAP.lookup(&ctx.awake(), tgid) {
        element.set(word);
    }
    ctx.copy_from_user(word)
}

#[uretprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let address = ctx.awake().regs().rdi();
    let mut name = [0; 16];
    ctx.copy_from_user_str(address, &mut name)?;
    word(ctx)?;
    Ok(())
}

#[rex::rex_lsm(function = "file_open", sleepable)]
fn two(obj: &rex::lsm::lsm, _: &rex::lsm::LsmArgs) -> rex::Result {
    Ok(obj.bpf_get_smp_processor_id() as i32)
}
