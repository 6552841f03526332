/* SPDX-License-Identifier: GPL-2.0 */
/* The kinds of maps (maps.def). librex and the host tests include this file as well. */
#ifndef _REX_MAPKIND_H
#define _REX_MAPKIND_H

#include <linux/bpf.h>

/* Types of maps that not all of the headers have which this file is compiled with. */
#define BPF_MAP_TYPE_CGRP_STORAGE 32 /* from Linux 6.2 on */

/* The use of maps of a kind by programs. */
enum rex_map_access {
	REX_MAP_KEYED = 1,
	REX_MAP_KEYLESS,
	REX_MAP_MAPS,
	REX_MAP_REDIRECT,
	REX_MAP_OWNED,
	REX_MAP_OTHER,
};

/* The lock that a change of a map waits for, in the kernel. */
enum rex_map_waits {
	REX_WAITS_LRU, /* a list's lock; also what is not known */
	REX_WAITS_NOTHING,
	REX_WAITS_TRIED, /* the kernel only tries it where it must not wait */
	REX_WAITS_HASH, /* a bucket's lock, and then one that is tried */
	REX_WAITS_TRIE, /* a lock, and memory that is allocated under it */
};

/* The values may contain a bpf_spin_lock, or not. */
enum rex_map_lock {
	REX_MAP_NO_LOCK,
	REX_MAP_LOCK,
};

/**
 * struct rex_map_kind - an entry of maps.def, which explains the fields
 * @name:	the type
 */
struct rex_map_kind {
	const char *name;
	enum rex_map_access access; /* 0: there is no such kind */
	enum rex_map_waits waits;
	enum rex_map_lock lock;
};

#define MAP_KIND(type, module, upstream, crate, access_, waits_, values, \
		 lock_, ...)                                             \
	[BPF_MAP_TYPE_##type] = {                                        \
		.name = #type,                                           \
		.access = REX_MAP_##access_,                             \
		.waits = REX_WAITS_##waits_,                             \
		.lock = REX_MAP_##lock_,                                 \
	},
#define MAP_LOOKUP(...)
#define MAP_SEQUENCE(...)

static const struct rex_map_kind rex_map_kinds[] = {
#include "maps.def"
};

/* Returns the kind of maps of an enum bpf_map_type. */
static inline struct rex_map_kind rex_map_kind(__u32 type)
{
	const __u32 nr = sizeof(rex_map_kinds) / sizeof(*rex_map_kinds);

	return type < nr ? rex_map_kinds[type] : (struct rex_map_kind){};
}

#endif /* _REX_MAPKIND_H */
