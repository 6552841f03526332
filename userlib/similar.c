// SPDX-License-Identifier: GPL-2.0
/*
 * A name that does not exist is often a misspelt one: the most similar one is found here.
 */
#include <stdio.h>
#include <string.h>

#include "similar.h"

#define SIMILAR_FAR 100u

/* Returns the edit distance of @a and @b, or a larger one than @limit. */
static unsigned int similar_distance(const char *a, const char *b,
				     unsigned int limit)
{
	unsigned int row[REX_SIMILAR_LEN], i, j, above, left, best, least;
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a >= REX_SIMILAR_LEN || len_b >= REX_SIMILAR_LEN ||
	    len_a > len_b + 2 || len_b > len_a + 2)
		return SIMILAR_FAR;
	for (j = 0; j <= len_b; j++)
		row[j] = j;
	for (i = 1; i <= len_a; i++) {
		left = row[0];
		least = row[0] = i;
		for (j = 1; j <= len_b; j++) {
			above = row[j];
			best = left + (a[i - 1] != b[j - 1]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			left = above;
			row[j] = best;
			if (best < least)
				least = best;
		}
		if (least > limit)
			return SIMILAR_FAR;
	}
	return row[len_b];
}

/* Names that differ in a third of their letters are other names. */
static unsigned int similar_limit(const char *name)
{
	unsigned int limit = strlen(name) / 3;

	return limit > 2 ? 2 : limit;
}

void rex_similar_begin(struct rex_similar *similar, const char *name)
{
	similar->name = name;
	similar->distance = similar_limit(name) + 1;
	similar->found[0] = '\0';
}

void rex_similar_set(struct rex_similar *similar, const char *name)
{
	if (!similar->distance)
		return;
	similar->distance = 0;
	snprintf(similar->found, sizeof(similar->found), "%s", name);
}

void rex_similar_try(struct rex_similar *similar, const char *candidate)
{
	unsigned int distance;

	if (!similar->distance)
		return;
	distance = similar_distance(similar->name, candidate,
				    similar->distance - 1);
	if (distance >= similar->distance)
		return;
	similar->distance = distance;
	snprintf(similar->found, sizeof(similar->found), "%s", candidate);
}
