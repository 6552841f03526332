// SPDX-License-Identifier: GPL-2.0
//! Loops without end.

use core::fmt;
use core::fmt::Write;
use core::hint::black_box;
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::Relaxed;

use rex::map::RexHashMap;
use rex::rex_map;

use super::Kernel;

#[rex_map]
static scratch: RexHashMap<u64, u64> = RexHashMap::new(16, 0);

#[inline(never)]
pub(super) fn loop_of_nothing(_: &dyn Kernel) {
    loop {
        black_box(());
    }
}

#[inline(never)]
fn ping(value: u64) -> u64 {
    black_box(value).wrapping_add(1)
}

#[inline(never)]
fn pong(value: u64) -> u64 {
    black_box(value).wrapping_mul(3)
}

#[inline(never)]
pub(super) fn loop_of_two_functions(_: &dyn Kernel) {
    let mut value = 0;
    loop {
        value = pong(ping(value));
    }
}

trait Walk {
    fn walk(&self) -> bool;
}

struct Foot(u64);

impl Walk for Foot {
    fn walk(&self) -> bool {
        black_box(self.0) != 0
    }
}

#[inline(never)]
pub(super) fn loop_of_a_trait_object(_: &dyn Kernel) {
    let feet: [&dyn Walk; 2] = [&Foot(1), &Foot(2)];
    let feet = black_box(feet);
    for foot in feet.iter().cycle() {
        if !foot.walk() {
            break;
        }
    }
}

static NEVER: AtomicBool = AtomicBool::new(false);

#[inline(never)]
pub(super) fn loop_on_an_atomic(_: &dyn Kernel) {
    while !NEVER.load(Relaxed) {
        core::hint::spin_loop();
    }
}

#[inline(never)]
pub(super) fn loop_in_helpers(obj: &dyn Kernel) {
    loop {
        black_box((obj.now(), obj.cpu(), obj.comm(), obj.random()));
    }
}

#[inline(never)]
pub(super) fn loop_in_short_helpers(obj: &dyn Kernel) {
    loop {
        black_box(obj.cpu());
    }
}

#[inline(never)]
pub(super) fn loop_in_map_updates(_: &dyn Kernel) {
    let mut key = 0;
    loop {
        let _ = scratch.insert(&(key % 20), &key);
        let _ = scratch.delete(&(key % 3));
        key += 1;
    }
}

/// Spends nearly all of its time in memcpy.
#[inline(never)]
pub(super) fn loop_in_copies(_: &dyn Kernel) {
    let mut to = [0u8; 3500];
    let length = black_box(3500);
    static FROM: [u8; 4096] = [1; 4096];
    loop {
        to[..length].copy_from_slice(&black_box(&FROM)[..length]);
        black_box(&mut to);
    }
}

#[inline(never)]
pub(super) fn loop_in_fills(_: &dyn Kernel) {
    let mut to = [0u8; 3500];
    let length = black_box(3500);
    let mut value = 0u8;
    loop {
        to[..length].fill(value);
        black_box(&mut to);
        value = value.wrapping_add(1);
    }
}

#[inline(never)]
pub(super) fn loop_in_comparisons(_: &dyn Kernel) {
    static LEFT: [u8; 4096] = [1; 4096];
    static RIGHT: [u8; 4096] = [1; 4096];
    let length = black_box(4096);
    while black_box(&LEFT)[..length] == black_box(&RIGHT)[..length] {}
}

struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        black_box(s);
        Ok(())
    }
}

#[inline(never)]
pub(super) fn loop_in_formatting(_: &dyn Kernel) {
    let mut number = 0u64;
    loop {
        let _ = write!(Nowhere, "{number:>40} {:?}", black_box([number; 8]));
        number = number.wrapping_add(0x9e37_79b9);
    }
}

#[inline(never)]
pub(super) fn loop_in_snprintf(obj: &dyn Kernel) {
    let mut text = [0u8; 64];
    loop {
        let _ = obj.print(&mut text, obj.now());
        black_box(&mut text);
    }
}

/// Causes page faults that the kernel resolves.
#[inline(never)]
pub(super) fn loop_in_failing_reads(obj: &dyn Kernel) {
    loop {
        black_box(obj.can_read(0xffff_fc00_0000_1000));
    }
}

struct Sticky;

impl Drop for Sticky {
    fn drop(&mut self) {
        loop {
            black_box(());
        }
    }
}

#[inline(never)]
pub(super) fn loop_in_drop(_: &dyn Kernel) {
    drop(black_box(Sticky));
}

struct Chatty;

impl fmt::Display for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("and on ")?;
        }
    }
}

#[inline(never)]
pub(super) fn loop_in_a_panic_message(_: &dyn Kernel) {
    panic!("this message goes on {}", Chatty);
}

#[inline(never)]
fn dig(depth: u64) -> u64 {
    let mut frame = [depth; 8];
    black_box(&mut frame);
    if depth == 0 {
        loop {
            black_box(());
        }
    }
    dig(depth - 1).max(frame[7])
}

#[inline(never)]
pub(super) fn loop_after_recursion(_: &dyn Kernel) {
    black_box(dig(black_box(60)));
}

/// Loops until the test writes a number.
#[inline(never)]
pub(super) fn loop_until_told(_: &dyn Kernel) {
    while super::number() == 0 {
        core::hint::spin_loop();
    }
}

#[inline(never)]
pub(super) fn loop_in_trace_printk(_: &dyn Kernel) {
    loop {
        let _ = rex::rex_printk!("on and on\n");
    }
}

/// Returns after as many milliseconds as the test says.
#[inline(never)]
pub(super) fn loop_for_some_ms(obj: &dyn Kernel) {
    let begin = obj.now();
    while obj.now() - begin < super::number() * 1_000_000 {
        black_box(());
    }
}
