// SPDX-License-Identifier: GPL-2.0
//! Every kind of map and every operation, at `dup(2)` of descriptors that no
//! process has: only a test triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_NOEXIST};
use rex::linux::errno::{E2BIG, EEXIST, EINVAL, ENOENT};
use rex::map::{
    LpmKey, RexArrayMap, RexHashMap, RexLpmTrie, RexLruHashMap,
    RexLruPerCPUHashMap, RexPerCPUArrayMap, RexPerCPUHashMap, RexQueue,
    RexStack,
};
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

use names::*;

/// A value of several fields.
#[derive(Clone, Copy, PartialEq, Eq, Pod)]
#[repr(C)]
struct Setting {
    number: u64,
    small: u32,
    text: [u8; 3],
    flags: u8,
}

#[rex_map]
static by_pid: RexHashMap<i32, u64> = RexHashMap::new(64, 0);
#[rex_map]
static totals: RexArrayMap<u64> = RexArrayMap::new(3, 0);
#[rex_map]
static per_cpu: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(2, 0);
#[rex_map]
static settings: RexHashMap<u32, Setting> = RexHashMap::new(4, 0);
#[rex_map]
static answers: RexArrayMap<Setting> = RexArrayMap::new(2, 0);
/// Elements of a size that is copied in pieces of 8, 4, 2 and 1 bytes.
#[rex_map]
static odd: RexArrayMap<[u8; 15]> = RexArrayMap::new(3, 0);
#[rex_map]
static queue: RexQueue<u32> = RexQueue::new(2, 0);
#[rex_map]
static stack: RexStack<u32> = RexStack::new(2, 0);
#[rex_map]
static scratch: RexHashMap<u64, u16> = RexHashMap::new(2, 0);
#[rex_map]
static lru: RexLruHashMap<u64, u16> = RexLruHashMap::new(2, 0);
#[rex_map]
static lru_per_cpu: RexLruPerCPUHashMap<u64, u16> =
    RexLruPerCPUHashMap::new(2, 0);
#[rex_map]
static hash_per_cpu: RexPerCPUHashMap<u64, u16> = RexPerCPUHashMap::new(2, 0);
#[rex_map]
static networks: RexLpmTrie<[u8; 4], u16> = RexLpmTrie::new(2, 0);
/// Index 0: number of checks made by CHECK; 1: of failed ones; 2: the number of
/// the first failed one, counted from 1.
#[rex_map]
static results: RexArrayMap<u32> = RexArrayMap::new(3, 0);

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint]
fn maps(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    match ctx.fildes {
        COUNT => count(obj),
        COPY => copy(),
        CHECK => check(obj),
        _ => Ok(0),
    }
}

fn count(obj: &Obj) -> Result {
    let task = obj.bpf_get_current_task().ok_or(-ENOENT)?;
    let pid = task.get_pid();
    match obj.bpf_map_lookup_elem(&by_pid, &pid) {
        Some(calls) => {
            calls.atomic().fetch_add(1, Relaxed);
        }
        None => {
            by_pid.insert_new(&pid, &1)?;
        }
    }
    if let Some(total) = obj.bpf_map_lookup_elem(&totals, &2) {
        total.atomic().fetch_add(1, Relaxed);
    }
    if let Some(calls) = obj.bpf_map_lookup_elem(&per_cpu, &1) {
        calls.update(|calls| *calls += 1);
    }
    Ok(0)
}

fn copy() -> Result {
    let setting = settings.get(&7).ok_or(-ENOENT)?;
    answers.insert(&1, &setting)
}

/// Counts checks, and those that fail.
#[derive(Default)]
struct Checks {
    made: u32,
    failed: u32,
    first: u32,
}

impl Checks {
    fn that(&mut self, ok: bool) {
        self.made += 1;
        if !ok {
            self.failed += 1;
            if self.first == 0 {
                self.first = self.made;
            }
        }
    }
}

#[inline(never)]
fn check(obj: &Obj) -> Result {
    let mut checks = Checks::default();
    check_hash(obj, &mut checks);
    check_array(obj, &mut checks);
    check_sequences(obj, &mut checks);
    check_kinds(obj, &mut checks);
    results.insert(&MADE, &checks.made)?;
    results.insert(&FAILED, &checks.failed)?;
    results.insert(&FIRST_FAILED, &checks.first)
}

/// Checks 1 to 17.
#[inline(never)]
fn check_hash(obj: &Obj, checks: &mut Checks) {
    checks.that(scratch.get(&1).is_none());
    checks.that(scratch.update(&1, &10) == Err(-ENOENT));
    checks.that(scratch.insert_new(&1, &10) == Ok(0));
    checks.that(scratch.insert_new(&1, &11) == Err(-EEXIST));
    checks.that(scratch.get(&1) == Some(10));
    checks.that(scratch.insert(&1, &12) == Ok(0));
    checks.that(scratch.update(&1, &13) == Ok(0));
    checks.that(obj.bpf_map_lookup_elem(&scratch, &1).cloned() == Some(13));
    checks
        .that(obj.bpf_map_update_elem(&scratch, &2, &20, BPF_NOEXIST) == Ok(0));
    // The map is full with two elements.
    checks.that(scratch.insert(&3, &30) == Err(-E2BIG));
    checks.that(obj.bpf_map_update_elem(&scratch, &2, &21, BPF_ANY) == Ok(0));
    if let Some(value) = obj.bpf_map_lookup_elem(&scratch, &2) {
        value.set(22);
    }
    checks.that(scratch.get(&2) == Some(22));
    checks.that(obj.bpf_map_delete_elem(&scratch, &1) == Ok(0));
    checks.that(scratch.get(&1).is_none());
    checks.that(scratch.delete(&1) == Err(-ENOENT));
    checks.that(scratch.delete(&2) == Ok(0));
    checks.that(obj.bpf_map_lookup_elem(&scratch, &2).is_none());
}

