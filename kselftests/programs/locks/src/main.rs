// SPDX-License-Identifier: GPL-2.0
//! Values under spin locks, at `dup(2)` of descriptors that no process has: only a
//! test triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::mem;
use core::sync::atomic::Ordering::Relaxed;

use rex::kprobe::kprobe;
use rex::linux::errno::{EDEADLK, EEXIST, ENOENT};
use rex::map::{MapRef, RexArrayMap, RexHashMap};
use rex::pt_regs::PtRegs;
use rex::spinlock::{SpinLocked, rex_spinlock_guard};
use rex::tracepoint::*;
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Pod, Result, rex_kprobe, rex_map, rex_tracepoint, rex_xdp};

use names::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Words {
    word: [u64; WORDS],
}

impl Words {
    fn add(&mut self, n: u64) {
        for word in &mut self.word {
            *word += n;
        }
    }

    fn is_torn(&self) -> bool {
        self.word.iter().any(|word| *word != self.word[0])
    }
}

#[rex_map]
static shared: RexArrayMap<SpinLocked<Words>> = RexArrayMap::new(2, 0);
#[rex_map]
static by_key: RexHashMap<u32, SpinLocked<Words>> = RexHashMap::new(8, 0);
#[rex_map]
static many: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(MANY, 0);
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(3, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(5, 0);

/// More than the kernel can count as reasons why softirqs are off.
const MANY: u32 = 300;

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint(timeout_ms = 300)]
fn locks(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    match ctx.fildes {
        ADD => add(obj, element(obj, 0)?),
        ADD_BY_KEY => add_by_key(obj),
        PANIC => panics_with_locks(obj),
        SPIN => spins_with_locks(obj),
        FORGET => forgets_locks(obj),
        TAKE_ALL => take_all(obj),
        TWICE => takes_lock_twice(obj),
        FORTH => takes_two_locks(obj, 0, 1),
        BACK => takes_two_locks(obj, 1, 0),
        HOLD => hold(obj),
        CHECK => check(obj),
        LOCK_FOR_EVER => locks_for_ever(obj),
        _ => Ok(0),
    }
}

/// Runs with interrupts off, since the kprobe is not at the beginning of a
/// function.
#[rex_kprobe]
fn takes_lock_in_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    let element = obj.bpf_map_lookup_elem(&many, &0).ok_or(-ENOENT)?;
    match element.lock() {
        Ok(_) => results.insert(&LOCKED, &1),
        Err(error) => results.insert(&ERROR, &(error as i64 as u64)),
    }
}

/// Adds 1 to `shared[0]` on CPU 0.
#[rex_xdp]
fn takes_lock_in_softirq(obj: &xdp, _: &mut xdp_md) -> Result {
    if control.get(&IN_SOFTIRQ) != Some(1)
        || obj.bpf_get_smp_processor_id() != 0
    {
        return Ok(XDP_PASS as i32);
    }
    let element = obj.bpf_map_lookup_elem(&shared, &0).ok_or(-ENOENT)?;
    element.lock()?.add(1);
    let locked = obj.bpf_map_lookup_elem(&results, &LOCKED).ok_or(-ENOENT)?;
    locked.atomic().fetch_add(1, Relaxed);
    Ok(XDP_PASS as i32)
}

fn count(obj: &Obj, result: u32) {
    if let Some(count) = obj.bpf_map_lookup_elem(&results, &result) {
        count.atomic().fetch_add(1, Relaxed);
    }
}

fn element<'run>(
    obj: &'run Obj,
    index: u32,
) -> core::result::Result<MapRef<'run, SpinLocked<Words>>, i32> {
    obj.bpf_map_lookup_elem(&shared, &index).ok_or(-ENOENT)
}

fn add(obj: &Obj, element: MapRef<'_, SpinLocked<Words>>) -> Result {
    let mut words = element.lock()?;
    if words.is_torn() {
        count(obj, TORN);
    }
    words.add(1);
    words.unlock();
    count(obj, LOCKED);
    Ok(0)
}

fn add_by_key(obj: &Obj) -> Result {
    let key = obj.bpf_get_current_pid_tgid() as u32 % 4;
    let zero = Words { word: [0; WORDS] };
    match by_key.insert_new(&key, &zero) {
        Ok(_) => {}
        Err(error) if error == -EEXIST => {}
        Err(error) => return Err(error),
    }
    let element = obj.bpf_map_lookup_elem(&by_key, &key).ok_or(-ENOENT)?;
    add(obj, element)
}

