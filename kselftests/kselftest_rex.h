/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness of the C kselftests. A test file is
 *
 *	#include "kselftest_rex.h"
 *
 *	TEST(the_name_is_a_claim)
 *	{
 *		int fd = open("/dev/rex", O_RDWR);
 *
 *		ASSERT(fd >= 0);
 *		EXPECT_EQ(ioctl(fd, 0), -1);
 *	}
 *
 * There is no main() to write. Each TEST runs in a process of its own, with a
 * deadline, in the order in which they stand; what it leaves open is closed
 * when it ends. The output is KTAP. rex.ko is loaded before each test program
 * and unloaded after it by the runner; what a test leaves behind so that this
 * fails is a failure of the test, and so is a splat in the kernel's log that
 * it did not announce with announce_dmesg(). An optional comment
 * "TEST-DEADLINE: 300" in the file sets the seconds for the whole program.
 */
#ifndef _KSELFTEST_REX_H
#define _KSELFTEST_REX_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds that one TEST may take; TEST_TIMEOUT() sets another limit. */
#define KSFT_SECONDS 60
#define KSFT_SKIP 4 /* exit status, as elsewhere in kselftest */

struct ksft_test {
	const char *name;
	void (*run)(void);
	int seconds;
	struct ksft_test *next;
};

static struct ksft_test *ksft_first, **ksft_last = &ksft_first;
static int ksft_failures; /* of the TEST that runs, in its process */

#define TEST_TIMEOUT(_name, _seconds)                                        \
	static void _name(void);                                             \
	static struct ksft_test ksft_##_name = { #_name, _name, _seconds,    \
						 NULL };                     \
	__attribute__((constructor)) static void ksft_register_##_name(void) \
	{                                                                    \
		*ksft_last = &ksft_##_name;                                  \
		ksft_last = &ksft_##_name.next;                              \
	}                                                                    \
	static void _name(void)

#define TEST(_name) TEST_TIMEOUT(_name, KSFT_SECONDS)

/* A remark in the output. */
__attribute__((unused, format(printf, 1, 2))) static void
ksft_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

/* Something is wrong: the TEST goes on after EXPECT, and ends after ASSERT. */
#define EXPECT_MSG(_cond, _fmt, ...)                                  \
	({                                                            \
		bool _ok = (_cond);                                   \
		if (!_ok) {                                           \
			ksft_note("%s:%d: " _fmt, __FILE__, __LINE__, \
				  ##__VA_ARGS__);                     \
			ksft_failures++;                              \
		}                                                     \
		_ok;                                                  \
	})
#define ASSERT_MSG(_cond, _fmt, ...)                         \
	do {                                                 \
		if (!EXPECT_MSG(_cond, _fmt, ##__VA_ARGS__)) \
			exit(1);                             \
	} while (0)

#define EXPECT(_cond) \
	EXPECT_MSG(_cond, "not true: %s (errno %d)", #_cond, errno)
#define ASSERT(_cond) \
	ASSERT_MSG(_cond, "not true: %s (errno %d)", #_cond, errno)

/* Compare two integers; both are shown if they differ. */
#define KSFT_EQ(_how, _a, _b)                                                 \
	do {                                                                  \
		long long _va = (long long)(_a), _vb = (long long)(_b);       \
		_how(_va == _vb, "%s is %lld, not %lld (errno %d)", #_a, _va, \
		     _vb, errno);                                             \
	} while (0)
#define EXPECT_EQ(_a, _b) KSFT_EQ(EXPECT_MSG, _a, _b)
#define ASSERT_EQ(_a, _b) KSFT_EQ(ASSERT_MSG, _a, _b)

/* The call must fail with this errno: EXPECT_ERRNO(open(...), EACCES). */
#define EXPECT_ERRNO(_call, _errno)                                        \
	do {                                                               \
		long long _rc;                                             \
		errno = 0;                                                 \
		_rc = (long long)(_call);                                  \
		EXPECT_MSG(_rc == -1 && errno == (_errno),                 \
			   "%s gives %lld, errno %d (%s), not %s", #_call, \
			   _rc, errno, strerror(errno), #_errno);          \
	} while (0)

#define EXPECT_STREQ(_a, _b)                                                   \
	do {                                                                   \
		const char *_sa = (_a), *_sb = (_b);                           \
		EXPECT_MSG(!strcmp(_sa, _sb), "%s is \"%s\", not \"%s\"", #_a, \
			   _sa, _sb);                                          \
	} while (0)

/* HAYSTACK contains NEEDLE. */
#define EXPECT_CONTAINS(_haystack, _needle)                                  \
	do {                                                                 \
		const char *_sh = (_haystack), *_sn = (_needle);             \
		EXPECT_MSG(strstr(_sh, _sn), "%s is \"%s\", without \"%s\"", \
			   #_haystack, _sh, _sn);                            \
	} while (0)

/* End this TEST as skipped. It must be in expected-skips.txt. */
#define SKIP(_why)                          \
	do {                                \
		ksft_note("SKIP %s", _why); \
		exit(KSFT_SKIP);            \
	} while (0)

__attribute__((unused)) static long ksft_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

__attribute__((unused)) static void ksft_pause_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* Poll until COND is true or SECONDS have passed; the value is COND's. */
#define WAIT_FOR(_cond, _seconds)                              \
	({                                                     \
		long _end = ksft_ms() + (_seconds)*1000L;      \
		bool _done;                                    \
		while (!(_done = (_cond)) && ksft_ms() < _end) \
			ksft_pause_ms(10);                     \
		_done;                                         \
	})

/* Write TEXT into the kernel's log, e.g. as a mark to search from. */
__attribute__((unused, format(printf, 1, 2))) static void
ksft_kmsg(const char *fmt, ...)
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

/*
 * The kernel will log a line that matches the POSIX extended REGEX: that line
 * is no splat, and the test fails if it does not come.
 */
#define announce_dmesg(_regex) ksft_kmsg("rex-test: expect %s", _regex)

__attribute__((unused)) static void
ksft_result(int number, const struct ksft_test *test, int status)
{
	bool skip = WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP;
	bool ok = skip || (WIFEXITED(status) && !WEXITSTATUS(status));

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		ksft_note("%s was not done after %d s", test->name,
			  test->seconds);
	else if (WIFSIGNALED(status))
		ksft_note("%s was killed by signal %d", test->name,
			  WTERMSIG(status));
	printf("%s %d %s%s\n", ok ? "ok" : "not ok", number, test->name,
	       skip ? " # SKIP" : "");
	fflush(stdout);
}

/* Run one TEST in a child; returns what waitpid() said. */
__attribute__((unused)) static int ksft_run(const struct ksft_test *test)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return 1 << 8;
	if (pid == 0) {
		alarm(test->seconds);
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

#endif
