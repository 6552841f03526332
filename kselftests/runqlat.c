// SPDX-License-Identifier: GPL-2.0
/*
 * The tool runqlat counts a wait each time a process gets a CPU.
 */
#include <sched.h>
#include <sys/resource.h>

#include "rex_sample.h"
#include "rex_worker.h"

#define SLEEPS 150
/* The number of switches that the process makes besides the counted ones. */
#define MARGIN 6

static const char folder[] = "tools/runqlat";

static long switches(void)
{
	struct rusage usage;

	ASSERT(!getrusage(RUSAGE_SELF, &usage));
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

/*
 * Sleeps, and returns the number of times it gave up the CPU. A sleep whose time is over
 * before it begins, as on a busy machine, gives up nothing.
 */
static void sleep_often(struct work_done *done)
{
	struct timespec ms = { 0, 1000000 };
	long before = switches();

	while (switches() - before < SLEEPS)
		nanosleep(&ms, NULL);
	done->numbers[0] = switches() - before;
}

static struct sample *start(const char *options, pid_t pid)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./runqlat -p %d %s", pid, options);
	s = start_sample(folder, line);
	await_sample(s, "end.\n"); /* it is attached */
	return s;
}

static void expect_waits(struct sample *s, long switches)
{
	long waits = histogram_sum(s->text);

	EXPECT(switches >= SLEEPS);
	EXPECT_MSG(waits >= switches && waits <= switches + MARGIN,
		   "%ld waits, %ld switches: %s", waits, switches, s->text);
}

TEST(every_wait_is_counted)
{
	struct worker worker = start_worker(sleep_often);
	struct sample *s = start("", worker.pid);
	long count = let_work(&worker).numbers[0];

	stop_sample(s);
	expect_waits(s, count);
	EXPECT_CONTAINS(s->text, " usecs ");
	end_worker(&worker);
}

TEST(by_process_with_intervals)
{
	struct worker worker = start_worker(sleep_often);
	struct sample *s = start("-P -T -m 1", worker.pid);
	long count = let_work(&worker).numbers[0];
	char title[32];

	ksft_pause_ms(1100);
	stop_sample(s);
	expect_waits(s, count);
	snprintf(title, sizeof(title), "pid = %d runqlat\n", worker.pid);
	EXPECT_CONTAINS(s->text, title);
	EXPECT_CONTAINS(s->text, " msecs ");
	end_worker(&worker);
}

TEST(by_the_cgroup_of_the_waiting_task)
{
	struct worker worker = start_worker(sleep_often);
	struct sample *in, *out;
	long count;

	free(shell("mkdir -p /sys/fs/cgroup/waits/below /sys/fs/cgroup/empty;"
		   " echo %d >/sys/fs/cgroup/waits/below/cgroup.procs",
		   worker.pid));
	in = start("-c /sys/fs/cgroup/waits", worker.pid);
	out = start("-c /sys/fs/cgroup/empty", worker.pid);
	count = let_work(&worker).numbers[0];
	stop_sample(in);
	stop_sample(out);
	expect_waits(in, count);
	EXPECT_EQ(histogram_sum(out->text), 0);
	end_worker(&worker);
	free(shell("cd /sys/fs/cgroup && rmdir waits/below waits empty"));
}

/* Two threads that want the same CPU wait for each other. */
TEST(waits_are_as_long_as_the_other_runs)
{
	cpu_set_t first = { .__bits = { 1 } };
	struct sample *s = start_sample(folder, "./runqlat -L 3600");
	char title[32], *mine, *end;
	pid_t other;

	await_sample(s, "end.\n");
	other = fork();
	ASSERT(other >= 0);
	ASSERT(!sched_setaffinity(0, sizeof(first), &first));
	for (long end = ksft_ms() + 1000; ksft_ms() < end;)
		;
	if (!other)
		_exit(0);
	reap(other);
	stop_sample(s);
	snprintf(title, sizeof(title), "tid = %d runqlat\n", other);
	mine = strstr(s->text, title);
	ASSERT_MSG(mine, "no %s in %s", title, s->text);
	end = strstr(mine, "\n\n");
	if (end)
		*end = '\0';
	/* A slice is milliseconds long: 1024 microseconds at least. */
	mine = strstr(mine, "      1024 -> 2047 ");
	EXPECT_MSG(mine && histogram_sum(mine) > 0, "%s", s->text);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample(folder, "./runqlat 0", &text), 2);
	EXPECT_CONTAINS(text, "'0' is not a number from 1 to ");
	ASSERT_EQ(run_sample(folder, "./runqlat --pidnss -T 1 1", &text), 0);
	EXPECT_CONTAINS(text, "pidns = ");
}
