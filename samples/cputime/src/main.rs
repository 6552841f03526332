// SPDX-License-Identifier: GPL-2.0
//! Looks up the CPU time of processes that userspace asks for.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::map::{RexQueue, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::task_struct::OwnedTaskStruct;
use rex::{Pod, Result, bytes_of, rex_kprobe, rex_map};

/// Questions: ids of processes.
#[rex_map]
static PIDS: RexQueue<i32> = RexQueue::new(1024, 0);

/// Answers.
#[rex_map]
static TIMES: RexRingBuf = RexRingBuf::new(65536, 0);

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct CpuTime {
    pid: u64,
    /// Nanoseconds.
    time: u64,
}

/// Runs when somebody writes to /dev/null.
#[rex_kprobe(function = "write_null")]
fn on_write(_: &kprobe, _: &mut PtRegs) -> Result {
    while let Some(pid) = PIDS.pop() {
        let Some(task) = OwnedTaskStruct::from_pid(pid) else {
            continue; // there is no such process (any more)
        };
        if task.get_pid() != task.get_tgid() {
            continue; // a thread of one
        }
        let answer = CpuTime {
            pid: pid as u64,
            time: task.get_process_runtime(),
        };
        TIMES.output(bytes_of(&answer), 0)?;
    }
    Ok(0)
}
