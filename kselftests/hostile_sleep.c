// SPDX-License-Identifier: GPL-2.0
/*
 * The machine sleeps while programs are bound, and they run before and after.
 * TEST-DEADLINE: 120
 */
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
