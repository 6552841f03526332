/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations that userspace can perform on descriptors of images and carriers at the
 * same time: the ioctls of /dev/rex, the kernel's own calls, events and faults. An
 * operation checks that it fails only as the ABI documents.
 */
#ifndef _REX_OPERATIONS_H
#define _REX_OPERATIONS_H

#include "hostile.h"

struct op {
	const char *name;
	void (*perform)(void);
};

extern const struct op ops[];
extern const size_t nr_ops;

/* Seeds this thread's random numbers. */
void seed_random(unsigned long long number);

unsigned int random_below(unsigned int n);

/* Prepares the operations, before the threads start. */
void set_up_operations(void);

/* Makes objects for each operation. */
void fill_tables(void);

void tear_down_operations(void);

/*
 * Expects that a load, a run and a fault work as before, and that nothing
 * leaks.
 */
void expect_health(const struct census *before);

#endif
