// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//! A pointer of the kernel is a number.
#![no_std]
#![no_main]

rex::tracepoint_ctx! {
    pub struct Ctx at "sched/sched_switch" {
        pub field: &'static u64,
    }
}
