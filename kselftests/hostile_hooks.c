// SPDX-License-Identifier: GPL-2.0
/*
 * The same faults in programs of every type, and in every context that they run
 * in: tasks, breakpoints, softirqs, hardirqs, and with the run queue's lock held.
 */
#include "hostile.h"

#define IN(_hook)                                                         \
	CONTAINED(ud2, _hook, .cause = REX_FAULT_EXCEPTION,               \
		  .message = "invalid opcode")                            \
	CONTAINED(int3, _hook, .cause = REX_FAULT_EXCEPTION,              \
		  .message = "breakpoint")                                \
	CONTAINED(noncanonical_read, _hook, .cause = REX_FAULT_EXCEPTION, \
		  .message = "general protection")                        \
	CONTAINED(null_read, _hook, .cause = REX_FAULT_PAGE_FAULT,        \
		  .message = "read of address 0x0")                       \
	CONTAINED(wild_write, _hook, .cause = REX_FAULT_PAGE_FAULT,       \
		  .message = "write to address 0xffffec0000001000")       \
	CONTAINED(jump_to_null, _hook, .cause = REX_FAULT_PAGE_FAULT,     \
		  .message = "jump to address 0x0")                       \
	CONTAINED(explicit_panic, _hook, .cause = REX_FAULT_PANIC,        \
		  .message = "told to panic")                             \
	CONTAINED(recursion, _hook, .cause = REX_FAULT_STACK_OVERFLOW,    \
		  .message = "bytes of stack", .function = "descend")

IN(kprobe_ftrace)
IN(kprobe_int3)
IN(kprobe_jump)
IN(raw_tracepoint)
IN(xdp)
IN(tc)
IN(socket)
IN(clock)
IN(hardirq)
IN(softirq)
IN(switch)
