/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs run on stacks of their own; run.h shows what lies where on them.
 *
 * Each CPU gets them before it executes anything, and keeps them when it goes
 * offline. The entry pad of every function (emit_thunk.c) compares the stack pointer
 * with rex_limit; when the stack is too small, it goes to rex_abort_overflow()
 * (abort.c). The guard page below each stack is for code without pads, the kernel's.
 */
#ifndef _REX_STACK_H
#define _REX_STACK_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "run.h"

/* Address of the lowest level's guard page; NULL: the CPU was never online. */
DECLARE_PER_CPU(void *, rex_stack_base);

int rex_stack_init(void);
void rex_stack_exit(void);

/* Bytes that a CPU takes which has been online. Any context. */
size_t rex_stack_cpu_memory(void);

/*
 * Returns the value of rex_limit while @level is in use, on a CPU whose stacks are at
 * @base.
 */
static __always_inline unsigned long rex_stack_limit(const void *base,
						     unsigned int level)
{
	return (unsigned long)base + level * REX_RUN_STRIDE + REX_RUN_GUARD +
	       REX_RUN_RESERVE;
}

/* Returns the limit of a CPU that executes no program. */
static __always_inline unsigned long rex_stack_idle_limit(const void *base)
{
	return rex_stack_limit(base, 0) - REX_RUN_STRIDE;
}

/* Returns the limit of a CPU where programs are skipped, as if all levels were in use. */
static __always_inline unsigned long rex_stack_closed_limit(const void *base)
{
	return rex_stack_limit(base, REX_RUN_LEVELS - 1);
}

/* Open each CPU while it may execute programs: stack_close.c. Init: 0 or a negative error. */
int rex_stack_close_init(void);
void rex_stack_close_exit(void);

/*
 * How much higher the limit of this CPU is between runs since the kernel has ended a task in a run
 * for an error of its own: the levels of that task stay claimed.
 */
DECLARE_PER_CPU(unsigned long, rex_stack_lost);

#endif /* _REX_STACK_H */
