// SPDX-License-Identifier: GPL-2.0
/* Symbols, and the types that they are about (btf_query.h). */
#include "btf_private.h"

#define SYMBOL_PREFIX "__rex_btf:"
#define ARG_PREFIX "__rex_btf_arg:"

static bool query_path_is_valid(const char *path)
{
	struct rex_btf_step step = { .text.at = path };

	while (*path)
		if (!rex_btf_next_step(&path, &step))
			return false;
	return true;
}

/* ---- symbols ---- */

bool rex_btf_is_symbol(const char *symbol)
{
	return !strncmp(symbol, SYMBOL_PREFIX, strlen(SYMBOL_PREFIX)) ||
	       !strncmp(symbol, ARG_PREFIX, strlen(ARG_PREFIX));
}

/* Cut the part up to the next colon, or to the end, off @text; NULL if nothing is left. */
static char *query_cut(char **text)
{
	char *part = *text, *colon;

	if (!part)
		return NULL;
	colon = strchr(part, ':');
	if (colon)
		*colon++ = '\0';
	*text = colon;
	return part;
}

static bool query_parse_what(const char *word, struct rex_btf_query *q)
{
	static const struct {
		const char *word;
		enum rex_btf_what what;
		bool optional;
	} words[] = {
		{ "off", REX_BTF_OFF, false },
		{ "opt", REX_BTF_OFF, true },
		{ "bits", REX_BTF_BITS, false },
		{ "optbits", REX_BTF_BITS, true },
		{ "has", REX_BTF_HAS, false },
		{ "size", REX_BTF_SIZE, false },
		{ "optsize", REX_BTF_SIZE, true },
		{ "enum", REX_BTF_ENUM, false },
		{ "optenum", REX_BTF_ENUM, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, word))
			continue;
		q->what = words[i].what;
		q->optional = words[i].optional;
		return true;
	}
	return false;
}

static bool query_is_bits_kind(const char *kind)
{
	return !strcmp(kind, "b") || !strcmp(kind, "B");
}

/* Returns whether the parts of a question about a type go together. */
static bool query_is_valid(const struct rex_btf_query *q)
{
	if (!rex_btf_kind_is_valid(q->kind))
		return false;
	if (q->class == REX_BTF_ENUMS)
		return q->path[0] && !strpbrk(q->path, ".[");
	if (!q->type[0] || !query_path_is_valid(q->path))
		return false;
	switch (q->what) {
	case REX_BTF_BITS:
		return q->path[0] && query_is_bits_kind(q->kind);
	case REX_BTF_OFF:
		return q->path[0] && !query_is_bits_kind(q->kind);
	default:
		return true;
	}
}

/* Parse "<module>/<type>". */
static bool query_parse_type(char *text, struct rex_btf_query *q)
{
	char *slash = strchr(text, '/');

	q->type = text;
	if (!slash)
		return true;
	*slash = '\0';
	q->module = text;
	q->type = slash + 1;
	return q->module[0] && !strchr(q->type, '/');
}

static bool query_parse_symbol(char *text, struct rex_btf_query *q)
{
	const char *what = query_cut(&text);
	char *type = query_cut(&text);
	bool asks_enum;

	q->path = query_cut(&text);
	q->kind = query_cut(&text);
	if (!q->kind || text || !query_parse_what(what, q))
		return false;
	asks_enum = !strcmp(q->kind, "e");
	if (asks_enum && q->what != REX_BTF_HAS && q->what != REX_BTF_ENUM)
		return false;
	if (asks_enum || q->what == REX_BTF_ENUM)
		q->class = REX_BTF_ENUMS;
	return query_parse_type(type, q) && query_is_valid(q);
}

