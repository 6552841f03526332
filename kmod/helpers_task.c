// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "helpers.h"
#include "ksyms.h"
#include "nowait.h"
#include "resource.h"
#include "run.h"

struct task_struct *rex_get_current_task(void)
{
	return current;
}

u64 rex_get_current_pid_tgid(void)
{
	return (u64)current->tgid << 32 | (u32)current->pid;
}

u64 rex_get_current_uid_gid(void)
{
	kuid_t uid;
	kgid_t gid;

	current_uid_gid(&uid, &gid);
	return (u64)from_kgid(&init_user_ns, gid) << 32 |
	       from_kuid(&init_user_ns, uid);
}

s64 rex_get_current_comm(char *buf, u32 size)
{
	if (!size)
		return -EINVAL;
	strscpy_pad(buf, current->comm, size);
	return 0;
}

u64 rex_get_current_cgroup_id(void)
{
	if (!rex_khas(bpf_get_current_cgroup_id))
		return 0;
	return rex_kcall(bpf_get_current_cgroup_id)(0, 0, 0, 0, 0);
}

u64 rex_get_current_ancestor_cgroup_id(s32 level)
{
	if (!rex_khas(bpf_get_current_ancestor_cgroup_id))
		return 0;
	return rex_kcall(bpf_get_current_ancestor_cgroup_id)(level, 0, 0, 0, 0);
}

/*
 * The kernel's function reads two pointers, which are valid in an RCU read side: that of
 * the map to the cgroup, and that of the task to its set of cgroups.
 */
s64 rex_current_task_under_cgroup(struct bpf_map *map, u32 index)
{
	if (!rex_khas(bpf_current_task_under_cgroup))
		return -EOPNOTSUPP;
	return rex_kcall(bpf_current_task_under_cgroup)((u64)map, index, 0, 0,
							0);
}

s64 rex_send_signal(u32 sig)
{
	if (!rex_nowait_may_wake())
		return -EBUSY;
	return rex_kcall(bpf_send_signal)(sig, 0, 0, 0, 0);
}

s64 rex_send_signal_thread(u32 sig)
{
	if (!rex_nowait_may_wake())
		return -EBUSY;
	return rex_kcall(bpf_send_signal_thread)(sig, 0, 0, 0, 0);
}

/*
 * The run is an RCU read side, and a task that can be found by its pid has a reference
 * of its own until a grace period after it can no longer be found. So the run's reference
 * is never the last one: to give it back frees nothing, and is possible in any context.
 */
struct task_struct *rex_task_from_pid(s32 pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (task && !rex_resource_push(REX_RESOURCE_TASK, task)) {
		rex_release_task(task);
		return NULL;
	}
	return task;
}

s64 rex_task_release(struct task_struct *task)
{
	if (!rex_resource_pop(REX_RESOURCE_TASK, task))
		return -EINVAL;
	rex_release_task(task);
	return 0;
}

void rex_release_task(struct task_struct *task)
{
	put_task_struct(task);
}

/*
 * The sum is made without a lock, for any context. So a thread that ends at the same
 * time may be counted twice or not at all. There may be very many threads: if the run is
 * killed meanwhile, the loop ends early.
 */
u64 rex_task_process_runtime(struct task_struct *task)
{
	const struct rex_run *run = rex_run_current();
	struct task_struct *thread;
	u64 sum;

	rcu_read_lock();
	sum = READ_ONCE(task->signal->sum_sched_runtime); /* ended threads */
	for_each_thread(task, thread) {
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			break;
		sum += READ_ONCE(thread->se.sum_exec_runtime);
	}
	rcu_read_unlock();
	return sum;
}

/*
 * A task other than the current one may run and change the registers, or end and free
 * its stack. Then the result is arbitrary numbers, or a fault that is caught.
 */
s64 rex_task_user_regs(struct task_struct *task, struct pt_regs *regs)
{
	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	return copy_from_kernel_nofault(regs, task_pt_regs(task),
					sizeof(*regs));
}
