// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel ends a process for an error of its own, in a helper that a run called. The run's
 * level is lost, and nothing else: the watchdog does not look at the run any more, whose
 * program may be freed. The kernel itself counts the run as one that goes on, so that it calls
 * no more programs at some hooks of that CPU, and cannot let it go offline: no test can follow in
 * the same VM.
 * TEST-DEADLINE: 120
 */
#include "hostile.h"

#define LIMIT_MS 2000

/* The longest time that any program may run. The age of the lost run is beyond it then. */
static void await_longest_limit(void)
{
	ksft_pause_ms(module_parameter("max_timeout_ms") + 1000);
}

TEST(error_of_the_kernel_in_a_helper_costs_a_level_alone)
{
	const struct hook *hook = &hook_raw_tracepoint;
	struct victim v;
	struct actor a;
	int status;
	long start;

	if (kallsyms_has("lockdep_rcu_suspicious"))
		SKIP("an oops switches lockdep off");
	announce_dmesg("BUG: unable to handle page fault");
	announce_dmesg("Oops: ");
	announce_dmesg("Call Trace:");
	announce_dmesg("exited with (preempt_count|irqs disabled)");
	be_strict(false);
	pin_to_cpu(1);
	v = start_victim(hook);
	a = start_actor(hook, "hole_for_a_helper", "a", v.pid, 0);
	close(v.go);
	ASSERT_EQ(waitpid(v.pid, &status, 0), v.pid);
	EXPECT(WIFSIGNALED(status));
	end_actor(&a);

	await_longest_limit();
	v = start_victim(hook);
	a = start_actor(hook, "nothing", "b", v.pid, 0);
	let_go(&v);
	EXPECT(actor_info(&a).runs > 0);
	EXPECT_EQ(actor_info(&a).faults, 0);
	end_actor(&a);

	/* A run that lasts is stopped after its own limit, not at once. */
	v = start_victim(hook);
	a = start_actor(hook, "loop_of_nothing", "c", v.pid, LIMIT_MS);
	start = ksft_ms();
	let_go(&v);
	EXPECT(ksft_ms() - start >= LIMIT_MS);
	expect_actor_fault(&a, REX_FAULT_TIMEOUT);
	end_actor(&a);

	/* All levels are there again after the CPU was offline. */
	pin_to_cpu(0);
	switch_cpu(1, false);
	switch_cpu(1, true);
	pin_to_cpu(1);
	v = start_victim(hook);
	a = start_actor(hook, "explicit_panic", "d", v.pid, 0);
	let_go(&v);
	expect_actor_fault(&a, REX_FAULT_PANIC);
	end_actor(&a);
}
