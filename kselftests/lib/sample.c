// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the programs of samples, and reads their output.
 */
#include "rex_sample.h"

struct sample *start_sample(const char *sample, const char *line)
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

bool read_sample(struct sample *s, int ms)
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

long sample_lines(const struct sample *s)
{
	const char *text = s->text;
	long count = 0;

	while ((text = strchr(text, '\n'))) {
		count++;
		text++;
	}
	return count;
}

long histogram_sum(const char *text)
{
	long sum = 0, count;

	for (; (text = strstr(text, " -> ")); text += 4)
		if (sscanf(text, " -> %*u : %ld", &count) == 1)
			sum += count;
	return sum;
}

void await_sample(struct sample *s, const char *words)
{
	long end = ksft_ms() + 20000;

	while (!strstr(s->text, words) && ksft_ms() < end)
		if (!read_sample(s, 100))
			break;
	ASSERT_MSG(strstr(s->text, words), "no \"%s\" in \"%s\"", words,
		   s->text);
}

void await_end_of_line(struct sample *s)
{
	long end = ksft_ms() + 20000;

	while (s->len && s->text[s->len - 1] != '\n' && ksft_ms() < end)
		if (!read_sample(s, 100))
			break;
	ASSERT_MSG(!s->len || s->text[s->len - 1] == '\n',
		   "the last line has no end: \"%s\"", s->text);
}

int end_sample(struct sample *s)
{
	int status;

	while (read_sample(s, -1))
		;
	close(s->out);
	ASSERT_EQ(waitpid(s->pid, &status, 0), s->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void stop_sample(struct sample *s)
{
	ASSERT(!kill(s->pid, SIGINT));
	EXPECT_MSG(end_sample(s) == 0, "ended badly: %s", s->text);
}

int run_sample(const char *sample, const char *line, char **text)
{
	struct sample *s = start_sample(sample, line);
	int status = end_sample(s);

	*text = s->text;
	return status;
}
