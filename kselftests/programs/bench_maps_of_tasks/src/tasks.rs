// SPDX-License-Identifier: GPL-2.0
//! Operations of maps in programs that run in a task.

use rex::prelude::*;

#[map]
static CGROUPS: CgroupArray = CgroupArray::with_max_entries(4);
#[map]
static STACKS: StackTrace<32> = StackTrace::with_max_entries(64);
#[map]
static OF_TASKS: TaskStorage<u64> = TaskStorage::new();
#[map]
static NEW_OF_TASKS: TaskStorage<u64> = TaskStorage::new();
/// Linux has these from 6.2 on.
#[map]
static OF_CGROUPS: CgroupStorage<u64> = CgroupStorage::optional();
#[map]
static NEW_OF_CGROUPS: CgroupStorage<u64> = CgroupStorage::optional();

pub(crate) fn nothing_of_tasks(_: &TaskContext) -> bool {
    true
}

pub(crate) fn cgroup_array_test(ctx: &TaskContext) -> bool {
    ctx.is_in_cgroup(&CGROUPS, 1) == Ok(true)
}

pub(crate) fn stack_id(ctx: &RawTracepointContext) -> bool {
    ctx.stack_id(&STACKS, 0).is_ok()
}

pub(crate) fn task_storage_hit(ctx: &TaskContext) -> bool {
    ctx.task()
        .and_then(|task| OF_TASKS.get(&task))
        .is_some_and(|value| value != 0)
}

pub(crate) fn task_storage_insert_and_delete(ctx: &TaskContext) -> bool {
    let Some(task) = ctx.task() else {
        return false;
    };
    NEW_OF_TASKS.get_or_insert(ctx, &task, 1).is_some()
        && NEW_OF_TASKS.remove(&task).is_ok()
}

pub(crate) fn cgroup_storage_hit(ctx: &TaskContext) -> bool {
    ctx.cgroup()
        .and_then(|cgroup| OF_CGROUPS.get(&cgroup))
        .is_some_and(|value| value != 0)
}

pub(crate) fn cgroup_storage_insert_and_delete(ctx: &TaskContext) -> bool {
    let Some(cgroup) = ctx.cgroup() else {
        return false;
    };
    NEW_OF_CGROUPS.get_or_insert(ctx, &cgroup, 1).is_some()
        && NEW_OF_CGROUPS.remove(&cgroup).is_ok()
}
