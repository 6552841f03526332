/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A resource is something that a run has acquired from the kernel and not given back.
 *
 * The kernel keeps the list of a run's resources, not the program: a helper adds a
 * resource before it returns it, and removes the resource when the program gives it
 * back. The end of the run, normal or not, releases all that are left, in reverse order.
 * So no fault, kill or forgotten guard leaks anything, and no code of the program runs
 * to clean up.
 *
 * The first few entries of the list are in the run. The others are in chunks from an
 * allocator that works in any context. A run has REX_MOST_RESOURCES of them at most: one
 * that forgot references in a loop would otherwise take the machine's memory.
 */
#ifndef _REX_RESOURCE_H
#define _REX_RESOURCE_H

#include <linux/types.h>

struct rex_run;

#define REX_RESOURCES_INLINE 8
#define REX_RESOURCES_CHUNK 40
#define REX_MOST_RESOURCES 4096

enum rex_resource_kind {
	REX_RESOURCE_RINGBUF, /* a reserved record */
	REX_RESOURCE_RINGBUF_IRQS_OFF, /* the same, of a run with interrupts off */
	REX_RESOURCE_SPIN_LOCK, /* a held lock */
	REX_RESOURCE_TASK, /* a reference on a task */
	REX_NR_RESOURCE_KINDS,
};

struct rex_resource {
	u32 kind;
	void *ptr;
};

struct rex_resource_chunk {
	struct rex_resource_chunk *prev;
	struct rex_resource entry[REX_RESOURCES_CHUNK];
};

/**
 * struct rex_resources - the list of a run's resources
 * @last:	chunk with the newest entries, if there are more than @first has
 * @pad:	puts @nr next to the kind of the oldest entry: emit_calls.c uses both at once
 * @nr:		entries
 * @first:	the oldest entries
 */
struct rex_resources {
	struct rex_resource_chunk *last;
	u32 pad;
	u32 nr;
	struct rex_resource first[REX_RESOURCES_INLINE];
};

int rex_resource_init(void);
void rex_resource_exit(void);

/**
 * rex_resource_push() - add a resource to the current run
 *
 * Context: a helper, any context. Return: whether there was memory; if not, the
 * caller gives the resource back and fails.
 */
bool rex_resource_push(enum rex_resource_kind kind, void *ptr);

/**
 * rex_resource_pop() - remove a resource from the current run
 * @kind:	its kind
 * @ptr:	the resource
 *
 * Context: a helper, any context. Return: whether the run has it; if not, the
 * caller must not give it back.
 */
bool rex_resource_pop(enum rex_resource_kind kind, void *ptr);

/* Release all that @run has, newest first. Context: the run's, at its end. */
void rex_resource_release_all(struct rex_run *run);

#endif /* _REX_RESOURCE_H */
