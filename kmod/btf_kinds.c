// SPDX-License-Identifier: GPL-2.0
/* Kinds: what a program expects of a member (btf_query.h). */
#include "btf_private.h"

bool rex_btf_part_is(struct rex_btf_part part, const char *text)
{
	return strlen(text) == part.len && !memcmp(part.at, text, part.len);
}

/* Parse the decimal number that @text begins with, and move @text past it. */
bool rex_btf_number(const char **text, u32 *number)
{
	u64 n = 0;

	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; ++*text) {
		n = n * 10 + (**text - '0');
		if (n > REX_BTF_MAX_OFFSET)
			return false;
	}
	*number = n;
	return true;
}

/* Divide "a<kind>x<number>" into its parts. */
static bool kinds_array_kind(struct rex_btf_part kind,
			     struct rex_btf_part *element, u32 *number)
{
	const char *end = kind.at + kind.len, *x = end, *digits;

	while (x > kind.at + 1 && x[-1] >= '0' && x[-1] <= '9')
		x--;
	digits = x;
	if (x == end || x < kind.at + 3 || x[-1] != 'x')
		return false;
	*element = (struct rex_btf_part){ kind.at + 1, x - 1 - (kind.at + 1) };
	return rex_btf_number(&digits, number) && digits == end;
}

static bool kinds_is_int_kind(struct rex_btf_part kind)
{
	return kind.len == 2 && (kind.at[0] == 'u' || kind.at[0] == 's') &&
	       (kind.at[1] == '1' || kind.at[1] == '2' || kind.at[1] == '4' ||
		kind.at[1] == '8');
}

/*
 * Returns the part of a kind that comes after an array's 'a' or a pointer's
 * "p*".
 */
static bool kinds_inner_kind(struct rex_btf_part kind,
			     struct rex_btf_part *inner)
{
	u32 number;

	if (kind.len && kind.at[0] == 'a')
		return kinds_array_kind(kind, inner, &number);
	if (kind.len >= 2 && kind.at[0] == 'p' && kind.at[1] == '*') {
		*inner = (struct rex_btf_part){ kind.at + 2, kind.len - 2 };
		return true;
	}
	return false;
}

bool rex_btf_kind_is_valid(const char *text)
{
	struct rex_btf_part kind = { text, strlen(text) };
	unsigned int depth;

	if (!kind.len || rex_btf_part_is(kind, "b") ||
	    rex_btf_part_is(kind, "B") || rex_btf_part_is(kind, "e"))
		return true;
	for (depth = 0; depth < REX_BTF_MAX_DEPTH && kind.len; depth++) {
		struct rex_btf_part inner;

		if (kinds_inner_kind(kind, &inner)) {
			kind = inner;
			continue;
		}
		return kinds_is_int_kind(kind) || rex_btf_part_is(kind, "i") ||
		       kind.at[0] == 'p' || kind.at[0] == 't';
	}
	return false;
}

/* Describe what the program wants, a valid kind. */
void rex_btf_describe_kind(const char *wanted, struct rex_btf_text *text)
{
	struct rex_btf_part kind = { wanted, strlen(wanted) };
	struct rex_btf_part inner;
	u32 number;

	while (kind.len > 1 && kinds_inner_kind(kind, &inner)) {
		if (kind.at[0] == 'p')
			rex_btf_text_add(text, "a pointer to ");
		else if (kinds_array_kind(kind, &inner, &number))
			rex_btf_text_add(text, "an array of at least %u of ",
					 number);
		kind = inner;
	}
	if (kinds_is_int_kind(kind))
		rex_btf_text_add(text, "%s integer of %c byte%s",
				 kind.at[0] == 's' ? "a signed" : "an unsigned",
				 kind.at[1], kind.at[1] == '1' ? "" : "s");
	else if (rex_btf_part_is(kind, "i"))
		rex_btf_text_add(text, "an integer");
	else if (rex_btf_part_is(kind, "b"))
		rex_btf_text_add(text, "an unsigned bit field");
	else if (rex_btf_part_is(kind, "B"))
		rex_btf_text_add(text, "a signed bit field");
	else if (kind.len == 1)
		rex_btf_text_add(text, kind.at[0] == 'p' ? "a pointer" :
							   "a struct or union");
	else
		rex_btf_text_add(text, "%sstruct or union %.*s",
				 kind.at[0] == 'p' ? "a pointer to " : "",
				 (int)kind.len - 1, kind.at + 1);
}

