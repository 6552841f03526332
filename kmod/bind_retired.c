// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "bind_private.h"
#include "selftest.h"

/**
 * struct rex_retired - a program that a carrier was moved away from
 *
 * Runs of the program may be in flight. The record has references on its image and on
 * this module.
 * @rcu:	for the grace period
 * @over:	on the list of records whose grace period is over
 * @node:	in rex_retired
 * @prog:	the program; bound until the runs are over
 * @done:	the runs are over, and the references are gone
 * @users:	bind_end_retired(), and the caller of BIND until it gives up waiting
 */
struct rex_retired {
	struct rcu_head rcu;
	struct llist_node over;
	struct list_head node;
	struct rex_prog *prog;
	struct completion done;
	refcount_t users;
};

/* Under rex_bind_mutex. */
static LIST_HEAD(rex_retired);
static unsigned int bind_nr_retired;
static LLIST_HEAD(over_retired);

u32 rex_retired_timeout(void)
{
	const struct rex_retired *old;
	u32 shortest = 0;

	list_for_each_entry(old, &rex_retired, node)
		shortest = rex_bind_stricter(shortest, old->prog);
	return shortest;
}

/*
 * The record of a caller that is killed stays, for as long as a process sleeps in a BPF
 * program. Each record keeps an image, so their number has a limit.
 */
int rex_retired_check_room(struct rex_log *log)
{
	lockdep_assert_held(&rex_bind_mutex);
	if (bind_nr_retired < REX_MAX_REPLACED)
		return 0;
	rex_log_err(log,
		    "%u programs that carriers were moved away from still run, perhaps because a sleepable BPF program sleeps; try again later",
		    bind_nr_retired);
	return -EAGAIN;
}

struct rex_retired *rex_retired_new(struct rex_prog *prog)
{
	struct rex_retired *old;

	if (rex_selftest_fail_step())
		return NULL;
	old = kzalloc(sizeof(*old), REX_GFP);
	if (!old)
		return NULL;
	old->prog = prog;
	init_completion(&old->done);
	refcount_set(&old->users, 2);
	return old;
}

static void bind_put_retired(struct rex_retired *old)
{
	if (refcount_dec_and_test(&old->users))
		kfree(old);
}

/*
 * Runs are read sides of RCU, and so is the carrier itself, of one flavour or the
 * other: kernels from 6.13 on call it preemptibly from tracepoints of system calls.
 * The readers that may sleep are done by now. The callback that reported it ran with
 * softirqs off, so that it is over as well when the module's reference goes.
 */
static void bind_end_retired(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&over_retired);
	struct rex_retired *old, *next;

	synchronize_rcu();
	mutex_lock(&rex_bind_mutex);
	llist_for_each_entry(old, list, over) {
		list_del(&old->node);
		bind_nr_retired--;
		atomic_dec(&old->prog->nr_bindings);
	}
	rex_bind_update_watch(NULL);
	mutex_unlock(&rex_bind_mutex);
	llist_for_each_entry_safe(old, next, list, over) {
		rex_image_put(old->prog->image);
		module_put(THIS_MODULE);
		complete(&old->done);
		bind_put_retired(old);
	}
}

static DECLARE_WORK(retired_work, bind_end_retired);

static void bind_on_sleepers_done(struct rcu_head *rcu)
{
	struct rex_retired *old = container_of(rcu, struct rex_retired, rcu);

	if (llist_add(&old->over, &over_retired))
		schedule_work(&retired_work);
}

void rex_retired_add(struct rex_retired *old)
{
	/* Cannot fail: the caller's file on our device has a reference. */
	__module_get(THIS_MODULE);
	list_add(&old->node, &rex_retired);
	bind_nr_retired++;
	call_rcu_tasks_trace(&old->rcu, bind_on_sleepers_done);
}

/* Sleepers may take long: a suspend does not wait for the caller. */
void rex_retired_await(struct rex_retired *old)
{
	wait_for_completion_state(&old->done, TASK_KILLABLE | TASK_FREEZABLE);
	bind_put_retired(old);
}

void rex_retired_flush(void)
{
	flush_work(&retired_work);
}
