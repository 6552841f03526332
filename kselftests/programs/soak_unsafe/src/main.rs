// SPDX-License-Identifier: GPL-2.0
//! Programs of each kind that count their runs and write a record in each, some of which
//! end with a fault at random. A test compares the kernel's counters with these.
#![no_std]
#![no_main]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

mod acts;
#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;
#[path = "../../any_event.rs"]
mod any_event;
mod awake;
mod names;
mod sleepable;
