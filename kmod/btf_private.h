/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that the files which answer questions about types (btf_query.h)
 * share.
 */
#ifndef REX_BTF_PRIVATE_H
#define REX_BTF_PRIVATE_H

#include <linux/btf.h>

#include "btf_query.h"

/* Typedefs, qualifiers and pointers on top of each other. */
#define REX_BTF_MAX_DEPTH 32

/* Offsets are the displacements of instructions. */
#define REX_BTF_MAX_OFFSET S32_MAX

/* A part of a symbol that is not terminated. */
struct rex_btf_part {
	const char *at;
	size_t len;
};

/* A piece of text that is composed; what does not fit is left out. */
struct rex_btf_text {
	char buf[160];
	size_t len;
};

/**
 * struct rex_btf_place - a member, or a whole type
 * @btf:	the BTF
 * @id:		its type
 * @bit:	where it begins in the outermost struct
 * @width:	of a bit field, in bits; 0: it is none
 */
struct rex_btf_place {
	const struct btf *btf;
	u32 id;
	u64 bit;
	u32 width;
};

/**
 * struct rex_btf_step - a step of a path
 * @text:	all of it, with the steps before
 * @names:	the members of which one is entered
 * @indices:	of elements, with brackets
 */
struct rex_btf_step {
	struct rex_btf_part text;
	struct rex_btf_part names;
	const char *indices;
};

/* ---- types: btf_types.c ---- */

static inline u32 rex_btf_kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

static inline bool rex_btf_is_struct(const struct btf_type *t)
{
	return rex_btf_kind_of(t) == BTF_KIND_STRUCT ||
	       rex_btf_kind_of(t) == BTF_KIND_UNION;
}

static inline bool rex_btf_is_enum(const struct btf_type *t)
{
	return rex_btf_kind_of(t) == BTF_KIND_ENUM ||
	       rex_btf_kind_of(t) == BTF_KIND_ENUM64;
}

static inline bool rex_btf_is_integer(const struct btf_type *t)
{
	return rex_btf_kind_of(t) == BTF_KIND_INT || rex_btf_is_enum(t);
}

/* Typedefs and qualifiers. */
static inline bool rex_btf_is_modifier(const struct btf_type *t)
{
	switch (rex_btf_kind_of(t)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return true;
	}
	return false;
}

static inline const char *rex_btf_type_name(const struct btf *btf,
					    const struct btf_type *t)
{
	return rex_btf_string(btf, t->name_off);
}

static inline const struct btf_array *
rex_btf_type_array(const struct btf_type *t)
{
	return (const struct btf_array *)(t + 1);
}

static inline u32 rex_btf_type_int_data(const struct btf_type *t)
{
	return *(const u32 *)(t + 1);
}

/* Pass typedefs and qualifiers; NULL if there is no end to them. */
const struct btf_type *rex_btf_skip(const struct btf *btf, u32 *id);

/* Returns the size of a type; false if it has none. */
bool rex_btf_size(const struct btf *btf, u32 id, u64 *size);

/* Describe a type of the kernel for the log. */
void rex_btf_describe(const struct btf *btf, u32 id, struct rex_btf_text *text);

__printf(2, 3) void rex_btf_text_add(struct rex_btf_text *text, const char *fmt,
				     ...);

/* ---- kinds: btf_kinds.c ---- */

bool rex_btf_kind_is_valid(const char *kind);

/* Describe what the program wants, a valid kind. */
void rex_btf_describe_kind(const char *kind, struct rex_btf_text *text);

/* Returns whether the type at @p is the one that the program expects. */
bool rex_btf_fits(const struct rex_btf_place *p, const char *kind);

bool rex_btf_part_is(struct rex_btf_part part, const char *text);

/* Parse the decimal number that @text begins with, and move @text past it. */
bool rex_btf_number(const char **text, u32 *number);

/* ---- members and enumerators: btf_members.c ---- */

/* Take the step that @path begins with; false if it is not well formed. */
bool rex_btf_next_step(const char **path, struct rex_btf_step *step);

/* Go from a struct to the member that a step names; false if there is none. */
bool rex_btf_take_step(struct rex_btf_place *p,
		       const struct rex_btf_step *step);

/*
 * Returns the value of the first enumerator of @t that is one of @names, "a|b".
 */
bool rex_btf_enumerator(const struct btf *btf, const struct btf_type *t,
			const char *names, u64 *value);

#endif /* REX_BTF_PRIVATE_H */
