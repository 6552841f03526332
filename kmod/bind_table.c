// SPDX-License-Identifier: GPL-2.0
/*
 * The table of bindings. A binding is added when a carrier is bound, and ends when the
 * kernel frees the carrier.
 */
#include <linux/filter.h>
#include <linux/hashtable.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "bind_private.h"
#include "selftest.h"
#include "timer.h"
#include "watchdog.h"

/* This lock protects the chains, and rex_prog.missed. The hook takes it in any context but NMI. */
static DEFINE_RAW_SPINLOCK(rex_bind_lock);
static DEFINE_HASHTABLE(rex_bindings, 12);
static LLIST_HEAD(freed_bindings);

static struct rex_binding *bind_find_locked(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;

	hash_for_each_possible(rex_bindings, binding, node,
			       (unsigned long)carrier)
		if (binding->carrier == carrier)
			return binding;
	return NULL;
}

struct rex_binding *rex_binding_find(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;

	raw_spin_lock_irq(&rex_bind_lock);
	binding = bind_find_locked(carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	return binding;
}

/*
 * Returns the events that a carrier that is not freed yet has lost. Any
 * context.
 */
static u64 bind_carrier_missed(const struct bpf_prog *carrier)
{
	u64 missed = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		missed += u64_stats_read(
			&per_cpu_ptr(carrier->stats, cpu)->misses);
	return missed;
}

/*
 * Returns the events that the carrier has lost since it is bound to its
 * program.
 */
static u64 bind_missed(const struct rex_binding *binding)
{
	return bind_carrier_missed(binding->carrier) - binding->missed;
}

/* Returns the events that the carriers of @prog in a bucket have lost. */
static u64 bind_missed_of_bucket(const struct rex_prog *prog,
				 const struct hlist_head *bucket)
{
	struct rex_binding *binding;
	u64 missed = 0;

	/* The kernel does not free a carrier while the hook waits for this lock. */
	raw_spin_lock_irq(&rex_bind_lock);
	hlist_for_each_entry(binding, bucket, node)
		if (binding->prog == prog)
			missed += bind_missed(binding);
	raw_spin_unlock_irq(&rex_bind_lock);
	return missed;
}

static u64 bind_missed_of_ended(const struct rex_prog *prog)
{
	u64 missed;

	raw_spin_lock_irq(&rex_bind_lock);
	missed = prog->missed;
	raw_spin_unlock_irq(&rex_bind_lock);
	return missed;
}

/*
 * A program may have thousands of carriers, and each has a count on each CPU: the lock is not
 * held for all of them. If a carrier with lost events ends meanwhile, it may have been counted
 * twice or not at all, and the count begins again.
 */
u64 rex_bind_count_missed(const struct rex_prog *prog)
{
	u64 ended, missed;
	unsigned int i;

	do {
		ended = bind_missed_of_ended(prog);
		missed = ended;
		for (i = 0; i < HASH_SIZE(rex_bindings); i++) {
			if (hlist_empty(&rex_bindings[i]))
				continue;
			missed += bind_missed_of_bucket(prog, &rex_bindings[i]);
			cond_resched();
		}
	} while (bind_missed_of_ended(prog) != ended);
	return missed;
}

void rex_bind_update_watch(const struct rex_prog *next)
{
	const struct rex_timer *timer;
	struct rex_binding *binding;
	u32 shortest;
	int bucket;

	lockdep_assert_held(&rex_bind_mutex);
	shortest = rex_retired_timeout();
	if (next)
		shortest = rex_bind_stricter(shortest, next);
	list_for_each_entry(timer, &rex_timers, node)
		shortest = rex_bind_stricter(shortest, timer->prog);
	raw_spin_lock_irq(&rex_bind_lock);
	hash_for_each(rex_bindings, bucket, binding, node)
		shortest = rex_bind_stricter(shortest, binding->prog);
	raw_spin_unlock_irq(&rex_bind_lock);
	rex_watchdog_set(shortest);
}

void rex_binding_note_frags(const struct bpf_prog *carrier,
			    struct rex_prog *prog)
{
	if (carrier->aux->xdp_has_frags)
		WRITE_ONCE(prog->has_frags, true);
}

struct rex_binding *rex_binding_new(const struct bpf_prog *carrier,
				    struct rex_prog *prog)
{
	struct rex_binding *binding;

	if (rex_selftest_fail_step())
		return NULL;
	binding = kzalloc(sizeof(*binding), REX_GFP);
	if (!binding)
		return NULL;
	binding->carrier = carrier;
	binding->prog = prog;
	binding->missed = bind_carrier_missed(carrier);
	rex_binding_note_frags(carrier, prog);
	return binding;
}

void rex_binding_add(struct rex_binding *binding)
{
	atomic_inc(&binding->prog->nr_bindings);
	raw_spin_lock_irq(&rex_bind_lock);
	hash_add(rex_bindings, &binding->node, (unsigned long)binding->carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	rex_timer_get(binding->prog);
}

void rex_binding_move(struct rex_binding *binding, struct rex_prog *prog)
{
	struct rex_prog *old = binding->prog;

	atomic_inc(&prog->nr_bindings);
	raw_spin_lock_irq(&rex_bind_lock);
	old->missed += bind_missed(binding);
	binding->missed = bind_carrier_missed(binding->carrier);
	binding->prog = prog;
	raw_spin_unlock_irq(&rex_bind_lock);
	rex_timer_get(prog);
	rex_timer_put(old);
}

/*
 * This is a work item, since an RCU callback cannot put the last reference on an image. The
 * image of each binding lives until the mutex is free for others.
 */
static void bind_end_freed_bindings(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&freed_bindings);
	struct rex_binding *binding, *next;

	mutex_lock(&rex_bind_mutex);
	llist_for_each_entry(binding, list, freed) {
		rex_timer_put(binding->prog);
		atomic_dec(&binding->prog->nr_bindings);
	}
	rex_bind_update_watch(NULL);
	mutex_unlock(&rex_bind_mutex);
	llist_for_each_entry_safe(binding, next, list, freed) {
		rex_image_put(binding->prog->image);
		kfree(binding);
		module_put(THIS_MODULE);
	}
}

static DECLARE_WORK(end_work, bind_end_freed_bindings);

void notrace rex_binding_end(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;
	unsigned long flags;

	raw_spin_lock_irqsave(&rex_bind_lock, flags);
	binding = bind_find_locked(carrier);
	if (binding) {
		hash_del(&binding->node);
		binding->prog->missed += bind_missed(binding);
	}
	raw_spin_unlock_irqrestore(&rex_bind_lock, flags);
	if (binding && llist_add(&binding->freed, &freed_bindings))
		schedule_work(&end_work);
}

void rex_bindings_flush(void)
{
	flush_work(&end_work);
}
