// SPDX-License-Identifier: GPL-2.0
//! Sleepable programs of all kinds that there are. At an event of the process in `orders`
//! they do what the order says, and note in `seen` what came of it.
#![no_std]
#![no_main]

mod names;

use core::cell::RefCell;
use core::fmt;
use core::hint::black_box;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::context::Sleeps;
use rex::prelude::*;

use names::*;

#[map]
static orders: Array<u64> = Array::with_max_entries(8);

#[map]
static seen: Array<u64> = Array::with_max_entries(16);

#[map]
static locked: Array<SpinLocked<u64>> = Array::with_max_entries(1);

#[map]
static ring: RingBuf = RingBuf::with_size(4096);

static COUNTED: AtomicU64 = AtomicU64::new(0);

static GUARDED: Lock<u64> = Lock::new(0);

fn order(index: u32) -> u64 {
    orders.get(index).unwrap_or(0)
}

fn note(index: u32, value: u64) {
    // The index is one of the array.
    _ = seen.set(index, value);
}

fn add(index: u32, value: u64) {
    note(index, seen.get(index).unwrap_or(0) + value);
}

fn copy<C: Sleeps>(ctx: &mut Sleepable<C>, address: u64) -> Result<u64> {
    add(BEGUN, 1);
    let cpu = ctx.awake().cpu();
    let result = ctx.copy_from_user(address);
    add(BACK, 1);
    note(CPU_BEFORE, u64::from(cpu));
    note(CPU_AFTER, u64::from(ctx.awake().cpu()));
    result
}

fn copy_str<C: Sleeps>(ctx: &mut Sleepable<C>, address: u64) -> Result<u64> {
    let mut buffer = [0; 256];
    let text = ctx.copy_from_user_str(address, &mut buffer)?;
    let last = text.to_bytes().last().copied().unwrap_or(0);
    Ok(text.count_bytes() as u64 * 256 + u64::from(last))
}

fn copy_long<C: Sleeps>(ctx: &mut Sleepable<C>, address: u64) -> Result<u64> {
    let mut bytes = [0; LONG as usize / 4];
    let mut sum = 0;
    for part in 0..4 {
        let from = address + part * LONG / 4;
        ctx.copy_from_user_bytes(from, &mut bytes)?;
        sum += bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    }
    Ok(sum)
}

/// The stack is full of numbers while the program waits.
#[inline(never)]
fn copy_deep<C: Sleeps>(
    ctx: &mut Sleepable<C>,
    address: u64,
    depth: u64,
) -> Result<u64> {
    let mut numbers = [0; 64];
    for (number, value) in numbers.iter_mut().zip(depth * 1000..) {
        *number = value;
    }
    black_box(&mut numbers);
    let result = match depth {
        0 => copy(ctx, address),
        _ => copy_deep(ctx, address, depth - 1),
    };
    black_box(&mut numbers);
    if numbers.iter().zip(depth * 1000..).any(|(n, v)| *n != v) {
        return Err(Errno::EBADMSG);
    }
    result
}

/// Fills the stack of its level with other numbers.
#[inline(never)]
fn overwrite(depth: u64) -> u64 {
    let mut numbers = [depth; 64];
    black_box(&mut numbers);
    match depth {
        0 => numbers[0],
        _ => overwrite(depth - 1) + numbers[1],
    }
}

fn spin(milliseconds: u64) {
    let begin = rex::time::now();
    while (begin.elapsed().as_millis() as u64) < milliseconds {
        black_box(());
    }
}

fn copy_many<C: Sleeps>(
    ctx: &mut Sleepable<C>,
    address: u64,
    loop_ms: u64,
) -> Result<u64> {
    for page in 0.. {
        spin(loop_ms);
        copy(ctx, address + page * 4096)?;
    }
    Ok(0)
}

/// A guard that is forgotten is no longer borrowed; the lock is held all the same.
fn copy_locked<C: Sleeps>(ctx: &mut Sleepable<C>, address: u64) -> Result<u64> {
    {
        let awake = ctx.awake();
        if let Some(value) = locked.lookup(&awake, 0) {
            core::mem::forget(value.lock());
        }
    }
    copy(ctx, address)
}

fn copy_with_record<C: Sleeps>(
    ctx: &mut Sleepable<C>,
    address: u64,
) -> Result<u64> {
    core::mem::forget(ring.reserve(&ctx.awake(), 8));
    copy(ctx, address)
}

