// SPDX-License-Identifier: GPL-2.0
//! All kinds of maps.
#![no_std]
#![no_main]

use core::fmt::Write;

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Pod, Result, bytes_of, rex_map, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Value {
    a: u32,
    b: [u8; 4],
}

#[rex_map]
static LOCKED: RexHashMap<u64, SpinLocked<Value>> = RexHashMap::new(4, 0);
#[rex_map]
static WIDE: RexArrayMap<SpinLocked<u128>> = RexArrayMap::new(4, 0);
#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);
#[rex_map]
static PREFIXES: RexLpmTrie<Value, Value> = RexLpmTrie::new(4, 0);
#[rex_map]
static NESTED: RexHashOfMaps<Value, RexLruHashMap<u16, Value>> =
    RexHashOfMaps::with_inner(4, 0, RexLruHashMap::new(8, 0));
#[rex_map]
static FILTER: RexBloomFilter<Value> =
    RexBloomFilter::new(4, 0).with_hash_functions(3);
#[rex_map]
static SAMPLES: RexPerfEventArray<Value> = RexPerfEventArray::new(0, 0);
#[rex_map]
static STACKS: RexStackTrace<u32, [u64; 8]> = RexStackTrace::new(4, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let value = Value { a: 1, b: [2; 4] };
    LOCKED.insert_new(&1, &value)?;
    let element = obj.bpf_map_lookup_elem(&LOCKED, &1).ok_or(-1)?;
    let mut first = element.lock()?;
    let other = obj.bpf_map_lookup_elem(&WIDE, &1).ok_or(-2)?;
    let second = rex_spinlock_guard::new(&other)?;
    first.a += *second as u32;
    second.unlock();
    drop(first);

    let mut record = RING.reserve(obj, 100).ok_or(-3)?;
    write!(record, "{}", value.a).map_err(|_| -4)?;
    record.submit(0);
    RING.output(bytes_of(&value), 0)?;

    let key = LpmKey::new(3, value);
    PREFIXES.insert(&key, &value)?;
    let inner = NESTED.get(obj, &value).ok_or(-5)?;
    inner.insert(&1, &inner.get(&2).unwrap_or(value))?;
    FILTER.insert(&value)?;
    SAMPLES.output(obj, ctx, &value, PerfEventMaskedCPU::any_cpu(1))?;
    obj.bpf_get_stackid(ctx, &STACKS, 0)
}
