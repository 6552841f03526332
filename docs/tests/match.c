// SPDX-License-Identifier: GPL-2.0
/*
 * Output against what a document shows of it: a text of which some words vary.
 *
 * The shown text is made into a list of parts once, then matched with backtracking.
 * A word that varies has the same value wherever it is shown in the output of a command.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

enum what {
	CHAR, /* this one */
	NUMBER, /* digits and points */
	WORD, /* anything but blanks */
	TAIL, /* anything up to the end of the line */
	LINES, /* whole lines, also none */
};

struct part {
	enum what what;
	char c;
	int word;
};

struct pattern {
	struct part *parts;
	size_t count;
	const char *value[64]; /* what a word that varies is in the text */
	size_t len[64];
};

/* Is this line the shell's, about a job? */
static bool is_about_job(const char *line)
{
	int at = 0;

	sscanf(line, "[%*d]%n", &at);
	if (!at)
		return false;
	at += (int)strspn(line + at, " +-");
	return isupper((unsigned char)line[at]);
}

void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		bool line_start = to == text || to[-1] == '\n';

		if (line_start && is_about_job(from)) {
			from += strcspn(from, "\n");
			if (!*from)
				break;
			continue;
		}
		if (*from != ' ' && *from != '\t') {
			if (*from == '\n' && !line_start && to[-1] == ' ')
				to--;
			*to++ = *from;
		} else if (!line_start && to[-1] != ' ') {
			*to++ = ' ';
		}
	}
	*to = '\0';
}

static bool is_number(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)word[i]) && word[i] != '.')
			return false;
	return isdigit((unsigned char)word[0]);
}

/* Could a word or number end between @left and @right? Neither does in 4.1. */
static bool is_edge(const char *start, const char *at)
{
	unsigned char left = at > start ? at[-1] : ' ';
	unsigned char right = *at ? *at : ' ';

	if (isalnum(left) && isalnum(right))
		return false;
	if (left == '.' && at - start > 1 && isdigit((unsigned char)at[-2]) &&
	    isdigit(right))
		return false;
	return !(isdigit(left) && right == '.' &&
		 isdigit((unsigned char)at[1]));
}

/* Returns the longest word of @varies that is at @at, -1: there is none. */
static int word_at(const char *start, const char *at, char **varies)
{
	size_t longest = 0;
	int found = -1;

	for (int i = 0; varies[i]; i++) {
		size_t len = strlen(varies[i]);

		if (len > longest && !strncmp(at, varies[i], len) &&
		    is_edge(start, at) && is_edge(start, at + len)) {
			longest = len;
			found = i;
		}
	}
	return found;
}

static void compile(struct pattern *pattern, const char *shown, char **varies)
{
	const char *at = shown;

	pattern->parts = calloc(strlen(shown) + 1, sizeof(struct part));
	if (!pattern->parts)
		err(1, "calloc");
	while (*at) {
		struct part *part = &pattern->parts[pattern->count++];
		bool line_start = at == shown || at[-1] == '\n';
		int word = word_at(shown, at, varies);

		if (line_start && !strncmp(at, "...\n", 4)) {
			part->what = LINES;
			at += 4;
		} else if (!line_start && !strncmp(at, " ...\n", 5)) {
			part->what = TAIL;
			at += 4;
		} else if (word >= 0) {
			part->what =
				is_number(varies[word], strlen(varies[word])) ?
					NUMBER :
					WORD;
			part->word = word;
			at += strlen(varies[word]);
		} else {
			part->c = *at++;
		}
	}
}

static bool match(struct pattern *pattern, size_t i, const char *text);

/* Part @i, a word that varies, at the beginning of @text; then those that follow. */
static bool match_word(struct pattern *pattern, size_t i, const char *text)
{
	const struct part *part = &pattern->parts[i];
	const char **value = &pattern->value[part->word];
	size_t *len = &pattern->len[part->word], most;

	if (*value)
		return !strncmp(text, *value, *len) &&
		       match(pattern, i + 1, text + *len);
	most = part->what == NUMBER ? strspn(text, "0123456789.") :
				      strcspn(text, "\n ");
	for (*len = most; *len; (*len)--) {
		*value = text;
		if (match(pattern, i + 1, text + *len))
			return true;
		*value = NULL;
	}
	return false;
}

/* Lines that are left out, until what follows them matches. */
static bool match_lines(struct pattern *pattern, size_t i, const char *text)
{
	for (;;) {
		if (match(pattern, i + 1, text))
			return true;
		text = strchr(text, '\n');
		if (!text)
			return false;
		text++;
	}
}

static bool match(struct pattern *pattern, size_t i, const char *text)
{
	for (; i < pattern->count; i++) {
		const struct part *part = &pattern->parts[i];

		switch (part->what) {
		case CHAR:
			if (*text != part->c)
				return false;
			text++;
			break;
		case TAIL:
			text += strcspn(text, "\n");
			break;
		case NUMBER:
		case WORD:
			return match_word(pattern, i, text);
		case LINES:
			return match_lines(pattern, i, text);
		}
	}
	return !*text;
}

bool matches(const char *shown, const char *text, char **varies)
{
	struct pattern pattern = { 0 };
	bool same;

	for (size_t i = 0; varies[i]; i++)
		if (i == ARRAY_SIZE(pattern.value))
			errx(2, "too many words that vary");
	compile(&pattern, shown, varies);
	same = match(&pattern, 0, text);
	free(pattern.parts);
	return same;
}
