// SPDX-License-Identifier: GPL-2.0
//! Panics. `black_box` hides errors that the compiler would refuse.

use core::cell::RefCell;
use core::fmt;
use core::hint::black_box;

use super::Kernel;

#[inline(never)]
pub(super) fn unwrap_none(_: &dyn Kernel) {
    black_box(black_box(None::<u64>).unwrap());
}

#[inline(never)]
pub(super) fn expect_err(_: &dyn Kernel) {
    let result: Result<u64, i32> = black_box(Err(-22));
    black_box(result.expect("the number 22 is no error"));
}

#[inline(never)]
fn inner(value: Option<u64>) -> u64 {
    value.unwrap() + 1
}

#[inline(never)]
fn middle(value: Option<u64>) -> u64 {
    black_box(inner(value)) + 1
}

#[inline(never)]
pub(super) fn unwrap_after_two_calls(_: &dyn Kernel) {
    black_box(middle(black_box(None)));
}

#[inline(never)]
pub(super) fn index_out_of_bounds(_: &dyn Kernel) {
    let table = black_box([3, 1, 4, 1, 5, 9, 2, 6]);
    black_box(table[black_box(8)]);
}

#[inline(never)]
pub(super) fn slice_end_out_of_range(_: &dyn Kernel) {
    let table = black_box([0u8; 8]);
    black_box(&table[black_box(2)..black_box(9)]);
}

#[inline(never)]
pub(super) fn slice_start_after_end(_: &dyn Kernel) {
    let table = black_box([0u8; 8]);
    black_box(&table[black_box(5)..black_box(4)]);
}

#[inline(never)]
pub(super) fn inside_a_character(_: &dyn Kernel) {
    let text = black_box("Grüße");
    black_box(&text[..black_box(3)]);
}

#[inline(never)]
pub(super) fn sum_overflows(_: &dyn Kernel) {
    black_box(black_box(i32::MAX) + black_box(1));
}

#[inline(never)]
pub(super) fn difference_overflows(_: &dyn Kernel) {
    black_box(black_box(0u64) - black_box(1));
}

#[inline(never)]
pub(super) fn product_overflows(_: &dyn Kernel) {
    black_box(black_box(1u64 << 40) * black_box(1 << 30));
}

#[inline(never)]
pub(super) fn negation_overflows(_: &dyn Kernel) {
    black_box(-black_box(i64::MIN));
}

#[inline(never)]
pub(super) fn shift_overflows(_: &dyn Kernel) {
    black_box(black_box(1u32) << black_box(32));
}

#[inline(never)]
pub(super) fn division_by_zero(_: &dyn Kernel) {
    black_box(black_box(1u64) / black_box(0));
}

#[inline(never)]
pub(super) fn remainder_by_zero(_: &dyn Kernel) {
    black_box(black_box(1i32) % black_box(0));
}

#[inline(never)]
pub(super) fn division_overflows(_: &dyn Kernel) {
    black_box(black_box(i64::MIN) / black_box(-1));
}

#[inline(never)]
pub(super) fn refcell_is_borrowed(_: &dyn Kernel) {
    let cell = black_box(RefCell::new(1));
    let reader = cell.borrow();
    *cell.borrow_mut() += *reader;
}

#[inline(never)]
pub(super) fn refcell_is_mutably_borrowed(_: &dyn Kernel) {
    let cell = black_box(RefCell::new(1));
    let mut writer = cell.borrow_mut();
    *writer += *cell.borrow();
}

#[inline(never)]
pub(super) fn explicit_panic(obj: &dyn Kernel) {
    panic!("told to panic in thread {}", obj.thread());
}

#[inline(never)]
pub(super) fn reaches_unreachable(_: &dyn Kernel) {
    if black_box(true) {
        unreachable!("but here we are");
    }
}

#[inline(never)]
#[allow(clippy::todo)]
pub(super) fn todo_is_left(_: &dyn Kernel) {
    if black_box(true) {
        todo!();
    }
}

