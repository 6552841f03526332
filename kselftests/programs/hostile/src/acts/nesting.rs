// SPDX-License-Identifier: GPL-2.0
//! Nested runs: reading an unmapped address is a page fault, and other programs run at
//! its tracepoint.

use core::hint::black_box;

use rex::map::RexArrayMap;
use rex::rex_map;

use super::{Kernel, go_on, number, remark};

const NOT_MAPPED: usize = 0xffff_fc00_0000_1000;

/// The images of a test share this. Element 0 is the image whose turn it is.
#[rex_map]
static turn: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// If it is the turn of this image, which has a number from the test, gives the turn to
/// the next one, causes its event, and checks that its own data have not changed.
#[inline(never)]
pub(super) fn nest(obj: &dyn Kernel) {
    let level = number();
    if turn.get(&0) != Some(level) {
        return;
    }
    let _ = turn.insert(&0, &(level + 1));
    let mut frame = [level ^ 0x5a5a_5a5a_5a5a_5a5a; 128];
    black_box(&mut frame);
    obj.can_read(NOT_MAPPED);
    // The chain has reached its end, and must not begin again.
    let _ = turn.insert(&0, &u64::MAX);
    let whole = black_box(&frame)
        .iter()
        .all(|word| word ^ 0x5a5a_5a5a_5a5a_5a5a == level);
    remark(if whole { 1000 + level } else { 1 });
    go_on(obj);
}

/// Does the same as `nest`, after 4 s.
#[inline(never)]
pub(super) fn nest_after_4_s(obj: &dyn Kernel) {
    if turn.get(&0) != Some(number()) {
        return;
    }
    let begin = obj.now();
    while obj.now() - begin < 4_000_000_000 {
        black_box(());
    }
    nest(obj);
}

/// Spends most of its time in the programs that run at its page faults.
#[inline(never)]
pub(super) fn loop_of_nested_runs(obj: &dyn Kernel) {
    loop {
        black_box(obj.can_read(NOT_MAPPED));
    }
}

#[inline(never)]
pub(super) fn busy_for_a_while(_: &dyn Kernel) {
    for i in 0..200_000 {
        black_box(i);
    }
}

/// Does the same, but for long: at nearly every tick of the watchdog, this run
/// executes.
#[inline(never)]
pub(super) fn busy_for_50_ms(obj: &dyn Kernel) {
    let begin = obj.now();
    while obj.now() - begin < 50_000_000 {
        black_box(());
    }
}

/// The level whose run causes events repeatedly.
const REPEATING_LEVEL: u64 = 5;

/// Does the same as `nest` at each event. Level `REPEATING_LEVEL` is the deepest one
/// with a stack, so most of the time a run is being skipped.
#[inline(never)]
pub(super) fn nest_again(obj: &dyn Kernel) {
    let level = number();
    if turn.get(&0) != Some(level) {
        return;
    }
    let _ = turn.insert(&0, &(level + 1));
    let times = if level == REPEATING_LEVEL { 200 } else { 1 };
    for _ in 0..times {
        obj.can_read(NOT_MAPPED);
    }
    let _ = turn.insert(&0, &level);
}
