// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl types: the kernel's structs as declarations for programs (types.h).
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "types.h"

/* Structs without names in each other. */
#define MAX_DEPTH 16

/* The declarations: the words of the command line. */
struct types {
	FILE *out;
	const struct btf *btf;
	char *const *wanted;
	size_t nr;
	char *why; /* of TYPES_WHY_LEN bytes */
};

/* ---- types -------------------------------------------------------------- */

static const char *types_name(const struct types *t, __u32 name_off)
{
	return btf__name_by_offset(t->btf, name_off) ?: "";
}

/* Pass qualifiers and typedefs. */
static const struct btf_type *types_skip(const struct types *t, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(t->btf, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(t->btf, type->type);
	return type;
}

/* The struct or union @name, as C code calls it; NULL if there is none. */
static const struct btf_type *types_find(const struct types *t,
					 const char *name)
{
	static const __u32 kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION,
				       BTF_KIND_TYPEDEF };
	const struct btf_type *type;
	size_t i;
	__s32 id;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		id = btf__find_by_name_kind(t->btf, name, kinds[i]);
		type = id > 0 ? types_skip(t, id) : NULL;
		if (type && btf_is_composite(type))
			return type;
	}
	return NULL;
}

/* Returns the length of the struct's name in @word, "task_struct.pid". */
static size_t types_struct_len(const char *word)
{
	return strcspn(word, ".");
}

/* Returns whether the struct @name is declared. */
static bool types_is_declared(const struct types *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (name[0] && strlen(name) == types_struct_len(t->wanted[i]) &&
		    !strncmp(name, t->wanted[i], strlen(name)))
			return true;
	return false;
}

/* ---- Rust's words ------------------------------------------------------- */

/* A character is a u8. */
static const char *types_integer(const struct types *t,
				 const struct btf_type *type)
{
	static const char *const names[][2] = {
		{ "u8", "i8" },
		{ "u16", "i16" },
		{ "u32", "i32" },
		{ "u64", "i64" },
	};
	bool is_char = !strcmp(types_name(t, type->name_off), "char");
	bool is_signed = btf_is_int(type) && !is_char &&
			 btf_int_encoding(type) & BTF_INT_SIGNED;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (type->size == 1u << i)
			return names[i][is_signed];
	return NULL;
}

static bool types_is_integer(const struct types *t, const struct btf_type *type)
{
	return (btf_is_int(type) || btf_is_any_enum(type)) &&
	       types_integer(t, type);
}

/*
 * Returns the name of the struct, union or typedef @id, or "" if no name of it
 * is declared.
 */
static const char *types_declared_name(const struct types *t, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(t->btf, id);
	const char *name;

	while (type) {
		name = types_name(t, type->name_off);
		if ((btf_is_composite(type) || btf_is_typedef(type)) &&
		    types_is_declared(t, name))
			return name;
		if (!btf_is_mod(type) && !btf_is_typedef(type))
			return "";
		type = btf__type_by_id(t->btf, type->type);
	}
	return "";
}

/* Write the type of Rust to @text; false if there is none. */
static bool types_rust(const struct types *t, __u32 id, FILE *text,
		       unsigned int depth)
{
	const struct btf_type *type = types_skip(t, id), *to;
	const char *name = types_declared_name(t, id);

	if (!type || depth > MAX_DEPTH)
		return false;
	if (name[0]) {
		fputs(name, text);
		return true;
	}
	if (types_is_integer(t, type)) {
		fputs(!depth && btf_is_int(type) &&
				      btf_int_encoding(type) & BTF_INT_BOOL ?
			      "bool" :
			      types_integer(t, type),
		      text);
		return true;
	}
	if (btf_is_array(type)) {
		const struct btf_array *array = btf_array(type);

		fputc('[', text);
		if (!types_rust(t, array->type, text, depth + 1))
			return false;
		if (array->nelems)
			fprintf(text, "; %u", array->nelems);
		fputc(']', text);
		return true;
	}
	if (!btf_is_ptr(type))
		return false;
	fputs("Ptr<", text);
	to = types_skip(t, type->type);
	/* The pointer's target need not be declared. */
	if (!to || btf_is_array(to) ||
	    !types_rust(t, type->type, text, depth + 1))
		fputs("()", text);
	fputc('>', text);
	return true;
}

