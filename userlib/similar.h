/* SPDX-License-Identifier: GPL-2.0 */
/* The most similar of many names. */
#ifndef REX_SIMILAR_H
#define REX_SIMILAR_H

/* Longer names are not compared. */
#define REX_SIMILAR_LEN 65

struct rex_similar {
	const char *name;
	unsigned int distance;
	char found[REX_SIMILAR_LEN]; /* "" if none is similar */
};

/* Begins to look for a name that is similar to @name, which has to stay. */
void rex_similar_begin(struct rex_similar *similar, const char *name);
/* Says that @name is meant, unless another name is meant already. */
void rex_similar_set(struct rex_similar *similar, const char *name);
void rex_similar_try(struct rex_similar *similar, const char *candidate);

#endif /* REX_SIMILAR_H */
