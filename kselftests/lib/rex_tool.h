/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run rexctl as a user or a script does.
 */
#ifndef _REX_TOOL_H
#define _REX_TOOL_H

#include <jansson.h>

#include "rex_sample.h"

/* Exit statuses of rexctl(8). */
enum {
	TOOL_OK = 0,
	TOOL_FAILED = 1,
	TOOL_NOT_FOUND = 2,
	TOOL_FAULT = 3,
	TOOL_NO_MODULE = 4,
	TOOL_DENIED = 5,
	TOOL_USAGE = 64,
};

/*
 * Runs rexctl with these words; it must end with STATUS. Returns its output
 * with errors, valid until the next call.
 */
const char *tool(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Does the same with --json in front, without errors; the output must be JSON.
 */
json_t *tool_json(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Starts rexctl with these words: see rex_sample.h. */
struct sample *start_tool(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Stops rexctl by Ctrl-C; it must end with STATUS. */
void stop_tool(struct sample *s, int status);

/* Returns the object of ARRAY whose member KEY is TEXT; it must be there. */
json_t *json_row(json_t *array, const char *key, const char *text);

/* Return members of OBJECT, which must exist. */
long long json_number(const json_t *object, const char *key);
const char *json_text(const json_t *object, const char *key);

/* Returns how often TEXT contains NEEDLE. */
long count_words(const char *text, const char *needle);

#endif
