// SPDX-License-Identifier: GPL-2.0
/*
 * The sample atomic loses nothing of what all CPUs add to a static at the same time.
 */
#include "rex_sample.h"

#define ROUNDS 3000

static void trigger(int processes, int rounds)
{
	char line[64], *text;

	snprintf(line, sizeof(line), "../trigger atomic %d %d", processes,
		 rounds);
	ASSERT_EQ(run_sample("atomic", line, &text), 0);
}

static void expect_account(struct sample *s, long calls, long sum, long largest)
{
	char line[128];

	snprintf(line, sizeof(line), "%ld calls, sum %ld, largest %ld\n", calls,
		 sum, largest);
	await_sample(s, line);
}

TEST(nothing_is_lost_between_processors)
{
	int processes = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	long sum = (long)processes * ROUNDS * (ROUNDS + 1) / 2;
	struct sample *s = start_sample("atomic", "./loader");

	ASSERT(processes > 2);
	await_sample(s, "ready\n");
	trigger(processes, ROUNDS);
	expect_account(s, processes * ROUNDS, sum, ROUNDS);
	trigger(1, 1);
	expect_account(s, processes * ROUNDS + 1, sum + 1, ROUNDS);
	stop_sample(s);
}

TEST(statics_begin_anew_with_each_load)
{
	struct sample *s;

	for (int i = 0; i < 2; i++) {
		s = start_sample("atomic", "./loader");
		await_sample(s, "ready\n");
		trigger(1, 10);
		expect_account(s, 10, 55, 10);
		stop_sample(s);
	}
}
