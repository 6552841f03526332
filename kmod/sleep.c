// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/mmap_lock.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "emit_stubs.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"
#include "selftest.h"
#include "sleep.h"
#include "stack.h"

/*
 * The part of a run's stack that a parked run has to keep besides what is in use when its
 * memory is allocated: the registers and the return address that the stub pushes, and the
 * frames of this file below the one that counts.
 */
#define SLEEP_SLACK 512

/* Of the state of a run, all but the message of a panic is kept. */
#define SLEEP_RUN_SIZE offsetof(struct rex_run, panic_buf)

/*
 * So many runs can be parked on a CPU. They are looked through with preemption off when
 * one more is.
 */
#define SLEEP_MAX_PARKED 1024

/**
 * struct rex_sleep - a run that sleeps, or is about to
 * @sp:	its stack pointer; the stub "park" stores it
 * @node:	in sleep_parked of its CPU, while it is parked
 * @task:	the task that sleeps
 * @run:	where its state is, while it is awake
 * @image:	the image of its program
 * @cpu:	its CPU
 * @prog:	rex_run.prog, with the marks
 * @restarts:	the image's count of restarts when it was parked
 * @age:	for how long it has been awake, as the watchdog counts it
 * @parked:	when it was parked
 * @from:	what it copies
 * @size:	how many bytes
 * @is_string:	up to a NUL
 * @result:	bytes copied, or -errno
 * @to:		what has been copied
 * @room:	bytes at @bytes
 * @bytes:	from @sp up to SLEEP_RUN_SIZE of @run
 */
struct rex_sleep {
	u64 sp;
	struct hlist_node node;
	const struct task_struct *task;
	struct rex_run *run;
	struct rex_image *image;
	unsigned int cpu;
	unsigned long prog;
	u32 restarts;
	s64 age;
	u64 parked;
	const void __user *from;
	u32 size;
	bool is_string;
	s64 result;
	u8 *to;
	size_t room;
	u8 bytes[];
};

/* The parked runs of a CPU. Tasks of that CPU alone use it, with preemption off. */
static DEFINE_PER_CPU(struct hlist_head, sleep_parked);

static_assert(offsetof(struct rex_sleep, sp) == REX_SLEEP_SP);

/*
 * A page fault takes locks of the process, may read from a file or a swap device, and may
 * allocate memory. A task that is within one of these itself would wait for itself. What
 * can be seen from outside is looked at; the kernel does not look when an eBPF program
 * sleeps.
 */
static bool sleep_would_wait_for_itself(void)
{
	/* It is submitting I/O: what it submits now waits until it is done with that. */
	if (current->bio_list)
		return true;
	/* It is in a transaction of a file system, or is freeing memory for others. */
	return current->journal_info ||
	       current->flags &
		       (PF_MEMALLOC | PF_MEMALLOC_NOFS | PF_MEMALLOC_NOIO);
}

/*
 * A run that the page fault of a parked run leads to is not parked as well: by a hook in
 * the handler, one could lead to the next until the stack of the task is full. The task
 * is on this CPU as long as it has a parked run.
 */
static s64 sleep_check_parked(void)
{
	const struct rex_sleep *sleep;
	unsigned int nr = 0;

	hlist_for_each_entry(sleep, this_cpu_ptr(&sleep_parked), node) {
		if (sleep->task == current)
			return -EDEADLK;
		if (++nr >= SLEEP_MAX_PARKED)
			return -EAGAIN;
	}
	return 0;
}

/* Whether the current run may sleep: 0, or -errno for the program. */
static s64 sleep_check(const struct rex_run *run)
{
	if (!rex_compat_can_sleep)
		return -EOPNOTSUPP;
	/* In a panic, the program formats its message. */
	if (run->resources.nr || run->lock ||
	    rex_run_is_marked(run, REX_RUN_PANICKING_BIT))
		return -EDEADLK;
	/* The run itself has preemption off once. */
	if ((unsigned long)run !=
		    rex_stack_limit(this_cpu_read(rex_stack_base), 0) +
			    REX_RUN_FROM_LIMIT ||
	    preempt_count() != PREEMPT_OFFSET || irqs_disabled() ||
	    rex_compat_rcu_depth() || get_current_state() != TASK_RUNNING)
		return -EWOULDBLOCK;
	/* A thread of the kernel that borrows a process's memory cannot be killed with it. */
	if (!current->mm || current->flags & PF_KTHREAD || pagefault_disabled())
		return -EFAULT;
	if (sleep_would_wait_for_itself())
		return -EDEADLK;
	if (fatal_signal_pending(current) ||
	    rex_run_is_marked(run, REX_RUN_KILLED_BIT))
		return -EINTR;
	return sleep_check_parked();
}

