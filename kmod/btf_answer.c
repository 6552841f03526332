// SPDX-License-Identifier: GPL-2.0
/* Answers to questions about types (btf_query.h). */
#include "btf_private.h"

/* ---- answers ---- */

#define TYPE_FORMAT "%s %s"
#define TYPE_ARGS(btf, id, q) answer_struct_word(btf, id), (q)->type

static const char *answer_struct_word(const struct btf *btf, u32 id)
{
	const struct btf_type *t = rex_btf_type(btf, id);

	switch (t ? rex_btf_kind_of(t) : BTF_KIND_UNKN) {
	case BTF_KIND_STRUCT:
		return "struct";
	case BTF_KIND_UNION:
		return "union";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum";
	}
	return "type";
}

/* Walk the path: 0, or -ENOENT if there is no such member. */
static int answer_walk(const struct rex_btf_query *q, struct rex_btf_place *p,
		       struct rex_log *log)
{
	struct rex_btf_step step = { .text.at = q->path };
	const char *path = q->path;
	u32 id = p->id;

	while (*path) {
		if (rex_btf_next_step(&path, &step) &&
		    rex_btf_take_step(p, &step))
			continue;
		rex_log_err(log,
			    TYPE_FORMAT
			    " has no member %.*s: the program asks for it",
			    TYPE_ARGS(p->btf, id, q), (int)step.text.len,
			    step.text.at);
		return -ENOENT;
	}
	return 0;
}

static int answer_misfit(const struct rex_btf_query *q,
			 const struct rex_btf_place *p, u32 outer,
			 struct rex_log *log)
{
	struct rex_btf_text has = {}, wants = {};

	if (p->width)
		rex_btf_text_add(&has, "a bit field of %u bit%s", p->width,
				 p->width == 1 ? "" : "s");
	else
		rex_btf_describe(p->btf, p->id, &has);
	rex_btf_describe_kind(q->kind, &wants);
	if (q->path[0])
		rex_log_err(log,
			    "member %s of " TYPE_FORMAT
			    " is %s, the program wants %s",
			    q->path, TYPE_ARGS(p->btf, outer, q), has.buf,
			    wants.buf);
	else
		rex_log_err(log, TYPE_FORMAT " is %s, the program wants %s",
			    TYPE_ARGS(p->btf, outer, q), has.buf, wants.buf);
	return -ENOEXEC;
}

/*
 * The value is the offset of 8 bytes to load, the bits below the field in them, and the
 * field's width. The bytes are in the struct if that has as many.
 */
static int answer_bits(const struct rex_btf_query *q,
		       const struct rex_btf_place *p, u32 outer, u64 *value,
		       struct rex_log *log)
{
	u64 start = p->bit / 64 * 8, size, width = p->width;

	if (!width && rex_btf_size(p->btf, p->id, &size))
		width = size * 8;
	if (!width || width > 64)
		return answer_misfit(q, p, outer, log);
	if (rex_btf_size(p->btf, outer, &size) && start + 8 > size)
		start = size > 8 ? size - 8 : 0;
	if (p->bit - start * 8 + width > 64)
		start = p->bit / 8;
	if (p->bit - start * 8 + width > 64) {
		rex_log_err(log,
			    "member %s of " TYPE_FORMAT
			    " is a bit field over more than 8 bytes",
			    q->path, TYPE_ARGS(p->btf, outer, q));
		return -ENOEXEC;
	}
	*value = start << 16 | (p->bit - start * 8) << 8 | width;
	return 0;
}

