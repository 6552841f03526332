// SPDX-License-Identifier: GPL-2.0
/*
 * rex_ksyms_verify() detects a kernel whose function has other parameters than the one that
 * ksyms.def names, which no compiler sees: these functions are called by their addresses. BTF
 * has their types.
 */
#include <linux/bsearch.h>
#include <linux/btf.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "btf.h"
#include "btf_private.h"
#include "ksyms.h"
#include "selftest.h"

/* A function has a result and so many parameters at most. */
#define VERIFY_MAX_PARAMETERS 9

/* What a type is to a caller: VERIFY_VOID, _POINTER; or its size, and _STRUCT if it is one. */
#define VERIFY_VOID 0
#define VERIFY_STRUCT 0x40
#define VERIFY_POINTER 0x80
#define VERIFY_OTHER 0xff

/* __builtin_classify_type() */
#define CLASS_OF_POINTERS 5
#define CLASS_OF_STRUCTS 12

/* The class of what a function returns; nothing can be asked about an expression of type void. */
#ifdef __CHECKER__ /* sparse does not know the builtin */
#define VERIFY_CLASS(type) 0
#else
#define VERIFY_CLASS(type)                                                \
	__builtin_classify_type(                                          \
		__builtin_choose_expr(__builtin_types_compatible_p(type,  \
								   void), \
				      0, ((type(*)(void))NULL)()))
#endif

#define VERIFY_FORM(type)                                                \
	(__builtin_types_compatible_p(type, void) ? VERIFY_VOID :        \
	 VERIFY_CLASS(type) == CLASS_OF_POINTERS  ? VERIFY_POINTER :     \
	 VERIFY_CLASS(type) == CLASS_OF_STRUCTS	  ? VERIFY_STRUCT |      \
							  sizeof(type) : \
						  sizeof(type))

/* Members of a struct verify_symbol: the forms of a list of types, from the last to the first. */
#define FORMS_1(type) .forms[0] = VERIFY_FORM(type)
#define FORMS_2(type, ...) .forms[1] = VERIFY_FORM(type), FORMS_1(__VA_ARGS__)
#define FORMS_3(type, ...) .forms[2] = VERIFY_FORM(type), FORMS_2(__VA_ARGS__)
#define FORMS_4(type, ...) .forms[3] = VERIFY_FORM(type), FORMS_3(__VA_ARGS__)
#define FORMS_5(type, ...) .forms[4] = VERIFY_FORM(type), FORMS_4(__VA_ARGS__)
#define FORMS_6(type, ...) .forms[5] = VERIFY_FORM(type), FORMS_5(__VA_ARGS__)
#define FORMS_7(type, ...) .forms[6] = VERIFY_FORM(type), FORMS_6(__VA_ARGS__)
#define FORMS_8(type, ...) .forms[7] = VERIFY_FORM(type), FORMS_7(__VA_ARGS__)
#define FORMS_9(type, ...) .forms[8] = VERIFY_FORM(type), FORMS_8(__VA_ARGS__)
#define FORMS_10(type, ...) .forms[9] = VERIFY_FORM(type), FORMS_9(__VA_ARGS__)
#define FORMS_OF(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, name, ...) name
#define FORMS_CALL(name, ...) name(__VA_ARGS__)
#define VERIFY_FORMS(...)                                                     \
	.nr = FORMS_OF(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),        \
	FORMS_CALL(FORMS_OF(__VA_ARGS__, FORMS_10, FORMS_9, FORMS_8, FORMS_7, \
			    FORMS_6, FORMS_5, FORMS_4, FORMS_3, FORMS_2,      \
			    FORMS_1, FORMS_0),                                \
		   __VA_ARGS__)

/**
 * struct verify_symbol - a symbol of ksyms.def, or another name of the kernel's types
 * @name:	of the kernel
 * @kind:	BTF_KIND_FUNC, BTF_KIND_VAR or BTF_KIND_STRUCT
 * @key:	of the static call of a function; NULL: rex_kcall() does not call it
 * @tramp:	of the static call
 * @need:	whether insmod fails if it is another one
 * @nr:		how many @forms it has
 * @forms:	of the parameters, the last one first, and the result; or of the variable
 * @found:	the function or variable in BTF that is as expected; 0: none
 * @other:	one of this name in BTF that is another one; 0: none
 * @is_ambiguous: BTF has several structures of this name
 */
