// SPDX-License-Identifier: GPL-2.0
//! State that runs share: with userspace, with other CPUs, under a lock, in parts of
//! values of maps, and on the heap.
#![no_std]
#![no_main]

extern crate alloc;

mod names;

use alloc::vec::Vec;
use core::hint::black_box;
use core::sync::atomic::Ordering::{Acquire, Relaxed};
use core::time::Duration;

use rex::heap;
use rex::part;
use rex::prelude::*;

use names::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Pair {
    calls: u64,
    bytes: u64,
}

#[map]
static NOTES: Array<u64> = Array::with_max_entries(NR_NOTES);

#[map]
static HITS: Shared<u64> = Shared::new();

#[map]
static TINY: Shared<u8> = Shared::new();

/// The programs change this after userspace has written to it.
#[map]
static PAIR: Shared<Pair> = Shared::new();

#[map]
static LOCAL: PerCpu<u64> = PerCpu::new();

/// Set when the lock is held, and when it has to be released.
#[map]
static HELD: Shared<u32> = Shared::new();
#[map]
static RELEASE: Shared<u32> = Shared::new();

static TOTALS: Lock<Pair> = Lock::new(Pair { calls: 0, bytes: 0 });

/// `RELEASE` cannot be set while both CPUs are in a run.
const HOLD_FOR: Duration = Duration::from_millis(500);

fn note(index: u32, number: u64) {
    _ = NOTES.set(index, number);
}

fn note_error<T>(index: u32, result: Result<T>) {
    note(
        index,
        result.err().map_or(1, |error| i32::from(error) as u64),
    );
}

fn count() {
    HITS.fetch_add(1);
    LOCAL.fetch_add(1);
    TINY.update(|tiny| *tiny = tiny.wrapping_add(3));
    PAIR.update(|pair| {
        pair.calls += 1;
        pair.bytes = pair.bytes.wrapping_add(0x0101_0101_0101_0101);
    });
}

/// Changes two numbers that belong together, and are not atomic.
fn change() -> Result {
    let mut totals = TOTALS.lock()?;
    let calls = black_box(totals.calls);
    let bytes = black_box(totals.bytes);
    if bytes != calls * 7 {
        note(WRONG, bytes);
    }
    totals.calls = calls + 1;
    totals.bytes = bytes + 7;
    note(CALLS, totals.calls);
    note(BYTES, totals.bytes);
    Ok(())
}

fn twice() -> Result {
    let _first = TOTALS.lock()?;
    TOTALS.lock().map(drop)
}

