// SPDX-License-Identifier: GPL-2.0
/*
 * Every pair of operations runs on the same descriptors at the same time:
 * ioctls of /dev/rex, other calls on their descriptors and carriers, events,
 * faults and restarts. Two threads perform each operation of a pair, in an
 * order that the seed decides (REX_SEED in the environment, which the output
 * names). An operation fails only as the ABI documents, nothing else happens,
 * and nothing leaks.
 * TEST-DEADLINE: 360
 */
#include <pthread.h>

#include "rex_operations.h"

#define PAIR_MS 60
#define THREADS_PER_OP 2

struct worker {
	pthread_t thread;
	const struct op *op;
	unsigned long long seed;
	unsigned long count;
};

static volatile bool over;

static void *work(void *arg)
{
	struct worker *w = arg;

	seed_random(w->seed);
	while (!over) {
		w->op->perform();
		w->count++;
	}
	return NULL;
}

static unsigned long run_ops(const struct op *const *which, int nr, int ms,
			     unsigned long long start)
{
	struct worker w[8];
	unsigned long count = 0;

	ASSERT(nr * THREADS_PER_OP <= 8);
	over = false;
	for (int i = 0; i < nr * THREADS_PER_OP; i++) {
		w[i] = (struct worker){ .op = which[i / THREADS_PER_OP],
					.seed = start * 64 + i + 1 };
		ASSERT(!pthread_create(&w[i].thread, NULL, work, &w[i]));
	}
	for (long end = ksft_ms() + ms; ksft_ms() < end; usleep(10000))
		fill_tables();
	over = true;
	for (int i = 0; i < nr * THREADS_PER_OP; i++) {
		pthread_join(w[i].thread, NULL);
		count += w[i].count;
	}
	return count;
}

static unsigned long long first_seed(void)
{
	const char *text = getenv("REX_SEED");

	return text ? strtoull(text, NULL, 0) : 1;
}

TEST_TIMEOUT(every_pair_of_operations_leaves_a_healthy_kernel, 240)
{
	unsigned long long start = first_seed();
	unsigned long count = 0;
	struct census before;
	int pairs = 0;

	idle_device();
	set_up_operations();
	before = take_census();
	be_strict(true);
	for (size_t i = 0; i < nr_ops; i++) {
		for (size_t k = 0; k <= i; k++) {
			const struct op *pair[] = { &ops[i], &ops[k] };
			int failures = ksft_failures;

			count += run_ops(pair, 2, PAIR_MS, start + pairs++);
			if (ksft_failures != failures)
				ksft_note("%s and %s", ops[i].name,
					  ops[k].name);
		}
		tear_down_operations();
	}
	be_strict(false);
	ksft_note("%d pairs of %zu operations, %lu calls, seed %llu", pairs,
		  nr_ops, count, start);
	expect_health(&before);
}

static void *work_on_anything(void *arg)
{
	struct worker *w = arg;

	seed_random(w->seed);
	while (!over) {
		ops[random_below(nr_ops)].perform();
		w->count++;
	}
	return NULL;
}

/* CPUs also go offline and online. */
TEST_TIMEOUT(all_operations_at_once_leave_a_healthy_kernel, 60)
{
	unsigned long long start = first_seed();
	unsigned long count = 0;
	struct census before;
	struct worker w[6];

	idle_device();
	set_up_operations();
	before = take_census();
	be_strict(true);
	over = false;
	for (int i = 0; i < 6; i++) {
		w[i] = (struct worker){ .seed = start * 64 + i + 1 };
		ASSERT(!pthread_create(&w[i].thread, NULL, work_on_anything,
				       &w[i]));
	}
	seed_random(start * 64 + 7);
	for (long end = ksft_ms() + 10000; ksft_ms() < end; usleep(200000)) {
		fill_tables();
		switch_cpu(1, false);
		switch_cpu(1, true);
	}
	over = true;
	for (int i = 0; i < 6; i++) {
		pthread_join(w[i].thread, NULL);
		count += w[i].count;
	}
	be_strict(false);
	ksft_note("%lu calls", count);
	expect_health(&before);
}

/* ---- processes that are killed ---- */

TEST_TIMEOUT(processes_killed_within_any_operation_leak_nothing, 90)
{
	unsigned long long start = first_seed();
	struct census before;
	int kills = 0;

	idle_device();
	set_up_operations();
	before = take_census();
	be_strict(true);
	seed_random(start);
	for (long end = ksft_ms() + 10000; ksft_ms() < end; kills++) {
		unsigned int op = random_below(nr_ops);
		pid_t pid = fork();
		int status;

		ASSERT(pid >= 0);
		if (pid == 0) {
			seed_random(start * 1000 + kills + 1);
			fill_tables();
			for (;;)
				ops[op].perform();
		}
		usleep(10000 + random_below(30000));
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		EXPECT_MSG(WIFSIGNALED(status), "%s ended with %#x",
			   ops[op].name, status);
	}
	be_strict(false);
	ksft_note("%d processes", kills);
	expect_health(&before);
}