struct verify_symbol {
	const char *name;
	u32 kind;
	struct static_call_key *key;
	u8 *tramp;
	enum rex_ksym_need need;
	u8 nr;
	u8 forms[1 + VERIFY_MAX_PARAMETERS];
	u32 found;
	u32 other;
	bool is_ambiguous;
};

#define REX_KSYM_CALL(need_, field, symbol, ...)                  \
	{                                                         \
		.name = __stringify(symbol),                      \
		.kind = BTF_KIND_FUNC,                            \
		.key = &STATIC_CALL_KEY(rex_k_##field),           \
		.tramp = (u8 *)&STATIC_CALL_TRAMP(rex_k_##field), \
		.need = REX_KSYM_##need_,                         \
		VERIFY_FORMS(__VA_ARGS__),                        \
	},
#define REX_KSYM_DATA(...)
#define REX_KSYM_PERCPU(need_, field, type) \
	{                                   \
		.name = #field,             \
		.kind = BTF_KIND_VAR,       \
		.need = REX_KSYM_##need_,   \
		VERIFY_FORMS(type),         \
	},

#define VERIFY_ROW(_name, _kind)                         \
	{                                                \
		.name = #_name, .kind = BTF_KIND_##_kind \
	}

static struct verify_symbol symbols[] __initdata = {
#include "ksyms.def"
	/* helpers_trace_line() calls it by a pointer of the kernel's. */
	{
		.name = "__traceiter_bpf_trace_printk",
		.kind = BTF_KIND_FUNC,
		.need = REX_KSYM_REQUIRED,
		VERIFY_FORMS(int, void *, const char *),
	},
	/* Any type will do: verify_nested() looks at it. */
	VERIFY_ROW(bpf_bprintf_bufs, VAR),
	VERIFY_ROW(bpf_misc_sds, VAR),
	VERIFY_ROW(bpf_pt_regs, VAR),
	/* Others ask about these. */
	VERIFY_ROW(bpf_queue_stack, STRUCT),
	VERIFY_ROW(bpf_ringbuf, STRUCT),
	VERIFY_ROW(bpf_ringbuf_map, STRUCT),
	VERIFY_ROW(bpf_ringbuf_hdr, STRUCT),
};

struct rex_nesting rex_nesting __ro_after_init = { .texts = 3, .samples = 3 };

/* ---- forms ---- */

static u8 __init verify_form(const struct btf *btf, u32 id)
{
	const struct btf_type *t = rex_btf_skip(btf, &id);

	switch (t ? rex_btf_kind_of(t) : BTF_KIND_MAX + 1) {
	case BTF_KIND_UNKN:
		return VERIFY_VOID;
	case BTF_KIND_PTR:
		return VERIFY_POINTER;
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return t->size < VERIFY_STRUCT ? t->size : VERIFY_OTHER;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return t->size < VERIFY_STRUCT ? VERIFY_STRUCT | t->size :
						 VERIFY_OTHER;
	default:
		return VERIFY_OTHER;
	}
}

static void __init verify_describe(u8 form, struct rex_btf_text *text)
{
	if (form == VERIFY_VOID)
		rex_btf_text_add(text, "void");
	else if (form == VERIFY_POINTER)
		rex_btf_text_add(text, "a pointer");
	else
		rex_btf_text_add(text, "%s of %u byte%s",
				 form & VERIFY_STRUCT ? "a struct" :
							"an integer",
				 form & ~VERIFY_STRUCT, form == 1 ? "" : "s");
}

/* Returns the form of a parameter, from 1 on, or of the result or the variable, which is 0. */
static u8 __init verify_expected(const struct verify_symbol *symbol, u32 at)
{
	return symbol->forms[symbol->nr - 1 - at];
}

static u32 __init verify_nr_parameters(const struct verify_symbol *symbol)
{
	return symbol->nr == 2 && symbol->forms[0] == VERIFY_VOID ?
		       0 :
		       symbol->nr - 1;
}

/* ---- one type of BTF ---- */

static const struct btf_type *__init verify_proto(const struct btf *btf,
						  const struct btf_type *t)
{
	const struct btf_type *proto = rex_btf_type(btf, t->type);

	return proto && rex_btf_kind_of(proto) == BTF_KIND_FUNC_PROTO ? proto :
									NULL;
}

/* Returns the place among the forms of the first one that differs; their number if none does. */
static u32 __init verify_differs(const struct verify_symbol *symbol,
				 const struct btf *btf,
				 const struct btf_type *proto)
{
	const struct btf_param *params = btf_params(proto);
	u32 i;

	if (verify_form(btf, proto->type) != verify_expected(symbol, 0))
		return 0;
	for (i = 1; i <= btf_type_vlen(proto); i++)
		if (verify_form(btf, params[i - 1].type) !=
		    verify_expected(symbol, i))
			return i;
	return symbol->nr;
}

/*
 * A function without parameters does not see those that it is called with: the functions of
 * sessions have one from 7.0 on.
 */
static bool __init verify_is_same_number(const struct verify_symbol *symbol,
					 const struct btf_type *proto)
{
	u32 nr = btf_type_vlen(proto);

	return nr == verify_nr_parameters(symbol) ||
	       (!nr && symbol->need == REX_KSYM_OPTIONAL);
}

static bool __init verify_is_same(const struct verify_symbol *symbol,
				  const struct btf *btf,
				  const struct btf_type *t)
{
	const struct btf_type *proto;

	if (symbol->kind != BTF_KIND_FUNC)
		return !symbol->nr ||
		       verify_form(btf, t->type) == verify_expected(symbol, 0);
	proto = verify_proto(btf, t);
	return !proto || (verify_is_same_number(symbol, proto) &&
			  verify_differs(symbol, btf, proto) == symbol->nr);
}

static int __init verify_compare_names(const void *a, const void *b)
{
	const struct verify_symbol *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int __init verify_compare_key(const void *key, const void *element)
{
	const struct verify_symbol *symbol = element;

	return strcmp(key, symbol->name);
}

static struct verify_symbol *__init verify_find(const char *name)
{
	return bsearch(name, symbols, ARRAY_SIZE(symbols), sizeof(symbols[0]),
		       verify_compare_key);
}

/* A kernel that differs from this one looks as this one does if something else is expected. */
static void __init verify_pretend(void)
{
	if (rex_selftest_is_other(REX_OTHER_FUNCTION))
		verify_find("bpf_map_get")->forms[0] = VERIFY_POINTER;
	if (rex_selftest_is_other(REX_OTHER_OPTIONAL))
		verify_find("bpf_get_current_cgroup_id")->nr = 3;
}

static void __init verify_note(const struct btf *btf, u32 id,
			       const struct btf_type *t)
{
	u32 kind = rex_btf_kind_of(t);
	struct verify_symbol *symbol;

	if (kind != BTF_KIND_FUNC && kind != BTF_KIND_VAR &&
	    kind != BTF_KIND_STRUCT)
		return;
	symbol = verify_find(rex_btf_type_name(btf, t));
	if (!symbol || symbol->kind != kind)
		return;
	/* Of two structures of a name, it is not known which one is meant. */
	if (kind == BTF_KIND_STRUCT && symbol->found)
		symbol->is_ambiguous = true;
	if (verify_is_same(symbol, btf, t))
		symbol->found = id;
	else
		symbol->other = id;
}

u32 __init rex_ksyms_type_id(const char *name)
{
	const struct verify_symbol *symbol = verify_find(name);

	return symbol->is_ambiguous ? 0 : symbol->found;
}

/* ---- the answer ---- */

/* Say in @text how a type of the kernel differs from what is expected. */
static void __init verify_describe_type(const struct btf *btf, u32 id, u8 form,
					struct rex_btf_text *text)
{
	rex_btf_describe(btf, id, text);
	rex_btf_text_add(text, " in this kernel, and not ");
	verify_describe(form, text);
}

static void __init verify_explain_function(const struct verify_symbol *symbol,
					   const struct btf *btf,
					   const struct btf_type *proto,
					   struct rex_btf_text *text)
{
	u32 nr = verify_nr_parameters(symbol), at;

	if (!verify_is_same_number(symbol, proto)) {
		rex_btf_text_add(text,
				 "%s has %u parameters in this kernel, and not %u",
				 symbol->name, btf_type_vlen(proto), nr);
		return;
	}
	at = verify_differs(symbol, btf, proto);
	if (at)
		rex_btf_text_add(text, "parameter %u of %s is ", at,
				 symbol->name);
	else
		rex_btf_text_add(text, "the result of %s is ", symbol->name);
	verify_describe_type(btf,
			     at ? btf_params(proto)[at - 1].type : proto->type,
			     verify_expected(symbol, at), text);
}

static void __init verify_explain(const struct verify_symbol *symbol,
				  const struct btf *btf,
				  struct rex_btf_text *text)
{
	const struct btf_type *t = rex_btf_type(btf, symbol->other);

	if (symbol->kind == BTF_KIND_FUNC) {
		verify_explain_function(symbol, btf, verify_proto(btf, t),
					text);
		return;
	}
	rex_btf_text_add(text, "the variable %s is ", symbol->name);
	verify_describe_type(btf, t->type, verify_expected(symbol, 0), text);
}

/* 0 if @symbol is as expected, or programs do without it. */
static int __init verify_answer(const struct verify_symbol *symbol,
				const struct btf *btf)
{
	struct rex_btf_text text = {};

	if (symbol->found || !symbol->other ||
	    (symbol->key && !symbol->key->func))
		return 0;
	verify_explain(symbol, btf, &text);
	if (symbol->need != REX_KSYM_OPTIONAL || !symbol->key) {
		pr_err("%s: this rex.ko is not for this kernel\n", text.buf);
		return -ENOEXEC;
	}
	pr_warn("%s: it is not used\n", text.buf);
	__static_call_update(symbol->key, symbol->tramp, NULL);
	return 0;
}

/* ---- buffers ---- */

/*
 * Returns how long an array is, or the only member of a structure; 0 if it is none. BTF has an array
 * of arrays of numbers as one of numbers, whose length says nothing: U32_MAX.
 */
static u32 __init verify_array_len(const struct btf *btf, u32 id)
{
	const struct btf_type *t = rex_btf_skip(btf, &id), *element;

	if (t && btf_type_is_struct(t) && btf_type_vlen(t) == 1) {
		id = btf_members(t)->type;
		t = rex_btf_skip(btf, &id);
	}
	if (!t || rex_btf_kind_of(t) != BTF_KIND_ARRAY)
		return 0;
	id = rex_btf_type_array(t)->type;
	element = rex_btf_skip(btf, &id);
	if (element && rex_btf_kind_of(element) == BTF_KIND_INT)
		return U32_MAX;
	return rex_btf_type_array(t)->nelems;
}

/*
 * Lower @nesting to the length of the array @buffers. BTF may have no variables, in which case it
 * has not @level either. One call always has a buffer.
 */
static void __init verify_nested(const struct btf *btf, const char *function,
				 const char *level, const char *buffers,
				 int *nesting)
{
	u32 id = verify_find(buffers)->found, len = 0;

	if (!verify_find(level)->found)
		return;
	if (id)
		len = verify_array_len(btf, rex_btf_type(btf, id)->type);
	if (rex_selftest_is_other(REX_OTHER_BUFFERS) &&
	    !strcmp(buffers, "bpf_misc_sds"))
		len = 2;
	if (len >= *nesting)
		return;
	pr_warn("this kernel has room for %u calls of %s on top of each other, and not %d\n",
		max(len, 1u), function, *nesting);
	*nesting = max(len, 1u);
}

static void __init verify_nesting(const struct btf *btf)
{
	verify_nested(btf, "bpf_snprintf", "bpf_bprintf_nest_level",
		      "bpf_bprintf_bufs", &rex_nesting.texts);
	verify_nested(btf, "bpf_event_output", "bpf_event_output_nest_level",
		      "bpf_misc_sds", &rex_nesting.samples);
	verify_nested(btf, "bpf_event_output", "bpf_event_output_nest_level",
		      "bpf_pt_regs", &rex_nesting.samples);
}

int __init rex_ksyms_verify(void)
{
	struct btf *btf = rex_btf_of_kernel();
	const struct btf_type *t;
	int ret = 0;
	size_t i;
	u32 id;

	sort(symbols, ARRAY_SIZE(symbols), sizeof(symbols[0]),
	     verify_compare_names, NULL);
	if (!btf)
		return 0;
	verify_pretend();
	for (id = 1; (t = rex_btf_type(btf, id)); id++) {
		verify_note(btf, id, t);
		if (id % 4096 == 0)
			cond_resched();
	}
	for (i = 0; !ret && i < ARRAY_SIZE(symbols); i++)
		ret = verify_answer(&symbols[i], btf);
	if (!ret)
		verify_nesting(btf);
	return ret;
}
