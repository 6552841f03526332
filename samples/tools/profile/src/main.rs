// SPDX-License-Identifier: GPL-2.0
//! Counts the stacks that a timer finds on CPUs.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_F_FAST_STACK_CMP, BPF_F_USER_STACK};
use rex::prelude::*;

/// Of this process only, unless it is 0.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// Of this thread only, unless it is 0.
#[config]
static THREAD: Config<u32> = Config::new(0);

/// Stacks of processes only.
#[config]
static USER: Config<bool> = Config::new(false);

/// Stacks of the kernel only.
#[config]
static KERNEL: Config<bool> = Config::new(false);

/// The idle tasks, too.
#[config]
static IDLE: Config<bool> = Config::new(false);

/// How many rows of TABLE there are. If there is none, the kernel finds the stacks of
/// processes, by frame pointers.
#[config]
static ROWS: Config<u32> = Config::new(0);

/// What is counted. A stack is a number, or a negative error.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    process: u32,
    kernel_stack: i32,
    user_stack: i32,
    _reserved: u32,
    /// The key in UNWOUND, if it is not 0.
    unwound: u64,
    comm: [u8; 16],
}

/// How to get from a frame to its caller's, in functions from the address `pc` on: the
/// return address is below an address, the CFA, at which the caller's frame begins.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Row {
    pc: u64,
    /// The CFA, from rsp or rbp.
    cfa_offset: i32,
    /// Where rbp is saved, from the CFA; 0: it is not.
    rbp_offset: i16,
    kind: u16,
}

/// What `Row::kind` says. Where it is another number, the stack ends.
const BY_RSP: u16 = 1;
const BY_RBP: u16 = 2;

const FRAMES: usize = 64;

#[map]
static COUNTS: HashMap<Key, u64> = HashMap::with_max_entries(10240);

#[map]
static STACKS: StackTrace<127> = StackTrace::with_max_entries(8192);

/// The rows of the process's functions, by address.
#[map]
static TABLE: Array<Row> = Array::with_max_entries(1 << 18);

/// Stacks that were found by TABLE.
#[map]
static UNWOUND: HashMap<u64, [u64; FRAMES]> = HashMap::with_max_entries(8192);

/// The last row that does not begin after `pc`.
fn row(pc: u64) -> Option<Row> {
    let (mut low, mut high) = (0, ROWS.get());
    while low < high {
        let middle = low.midpoint(high);
        if TABLE.get(middle)?.pc <= pc {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    TABLE.get(low.checked_sub(1)?)
}

/// Finds the frames of the process, the innermost first; zeroes are after the last one.
fn unwind(ctx: &TaskContext) -> Option<[u64; FRAMES]> {
    let task = ctx.task()?;
    let regs = task.user_regs()?;
    let (mut pc, mut rsp, mut rbp) = (regs.rip(), regs.rsp(), regs.rbp());
    let mut frames = [0; FRAMES];
    for (depth, frame) in frames.iter_mut().enumerate() {
        *frame = pc;
        // But for the first one it is where a call returns to.
        let Some(row) = row(pc - u64::from(depth > 0)) else {
            break;
        };
        let base = match row.kind {
            BY_RSP => rsp,
            BY_RBP => rbp,
            _ => break,
        };
        let cfa = base.wrapping_add_signed(row.cfa_offset.into());
        if row.rbp_offset != 0 {
            let saved = cfa.wrapping_add_signed(row.rbp_offset.into());
            match ctx.read_user(saved) {
                Ok(value) => rbp = value,
                Err(_) => break,
            }
        }
        match ctx.read_user(cfa.wrapping_sub(8)) {
            Ok(value @ 1..) => pc = value,
            _ => break,
        }
        rsp = cfa;
    }
    Some(frames)
}

/// Stores the frames of the process; the key of them, or 0.
fn unwound(ctx: &TaskContext) -> u64 {
    let Some(frames) = unwind(ctx) else {
        return 0;
    };
    let hash = frames.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, pc| {
        (hash ^ pc).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // If it fails, the same frames are there, or the table is full.
    let _ = UNWOUND.insert_new(hash, frames);
    hash
}

fn stack(ctx: &PerfEventContext, flags: u64) -> i32 {
    match ctx.stack_id(&STACKS, flags | BPF_F_FAST_STACK_CMP) {
        Ok(number) => number as i32,
        Err(error) => error.into(),
    }
}

#[perf_event]
fn on_sample(ctx: &mut PerfEventContext) -> Result {
    if !IDLE.get() && ctx.pid() == 0
        || PROCESS.get() != 0 && PROCESS.get() != ctx.tgid()
        || THREAD.get() != 0 && THREAD.get() != ctx.pid()
    {
        return Ok(());
    }
    let key = Key {
        process: ctx.tgid(),
        kernel_stack: if USER.get() { -1 } else { stack(ctx, 0) },
        user_stack: if KERNEL.get() || ROWS.get() != 0 {
            -1
        } else {
            stack(ctx, BPF_F_USER_STACK)
        },
        _reserved: 0,
        unwound: if KERNEL.get() || ROWS.get() == 0 {
            0
        } else {
            unwound(ctx)
        },
        comm: ctx.comm()?.into(),
    };
    // If another CPU is faster, this fails, and the element is there.
    let _ = COUNTS.insert_new(key, 0);
    let count = COUNTS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    count.atomic().fetch_add(1, Relaxed);
    Ok(())
}