/// Takes the first `control[NUMBER]` locks of `many`, and changes the values.
fn take<'run>(
    obj: &'run Obj,
    mut keep: impl FnMut(usize, rex_spinlock_guard<'run, u64>),
) -> Result {
    let number = control.get(&NUMBER).ok_or(-ENOENT)?;
    for i in 0..number {
        let element =
            obj.bpf_map_lookup_elem(&many, &(i as u32)).ok_or(-ENOENT)?;
        let mut guard = element.lock()?;
        *guard += 1;
        keep(i as usize, guard);
    }
    results.insert(&HOLDING, &number)
}

type Guards<'run> = [Option<rex_spinlock_guard<'run, u64>>; 100];

#[inline(never)]
fn panics_with_locks(obj: &Obj) -> Result {
    let mut guards: Guards<'_> = [const { None }; 100];
    take(obj, |i, guard| guards[i] = Some(guard))?;
    let held = guards.iter().flatten().count();
    panic!("with {held} locks");
}

#[inline(never)]
fn spins_with_locks(obj: &Obj) -> Result {
    let mut guards: Guards<'_> = [const { None }; 100];
    take(obj, |i, guard| guards[i] = Some(guard))?;
    loop {
        core::hint::spin_loop();
    }
}

#[inline(never)]
fn locks_for_ever(obj: &Obj) -> Result {
    let element = obj.bpf_map_lookup_elem(&many, &0).ok_or(-ENOENT)?;
    loop {
        element.lock()?.unlock();
    }
}

#[inline(never)]
fn forgets_locks(obj: &Obj) -> Result {
    take(obj, |_, guard| mem::forget(guard))
}

#[inline(never)]
fn take_all(obj: &Obj) -> Result {
    for i in 0..2 {
        element(obj, i)?.lock()?.unlock();
    }
    for i in 0..MANY {
        let element = obj.bpf_map_lookup_elem(&many, &i).ok_or(-ENOENT)?;
        element.lock()?.unlock();
        count(obj, LOCKED);
    }
    Ok(0)
}

#[inline(never)]
fn takes_lock_twice(obj: &Obj) -> Result {
    let element = element(obj, 0)?;
    let mut first = element.lock()?;
    first.add(1);
    results.insert(&HOLDING, &1)?;
    let second = element.lock()?;
    Ok(second.word[0] as i32)
}

#[inline(never)]
fn takes_two_locks(obj: &Obj, first: u32, second: u32) -> Result {
    let holding = obj.bpf_map_lookup_elem(&results, &HOLDING).ok_or(-ENOENT)?;
    let first = element(obj, first)?.lock()?;
    holding.atomic().fetch_add(1, Relaxed);
    while holding.get() < 2 {
        core::hint::spin_loop();
    }
    let second = element(obj, second)?.lock()?;
    count(obj, LOCKED);
    Ok((first.word[0] + second.word[0]) as i32)
}

#[inline(never)]
fn hold(obj: &Obj) -> Result {
    let go_on = obj.bpf_map_lookup_elem(&control, &GO_ON).ok_or(-ENOENT)?;
    let mut words = element(obj, 0)?.lock()?;
    let before = words.word[0];
    results.insert(&HOLDING, &1)?;
    while go_on.get() == 0 {
        if words.word[0] != before || words.is_torn() {
            count(obj, TORN);
            break;
        }
    }
    words.add(1000);
    Ok(0)
}

#[inline(never)]
fn check(obj: &Obj) -> Result {
    let failed = |line: u64| results.insert(&FAILED, &line);
    let zero = Words { word: [0; WORDS] };
    let five = Words { word: [5; WORDS] };

    if by_key.insert_new(&7, &five) != Ok(0) {
        return failed(1);
    }
    let element = obj.bpf_map_lookup_elem(&by_key, &7).ok_or(-ENOENT)?;
    let mut words = rex_spinlock_guard::new(&element)?;
    if words.word != [5; WORDS] {
        return failed(2);
    }
    if by_key.insert_new(&6, &zero) != Err(-EDEADLK) {
        return failed(3);
    }
    if by_key.delete(&7) != Err(-EDEADLK) {
        return failed(4);
    }
    if obj.bpf_map_delete_elem(&by_key, &7) != Err(-EDEADLK) {
        return failed(5);
    }
    // Use another lock, and a map without locks.
    let other = obj.bpf_map_lookup_elem(&many, &1).ok_or(-ENOENT)?;
    *other.lock()? = 77;
    if *other.lock()? != 77 {
        return failed(6);
    }
    if results.insert(&HOLDING, &1) != Ok(0) {
        return failed(7);
    }
    words.word[3] = 9;
    words.unlock();
    if element.lock()?.word[3] != 9 {
        return failed(8);
    }
    // A leaked guard stores no change.
    let mut words = element.lock()?;
    words.word[3] = 10;
    mem::forget(words);
    results.insert(&LOCKED, &1)
}
