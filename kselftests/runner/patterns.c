// SPDX-License-Identifier: GPL-2.0
/* Lists of POSIX extended regular expressions. */
#include <stdlib.h>

#include "lines.h"
#include "patterns.h"

void pattern_compile(regex_t *re, const char *pattern)
{
	char why[128];
	int err = regcomp(re, pattern, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, re, why, sizeof(why));
		fatal("pattern \"%s\": %s", pattern, why);
	}
}

void patterns_read(struct patterns *patterns, const char *file)
{
	struct lines lines = {};

	lines_read(&lines, file);
	patterns->re = calloc(lines.count + 1, sizeof(*patterns->re));
	if (!patterns->re)
		fatal("out of memory");
	for (patterns->count = 0; patterns->count < lines.count;
	     patterns->count++)
		pattern_compile(&patterns->re[patterns->count],
				lines.line[patterns->count]);
	lines_clear(&lines);
}

bool patterns_match(const struct patterns *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (!regexec(&patterns->re[i], text, 0, NULL, 0))
			return true;
	return false;
}