fn hold(fails: bool) -> Result {
    let mut totals = TOTALS.lock()?;
    totals.calls += 1;
    HELD.store(1, Relaxed);
    let begin = rex::time::now();
    while RELEASE.load(Acquire) == 0 && begin.elapsed() < HOLD_FOR {
        core::hint::spin_loop();
    }
    assert!(!fails, "half a change");
    totals.bytes += 7;
    Ok(())
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Stats {
    calls: u64,
    odd: [u8; 8],
    small: [u32; 6],
    times: [u64; 64],
}

#[map]
static STATS: Array<Stats> = Array::with_max_entries(1);

/// Elements of a trie are not aligned.
#[map]
static TRIE: LpmTrie<[u8; 4], Stats> = LpmTrie::with_max_entries(4);

#[map]
static HUGE: Array<[u64; LARGE as usize / 8]> = Array::with_max_entries(1);

fn parts(ctx: &Context) -> Result {
    let stats = STATS.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
    part!(stats, Stats, calls).atomic().fetch_add(1, Relaxed);
    let times = part!(stats, Stats, times);
    for index in 0..64 {
        let slot = times.at(index).ok_or(Errno::ENOENT)?;
        slot.atomic().fetch_add(index as u64 + 1, Relaxed);
    }
    let small = part!(stats, Stats, small).at(5).ok_or(Errno::ENOENT)?;
    small.atomic().fetch_add(1, Relaxed);
    if times.at(64).is_some() || stats.part::<u64>(600).is_some() {
        note(WRONG, 1);
    }
    huge(ctx)
}

fn huge(ctx: &Context) -> Result {
    let huge = HUGE.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
    let text = b"seventeen letters";
    huge.write_at(LARGE as usize - 17, text)?;
    huge.write_at(3, text)?;
    let mut back = [0; 17];
    huge.read_at(LARGE as usize - 17, &mut back)?;
    if back != *text {
        note(WRONG, 2);
    }
    let beyond = LARGE as usize - 16;
    if huge.read_at(beyond, &mut back) != Err(Errno::E2BIG)
        || huge.write_at(beyond, text) != Err(Errno::E2BIG)
        || huge.read_at(usize::MAX, &mut back) != Err(Errno::E2BIG)
    {
        note(WRONG, 3);
    }
    let last = huge.at(LARGE as usize / 8 - 1).ok_or(Errno::ENOENT)?;
    note(SUM, last.get());
    Ok(())
}

#[map]
static TABLE: HashMap<u32, u64> = HashMap::with_max_entries(1000);

/// A table too large for an iteration.
#[map]
static VAST: HashMap<u32, u64> = HashMap::with_flags(1 << 21, 1);

fn walk(ctx: &Context, is_to_go: impl Fn(u32) -> bool) {
    let (mut sum, mut steps) = (0, 0);
    for (key, value) in TABLE.iter(ctx) {
        sum += value.get();
        steps += 1;
        if is_to_go(key) {
            _ = TABLE.remove(key);
        }
    }
    note(SUM, sum);
    note(STEPS, steps);
    if VAST.insert(1, 1).is_ok() && VAST.keys(ctx).next().is_some() {
        note(WRONG, 4);
    }
}

static KEPT: Lock<Vec<Vec<u8>>> = Lock::new(Vec::new());

/// Keeps blocks until three quarters of the heap are in use.
fn keep() -> Result {
    note(HEAP_SIZE, heap::size());
    note(HEAP_USED, heap::used());
    if heap::free() < heap::size() / 4 {
        note(SHED, NOTES.get(SHED).unwrap_or(0) + 1);
        return Ok(());
    }
    let mut kept = KEPT.lock()?;
    let block = black_box(alloc::vec![1; 1000]);
    kept.try_push(block).map_err(|_| Errno::ENOMEM)
}

/// Allocates block by block until the heap is full, which is an error.
fn try_all() -> Result {
    let mut boxes = Vec::new();
    for number in 0..1_000_000u64 {
        let Ok(boxed) = heap::try_box([number; 128]) else {
            note(STEPS, number);
            return Ok(());
        };
        if boxes.try_push(boxed).is_err() {
            note(STEPS, number);
            return Ok(());
        }
    }
    Err(Errno::EINVAL)
}

#[inline(never)]
fn fills_the_heap(size: usize) -> Vec<u8> {
    alloc::vec![1; size]
}

#[tracepoint]
fn acts(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let result = match ctx.event().fildes {
        COUNT => {
            count();
            Ok(())
        }
        CHANGE => change(),
        TWICE => twice(),
        HOLD => hold(false),
        FAIL => hold(true),
        FORGET => TOTALS.lock().map(core::mem::forget),
        PARTS => parts(ctx),
        WALK => {
            walk(ctx, |_| false);
            Ok(())
        }
        CLEAR => {
            walk(ctx, |_| true);
            Ok(())
        }
        PRUNE => {
            walk(ctx, |key| key % 2 == 1);
            Ok(())
        }
        KEEP => keep(),
        TRY => try_all(),
        FILL => {
            black_box(fills_the_heap(2 * heap::size() as usize));
            Ok(())
        }
        _ => return Ok(()),
    };
    note_error(ERROR, result);
    Ok(())
}

/// Runs with interrupts off, where a held lock is an error.
#[tp_btf("sched_switch")]
fn switches(_: &mut RawTracepointContext) {
    if HELD.load(Relaxed) != 0
        && let Err(error) = TOTALS.lock().map(drop)
        && error != Errno::EDEADLK
    {
        note_error::<()>(SWITCH_ERROR, Err(error));
    }
}
