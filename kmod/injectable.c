// SPDX-License-Identifier: GPL-2.0
/*
 * Runs cannot call the kernel's functions that read the list of injectable functions, which
 * take a mutex. So rex.ko has a sorted copy, which it makes anew when a module comes or goes.
 *
 * The kernel's structure of an entry is private, and has been the same since the list
 * exists. The kernel's functions have to agree on each entry of the first copy.
 */
#include <linux/bsearch.h>
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

/* Returns how long the kernel's list is; 0 if it is too long. */
static size_t injectable_count(void)
{
	const struct injectable_entry *entry;
	size_t nr = 0;

	list_for_each_entry(entry, rex_ksyms.error_injection_list, list)
		if (++nr > INJECTABLE_MAX)
			return 0;
	return nr;
}

/*
 * Returns a copy of the kernel's list, or NULL without memory. Context: the kernel's mutex of
 * the list is held.
 */
static struct injectable_list *injectable_copy(void)
{
	const struct injectable_entry *entry;
	size_t nr = injectable_count();
	struct injectable_list *copy;

	copy = kvzalloc(struct_size(copy, functions, nr), REX_GFP_KEPT);
	if (!copy)
		return NULL;
	list_for_each_entry(entry, rex_ksyms.error_injection_list, list) {
		if (copy->nr == nr)
			break;
		copy->functions[copy->nr++] = (struct injectable){
			.start = entry->start_addr,
			.end = entry->end_addr,
			.type = entry->etype,
		};
	}
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

static int injectable_compare_address(const void *key, const void *element)
{
	const unsigned long *address = key;
	const struct injectable *f = element;

	return *address < f->start ? -1 : *address >= f->end;
}

int rex_injectable_type(unsigned long function)
{
	const struct injectable_list *list =
		rcu_dereference_sched(injectable_list);
	const struct injectable *found;

	if (!list)
		return -ENOENT;
	found = bsearch(&function, list->functions, list->nr,
			sizeof(*list->functions), injectable_compare_address);
	return found ? found->type : -ENOENT;
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

/* 0 if the kernel's functions find what the copy has. */
static int __init injectable_verify(void)
{
	const struct injectable_list *list;
	bool right;
	size_t i;

	mutex_lock(&injectable_mutex);
	list = rcu_dereference_protected(injectable_list,
					 lockdep_is_held(&injectable_mutex));
	right = list && list->nr;
	for (i = 0; right && i < list->nr; i++) {
		const struct injectable *f = &list->functions[i];

		right = f->start < f->end &&
			rex_kcall(within_error_injection_list)(f->start) &&
			rex_kcall(get_injectable_error_type)(f->start) ==
				f->type;
		cond_resched();
	}
	mutex_unlock(&injectable_mutex);
	if (!list)
		return -ENOMEM;
	if (!right)
		pr_err("the kernel's error_injection_list does not look as expected: this rex.ko is not for this kernel\n");
	return right ? 0 : -EOPNOTSUPP;
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
	ret = injectable_verify();
	if (ret)
		rex_injectable_exit();
	return ret;
}

void rex_injectable_exit(void)
{
	if (!rex_injectable_has_list())
		return;
	unregister_module_notifier(&injectable_notifier);
	kvfree(rcu_replace_pointer(injectable_list, NULL, true));
}
