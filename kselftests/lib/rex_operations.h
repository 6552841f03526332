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

/* Of this thread: what it does follows from the number. */
void seed_random(unsigned long long number);

unsigned int random_below(unsigned int n);

/* Before the threads start: no operation has anything to work on yet. */
void set_up_operations(void);

/* Something for each operation to work on. */
void fill_tables(void);

void tear_down_operations(void);

/* A load, a run and a fault are as ever, and nothing is left. */
void expect_health(const struct census *before);

#endif
