/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A handmade BTF, and questions about it (kmod/btf_query.h). Each of its records
 * and strings has memory of exactly its size, for ASan.
 */
#ifndef REX_HOST_FAKE_BTF_H
#define REX_HOST_FAKE_BTF_H

#include <linux/btf.h>

#include "btf_query.h"

#define MAX_TYPES 256
#define MAX_STRINGS 512

struct btf {
	struct btf_type *types[MAX_TYPES];
	u32 nr_types;
	char *strings[MAX_STRINGS];
	u32 nr_strings;
};

extern struct btf btf;

/* Types that most tests use. */
extern u32 s4, u4, u8_, s8_, u1, chr, boolean;

/* Begin anew, with those types. */
void add_basic(void);
void free_btf(void);

/* Appends a type, and returns its id. */
u32 add_int(const char *name, u32 size, u32 encoding);
u32 add_int_bits(const char *name, u32 size, u32 encoding, u32 offset,
		 u32 bits);
u32 add_ref(u32 kind, const char *name, u32 to);
u32 add_ptr(u32 to);
u32 add_array(u32 type, u32 nelems);

/*
 * A member at a bit; @width is the width of a bit field in a struct with the
 * flag.
 */
struct member {
	const char *name;
	u32 type;
	u32 bit;
	u32 width;
};

u32 add_members(u32 kind, const char *name, bool kflag, u32 size,
		const struct member *list, u32 nr);

#define ADD_STRUCT(kind, name, kflag, size, ...)                     \
	add_members(kind, name, kflag, size,                         \
		    (const struct member[]){ __VA_ARGS__ },          \
		    sizeof((const struct member[]){ __VA_ARGS__ }) / \
			    sizeof(struct member))

struct enumerator {
	const char *name;
	u64 value;
};

u32 add_enum(const char *name, bool is_signed, const struct enumerator *list,
	     u32 nr);
u32 add_enum64(const char *name, bool is_signed, const struct enumerator *list,
	       u32 nr);
u32 add_proto(u32 result, const struct member *list, u32 nr);

/* ---- questions ---- */

#define OFF(path, kind) "__rex_btf:off:thing:" path ":" kind
#define BITS(path, kind) "__rex_btf:bits:thing:" path ":" kind

/* Returns the value, or the errno; a refusal is in a log. */
int ask(const char *symbol, u64 *value);
void expect(const char *symbol, u64 want);
void refused(const char *symbol, const char *why);
void absent(const char *symbol);
void malformed(const char *symbol);

#endif /* REX_HOST_FAKE_BTF_H */
