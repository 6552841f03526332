// SPDX-License-Identifier: GPL-2.0
//! A program that interrupts a change of a map, with the map's lock held, and
//! changes the same map.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::fentry::{FentryArgs, fentry};
use rex::linux::errno::{EBUSY, ENOENT};
use rex::map::{RexArrayMap, RexLruHashMap};
use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use rex::{Result, rex_fentry, rex_map, rex_raw_tracepoint};

use names::*;

const DUP: u64 = 32;

#[rex_map]
static lru: RexLruHashMap<u32, u64> = RexLruHashMap::new(64, 0);
#[rex_map]
static numbers: RexArrayMap<u64> = RexArrayMap::new(5, 0);

fn add(index: u32) -> Result {
    let number = numbers.get(&index).ok_or(-ENOENT)?;
    numbers.insert(&index, &(number + 1))
}

#[rex_raw_tracepoint("sys_enter")]
fn outer(obj: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    if ctx.arg(1) != Some(DUP)
        || numbers.get(&THREAD) != Some(obj.bpf_get_current_pid_tgid())
    {
        return Ok(0);
    }
    for key in 0..numbers.get(&KEYS).ok_or(-ENOENT)? {
        lru.insert(&(key as u32), &key)?;
        add(INSERTED)?;
    }
    Ok(0)
}

/// Runs when an LRU hash table evicts an element.
#[rex_fentry("htab_lru_map_delete_node")]
fn within(obj: &fentry, _: &FentryArgs) -> Result {
    if numbers.get(&THREAD) != Some(obj.bpf_get_current_pid_tgid()) {
        return Ok(0);
    }
    match lru.insert(&u32::MAX, &0) {
        Err(error) if error == -EBUSY => add(REFUSED),
        _ => add(NOT_REFUSED),
    }
}
