// SPDX-License-Identifier: GPL-2.0
/* Members and enumerators: where they are (btf_query.h). */
#include "btf_private.h"

/* Structs without names in each other. */
#define MAX_NESTING 12

/* Each struct of the kernel has fewer members, those of unnamed structs included. */
#define MAX_MEMBERS 100000

/* The search for a member by its name. */
struct search {
	struct rex_btf_part name;
	u32 budget;
	struct rex_btf_place *place;
};

static void members_enter_member(struct rex_btf_place *p,
				 const struct btf_type *parent,
				 const struct btf_member *m)
{
	const struct btf_type *t;
	u32 id = m->type, data;

	p->id = m->type;
	p->width = 0;
	if (BTF_INFO_KFLAG(parent->info)) {
		p->bit += BTF_MEMBER_BIT_OFFSET(m->offset);
		p->width = BTF_MEMBER_BITFIELD_SIZE(m->offset);
		return;
	}
	p->bit += m->offset;
	t = rex_btf_skip(p->btf, &id);
	if (!t || rex_btf_kind_of(t) != BTF_KIND_INT)
		return;
	/* In old BTF, each bit field has its own integer type. */
	data = rex_btf_type_int_data(t);
	if (BTF_INT_BITS(data) != t->size * 8 || p->bit % 8) {
		p->bit += BTF_INT_OFFSET(data);
		p->width = BTF_INT_BITS(data);
	}
}

/* Find a member of @t, or of the structs and unions without names in it. */
static bool members_find_member(struct search *s, const struct btf_type *t,
				const struct rex_btf_place *in,
				unsigned int nesting)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);
	u32 i;

	for (i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		const char *name = rex_btf_string(in->btf, m->name_off);
		struct rex_btf_place p = *in;
		const struct btf_type *inner;

		if (!s->budget)
			return false;
		s->budget--;
		if (name[0]) {
			if (!rex_btf_part_is(s->name, name))
				continue;
			members_enter_member(&p, t, m);
			*s->place = p;
			return true;
		}
		members_enter_member(&p, t, m);
		inner = rex_btf_skip(p.btf, &p.id);
		if (inner && rex_btf_is_struct(inner) &&
		    nesting < MAX_NESTING &&
		    members_find_member(s, inner, &p, nesting + 1))
			return true;
	}
	return false;
}

/* Enter the first of the members "a|b" that exists. */
static bool members_enter(struct rex_btf_place *p, struct rex_btf_part names)
{
	u32 id = p->id;
	const struct btf_type *t = rex_btf_skip(p->btf, &id);
	struct rex_btf_place in = *p;

	if (!t || !rex_btf_is_struct(t))
		return false;
	while (names.len) {
		const char *bar = memchr(names.at, '|', names.len);
		size_t len = bar ? (size_t)(bar - names.at) : names.len;
		struct search s = { { names.at, len }, MAX_MEMBERS, p };

		if (members_find_member(&s, t, &in, 0))
			return true;
		names.at += len + !!bar;
		names.len -= len + !!bar;
	}
	return false;
}

/* Enter an element of an array. A flexible one has as many as one likes. */
static bool members_enter_element(struct rex_btf_place *p, u32 index)
{
	u32 id = p->id;
	const struct btf_type *t = rex_btf_skip(p->btf, &id);
	const struct btf_array *array;
	u64 size;

	if (!t || rex_btf_kind_of(t) != BTF_KIND_ARRAY)
		return false;
	array = rex_btf_type_array(t);
	if ((array->nelems && index >= array->nelems) ||
	    !rex_btf_size(p->btf, array->type, &size) ||
	    size > REX_BTF_MAX_OFFSET)
		return false;
	p->bit += index * size * 8;
	p->id = array->type;
	return p->bit / 8 <= REX_BTF_MAX_OFFSET;
}

/* Take the step that @path begins with; false if it is not well formed. */
bool rex_btf_next_step(const char **path, struct rex_btf_step *step)
{
	const char *at = *path;
	u32 index;

	step->names.at = at;
	step->names.len = strcspn(at, ".[");
	at += step->names.len;
	step->indices = at;
	while (*at == '[') {
		at++;
		if (!rex_btf_number(&at, &index) || *at++ != ']')
			return false;
	}
	step->text.len = at - step->text.at;
	if (!step->names.len || (*at && *at != '.') || (*at == '.' && !at[1]))
		return false;
	*path = at + (*at == '.');
	return true;
}

bool rex_btf_take_step(struct rex_btf_place *p, const struct rex_btf_step *step)
{
	const char *at = step->indices;
	u32 index;

	if (!members_enter(p, step->names))
		return false;
	while (*at == '[') {
		at++;
		if (p->width || !rex_btf_number(&at, &index) ||
		    !members_enter_element(p, index))
			return false;
		at++;
	}
	return true;
}

/* ---- enumerators ---- */

static bool members_find_enumerator(const struct btf *btf,
				    const struct btf_type *t,
				    struct rex_btf_part name, u64 *value)
{
	const struct btf_enum64 *e64 = (const struct btf_enum64 *)(t + 1);
	const struct btf_enum *e = (const struct btf_enum *)(t + 1);
	bool is_wide = rex_btf_kind_of(t) == BTF_KIND_ENUM64;
	u32 i;

	for (i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		u32 offset = is_wide ? e64[i].name_off : e[i].name_off;

		if (!rex_btf_part_is(name, rex_btf_string(btf, offset)))
			continue;
		if (is_wide)
			*value = (u64)e64[i].val_hi32 << 32 | e64[i].val_lo32;
		else
			*value = BTF_INFO_KFLAG(t->info) ? (u64)e[i].val :
							   (u32)e[i].val;
		return true;
	}
	return false;
}

bool rex_btf_enumerator(const struct btf *btf, const struct btf_type *t,
			const char *names, u64 *value)
{
	while (*names) {
		struct rex_btf_part name = { names, strcspn(names, "|") };

		if (members_find_enumerator(btf, t, name, value))
			return true;
		names += name.len + (names[name.len] == '|');
	}
	return false;
}
