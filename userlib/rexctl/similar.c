// SPDX-License-Identifier: GPL-2.0
/*
 * A name that does not exist is often a misspelt one: the most similar one is found here.
 */
#include "attach.h"

#define SIMILAR_LEN 64
#define SIMILAR_FAR 100u

/* Returns the edit distance of @a and @b. */
static unsigned int similar_distance(const char *a, const char *b)
{
	unsigned int row[SIMILAR_LEN + 1], i, j, above, left, best;
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > SIMILAR_LEN || len_b > SIMILAR_LEN || len_a > len_b + 2 ||
	    len_b > len_a + 2)
		return SIMILAR_FAR;
	for (j = 0; j <= len_b; j++)
		row[j] = j;
	for (i = 1; i <= len_a; i++) {
		left = row[0];
		row[0] = i;
		for (j = 1; j <= len_b; j++) {
			above = row[j];
			best = left + (a[i - 1] != b[j - 1]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			left = above;
			row[j] = best;
		}
	}
	return row[len_b];
}

/* Names that differ in a third of their letters are other names. */
static unsigned int similar_limit(const char *name)
{
	unsigned int limit = strlen(name) / 3;

	return limit > 2 ? 2 : limit;
}

const char *rexctl_similar(const char *name, const char *const *names)
{
	unsigned int distance, best = similar_limit(name) + 1;
	const char *found = NULL;

	for (; *names; names++) {
		distance = similar_distance(name, *names);
		if (distance < best) {
			best = distance;
			found = *names;
		}
	}
	return found;
}

const char *rexctl_similar_line(const char *name, const char *path,
				unsigned int word)
{
	unsigned int distance, best = similar_limit(name) + 1, i;
	static char found[SIMILAR_LEN + 1];
	char line[512], *text, *save, *colon;
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file)) {
		text = strtok_r(line, " \t\n", &save);
		for (i = 0; text && i < word; i++)
			text = strtok_r(NULL, " \t\n", &save);
		if (!text)
			continue;
		/* available_events has CATEGORY:NAME. */
		colon = strchr(name, '/') ? strchr(text, ':') : NULL;
		if (colon)
			*colon = '/';
		distance = similar_distance(name, text);
		if (distance >= best)
			continue;
		best = distance;
		snprintf(found, sizeof(found), "%s", text);
	}
	if (file)
		fclose(file);
	return best <= similar_limit(name) ? found : NULL;
}
