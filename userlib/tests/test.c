// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static bool test_failed;
static const char *test_skipped;

bool test_check(bool ok, const char *what, const char *file, int line)
{
	if (!ok) {
		printf("# %s:%d: false: %s\n", file, line, what);
		test_failed = true;
	}
	return ok;
}

bool test_check_eq(long long a, long long b, const char *what, const char *file,
		   int line)
{
	if (a != b) {
		printf("# %s:%d: false: %s (%lld, %lld)\n", file, line, what, a,
		       b);
		test_failed = true;
	}
	return a == b;
}

bool test_check_has(const char *text, const char *part, const char *file,
		    int line)
{
	if (text && strstr(text, part))
		return true;
	printf("# %s:%d: no \"%s\" in \"%s\"\n", file, line, part,
	       text ? text : "(null)");
	test_failed = true;
	return false;
}

void test_skip(const char *reason)
{
	test_skipped = reason;
}

int test_count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int nr = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr;
}

int test_main(const struct test_case *cases, size_t nr)
{
	bool any_failed = false;
	size_t i;

	printf("KTAP version 1\n1..%zu\n", nr);
	for (i = 0; i < nr; i++) {
		test_failed = false;
		test_skipped = NULL;
		cases[i].run();
		printf("%sok %zu %s", test_failed ? "not " : "", i + 1,
		       cases[i].name);
		if (test_skipped && !test_failed)
			printf(" # SKIP %s", test_skipped);
		printf("\n");
		fflush(stdout);
		any_failed |= test_failed;
	}
	return any_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
