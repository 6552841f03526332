// SPDX-License-Identifier: GPL-2.0
//! Tries to make the probed function return an error, for one thread, and
//! stores the result of `bpf_override_return`.
#![no_std]
#![no_main]

mod names;

use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

use names::*;

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
