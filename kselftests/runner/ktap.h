/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KTAP is read only here: by the runner in the VM, which counts the results of
 * a test as they come, and by the host's tool (kselftests/host/ktap.c), which
 * answers questions of scripts about a log.
 *
 * A whole test is printed as its result and, in the same line, its totals,
 * which Rex's runner adds to KTAP:
 *
 *	ok 3 maps # passed 7 failed 0 skipped 1 in 4 s
 *
 * "passed" and "skipped" count results of the test. "failed" counts failed
 * results and each failure of the test as a whole: it died, the kernel logged a
 * splat, rex.ko could not be unloaded. The test failed if it is not 0. The
 * results of the test are nested before this line, four columns to the right,
 * after its name: "# test maps". The first test is "boot", for the kernel's log
 * until then. The last line is "# done"; without it, the VM has ended in the
 * test that was named last.
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
 * Returns whether the skip of CASE in TEST on KERNEL is expected. An entry is
 * "KERNEL TEST CASE", each a glob pattern; CASE reaches to the end of the line.
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

/* Counts one line of the test's output. */
void ktap_take(struct ktap *ktap, const char *text);

#endif
