// SPDX-License-Identifier: GPL-2.0
//@ error: a field cannot be of type `bool`
//! Not every byte that the kernel may have there is a bool.
#![no_std]
#![no_main]

rex::tracepoint_ctx! {
    pub struct Ctx at "sched/sched_switch" {
        pub field: bool,
    }
}
