// SPDX-License-Identifier: GPL-2.0
//! Perf events and stacks, at `dup(2)` of a descriptor that no process has: only a
//! test triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::kprobe::kprobe;
use rex::linux::bpf::BPF_F_USER_STACK;
use rex::linux::errno::ENOENT;
use rex::map::{
    PerfEventMaskedCPU, RexArrayMap, RexPerfEventArray, RexStackTrace,
};
use rex::pt_regs::PtRegs;
use rex::tracepoint::*;
use rex::{Pod, Result, rex_kprobe, rex_map, rex_tracepoint};

use names::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Sample {
    thread: u64,
    cpu: u32,
    which: u32,
}

#[rex_map]
static samples: RexPerfEventArray<Sample> = RexPerfEventArray::new(0, 0);
#[rex_map]
static large: RexPerfEventArray<[u8; 32767]> = RexPerfEventArray::new(0, 0);
#[rex_map]
static too_large: RexPerfEventArray<[u8; 32768]> = RexPerfEventArray::new(0, 0);
#[rex_map]
static stacks: RexStackTrace<u32, [u64; DEPTH]> = RexStackTrace::new(64, 0);
/// Userspace's stacks have their own map: a stack is refused if another one in the
/// map has its place.
#[rex_map]
static user_stacks: RexStackTrace<u32, [u64; DEPTH]> =
    RexStackTrace::new(64, 0);
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(16, 0);
#[rex_map]
static copies: RexArrayMap<[u64; DEPTH]> = RexArrayMap::new(4, 0);

static LARGE_SAMPLE: [u8; 32767] = [1; 32767];
static TOO_LARGE_SAMPLE: [u8; 32768] = [1; 32768];

#[rex_tracepoint]
fn in_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    match ctx.fildes {
        SAMPLE => {
            let mut sample = Sample {
                thread: obj.bpf_get_current_pid_tgid(),
                cpu: obj.bpf_get_smp_processor_id() as u32,
                which: 1,
            };
            let sent = samples.output(
                obj,
                ctx,
                &sample,
                PerfEventMaskedCPU::current_cpu(),
            );
            note(OWN_RET, sent)?;
            let cpu = control.get(&CPU).ok_or(-ENOENT)?;
            sample.which = 2;
            let cpu = PerfEventMaskedCPU::any_cpu(cpu);
            note(OTHER_RET, samples.output(obj, ctx, &sample, cpu))
        }
        STACK => {
            let id = obj.bpf_get_stackid(ctx, &stacks, 0);
            note(STACK_ID + KERNEL_STACK, id)?;
            let id = obj.bpf_get_stackid(ctx, &user_stacks, BPF_F_USER_STACK);
            note(STACK_ID + USER_STACK, id)?;
            let mut stack = [0; DEPTH];
            let size = obj.bpf_get_stack(ctx, &mut stack, 0);
            note_copy(KERNEL_STACK, size, &stack)?;
            stack.fill(0);
            let size = obj.bpf_get_stack(ctx, &mut stack, BPF_F_USER_STACK);
            note_copy(USER_STACK, size, &stack)?;
            let size = obj.bpf_get_stack(ctx, &mut stack[..2], 0);
            note(TWO_FRAMES_SIZE, size)
        }
        LARGE => {
            let cpu = PerfEventMaskedCPU::current_cpu();
            note(LARGE_RET, large.output(obj, ctx, &LARGE_SAMPLE, cpu))?;
            note(
                TOO_LARGE_RET,
                too_large.output(obj, ctx, &TOO_LARGE_SAMPLE, cpu),
            )
        }
        _ => Ok(0),
    }
}

#[rex_kprobe]
fn in_kprobe(obj: &kprobe, regs: &mut PtRegs) -> Result {
    if control.get(&IN_KPROBE) != Some(obj.bpf_get_current_pid_tgid()) {
        return Ok(0);
    }
    let id = obj.bpf_get_stackid(regs, &stacks, 0);
    note(STACK_ID + KPROBE_KERNEL_STACK, id)?;
    let id = obj.bpf_get_stackid(regs, &user_stacks, BPF_F_USER_STACK);
    note(STACK_ID + KPROBE_USER_STACK, id)?;
    let mut stack = [0; DEPTH];
    let size = obj.bpf_get_stack(regs, &mut stack, 0);
    note_copy(KPROBE_KERNEL_STACK, size, &stack)?;
    stack.fill(0);
    let size = obj.bpf_get_stack(regs, &mut stack, BPF_F_USER_STACK);
    note_copy(KPROBE_USER_STACK, size, &stack)
}

fn note(index: u32, result: Result) -> Result {
    let (Ok(number) | Err(number)) = result;
    results.insert(&index, &(i64::from(number) as u64))
}

fn note_copy(which: u32, size: Result, stack: &[u64; DEPTH]) -> Result {
    note(STACK_SIZE + which, size)?;
    copies.insert(&which, stack)
}
