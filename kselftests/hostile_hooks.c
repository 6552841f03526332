// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of every type fault in the same ways, in every context that they run in:
 * tasks, breakpoints, softirqs, hardirqs, and with the run queue's lock held.
 */
#include "hostile.h"

#define IN_SHORT(_hook)                                                \
	CONTAINED(ud2, _hook, .cause = REX_FAULT_EXCEPTION,            \
		  .message = "invalid opcode")                         \
	CONTAINED(null_read, _hook, .cause = REX_FAULT_PAGE_FAULT,     \
		  .message = "read of address 0x0")                    \
	CONTAINED(explicit_panic, _hook, .cause = REX_FAULT_PANIC,     \
		  .message = "told to panic")                          \
	CONTAINED(recursion, _hook, .cause = REX_FAULT_STACK_OVERFLOW, \
		  .message = "bytes of stack", .function = "descend")

#define IN(_hook)                                                         \
	IN_SHORT(_hook)                                                   \
	CONTAINED(int3, _hook, .cause = REX_FAULT_EXCEPTION,              \
		  .message = "breakpoint")                                \
	CONTAINED(noncanonical_read, _hook, .cause = REX_FAULT_EXCEPTION, \
		  .message = "general protection")                        \
	CONTAINED(wild_write, _hook, .cause = REX_FAULT_PAGE_FAULT,       \
		  .message = "write to address 0xffffec0000001000")       \
	CONTAINED(jump_to_null, _hook, .cause = REX_FAULT_PAGE_FAULT,     \
		  .message = "jump to address 0x0")

IN(kprobe_ftrace)
IN(kprobe_int3)
IN(kprobe_jump)
IN_SHORT(kretprobe)
IN_SHORT(uprobe)
IN_SHORT(fentry)
IN(raw_tracepoint)
IN(xdp)
IN(tc)
IN_SHORT(cgroup)
IN(clock)
IN(hardirq)
IN(softirq)
IN(switch)
