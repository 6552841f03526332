// SPDX-License-Identifier: GPL-2.0
/* The lines of KTAP that a test prints. Everything else that it prints is a remark. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runner.h"

/*
 * Was this skip foreseen? An entry is "KERNEL TEST CASE", each a glob pattern;
 * CASE reaches to the end of the line.
 */
static bool skip_is_expected(const struct ktap *ktap, const char *name)
{
	for (size_t i = 0; i < ktap->expected_skips->count; i++) {
		char kernel[64], test[64];
		int at = 0;

		if (sscanf(ktap->expected_skips->line[i], "%63s %63s %n",
			   kernel, test, &at) < 2 ||
		    !at)
			fatal("expected skip is not \"KERNEL TEST CASE\": %s",
			      ktap->expected_skips->line[i]);
		if (!fnmatch(kernel, ktap->kernel, 0) &&
		    !fnmatch(test, ktap->test, 0) &&
		    !fnmatch(ktap->expected_skips->line[i] + at, name, 0))
			return true;
	}
	return false;
}

static void skipped(struct ktap *ktap, const char *name)
{
	if (skip_is_expected(ktap, name)) {
		ktap->skipped++;
		return;
	}
	note("%s: skip of \"%s\" is not in expected-skips.txt", ktap->test,
	     name);
	ktap->failed++;
}

/* Cut "# SKIP ..." and blanks off the end of a name; say if it was there. */
static bool cut_skip(char *name)
{
	char *hash = strstr(name, " #");
	bool skip = false;

	if (hash) {
		const char *directive = hash + 2 + strspn(hash + 2, " ");

		skip = !strncasecmp(directive, "SKIP", 4);
		if (skip)
			*hash = '\0';
	}
	for (size_t len = strlen(name);
	     len && isspace((unsigned char)name[len - 1]);)
		name[--len] = '\0';
	return skip;
}

static void plan(struct ktap *ktap, const char *text)
{
	char *end;

	if (ktap->planned >= 0) {
		note("%s: a second plan", ktap->test);
		ktap->failed++;
		return;
	}
	ktap->planned = (int)strtol(text, &end, 10);
	if (ktap->planned == 0)
		skipped(ktap, "*");
}

static void result(struct ktap *ktap, const char *text, bool ok)
{
	char name[256], *end;
	long number;
	bool skip;

	ktap->seen++;
	number = strtol(text, &end, 10);
	if (end != text && number != ktap->seen) {
		note("%s: result %ld where %d was due", ktap->test, number,
		     ktap->seen);
		ktap->failed++;
	}
	end += strspn(end, " ");
	if (!strncmp(end, "- ", 2))
		end += 2;
	snprintf(name, sizeof(name), "%s", end);
	skip = cut_skip(name);
	if (!ok)
		ktap->failed++;
	else if (skip)
		skipped(ktap, name);
	else
		ktap->passed++;
}

void ktap_line(struct ktap *ktap, const char *line)
{
	if (!strncmp(line, "1..", 3) && isdigit((unsigned char)line[3]))
		plan(ktap, line + 3);
	else if (!strncmp(line, "ok ", 3))
		result(ktap, line + 3, true);
	else if (!strncmp(line, "not ok ", 7))
		result(ktap, line + 7, false);
	else if (!strncmp(line, "Bail out!", 9))
		ktap->bailed_out = true;
}
