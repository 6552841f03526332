// SPDX-License-Identifier: GPL-2.0
//! What each program does: it counts its run, writes a record, and may end with a fault.
#![allow(unconditional_recursion)]

use core::arch::asm;
use core::hint::black_box;
use core::sync::atomic::Ordering::Relaxed;

use rex::kprobe::kprobe;
use rex::linux::bpf::BPF_RB_NO_WAKEUP;
use rex::map::{RexArrayMap, RexRingBuf};
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_map};

use crate::names::*;

/// The test writes this.
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_map]
static counts: RexArrayMap<u64> = RexArrayMap::new(3, 0);

/// A ring buffer of one page, which is often full.
#[rex_map]
static records: RexRingBuf = RexRingBuf::new(4096, 0);

/// The part of an `obj` of any kind that is needed here.
pub(crate) trait Kernel {
    fn count(&self, index: u32) -> u64;
    fn random(&self) -> u64;
}

macro_rules! kernel {
    () => {
        /// Adds 1, and returns the old number.
        fn count(&self, index: u32) -> u64 {
            match self.bpf_map_lookup_elem(&counts, &index) {
                Some(count) => count.atomic().fetch_add(1, Relaxed),
                None => 0,
            }
        }

        fn random(&self) -> u64 {
            self.bpf_get_prandom_u32().into()
        }
    };
}

impl<C: TracepointContext> Kernel for tracepoint<C> {
    kernel!();
}

impl Kernel for kprobe {
    kernel!();
}

#[inline(never)]
fn descend(depth: u64) -> u64 {
    let mut frame = [depth; 8];
    black_box(&mut frame);
    descend(depth + 1).max(frame[7])
}

/// Ends the run with a fault of this kind: of 5, the last one is a loop.
#[inline(never)]
fn fail(kind: u64) {
    match kind {
        0 => {
            black_box([1u64, 2, 3][black_box(3)]);
        }
        1 => {
            black_box(descend(0));
        }
        2 => unsafe { asm!("ud2") },
        3 => {
            let nowhere = black_box(core::ptr::null::<u64>());
            black_box(unsafe { nowhere.read_volatile() });
        }
        _ => loop {
            black_box(());
        },
    }
}

pub(crate) fn on_event(obj: &dyn Kernel) -> Result {
    let number = obj.count(RUNS_BEGUN);
    obj.count(RECORDS_WRITTEN);
    let _ = records.output(&number.to_ne_bytes(), BPF_RB_NO_WAKEUP);
    let odds = control.get(&ODDS).unwrap_or(0);
    let random = obj.random();
    if odds != 0 && random.is_multiple_of(odds) {
        let loops = control.get(&LOOPS).unwrap_or(0) != 0;
        fail((random / odds) % if loops { 5 } else { 4 });
    }
    obj.count(RUNS_RETURNED);
    Ok(0)
}
