/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two images of one object that share their maps. A fault stops all programs of
 * an image; the other image reads the maps that the failed run has left.
 */
#ifndef _REX_PAIR_H
#define _REX_PAIR_H

#include "rex_util.h"

FIXTURE(pair)
{
	const char *name; /* of the object and of its program */
	struct rex_obj *obj, *other;
	struct bpf_link *link, *other_link;
};

#define PAIR_MAPS 8

struct rex_obj *load_with_maps_of(struct rex_obj *obj, const char *name);

/*
 * Loads a pair, and attaches the first program. TIMEOUT_MS limits its runs; 0:
 * as it declares. A test file names the object in FIXTURE_SETUP(pair).
 */
struct pair_fixture load_pair(const char *name, __u32 timeout_ms);

void unload_pair(struct pair_fixture *p);

/* Moves the events to the other program. */
void hand_over(struct pair_fixture *p);

void expect_no_fault(const struct pair_fixture *p);

/* Expects one fault of the first program, and none of the other one. */
void expect_fault(const struct pair_fixture *p, __u32 cause);

#endif
