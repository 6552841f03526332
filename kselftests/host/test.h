/* SPDX-License-Identifier: GPL-2.0 */
/* A small test harness: a table of named claims, results as KTAP. */
#ifndef REX_HOST_TEST_H
#define REX_HOST_TEST_H

#include <stdbool.h>
#include <stdio.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* Run the tests, print KTAP; the value is the program's exit status. */
int run_tests(const struct test *tests, size_t nr);

/* For one result more than there are functions: a table of cases. */
void plan(size_t nr);
void report(bool ok, const char *name);
int summary(void);

/* Mark the running test as failed, with a reason; it goes on. */
__attribute__((format(printf, 3, 4))) void fail_at(const char *file, int line,
						   const char *fmt, ...);

#define fail(...) fail_at(__FILE__, __LINE__, __VA_ARGS__)

#define check(cond)                        \
	do {                               \
		if (!(cond))               \
			fail("%s", #cond); \
	} while (0)

#define check_int(a, b)                                                        \
	do {                                                                   \
		long long _a = (a), _b = (b);                                  \
		if (_a != _b)                                                  \
			fail("%s is %lld (0x%llx), not %lld (0x%llx)", #a, _a, \
			     _a, _b, _b);                                      \
	} while (0)

#define check_str(a, b)                                               \
	do {                                                          \
		const char *_a = (a), *_b = (b);                      \
		if (strcmp(_a, _b))                                   \
			fail("%s is \"%s\", not \"%s\"", #a, _a, _b); \
	} while (0)

/* The running test cannot be made, for a reason: KTAP's SKIP. */
void skip(const char *reason);

/*
 * Returns whether the running test (since plan(), report() or its start) has
 * failed.
 */
bool has_failed(void);

/*
 * Make an allocation of the code under test fail: the @nth from now, from 1; 0
 * for none. alloc_failed() says whether that happened.
 */
void fail_alloc(unsigned int nth);
bool alloc_failed(void);

#endif /* REX_HOST_TEST_H */
