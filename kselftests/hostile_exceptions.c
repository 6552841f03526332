// SPDX-License-Identifier: GPL-2.0
/*
 * CPU exceptions in a program's text, which unsafe code or a wrong compiler
 * might cause, end the program.
 */
#include "hostile.h"

#define EXCEPTION(_act, _message, ...)                            \
	CONTAINED(_act, tracepoint, .cause = REX_FAULT_EXCEPTION, \
		  .message = _message, ##__VA_ARGS__)

EXCEPTION(ud2, "invalid opcode")
EXCEPTION(ud1, "invalid opcode")
EXCEPTION(locked_nop, "invalid opcode")
EXCEPTION(int3, "breakpoint")
EXCEPTION(int3_of_two_bytes, "breakpoint")
EXCEPTION(divide_error, "divide error")
EXCEPTION(overflow_trap, "overflow")
EXCEPTION(bounds_trap, "bounds")
EXCEPTION(noncanonical_read, "general protection")
EXCEPTION(noncanonical_write, "general protection")
EXCEPTION(noncanonical_jump, "general protection")
/* The function's frame is gone at the fault. */
EXCEPTION(noncanonical_return, "general protection",
	  .function = "at_tracepoint")
/* A stack segment fault, which QEMU does not know. */
EXCEPTION(noncanonical_stack_segment, NULL)
EXCEPTION(bad_segment, "general protection")
EXCEPTION(bad_task_register, "general protection")
EXCEPTION(xsetbv_of_no_register, "general protection")
EXCEPTION(misaligned_cmpxchg16b, "general protection")
EXCEPTION(ud2_with_direction_flag, "invalid opcode")
EXCEPTION(ud2_with_garbage_registers, "invalid opcode")
EXCEPTION(ud2_in_a_nested_call, "invalid opcode")
