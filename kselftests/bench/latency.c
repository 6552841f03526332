// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures how long an endless run goes on: its limit and a quarter of that at the
 * most, with interrupts on and off. The clock must be exact: see scripts/vm -n.
 */
#include "hostile.h"

#define LIMIT_MS 80
#define ENDED_IN_TIME                                       \
	.cause = REX_FAULT_TIMEOUT, .timeout_ms = LIMIT_MS, \
	.end_ms = LIMIT_MS + LIMIT_MS / 4

#define LOOPS_AT(_hook)                                  \
	CONTAINED(loop_of_nothing, _hook, ENDED_IN_TIME) \
	CONTAINED(loop_in_copies, _hook, ENDED_IN_TIME)

/* The CPU's own timer stops these. */
LOOPS_AT(tracepoint)
LOOPS_AT(xdp)
LOOPS_AT(softirq)
/* Another CPU's NMI stops these. */
LOOPS_AT(kprobe_int3)
LOOPS_AT(hardirq)
LOOPS_AT(clock)
