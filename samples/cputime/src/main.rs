// SPDX-License-Identifier: GPL-2.0
//! Looks up the CPU time of processes that userspace asks for.
#![no_std]
#![no_main]

use rex::prelude::*;

/// The questions: ids of processes.
#[map]
static PIDS: Queue<i32> = Queue::with_max_entries(1024);

/// The answers.
#[map]
static TIMES: RingBuf = RingBuf::with_size(65536);

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct CpuTime {
    pid: u64,
    /// The CPU time in nanoseconds.
    time: u64,
}

/// Runs when a process writes to /dev/null.
#[kprobe("write_null")]
fn on_write(_: &mut KprobeContext) -> Result {
    while let Some(pid) = PIDS.pop() {
        let Some(task) = OwnedTask::from_pid(pid) else {
            continue; // there is no such process (any more)
        };
        if task.pid() != task.tgid() {
            continue; // a thread of one
        }
        TIMES.output(&CpuTime {
            pid: pid as u64,
            time: task.process_runtime(),
        })?;
    }
    Ok(())
}
