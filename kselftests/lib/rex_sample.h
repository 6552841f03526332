/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs the programs of samples as a user does, and reads their output.
 */
#ifndef _REX_SAMPLE_H
#define _REX_SAMPLE_H

#include <poll.h>
#include <sys/prctl.h>

#include "rex_util.h"

/* A running program, and its output so far. */
struct sample {
	pid_t pid;
	int out;
	size_t len;
	char text[1 << 16];
};

/*
 * Starts a program in the folder of SAMPLE by a command line without quotes.
 * Errors are part of the output. It ends with the TEST at the latest.
 */
struct sample *start_sample(const char *sample, const char *line);

/* Reads the output, waiting MS milliseconds. False at its end. */
bool read_sample(struct sample *s, int ms);

/* The number of lines that it has printed. */
long sample_lines(const struct sample *s);

/* The sum of all counts of the histograms in TEXT. */
long histogram_sum(const char *text);

/* Wait for WORDS in the output. */
void await_sample(struct sample *s, const char *words);

/* Waits until the last line that it has printed is whole. */
void await_end_of_line(struct sample *s);

/* Waits for the program's end, and returns its exit status, or -1. */
int end_sample(struct sample *s);

/* Stops the program by Ctrl-C; it must succeed. */
void stop_sample(struct sample *s);

/* Runs a program from start to end, and returns its exit status. */
int run_sample(const char *sample, const char *line, char **text);

#endif
