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

#define SYSCTL(_name) "/proc/sys/kernel/" _name
#define STALL "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"
#define EXPEDITED_STALL \
	"/sys/module/rcupdate/parameters/rcu_exp_cpu_stall_timeout"
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

/* A busy machine may stop a CPU for longer, so the detectors are off. */
TEST(loop_ends_in_half_the_time_of_a_lockup)
{
	set_until_exit(SYSCTL("watchdog"), "0");
	set_until_exit(SYSCTL("watchdog_thresh"), "1");
	perform_long_loop(
		500,
		"ran for more than 500 ms, half of the kernel's limit for a lockup");
}

#define NR_LOOPS 64 /* as many as a tracepoint takes */

/* Lets programs at one event do ACT one after the other, with the limit of a lockup in seconds. */
static void loop_at_one_event(const struct hook *hook, struct actor *loops,
			      int nr, const char *act, __u64 number,
			      const char *lockup)
{
	struct victim v = start_victim(hook);

	set_until_exit(SYSCTL("watchdog"), "0");
	set_until_exit(SYSCTL("watchdog_thresh"), lockup);
	for (int i = 0; i < nr; i++) {
		loops[i] = start_actor(hook, act, "loop", v.pid, 5000);
		map_set(loops[i].obj, "orders", NUMBER, number);
	}
	let_go(&v);
}

static struct rex_fault_info fault_of(const struct actor *a)
{
	return last_fault(a->obj, a->hook->program);
}

/* The times of the first and of the last fault of several. */
struct span {
	__u64 first, last;
};

static void widen(struct span *span, __u64 time)
{
	if (!span->first || time < span->first)
		span->first = time;
	if (time > span->last)
		span->last = time;
}

static __u64 span_ms(const struct span *span)
{
	return (span->last - span->first) / 1000000;
}

/*
 * Programs at a kprobe run one after the other without preemption; newer kernels can be preempted
 * between those at a tracepoint of system calls. The first one may loop for two seconds, and a CPU
 * is taken for dead after four. The kernel counts the time of all.
 */
static void expect_loops_to_end(const struct hook *hook)
{
	struct actor loops[NR_LOOPS];
	struct span span = {};
	int after = 0;

	loop_at_one_event(hook, loops, NR_LOOPS, "loop_of_nothing", 0, "4");
	for (int i = 0; i < NR_LOOPS; i++) {
		struct rex_fault_info fault;

		expect_actor_fault(&loops[i], REX_FAULT_TIMEOUT);
		fault = fault_of(&loops[i]);
		widen(&span, fault.time);
		after +=
			strstr(fault.message,
			       "was on a CPU that could not switch tasks for") !=
			NULL;
		end_actor(&loops[i]);
	}
	ksft_note("%d loops ended in %llu ms after the first", NR_LOOPS - 1,
		  span_ms(&span));
	EXPECT(after >= NR_LOOPS - 1);
	EXPECT(span_ms(&span) < 2000);
}

TEST_TIMEOUT(loops_at_one_event_end_before_a_lockup, 60)
{
	expect_loops_to_end(&hook_kprobe_ftrace);
}

/* There, the watchdog looks by the NMIs of another CPU. */
TEST_TIMEOUT(loops_with_interrupts_off_end_before_a_lockup, 120)
{
	expect_loops_to_end(&hook_kprobe_int3);
}

#define NR_SLOW 8

/* Each of them returns in less than the second for which one may loop. */
TEST_TIMEOUT(slow_runs_at_one_event_end_before_a_lockup, 60)
{
	struct actor slow[NR_SLOW];
	struct span span = {};
	int ended = 0;

	loop_at_one_event(&hook_kprobe_ftrace, slow, NR_SLOW,
			  "loop_for_some_ms", 600, "2");
	/* The first one returned. */
	for (int i = 0; i < NR_SLOW; i++) {
		if (!actor_info(&slow[i]).faults) {
			expect_unharmed(&slow[i]);
			continue;
		}
		expect_actor_fault(&slow[i], REX_FAULT_TIMEOUT);
		widen(&span, fault_of(&slow[i]).time);
		ended++;
	}
	EXPECT_EQ(ended, NR_SLOW - 1);
	ksft_note("%d runs ended in %llu ms after the first fault", NR_SLOW - 2,
		  span_ms(&span));
	EXPECT(span_ms(&span) < 1000);
	for (int i = 0; i < NR_SLOW; i++)
		end_actor(&slow[i]);
}

#define NR_SIGNALLED 100

static long *took; /* how long kill(2) took, in milliseconds */

/* The list of processes is locked meanwhile, and interrupts are on between two of them only. */
static void signal_many(void)
{
	pid_t pids[NR_SIGNALLED];
	long start;

	if (setpgid(0, 0) || signal(SIGURG, SIG_IGN) == SIG_ERR)
		_exit(30);
	for (int i = 0; i < NR_SIGNALLED; i++) {
		pids[i] = fork_idle();
		if (pids[i] < 0)
			_exit(31);
	}
	start = ksft_ms();
	if (kill(0, SIGURG))
		_exit(32);
	*took = ksft_ms() - start;
	for (int i = 0; i < NR_SIGNALLED; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

RAW_TRACEPOINT_HOOK(signals, signal_many, "signal_generate");

/* Each of them is shorter than the time between two looks of the watchdog. */
TEST_TIMEOUT(short_runs_without_end_end_before_a_lockup, 60)
{
	struct actor slow[2];

	took = map_shared(sizeof(*took));
	loop_at_one_event(&hook_signals, slow, 2, "loop_for_some_ms", 30, "2");
	ksft_note("kill(2) took %ld ms", *took);
	EXPECT(*took < 2000);
	for (int i = 0; i < 2; i++) {
		expect_actor_fault(&slow[i], REX_FAULT_TIMEOUT);
		end_actor(&slow[i]);
	}
}

TEST(loop_ends_in_half_the_time_of_a_stall_of_rcu)
{
	set_until_exit(STALL_SUPPRESS, "1");
	set_until_exit(STALL, "3");
	perform_long_loop(
		1500,
		"ran for more than 1500 ms, half of the kernel's limit for a lockup");
}

/* An expedited grace period has a time of its own, in milliseconds. */
TEST(loop_ends_in_half_the_time_of_a_stall_of_expedited_rcu)
{
	set_until_exit(STALL_SUPPRESS, "1");
	set_until_exit(EXPEDITED_STALL, "800");
	perform_long_loop(
		400,
		"ran for more than 400 ms, half of the kernel's limit for a lockup");
}
