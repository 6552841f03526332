// SPDX-License-Identifier: GPL-2.0
//! Counts the stacks that a timer finds on CPUs.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_F_FAST_STACK_CMP, BPF_F_USER_STACK};
use rex::prelude::*;

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected thread; 0 selects all.
#[config]
static THREAD: Config<u32> = Config::new(0);

/// Count stacks of processes only.
#[config]
static USER: Config<bool> = Config::new(false);

/// Count stacks of the kernel only.
#[config]
static KERNEL: Config<bool> = Config::new(false);

/// Count idle tasks, too.
#[config]
static IDLE: Config<bool> = Config::new(false);

/// The number of rows in TABLE. If it is 0, the kernel finds the stacks of processes by
/// frame pointers.
#[config]
static ROWS: Config<u32> = Config::new(0);

/// The key of a count. A stack is its number, or a negative error.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    process: u32,
    kernel_stack: i32,
    user_stack: i32,
    _reserved: u32,
    /// The key in UNWOUND, or 0.
    unwound: u64,
    comm: [u8; 16],
}

/// The way from a frame to its caller's, for code from the address `pc` on. The
/// caller's frame begins at an address called the CFA, and the return address is below
/// it.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Row {
    pc: u64,
    /// The offset of the CFA from rsp or rbp.
    cfa_offset: i32,
    /// The offset of the saved rbp from the CFA, or 0 if it is not saved.
    rbp_offset: i16,
    kind: u16,
}

/// Values of `Row::kind`. Any other value ends the stack.
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

/// Stacks found by TABLE.
#[map]
static UNWOUND: HashMap<u64, [u64; FRAMES]> = HashMap::with_max_entries(8192);

/// Returns the last row that does not begin after `pc`.
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

/// Finds the frames of the process, the innermost first. Zeroes follow the last one.
fn unwind(ctx: &TaskContext) -> Option<[u64; FRAMES]> {
    let task = ctx.task()?;
    let regs = task.user_regs()?;
    let (mut pc, mut rsp, mut rbp) = (regs.rip(), regs.rsp(), regs.rbp());
    let mut frames = [0; FRAMES];
    for (depth, frame) in frames.iter_mut().enumerate() {
        *frame = pc;
        // Except for the first frame, this is a return address.
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

/// Stores the frames of the process, and returns their key, or 0.
fn unwound(ctx: &TaskContext) -> u64 {
    let Some(frames) = unwind(ctx) else {
        return 0;
    };
    let hash = frames.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, pc| {
        (hash ^ pc).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // This fails if the same frames are there, or if the table is full.
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
    // This fails if another CPU has just inserted the element.
    let _ = COUNTS.insert_new(key, 0);
    let count = COUNTS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    count.atomic().fetch_add(1, Relaxed);
    Ok(())
}
