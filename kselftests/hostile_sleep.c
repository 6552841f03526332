// SPDX-License-Identifier: GPL-2.0
/*
 * The machine sleeps while programs are bound, and they run before and after.
 * TEST-DEADLINE: 120
 */
#include "hostile.h"

static bool try_suspend(const char *test)
{
	int fd;

	if (access("/sys/power/pm_test", W_OK))
		return false;
	write_file("/sys/power/pm_test", test);
	fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	if (write(fd, "mem", 3) != 3 && write(fd, "freeze", 6) != 6) {
		ksft_note("%s: %s", test, strerror(errno));
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

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
