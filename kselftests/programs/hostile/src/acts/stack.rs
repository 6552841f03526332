// SPDX-License-Identifier: GPL-2.0
//! Stack overflows, and functions that just fit.
#![allow(unconditional_recursion)]

use core::fmt;
use core::fmt::Write;
use core::hint::black_box;

use super::{Kernel, number};

#[inline(never)]
fn descend(depth: u64) -> u64 {
    let mut frame = [depth; 8];
    black_box(&mut frame);
    descend(depth + 1).max(frame[7])
}

#[inline(never)]
pub(super) fn recursion(_: &dyn Kernel) {
    black_box(descend(0));
}

#[inline(never)]
fn is_even(value: u64) -> bool {
    let mut frame = [value; 4];
    black_box(&mut frame);
    !is_odd(value + 1) && frame[3] == value
}

#[inline(never)]
fn is_odd(value: u64) -> bool {
    let mut frame = [value; 4];
    black_box(&mut frame);
    !is_even(value + 1) && frame[3] == value
}

#[inline(never)]
pub(super) fn recursion_of_two(_: &dyn Kernel) {
    black_box(is_even(0));
}

trait Node {
    fn depth(&self, next: &dyn Node, so_far: u64) -> u64;
}

struct Left;
struct Right;

impl Node for Left {
    fn depth(&self, next: &dyn Node, so_far: u64) -> u64 {
        black_box(next).depth(black_box(self), so_far + 1) | 1
    }
}

impl Node for Right {
    fn depth(&self, next: &dyn Node, so_far: u64) -> u64 {
        black_box(next).depth(black_box(self), so_far + 2) | 2
    }
}

#[inline(never)]
pub(super) fn recursion_of_a_trait_object(_: &dyn Kernel) {
    let left: &dyn Node = black_box(&Left);
    black_box(left.depth(black_box(&Right), 0));
}

type Step<'a> = dyn Fn(&dyn Fn(u64) -> u64, u64) -> u64 + 'a;

#[inline(never)]
fn call(f: &Step<'_>, value: u64) -> u64 {
    black_box(f)(&|value| call(f, value), value) + 1
}

#[inline(never)]
pub(super) fn recursion_of_a_closure(_: &dyn Kernel) {
    let step = black_box(1);
    black_box(call(&|again, value| again(value + step) + step, 0));
}

struct Pointer(fn(&Pointer, u64) -> u64);

fn through_pointer(pointer: &Pointer, value: u64) -> u64 {
    black_box(pointer).0(pointer, value + 1) + 1
}

#[inline(never)]
pub(super) fn recursion_of_a_function_pointer(_: &dyn Kernel) {
    let pointer = black_box(Pointer(through_pointer));
    black_box(through_pointer(&pointer, 0));
}

struct Endless(u64);

impl Drop for Endless {
    #[inline(never)]
    fn drop(&mut self) {
        drop(black_box(Endless(self.0 + 1)));
        black_box(self.0);
    }
}

#[inline(never)]
pub(super) fn recursion_in_drop(_: &dyn Kernel) {
    drop(black_box(Endless(0)));
}

struct Nested(u64);

impl fmt::Display for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({})", black_box(Nested(self.0 + 1)))
    }
}

struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        black_box(s);
        Ok(())
    }
}

#[inline(never)]
pub(super) fn recursion_in_formatting(_: &dyn Kernel) {
    let _ = write!(Nowhere, "{}", Nested(0));
}

/// Has a frame of more than 3 KB.
#[inline(never)]
fn descend_far(depth: u64) -> u64 {
    let mut frame = [depth; 400];
    black_box(&mut frame);
    descend_far(depth + 1).max(frame[399])
}

#[inline(never)]
pub(super) fn recursion_of_large_frames(_: &dyn Kernel) {
    black_box(descend_far(0));
}

/// Calls `last` when less than `remaining` bytes are left of `size` below `top`.
#[inline(never)]
fn descend_to(
    top: usize,
    size: usize,
    remaining: usize,
    last: &mut dyn FnMut(),
) {
    let mut here = 0u64;
    let address = (&raw const *black_box(&mut here)).addr();
    if top - address + remaining < size {
        descend_to(top, size, remaining, last);
    } else {
        last();
    }
    black_box(here);
}

/// A function must begin in the upper half of the run's 32 KB, which end at a page's end,
/// in the page of the first frames.
const SIZE: usize = 16 * 1024;

fn descend_to_limit(remaining: usize, last: &mut dyn FnMut()) {
    let mut here = 0u64;
    let address = (&raw const *black_box(&mut here)).addr();
    descend_to(address.next_multiple_of(4096), SIZE, remaining, last);
}

/// Panics with as many bytes left as the test sets. If they do not suffice to format the
/// message, the stack overflows.
#[inline(never)]
pub(super) fn panic_at_the_limit(_: &dyn Kernel) {
    let remaining = number() as usize;
    descend_to_limit(remaining, &mut || panic!("{remaining} bytes left"));
}

/// Calls memset in a function with a frame of 3 KB that begins with almost no stack left,
/// which is allowed.
#[inline(never)]
fn with_large_frame(value: u8) -> u8 {
    let mut frame = [value; 3000];
    black_box(&mut frame);
    frame[0]
}

#[inline(never)]
pub(super) fn large_frame_at_the_limit(_: &dyn Kernel) {
    let mut seen = 0;
    descend_to_limit(256, &mut || seen = with_large_frame(black_box(77)));
    super::remark(u64::from(seen));
}

/// Calls helpers with enough stack left for the crate's part; the kernel's part has a
/// reserve.
#[inline(never)]
pub(super) fn helpers_at_the_limit(obj: &dyn Kernel) {
    descend_to_limit(2048, &mut || {
        let mut text = [0u8; 64];
        let _ = obj.print(&mut text, obj.now());
        black_box((obj.comm(), obj.random(), obj.can_read(0)));
        rex::rex_printk!("at the limit\n").ok();
        super::remark(78);
    });
}

#[inline(never)]
fn sum_to(value: u64) -> u64 {
    let mut frame = [value; 2];
    black_box(&mut frame);
    match frame[1] {
        0 => 0,
        value => sum_to(value - 1) + value,
    }
}

#[inline(never)]
pub(super) fn deep_but_not_too_deep(_: &dyn Kernel) {
    super::remark(sum_to(black_box(100)));
}
