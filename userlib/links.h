/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program that is being attached to many functions: links.c and traced.c share these
 * declarations.
 */
#ifndef LIBREX_LINKS_H
#define LIBREX_LINKS_H

#include <limits.h>

#include "places.h"

/* Most of the time, the kernel waits for grace periods of RCU: more threads wait at once. */
#define REX_LINKS_THREADS 32

struct rex_links {
	int carrier;
	int *fds;
	size_t nr_fds;
	struct rex_places attached;
	struct rex_places skipped;
};

/* The link that a program's section asks for. */
struct rex_link_kind {
	const char *section; /* up to the slash */
	const char *pmu; /* of a link to one probe; NULL: traced by BTF */
	__u32 attach_type; /* of a link to many probes, or of each carrier */
	bool at_return;
	bool only_multi;
	bool sleepable;
};

/* Returns whether the kernel has a carrier and a trampoline for each function. */
static inline bool rex_is_traced(const struct rex_link_kind *kind)
{
	return !kind->pmu;
}

/* The program that is being attached. */
struct rex_attaching {
	const struct rex_obj *obj;
	struct rex_obj
		*usdt; /* the same, to find USDT probes; or NULL: functions */
	const struct rex_prog_def *prog;
	__u32 index; /* of @prog */
	const struct rex_link_kind *kind;
	const char *path; /* @file; NULL: functions of the kernel */
	char file[PATH_MAX];
	int pid;
	struct rex_links *links;
	bool is_list; /* the caller names each function, and none is skipped */
	int *btf_fds; /* of modules whose functions are traced */
	size_t nr_btf_fds;
	char why[256]; /* what was wrong with the last function that was skipped */
};

/* Takes over @fd. */
int rex_links_add_fd(struct rex_links *links, int fd);
/* Raises the limit of descriptors, if necessary, by what @nr links take. */
void rex_links_raise_limit(size_t nr);
/* Adds a place to the list of what was skipped. */
int rex_links_skip(const struct rex_attaching *a,
		   const struct rex_place *place);
/* Closes all of these descriptors, by several threads. */
void rex_links_close(const int *fds, size_t nr);

/* ---- traced.c ----------------------------------------------------------------- */

/*
 * Finds the functions @found in the kernel's type information, and moves those that are not
 * there, or are there for several functions, to @skipped.
 */
int rex_traced_find(struct rex_attaching *a, const struct rex_wanted *wanted,
		    struct rex_places *found, struct rex_places *skipped);
/* Attaches a carrier to each of @places; leaves those in it that are attached to. */
int rex_attach_traced(struct rex_attaching *a, struct rex_places *places);
/* Closes the descriptors of modules' types. */
void rex_traced_end(struct rex_attaching *a);

#endif /* LIBREX_LINKS_H */