#[inline(never)]
pub(super) fn assertion_fails(_: &dyn Kernel) {
    assert!(black_box(1) > 2);
}

#[inline(never)]
pub(super) fn values_differ(_: &dyn Kernel) {
    assert_eq!(black_box([1, 2, 3]), [1, 2, 4], "arrays of {} elements", 3);
}

#[inline(never)]
pub(super) fn slices_of_different_lengths(_: &dyn Kernel) {
    let mut to = black_box([0u8; 8]);
    let from = black_box([1u8; 8]);
    to[..black_box(4)].copy_from_slice(&from[..black_box(5)]);
    black_box(to);
}

#[inline(never)]
pub(super) fn chunks_of_nothing(_: &dyn Kernel) {
    black_box(black_box([0u8; 8]).chunks(black_box(0)).count());
}

#[inline(never)]
pub(super) fn invalid_utf8(_: &dyn Kernel) {
    let bytes = black_box([b'R', 0xff, b'x']);
    black_box(core::str::from_utf8(&bytes).unwrap().len());
}

#[inline(never)]
pub(super) fn conversion_fails(_: &dyn Kernel) {
    black_box(u8::try_from(black_box(256u32)).unwrap());
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

/// Panics in a destructor. No other destructor runs after a panic, so only one
/// drop is reached.
#[inline(never)]
pub(super) fn panic_in_drop(_: &dyn Kernel) {
    let _first = black_box(Bomb);
    let _second = black_box(Bomb);
}

#[inline(never)]
pub(super) fn panic_in_a_closure(_: &dyn Kernel) {
    let limit = black_box(3u64);
    let check = |value: u64| assert!(value < limit, "{value} is too much");
    for value in 0..black_box(5) {
        black_box(&check)(value);
    }
}

trait Speaker {
    fn speak(&self) -> u64;
}

struct Mute(u64);

impl Speaker for Mute {
    fn speak(&self) -> u64 {
        panic!("speaker {} is mute", self.0)
    }
}

#[inline(never)]
pub(super) fn panic_in_a_trait_object(_: &dyn Kernel) {
    let speaker: &dyn Speaker = black_box(&Mute(7));
    black_box(speaker.speak());
}

#[inline(never)]
pub(super) fn panic_in_an_iterator(_: &dyn Kernel) {
    let sum: u8 = black_box([100u8; 3]).iter().sum();
    black_box(sum);
}

struct Unprintable;

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("the second panic")
    }
}

impl fmt::Debug for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Un")?;
        black_box(None::<()>).unwrap();
        Ok(())
    }
}

#[inline(never)]
pub(super) fn panic_while_formatting(_: &dyn Kernel) {
    panic!("the first panic, {}", black_box(Unprintable));
}

#[inline(never)]
pub(super) fn panic_in_the_debug_of_an_error(_: &dyn Kernel) {
    let result: Result<(), Unprintable> = black_box(Err(Unprintable));
    result.unwrap();
}

/// Panics with a message of 64 KB, which is truncated.
#[inline(never)]
pub(super) fn huge_message(_: &dyn Kernel) {
    panic!("huge {:>65535}", black_box(1));
}

#[inline(never)]
pub(super) fn message_of_many_lines(_: &dyn Kernel) {
    panic!("first line\nforged line\r\nforged\n\n");
}

#[inline(never)]
pub(super) fn message_of_control_characters(_: &dyn Kernel) {
    panic!("control \u{1b}[31m \u{0} \u{7f} \u{1}3 \t \u{9b}m end");
}

#[inline(never)]
pub(super) fn message_of_formats(_: &dyn Kernel) {
    panic!("formats %s %n %p %pS %d %999999d {{}}");
}

/// Panics with 1 KB in characters of 4 bytes, which cannot be truncated at any
/// byte.
#[inline(never)]
pub(super) fn message_of_many_bytes_a_character(_: &dyn Kernel) {
    panic!("x{:🦀>255}", black_box(""));
}

#[inline(never)]
pub(super) fn empty_message(_: &dyn Kernel) {
    panic!("");
}
