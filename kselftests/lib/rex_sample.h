/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run the programs of samples as a user does, and read what they print.
 */
#ifndef _REX_SAMPLE_H
#define _REX_SAMPLE_H

#include <poll.h>
#include <sys/prctl.h>

#include "rex_util.h"

/* A program that runs; what it has printed up to now is in text. */
struct sample {
	pid_t pid;
	int out;
	size_t len;
	char text[1 << 16];
};

/*
 * Start a program in the folder of SAMPLE: a command line, without quotes.
 * Errors are part of the output. It ends with the TEST at the latest.
 */
struct sample *start_sample(const char *sample, const char *line);

/* Read what there is, waiting for MS milliseconds. False at the end. */
bool read_sample(struct sample *s, int ms);

/* Wait for WORDS in the output. */
void await_sample(struct sample *s, const char *words);

/* Wait for its end; the status that it exits with, or -1. */
int end_sample(struct sample *s);

/* Ctrl-C. It must end well. */
void stop_sample(struct sample *s);

/* All of a program, from start to end; its exit status. */
int run_sample(const char *sample, const char *line, char **text);

#endif
