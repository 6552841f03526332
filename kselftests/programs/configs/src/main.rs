// SPDX-License-Identifier: GPL-2.0
//! Stores the constants of every kind that its loader may set.
#![no_std]
#![no_main]

mod names;

use rex::prelude::*;

use names::*;

#[map]
static SEEN: Array<u64> = Array::with_max_entries(NR_SEEN);

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Pair {
    first: u32,
    second: u32,
}

#[config]
static MAX: Config<u64> = Config::new(OWN_MAX);

#[config]
static DELTA: Config<i32> = Config::new(-1);

#[config]
static FLAG: Config<bool> = Config::new(false);

#[config]
static TINY: Config<u8> = Config::new(7);

#[config]
static WIDE: Config<u128> = Config::new(OWN_WIDE as u128);

#[config]
static PREFIX: Config<[u8; 16]> = Config::new(*b"/proc\0\0\0\0\0\0\0\0\0\0\0");

#[config]
static PAIR: Config<Pair> = Config::new(Pair {
    first: 1,
    second: 2,
});

#[tracepoint]
fn looks(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    if ctx.event().fildes != LOOK {
        return Ok(());
    }
    SEEN.set(AT_MAX, MAX.get())?;
    SEEN.set(AT_DELTA, DELTA.get() as u64)?;
    SEEN.set(AT_FLAG, u64::from(FLAG.get()))?;
    SEEN.set(AT_TINY, u64::from(TINY.get()))?;
    SEEN.set(AT_WIDE, (WIDE.get() >> 1) as u64)?;
    SEEN.set(AT_FIRST, u64::from(PAIR.get().first))?;
    SEEN.set(AT_SECOND, u64::from(PAIR.get().second))?;
    for (at, byte) in PREFIX.get().into_iter().enumerate() {
        SEEN.set(AT_PREFIX + at as u32, u64::from(byte))?;
    }
    Ok(())
}
