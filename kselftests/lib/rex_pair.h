/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two images of one object that share their maps. A fault stops all programs of
 * an image: the other one shows what the run that failed has left in the maps.
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
 * The first program is attached. TIMEOUT_MS: of its runs; 0: as it declares. A file of
 * tests says in FIXTURE_SETUP(pair) of which object its pairs are.
 */
struct pair_fixture load_pair(const char *name, __u32 timeout_ms);

void unload_pair(struct pair_fixture *p);

/* From now on events are the other program's. */
void hand_over(struct pair_fixture *p);

void expect_no_fault(const struct pair_fixture *p);

/* The first program has ended with one fault, the other one with none. */
void expect_fault(const struct pair_fixture *p, __u32 cause);

#endif