fn copy_with_task<C: Sleeps>(
    ctx: &mut Sleepable<C>,
    address: u64,
) -> Result<u64> {
    let task = OwnedTask::from_pid(1);
    let result = copy(ctx, address);
    drop(task);
    result
}

fn copy_with_guard<C: Sleeps>(
    ctx: &mut Sleepable<C>,
    address: u64,
) -> Result<u64> {
    let mut guard = GUARDED.lock()?;
    *guard = 1;
    _ = copy(ctx, address)?;
    *guard += 1;
    Ok(*guard)
}

struct CopyInPanic<'c, C>(RefCell<&'c mut Sleepable<C>>, u64);

impl<C: Sleeps> fmt::Display for CopyInPanic<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let result = self.0.borrow_mut().copy_from_user::<u64>(self.1);
        write!(f, "{}", result.map_or_else(|e| -e.number(), |_| 1))
    }
}

fn act<C: Sleeps>(ctx: &mut Sleepable<C>) {
    if u64::from(ctx.awake().tgid()) != order(PROCESS) {
        return;
    }
    add(CALLS, 1);
    let address = order(ADDRESS);
    let result = match order(ACT) {
        READ_PRESENT => ctx.awake().read_user::<u64>(address),
        COPY => copy(ctx, address),
        COPY_STR => copy_str(ctx, address),
        COPY_LONG => copy_long(ctx, address),
        COPY_DEEP => copy_deep(ctx, address, DEPTH),
        COPY_PANIC => panic!("it has read {:?}", copy(ctx, address).ok()),
        COPY_LOOP => {
            _ = copy(ctx, address);
            loop {
                black_box(());
            }
        }
        COPY_MANY => copy_many(ctx, address, LOOP_MS),
        COPY_MORE => copy_many(ctx, address, SHORT_LOOP_MS),
        COPY_LOCKED => copy_locked(ctx, address),
        COPY_WITH_RECORD => copy_with_record(ctx, address),
        COPY_WITH_TASK => copy_with_task(ctx, address),
        COPY_WITH_GUARD => copy_with_guard(ctx, address),
        COPY_COUNT => copy(ctx, address).inspect(|_| {
            note(COUNT, COUNTED.fetch_add(1, Relaxed) + 1);
        }),
        PANIC => panic!("ordered"),
        COPY_IN_PANIC => {
            panic!("{}", CopyInPanic(RefCell::new(ctx), address))
        }
        COPY_FOREVER => loop {
            _ = copy(ctx, address);
        },
        _ => Err(Errno::ENOSYS),
    };
    match result {
        Ok(value) => {
            note(RESULT, 0);
            note(VALUE, value);
        }
        Err(error) => note(RESULT, i64::from(-error.number()) as u64),
    }
}

#[uprobe(sleepable)]
fn on_call(ctx: &mut Sleepable<UprobeContext>) {
    act(ctx);
}

#[uretprobe(sleepable)]
fn on_return(ctx: &mut Sleepable<UprobeContext>) {
    act(ctx);
    note(VALUE, ctx.awake().return_value());
}

#[lsm("socket_create", sleepable)]
fn on_socket(ctx: &mut Sleepable<LsmContext>) {
    act(ctx);
}

#[lsm("socket_create", sleepable, timeout_ms = 200)]
fn on_socket_briefly(ctx: &mut Sleepable<LsmContext>) {
    act(ctx);
}

#[lsm("file_open", sleepable)]
fn on_open(ctx: &mut Sleepable<LsmContext>) -> Result {
    act(ctx);
    if u64::from(ctx.awake().tgid()) == order(PROCESS) {
        return Err(Errno::EXDEV);
    }
    Ok(())
}

/// Returns the sum of its arguments, which are read after the act.
#[request(sleepable, default_ret = 55)]
fn on_request(ctx: &mut Sleepable<RequestContext>) -> i32 {
    act(ctx);
    ctx.awake().args().iter().sum::<u64>() as i32
}

/// It runs on the same CPU as a program that waits.
#[kprobe]
fn on_other(ctx: &mut KprobeContext) {
    if u64::from(ctx.tgid()) == order(PROCESS) {
        overwrite(DEPTH);
        add(OTHERS, 1);
        let error = GUARDED.lock().err().map_or(0, |error| error.number());
        note(GUARD, i64::from(-error) as u64);
    }
}

/// A program that the test binds to a wrong carrier.
#[uprobe]
fn on_call_awake(ctx: &mut UprobeContext) {
    if u64::from(ctx.tgid()) == order(PROCESS) {
        add(CALLS, 1);
    }
}
