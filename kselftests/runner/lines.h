/* SPDX-License-Identifier: GPL-2.0 */
/* Text files of one entry a line. */
#ifndef _REX_RUNNER_LINES_H
#define _REX_RUNNER_LINES_H

#include <stddef.h>

struct lines {
	char **line;
	size_t count;
};

/* Read FILE without comments (#) and empty lines. */
void lines_read(struct lines *lines, const char *file);
void lines_add(struct lines *lines, const char *text);
void lines_clear(struct lines *lines);

/* ---- what the program has that is made with this ---- */

/* Write a formatted "# ..." line and flush it. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the error, and ends the program. */
void fatal(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
