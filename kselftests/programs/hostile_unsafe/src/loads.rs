// SPDX-License-Identifier: GPL-2.0
//! Loads that may fail, from addresses that could do harm.

use core::hint::black_box;

use crate::acts::{Kernel, number, remark};
use crate::memory::{HOLE, guard_page};

/// The note of the act if no load failed its check.
const ALL_WELL: u64 = 0x10ad_600d;

const EFAULT: i64 = -14;
const ERANGE: i64 = -34;

const VSYSCALL: usize = 0xffff_ffff_ff60_0000;

#[repr(C)]
pub(crate) struct Loaded {
    pub(crate) value: u64,
    pub(crate) error: i64,
}

unsafe extern "C" {
    fn rex_load_1(address: usize) -> Loaded;
    fn rex_load_2(address: usize) -> Loaded;
    fn rex_load_4(address: usize) -> Loaded;
    fn rex_load_8(address: usize) -> Loaded;
}

static CONSTANT: [u8; 16] = [
    0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 1, 2, 3, 4, 5, 6, 7, 8,
];

pub(crate) fn load(size: usize, address: usize) -> Loaded {
    let address = black_box(address);
    unsafe {
        match size {
            1 => rex_load_1(address),
            2 => rex_load_2(address),
            4 => rex_load_4(address),
            _ => rex_load_8(address),
        }
    }
}

/// Returns the end of the mapped memory that begins with this image's
/// constants.
fn end_of_mapped_memory() -> usize {
    let mut end = ((&raw const CONSTANT).addr() & !0xfff) + 0x1000;
    while load(1, end).error == 0 {
        end += 0x1000;
    }
    end
}

/// The first load with an unexpected result, for the test to print.
struct Judge {
    wrong: Option<u64>,
}

impl Judge {
    fn expect(&mut self, address: usize, size: usize, error: i64) {
        let loaded = load(size, address);
        let is_right =
            loaded.error == error && (error == 0 || loaded.value == 0);
        if !is_right && self.wrong.is_none() {
            self.wrong = Some(address as u64);
        }
    }

    fn expect_all(&mut self, address: usize, error: i64) {
        for size in [1, 2, 4, 8] {
            self.expect(address, size, error);
        }
    }

    fn expect_value(&mut self, size: usize, value: u64) {
        let address = (&raw const CONSTANT).addr() + 7;
        let loaded = load(size, address);
        if (loaded.value, loaded.error) != (value, 0) && self.wrong.is_none() {
            self.wrong = Some(size as u64);
        }
    }
}

#[inline(never)]
pub(crate) fn loads_of_anything(_: &dyn Kernel) {
    let mut judge = Judge { wrong: None };
    judge.expect_value(1, 0x88);
    judge.expect_value(2, 0x0188);
    judge.expect_value(4, 0x0302_0188);
    judge.expect_value(8, 0x0706_0504_0302_0188);

    // Try userspace's addresses, mapped ones too, and the addresses above.
    let of_the_victim = number() as usize;
    for address in [
        0,
        1,
        0x18,
        0x1000,
        of_the_victim,
        of_the_victim + 4090,
        0x7fff_ffff_f000,
        0x7fff_ffff_fff9,
        0x8000_0000_0000,
        0x00ff_ffff_ffff_ffff,
        0x0100_0000_0000_0000,
        0x7fff_ffff_ffff_ffff,
    ] {
        judge.expect_all(address, ERANGE);
    }
    // These are not canonical, with four or five levels of page tables, or not
    // mapped.
    for address in [
        0x8000_0000_0000_0000,
        0xdead_0000_0000_0100,
        0xff00_0000_0000_0000 - 8,
        0xffff_7fff_ffff_fff8,
        0xffff_8000_0000_0000,
        HOLE,
        guard_page(),
        0xffff_ffff_ffff_f000,
        (-16isize) as usize,
        (-8isize) as usize,
    ] {
        judge.expect_all(address, EFAULT);
    }
    // These loads would wrap to address 0.
    for distance in 1..8 {
        judge.expect_all(usize::MAX - (distance - 1), ERANGE);
    }
    for offset in (0..4096).step_by(89).chain([1, 7, 8, 4088, 4089, 4095]) {
        judge.expect_all(VSYSCALL + offset, ERANGE);
    }
    for distance in 1..8 {
        judge.expect_all(VSYSCALL - distance, ERANGE);
    }
    judge.expect(((guard_page() + 0x1000) & !0xfff) - 4, 8, EFAULT);
    // The last bytes of a page are mapped, the bytes after it are not.
    let end = end_of_mapped_memory();
    for size in [1usize, 2, 4, 8] {
        judge.expect(end - size, size, 0);
        for beyond in 1..size {
            judge.expect(end - size + beyond, size, EFAULT);
        }
        judge.expect(end, size, EFAULT);
    }
    remark(judge.wrong.unwrap_or(ALL_WELL));
}

/// Loads by the kernel's function for such copies.
#[inline(never)]
pub(crate) fn copies_of_the_vsyscall_page(obj: &dyn Kernel) {
    let can_read = [VSYSCALL - 4, VSYSCALL, VSYSCALL + 8, VSYSCALL + 4088]
        .into_iter()
        .find(|address| obj.can_read(*address));
    remark(can_read.map_or(ALL_WELL, |address| address as u64));
}

/// Spends nearly all of its time in the kernel's page fault handler.
#[inline(never)]
pub(crate) fn loop_in_failing_loads(_: &dyn Kernel) {
    loop {
        black_box(load(8, HOLE).error);
    }
}

/// Does the same with another exception.
#[inline(never)]
pub(crate) fn loop_in_loads_of_no_address(_: &dyn Kernel) {
    loop {
        black_box(load(4, 0x8000_0000_0000_0000).error);
    }
}

#[inline(never)]
pub(crate) fn loop_in_refused_loads(_: &dyn Kernel) {
    loop {
        black_box(load(8, 0x18).error);
    }
}

/// Executes nearly all of its instructions in the load.
#[inline(never)]
pub(crate) fn loop_in_loads(_: &dyn Kernel) {
    let address = (&raw const CONSTANT).addr();
    loop {
        black_box(load(8, address).value);
    }
}
