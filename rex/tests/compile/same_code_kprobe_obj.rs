// SPDX-License-Identifier: GPL-2.0
//! See `same_code_kprobe`.
#![no_std]
#![no_main]

use rex::compat::*;

#[rex_map]
static COUNTS: RexArrayMap<u64> = RexArrayMap::new(8, 0);

#[rex_kprobe]
fn prog(obj: &kprobe, regs: &mut PtRegs) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(-3);
    };
    let cpu = obj.bpf_get_smp_processor_id() as u32;
    if let Some(count) = obj.bpf_map_lookup_elem(&COUNTS, &cpu) {
        count.set(count.get().wrapping_add(regs.rdi()));
    }
    Ok(task.get_pid())
}
