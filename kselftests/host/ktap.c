// SPDX-License-Identifier: GPL-2.0
/*
 * Answers questions of scripts about a log of KTAP; kselftests/runner/ktap.h
 * documents the log of a VM.
 *
 *	ktap QUESTION FILE
 *
 * of a VM's log:
 *	totals		PASSED FAILED SKIPPED, of all tests
 *	complete	the exit status is 0 if the runner came to its end
 *	unfinished	the test in which the VM ended; nothing if in none
 *	passed		the tests that passed
 *	expectations	TEST FAILURES, of each that failed by expectations alone, so
 *			that it may be repeated
 *	durations	TEST SECONDS, of each
 * of any log:
 *	cases		ok|failed|skipped TEST CASE, of each result; TEST is "-" on the
 *			host
 *	reasons		TEST CASE: REMARK; REMARK..., of each failed result
 *	failures	the failed results, each with the lines just before it
 *	results		the number of results
 *
 *	ktap suite NAME EXPECTED-SKIPS FILE
 *
 * prints remarks on the results of a suite on the host, then as the last line PASSED
 * FAILED SKIPPED.
 *
 *	ktap show [-a] [-b SECONDS] NAME
 *
 * copies a VM's output from standard input to standard output: what a reader wants to
 * see, -a: all. Says on standard error each ten seconds what NAME is at, if nothing
 * comes. The VM has been running for SECONDS.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ktap_log.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define PATIENCE_MS 10000

void note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("# ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	fflush(stdout);
	va_end(args);
}

void fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("ktap: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

static FILE *open_log(const char *file)
{
	FILE *f = fopen(file, "re");

	if (!f)
		fatal("%s: %s", file, strerror(errno));
	return f;
}

/* ---- questions: each prints an answer, and returns the exit status ---- */

static int totals(FILE *in)
{
	struct ktap_vm vm = {};

	ktap_read_vm(&vm, in);
	printf("%d %d %d\n", vm.totals.passed, vm.totals.failed,
	       vm.totals.skipped);
	return 0;
}

static int complete(FILE *in)
{
	struct ktap_vm vm = {};

	ktap_read_vm(&vm, in);
	return !vm.done;
}

static int unfinished(FILE *in)
{
	struct ktap_vm vm = {};

	ktap_read_vm(&vm, in);
	if (vm.unfinished[0])
		puts(vm.unfinished);
	return 0;
}

static void print_passed(struct ktap_vm *vm, const struct ktap_test *test)
{
	if (test->ok)
		fprintf(vm->out, "%s\n", test->name);
}

static int passed(FILE *in)
{
	struct ktap_vm vm = { .test = print_passed, .out = stdout };

	ktap_read_vm(&vm, in);
	return 0;
}

static void print_expectations(struct ktap_vm *vm, const struct ktap_test *test)
{
	if (test->only_expectations)
		fprintf(vm->out, "%s %d\n", test->name, test->totals.failed);
}

static int expectations(FILE *in)
{
	struct ktap_vm vm = { .test = print_expectations, .out = stdout };

	ktap_read_vm(&vm, in);
	return 0;
}

static void print_duration(struct ktap_vm *vm, const struct ktap_test *test)
{
	fprintf(vm->out, "%s %ld\n", test->name, test->totals.seconds);
}

static int durations(FILE *in)
{
	struct ktap_vm vm = { .test = print_duration, .out = stdout };

	ktap_read_vm(&vm, in);
	return 0;
}

static int cases(FILE *in)
{
	ktap_write_cases(stdout, in);
	return 0;
}

static int reasons(FILE *in)
{
	ktap_write_reasons(stdout, in);
	return 0;
}

static int failures(FILE *in)
{
	ktap_write_failures(stdout, in);
	return 0;
}

static int results(FILE *in)
{
	printf("%d\n", ktap_count_results(in));
	return 0;
}

static const struct {
	const char *name;
	int (*answer)(FILE *in);
} questions[] = {
	{ "totals", totals },
	{ "complete", complete },
	{ "unfinished", unfinished },
	{ "passed", passed },
	{ "expectations", expectations },
	{ "durations", durations },
	{ "cases", cases },
	{ "reasons", reasons },
	{ "failures", failures },
	{ "results", results },
};

/* ---- suite, show ---- */

static int suite(const char *name, const char *skips, const char *file)
{
	struct ktap_totals totals = {};
	struct lines expected = {};
	FILE *in = open_log(file);

	lines_read(&expected, skips);
	ktap_read_suite(&totals, in, name, &expected);
	printf("%d %d %d\n", totals.passed, totals.failed, totals.skipped);
	lines_clear(&expected);
	fclose(in);
	return 0;
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Waits for input, and prints the test that NAME runs if it takes long. */
static void wait_for_input(const struct ktap_show *show, const char *name,
			   long since)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };

	while (!poll(&p, 1, PATIENCE_MS))
		fprintf(stderr, "  %-7s %s: %s, %ld s\n", "TEST", name,
			show->current, now() - since);
}

/* The output so far of the line that is coming. */
struct partial {
	char text[4096];
	size_t len;
};

/* Take LEN bytes of output; show the lines that are complete. Returns if a test began. */
static bool take_bytes(struct ktap_show *show, struct partial *line,
		       const char *bytes, ssize_t len)
{
	bool began = false;

	for (ssize_t i = 0; i < len; i++) {
		if (bytes[i] != '\n')
			line->text[line->len++] = bytes[i];
		if (bytes[i] == '\n' || line->len == sizeof(line->text) - 1) {
			line->text[line->len] = '\0';
			line->len = 0;
			began |= ktap_show_line(show, line->text);
		}
	}
	return began;
}

static int show(const char *name, bool all, long seconds)
{
	struct ktap_show show = {
		.out = stdout, .all = all, .current = "boot", .total = -1
	};
	long start = now() - seconds, since = now();
	struct partial line = {};
	char buf[4096];
	ssize_t len;

	for (;;) {
		wait_for_input(&show, name, since);
		len = read(0, buf, sizeof(buf));
		if (len <= 0)
			break;
		show.seconds = now() - start;
		if (take_bytes(&show, &line, buf, len))
			since = now();
	}
	if (line.len)
		take_bytes(&show, &line, "\n", 1);
	lines_clear(&show.remarks);
	return 0;
}

static int usage(void)
{
	fputs("usage: ktap QUESTION FILE | suite NAME EXPECTED-SKIPS FILE | "
	      "show [-a] [-b SECONDS] NAME\n"
	      "questions:",
	      stderr);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		fprintf(stderr, " %s", questions[i].name);
	fputc('\n', stderr);
	return 2;
}

static int main_show(int argc, char **argv)
{
	bool all = false;
	long seconds = 0;
	int c;

	while ((c = getopt(argc, argv, "ab:")) != -1) {
		if (c == 'a')
			all = true;
		else if (c == 'b')
			seconds = atol(optarg);
		else
			return usage();
	}
	return optind + 1 == argc ? show(argv[optind], all, seconds) : usage();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "show"))
		return main_show(argc - 1, argv + 1);
	if (argc == 5 && !strcmp(argv[1], "suite"))
		return suite(argv[2], argv[3], argv[4]);
	for (size_t i = 0; argc == 3 && i < ARRAY_SIZE(questions); i++) {
		if (!strcmp(argv[1], questions[i].name)) {
			FILE *in = open_log(argv[2]);
			int status = questions[i].answer(in);

			fclose(in);
			return status;
		}
	}
	return usage();
}
