// SPDX-License-Identifier: GPL-2.0
//! Runs inside of runs: a read of an address that is not mapped is a page fault,
//! at whose tracepoint other programs run.

use core::hint::black_box;

use rex::map::RexArrayMap;
use rex::rex_map;

use super::{Kernel, go_on, number, remark};

const NOT_MAPPED: usize = 0xffff_ec00_0000_1000;

/// Shared by the images of a test. Element 0: the image whose turn it is.
#[rex_map]
static turn: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// If it is the turn of this image (whose number the test gave it), gives the
/// turn to the next one, causes its event, and looks whether anything of its own
/// has changed meanwhile.
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
    // The chain has reached its end, and begins no second time.
    let _ = turn.insert(&0, &u64::MAX);
    let whole = black_box(&frame)
        .iter()
        .all(|word| word ^ 0x5a5a_5a5a_5a5a_5a5a == level);
    remark(if whole { 1000 + level } else { 1 });
    go_on(obj);
}

/// As `nest`, after 4 s.
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

/// Most of its time goes to the programs that run at its page faults.
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

/// As the above, but long: at nearly every tick of the watchdog, this is the run that
/// executes.
#[inline(never)]
pub(super) fn busy_for_50_ms(obj: &dyn Kernel) {
    let begin = obj.now();
    while obj.now() - begin < 50_000_000 {
        black_box(());
    }
}

/// The level whose run causes events in a row.
const REPEATING_LEVEL: u64 = 5;

/// As `nest`, at each event anew. Level `REPEATING_LEVEL` is the deepest one that has a
/// stack: most of the time, a run is on its way to be skipped.
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
