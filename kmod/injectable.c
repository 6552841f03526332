// SPDX-License-Identifier: GPL-2.0
/*
 * Runs cannot call the kernel's functions that read the list of injectable functions: one
 * takes a mutex, and another reads the list while modules remove what they have in it. So
 * rex.ko has a sorted copy, which it makes anew when a module comes or goes.
 *
 * The kernel's structure of an entry is private, and has been the same since the list
 * exists. The kernel's functions have to agree on each entry of the first copy.
 */
#include <linux/error-injection.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sort.h>

#include "injectable.h"
#include "ksyms.h"
#include "portable.h"

/* A list that is longer has another layout than expected. */
#define INJECTABLE_MAX 100000

/* struct ei_entry of lib/error-inject.c */
struct injectable_entry {
	struct list_head list;
	unsigned long start_addr;
	unsigned long end_addr;
	int etype;
	void *priv;
};

struct injectable {
	unsigned long start;
	unsigned long end;
	int type;
};

struct injectable_list {
	struct rcu_head rcu;
	size_t nr;
	struct injectable functions[];
};

/* NULL: no function is in the list. */
static struct injectable_list __rcu *injectable_list;
/* Copies are made one after the other. */
static DEFINE_MUTEX(injectable_mutex);

bool rex_injectable_has_list(void)
{
	return rex_khas(within_error_injection_list) &&
	       rex_khas(get_injectable_error_type) &&
	       rex_ksyms.error_injection_list && rex_ksyms.ei_mutex;
}

static int injectable_compare(const void *a, const void *b)
{
	const struct injectable *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Returns a copy of the kernel's list. Context: the kernel's mutex of it is held. */
static struct injectable_list *injectable_copy(void)
{
	const struct injectable_entry *entry;
	struct injectable_list *copy;
	size_t nr = 0;

	list_for_each_entry(entry, rex_ksyms.error_injection_list, list)
		if (++nr > INJECTABLE_MAX)
			return NULL;
	copy = kvzalloc(struct_size(copy, functions, nr), REX_GFP_KEPT);
	if (!copy)
		return NULL;
	list_for_each_entry(entry, rex_ksyms.error_injection_list, list)
		copy->functions[copy->nr++] = (struct injectable){
			.start = entry->start_addr,
			.end = entry->end_addr,
			.type = entry->etype,
		};
	sort(copy->functions, nr, sizeof(*copy->functions), injectable_compare,
	     NULL);
	return copy;
}

/* Without memory for a copy, no function is in the list. */
static void injectable_refresh(void)
{
	struct injectable_list *copy, *old;

	mutex_lock(&injectable_mutex);
	mutex_lock(rex_ksyms.ei_mutex);
	copy = injectable_copy();
	mutex_unlock(rex_ksyms.ei_mutex);
	old = rcu_replace_pointer(injectable_list, copy,
				  lockdep_is_held(&injectable_mutex));
	mutex_unlock(&injectable_mutex);
	if (old)
		kvfree_rcu(old, rcu);
}

int rex_injectable_type(unsigned long function)
{
	const struct injectable_list *list =
		rcu_dereference_sched(injectable_list);
	size_t lo = 0, hi = list ? list->nr : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct injectable *f = &list->functions[mid];

		if (function < f->start)
			hi = mid;
		else if (function >= f->end)
			lo = mid + 1;
		else
			return f->type;
	}
	return -ENOENT;
}

/* The kernel changes its list in a notifier of its own, which comes before this one. */
static int injectable_on_module(struct notifier_block *nb, unsigned long event,
				void *module)
{
	if (event == MODULE_STATE_COMING || event == MODULE_STATE_GOING)
		injectable_refresh();
	return NOTIFY_DONE;
}

static struct notifier_block injectable_notifier = {
	.notifier_call = injectable_on_module,
	.priority = -1,
};

/* Returns whether the kernel's functions find what the copy has. */
static bool __init injectable_is_right(void)
{
	const struct injectable_list *list;
	bool right = true;
	size_t i;

	mutex_lock(&injectable_mutex);
	list = rcu_dereference_protected(injectable_list,
					 lockdep_is_held(&injectable_mutex));
	for (i = 0; list && i < list->nr && right; i++) {
		const struct injectable *f = &list->functions[i];

		right = f->start < f->end &&
			rex_kcall(within_error_injection_list)(f->start) &&
			rex_kcall(get_injectable_error_type)(f->start) ==
				f->type;
		cond_resched();
	}
	mutex_unlock(&injectable_mutex);
	return list && list->nr && right;
}

int __init rex_injectable_init(void)
{
	int ret;

	if (!rex_injectable_has_list())
		return 0;
	ret = register_module_notifier(&injectable_notifier);
	if (ret)
		return ret;
	injectable_refresh();
	if (injectable_is_right())
		return 0;
	pr_err("the kernel's error_injection_list does not look as expected: this rex.ko is not for this kernel\n");
	rex_injectable_exit();
	return -EOPNOTSUPP;
}

void rex_injectable_exit(void)
{
	if (!rex_injectable_has_list())
		return;
	unregister_module_notifier(&injectable_notifier);
	kvfree(rcu_replace_pointer(injectable_list, NULL, true));
}
