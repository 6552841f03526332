// SPDX-License-Identifier: GPL-2.0
/*
 * Endless loops are stopped where interrupts are on.
 */
#define HOSTILE_OBJECT "hostile"
#include "hostile.h"

#define LOOP(_act, ...)                                         \
	CONTAINED(_act, tracepoint, .cause = REX_FAULT_TIMEOUT, \
		  .message = "ran for more than 300 ms", ##__VA_ARGS__)

LOOP(loop_of_nothing)
LOOP(loop_of_two_functions, .function = "on_event")
LOOP(loop_of_a_trait_object, .function = "on_event")
LOOP(loop_on_an_atomic)
LOOP(loop_in_helpers)
LOOP(loop_in_short_helpers)
LOOP(loop_in_map_updates)
LOOP(loop_in_copies)
LOOP(loop_in_fills)
LOOP(loop_in_comparisons)
LOOP(loop_in_formatting)
LOOP(loop_in_snprintf)
LOOP(loop_in_failing_reads)
LOOP(loop_in_drop)
LOOP(loop_in_a_panic_message)
LOOP(loop_after_recursion, .function = "dig")
LOOP(loop_in_trace_printk)