/* Parse "<function>", "lsm/<hook>", "tp/<tracepoint>". */
static void query_parse_function(const char *text, struct rex_btf_query *q)
{
	q->class = REX_BTF_FUNCTIONS;
	q->type = text;
	if (!strncmp(text, "lsm/", 4)) {
		q->prefix = "bpf_lsm_";
		q->type = text + 4;
	} else if (!strncmp(text, "tp/", 3)) {
		q->class = REX_BTF_TRACEPOINTS;
		q->prefix = "btf_trace_";
		q->type = text + 3;
	}
}

static bool query_parse_arg(char *text, struct rex_btf_query *q)
{
	const char *function = query_cut(&text), *index;
	u32 number;

	q->what = REX_BTF_ARG;
	q->path = query_cut(&text);
	q->kind = query_cut(&text);
	if (!q->kind || text)
		return false;
	query_parse_function(function, q);
	index = q->path;
	if (strcmp(index, "ret") &&
	    (!rex_btf_number(&index, &number) || *index))
		return false;
	/* Offsets are the displacements of instructions. */
	if (rex_is_pattern(q->type) &&
	    (q->prefix[0] || !strchr(q->type, '=') ||
	     rex_btf_answer_pattern(q) > REX_BTF_MAX_OFFSET))
		return false;
	return q->type[0] && !strchr(q->type, '/') &&
	       rex_btf_kind_is_valid(q->kind) && !query_is_bits_kind(q->kind) &&
	       strcmp(q->kind, "e");
}

bool rex_btf_parse(char *symbol, struct rex_btf_query *q)
{
	*q = (struct rex_btf_query){ .prefix = "" };
	if (!strncmp(symbol, ARG_PREFIX, strlen(ARG_PREFIX)))
		return query_parse_arg(symbol + strlen(ARG_PREFIX), q);
	return query_parse_symbol(symbol + strlen(SYMBOL_PREFIX), q);
}

/* ---- types ---- */

const char *rex_btf_noun(const struct rex_btf_query *q)
{
	switch (q->class) {
	case REX_BTF_FUNCTIONS:
		return "function";
	case REX_BTF_TRACEPOINTS:
		return "raw tracepoint";
	case REX_BTF_ENUMS:
		return q->type[0] ? "enum" : "enumerator";
	case REX_BTF_TYPES:
		break;
	}
	return q->path[0] ? "struct" : "type";
}

/* Returns whether @t is of a kind that the question may be about. */
static bool query_is_candidate(const struct rex_btf_query *q,
			       const struct btf_type *t)
{
	u32 kind = rex_btf_kind_of(t);

	switch (q->class) {
	case REX_BTF_FUNCTIONS:
		return kind == BTF_KIND_FUNC;
	case REX_BTF_TRACEPOINTS:
		return kind == BTF_KIND_TYPEDEF;
	case REX_BTF_ENUMS:
		return rex_btf_is_enum(t) ||
		       (q->type[0] && kind == BTF_KIND_TYPEDEF);
	case REX_BTF_TYPES:
		return rex_btf_is_struct(t) || rex_btf_is_integer(t) ||
		       kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_FLOAT;
	}
	return false;
}

static bool query_matches(const struct rex_btf_query *q, const struct btf *btf,
			  const struct btf_type *t)
{
	size_t prefix = strlen(q->prefix);
	const char *name;
	u64 value;

	if (!query_is_candidate(q, t))
		return false;
	if (!q->type[0])
		return rex_btf_enumerator(btf, t, q->path, &value);
	name = rex_btf_type_name(btf, t);
	return !strncmp(name, q->prefix, prefix) &&
	       !strcmp(name + prefix, q->type);
}

void rex_btf_find(const struct btf *btf, u32 first,
		  const struct rex_btf_query *q, struct rex_btf_types *found)
{
	const struct btf_type *t;
	u32 id;

	found->btf = btf;
	found->nr = 0;
	for (id = first; (t = rex_btf_type(btf, id)); id++) {
		if (query_matches(q, btf, t)) {
			found->ids[found->nr++] = id;
			if (found->nr == REX_BTF_MAX_SAME)
				return;
		}
		if (id % 4096 == 0)
			cond_resched();
	}
}
