// SPDX-License-Identifier: GPL-2.0
/*
 * The machine sleeps while programs are bound, and they run before and after.
 * TEST-DEADLINE: 120
 */
#include <sys/sysinfo.h>

#include "hostile.h"

/* Its CPUs go offline, and its clock stops. */
TEST(machine_sleeps_while_programs_are_bound)
{
	static const char *const tests[] = { "freezer", "devices", "platform",
					     "processors", "core" };
	struct actor a = start_actor(&hook_tracepoint, "nothing", "a", 0, 0);
	int slept = 0;

	for (int i = 0; i < 5; i++) {
		slept += try_suspend(tests[i]);
		for (int k = 0; k < 100; k++)
			fire_dup();
	}
	ksft_note("%d kinds of sleep", slept);
	EXPECT(slept > 0);
	expect_unharmed(&a);
	EXPECT_EQ(actor_info(&a).skipped, 0);
	end_actor(&a);
	for (int i = 0; i < 2; i++) {
		struct victim v = start_victim(&hook_tracepoint);

		a = start_actor(&hook_tracepoint, "loop_of_nothing", "b", v.pid,
				0);
		let_go(&v);
		expect_actor_fault(&a, REX_FAULT_TIMEOUT);
		end_actor(&a);
	}
}

/* The function is called with interrupts off, on the only CPU, before the clock goes on. */
TEST(program_is_skipped_while_the_clock_stands_still)
{
	struct rex_obj *obj = load_act("hostile", "at_kprobe", "looper", 0);
	struct bpf_link *link =
		bpf_program__attach_kprobe(program(obj, "at_kprobe"), false,
					   "timekeeping_resume");
	struct actor a = start_actor(&hook_tracepoint, "nothing", "a", 0, 0);
	struct rex_prog_info info;

	ASSERT(link);
	order(obj, "loop_of_nothing", getpid());
	if (access("/sys/power/mem_sleep", W_OK))
		SKIP("this kernel cannot be suspended");
	write_file("/sys/power/mem_sleep", "deep");
	ASSERT(try_suspend("core"));
	info = prog_info(obj, "at_kprobe");
	EXPECT_EQ(info.runs, 0);
	EXPECT_EQ(info.skipped, 1);
	EXPECT_EQ(info.state, REX_PROG_LIVE);
	for (int k = 0; k < 100; k++)
		fire_dup();
	expect_unharmed(&a);
	EXPECT_EQ(actor_info(&a).skipped, 0);
	end_actor(&a);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* ---- suspend to idle ---- */

#define SLEEPS "/sys/module/rex_idle/parameters/sleeps"

static void remove_idle_states(void)
{
	remove_test_module("rex_idle");
}

/* Gives the machine idle states in which the kernel stops its clock (modules/rex-idle.c). */
static void need_idle_states(void)
{
	int err;

	if (access("/sys/power/mem_sleep", W_OK))
		SKIP("this kernel cannot be suspended");
	need_test_module("rex-idle");
	err = insert_test_module("rex-idle", "");
	ASSERT_MSG(!err, "rex-idle: %s", strerror(err));
	ASSERT(!atexit(remove_idle_states));
	write_file("/sys/power/mem_sleep", "s2idle");
}

/* The function is called with interrupts off, before the clock goes on, as is each CPU's tick. */
TEST(program_is_skipped_while_the_clock_stands_still_in_idle)
{
	static const char *const functions[] = { "timekeeping_resume",
						 "tick_resume_local" };

	need_idle_states();
	for (int i = 0; i < 2; i++) {
		struct rex_obj *obj =
			load_act("hostile", "at_kprobe", "looper", 0);
		struct bpf_link *link =
			bpf_program__attach_kprobe(program(obj, "at_kprobe"),
						   false, functions[i]);
		long before = number_in(SLEEPS);
		struct rex_prog_info info;

		ASSERT(link);
		order(obj, "loop_of_nothing", 0);
		ASSERT(try_suspend("none"));
		EXPECT(number_in(SLEEPS) > before);
		info = prog_info(obj, "at_kprobe");
		EXPECT_EQ(info.runs, 0);
		EXPECT(info.skipped > 0);
		EXPECT_EQ(info.state, REX_PROG_LIVE);
		bpf_link__destroy(link);
		rex_obj_close(obj);
	}
}

/* All CPUs are open after it. */
TEST(programs_run_on_all_cpus_after_suspend_to_idle)
{
	static const struct hook timer = { .program = "at_raw_tracepoint",
					   .attach = attach_raw_tracepoint,
					   .at = "local_timer_entry" };
	struct actor a = start_actor(&timer, "nothing", "a", 0, 0);
	__u64 skipped;

	need_idle_states();
	EXPECT_EQ(actor_info(&a).skipped, 0);
	ASSERT(try_suspend("none"));
	skipped = actor_info(&a).skipped;
	ksft_note("%llu events were skipped", skipped);
	for (int cpu = 0; cpu < get_nprocs(); cpu++) {
		__u64 runs;

		pin_to_cpu(cpu);
		runs = actor_info(&a).runs;
		EXPECT(WAIT_FOR(actor_info(&a).runs > runs + 10, 10));
	}
	EXPECT_EQ(actor_info(&a).skipped, skipped);
	expect_unharmed(&a);
	end_actor(&a);
}
