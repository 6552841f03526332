/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions about types. Programs name the data of the kernel that they read by absolute
 * symbols, and BTF, the kernel's own description of its types, has the values:
 *
 *	__rex_btf:<what>:<type>:<path>:<kind>
 *	__rex_btf_arg:<function>:<index>:<kind>
 *
 * <linux/rex.h> says what each part may be. btf_query.c parses such a symbol, and looks for
 * the answer in one BTF; btf.c has those of the running kernel. BTF is what the kernel
 * has accepted, but nothing here relies on more than that type ids and strings are in
 * range, which rex_btf_type() and rex_btf_string() check.
 */
#ifndef REX_BTF_QUERY_H
#define REX_BTF_QUERY_H

#include "log.h"
#include "pattern.h"

struct btf;
struct btf_type;

enum rex_btf_what {
	REX_BTF_OFF,
	REX_BTF_BITS,
	REX_BTF_HAS,
	REX_BTF_SIZE,
	REX_BTF_ENUM,
	REX_BTF_ARG,
};

/* The types among which the one that a question is about is looked for. */
enum rex_btf_class {
	REX_BTF_TYPES,
	REX_BTF_ENUMS,
	REX_BTF_FUNCTIONS,
	REX_BTF_TRACEPOINTS,
};

/**
 * struct rex_btf_query - a parsed symbol
 * @what:	the question
 * @class:	what to look for
 * @optional:	what is absent has a value, too: REX_NO_FIELD
 * @module:	the module in whose BTF the type is; NULL: any
 * @prefix:	of the name in BTF, which programs do not write
 * @type:	the name of the type, or function
 * @path:	members, an enumerator, or the index of the argument
 * @kind:	what the program expects to be there
 */
struct rex_btf_query {
	enum rex_btf_what what;
	enum rex_btf_class class;
	bool optional;
	const char *module;
	const char *prefix;
	const char *type;
	const char *path;
	const char *kind;
};

/* Types of one name in one BTF. */
#define REX_BTF_MAX_SAME 16

struct rex_btf_types {
	const struct btf *btf;
	u32 ids[REX_BTF_MAX_SAME];
	unsigned int nr;
};

/*
 * Returns the type of an id, whose record is in memory as a whole; NULL if
 * there is none. Id 0 is void, for which a record exists as well.
 */
const struct btf_type *rex_btf_type(const struct btf *btf, u32 id);

/* Returns the string at an offset; "" if it is out of range. */
const char *rex_btf_string(const struct btf *btf, u32 offset);

/* Returns whether @symbol is one of this file's. */
bool rex_btf_is_symbol(const char *symbol);

/**
 * rex_btf_parse() - parse a symbol
 * @symbol:	the symbol, which is changed and must live as long as @q
 * @q:		receives the question
 *
 * Return: whether the symbol is well formed.
 */
bool rex_btf_parse(char *symbol, struct rex_btf_query *q);

/**
 * rex_btf_find() - find the types that a question may be about
 * @btf:	the BTF
 * @first:	the first id to look at, at least 1; those below are of another BTF
 * @q:		the question
 * @found:	receives the types
 *
 * Context: may sleep.
 */
void rex_btf_find(const struct btf *btf, u32 first,
		  const struct rex_btf_query *q, struct rex_btf_types *found);

/**
 * rex_btf_answer() - answer a question
 * @q:		the question
 * @types:	the types that it may be about, at least one; if the answers differ, the
 *		question is refused
 * @value:	receives the answer
 * @log:	receives the reason of a refusal
 *
 * Return: 0 or -ENOEXEC.
 */
int rex_btf_answer(const struct rex_btf_query *q,
		   const struct rex_btf_types *types, u64 *value,
		   struct rex_log *log);

/*
 * Returns the answer if there is no such type: 0, or -ENOENT where the program
 * cannot do without.
 */
int rex_btf_answer_absent(const struct rex_btf_query *q, u64 *value);

/*
 * Returns the answer about functions that a pattern matches: where the argument is if each
 * argument before it is one word. For the result, that does not matter.
 */
u64 rex_btf_answer_pattern(const struct rex_btf_query *q);

/* "struct", "enum" and so on: what the name is of, for the log. */
const char *rex_btf_noun(const struct rex_btf_query *q);

#endif /* REX_BTF_QUERY_H */
