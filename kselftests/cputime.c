// SPDX-License-Identifier: GPL-2.0
/*
 * The sample cputime shows the scheduler's own times.
 */
#include <pthread.h>

#include "rex_sample.h"

#define THREADS 3

static void *burn(void *ms)
{
	long end = ksft_ms() + (long)ms;

	while (ksft_ms() < end)
		;
	return NULL;
}

/*
 * Starts a process with threads, one of which has ended, that sleeps after some
 * work.
 */
static pid_t start_burner(void)
{
	pthread_t threads[THREADS];
	int ready[2];
	pid_t pid;
	char byte;

	ASSERT(!pipe(ready));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (long i = 0; i < THREADS; i++)
			pthread_create(&threads[i], NULL, burn,
				       (void *)(50 * (i + 1)));
		pthread_join(threads[0], NULL);
		burn((void *)200);
		for (int i = 1; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Returns nanoseconds of the kernel's clock of the process. */
static __u64 runtime(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	ASSERT(!clock_getcpuclockid(pid, &clock));
	ASSERT(!clock_gettime(clock, &t));
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Returns the line of PID, which must be there. */
static __u64 answer(const char *text, pid_t pid)
{
	unsigned long long ms, ns;
	char line[32];
	const char *at;

	snprintf(line, sizeof(line), "\n%d: ", pid);
	at = strstr(text, line);
	if (!at && !strncmp(text, line + 1, strlen(line + 1)))
		at = text - 1;
	ASSERT_MSG(at && sscanf(at + strlen(line), "%llu.%6llu ms\n", &ms,
				&ns) == 2,
		   "no line for %d in \"%s\"", pid, text);
	return ms * 1000000 + ns;
}

static bool is_asleep(pid_t pid)
{
	char path[64], *text;
	bool asleep;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = read_all(path, NULL);
	asleep = strstr(text, ") S ");
	free(text);
	return asleep;
}

TEST(time_is_that_of_all_threads)
{
	pid_t pid = start_burner();
	char line[64], *text;
	__u64 want;

	ASSERT(WAIT_FOR(is_asleep(pid), 10));
	want = runtime(pid);
	snprintf(line, sizeof(line), "./loader %d", pid);
	ASSERT_EQ(run_sample("cputime", line, &text), 0);
	ksft_note("%d has run %llu ns", pid, (unsigned long long)want);
	EXPECT_EQ(answer(text, pid), want);
	EXPECT_EQ(runtime(pid), want); /* it did nothing meanwhile */
	EXPECT(want >= 50000000);
	ASSERT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
}

TEST(processes_that_do_not_exist_are_skipped)
{
	char line[128], *text;
	pid_t gone = fork();

	ASSERT(gone >= 0);
	if (gone == 0)
		_exit(0);
	reap(gone);
	snprintf(line, sizeof(line),
		 "./loader %d 1 0 -1 nonsense 99999999999 %d", gone, getpid());
	ASSERT_EQ(run_sample("cputime", line, &text), 0);
	EXPECT(answer(text, 1) > 0);
	EXPECT(answer(text, getpid()) <= runtime(getpid()));
	EXPECT_EQ(count_lines(text, " ms"), 2);
	EXPECT_EQ(count_lines(text, "is not a process id"), 4);
	EXPECT_CONTAINS(text, "loader: 'nonsense' is not a process id\n");
}

TEST(time_of_many_processes_is_shown_at_once)
{
	struct sample *s;
	pid_t pids[30];
	char line[512];
	int len;

	len = snprintf(line, sizeof(line), "./loader");
	for (int i = 0; i < 30; i++) {
		pids[i] = fork_idle();
		ASSERT(pids[i] >= 0);
		len += snprintf(line + len, sizeof(line) - len, " %d", pids[i]);
	}
	s = start_sample("cputime", line);
	EXPECT_EQ(end_sample(s), 0);
	for (int i = 0; i < 30; i++) {
		answer(s->text, pids[i]); /* 0 if it has not run yet */
		kill(pids[i], SIGKILL);
		ASSERT_EQ(waitpid(pids[i], NULL, 0), pids[i]);
	}
}
