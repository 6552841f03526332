/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KTAP is read here and nowhere else: by the runner, in the VM, which takes the
 * results of a test into account as they come, and by the host's tool
 * (kselftests/host/ktap.c), which answers what scripts want to know of a log.
 *
 * What is printed about a whole test is its result and, in the same line, its
 * totals. Rex's runner adds them to KTAP; here is all that defines them:
 *
 *	ok 3 maps # passed 7 failed 0 skipped 1 in 4 s
 *
 * "passed" and "skipped" count results of the test, "failed" counts failed results
 * and, one each, everything that was wrong with the test as a whole: it died, the
 * kernel complained, rex.ko could not be unloaded. The test failed if any did.
 * The results of the test are nested in front of this line, four columns to the
 * right, and its name is announced in front of them: "# test maps". Before the
 * first test stands one called "boot", for what the kernel said until then. Last
 * comes "# done"; where that is missing, the VM has ended in the test announced last.
 */
#ifndef _REX_RUNNER_KTAP_H
#define _REX_RUNNER_KTAP_H

#include <stdbool.h>
#include <stdio.h>

#include "lines.h"

/* The columns by which the results of a test are nested. */
#define KTAP_NESTED 4

struct ktap_totals {
	int passed, failed, skipped;
	long seconds;
};

enum ktap_kind {
	KTAP_TEXT, /* not KTAP */
	KTAP_VERSION,
	KTAP_PLAN,
	KTAP_RESULT,
	KTAP_REMARK,
	KTAP_TEST, /* "# test NAME" */
	KTAP_DONE, /* "# done" */
	KTAP_BAIL_OUT,
};

/* A line, taken apart. */
struct ktap_line {
	enum ktap_kind kind;
	int indent;
	int number; /* of a result or, in a plan, of results; -1: not given */
	bool ok, skip; /* of a result */
	bool has_totals; /* of a result */
	struct ktap_totals totals;
	char name[256]; /* of a result or a test */
};

void ktap_parse(struct ktap_line *line, const char *text);

/* Write the result of a whole test. */
void ktap_write_totals(FILE *out, int number, const char *test,
		       const struct ktap_totals *totals);

/*
 * Was the skip of CASE in TEST on KERNEL foreseen? An entry is "KERNEL TEST CASE",
 * each a glob pattern; CASE reaches to the end of the line.
 */
bool ktap_skip_is_expected(const struct lines *expected, const char *kernel,
			   const char *test, const char *name);

/* The output of a test that is running, so far. */
struct ktap {
	const char *test, *kernel;
	const struct lines *expected_skips;
	int planned; /* -1: no plan seen */
	int seen; /* result lines */
	struct ktap_totals totals;
	bool bailed_out;
};

/* Take one line of the test's output into account. */
void ktap_take(struct ktap *ktap, const char *text);

#endif
