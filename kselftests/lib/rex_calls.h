/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs at many functions, which count the calls of the test by function: those of
 * programs/calls.rs.
 */
#ifndef _REX_CALLS_H
#define _REX_CALLS_H

#include "rex_util.h"

/* The numbers of calls that make_calls() makes, of getppid(2), getuid(2) and getgid(2). */
#define PARENTS 3
#define USERS 5
#define GROUPS 7

/* What programs/calls.rs counts. */
struct calls {
	__u64 count, returned, cookie, value, kept;
};

void make_calls(void);

/* Returns the counts of the function at ADDR; zeroes if it was not called. */
struct calls calls_at(struct rex_obj *obj, __u64 addr);

/* Returns the address of a function that is attached to, or 0. */
__u64 find_attached(const struct rex_links *links, const char *name);

/* The same, of a function that is attached to. */
__u64 address_of(const struct rex_links *links, const char *name);
struct calls calls_of(struct rex_obj *obj, const struct rex_links *links,
		      const char *name);

struct rex_links *attach_opts(struct rex_obj *obj, const char *prog,
			      const char *pattern,
			      const struct rex_attach_opts *opts);

/* Checks that librex does not attach, with an errno and with WORDS in its error. */
void expect_refusal(struct rex_obj *obj, const char *prog, const char *pattern,
		    const struct rex_attach_opts *opts, int error,
		    const char *words);

#endif /* _REX_CALLS_H */
