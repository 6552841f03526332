// SPDX-License-Identifier: GPL-2.0
//! Wrong uses of the heap that safe Rust cannot make, at `dup(2)` of a descriptor
//! that no process has. `results[0]` is 1 if the program reached its end.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

extern crate alloc;

mod names;

use alloc::alloc::{Layout, alloc, dealloc, realloc};
use alloc::vec::Vec;
use core::hint::black_box;
use core::ptr;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(1, 0);

const SMALL: Layout = Layout::new::<[u64; 10]>();
const LARGE: Layout = Layout::new::<[u64; 1000]>();

#[rex_tracepoint]
fn misuses(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let act = ctx.fildes;
    if !(FREE_TWICE..=USE_FREED).contains(&act) {
        return Ok(0);
    }
    let block = black_box(unsafe { alloc(SMALL) });
    if block.is_null() {
        return Ok(0);
    }
    match act {
        FREE_TWICE => unsafe {
            dealloc(block, SMALL);
            dealloc(block, SMALL);
        },
        FREE_AS_LARGER => unsafe { dealloc(block, LARGE) },
        FREE_MIDDLE => unsafe { dealloc(block.wrapping_add(16), SMALL) },
        FREE_NULL => unsafe { dealloc(ptr::null_mut(), SMALL) },
        FREE_STACK => unsafe {
            dealloc(ptr::from_mut(&mut [0u64; 10]).cast(), SMALL)
        },
        MOVE_MIDDLE => {
            let moved = black_box(unsafe {
                realloc(block.wrapping_add(32), SMALL, LARGE.size())
            });
            assert!(!moved.is_null(), "not moved");
        }
        // Overwrite all of the heap, beyond the end and after the free.
        OVERWRITE => unsafe {
            let all = block.wrapping_sub(block.addr() % 4096);
            dealloc(block, SMALL);
            ptr::write_bytes(all, 0xff, 256 << 10);
        },
        _ => {
            // Free and allocate free blocks in any order.
            let mut blocks = Vec::with_capacity(64);
            for i in 0..640usize {
                let size = 16 << (i * 7 % 10);
                let layout = Layout::from_size_align(size, 8);
                let Ok(layout) = layout else { break };
                let one = black_box(unsafe { alloc(layout) });
                if one.is_null() {
                    break;
                }
                if blocks.len() < 64 {
                    blocks.push((one, layout));
                } else {
                    let (old, layout) = blocks[i * 31 % 64];
                    unsafe {
                        ptr::write_bytes(old, 0xee, layout.size());
                        dealloc(old, layout);
                    }
                }
            }
        }
    }
    results.insert(&REACHED_END, &1)
}
