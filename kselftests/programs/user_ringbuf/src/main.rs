// SPDX-License-Identifier: GPL-2.0
//! Programs take records of userspace, on request.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::hint::black_box;
use core::sync::atomic::Ordering::Relaxed;

use rex::map::UserRecord;
use rex::prelude::*;

use names::*;

#[map]
static orders: UserRingBuf = UserRingBuf::with_size(1 << 20);
#[map]
static results: Array<u64> = Array::with_max_entries(4);

fn add(ctx: &Context, index: u32, number: u64) -> Result {
    let element = results.lookup(ctx, index).ok_or(Errno::ENOENT)?;
    element.atomic().fetch_add(number, Relaxed);
    Ok(())
}

/// Takes a record, and returns its size. There is room for 8 bytes of it.
#[request]
fn take(ctx: &mut RequestContext) -> Result<i32> {
    let mut buffer = [0; 8];
    let record = orders.read(&mut buffer)?.ok_or(Errno::ENODATA)?;
    let size = record.size() as i32;
    if record.is_truncated() {
        add(ctx, TRUNCATED, 1)?;
    }
    results.set(BYTES, u64::from_ne_bytes(buffer))?;
    Ok(size)
}

fn act(ctx: &Context, what: u64, record: UserRecord<'_>) -> Result {
    let number = record.first_chunk().copied().map_or(0, u64::from_ne_bytes);
    add(ctx, SUM, number)?;
    match what {
        NEST => {
            let mut inner = [0; 16];
            orders.drain(&mut inner, |record| act(ctx, ADD, record))?;
        }
        PANIC => panic!("in the middle of records"),
        SPIN => loop {
            black_box(());
        },
        FAIL => return Err(Errno::EIO),
        _ => (),
    }
    Ok(())
}

/// Reads the bytes many times.
fn compare(ctx: &Context, record: UserRecord<'_>) -> Result {
    let mut copy = [0; 64];
    let (Some(copy), Some(bytes)) = (
        copy.get_mut(..record.len()),
        record.get(..64.min(record.len())),
    ) else {
        return Err(Errno::EMSGSIZE);
    };
    copy.copy_from_slice(bytes);
    for _ in 0..200 {
        if *black_box(bytes) != *copy {
            return add(ctx, CHANGED, 1);
        }
    }
    Ok(())
}

/// Takes all records, and returns their number.
#[request]
fn drain(ctx: &mut RequestContext) -> Result<i32> {
    let what = ctx.arg(0).unwrap_or(ADD);
    let mut buffer = [0; 64];
    let taken = orders.drain(&mut buffer, |record| match what {
        COMPARE => compare(ctx, record),
        _ => act(ctx, what, record),
    })?;
    i32::try_from(taken).or(Err(Errno::ERANGE))
}
