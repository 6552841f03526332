// SPDX-License-Identifier: GPL-2.0
/* The lines of KTAP. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ktap.h"

/* Move *TEXT past PREFIX if it begins with it. */
static bool cut_prefix(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len))
		return false;
	*text += len;
	return true;
}

static void cut_blanks(char *text)
{
	for (size_t len = strlen(text);
	     len && isspace((unsigned char)text[len - 1]);)
		text[--len] = '\0';
}

/* Read the totals in a directive; they are its end. */
static bool parse_totals(struct ktap_totals *totals, const char *text)
{
	int end = 0;

	return sscanf(text, "passed %d failed %d skipped %d in %ld s%n",
		      &totals->passed, &totals->failed, &totals->skipped,
		      &totals->seconds, &end) == 4 &&
	       end && !text[end];
}

/* Parses the words after the "#" of a result. */
static void parse_directive(struct ktap_line *line, const char *text)
{
	text += strspn(text, " ");
	line->skip = !strncasecmp(text, "SKIP", 4);
	line->has_totals = parse_totals(&line->totals, text);
}

/* Parses the number, name and directive after "ok " or "not ok ". */
static void parse_result(struct ktap_line *line, const char *text)
{
	char *end, *hash;
	long number;

	line->kind = KTAP_RESULT;
	number = strtol(text, &end, 10);
	if (end != text)
		line->number = (int)number;
	text = end + strspn(end, " ");
	cut_prefix(&text, "- ");
	snprintf(line->name, sizeof(line->name), "%s", text);
	hash = strstr(line->name, " #");
	if (hash) {
		parse_directive(line, hash + 2);
		*hash = '\0';
	}
	cut_blanks(line->name);
}

static void parse_remark(struct ktap_line *line, const char *text)
{
	line->kind = KTAP_REMARK;
	if (!strcmp(text, "# done")) {
		line->kind = KTAP_DONE;
	} else if (cut_prefix(&text, "# test ")) {
		line->kind = KTAP_TEST;
		snprintf(line->name, sizeof(line->name), "%s", text);
		cut_blanks(line->name);
	}
}

void ktap_parse(struct ktap_line *line, const char *text)
{
	memset(line, 0, sizeof(*line));
	line->number = -1;
	line->indent = (int)strspn(text, " ");
	text += line->indent;
	if (*text == '#') {
		parse_remark(line, text);
	} else if (cut_prefix(&text, "ok ")) {
		line->ok = true;
		parse_result(line, text);
	} else if (cut_prefix(&text, "not ok ")) {
		parse_result(line, text);
	} else if (cut_prefix(&text, "1..") && isdigit((unsigned char)*text)) {
		line->kind = KTAP_PLAN;
		line->number = (int)strtol(text, NULL, 10);
	} else if (cut_prefix(&text, "Bail out!")) {
		line->kind = KTAP_BAIL_OUT;
	} else if (cut_prefix(&text, "KTAP version ")) {
		line->kind = KTAP_VERSION;
	}
}

void ktap_write_totals(FILE *out, int number, const char *test,
		       const struct ktap_totals *totals)
{
	fprintf(out, "%s %d %s # passed %d failed %d skipped %d in %ld s\n",
		totals->failed ? "not ok" : "ok", number, test, totals->passed,
		totals->failed, totals->skipped, totals->seconds);
	fflush(out);
}

bool ktap_skip_is_expected(const struct lines *expected, const char *kernel,
			   const char *test, const char *name)
{
	for (size_t i = 0; i < expected->count; i++) {
		const char *entry = expected->line[i];
		char kernels[64], tests[64];
		int at = 0;

		if (sscanf(entry, "%63s %63s %n", kernels, tests, &at) < 2 ||
		    !at)
			fatal("expected skip is not \"KERNEL TEST CASE\": %s",
			      entry);
		if (!fnmatch(kernels, kernel, 0) && !fnmatch(tests, test, 0) &&
		    !fnmatch(entry + at, name, 0))
			return true;
	}
	return false;
}

static void take_skip(struct ktap *ktap, const char *name)
{
	if (ktap_skip_is_expected(ktap->expected_skips, ktap->kernel,
				  ktap->test, name)) {
		ktap->totals.skipped++;
		return;
	}
	note("%s: skip of \"%s\" is not in expected-skips.txt", ktap->test,
	     name);
	ktap->totals.failed++;
}

static void take_plan(struct ktap *ktap, const struct ktap_line *line)
{
	if (ktap->planned >= 0) {
		note("%s: a second plan", ktap->test);
		ktap->totals.failed++;
		return;
	}
	ktap->planned = line->number;
	if (ktap->planned == 0)
		take_skip(ktap, "*");
}

static void take_result(struct ktap *ktap, const struct ktap_line *line)
{
	ktap->seen++;
	if (line->number >= 0 && line->number != ktap->seen) {
		note("%s: result %d where %d was due", ktap->test, line->number,
		     ktap->seen);
		ktap->totals.failed++;
	}
	if (!line->ok)
		ktap->totals.failed++;
	else if (line->skip)
		take_skip(ktap, line->name);
	else
		ktap->totals.passed++;
}

void ktap_take(struct ktap *ktap, const char *text)
{
	struct ktap_line line;

	ktap_parse(&line, text);
	if (line.indent)
		return;
	if (line.kind == KTAP_PLAN)
		take_plan(ktap, &line);
	else if (line.kind == KTAP_RESULT)
		take_result(ktap, &line);
	else if (line.kind == KTAP_BAIL_OUT)
		ktap->bailed_out = true;
}
