// SPDX-License-Identifier: GPL-2.0
//! Kinds of maps besides plain hashes and arrays, at `dup(2)` of descriptors that
//! no process has: only a test triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::errno::ENOENT;
use rex::map::{
    Array, ArrayOfMaps, HashMap, HashOfMaps, LpmKey, RexArrayMap,
    RexArrayOfMaps, RexBloomFilter, RexHashMap, RexHashOfMaps, RexLpmTrie,
    RexLruHashMap, RexLruPerCPUHashMap, RexPerCPUArrayMap, RexPerCPUHashMap,
    RexQueue, RexStack,
};
use rex::tracepoint::*;
use rex::{Errno, Result, context, map, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static lru: RexLruHashMap<u32, u64> = RexLruHashMap::new(64, 0);
#[rex_map]
static lru_per_cpu: RexLruPerCPUHashMap<u32, u64> =
    RexLruPerCPUHashMap::new(64, 0);
#[rex_map]
static per_cpu_hash: RexPerCPUHashMap<u32, u64> = RexPerCPUHashMap::new(8, 0);
#[rex_map]
static per_cpu_array: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(8, 0);
#[rex_map]
static networks: RexLpmTrie<[u8; 4], u64> = RexLpmTrie::new(16, 0);
/// A key whose size is no multiple of 4.
#[rex_map]
static names: RexLpmTrie<[u8; 6], u64> = RexLpmTrie::new(16, 0);
/// A key that leaves elements aligned.
#[rex_map]
static halves: RexLpmTrie<[u8; 8], u64> = RexLpmTrie::new(16, 0);
#[rex_map]
static set: RexBloomFilter<u64> = RexBloomFilter::new(1000, 0);
#[rex_map]
static loose_set: RexBloomFilter<u64> =
    RexBloomFilter::new(1000, 0).with_hash_functions(1);
#[rex_map]
static tables: RexArrayOfMaps<RexHashMap<u32, u64>> =
    RexArrayOfMaps::with_inner(3, 0, RexHashMap::new(8, 0));
#[rex_map]
static tables_by_key: RexHashOfMaps<u64, RexArrayMap<u64>> =
    RexHashOfMaps::with_inner(4, 0, RexArrayMap::new(16, 0));
#[rex_map]
static queue: RexQueue<u64> = RexQueue::new(4, 0);
#[rex_map]
static stack: RexStack<u64> = RexStack::new(4, 0);
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(4, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(16, 0);

/// These are the maps of the program with one argument.
#[map]
static own_tables: ArrayOfMaps<HashMap<u32, u64>> =
    ArrayOfMaps::with_inner(3, HashMap::with_max_entries(8));
#[map]
static own_tables_by_key: HashOfMaps<u64, Array<u64>> =
    HashOfMaps::with_inner(4, Array::with_max_entries(16));

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint]
fn map_kinds(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    let key = control.get(&KEY).ok_or(-ENOENT)?;
    match ctx.fildes {
        FILL_LRU => fill_lru(obj, key as u32),
        COUNT_PER_CPU => count_per_cpu(obj, key as u32),
        SUM_PER_CPU => sum_per_cpu(obj, key as u32),
        LOOKUP_NETWORK => lookup_network(obj, key as u32),
        INSERT_NETWORK | DELETE_NETWORK => {
            change_network(key as u32, ctx.fildes == INSERT_NETWORK)
        }
        COUNT_IN_NETWORK => count_in_network(obj, key as u32),
        ADD_TO_SET => {
            set.insert(&key)?;
            loose_set.insert(&key)
        }
        IS_IN_SET => {
            results.insert(&IN_SET, &set.contains(&key).into())?;
            results.insert(&IN_LOOSE_SET, &loose_set.contains(&key).into())
        }
        COUNT_IN_MAP => count_in_map(obj, key),
        DELETE_IN_MAP => {
            tables.get(obj, &(key as u32)).ok_or(-ENOENT)?.delete(&5)
        }
        PUSH => {
            let value = control.get(&VALUE).ok_or(-ENOENT)?;
            queue.push(&value)?;
            stack.push(&value)
        }
        POP => {
            results.insert(&FROM_QUEUE, &queue.pop().unwrap_or(NONE))?;
            results.insert(&FROM_STACK, &stack.pop().unwrap_or(NONE))
        }
        _ => Ok(0),
    }
}

#[inline(never)]
fn fill_lru(obj: &Obj, keys: u32) -> Result {
    for key in 0..keys {
        lru.insert(&key, &u64::from(key))?;
        lru_per_cpu.insert(&key, &u64::from(key))?;
        // The element that is used stays.
        let used = obj.bpf_map_lookup_elem(&lru, &0).ok_or(-ENOENT)?;
        if used.get() != 0 {
            return Err(-ENOENT);
        }
    }
    results.insert(&FILLED, &keys.into())
}

#[inline(never)]
fn count_per_cpu(obj: &Obj, key: u32) -> Result {
    if per_cpu_hash.get(&key).is_none() {
        per_cpu_hash.insert_new(&key, &0)?;
    }
    let element = obj
        .bpf_map_lookup_elem(&per_cpu_hash, &key)
        .ok_or(-ENOENT)?;
    element.update(|count| *count += 1);
    let element = obj
        .bpf_map_lookup_elem(&per_cpu_array, &key)
        .ok_or(-ENOENT)?;
    element.update(|count| *count += 1);
    Ok(0)
}

#[inline(never)]
fn sum_per_cpu(obj: &Obj, key: u32) -> Result {
    let cpus = control.get(&CPUS).ok_or(-ENOENT)? as u32;
    let (mut in_hash, mut in_array) = (0, 0);
    for cpu in 0..cpus {
        in_hash += obj
            .bpf_map_lookup_percpu_elem(&per_cpu_hash, &key, cpu)
            .ok_or(-ENOENT)?
            .get();
        in_array += obj
            .bpf_map_lookup_percpu_elem(&per_cpu_array, &key, cpu)
            .ok_or(-ENOENT)?
            .get();
    }
    // This CPU does not exist.
    if obj
        .bpf_map_lookup_percpu_elem(&per_cpu_array, &key, u32::MAX)
        .is_some()
    {
        return Ok(0);
    }
    results.insert(&HASH_SUM, &in_hash)?;
    results.insert(&ARRAY_SUM, &in_array)
}

#[inline(never)]
fn lookup_network(obj: &Obj, address: u32) -> Result {
    let address = address.to_be_bytes();
    let found = obj
        .bpf_map_lookup_elem(&networks, &LpmKey::of(address))
        .map_or(NONE, |element| element.get());
    results.insert(&IN_NETWORKS, &found)?;
    let [a, b, c, d] = address;
    let found = names.get(&LpmKey::of([a, b, c, d, 0, 0])).unwrap_or(NONE);
    results.insert(&IN_NAMES, &found)
}

#[inline(never)]
fn count_in_network(obj: &Obj, address: u32) -> Result {
    let address = address.to_be_bytes();
    let [a, b, c, d] = address;
    let key = LpmKey::of([a, b, c, d, 0, 0, 0, 0]);
    halves.insert(&key, &1)?;
    if let Some(element) = obj.bpf_map_lookup_elem(&halves, &key) {
        element.atomic().fetch_add(1, Relaxed);
        results.insert(&IN_HALVES, &element.get())?;
    }
    // Elements with keys of 4 bytes are aligned to 4.
    if let Some(element) =
        obj.bpf_map_lookup_elem(&networks, &LpmKey::of(address))
    {
        element.update(|count| *count += 1);
        results.insert(&IN_NETWORKS, &element.get())?;
        element.atomic().fetch_add(1, Relaxed);
    }
    Ok(0)
}

#[inline(never)]
fn change_network(address: u32, insert: bool) -> Result {
    let address = address.to_be_bytes();
    let prefix = control.get(&PREFIX).ok_or(-ENOENT)? as u32;
    let value = control.get(&VALUE).ok_or(-ENOENT)?;
    let network = LpmKey::new(prefix, address);
    if !insert {
        return networks.delete(&network);
    }
    networks.insert(&network, &value)?;
    let [a, b, c, d] = network.data();
    names.insert(
        &LpmKey::new(network.prefix_len(), [a, b, c, d, 0, 0]),
        &value,
    )
}

#[inline(never)]
fn count_in_map(obj: &Obj, key: u64) -> Result {
    let table = tables.get(obj, &(key as u32));
    results.insert(&HAS_TABLE, &u64::from(table.is_some()))?;
    if let Some(table) = table {
        match table.lookup(&5) {
            Some(count) => {
                count.atomic().fetch_add(1, Relaxed);
            }
            None => {
                table.insert(&5, &1)?;
            }
        }
    }
    let array = tables_by_key.get(obj, &key);
    results.insert(&HAS_ARRAY, &u64::from(array.is_some()))?;
    if let Some(array) = array {
        let count = array.get(&5).ok_or(-ENOENT)?;
        array.insert(&5, &(count + 1))?;
        if array.get(&16).is_some() {
            return Err(-ENOENT);
        }
    }
    Ok(0)
}

#[rex::tracepoint]
fn by_context(
    ctx: &mut context::TracepointContext<SyscallsEnterDupCtx>,
) -> rex::error::Result {
    if ctx.event().fildes != COUNT_BY_CONTEXT {
        return Ok(());
    }
    let key = control.get(&KEY).ok_or(Errno::ENOENT)?;
    let table = own_tables.get(ctx, key as u32).ok_or(Errno::ENOENT)?;
    match table.lookup(5) {
        Some(count) => _ = count.atomic().fetch_add(1, Relaxed),
        None => table.insert(5, 1)?,
    }
    let missing = table.remove(6).err().unwrap_or(Errno::EPERM);
    let array = own_tables_by_key.get(ctx, key).ok_or(missing)?;
    array.insert(5, array.get(5).ok_or(Errno::ENXIO)? + 1)
}
