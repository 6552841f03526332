// SPDX-License-Identifier: GPL-2.0
/* Types: their sizes, and words for them (btf_query.h). */
#include "btf_private.h"

/* Pass typedefs and qualifiers; NULL if there is no end to them. */
const struct btf_type *rex_btf_skip(const struct btf *btf, u32 *id)
{
	const struct btf_type *t = rex_btf_type(btf, *id);
	unsigned int depth;

	for (depth = 0; t && rex_btf_is_modifier(t); depth++) {
		if (depth == REX_BTF_MAX_DEPTH)
			return NULL;
		*id = t->type;
		t = rex_btf_type(btf, *id);
	}
	return t;
}

/* Returns the size of a type; false if it has none. */
bool rex_btf_size(const struct btf *btf, u32 id, u64 *size)
{
	u64 number = 1;
	unsigned int depth;

	for (depth = 0; depth < REX_BTF_MAX_DEPTH; depth++) {
		const struct btf_type *t = rex_btf_skip(btf, &id);

		if (!t)
			return false;
		switch (rex_btf_kind_of(t)) {
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FLOAT:
			return !__builtin_mul_overflow(number, (u64)t->size,
						       size);
		case BTF_KIND_PTR:
			return !__builtin_mul_overflow(number, 8ull, size);
		case BTF_KIND_ARRAY:
			if (__builtin_mul_overflow(number,
						   (u64)rex_btf_type_array(t)
							   ->nelems,
						   &number))
				return false;
			id = rex_btf_type_array(t)->type;
			break;
		default:
			return false;
		}
	}
	return false;
}

/* ---- words for the log ---- */

static void types_describe_int(const struct btf_type *t,
			       struct rex_btf_text *text)
{
	u32 encoding = BTF_INT_ENCODING(rex_btf_type_int_data(t));

	if (encoding & BTF_INT_BOOL)
		rex_btf_text_add(text, "a bool");
	else
		rex_btf_text_add(text, "%s integer",
				 encoding & BTF_INT_SIGNED ? "a signed" :
							     "an unsigned");
	rex_btf_text_add(text, " of %u byte%s", t->size,
			 t->size == 1 ? "" : "s");
}

/* Describe a type of the kernel. */
void rex_btf_describe(const struct btf *btf, u32 id, struct rex_btf_text *text)
{
	unsigned int depth;

	for (depth = 0; depth < REX_BTF_MAX_DEPTH; depth++) {
		const struct btf_type *t = rex_btf_skip(btf, &id);
		const char *name = t ? rex_btf_type_name(btf, t) : "";

		switch (t ? rex_btf_kind_of(t) : BTF_KIND_MAX + 1) {
		case BTF_KIND_UNKN:
			rex_btf_text_add(text, "void");
			return;
		case BTF_KIND_INT:
			types_describe_int(t, text);
			return;
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			rex_btf_text_add(text, "an enum of %u bytes", t->size);
			return;
		case BTF_KIND_FLOAT:
			rex_btf_text_add(text, "a float of %u bytes", t->size);
			return;
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_FWD:
			rex_btf_text_add(text, "%s %s",
					 rex_btf_kind_of(t) == BTF_KIND_UNION ?
						 "union" :
						 "struct",
					 name[0] ? name : "without a name");
			return;
		case BTF_KIND_FUNC_PROTO:
			rex_btf_text_add(text, "a function");
			return;
		case BTF_KIND_PTR:
			rex_btf_text_add(text, "a pointer to ");
			id = t->type;
			break;
		case BTF_KIND_ARRAY:
			rex_btf_text_add(text, "an array of %u of ",
					 rex_btf_type_array(t)->nelems);
			id = rex_btf_type_array(t)->type;
			break;
		default:
			rex_btf_text_add(text, "of an unknown kind");
			return;
		}
	}
}

void rex_btf_text_add(struct rex_btf_text *text, const char *fmt, ...)
{
	size_t room = sizeof(text->buf) - text->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->buf + text->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		text->len += min((size_t)n, room - 1);
}