static int answer_member_value(const struct rex_btf_query *q,
			       const struct rex_btf_place *p, u32 outer,
			       u64 *value, struct rex_log *log)
{
	if (p->bit / 8 >= REX_BTF_MAX_OFFSET) {
		rex_log_err(log, "member %s of " TYPE_FORMAT " is too far away",
			    q->path, TYPE_ARGS(p->btf, outer, q));
		return -ENOEXEC;
	}
	if (!rex_btf_fits(p, q->kind))
		return answer_misfit(q, p, outer, log);
	switch (q->what) {
	case REX_BTF_HAS:
		*value = 1;
		return 0;
	case REX_BTF_BITS:
		return answer_bits(q, p, outer, value, log);
	case REX_BTF_SIZE:
		if (!p->width && rex_btf_size(p->btf, p->id, value))
			return 0;
		rex_log_err(log, TYPE_FORMAT "%s%s has no size",
			    TYPE_ARGS(p->btf, outer, q),
			    q->path[0] ? ", member " : "", q->path);
		return -ENOEXEC;
	default:
		/* A bit field may begin within a byte. */
		if (p->width)
			return answer_misfit(q, p, outer, log);
		*value = p->bit / 8;
		return 0;
	}
}

static int answer_of_member(const struct rex_btf_query *q,
			    const struct btf *btf, u32 outer, u64 *value,
			    struct rex_log *log)
{
	struct rex_btf_place p = { .btf = btf, .id = outer };
	int ret = answer_walk(q, &p, log);

	return ret ?: answer_member_value(q, &p, outer, value, log);
}

/* ---- enumerators ---- */

static int answer_of_enum(const struct rex_btf_query *q, const struct btf *btf,
			  u32 outer, u64 *value, struct rex_log *log)
{
	u32 id = outer;
	const struct btf_type *t = rex_btf_skip(btf, &id);

	if (!t || !rex_btf_is_enum(t) ||
	    !rex_btf_enumerator(btf, t, q->path, value)) {
		rex_log_err(log,
			    TYPE_FORMAT
			    " has no enumerator %s: the program asks for it",
			    TYPE_ARGS(btf, outer, q), q->path);
		return -ENOENT;
	}
	if (q->what == REX_BTF_HAS)
		*value = 1;
	return 0;
}

/* ---- arguments ---- */

/**
 * struct proto - a function
 * @t:		its BTF_KIND_FUNC_PROTO
 * @params:	its parameters
 * @nr:		the number of them
 */
struct proto {
	const struct btf_type *t;
	const struct btf_param *params;
	u32 nr;
};

/* The first parameter of a tracepoint's function is not for programs. */
static bool answer_proto(const struct rex_btf_query *q, const struct btf *btf,
			 u32 id, struct proto *proto)
{
	const struct btf_type *t = rex_btf_skip(btf, &id);
	u32 hidden = q->class == REX_BTF_TRACEPOINTS;

	if (t && (rex_btf_kind_of(t) == BTF_KIND_FUNC ||
		  rex_btf_kind_of(t) == BTF_KIND_PTR)) {
		id = t->type;
		t = rex_btf_skip(btf, &id);
	}
	if (!t || rex_btf_kind_of(t) != BTF_KIND_FUNC_PROTO ||
	    BTF_INFO_VLEN(t->info) < hidden)
		return false;
	proto->t = t;
	proto->params = (const struct btf_param *)(t + 1) + hidden;
	proto->nr = BTF_INFO_VLEN(t->info) - hidden;
	return true;
}

/*
 * Returns the number of words that the first @nr arguments take in the context.
 */
static bool answer_words(const struct rex_btf_query *q, const struct btf *btf,
			 const struct proto *proto, u32 nr, u64 *words)
{
	u64 size;
	u32 i;

	*words = 0;
	for (i = 0; i < nr; i++) {
		if (!rex_btf_size(btf, proto->params[i].type, &size))
			return false;
		*words += q->class == REX_BTF_TRACEPOINTS ? 1 : (size + 7) / 8;
	}
	return *words <= REX_BTF_MAX_OFFSET / 8;
}

static int answer_arg_misfit(const struct rex_btf_query *q,
			     const struct rex_btf_place *p, const char *name,
			     struct rex_log *log)
{
	struct rex_btf_text has = {}, wants = {};

