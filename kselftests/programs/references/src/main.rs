// SPDX-License-Identifier: GPL-2.0
//! A program for the test references: looks up tasks, and ends in several ways.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::mem;

use rex::map::{RexArrayMap, RexQueue};
use rex::task_struct::OwnedTaskStruct;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

/// The tasks to look up.
#[rex_map]
static pids: RexQueue<i32> = RexQueue::new(1024, 0);

/// The order to the program, and its result.
#[rex_map]
static config: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_tracepoint(timeout_ms = 200)]
fn looks_up(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    match ctx.fildes {
        LOOK_UP => {}
        HOARD => return hoards(),
        _ => return Ok(0),
    }
    let how = config.get(&HOW).unwrap_or(0);
    let mut found = 0;
    while let Some(pid) = pids.pop() {
        let Some(task) = OwnedTaskStruct::from_pid(pid) else {
            continue;
        };
        if task.get_pid() == pid && task.get_tgid() == pid {
            found += 1;
        }
        if how >= FORGET {
            mem::forget(task);
        }
    }
    config.insert(&FOUND, &found)?;
    match how {
        PANIC => panic!("with {found} references"),
        LOOP => loop {
            core::hint::spin_loop();
        },
        _ => Ok(0),
    }
}

#[inline(never)]
fn hoards() -> Result {
    let mut found = 0;
    while let Some(task) = OwnedTaskStruct::from_pid(1) {
        mem::forget(task);
        found += 1;
    }
    config.insert(&FOUND, &found)
}
