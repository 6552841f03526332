/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that do something on request, for tests of tools that show it.
 */
#ifndef _REX_WORKER_H
#define _REX_WORKER_H

#include "rex_util.h"

/*
 * A function of a worker with a frame pointer. It is not inlined, so its name and its
 * caller's are in the stack.
 */
#define IN_STACK                                         \
	__attribute__((noinline, noclone,                \
		       optimize("no-omit-frame-pointer", \
				"no-optimize-sibling-calls")))

/* The messages of a worker about its work. */
struct work_done {
	__u64 numbers[2];
};

struct worker {
	pid_t pid;
	int go, done;
};

/* Forks a process that waits. It has the name of the test. */
struct worker start_worker(void (*work)(struct work_done *done));

/* Let it do its work, and wait until it has. */
struct work_done let_work(const struct worker *worker);

/* It has waited since. */
void end_worker(const struct worker *worker);

#endif
