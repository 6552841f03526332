// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of maps in programs of tasks that `make bench` compares: see
//! kselftests/bench/pairs/maps.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod tasks;

use rex::prelude::*;

use operations::operations;

operations! {
    #[raw_tracepoint("sys_enter")] tasks(RawTracepointContext) -> Result:
        nothing_of_tasks
        cgroup_array_test stack_id
        task_storage_hit task_storage_insert_and_delete
        cgroup_storage_hit cgroup_storage_insert_and_delete;
}
