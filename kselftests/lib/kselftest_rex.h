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
 * A fixture sets up data of several TESTs and takes it down, as in the kernel's
 * harness:
 *
 *	FIXTURE(device)
 *	{
 *		int fd;
 *	};
 *
 *	FIXTURE_SETUP(device)
 *	{
 *		self->fd = open("/dev/rex", O_RDWR);
 *		ASSERT(self->fd >= 0);
 *	}
 *
 *	FIXTURE_TEARDOWN(device)
 *	{
 *		close(self->fd);
 *	}
 *
 *	TEST_F(device, the_name_is_a_claim)
 *	{
 *		EXPECT_EQ(ioctl(self->fd, 0), -1);
 *	}
 *
 * There is no main() to write. Each TEST runs in its own process, with a
 * deadline, in the order of the file; its open files are closed when it ends.
 * The output is KTAP. The runner loads rex.ko before each test program and
 * unloads it afterwards. A leak that makes this fail is a failure of the test,
 * and so is a splat in the kernel's log that the test did not announce with
 * announce_dmesg(). An optional comment "TEST-DEADLINE: 300" in the file sets
 * the seconds for the whole program.
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

/*
 * Seconds that one TEST may take; TEST_TIMEOUT() sets another limit. These seconds and
 * those of WAIT_FOR() are as many times longer as the runner says that the kernel is slower.
 */
#define KSFT_SECONDS 60
#define KSFT_SKIP 4 /* exit status, as elsewhere in kselftest */

struct ksft_test {
	const char *name;
	void (*run)(void);
	int seconds;
	struct ksft_test *next;
};

extern int ksft_failures; /* of the TEST that runs, in its process */

/* TESTs run in the order in which they are registered. */
void ksft_register(struct ksft_test *test);

#define TEST_TIMEOUT(_name, _seconds)                                        \
	static void _name(void);                                             \
	static struct ksft_test ksft_##_name = { #_name, _name, _seconds,    \
						 NULL };                     \
	__attribute__((constructor)) static void ksft_register_##_name(void) \
	{                                                                    \
		ksft_register(&ksft_##_name);                                \
	}                                                                    \
	static void _name(void)

#define TEST(_name) TEST_TIMEOUT(_name, KSFT_SECONDS)

/*
 * FIXTURE(nets) is struct nets_fixture. Setting up and taking down run in the
 * process of the TEST_F. A failed ASSERT ends it without taking down.
 */
#define FIXTURE(_f) struct _f##_fixture
#define FIXTURE_SETUP(_f)                                      \
	static void ksft_set_up_##_f(struct _f##_fixture *self \
				     __attribute__((unused)))
#define FIXTURE_TEARDOWN(_f)                                      \
	static void ksft_take_down_##_f(struct _f##_fixture *self \
					__attribute__((unused)))

#define TEST_F_TIMEOUT(_f, _name, _seconds)                          \
	static void ksft_body_of_##_name(struct _f##_fixture *self); \
	TEST_TIMEOUT(_name, _seconds)                                \
	{                                                            \
		static struct _f##_fixture self;                     \
		ksft_set_up_##_f(&self);                             \
		ksft_body_of_##_name(&self);                         \
		ksft_take_down_##_f(&self);                          \
	}                                                            \
	static void ksft_body_of_##_name(struct _f##_fixture *self   \
					 __attribute__((unused)))

#define TEST_F(_f, _name) TEST_F_TIMEOUT(_f, _name, KSFT_SECONDS)

/* Prints a remark in the output. */
void ksft_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Reports a failure: the TEST goes on after EXPECT, and ends after ASSERT. */
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

/* Expects the call to fail with this errno: EXPECT_ERRNO(open(...), EACCES). */
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

/* Expects HAYSTACK to contain NEEDLE. */
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

/* Return the time of CLOCK_MONOTONIC. */
long ksft_ns(void);
long ksft_ms(void);

/* How many times slower this kernel is: 1, or more on a debug kernel. */
int ksft_slower(void);

void ksft_pause_ms(int ms);

/* Poll until COND is true or SECONDS have passed; the value is COND's. */
#define WAIT_FOR(_cond, _seconds)                                         \
	({                                                                \
		long _end = ksft_ms() + (_seconds)*1000L * ksft_slower(); \
		bool _done;                                               \
		while (!(_done = (_cond)) && ksft_ms() < _end)            \
			ksft_pause_ms(10);                                \
		_done;                                                    \
	})

/* Write TEXT into the kernel's log, e.g. as a mark to search from. */
void ksft_kmsg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Announces that the kernel will log a line that matches the POSIX extended
 * REGEX. That line is no splat, and the test fails without it.
 */
#define announce_dmesg(_regex) ksft_kmsg("rex-test: expect %s", _regex)

#endif
