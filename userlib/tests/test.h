/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small KTAP harness: a test is a function whose name is a claim.
 */
#ifndef LIBREX_TEST_H
#define LIBREX_TEST_H

#include <stdbool.h>
#include <stddef.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

#define TEST_CASE(fn) ((struct test_case){ #fn, fn })
#define TEST_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Marks the running test as failed if @cond is false, and goes on. */
#define CHECK(cond) test_check(!!(cond), #cond, __FILE__, __LINE__)
/* Compares integers and prints both. */
#define CHECK_EQ(a, b)                                                        \
	test_check_eq((long long)(a), (long long)(b), #a " == " #b, __FILE__, \
		      __LINE__)
/* @text, which may be NULL, contains @part. */
#define CHECK_HAS(text, part) test_check_has(text, part, __FILE__, __LINE__)

bool test_check(bool ok, const char *what, const char *file, int line);
bool test_check_eq(long long a, long long b, const char *what, const char *file,
		   int line);
bool test_check_has(const char *text, const char *part, const char *file,
		    int line);

/* Marks the running test as skipped; the caller returns. */
void test_skip(const char *reason);
/* Number of open descriptors of this process. */
int test_count_fds(void);
/* Runs all, returns main()'s result. */
int test_main(const struct test_case *cases, size_t nr);

#endif /* LIBREX_TEST_H */
