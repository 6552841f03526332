// SPDX-License-Identifier: GPL-2.0
/* Logs of KTAP. */
#include <stdlib.h>
#include <string.h>

#include "ktap_log.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The number of lines before a failure that are shown as its reason. */
#define CONTEXT 5

/* A log that is read line by line. */
struct reader {
	FILE *in;
	char *text; /* the line, without its end */
	size_t size;
	struct ktap_line line;
};

static bool next_line(struct reader *r)
{
	ssize_t len = getline(&r->text, &r->size, r->in);

	if (len <= 0) {
		free(r->text);
		return false;
	}
	if (r->text[len - 1] == '\n')
		r->text[len - 1] = '\0';
	ktap_parse(&r->line, r->text);
	return true;
}

static bool is_whole_test(const struct ktap_line *line)
{
	return line->kind == KTAP_RESULT && !line->indent &&
	       line->number >= 0 && line->has_totals;
}

static void add_totals(struct ktap_totals *sum, const struct ktap_totals *more)
{
	sum->passed += more->passed;
	sum->failed += more->failed;
	sum->skipped += more->skipped;
	sum->seconds += more->seconds;
}

static void whole_test(struct ktap_vm *vm, const struct ktap_line *line,
		       int failed_results)
{
	struct ktap_test test = { .name = line->name,
				  .ok = line->ok,
				  .totals = line->totals };

	/* "boot" has no results, and nothing of Rex has run in it. */
	test.only_expectations = !line->ok &&
				 (!strcmp(line->name, "boot") ||
				  failed_results == line->totals.failed);
	add_totals(&vm->totals, &line->totals);
	if (vm->test)
		vm->test(vm, &test);
}

void ktap_read_vm(struct ktap_vm *vm, FILE *in)
{
	struct reader r = { .in = in };
	const struct ktap_line *line = &r.line;
	int failed_results = 0;

	while (next_line(&r)) {
		if (line->kind == KTAP_RESULT && line->indent == KTAP_NESTED) {
			failed_results += !line->ok;
			continue;
		}
		if (line->indent)
			continue;
		if (line->kind == KTAP_TEST) {
			snprintf(vm->unfinished, sizeof(vm->unfinished), "%s",
				 line->name);
			failed_results = 0;
		} else if (line->kind == KTAP_DONE) {
			vm->done = true;
		} else if (line->kind == KTAP_RESULT && line->number >= 0) {
			vm->unfinished[0] = '\0';
			if (line->has_totals)
				whole_test(vm, line, failed_results);
		}
	}
}

void ktap_write_cases(FILE *out, FILE *in)
{
	struct reader r = { .in = in };
	const struct ktap_line *line = &r.line;
	char test[256] = "-";

	while (next_line(&r)) {
		if (line->kind == KTAP_TEST && !line->indent)
			snprintf(test, sizeof(test), "%s", line->name);
		if (line->kind != KTAP_RESULT || is_whole_test(line))
			continue;
		fprintf(out, "%s %s %s\n",
			!line->ok  ? "failed" :
			line->skip ? "skipped" :
				     "ok",
			test, line->name);
	}
}

static void write_reason(FILE *out, const char *test, const char *name,
			 const struct lines *remarks)
{
	fprintf(out, "%s%s%s", test, *name ? " " : "", name);
	for (size_t i = 0; i < remarks->count; i++)
		fprintf(out, "%s%s", i ? "; " : ": ",
			remarks->line[i] + strspn(remarks->line[i], " #"));
	fputc('\n', out);
}

void ktap_write_reasons(FILE *out, FILE *in)
{
	struct reader r = { .in = in };
	const struct ktap_line *line = &r.line;
	struct lines remarks[2] = {}; /* of this level, and of nested ones */
	char test[256] = "-";

	while (next_line(&r)) {
		struct lines *said = &remarks[line->indent > 0];
		bool whole = is_whole_test(line);

		if (line->kind == KTAP_TEST && !line->indent)
			snprintf(test, sizeof(test), "%s", line->name);
		if (line->kind == KTAP_REMARK)
			lines_add(said, r.text);
		if (line->kind == KTAP_RESULT && !line->ok &&
		    (!whole || said->count))
			write_reason(out, test, whole ? "" : line->name, said);
		if (line->kind == KTAP_RESULT)
			lines_clear(said);
	}
	lines_clear(&remarks[0]);
	lines_clear(&remarks[1]);
}