/* Words that no field can be called. */
static bool types_is_keyword(const char *name)
{
	static const char *const words[] = {
		"abstract", "as",     "async",	 "await",    "become",
		"box",	    "break",  "const",	 "continue", "crate",
		"do",	    "dyn",    "else",	 "enum",     "extern",
		"false",    "final",  "fn",	 "for",	     "gen",
		"if",	    "impl",   "in",	 "let",	     "loop",
		"macro",    "match",  "mod",	 "move",     "mut",
		"override", "priv",   "pub",	 "ref",	     "return",
		"self",	    "static", "struct",	 "super",    "trait",
		"true",	    "try",    "type",	 "typeof",   "unsafe",
		"unsized",  "use",    "virtual", "where",    "while",
		"yield",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

/* ---- members ------------------------------------------------------------ */

/**
 * struct member - a member that is declared
 * @id:		its type
 * @path:	from the struct, as the kernel names it
 * @field:	the name in the declaration
 * @is_bits:	it is a bit field
 */
struct member {
	__u32 id;
	char path[512];
	char field[256];
	bool is_bits;
};

/*
 * Follows the only member of a struct, repeatedly, to a type that Rust has, as
 * in refcount_t.
 */
static bool types_enter_only_member(const struct types *t, struct member *m)
{
	const struct btf_type *type = types_skip(t, m->id);
	unsigned int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		const struct btf_member *only;
		const char *name;
		size_t len = strlen(m->path);

		if (!type || !btf_is_composite(type))
			return depth > 0;
		if (btf_vlen(type) != 1 || btf_member_bitfield_size(type, 0))
			return false;
		only = btf_members(type);
		name = types_name(t, only->name_off);
		if (name[0] &&
		    (size_t)snprintf(m->path + len, sizeof(m->path) - len,
				     ".%s", name) >= sizeof(m->path) - len)
			return false;
		m->id = only->type;
		type = types_skip(t, m->id);
	}
	return false;
}

static void types_put_skipped(const struct types *t, const struct member *m)
{
	const struct btf_type *type = btf__type_by_id(t->btf, m->id);

	while (type && btf_is_mod(type))
		type = btf__type_by_id(t->btf, type->type);
	fprintf(t->out, "        // %s: ", m->path);
	if (type && types_name(t, type->name_off)[0])
		fprintf(t->out, "%s, which is not declared here\n",
			types_name(t, type->name_off));
	else
		fprintf(t->out, "of a type without a name\n");
}

static void types_put_member(const struct types *t, struct member *m)
{
	char *rust = NULL;
	size_t size;
	FILE *text = open_memstream(&rust, &size);
	bool ok;

	if (!text)
		return;
	ok = types_rust(t, m->id, text, 0);
	if (!ok) {
		struct member inner = *m;

		rewind(text);
		if (types_enter_only_member(t, &inner) &&
		    types_rust(t, inner.id, text, 0)) {
			*m = inner;
			ok = true;
		}
	}
	fputc('\0', text);
	fclose(text);
	if (ok) {
		if (types_is_keyword(m->field))
			strcat(m->field, "_");
		fprintf(t->out, "        pub %s: %s%s", m->field, rust,
			m->is_bits ? " as bits" : "");
		if (strcmp(m->field, m->path))
			fprintf(t->out, " from \"%s\"", m->path);
		fputs(",\n", t->out);
	} else {
		types_put_skipped(t, m);
	}
	free(rust);
}

/* All members, with those of structs and unions without names. */
static void types_put_members(const struct types *t,
			      const struct btf_type *type, unsigned int depth)
{
	const struct btf_member *members = btf_members(type);
	struct member m;
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		const char *name = types_name(t, members[i].name_off);
		const struct btf_type *inner = types_skip(t, members[i].type);

		if (!name[0]) {
			if (inner && btf_is_composite(inner) &&
			    depth < MAX_DEPTH)
				types_put_members(t, inner, depth + 1);
			continue;
		}
		m.id = members[i].type;
		m.is_bits = btf_member_bitfield_size(type, i);
		snprintf(m.path, sizeof(m.path), "%s", name);
		snprintf(m.field, sizeof(m.field) - 1, "%s", name);
		types_put_member(t, &m);
	}
}

