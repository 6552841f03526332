// SPDX-License-Identifier: GPL-2.0
/* KTAP's lines, and logs of them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ktap_log.h"
#include "test.h"

static char said[256]; /* by note() */

void note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
}

void fatal(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

static FILE *text_file(const char *text)
{
	return fmemopen((void *)text, strlen(text), "r");
}

/* Checks that WRITE answers ANSWER to TEXT. */
static void check_answer(void (*write)(FILE *out, FILE *in), const char *text,
			 const char *answer)
{
	char *got = NULL;
	size_t size;
	FILE *in = text_file(text), *out = open_memstream(&got, &size);

	write(out, in);
	fclose(in);
	fclose(out);
	check_str(got, answer);
	free(got);
}

/* ---- lines ---- */

static struct ktap_line parsed(const char *text)
{
	struct ktap_line line;

	ktap_parse(&line, text);
	return line;
}

static void result_has_number_and_name(void)
{
	struct ktap_line line = parsed("ok 12 a name of words  ");

	check_int(line.kind, KTAP_RESULT);
	check_int(line.indent, 0);
	check_int(line.number, 12);
	check(line.ok && !line.skip && !line.has_totals);
	check_str(line.name, "a name of words");
	line = parsed("    not ok 3 - dashed");
	check_int(line.indent, 4);
	check_int(line.number, 3);
	check(!line.ok);
	check_str(line.name, "dashed");
	line = parsed("ok nameless");
	check_int(line.number, -1);
	check_str(line.name, "nameless");
}

static void skip_is_a_directive_in_any_case(void)
{
	struct ktap_line line = parsed("ok 1 a b # SKIP no such kernel");

	check(line.skip && line.ok);
	check_str(line.name, "a b");
	check(parsed("ok 1 a #skip").skip);
	check(!parsed("ok 1 a # slow").skip);
	check(!parsed("ok 1 skip").skip);
}

static void totals_are_read_as_they_are_written(void)
{
	struct ktap_totals totals = { 7, 2, 1, 40 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct ktap_line line;

	ktap_write_totals(out, 3, "maps", &totals);
	fclose(out);
	check_str(text,
		  "not ok 3 maps # passed 7 failed 2 skipped 1 in 40 s\n");
	*strchr(text, '\n') = '\0';
	line = parsed(text);
	free(text);
	check(line.has_totals && !line.ok);
	check_str(line.name, "maps");
	check_int(line.totals.passed, 7);
	check_int(line.totals.failed, 2);
	check_int(line.totals.skipped, 1);
	check_int(line.totals.seconds, 40);
	check(!parsed("ok 3 maps # passed 7 failed 2 skipped 1").has_totals);
	check(!parsed("ok 3 maps # passed 7 failed 2 skipped 1 in 4 sheep")
		       .has_totals);
}

static void kinds_of_lines_are_distinguished(void)
{
	check_int(parsed("KTAP version 1").kind, KTAP_VERSION);
	check_int(parsed("1..15").kind, KTAP_PLAN);
	check_int(parsed("1..15").number, 15);
	check_int(parsed("1..x").kind, KTAP_TEXT);
	check_int(parsed("# test maps").kind, KTAP_TEST);
	check_str(parsed("# test maps").name, "maps");
	check_int(parsed("# tests").kind, KTAP_REMARK);
	check_int(parsed("# done").kind, KTAP_DONE);
	check_int(parsed("# done it").kind, KTAP_REMARK);
	check_int(parsed("Bail out! no more").kind, KTAP_BAIL_OUT);
	check_int(parsed("okay").kind, KTAP_TEXT);
	check_int(parsed("").kind, KTAP_TEXT);
}

/* ---- a VM's log ---- */

#define BOOT                                  \
	"KTAP version 1\n1..4\n# test boot\n" \
	"ok 1 boot # passed 1 failed 0 skipped 0 in 0 s\n"

#define LOG                                                     \
	BOOT "# test good\n    KTAP version 1\n    1..2\n"      \
	     "    ok 1 a\n    ok 2 b # SKIP why\n"              \
	     "ok 2 good # passed 1 failed 0 skipped 1 in 3 s\n" \
	     "# test bad\n    # bad.c:3: x is 1\n"              \
	     "    not ok 1 c\n    ok 2 d\n"                     \
	     "not ok 3 bad # passed 1 failed 1 skipped 0 in 4 s\n"

#define SPLAT                                                      \
	"# test splat\n    not ok 1 e\n# the kernel logged: BUG\n" \
	"not ok 4 splat # passed 0 failed 2 skipped 0 in 5 s\n"

static void read_vm(struct ktap_vm *vm, const char *text)
{
	FILE *in = text_file(text);

	ktap_read_vm(vm, in);
	fclose(in);
}

static void vm_totals_are_those_of_its_tests(void)
{
	struct ktap_vm vm = {};

	read_vm(&vm, LOG SPLAT "# done\n");
	check_int(vm.totals.passed, 3);
	check_int(vm.totals.failed, 3);
	check_int(vm.totals.skipped, 1);
	check(vm.done);
	check_str(vm.unfinished, "");
}

static void test_without_result_is_unfinished(void)
{
	struct ktap_vm vm = {};

	read_vm(&vm, LOG "# test last\n    ok 1 a\n    # don");
	check(!vm.done);
	check_str(vm.unfinished, "last");
	check_int(vm.totals.passed, 3);
}

static void vm_that_ends_between_tests_leaves_none_unfinished(void)
{
	struct ktap_vm vm = {};

	read_vm(&vm, LOG);
	check(!vm.done);
	check_str(vm.unfinished, "");
}

static void write_expectations(struct ktap_vm *vm, const struct ktap_test *test)
{
	if (test->only_expectations)
		fprintf(vm->out, "%s %d\n", test->name, test->totals.failed);
}

static void answer_expectations(FILE *out, FILE *in)
{
	struct ktap_vm vm = { .test = write_expectations, .out = out };

	ktap_read_vm(&vm, in);
}

static void only_expectations_are_results_of_the_test_alone(void)
{
	check_answer(answer_expectations, LOG SPLAT, "bad 1\n");
	/* Results that a test nests in turn are not counted as its own. */
	check_answer(answer_expectations,
		     "# test bad\n        not ok 1 within\n    ok 1 a\n"
		     "not ok 2 bad # passed 1 failed 1 skipped 0 in 1 s\n",
		     "");
	check_answer(answer_expectations,
		     "# test boot\n# the kernel logged: BUG\n"
		     "not ok 1 boot # passed 0 failed 1 skipped 0 in 0 s\n",
		     "boot 1\n");
}

static void cases_are_named_by_test(void)
{
	check_answer(ktap_write_cases, LOG,
		     "ok good a\nskipped good b\nfailed bad c\nok bad d\n");
	check_answer(ktap_write_cases, "not ok 1 x_2021\nok 2 y\n",
		     "failed - x_2021\nok - y\n");
}

static void reasons_are_what_was_said_before_a_failed_result(void)
{
	check_answer(ktap_write_reasons,
		     "# test bad\n    # of a\n    ok 1 a\n    # x.c:1: 2, not 3\n"
		     "    # runs: 4\n    not ok 2 c\n    not ok 3 d\n"
		     "# the kernel logged: BUG\n"
		     "not ok 1 bad # passed 1 failed 3 skipped 0 in 1 s\n"
		     "# test worse\n    not ok 1 e\n"
		     "not ok 2 worse # passed 0 failed 1 skipped 0 in 1 s\n",
		     "bad c: x.c:1: 2, not 3; runs: 4\nbad d\n"
		     "bad: the kernel logged: BUG\nworse e\n");
	check_answer(ktap_write_reasons, "# why\nnot ok 1 x\nok 2 y\n",
		     "- x: why\n");
}

static void failures_come_with_the_lines_before_them(void)
{
	check_answer(ktap_write_failures,
		     "1\n2\n3\n4\n5\n6\nnot ok 1 a\nok 2 b\nnot ok 3 c\nlast\n",
		     "2\n3\n4\n5\n6\nnot ok 1 a\nok 2 b\nnot ok 3 c\n");
}

static void results_are_counted_on_all_levels(void)
{
	FILE *in = text_file(LOG);

	check_int(ktap_count_results(in), 7);
	fclose(in);
}

/* ---- suites ---- */

/* Checks the totals of a suite with this output. */
static void check_suite(const char *text, int passed, int failed, int skipped)
{
	struct lines expected = {};
	struct ktap_totals totals = {};
	FILE *in = text_file(text);

	lines_add(&expected, "host suite foreseen*");
	said[0] = '\0';
	ktap_read_suite(&totals, in, "suite", &expected);
	fclose(in);
	lines_clear(&expected);
	check_int(totals.passed, passed);
	check_int(totals.failed, failed);
	check_int(totals.skipped, skipped);
}

static void nested_results_count_once(void)
{
	check_suite("ok 1 a\nok 2 b\n", 2, 0, 0);
	check_suite("    ok 1 a\n    ok 2 b\nok 1 both\nok 2 c\n", 3, 0, 0);
	check_suite("    ok 1 a\n    not ok 2 b\nnot ok 1 both\n", 1, 1, 0);
	check_suite("        not ok 1 a\n    not ok 1 x\nnot ok 1 y\n", 0, 1,
		    0);
}

/* A part that died after its last result fails, whatever failed before it. */
static void outer_failure_counts_if_no_inner_result_failed(void)
{
	check_suite("    ok 1 a\nnot ok 1 outer\n", 1, 1, 0);
	check_suite("    not ok 1 a\nnot ok 1 x\n    ok 1 b\nnot ok 2 y\n", 1,
		    2, 0);
}

static void unforeseen_skip_fails_a_suite(void)
{
	check_suite("ok 1 foreseen one # SKIP x\n", 0, 0, 1);
	check_str(said, "");
	check_suite("ok 1 - other # SKIP x\n", 0, 1, 0);
	check_str(said,
		  "suite: skip of \"other\" is not in expected-skips.txt");
}

/* ---- as it comes ---- */

static void show_text(FILE *out, FILE *in)
{
	struct ktap_show show = { .out = out, .seconds = 9, .total = -1 };
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&text, &size, in)) > 0) {
		text[len - 1] = '\0';
		ktap_show_line(&show, text);
	}
	free(text);
	lines_clear(&show.remarks);
}

