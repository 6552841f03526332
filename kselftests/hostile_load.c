// SPDX-License-Identifier: GPL-2.0
/*
 * The suite once more, under load: all CPUs perform acts at the same time, while
 * others keep them busy. TEST-DEADLINE: 200
 */
#include "hostile.h"

#define WORKERS_PER_CPU 2
#define SECONDS 40

#define ROW(_act, _hook, _cause)                                        \
	{                                                               \
		.name = #_act, .hook = &hook_##_hook,                   \
		.object = "hostile_unsafe", .cause = REX_FAULT_##_cause \
	}

/*
 * Loops only where interrupts are on: those with interrupts off are not for all
 * CPUs at once.
 */
#define ROWS(_hook)                                                           \
	ROW(explicit_panic, _hook, PANIC), ROW(unwrap_none, _hook, PANIC),    \
		ROW(panic_while_formatting, _hook, PANIC),                    \
		ROW(sum_overflows, _hook, PANIC), ROW(ud2, _hook, EXCEPTION), \
		ROW(int3, _hook, EXCEPTION),                                  \
		ROW(divide_error, _hook, EXCEPTION),                          \
		ROW(noncanonical_read, _hook, EXCEPTION),                     \
		ROW(noncanonical_jump, _hook, EXCEPTION),                     \
		ROW(null_read, _hook, PAGE_FAULT),                            \
		ROW(write_to_rodata, _hook, PAGE_FAULT),                      \
		ROW(jump_to_null, _hook, PAGE_FAULT),                         \
		ROW(copy_from_null, _hook, PAGE_FAULT),                       \
		ROW(guard_page_write, _hook, PAGE_FAULT)

static const struct act acts[] = {
	ROWS(tracepoint),
	ROWS(kprobe_ftrace),
	ROWS(kprobe_int3),
	ROWS(raw_tracepoint),
	ROWS(clock),
	ROWS(softirq),
	ROWS(hardirq),
	ROWS(switch),
	ROW(loop_of_nothing, tracepoint, TIMEOUT),
	ROW(loop_in_helpers, tracepoint, TIMEOUT),
	ROW(loop_in_map_updates, kprobe_ftrace, TIMEOUT),
	ROW(loop_in_copies, raw_tracepoint, TIMEOUT),
	ROW(loop_in_formatting, raw_tracepoint, TIMEOUT),
};

static const struct hook *const hooks[] = {
	&hook_tracepoint,     &hook_kprobe_ftrace, &hook_kprobe_int3,
	&hook_raw_tracepoint, &hook_clock,	   &hook_softirq,
	&hook_hardirq,	      &hook_switch,
};

#define NR_HOOKS (sizeof(hooks) / sizeof(hooks[0]))

static void work(int number)
{
	long end = ksft_ms() + SECONDS * 1000;
	unsigned int seed = number;
	int count = 0;

	while (ksft_ms() < end && !ksft_failures) {
		struct act act =
			acts[rand_r(&seed) % (sizeof(acts) / sizeof(acts[0]))];

		act.function = "";
		perform(&act);
		count++;
		if (ksft_failures)
			ksft_note("it was %s at %s", act.name,
				  act.hook->program);
	}
	ksft_note("worker %d performed %d acts", number, count);
}

TEST_TIMEOUT(acts_on_all_cpus_at_once_under_load_are_each_contained, 150)
{
	int workers = WORKERS_PER_CPU * sysconf(_SC_NPROCESSORS_ONLN);
	/* Two, because the kernel calls a single one another way. */
	struct actor held[2 * NR_HOOKS];
	pid_t pids[64], hog;

	ASSERT(workers <= 64);
	for (size_t i = 0; i < 2 * NR_HOOKS; i++)
		held[i] = hold(hooks[i % NR_HOOKS]);
	STRICT_SYSCTLS("1");
	sysctls_are_kept = true;
	hog = fork();
	if (hog == 0)
		for (;;)
			syscall(SYS_dup, EVENT_FD);
	for (int i = 0; i < workers; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			work(i);
			exit(ksft_failures ? 1 : 0);
		}
	}
	for (int i = 0; i < workers; i++)
		reap(pids[i]);
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	sysctls_are_kept = false;
	STRICT_SYSCTLS("0");
	for (size_t i = 0; i < 2 * NR_HOOKS; i++)
		end_actor(&held[i]);
}
