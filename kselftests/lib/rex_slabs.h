/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's caches of objects, which /proc/slabinfo lists.
 */
#ifndef _REX_SLABS_H
#define _REX_SLABS_H

#include "rex_util.h"

#define MOST_SLAB_CACHES 512

struct slab_caches {
	size_t nr;
	struct slab_cache {
		char name[64];
		long kb;
	} caches[MOST_SLAB_CACHES];
	/* What kmalloc() took from the allocator of pages, as it is larger than any cache's objects. */
	long large_kb;
};

/* Returns what each cache has of pages, from malloc(). */
struct slab_caches *read_slab_caches(void);

/* The kernel frees the pages that have no object. Each cache otherwise keeps some. */
void shrink_slab_caches(void);

/* Prints the caches that have grown most. */
void show_slab_growth(const struct slab_caches *before,
		      const struct slab_caches *now);

#endif
