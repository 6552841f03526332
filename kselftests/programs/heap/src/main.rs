// SPDX-License-Identifier: GPL-2.0
//! Programs that allocate: an act of the test at `dup(2)` of a descriptor that
//! no process has, and blocks of all sizes in any context.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

extern crate alloc;

mod churn;
mod names;
mod types;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::black_box;

use rex::linux::errno::{EBUSY, ENOMEM};
use rex::map::RexArrayMap;
use rex::sync::TryLock;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(4, 0);

/// The text that `types` has made, with zeros after it.
#[rex_map]
pub(crate) static text: RexArrayMap<[u8; 128]> = RexArrayMap::new(1, 0);

static kept: TryLock<Vec<Box<[u64]>>> = TryLock::new(Vec::new());

#[rex_tracepoint]
fn at_dup(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let size = control.get(&SIZE).unwrap_or(0) as usize;
    let result = match ctx.fildes.wrapping_sub(ACT) {
        TYPES => types::use_all(),
        COUNT_BLOCKS => count_blocks(size),
        RESERVE => reserve(size),
        PANIC_FOR_WANT_OF_ROOM => block_of(size).capacity(),
        FORGET => forget(size),
        ALLOCATE_FOR_EVER => allocate_for_ever(size),
        KEEP => keep(size)?,
        DROP_KEPT => drop_kept()?,
        PANIC_WITH_BLOCKS => panic!("with {} blocks", some_blocks(size).len()),
        ALIGNMENTS => alignments(),
        RESIZE => resize(size),
        COUNTS => churn::counts()?,
        READ_FROM_USER => read_from_user(obj, size)?,
        _ => return Ok(0),
    };
    results.insert(&RESULT, &(result as u64))
}

/// A list of blocks. As `Box` cannot fail, there are vectors of one element.
struct Link {
    previous: Vec<Link>,
    block: Vec<u8>,
}

/// Appends a block to a list; None if there is no room.
fn append(
    previous: &mut Vec<Link>,
    size: usize,
    byte: u8,
) -> Option<Vec<Link>> {
    let mut block = Vec::new();
    let mut last = Vec::new();
    block.try_reserve_exact(size).ok()?;
    last.try_reserve_exact(1).ok()?;
    block.resize(size, byte);
    last.push(Link {
        previous: core::mem::take(previous),
        block,
    });
    Some(last)
}

/// Returns the number of blocks of `size` bytes that fit, and frees them.
fn count_blocks(size: usize) -> usize {
    let mut last = Vec::new();
    let mut count = 0;
    while let Some(longer) = append(&mut last, size, count as u8) {
        last = longer;
        count += 1;
    }
    // Drop the blocks one by one: dropping the list would be recursive.
    for number in (0..count).rev() {
        let Some(link) = last.pop() else { return 0 };
        assert!(link.block.iter().all(|&byte| byte == number as u8));
        last = link.previous;
    }
    count
}

/// Returns 1 if there is room for `size` bytes, otherwise 0.
fn reserve(size: usize) -> usize {
    let mut bytes = black_box(Vec::<u8>::new());
    usize::from(bytes.try_reserve_exact(size).is_ok())
}

/// Reads `size` bytes of the process at once. The result is 1 while it reads.
fn read_from_user(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    size: usize,
) -> core::result::Result<usize, i32> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| -ENOMEM)?;
    bytes.resize(size, 0);
    results.insert(&RESULT, &1)?;
    obj.bpf_probe_read_user_buf(
        &mut bytes,
        control.get(&ADDRESS).unwrap_or(0),
    )?;
    Ok(black_box(bytes).len())
}

/// Allocates a block that the compiler cannot optimize away.
fn block_of(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

fn forget(size: usize) -> usize {
    let bytes = block_of(size);
    let capacity = bytes.capacity();
    core::mem::forget(bytes);
    capacity
}

fn allocate_for_ever(size: usize) -> usize {
    let mut sum = 0;
    loop {
        sum += block_of(size).len();
        if sum != 0 {
            return sum;
        }
    }
}

/// Keeps one more block, and returns the number of bytes kept.
fn keep(size: usize) -> core::result::Result<usize, i32> {
    let mut all = kept.try_lock().ok_or(-EBUSY)?;
    let number = all.len() as u64;
    all.push(alloc::vec![number; size / 8].into_boxed_slice());
    for (number, block) in all.iter().enumerate() {
        assert!(block.iter().all(|&element| element == number as u64));
    }
    Ok(all.iter().map(|block| block.len() * 8).sum())
}

fn drop_kept() -> core::result::Result<usize, i32> {
    let mut all = kept.try_lock().ok_or(-EBUSY)?;
    let count = all.len();
    *all = Vec::new();
    Ok(count)
}

fn some_blocks(size: usize) -> Vec<Vec<u8>> {
    (0..5).map(|_| block_of(size)).collect()
}

/// Returns the number of alignments up to 4 KB that are respected.
fn alignments() -> usize {
    fn is_aligned<T: Default>() -> usize {
        let several: [Box<T>; 3] = core::array::from_fn(|_| Box::default());
        usize::from(several.iter().all(|one| {
            (&raw const **one).addr().is_multiple_of(align_of::<T>())
        }))
    }
    macro_rules! aligned {
        ($($name:ident($align:literal))*) => {
            0 $(+ {
                #[derive(Default)]
                #[repr(align($align))]
                struct $name {
                    _byte: u8,
                }
                is_aligned::<$name>()
            })*
        };
    }
    aligned! {
        A1(1) A2(2) A4(4) A8(8) A16(16) A32(32) A64(64) A128(128) A256(256)
        A512(512) A1024(1024) A2048(2048)
    }
}

/// Grows a block step by step up to `size` bytes, shrinks it, and checks its
/// contents. Returns the number of steps.
fn resize(size: usize) -> usize {
    let mut steps = 0;
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < size {
        bytes.reserve_exact(1);
        bytes.push((bytes.len() % 251) as u8);
        if bytes.len() > 1000 {
            bytes.extend(
                (bytes.len()..bytes.len() + 999).map(|i| (i % 251) as u8),
            );
        }
        steps += 1;
    }
    while bytes.len() > 10 {
        bytes.truncate(bytes.len() / 2);
        bytes.shrink_to_fit();
        assert!(
            bytes
                .iter()
                .enumerate()
                .all(|(i, &byte)| byte == (i % 251) as u8)
        );
        steps += 1;
    }
    steps
}
