// SPDX-License-Identifier: GPL-2.0
//! Ring buffers, at `dup(2)` of descriptors that no process has: only a test
//! triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::fmt::Write;
use core::mem;

use rex::linux::bpf::{BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP};
use rex::linux::errno::{E2BIG, ENOENT, ENOSPC};
use rex::map::{RexArrayMap, RexRingBuf, RexRingBufEntry};
use rex::tracepoint::*;
use rex::{Pod, Result, bytes_of, rex_map, rex_tracepoint};

use names::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Event {
    thread: u64,
    number: u64,
    text: [u8; 16],
}

/// The size is rounded up from 5000 to 8192, a power of two pages.
#[rex_map]
static ring: RexRingBuf = RexRingBuf::new(5000, 0);
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(1, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(3, 0);

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint(timeout_ms = 300)]
fn ringbuf(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    match ctx.fildes {
        TEXT => text(obj),
        OUTPUT => output(obj),
        GIVE_UP => give_up(obj),
        PANIC => panics_with_records(obj),
        SPIN => spins_with_records(obj),
        FORGET => forgets_records(obj),
        OUTPUT_FOR_EVER => outputs_for_ever(),
        FILL => fill(obj),
        CHECK => check(obj),
        _ => Ok(0),
    }
}

fn text(obj: &Obj) -> Result {
    let mut record = ring.reserve(obj, 32).ok_or(-ENOSPC)?;
    record.fill(0xee);
    let thread = obj.bpf_get_current_pid_tgid() as u32;
    if write!(record, "thread {thread} ").is_err()
        || write!(record, "was here").is_err()
    {
        return Err(-E2BIG);
    }
    record.submit(0);
    Ok(0)
}

fn output(obj: &Obj) -> Result {
    let event = Event {
        thread: obj.bpf_get_current_pid_tgid(),
        number: control.get(&NUMBER).ok_or(-ENOENT)?,
        text: *b"sixteen letters.",
    };
    obj.bpf_ringbuf_output(&ring, bytes_of(&event), 0)
}

fn give_up(obj: &Obj) -> Result {
    let discarded = ring.reserve(obj, 8).ok_or(-ENOSPC)?;
    let mut dropped = ring.reserve(obj, 8).ok_or(-ENOSPC)?;
    let mut sent = obj.bpf_ringbuf_reserve(&ring, 8).ok_or(-ENOSPC)?;
    dropped.copy_from_slice(b"dropped.");
    sent.copy_from_slice(b"I stayed");
    sent.submit(BPF_RB_NO_WAKEUP);
    drop(dropped);
    discarded.discard(BPF_RB_FORCE_WAKEUP);
    Ok(0)
}

/// Reserves `control[NUMBER]` records.
fn reserve<'run>(
    obj: &'run Obj,
    mut keep: impl FnMut(usize, RexRingBufEntry<'run>),
) -> Result {
    let number = control.get(&NUMBER).ok_or(-ENOENT)?;
    for i in 0..number {
        keep(i as usize, ring.reserve(obj, 16).ok_or(-ENOSPC)?);
    }
    results.insert(&HOLDING, &number)
}

#[inline(never)]
fn panics_with_records(obj: &Obj) -> Result {
    let mut records = [const { None }; 100];
    reserve(obj, |i, record| records[i] = Some(record))?;
    let held = records.iter().flatten().count();
    panic!("with {held} records");
}

#[inline(never)]
fn spins_with_records(obj: &Obj) -> Result {
    let mut records = [const { None }; 100];
    reserve(obj, |i, record| records[i] = Some(record))?;
    loop {
        core::hint::spin_loop();
    }
}

#[inline(never)]
fn forgets_records(obj: &Obj) -> Result {
    reserve(obj, |_, record| mem::forget(record))
}

#[inline(never)]
fn outputs_for_ever() -> Result {
    let bytes = [0x55; 2048];
    results.insert(&HOLDING, &1)?;
    loop {
        let _ = ring.output(&bytes, 0);
    }
}

#[inline(never)]
fn fill(obj: &Obj) -> Result {
    let mut records = [const { None }; 70];
    let mut number = 0;
    while let Some(record) = ring.reserve(obj, 120) {
        records[number] = Some(record);
        number += 1;
    }
    if ring.output(&[0; 120], 0).is_ok() {
        return results.insert(&FAILED, &1);
    }
    results.insert(&HOLDING, &(number as u64))
}

#[inline(never)]
fn check(obj: &Obj) -> Result {
    let failed = |line: u64| results.insert(&FAILED, &line);

    let size = ring.size().ok_or(-ENOENT)?;
    results.insert(&SIZE, &size)?;
    let start = ring.producer_position().ok_or(-ENOENT)?;
    if ring.consumer_position() != Some(start)
        || ring.available_bytes() != Some(0)
    {
        return failed(1);
    }
    if ring.reserve(obj, size as usize).is_some() {
        return failed(2);
    }
    if ring.reserve(obj, usize::MAX).is_some() {
        return failed(3);
    }
    if ring.output(&[1, 2, 3], 0) != Ok(0) {
        return failed(4);
    }
    // A header has 8 bytes, and data multiples of 8.
    if ring.producer_position() != Some(start + 16)
        || ring.available_bytes() != Some(16)
    {
        return failed(5);
    }
    let mut record = ring.reserve(obj, 8).ok_or(-ENOSPC)?;
    if record.len() != 8 {
        return failed(6);
    }
    record.fill(0xee);
    // 7 characters and the NUL fit exactly.
    if write!(record, "12345678").is_ok() || record[0] != 0xee {
        return failed(7);
    }
    if write!(record, "1234").is_err() || write!(record, "567").is_err() {
        return failed(8);
    }
    if *record != *b"1234567\0" || write!(record, "8").is_ok() {
        return failed(9);
    }
    if write!(record, "").is_err() || *record != *b"1234567\0" {
        return failed(10);
    }
    record.submit(0);
    let mut empty = ring.reserve(obj, 0).ok_or(-ENOSPC)?;
    if !empty.is_empty() || write!(empty, "").is_ok() {
        return failed(11);
    }
    empty.submit(0);
    Ok(0)
}