static void whole_results_and_failures_are_shown(void)
{
	check_answer(
		show_text, LOG SPLAT "# done\n",
		"ok 1 boot # passed 1 failed 0 skipped 0 in 0 s [1 of 4, 9 s]\n"
		"ok 2 good # passed 1 failed 0 skipped 1 in 3 s [2 of 4, 9 s]\n"
		"    # bad.c:3: x is 1\n    not ok 1 c\n"
		"not ok 3 bad # passed 1 failed 1 skipped 0 in 4 s [3 of 4, 9 s]\n"
		"    not ok 1 e\n# the kernel logged: BUG\n"
		"not ok 4 splat # passed 0 failed 2 skipped 0 in 5 s [4 of 4, 9 s]\n");
}

static void remarks_of_what_passed_are_not_shown(void)
{
	check_answer(show_text,
		     "    # of a\n    ok 1 a\n    # of b\n    not ok 2 b\n",
		     "    # of b\n    not ok 2 b\n");
	check_answer(show_text, "ok 1 a\n", "ok 1 a [1 of ?, 9 s]\n");
}

static const struct test tests[] = {
	{ "result_has_number_and_name", result_has_number_and_name },
	{ "skip_is_a_directive_in_any_case", skip_is_a_directive_in_any_case },
	{ "totals_are_read_as_they_are_written",
	  totals_are_read_as_they_are_written },
	{ "kinds_of_lines_are_distinguished",
	  kinds_of_lines_are_distinguished },
	{ "vm_totals_are_those_of_its_tests",
	  vm_totals_are_those_of_its_tests },
	{ "test_without_result_is_unfinished",
	  test_without_result_is_unfinished },
	{ "vm_that_ends_between_tests_leaves_none_unfinished",
	  vm_that_ends_between_tests_leaves_none_unfinished },
	{ "only_expectations_are_results_of_the_test_alone",
	  only_expectations_are_results_of_the_test_alone },
	{ "cases_are_named_by_test", cases_are_named_by_test },
	{ "reasons_are_what_was_said_before_a_failed_result",
	  reasons_are_what_was_said_before_a_failed_result },
	{ "failures_come_with_the_lines_before_them",
	  failures_come_with_the_lines_before_them },
	{ "results_are_counted_on_all_levels",
	  results_are_counted_on_all_levels },
	{ "nested_results_count_once", nested_results_count_once },
	{ "outer_failure_counts_if_no_inner_result_failed",
	  outer_failure_counts_if_no_inner_result_failed },
	{ "unforeseen_skip_fails_a_suite", unforeseen_skip_fails_a_suite },
	{ "whole_results_and_failures_are_shown",
	  whole_results_and_failures_are_shown },
	{ "remarks_of_what_passed_are_not_shown",
	  remarks_of_what_passed_are_not_shown },
};

int main(void)
{
	return run_tests(tests, sizeof(tests) / sizeof(*tests));
}
