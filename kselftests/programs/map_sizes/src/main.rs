// SPDX-License-Identifier: GPL-2.0
//! Maps whose sizes are set before the load.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::prelude::*;

/// It has no size of its own.
#[map]
static values: HashMap<u64, u64> = HashMap::with_max_entries(0);
/// There is room for 4096 bytes at least.
#[map]
static events: RingBuf = RingBuf::with_size(4096);
#[map]
static fixed: Array<u64> = Array::with_max_entries(2);

/// Returns how many elements there is room for.
#[request]
fn fill(_: &mut RequestContext) -> Result<i32> {
    let mut count = 0;
    for key in 0..1_000_000 {
        match values.insert(key, key) {
            Ok(()) => count += 1,
            Err(Errno::E2BIG) => break,
            Err(error) => return Err(error),
        }
    }
    for key in 0..1_000_000 {
        if values.remove(key).is_err() {
            break;
        }
    }
    Ok(count)
}

/// Returns how many records of 56 bytes there is room for.
#[request]
fn send(_: &mut RequestContext) -> Result<i32> {
    fixed.set(1, 1)?;
    let mut count = 0;
    while events.output(&[count as u64; 7]).is_ok() {
        count += 1;
    }
    Ok(count)
}