/// Checks 18 to 30.
#[inline(never)]
fn check_array(obj: &Obj, checks: &mut Checks) {
    let setting = Setting {
        number: 0x0102_0304_0506_0708,
        small: 0x0a0b_0c0d,
        text: *b"set",
        flags: 0x80,
    };
    checks.that(answers.insert(&0, &setting) == Ok(0));
    checks.that(answers.get(&0) == Some(setting));
    checks
        .that(obj.bpf_map_lookup_elem(&answers, &0).copied() == Some(setting));
    if let Some(answer) = obj.bpf_map_lookup_elem(&answers, &0) {
        answer.update(|answer| answer.flags = 0x81);
    }
    checks.that(answers.get(&0).map(|answer| answer.flags) == Some(0x81));
    checks.that(answers.get(&2).is_none());
    checks.that(answers.get(&u32::MAX).is_none());
    checks.that(answers.insert(&2, &setting) == Err(-E2BIG));
    checks.that(answers.delete(&0) == Err(-EINVAL));
    checks.that(per_cpu.insert(&0, &5) == Ok(0) && per_cpu.get(&0) == Some(5));
    checks.that(per_cpu.get(&2).is_none());

    let first = *b"abcdefghijklmno";
    let second = *b"ABCDEFGHIJKLMNO";
    checks.that(odd.insert(&0, &first) == Ok(0));
    if let Some(element) = obj.bpf_map_lookup_elem(&odd, &1) {
        element.set(second);
    }
    checks.that(odd.get(&0) == Some(first) && odd.get(&1) == Some(second));
    checks.that(odd.get(&2) == Some([0; 15]));
}

/// Checks 31 to 44.
#[inline(never)]
fn check_sequences(obj: &Obj, checks: &mut Checks) {
    checks.that(queue.pop().is_none());
    checks.that(queue.push(&1) == Ok(0) && queue.push(&2) == Ok(0));
    checks.that(queue.push(&3) == Err(-E2BIG));
    checks.that(queue.force_push(&3) == Ok(0));
    checks.that(queue.peek() == Some(2));
    checks.that(queue.pop() == Some(2));
    checks.that(obj.bpf_map_pop_elem(&queue) == Some(3));
    checks.that(stack.peek().is_none());
    checks.that(stack.push(&1) == Ok(0));
    checks.that(obj.bpf_map_push_elem(&stack, &2, BPF_EXIST) == Ok(0));
    checks.that(stack.push(&3) == Err(-E2BIG));
    checks.that(obj.bpf_map_peek_elem(&stack) == Some(2));
    checks.that(stack.pop() == Some(2) && stack.pop() == Some(1));
    checks.that(stack.pop().is_none());
}

/// The flag of bpf(2) that waits for the lock in a value.
const BPF_F_LOCK: u64 = 4;

/// Changes an element of a map of any kind that can lose it: 7 checks.
macro_rules! check_kind {
    ($obj:expr, $checks:expr, $map:expr, $key:expr) => {
        let key = $key;
        let update = |value: u16, flags: u64| {
            $obj.bpf_map_update_elem(&$map, &key, &value, flags)
        };
        $checks.that(update(1, BPF_F_LOCK) == Err(-EINVAL));
        $checks.that(update(1, BPF_EXIST + 1) == Err(-EINVAL));
        $checks.that($obj.bpf_map_delete_elem(&$map, &key) == Err(-ENOENT));
        $checks.that(update(1, BPF_NOEXIST) == Ok(0));
        $checks.that(update(2, BPF_EXIST) == Ok(0));
        $checks.that($obj.bpf_map_delete_elem(&$map, &key) == Ok(0));
        $checks.that(update(1, BPF_EXIST) == Err(-ENOENT));
    };
}

/// Checks 45 to 83.
#[inline(never)]
fn check_kinds(obj: &Obj, checks: &mut Checks) {
    check_kind!(obj, checks, scratch, 1);
    check_kind!(obj, checks, hash_per_cpu, 1);
    check_kind!(obj, checks, lru, 1);
    check_kind!(obj, checks, lru_per_cpu, 1);
    check_kind!(obj, checks, networks, LpmKey::new(8, [10, 0, 0, 0]));
    for flags in [BPF_F_LOCK, BPF_EXIST + 1] {
        checks.that(
            obj.bpf_map_update_elem(&totals, &0, &1, flags) == Err(-EINVAL),
        );
        checks.that(
            obj.bpf_map_update_elem(&per_cpu, &0, &1, flags) == Err(-EINVAL),
        );
    }
}
