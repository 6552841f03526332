// SPDX-License-Identifier: GPL-2.0
//! Programs at many traced functions. They count the calls of the process in `WATCHED`, by
//! function, for a test to compare with what it did.
#![no_std]
#![no_main]

#[path = "../../calls.rs"]
mod calls;
mod names;

use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use calls::{CALLS, Calls, is_watched, note};
use names::*;
use rex::kernel::file;
use rex::prelude::*;

#[fentry("*_sys_get?id")]
fn on_traced(ctx: &mut FentryContext) -> Result {
    let cookie = ctx.attach_cookie();
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.cookie = cookie;
    })
}

#[fexit("*_sys_get?id")]
fn on_traced_return(ctx: &mut FexitContext) -> Result {
    let cookie = ctx.attach_cookie();
    let value = ctx.return_value();
    note(ctx, ctx.function(), |calls| {
        calls.returned += 1;
        calls.cookie = cookie;
        calls.value = value;
    })
}

/// Only a part of the functions has these arguments.
#[fentry("vfs_*")]
fn on_file(
    ctx: &mut FentryContext,
    file: Ptr<file>,
    _buffer: (),
    size: u64,
) -> Result {
    let inode = read!(file.f_inode.i_ino)?;
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.value = size;
        calls.kept = inode;
    })
}

/// The result of another type is that of other functions.
#[fexit("vfs_r*")]
fn on_result(ctx: &mut FexitContext, ret: i64) -> Result {
    note(ctx, ctx.function(), |calls| {
        calls.returned += 1;
        calls.value = ret as u64;
    })
}

#[fentry("*_sys_get?id")]
fn breaks(ctx: &mut FentryContext) {
    assert!(!is_watched(ctx), "as the test wants");
}

/// The name is a word of Rust.
#[fentry("vfs_[rl]*")]
fn r#match(ctx: &mut FentryContext, file: Ptr<file>) -> Result {
    let inode = read!(file.f_inode.i_ino)?;
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.kept = inode;
    })
}

/// What `nests` has seen.
#[map]
static NESTED: Array<u64> = Array::with_max_entries(4);

/// The runs of `nests` that have begun and not ended.
static DEPTH: AtomicU64 = AtomicU64::new(0);

fn add(index: u32, number: u64) -> Result {
    NESTED.set(index, NESTED.get(index).unwrap_or(0) + number)
}

/// Is attached to the function of the kernel that it calls by `insert`.
#[fentry("*_sys_getuid")]
fn nests(ctx: &mut FentryContext) -> Result {
    if !is_watched(ctx) {
        return Ok(());
    }
    let depth = DEPTH.fetch_add(1, Relaxed) + 1;
    assert!(NESTED.get(BREAKS) != Some(depth), "as the test wants");
    let kept = black_box([depth; 64]);
    if NESTED.get(DEEPEST) < Some(depth) {
        NESTED.set(DEEPEST, depth)?;
    }
    let calls = Calls {
        count: depth,
        ..Calls::default()
    };
    add(RUNS, 1)?;
    let inserted = CALLS.insert(depth, calls);
    if DEPTH.fetch_sub(1, Relaxed) != depth || kept != [depth; 64] {
        add(WRONG, 1)?;
    }
    inserted
}

/// Does not ask which function calls it.
#[tp_btf("sys_enter")]
fn on_syscall(_: &mut RawTracepointContext) {}
