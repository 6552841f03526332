// SPDX-License-Identifier: GPL-2.0
/*
 * How long a run that does not end goes on: its limit and a quarter of that at the
 * most, with interrupts on and off. The clock must be exact: see scripts/vm -n.
 */
#define ACT_TIMEOUT_MS 80
#define END_MS(limit) ((limit) + (limit) / 4)

#include "../hostile.h"

#define LOOPS_AT(_hook)                                               \
	CONTAINED(loop_of_nothing, _hook, .cause = REX_FAULT_TIMEOUT) \
	CONTAINED(loop_in_copies, _hook, .cause = REX_FAULT_TIMEOUT)

/* Ended by the CPU's own timer. */
LOOPS_AT(tracepoint)
LOOPS_AT(xdp)
LOOPS_AT(softirq)
/* By another CPU's NMI. */
LOOPS_AT(kprobe_int3)
LOOPS_AT(hardirq)
LOOPS_AT(clock)
