/* SPDX-License-Identifier: GPL-2.0 */
/* Declarations for the files of `session`; see session.c for its purpose. */
#ifndef DOCS_SESSION_H
#define DOCS_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/* match.c: does the output @text match what a document shows? */
bool matches(const char *shown, const char *text, char **varies);

/*
 * Makes one blank of each run of blanks in @text, and none at the ends of lines. Lines
 * of a shell about its jobs ("[1]+  Done ...") are taken out.
 */
void squeeze(char *text);

/* leftover.c: reports processes of @shell that still run after @seconds. */
int leftover(int shell, int seconds);

#endif