	rex_btf_describe(p->btf, p->id, &has);
	rex_btf_describe_kind(q->kind, &wants);
	if (!strcmp(q->path, "ret"))
		rex_log_err(log, "%s returns %s, the program wants %s", q->type,
			    has.buf, wants.buf);
	else
		rex_log_err(log,
			    "argument %s%s%s%s of %s is %s, the program wants %s",
			    q->path, name[0] ? " (" : "", name,
			    name[0] ? ")" : "", q->type, has.buf, wants.buf);
	return -ENOEXEC;
}

static int answer_of_arg(const struct rex_btf_query *q, const struct btf *btf,
			 u32 outer, u64 *value, struct rex_log *log)
{
	bool is_result = !strcmp(q->path, "ret");
	struct rex_btf_place p = { .btf = btf };
	const char *name = "", *text = q->path;
	struct proto proto;
	u32 index;

	if (!answer_proto(q, btf, outer, &proto)) {
		rex_log_err(log, "%s is not a function", q->type);
		return -ENOENT;
	}
	index = proto.nr;
	if (!is_result &&
	    (!rex_btf_number(&text, &index) || index >= proto.nr)) {
		rex_log_err(log,
			    "%s has %u argument%s, the program wants argument %s, counted from 0",
			    q->type, proto.nr, proto.nr == 1 ? "" : "s",
			    q->path);
		return -ENOEXEC;
	}
	p.id = is_result ? proto.t->type : proto.params[index].type;
	if (!is_result)
		name = rex_btf_string(btf, proto.params[index].name_off);
	if (!answer_words(q, btf, &proto, index, value)) {
		rex_log_err(log, "the arguments of %s have no size", q->type);
		return -ENOEXEC;
	}
	*value *= 8;
	return rex_btf_fits(&p, q->kind) ? 0 :
					   answer_arg_misfit(q, &p, name, log);
}

u64 rex_btf_answer_pattern(const struct rex_btf_query *q)
{
	const char *text = q->path;
	u32 index;

	return rex_btf_number(&text, &index) ? 8ull * index : 0;
}

/* ---- questions ---- */

static int answer_of(const struct rex_btf_query *q, const struct btf *btf,
		     u32 id, u64 *value, struct rex_log *log)
{
	if (q->what == REX_BTF_ARG)
		return answer_of_arg(q, btf, id, value, log);
	if (q->class == REX_BTF_ENUMS)
		return answer_of_enum(q, btf, id, value, log);
	return answer_of_member(q, btf, id, value, log);
}

int rex_btf_answer_absent(const struct rex_btf_query *q, u64 *value)
{
	if (q->what != REX_BTF_HAS && !q->optional)
		return -ENOENT;
	*value = q->what == REX_BTF_HAS ? 0 : REX_NO_FIELD;
	return 0;
}

/* The reason of a refusal, a line that is written again. */
#define REASON_MAX 400

int rex_btf_answer(const struct rex_btf_query *q,
		   const struct rex_btf_types *types, u64 *value,
		   struct rex_log *log)
{
	char reason[REASON_MAX], other[REASON_MAX];
	unsigned int i, nr_found = 0;
	int first = -ENOENT;

	reason[0] = '\0';
	for (i = 0; i < types->nr; i++) {
		struct rex_log scratch;
		u64 found;
		int ret;

		rex_log_init(&scratch, other, sizeof(other), REX_LOG_ERROR);
		ret = answer_of(q, types->btf, types->ids[i], &found, &scratch);
		if (!ret && nr_found++ && found != *value) {
			rex_log_err(log,
				    "there are different types named %s: the program's question about %s has two answers",
				    q->type, q->path[0] ? q->path : "it");
			return -ENOEXEC;
		}
		if (!ret)
			*value = found;
		else if (!reason[0] || (first == -ENOENT && ret != first)) {
			memcpy(reason, other, sizeof(reason));
			first = ret;
		}
	}
	if (nr_found)
		return 0;
	if ((first == -ENOENT || q->what == REX_BTF_HAS) &&
	    !rex_btf_answer_absent(q, value))
		return 0;
	reason[strcspn(reason, "\n")] = '\0';
	rex_log_err(log, "%s", reason);
	return -ENOEXEC;
}
