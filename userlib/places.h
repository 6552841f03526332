/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The places that probes of one program are at: the files of librex share these
 * declarations.
 */
#ifndef LIBREX_PLACES_H
#define LIBREX_PLACES_H

#include <libelf.h>

#include "internal.h"

/* A function, or a place in one. */
struct rex_place {
	char *name;
	__u64 addr; /* in the kernel; or the offset in a file */
	__u64 ref_ctr; /* the offset in the file of a counter of probes, or 0 */
	__u64 cookie;
};

struct rex_places {
	struct rex_place *all;
	size_t nr;
	size_t room;
};

/* Which functions: those that @pattern matches, or if there are @names, these. */
struct rex_wanted {
	const char *pattern;
	const char *const *names;
	const __u64 *cookies;
	size_t nr;
};

/* Copies @name. */
int rex_places_add(struct rex_places *places, const char *name, __u64 addr,
		   __u64 cookie);
void rex_places_free(struct rex_places *places);

/* Finds functions of the kernel. Those that ftrace cannot trace are in @skipped. */
int rex_places_of_kernel(const struct rex_wanted *wanted,
			 struct rex_places *found, struct rex_places *skipped);
/* Finds functions of a file. */
int rex_places_of_file(const char *path, const struct rex_wanted *wanted,
		       struct rex_places *found);

/* Calls @find for the ELF file @path. */
int rex_with_elf(const char *path,
		 int (*find)(Elf *elf, const void *wanted,
			     struct rex_places *found),
		 const void *wanted, struct rex_places *found);

#endif /* LIBREX_PLACES_H */
