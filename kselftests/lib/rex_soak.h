/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that do a thing many times: a few times in `make test`, and as often as it is told
 * in `make soak`. They see that the kernel's memory stays flat meanwhile.
 */
#ifndef _REX_SOAK_H
#define _REX_SOAK_H

#include "rex_slabs.h"
#include "rex_util.h"

/*
 * Returns how often to do it: the variable SOAK_<NAME> of the environment, otherwise FEW.
 * With the variable, the test has no limit of time but that of soak_step().
 */
unsigned long soak_count(const char *name, unsigned long few);

/* Returns the variable SOAK_SEED of the environment, otherwise 1. */
unsigned long long soak_seed(void);

/* How far a test is. */
struct soak {
	const char *what; /* "rounds" */
	unsigned long wanted;
	unsigned long shown; /* twentieths */
	long began_ms;
};

struct soak soak_begin(const char *what, unsigned long wanted);

/* DONE of them are done. Without a step for four minutes, the test fails. */
void soak_step(struct soak *soak, unsigned long done);

/* The line of the result: what was done, and how fast. */
void soak_end(const struct soak *soak, unsigned long done);

/* ---- memory ---- */

#define NR_SOAK_MEMORY 5

/* What the kernel has at a time when no image is loaded but those of the caller. */
struct soak_memory {
	struct census census;
	long symbols;
	long kb[NR_SOAK_MEMORY];
	struct slab_caches *slabs;
};

/* Waits until what was freed is gone. REFS are the caller's references on rex.ko. */
struct soak_memory soak_memory_with(long refs);

/*
 * Returns whether the memory is what it was: objects, references and symbols exactly, and
 * kilobytes within bounds that are printed with the numbers.
 */
bool soak_is_flat(const struct soak_memory *before,
		  const struct soak_memory *now);

/* Does the thing until END times are done, with a soak_step() for each. */
typedef void (*soak_portion_fn)(struct soak *soak, unsigned long end);

/*
 * Does it as often as wanted, in portions. Returns whether the memory after the last one is
 * what it was after the first one.
 */
bool soak_stays_flat(struct soak *soak, soak_portion_fn portion, long refs);

#endif
