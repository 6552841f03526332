// SPDX-License-Identifier: GPL-2.0
/*
 * A stack overflow ends a program; a stack that just fits does not.
 */
#define HOSTILE_OBJECT "hostile"
#include "hostile.h"

#define OVERFLOW(_act, ...)                                            \
	CONTAINED(_act, tracepoint, .cause = REX_FAULT_STACK_OVERFLOW, \
		  .message = "bytes of stack", ##__VA_ARGS__)

OVERFLOW(recursion, .function = "descend")
OVERFLOW(recursion_of_two, .function = "is_even")
OVERFLOW(recursion_of_a_trait_object, .function = "Left")
OVERFLOW(recursion_of_a_closure, .function = "call")
OVERFLOW(recursion_of_a_function_pointer, .function = "through_pointer")
OVERFLOW(recursion_in_drop, .function = "drop")
OVERFLOW(recursion_in_formatting, .function = "fmt")
OVERFLOW(recursion_of_large_frames, .function = "descend_far")

/* The result depends on the stack that formatting takes. */
#define PANIC_AT_THE_LIMIT(_bytes)                                             \
	PERFORM_TEST(panic_with_##_bytes##_bytes_of_stack_is_contained,        \
		     panic_at_the_limit, tracepoint, .cause = REX_FAULT_PANIC, \
		     .or_cause = REX_FAULT_STACK_OVERFLOW,                     \
		     .function = "descend_to", .number = _bytes)

PANIC_AT_THE_LIMIT(64)
PANIC_AT_THE_LIMIT(128)
PANIC_AT_THE_LIMIT(192)
PANIC_AT_THE_LIMIT(256)
PANIC_AT_THE_LIMIT(384)
PANIC_AT_THE_LIMIT(512)
PANIC_AT_THE_LIMIT(768)
PANIC_AT_THE_LIMIT(1024)
PANIC_AT_THE_LIMIT(2048)

WORKS(large_frame_at_the_limit, tracepoint, .remark = 77)
WORKS(helpers_at_the_limit, tracepoint, .remark = 78)
WORKS(deep_but_not_too_deep, tracepoint, .remark = 5050)
