/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The types of the running kernel: its BTF and those of its loaded modules, in which the
 * symbols of btf_query.h are looked up when an object is loaded. A value is a number, so
 * nothing is kept: a module may go before the program runs.
 */
#ifndef _REX_BTF_H
#define _REX_BTF_H

#include <linux/list.h>
#include <linux/types.h>

struct btf;
struct btf_function;
struct rex_log;

/**
 * struct rex_btf_lookup - the look-ups of one load
 * @functions:	of the image: the functions whose arguments its programs read
 * @modules:	the BTF of each module, once one has been asked for
 * @types:	the types that were found before
 * @has_modules: @modules is filled
 */
struct rex_btf_lookup {
	struct list_head *functions;
	struct list_head modules;
	struct list_head types;
	bool has_modules;
};

/* Returns the BTF of the running kernel, which stays; NULL if it has none. May sleep. */
struct btf *rex_btf_of_kernel(void);

void rex_btf_begin(struct rex_btf_lookup *lookup, struct list_head *functions);

/* Free everything that the lookups hold, except the list of functions. */
void rex_btf_end(struct rex_btf_lookup *lookup);

/*
 * Returns whether a list of functions has one whose name is that of @prefix and
 * @name.
 */
bool rex_btf_has_function(const struct list_head *functions, const char *prefix,
			  const char *name);

/**
 * rex_btf_next_asked() - go through the questions about patterns
 * @functions:	those of an image
 * @asked:	the last one; NULL: the first one is next
 * @asker:	receives "<pattern>=<program>", the program that asks
 *
 * Return: the next one, or NULL at the end.
 */
const struct btf_function *rex_btf_next_asked(const struct list_head *functions,
					      const struct btf_function *asked,
					      const char **asker);

/* Returns whether @asker is this program with this pattern. */
bool rex_btf_is_asker(const char *asker, const char *pattern,
		      const char *program);

/**
 * rex_btf_check_function() - compare the arguments of a function with what a program reads
 * @functions:	those of an image
 * @pattern:	the pattern by which a program names the function
 * @program:	its name
 * @btf:	the types of the kernel, or of a module; NULL: the function has none
 * @id:		the function in @btf
 * @log:	receives the reason of a refusal
 *
 * Context: may sleep. Return: 0; -EPROTOTYPE if an argument is not there, is of another
 * kind, or is elsewhere than in functions whose arguments are words; -ENOMEM.
 */
int rex_btf_check_function(const struct list_head *functions,
			   const char *pattern, const char *program,
			   const struct btf *btf, u32 id, struct rex_log *log);

void rex_btf_free_functions(struct list_head *functions);

/**
 * rex_btf_resolve() - look up a symbol
 * @lookup:	of this load
 * @name:	the symbol
 * @value:	receives its value
 * @log:	receives the reason of a refusal
 *
 * Context: may sleep. Return: 0; -ENOENT if it is no symbol of a type; -ENOEXEC if the
 * running kernel has no such thing, or it is of another kind; -ENOMEM.
 */
int rex_btf_resolve(struct rex_btf_lookup *lookup, const char *name, u64 *value,
		    struct rex_log *log);

#endif /* _REX_BTF_H */
