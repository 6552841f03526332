// SPDX-License-Identifier: GPL-2.0
//! Operations of helpers in programs that run in a task. Their first argument is the address
//! of a string in userspace.

use rex::prelude::*;

pub(crate) fn nothing_of_task_helpers(_: &TaskContext) -> bool {
    true
}

pub(crate) fn pid_tgid(ctx: &TaskContext) -> bool {
    ctx.pid_tgid() != 0
}

pub(crate) fn uid_gid(ctx: &TaskContext) -> bool {
    ctx.uid() != 1
}

pub(crate) fn comm(ctx: &TaskContext) -> bool {
    ctx.comm().is_ok_and(|name| !name.is_empty())
}

pub(crate) fn cgroup_id(ctx: &TaskContext) -> bool {
    ctx.cgroup_id() != 0
}

pub(crate) fn ancestor_cgroup_id(ctx: &TaskContext) -> bool {
    ctx.ancestor_cgroup_id(0) != 0
}

pub(crate) fn task(ctx: &TaskContext) -> bool {
    ctx.task().is_some_and(|task| task.pid() != 0)
}

pub(crate) fn read_user(ctx: &RawTracepointContext) -> bool {
    ctx.arg(0)
        .is_some_and(|address| ctx.read_user::<u64>(address).is_ok())
}

pub(crate) fn read_user_str(ctx: &RawTracepointContext) -> bool {
    let mut text = [0; 16];
    ctx.arg(0).is_some_and(|address| {
        ctx.read_user_str(address, &mut text)
            .is_ok_and(|text| !text.is_empty())
    })
}

pub(crate) fn stack(ctx: &RawTracepointContext) -> bool {
    ctx.stack(&mut [0; 32], 0)
        .is_ok_and(|stack| !stack.is_empty())
}
