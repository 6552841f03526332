/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions of scripts about a log of KTAP: of a VM, as
 * kselftests/runner/ktap.h describes it, or of a suite on the host.
 */
#ifndef REX_HOST_KTAP_LOG_H
#define REX_HOST_KTAP_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "../runner/ktap.h"

/* A whole test of a VM's log. */
struct ktap_test {
	const char *name;
	bool ok;
	struct ktap_totals totals;
	/*
	 * The test failed only by expectations: each counted failure is a
	 * failed result, so there was neither a splat nor a leak.
	 */
	bool only_expectations;
};

/* Read a VM's log up to its end, with a call for each whole test. */
struct ktap_vm {
	void (*test)(struct ktap_vm *vm, const struct ktap_test *test);
	FILE *out; /* for the caller */
	struct ktap_totals totals; /* of all tests */
	char unfinished[256]; /* the test that is begun last and has no result */
	bool done;
};

void ktap_read_vm(struct ktap_vm *vm, FILE *in);

/* Write "ok|failed|skipped TEST CASE" for each result of a test; TEST may be "-". */
void ktap_write_cases(FILE *out, FILE *in);

/*
 * Writes "TEST CASE: REMARK; REMARK..." for each failed result, with what was said before
 * it, and "TEST: REMARK..." for a test that failed as a whole.
 */
void ktap_write_reasons(FILE *out, FILE *in);

/* Write the failed results, each with the lines just before it. */
void ktap_write_failures(FILE *out, FILE *in);

/* Returns the number of results, whole tests included. */
int ktap_count_results(FILE *in);

/*
 * Counts the results of a suite on the host. Of nested results the inner ones
 * count. The outer one, which sums them up, counts if it alone failed. Skips
 * that EXPECTED does not list count as failed, with a note().
 */
void ktap_read_suite(struct ktap_totals *totals, FILE *in, const char *suite,
		     const struct lines *expected);

/* A VM's output is shown as it comes. */
struct ktap_show {
	FILE *out;
	bool all; /* each line */
	long seconds; /* how long the VM has been running */
	char current[256]; /* the test that runs, or "boot" */
	int total; /* tests that are planned; -1: not known */
	struct lines remarks; /* about the result that comes next */
};

/*
 * Shows a line: results of whole tests with the progress, failures with their
 * remarks, and messages of the runner. Returns true if a test has begun.
 */
bool ktap_show_line(struct ktap_show *show, const char *text);

#endif /* REX_HOST_KTAP_LOG_H */