void ktap_write_failures(FILE *out, FILE *in)
{
	struct reader r = { .in = in };
	struct lines before = {};

	while (next_line(&r)) {
		lines_add(&before, r.text);
		if (r.line.kind != KTAP_RESULT || r.line.ok)
			continue;
		for (size_t i = before.count > CONTEXT + 1 ?
					before.count - CONTEXT - 1 :
					0;
		     i < before.count; i++)
			fprintf(out, "%s\n", before.line[i]);
		lines_clear(&before);
	}
	lines_clear(&before);
}

int ktap_count_results(FILE *in)
{
	struct reader r = { .in = in };
	int results = 0;

	while (next_line(&r))
		results += r.line.kind == KTAP_RESULT;
	return results;
}

/* ---- suites of the host ---- */

/* The levels of nesting that are open, the outermost first. */
struct levels {
	struct {
		int indent;
		int failed; /* results of this level and of those within it */
	} level[16];
	size_t count;
};

/*
 * Goes to the level of INDENT. Returns the number of failed results in the
 * levels that end there, which a result of this level sums up, or -1 if none
 * ends.
 */
static int go_to_level(struct levels *levels, int indent)
{
	int failed = -1;

	while (levels->count &&
	       levels->level[levels->count - 1].indent > indent) {
		levels->count--;
		if (failed < 0)
			failed = 0;
		failed += levels->level[levels->count].failed;
	}
	if (!levels->count ||
	    levels->level[levels->count - 1].indent < indent) {
		if (levels->count == ARRAY_SIZE(levels->level))
			fatal("results are nested too deeply");
		levels->level[levels->count].indent = indent;
		levels->level[levels->count++].failed = 0;
	}
	return failed;
}

void ktap_read_suite(struct ktap_totals *totals, FILE *in, const char *suite,
		     const struct lines *expected)
{
	struct reader r = { .in = in };
	const struct ktap_line *line = &r.line;
	struct levels levels = {};

	while (next_line(&r)) {
		struct ktap_totals one = {};
		int within;

		if (line->kind != KTAP_RESULT)
			continue;
		within = go_to_level(&levels, line->indent);
		if (!line->ok)
			one.failed = within <= 0;
		else if (within >= 0)
			;
		else if (!line->skip)
			one.passed = 1;
		else if (ktap_skip_is_expected(expected, "host", suite,
					       line->name))
			one.skipped = 1;
		else
			one.failed = 1,
			note("%s: skip of \"%s\" is not in expected-skips.txt",
			     suite, line->name);
		add_totals(totals, &one);
		levels.level[levels.count - 1].failed +=
			one.failed + (within > 0 ? within : 0);
	}
}

/* ---- as it comes ---- */

static void show_whole_line(struct ktap_show *show,
			    const struct ktap_line *line, const char *text)
{
	fputs(text, show->out);
	if (line->kind == KTAP_RESULT && !line->indent) {
		fprintf(show->out, " [%d of ", line->number);
		if (show->total >= 0)
			fprintf(show->out, "%d", show->total);
		else
			fputc('?', show->out);
		fprintf(show->out, ", %ld s]", show->seconds);
	}
	fputc('\n', show->out);
	fflush(show->out);
}

/* A line that is nested: a failed result is shown with what was said before it. */
static void show_nested(struct ktap_show *show, const struct ktap_line *line,
			const char *text)
{
	if (line->kind == KTAP_REMARK) {
		lines_add(&show->remarks, text);
	} else if (line->kind == KTAP_RESULT) {
		for (size_t i = 0; !line->ok && i < show->remarks.count; i++)
			fprintf(show->out, "%s\n", show->remarks.line[i]);
		if (!line->ok)
			show_whole_line(show, line, text);
		lines_clear(&show->remarks);
	}
}

bool ktap_show_line(struct ktap_show *show, const char *text)
{
	struct ktap_line line;

	ktap_parse(&line, text);
	if (!line.indent && line.kind == KTAP_PLAN)
		show->total = line.number;
	if (!line.indent && line.kind == KTAP_TEST)
		snprintf(show->current, sizeof(show->current), "%s", line.name);
	if (show->all)
		show_whole_line(show, &line, text);
	else if (line.indent)
		show_nested(show, &line, text);
	else if (line.kind == KTAP_TEST || line.kind == KTAP_DONE ||
		 line.kind == KTAP_VERSION || line.kind == KTAP_PLAN)
		lines_clear(&show->remarks);
	else if (*text)
		show_whole_line(show, &line, text);
	return !line.indent && line.kind == KTAP_TEST;
}
