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
static inline struct sample *start_sample(const char *sample, const char *line)
{
	struct sample *s = calloc(1, sizeof(*s));
	char path[256], *words = strdup(line), *argv[64];
	int ends[2], argc = 0;

	ASSERT(s && words && !pipe2(ends, O_CLOEXEC));
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	snprintf(path, sizeof(path), "%s/../samples/%s", getenv("REX_TESTS"),
		 sample);
	s->pid = fork();
	ASSERT(s->pid >= 0);
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		if (!chdir(path))
			execv(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	free(words);
	s->out = ends[0];
	return s;
}

/* Read what there is, waiting for MS milliseconds. False at the end. */
static inline bool read_sample(struct sample *s, int ms)
{
	struct pollfd fd = { .fd = s->out, .events = POLLIN };
	ssize_t got;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	got = read(s->out, s->text + s->len, sizeof(s->text) - 1 - s->len);
	if (got <= 0)
		return false;
	s->len += got;
	return true;
}

/* Wait for WORDS in the output. */
static inline void await_sample(struct sample *s, const char *words)
{
	long end = ksft_ms() + 20000;

	while (!strstr(s->text, words) && ksft_ms() < end)
		if (!read_sample(s, 100))
			break;
	ASSERT_MSG(strstr(s->text, words), "no \"%s\" in \"%s\"", words,
		   s->text);
}

/* Wait for its end; the status that it exits with, or -1. */
static inline int end_sample(struct sample *s)
{
	int status;

	while (read_sample(s, -1))
		;
	close(s->out);
	ASSERT_EQ(waitpid(s->pid, &status, 0), s->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Ctrl-C. It must end well. */
static inline void stop_sample(struct sample *s)
{
	ASSERT(!kill(s->pid, SIGINT));
	EXPECT_MSG(end_sample(s) == 0, "ended badly: %s", s->text);
}

/* All of a program, from start to end; its exit status. */
static inline int run_sample(const char *sample, const char *line, char **text)
{
	struct sample *s = start_sample(sample, line);
	int status = end_sample(s);

	*text = s->text;
	return status;
}

#endif
