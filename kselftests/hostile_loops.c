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

/* ---- detectors of the kernel ---- */

#define STALL "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"
#define STALL_SUPPRESS "/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress"

/* The program may take 5 s, but the kernel would take the CPU for dead before that. */
static void perform_long_loop(__u32 limit_ms, const char *message)
{
	perform(&(struct act){ .name = "loop_of_nothing",
			       .hook = &hook_tracepoint,
			       .object = HOSTILE_OBJECT,
			       .cause = REX_FAULT_TIMEOUT,
			       .message = message,
			       .timeout_ms = 5000,
			       .limit_ms = limit_ms });
}

/* A busy machine may stop a CPU for longer, so nothing detects this here. */
TEST(loop_ends_in_half_the_time_of_a_lockup)
{
	set_sysctl("kernel/soft_watchdog", "0");
	set_sysctl("kernel/watchdog_thresh", "1");
	perform_long_loop(
		500,
		"ran for more than 500 ms, half of the kernel's limit for a lockup");
	set_sysctl("kernel/watchdog_thresh", "10");
	set_sysctl("kernel/soft_watchdog", "1");
}

TEST(loop_ends_in_half_the_time_of_a_stall_of_rcu)
{
	write_file(STALL_SUPPRESS, "1");
	write_file(STALL, "3");
	perform_long_loop(
		1500,
		"ran for more than 1500 ms, half of the kernel's limit for a lockup");
	write_file(STALL, "21");
	write_file(STALL_SUPPRESS, "0");
}
