// SPDX-License-Identifier: GPL-2.0
//! Calls each helper once, instruction by instruction: with the trap flag of the
//! CPU set, every instruction of the call, of the helper's gate and of the helper
//! ends in a debug exception, where the test hook `kill_step` of rex.ko can stop
//! the run. The test selects the helper. Nothing else in the program could do
//! harm: the crate would pass the same arguments.
#![no_std]
#![no_main]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;
#[macro_use]
mod step;
mod any;
#[path = "../../hash.rs"]
mod hash;
mod list;
mod maps;
mod names;
mod packets;

use core::ffi::c_void;

use hash::name_hash;
use maps::{notes, order};
use names::*;

/// The result of a normal run, which differs from that of a stopped program.
const DONE: u32 = 1;

const fn is_among(names: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if name_hash(names[i]) == name_hash(name) {
            return true;
        }
        i += 1;
    }
    false
}

const fn has_act(name: &str) -> bool {
    is_among(any::NAMES, name)
        || is_among(packets::NAMES, name)
        || is_among(list::NAMES, name)
}

/// An act arms it.
#[rex::timer]
fn at_time(_: &mut rex::context::TimerContext) {}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    let (act, thread) = (order(ACT), order(THREAD));
    if act == 0 || thread != call!(bpf_get_current_pid_tgid()) & 0xffff_ffff {
        return 0;
    }
    let last = order(LAST) != 0;
    let ctx = ctx.addr() as u64;
    let result = any::perform(act, ctx)
        .or_else(|| packets::perform(act, ctx))
        .or_else(|| list::perform(act, ctx));
    match result {
        Some(_) if last => (),
        Some(result) => _ = notes.insert(&RESULT, &result),
        None => _ = notes.insert(&UNKNOWN, &1),
    }
    DONE
}

/// The context of an iterator has the address of its state, and that of the object, which is
/// null in the run after the last one.
extern "C" fn iter_entry(ctx: *mut c_void) -> u32 {
    let words = ctx.cast::<[u64; 2]>();
    if unsafe { words.read() }[1] == 0 {
        return 0;
    }
    entry(ctx);
    0
}

programs! {
    iter_entry:
    "at_iter": iter in "iter/task",
}

programs! {
    entry:
    "at_kprobe": kprobe in "kprobe/__x64_sys_dup",
    "at_tc": tc in "tc",
    "at_xdp": xdp in "xdp",
    "at_perf_event": perf_event in "perf_event",
    "at_fentry": fentry in "fentry/__x64_sys_dup",
}