/* Find the member that @path begins with; false if there is none. */
static bool types_find_member(const struct types *t,
			      const struct btf_type *type, const char *path,
			      struct member *m, unsigned int depth)
{
	size_t len = strcspn(path, ".");
	const struct btf_member *members;
	int i;

	if (!type || !btf_is_composite(type) || depth > MAX_DEPTH)
		return false;
	members = btf_members(type);
	for (i = 0; i < btf_vlen(type); i++) {
		const char *name = types_name(t, members[i].name_off);

		if (!name[0] &&
		    types_find_member(t, types_skip(t, members[i].type), path,
				      m, depth + 1))
			return true;
		if (strlen(name) != len || !len || strncmp(name, path, len))
			continue;
		m->id = members[i].type;
		m->is_bits = btf_member_bitfield_size(type, i);
		if (!path[len])
			return true;
		return types_find_member(t, types_skip(t, m->id),
					 path + len + 1, m, depth + 1);
	}
	return false;
}

/* Writes the member that @word names after the struct: a.b is the field a_b. */
static int types_put_wanted(const struct types *t, const struct btf_type *type,
			    const char *word)
{
	const char *path = word + types_struct_len(word) + 1;
	struct member m = {};
	char *dot;

	if (!types_find_member(t, type, path, &m, 0)) {
		snprintf(t->why, TYPES_WHY_LEN, "%.*s has no member %s",
			 (int)types_struct_len(word), word, path);
		return -ENOENT;
	}
	snprintf(m.path, sizeof(m.path), "%s", path);
	snprintf(m.field, sizeof(m.field) - 1, "%s", path);
	while ((dot = strchr(m.field, '.')))
		*dot = '_';
	types_put_member(t, &m);
	return 0;
}

/* ---- structs ------------------------------------------------------------ */

/* Returns whether a word before number @nr declares the same struct. */
static bool types_is_repeated(const struct types *t, size_t nr)
{
	size_t len = types_struct_len(t->wanted[nr]), i;

	for (i = 0; i < nr; i++)
		if (types_struct_len(t->wanted[i]) == len &&
		    !strncmp(t->wanted[i], t->wanted[nr], len))
			return true;
	return false;
}

static int types_put_struct(const struct types *t, size_t first)
{
	size_t len = types_struct_len(t->wanted[first]), i;
	const struct btf_type *type;
	bool all = false;
	char name[256];
	int ret = 0;

	snprintf(name, sizeof(name), "%.*s", (int)len, t->wanted[first]);
	type = types_find(t, name);
	if (!type) {
		snprintf(t->why, TYPES_WHY_LEN, "there is no struct %s", name);
		return -ENOENT;
	}
	fprintf(t->out, "    pub %s %s {\n",
		btf_kind(type) == BTF_KIND_UNION ? "union" : "struct", name);
	for (i = first; i < t->nr; i++)
		all |= !strcmp(t->wanted[i], name);
	if (all)
		types_put_members(t, type, 0);
	for (i = first; !ret && i < t->nr; i++) {
		const char *word = t->wanted[i];

		if (strncmp(word, name, len) || word[len] != '.')
			continue;
		/* Members without another dot are already there. */
		if (!all || strchr(word + len + 1, '.'))
			ret = types_put_wanted(t, type, word);
	}
	fputs("    }\n", t->out);
	return ret;
}

int types_write(FILE *out, const struct btf *btf, char *const *wanted,
		size_t nr, char *why)
{
	const struct types t = { out, btf, wanted, nr, why };
	const char *blank = "";
	int ret = 0;
	size_t i;

	fputs("rex::kernel! {\n", out);
	for (i = 0; !ret && i < nr; i++) {
		if (types_is_repeated(&t, i))
			continue;
		fputs(blank, out);
		blank = "\n";
		ret = types_put_struct(&t, i);
	}
	fputs("}\n", out);
	return ret;
}