/*
 * The memory is charged to the task's cgroup. The allocation does not sleep, as this is
 * still the run; a spin lock of the allocator cannot be below it, since preemption was on.
 */
static struct rex_sleep *sleep_new(struct rex_run *run, u32 size)
{
	size_t room = (unsigned long)run + SLEEP_RUN_SIZE -
		      current_stack_pointer + SLEEP_SLACK;
	struct rex_sleep *sleep =
		kmalloc(sizeof(*sleep) + room + size,
			GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN);

	if (!sleep)
		return NULL;
	sleep->task = current;
	sleep->run = run;
	sleep->image = rex_run_prog(run)->image;
	sleep->cpu = smp_processor_id();
	sleep->size = size;
	sleep->result = -EFAULT;
	sleep->room = room;
	sleep->to = sleep->bytes + room;
	return sleep;
}

/*
 * The clock of the watchdog begins with the first tick that meets the run, which may be
 * none if the run is awake for short times only. So it begins here at the latest.
 */
static void sleep_stop_clock(struct rex_sleep *sleep)
{
	sleep->parked = ktime_get_mono_fast_ns();
	sleep->age = 0;
	if (sleep->prog & BIT(REX_RUN_SEEN_BIT))
		sleep->age = sleep->parked - sleep->run->since;
}

static void sleep_start_clock(struct rex_sleep *sleep)
{
	u64 now = ktime_get_mono_fast_ns();
	const struct rex_prog *prog = (void *)(sleep->prog & ~REX_RUN_MARKS);

	sleep->run->since = now - sleep->age;
	sleep->run->begin += now - sleep->parked;
	sleep->prog |= BIT(REX_RUN_SEEN_BIT);
	/* No tick needs to meet it, if it sleeps over and over again. */
	if (sleep->age >= READ_ONCE(prog->timeout_ms) * (s64)NSEC_PER_MSEC &&
	    !(rex_unprotected & REX_UNPROTECTED_TIME)) {
		sleep->run->why = REX_FAULT_TIMEOUT;
		sleep->prog |= BIT(REX_RUN_KILLED_BIT);
	}
}

static size_t sleep_used(const struct rex_sleep *sleep)
{
	return (u64)sleep->run + SLEEP_RUN_SIZE - sleep->sp;
}

/* Make it a run that can be stopped and marked, with the marks that it has. */
static void sleep_restore_prog(const struct rex_sleep *sleep)
{
	WRITE_ONCE(sleep->run->prog, sleep->prog);
	if (sleep->prog & BIT(REX_RUN_KILLED_BIT))
		rex_gate_note_killed();
}

/*
 * Make the level free. From the first line on, nobody stops the run or marks it. It is not
 * parked if it has been marked before, or does not fit.
 */
static bool sleep_park(struct rex_sleep *sleep)
{
	struct rex_run *run = sleep->run;

	sleep->prog = xchg(&run->prog, 0);
	barrier();
	if (sleep->prog & BIT(REX_RUN_KILLED_BIT) ||
	    WARN_ON_ONCE(sleep_used(sleep) > sleep->room)) {
		sleep->result = -EINTR;
		sleep_restore_prog(sleep);
		return false;
	}
	sleep_stop_clock(sleep);
	sleep->restarts = READ_ONCE(sleep->image->restart.count);
	/* Not instrumented: with KASAN, what a run has left on its stack may be poisoned. */
	__memcpy(sleep->bytes, (void *)sleep->sp, sleep_used(sleep));
	rex_run_unpoison_stack(run);
	hlist_add_head(&sleep->node, this_cpu_ptr(&sleep_parked));
	return true;
}

/*
 * Claim the level and put the run there, unless it has to end. The order is that of a
 * thunk: preemption is off when the image is looked at, so that a restart which begins
 * after that waits for this run; and the level is claimed before it is written to.
 */
