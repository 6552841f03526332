// SPDX-License-Identifier: GPL-2.0
/* Text files of one entry a line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

void lines_add(struct lines *lines, const char *text)
{
	char **line = realloc(lines->line, (lines->count + 1) * sizeof(*line));

	if (!line)
		fatal("out of memory");
	lines->line = line;
	line[lines->count] = strdup(text);
	if (!line[lines->count++])
		fatal("out of memory");
}

void lines_clear(struct lines *lines)
{
	while (lines->count)
		free(lines->line[--lines->count]);
	free(lines->line);
	lines->line = NULL;
}

void lines_read(struct lines *lines, const char *file)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *f;

	f = fopen(file, "re");
	if (!f)
		fatal("%s: %s", file, strerror(errno));
	while ((len = getline(&text, &size, f)) > 0) {
		while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
			text[--len] = '\0';
		if (len && text[0] != '#')
			lines_add(lines, text);
	}
	free(text);
	fclose(f);
}