/* Plain char is signed or not as the compiler likes, and enums as their values are. */
static bool kinds_fits_sign(const struct btf *btf, const struct btf_type *t,
			    bool is_signed)
{
	u32 encoding;

	if (rex_btf_is_enum(t))
		return true;
	encoding = BTF_INT_ENCODING(rex_btf_type_int_data(t));
	if (encoding & BTF_INT_CHAR ||
	    (t->size == 1 && !strcmp(rex_btf_type_name(btf, t), "char")))
		return true;
	return !(encoding & BTF_INT_SIGNED) == !is_signed;
}

/*
 * Returns whether a type is the struct or union @name; a typedef's name is as
 * good.
 */
static bool kinds_is_named(const struct btf *btf, u32 id,
			   struct rex_btf_part name)
{
	const struct btf_type *t;
	unsigned int depth;

	for (depth = 0; depth < REX_BTF_MAX_DEPTH; depth++) {
		t = rex_btf_type(btf, id);
		if (!t)
			return false;
		if ((rex_btf_is_struct(t) ||
		     rex_btf_kind_of(t) == BTF_KIND_FWD ||
		     rex_btf_kind_of(t) == BTF_KIND_TYPEDEF) &&
		    rex_btf_part_is(name, rex_btf_type_name(btf, t)))
			return true;
		if (!rex_btf_is_modifier(t))
			return false;
		id = t->type;
	}
	return false;
}

static bool kinds_fits_bits(const struct btf *btf, u32 id,
			    struct rex_btf_part kind)
{
	const struct btf_type *t = rex_btf_skip(btf, &id);

	return t && rex_btf_is_integer(t) &&
	       kinds_fits_sign(btf, t, kind.at[0] == 'B');
}

/*
 * Returns whether the type @t is what a kind without inner kinds says; @id is
 * its name's.
 */
static bool kinds_fits_plain(const struct btf *btf, u32 id,
			     const struct btf_type *t, struct rex_btf_part kind)
{
	struct rex_btf_part name = { kind.at + 1, kind.len - 1 };

	if (rex_btf_part_is(kind, "i"))
		return rex_btf_is_integer(t);
	if (kinds_is_int_kind(kind))
		return rex_btf_is_integer(t) &&
		       t->size == (u32)(kind.at[1] - '0') &&
		       kinds_fits_sign(btf, t, kind.at[0] == 's');
	if (kind.at[0] == 't')
		return rex_btf_is_struct(t) &&
		       (!name.len || kinds_is_named(btf, id, name));
	return kind.at[0] == 'p' && rex_btf_kind_of(t) == BTF_KIND_PTR &&
	       (!name.len || kinds_is_named(btf, t->type, name));
}

/* Returns whether the type at @p is the one that the program expects. */
bool rex_btf_fits(const struct rex_btf_place *p, const char *wanted)
{
	struct rex_btf_part kind = { wanted, strlen(wanted) };
	const struct btf *btf = p->btf;
	const struct btf_type *t;
	unsigned int depth;
	struct rex_btf_part inner;
	u32 id = p->id, number;

	if (!kind.len)
		return true;
	if (rex_btf_part_is(kind, "b") || rex_btf_part_is(kind, "B"))
		return kinds_fits_bits(btf, id, kind);
	if (p->width)
		return false;
	for (depth = 0; depth < REX_BTF_MAX_DEPTH; depth++, kind = inner) {
		u32 named = id;

		t = rex_btf_skip(btf, &id);
		if (!t || !kind.len)
			return false;
		if (!kinds_inner_kind(kind, &inner))
			return kinds_fits_plain(btf, named, t, kind);
		if (kind.at[0] == 'a') {
			if (!kinds_array_kind(kind, &inner, &number) ||
			    rex_btf_kind_of(t) != BTF_KIND_ARRAY ||
			    rex_btf_type_array(t)->nelems < number)
				return false;
			id = rex_btf_type_array(t)->type;
		} else {
			if (rex_btf_kind_of(t) != BTF_KIND_PTR)
				return false;
			id = t->type;
		}
	}
	return false;
}
