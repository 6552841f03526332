// SPDX-License-Identifier: GPL-2.0
//@ error: this is not the name of a tracepoint or a field
//! The name of a field cannot contain the kind that it is compared with.
#![no_std]
#![no_main]

rex::tracepoint_ctx! {
    pub struct Ctx at "sched/sched_switch" {
        pub field: u64 from "prev_pid:s4",
    }
}
