// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of helpers in programs of tasks that `make bench` compares: see
//! kselftests/bench/pairs/helpers.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod sleepers;
mod tasks;

use rex::prelude::*;

use operations::operations;

operations! {
    #[raw_tracepoint("sys_enter")] tasks(RawTracepointContext) -> Result:
        nothing_of_task_helpers
        pid_tgid uid_gid comm cgroup_id ancestor_cgroup_id task
        read_user read_user_str stack;
    #[request(sleepable)] sleepers(Sleepable<RequestContext>) -> Result:
        nothing_of_sleepers
        copy_from_user;
}
