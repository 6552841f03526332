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
	__u32 btf_id; /* of a function that is traced by BTF */
	int btf_fd; /* of the module that it is in; 0: of the kernel itself */
};

struct rex_places {
	struct rex_place *all;
	size_t nr;
	size_t room;
};

/* The wanted functions: all that @pattern matches or, if there are @names, these. */
struct rex_wanted {
	const char *pattern;
	const char *const *names;
	const __u64 *cookies;
	size_t nr;
	bool all_names; /* of a function, and not its first one only */
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

/* Returns whether @name is wanted, and its cookie. */
bool rex_wanted_is(const struct rex_wanted *wanted, const char *name,
		   __u64 *cookie);

/* ---- usdt.c ------------------------------------------------------------------- */

/* The crate's map of places; rex/src/program/usdt.rs has the other side. */
#define REX_USDT_MAP "__rex_usdt"
#define REX_USDT_PLACES 512u
#define REX_USDT_ARGS 12u

enum rex_usdt_kind {
	REX_USDT_UNKNOWN,
	REX_USDT_CONSTANT,
	REX_USDT_REGISTER,
	REX_USDT_MEMORY,
	REX_USDT_INDEXED,
};

struct rex_usdt_arg {
	__u64 offset;
	__u8 kind;
	__u8 base; /* registers, as words of struct user_regs_struct */
	__u8 index;
	__u8 shift;
	__u8 size;
	__u8 is_signed;
	__u8 reserved[2];
};

struct rex_usdt_place {
	__u64 cookie;
	__u32 nr_args;
	__u32 reserved;
	struct rex_usdt_arg args[REX_USDT_ARGS];
};

/* Reads one argument of a note. */
void rex_usdt_parse_arg(const char *text, struct rex_usdt_arg *arg);

/* Finds USDT probes of a file, "PROVIDER:NAME", and writes what programs read of them. */
int rex_places_of_usdt(struct rex_obj *obj, const char *path,
		       const struct rex_wanted *wanted,
		       struct rex_places *found);

/* Calls @find for the ELF file @path. */
int rex_with_elf(const char *path,
		 int (*find)(struct Elf *elf, const void *wanted,
			     struct rex_places *found),
		 const void *wanted, struct rex_places *found);

#endif /* LIBREX_PLACES_H */
