// SPDX-License-Identifier: GPL-2.0
//! Tries to make what it is attached to return an error, for one thread, and
//! says what `bpf_override_return` answered.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

/// Elements of `choice`: thread, value to return, times it was tried, the last
/// answer.
const THREAD: u32 = 0;
const VALUE: u32 = 1;
const TRIES: u32 = 2;
const ANSWER: u32 = 3;

#[rex_map]
static choice: RexArrayMap<u64> = RexArrayMap::new(4, 0);

#[rex_kprobe]
fn overrides(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let thread = obj.bpf_map_lookup_elem(&choice, &THREAD).ok_or(0)?.get();
    if obj.bpf_get_current_pid_tgid() & 0xffff_ffff != thread {
        return Ok(0);
    }
    let value = obj.bpf_map_lookup_elem(&choice, &VALUE).ok_or(0)?.get();
    let answer = obj.bpf_override_return(ctx, value);
    obj.bpf_map_lookup_elem(&choice, &TRIES)
        .ok_or(0)?
        .update(|tries| *tries += 1);
    choice.insert(&ANSWER, &(answer as u64))?;
    Ok(0)
}
