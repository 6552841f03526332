/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random changes to object files, for the fuzzers of the host and of the VM. The same seed
 * makes the same changes on every machine.
 */
#ifndef _REX_MUTATE_H
#define _REX_MUTATE_H

#include <stddef.h>

struct mutator {
	unsigned long long state;
	unsigned char *data; /* the file, which the changes may truncate */
	size_t size;
};

/* Begin round ROUND of SEED, with this file. */
void mutator_begin(struct mutator *m, unsigned long long seed,
		   unsigned long long round);

unsigned long long mutator_random(struct mutator *m);

/* Returns a number below N, or 0 if N is 0. */
unsigned long long mutator_below(struct mutator *m, unsigned long long n);

/* Change the file once: in a header, a symbol, a relocation, anywhere. */
void mutate(struct mutator *m);

#endif
