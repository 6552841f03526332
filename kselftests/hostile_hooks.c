// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of every type fault in the same ways, in every context that they run in:
 * tasks, breakpoints, softirqs, hardirqs, and with the run queue's lock held.
 */
#include "hostile.h"

#define IN(_hook)                                                         \
	COMMON_FAULTS(_hook)                                              \
	CONTAINED(int3, _hook, .cause = REX_FAULT_EXCEPTION,              \
		  .message = "breakpoint")                                \
	CONTAINED(noncanonical_read, _hook, .cause = REX_FAULT_EXCEPTION, \
		  .message = "general protection")                        \
	CONTAINED(wild_write, _hook, .cause = REX_FAULT_PAGE_FAULT,       \
		  .message = "write to address 0xfffffc0000001000")       \
	CONTAINED(jump_to_null, _hook, .cause = REX_FAULT_PAGE_FAULT,     \
		  .message = "jump to address 0x0")

IN(kprobe_ftrace)
IN(kprobe_int3)
IN(kprobe_jump)
COMMON_FAULTS(kretprobe)
COMMON_FAULTS(uprobe)
COMMON_FAULTS(fentry)
IN(raw_tracepoint)
IN(xdp)
IN(tc)
COMMON_FAULTS(cgroup)
IN(clock)
IN(hardirq)
IN(softirq)
IN(switch)
