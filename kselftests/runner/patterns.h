/* SPDX-License-Identifier: GPL-2.0 */
/* Lists of POSIX extended regular expressions. */
#ifndef _REX_RUNNER_PATTERNS_H
#define _REX_RUNNER_PATTERNS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

struct patterns {
	regex_t *re;
	size_t count;
};

/* Compile one; an error ends the program. */
void pattern_compile(regex_t *re, const char *pattern);
/* Read FILE, which has one a line, without comments (#). */
void patterns_read(struct patterns *patterns, const char *file);
/* Returns whether TEXT has a match of one of them. */
bool patterns_match(const struct patterns *patterns, const char *text);

#endif