static bool sleep_unpark(struct rex_sleep *sleep)
{
	struct rex_run *run = sleep->run;

	hlist_del(&sleep->node);
	/* pairs with restart_image(): a run that sees it alive sees the new count */
	if (rex_image_is_dead(sleep->image->ctl) ||
	    READ_ONCE(sleep->image->restart.count) != sleep->restarts)
		return false;
	if (WARN_ON_ONCE(smp_processor_id() != sleep->cpu))
		return false;
	/* A level stays claimed if the kernel has killed the task whose run was there. */
	if ((unsigned long)run !=
	    this_cpu_read(rex_limit) + REX_RUN_STRIDE + REX_RUN_FROM_LIMIT)
		return false;
	this_cpu_add(rex_limit, REX_RUN_STRIDE);
	barrier();
	__memcpy((void *)sleep->sp, sleep->bytes, sleep_used(sleep));
	sleep_start_clock(sleep);
	barrier();
	sleep_restore_prog(sleep);
	return true;
}

/* The result is the number of bytes that are there, or -errno. */
static s64 sleep_copy(struct rex_sleep *sleep)
{
	long left;

	/* On 6.1, a page fault waits for this lock and cannot be killed. */
	if (mmap_read_lock_killable(current->mm))
		return -EINTR;
	mmap_read_unlock(current->mm);
	if (!sleep->is_string) {
		left = copy_from_user(sleep->to, sleep->from, sleep->size);
		if (left)
			return -EFAULT;
		return sleep->size;
	}
	left = strncpy_from_user(sleep->to, sleep->from, sleep->size);
	if (left < 0)
		return left;
	if (left == sleep->size)
		left--;
	sleep->to[left] = '\0';
	return left + 1;
}

/* The run does not wake up. Its carrier gets what it would get of a run that is skipped. */
static u32 sleep_end(struct rex_sleep *sleep)
{
	struct rex_prog *prog = (void *)(sleep->prog & ~REX_RUN_MARKS);

	this_cpu_inc(prog->stats->skipped);
	kfree(sleep);
	return READ_ONCE(prog->default_ret);
}

asmlinkage u64 rex_sleep_on_task_stack(struct rex_sleep *sleep)
{
	u32 ret;

	if (sleep_park(sleep)) {
		migrate_disable();
		this_cpu_sub(rex_limit, REX_RUN_STRIDE);
		preempt_enable();
		sleep->result = sleep_copy(sleep);
		if (fatal_signal_pending(current))
			sleep->result = -EINTR;
		preempt_disable();
		if (!sleep_unpark(sleep)) {
			ret = sleep_end(sleep);
			preempt_enable();
			migrate_enable();
			return ret;
		}
		migrate_enable();
	}
	rex_stubs_unpark(sleep->sp);
}
NOKPROBE_SYMBOL(rex_sleep_on_task_stack);

/*
 * Park the run until the copy is made. What follows the call runs when it is awake again,
 * on the same CPU, with preemption off.
 */
static s64 sleep_until_copied(u8 *dst, u32 size, const void __user *src,
			      bool is_string)
{
	struct rex_run *run = rex_run_current();
	struct rex_sleep *sleep;
	s64 ret = sleep_check(run);

	if (ret)
		return ret;
	sleep = sleep_new(run, size);
	if (!sleep)
		return -ENOMEM;
	sleep->from = src;
	sleep->is_string = is_string;
	rex_stubs_park(run, sleep);
	ret = sleep->result;
	if (ret > 0)
		memcpy(dst, sleep->to, ret);
	kfree(sleep);
	return ret;
}
NOKPROBE_SYMBOL(sleep_until_copied);

s64 rex_copy_from_user(u8 *dst, u32 size, const void __user *src)
{
	s64 ret;

	if (size > REX_SLEEP_COPY_MAX)
		return -E2BIG;
	if (!size || !copy_from_user_nofault(dst, src, size))
		return 0;
	ret = sleep_until_copied(dst, size, src, false);
	if (ret >= 0)
		return 0;
	memset(dst, 0, size);
	return ret;
}
NOKPROBE_SYMBOL(rex_copy_from_user);

s64 rex_copy_from_user_str(char *dst, u32 size, const void __user *src)
{
	s64 ret;

	if (size > REX_SLEEP_COPY_MAX)
		return -E2BIG;
	if (!size)
		return 0;
	ret = rex_read_user_str(dst, src, size);
	if (ret < 0)
		ret = sleep_until_copied(dst, size, src, true);
	if (ret < 0)
		memset(dst, 0, size);
	return ret;
}
NOKPROBE_SYMBOL(rex_copy_from_user_str);
