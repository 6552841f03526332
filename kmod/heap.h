/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Each image has a heap, from which Box, Vec, String and other types of its programs allocate.
 *
 * Its memory is allocated when the image is loaded, as large as its quota, if one of
 * its programs allocates at all. So a program can allocate in every context, NMI
 * included, and never takes more of the kernel than it was given. The pool (pool.h) notes
 * beside the memory, not in it, what is in use: the kernel does not follow anything that
 * a program writes to its memory.
 *
 * The blocks that programs leak, and those of an aborted run, stay allocated, since only
 * the program knows what else points to them. All are free again when the image goes, or
 * is restarted.
 */
#ifndef _REX_HEAP_H
#define _REX_HEAP_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "pool.h"

struct rex_image;

/**
 * struct rex_heap_cpu - the part of a heap that each CPU has
 * @used:	bytes allocated less bytes freed on this CPU; may be negative
 * @failed:	allocations that failed
 * @pool:	its part of the pool
 */
struct rex_heap_cpu {
	s64 used;
	u64 failed;
	struct rex_pool_cpu pool;
};

/**
 * struct rex_heap - the heap of an image
 * @wanted:	a program of the image allocates
 * @size:	of the pool, in bytes; 0 if there is none
 * @mem:	the memory of the pool
 * @account:	the bitmaps of @pool
 * @pool:	the blocks that are in use
 * @cpu:	the part of each CPU
 */
struct rex_heap {
	bool wanted;
	size_t size;
	void *mem;
	void *account;
	struct rex_pool pool;
	struct rex_heap_cpu __percpu *cpu;
};

/* Note that programs call the function @name of the runtime. */
void rex_heap_note_symbol(struct rex_heap *heap, const char *name);

/**
 * rex_heap_init() - make the pool, if it is wanted
 * @image:	the image, whose symbols are resolved
 * @size:	quota in bytes; 0: the module's default
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int rex_heap_init(struct rex_image *image, u64 size);

/* No run of the image is in flight: nothing is in use. */
void rex_heap_reset(struct rex_heap *heap);

void rex_heap_exit(struct rex_heap *heap);

/* Bytes in use now, and allocations that failed so far. Any context. */
void rex_heap_read(const struct rex_heap *heap, u64 *used, u64 *failed);

#endif /* _REX_HEAP_H */
