// SPDX-License-Identifier: GPL-2.0
//@ error: the program does not use the crate rex
//! A program without the crate is none.
#![no_std]
#![no_main]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
