// SPDX-License-Identifier: GPL-2.0
/*
 * Endless loops are stopped in every context, most of all where interrupts are off: in an
 * interrupt, and after a breakpoint. There the NMI of another CPU stops them.
 */
#include "hostile.h"

#define LOOP_IN(_act, _hook, ...)                          \
	CONTAINED(_act, _hook, .cause = REX_FAULT_TIMEOUT, \
		  .message = "ran for more than 300 ms", ##__VA_ARGS__)

#define TWO_LOOPS_IN(_hook)             \
	LOOP_IN(loop_of_nothing, _hook) \
	LOOP_IN(loop_in_helpers, _hook)

#define LOOPS_IN(_hook)                     \
	TWO_LOOPS_IN(_hook)                 \
	LOOP_IN(loop_in_copies, _hook)      \
	LOOP_IN(loop_in_map_updates, _hook) \
	LOOP_IN(loop_in_formatting, _hook)

LOOPS_IN(kprobe_ftrace)
LOOPS_IN(kprobe_int3)
LOOPS_IN(kprobe_jump)
LOOPS_IN(raw_tracepoint)
LOOPS_IN(xdp)
LOOPS_IN(tc)
LOOPS_IN(softirq)
LOOPS_IN(hardirq)
LOOPS_IN(clock)
TWO_LOOPS_IN(kretprobe)
TWO_LOOPS_IN(uprobe)
TWO_LOOPS_IN(fentry)
TWO_LOOPS_IN(cgroup)
