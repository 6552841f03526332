// SPDX-License-Identifier: GPL-2.0

pub fn read(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}
