// SPDX-License-Identifier: GPL-2.0
/*
 * The tool exitsnoop: its lines are the processes that this one has waited for.
 */
#include <pthread.h>
#include <sys/syscall.h>

#include "rex_sample.h"

#define PROCESSES 12
#define THREADS 5

static struct sample *start(const char *options)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./exitsnoop %s", options);
	s = start_sample("tools/exitsnoop", line);
	await_sample(s, "EXIT_CODE\n"); /* it is attached */
	return s;
}

/* Forks a process that ends with this code, or by the signal. */
static pid_t run(int code, int signal)
{
	int status;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid) {
		if (signal)
			kill(getpid(), signal);
		_exit(code);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(signal ? WTERMSIG(status) : WEXITSTATUS(status),
		  signal ? signal : code);
	return pid;
}

static void expect_line(struct sample *s, pid_t pid, const char *reason)
{
	char begin[64], *line;

	snprintf(begin, sizeof(begin), "\n%-16s %-7d %-7d %-7d ", "exitsnoop",
		 pid, getpid(), pid);
	line = strstr(s->text, begin);
	ASSERT_MSG(line, "no \"%s\" in \"%s\"", begin, s->text);
	line = strndup(line + 1, strcspn(line + 1, "\n"));
	EXPECT_CONTAINS(line, reason);
	free(line);
}

static long count_of(pid_t parent, const char *text)
{
	char word[32];

	snprintf(word, sizeof(word), " %-7d ", parent);
	return count_lines(text, word);
}

TEST(every_process_has_its_status)
{
	struct sample *s = start("");
	pid_t pids[PROCESSES], killed;
	char word[32];

	for (int i = 0; i < PROCESSES; i++)
		pids[i] = run(i, 0);
	killed = run(0, SIGTERM);
	snprintf(word, sizeof(word), "%-7d %-7d", killed, getpid());
	await_sample(s, word);
	EXPECT_EQ(count_of(getpid(), s->text), PROCESSES + 1);
	for (int i = 0; i < PROCESSES; i++) {
		snprintf(word, sizeof(word), i ? "code %d" : " 0", i);
		expect_line(s, pids[i], word);
	}
	expect_line(s, killed, "signal 15 (Terminated)");
	stop_sample(s);
}

TEST(failures_only)
{
	struct sample *s = start("-x -t");
	pid_t failed;
	char word[32];

	run(0, 0);
	failed = run(1, 0);
	snprintf(word, sizeof(word), "%-7d %-7d", failed, getpid());
	await_sample(s, word);
	EXPECT_EQ(count_of(getpid(), s->text), 1);
	stop_sample(s);
}

static void *wait_and_end(void *pipe)
{
	char byte;

	return read(*(int *)pipe, &byte, 1) == 1 ? pipe : NULL;
}

/* A process whose main thread ends first. Its last thread sets the status. */
static void first_thread_first(int go)
{
	pthread_t threads[THREADS];
	static int pipe;

	pipe = go;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, wait_and_end, &pipe);
	syscall(SYS_exit, 0); /* ends this thread */
}

static pid_t start_threads(int *go)
{
	int ends[2];
	pid_t pid;

	ASSERT(!pipe(ends));
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		close(ends[1]);
		first_thread_first(ends[0]);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

TEST(a_process_ends_with_its_last_thread)
{
	char options[32], word[64];
	struct sample *s, *each;
	int go;
	pid_t pid = start_threads(&go);

	snprintf(options, sizeof(options), "-p %d", pid);
	s = start(options);
	strcat(options, " -T");
	each = start(options);
	ksft_pause_ms(200);
	/* The first thread has ended, or will now; the others wait. */
	EXPECT_EQ(count_of(getpid(), s->text), 0);
	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(write(go, "", 1), 1);
	reap(pid);
	snprintf(word, sizeof(word), "\n%-16s %-7d %-7d %-7d ", "exitsnoop",
		 pid, getpid(), pid);
	await_sample(s, word);
	stop_sample(s);
	EXPECT_EQ(count_of(getpid(), s->text), 1);
	stop_sample(each);
	EXPECT(count_of(getpid(), each->text) >= THREADS);
	EXPECT(count_of(getpid(), each->text) <= THREADS + 1);
}

TEST(of_a_cgroup_only)
{
	struct sample *s;
	pid_t in;
	int status;

	free(shell("mkdir -p /sys/fs/cgroup/exits/below"));
	s = start("-c /sys/fs/cgroup/exits");
	run(5, 0);
	in = fork();
	ASSERT(in >= 0);
	if (!in) {
		free(shell("echo %d >/sys/fs/cgroup/exits/below/cgroup.procs",
			   getpid()));
		_exit(6);
	}
	ASSERT_EQ(waitpid(in, &status, 0), in);
	await_sample(s, "code 6\n");
	expect_line(s, in, "code 6");
	EXPECT_EQ(count_lines(s->text, "code 5"), 0);
	stop_sample(s);
	free(shell("rmdir /sys/fs/cgroup/exits/below /sys/fs/cgroup/exits"));
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample("tools/exitsnoop", "./exitsnoop -p 0", &text), 2);
	EXPECT_CONTAINS(text, "'0' is not a number from 1 to ");
	ASSERT_EQ(run_sample("tools/exitsnoop", "./exitsnoop -c /no", &text),
		  2);
	EXPECT_CONTAINS(text, "there is no folder '/no'");
}
