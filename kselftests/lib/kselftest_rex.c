// SPDX-License-Identifier: GPL-2.0
/*
 * The harness: runs each TEST in a process of its own, and writes KTAP.
 */
#include "kselftest_rex.h"

int ksft_failures;

static struct ksft_test *ksft_first, **ksft_last = &ksft_first;

void ksft_register(struct ksft_test *test)
{
	*ksft_last = test;
	ksft_last = &test->next;
}

void ksft_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

long ksft_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

long ksft_ms(void)
{
	return ksft_ns() / 1000000;
}

void ksft_pause_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

void ksft_kmsg(const char *fmt, ...)
{
	char text[512];
	va_list args;
	int fd, len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	ASSERT_EQ(write(fd, text, len), len);
	close(fd);
}

int ksft_slower(void)
{
	const char *factor = getenv("REX_SLOWER");

	return factor ? atoi(factor) : 1;
}

static void ksft_result(int number, const struct ksft_test *test, int status)
{
	bool skip = WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP;
	bool ok = skip || (WIFEXITED(status) && !WEXITSTATUS(status));

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		ksft_note("%s was not done after %d s", test->name,
			  test->seconds * ksft_slower());
	else if (WIFSIGNALED(status))
		ksft_note("%s was killed by signal %d", test->name,
			  WTERMSIG(status));
	printf("%s %d %s%s\n", ok ? "ok" : "not ok", number, test->name,
	       skip ? " # SKIP" : "");
	fflush(stdout);
}

/* Runs one TEST in a child, and returns its status from waitpid(). */
static int ksft_run(const struct ksft_test *test)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return 1 << 8;
	if (pid == 0) {
		alarm(test->seconds * ksft_slower());
		test->run();
		exit(ksft_failures ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1 << 8;
	return status;
}

int main(void)
{
	int number = 0, count = 0;

	for (struct ksft_test *test = ksft_first; test; test = test->next)
		count++;
	printf("KTAP version 1\n1..%d\n", count);
	for (struct ksft_test *test = ksft_first; test; test = test->next)
		ksft_result(++number, test, ksft_run(test));
	return 0;
}
