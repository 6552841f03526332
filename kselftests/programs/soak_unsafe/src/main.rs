// SPDX-License-Identifier: GPL-2.0
//! Programs of each BPF type that count their runs and write a record in each, some of which
//! end with a fault at random. A test compares the kernel's counters with these.
#![no_std]
#![no_main]
#![allow(unconditional_recursion)]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;
mod names;

use core::arch::asm;
use core::ffi::c_void;
use core::hint::black_box;
use core::sync::atomic::Ordering::Relaxed;

use rex::kprobe::kprobe;
use rex::linux::bpf::BPF_RB_NO_WAKEUP;
use rex::map::{RexArrayMap, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, TracepointContext, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_tracepoint};

use names::*;

/// The test writes this.
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_map]
static counts: RexArrayMap<u64> = RexArrayMap::new(3, 0);

/// A ring buffer of one page, which is often full.
#[rex_map]
static records: RexRingBuf = RexRingBuf::new(4096, 0);

/// The part of an `obj` of any kind that is needed here.
trait Kernel {
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

fn on_event(obj: &dyn Kernel) -> Result {
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

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    on_event(obj)
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    on_event(obj)
}

/// An event that the crate does not know.
#[derive(Clone, Copy)]
#[repr(C)]
struct AnyEvent;

unsafe impl TracepointContext for AnyEvent {
    const SECTION: &'static str = "";

    unsafe fn read(_: *const u8) -> Self {
        Self
    }
}

fn at_any(obj: &tracepoint<AnyEvent>, _: &AnyEvent) -> Result {
    on_event(obj)
}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    let function = rex::tracepoint::two_arguments(at_any);
    unsafe { rex::tracepoint::run(ctx, (), function) }
}

programs! {
    entry:
    "at_tc": tc in "tc",
    "at_xdp": xdp in "xdp",
    "at_perf_event": perf_event in "perf_event",
    "at_cgroup_skb": cgroup_skb_egress in "cgroup_skb/egress",
    "at_raw_tracepoint": raw_tracepoint in "raw_tp/softirq_entry",
    "at_fentry": fentry in "fentry/__x64_sys_dup",
}
