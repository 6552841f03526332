// SPDX-License-Identifier: GPL-2.0
/* The test harness (test.h), and memory for the code under test. */
#include <stdarg.h>
#include <stdlib.h>

#include "test.h"

static unsigned int nr_done, nr_failed;
static bool failed;
static const char *skipped;

static unsigned int alloc_countdown;
static bool alloc_hit;

void plan(size_t nr)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%zu\n", nr);
}

void report(bool ok, const char *name)
{
	nr_done++;
	if (!ok)
		nr_failed++;
	printf("%sok %u %s%s%s\n", ok ? "" : "not ", nr_done, name,
	       skipped ? " # SKIP " : "", skipped ? skipped : "");
	failed = false;
	skipped = NULL;
}

int summary(void)
{
	return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int run_tests(const struct test *tests, size_t nr)
{
	size_t i;

	plan(nr);
	for (i = 0; i < nr; i++) {
		tests[i].run();
		report(!failed, tests[i].name);
	}
	return summary();
}

void fail_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failed = true;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void skip(const char *reason)
{
	skipped = reason;
}

bool has_failed(void)
{
	return failed;
}

void fail_alloc(unsigned int nth)
{
	alloc_countdown = nth;
	alloc_hit = false;
}

bool alloc_failed(void)
{
	return alloc_hit;
}

void *rex_host_calloc(size_t n, size_t size)
{
	if (alloc_countdown && --alloc_countdown == 0) {
		alloc_hit = true;
		return NULL;
	}
	return calloc(n, size);
}
