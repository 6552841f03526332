// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "btf.h"
#include "btf_query.h"
#include "ksyms.h"
#include "portable.h"
#include "selftest.h"

/* The BTF of a module, with a reference. */
struct btf_of_module {
	struct list_head link;
	struct btf *btf;
	char name[MODULE_NAME_LEN];
};

/* The types of a name that have been found. */
struct btf_found {
	struct list_head link;
	struct rex_btf_types types;
	enum rex_btf_class class;
	const char *prefix;
	char name[]; /* <module>/<type>; for any module, /<type> */
};

/*
 * A function whose arguments programs read. For a pattern, there is an entry for each
 * argument: @symbol asks for it, and the programs rely on the answer @value.
 */
struct btf_function {
	struct list_head link;
	u64 value;
	const char *symbol; /* after @name, or NULL */
	char name[];
};

/* ---- what btf_query.h asks of a BTF ---- */

const struct btf_type *rex_btf_type(const struct btf *btf, u32 id)
{
	return btf_type_by_id(btf, id);
}

const char *rex_btf_string(const struct btf *btf, u32 offset)
{
	return rex_kcall(btf_name_by_offset)(btf, offset) ?: "";
}

/* ---- modules ---- */

/*
 * Return the module after @module in the kernel's list, with a reference; NULL after the
 * last. The reference on @module keeps it in the list. A module that is being initialized is
 * left out: if that fails, the kernel frees it whatever references there are.
 */
static struct module *btf_next_module(struct module *module)
{
	struct list_head *modules = rex_ksyms.modules, *at;
	struct module *next;

	rcu_read_lock();
	at = module ? &module->list : modules;
	while ((at = rcu_dereference(list_next_rcu(at))) != modules) {
		next = list_entry(at, struct module, list);
		if (READ_ONCE(next->state) == MODULE_STATE_LIVE &&
		    try_module_get(next)) {
			rcu_read_unlock();
			return next;
		}
	}
	rcu_read_unlock();
	return NULL;
}

static int btf_add_module(struct rex_btf_lookup *lookup, struct module *module)
{
	struct btf *btf = rex_kcall(btf_get_module_btf)(module);
	struct btf_of_module *entry = NULL;

	if (IS_ERR_OR_NULL(btf))
		return 0;
	if (!rex_selftest_fail_step())
		entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry) {
		rex_kcall(btf_put)(btf);
		return -ENOMEM;
	}
	entry->btf = btf;
	strscpy(entry->name, module->name, sizeof(entry->name));
	list_add_tail(&entry->link, &lookup->modules);
	return 0;
}

/* One module at a time has a reference, which rmmod would notice. */
static int btf_read_modules(struct rex_btf_lookup *lookup)
{
	struct module *module = NULL, *next;
	int ret = 0;

	if (lookup->has_modules || !rex_khas(btf_get_module_btf))
		return 0;
	while (!ret && (next = btf_next_module(module))) {
		module_put(module);
		module = next;
		ret = btf_add_module(lookup, module);
	}
	module_put(module);
	lookup->has_modules = !ret;
	return ret;
}

/* ---- functions ---- */

static bool btf_is_function(const char *function, const char *prefix,
			    const char *name)
{
	size_t len = strlen(prefix);

	return !strncmp(function, prefix, len) && !strcmp(function + len, name);
}

bool rex_btf_has_function(const struct list_head *functions, const char *prefix,
			  const char *name)
{
	const struct btf_function *function;

	list_for_each_entry(function, functions, link)
		if (btf_is_function(function->name, prefix, name))
			return true;
	return false;
}

void rex_btf_free_functions(struct list_head *functions)
{
	struct btf_function *function, *next;

	list_for_each_entry_safe(function, next, functions, link)
		kfree(function);
	INIT_LIST_HEAD(functions);
}

/*
 * Add the function that @q is about, with room for @more bytes after its name. NULL if
 * there is no memory.
 */
static struct btf_function *btf_add_function(struct rex_btf_lookup *lookup,
					     const struct rex_btf_query *q,
					     size_t more)
{
	size_t size = strlen(q->prefix) + strlen(q->type) + 1;
	struct btf_function *function = NULL;

	if (!rex_selftest_fail_step())
		function = kzalloc(struct_size(function, name, size + more),
				   GFP_KERNEL_ACCOUNT);
	if (!function)
		return NULL;
	snprintf(function->name, size, "%s%s", q->prefix, q->type);
	list_add_tail(&function->link, lookup->functions);
	return function;
}

/* Note that the programs read arguments of the function that @q is about. */
static int btf_note_function(struct rex_btf_lookup *lookup,
			     const struct rex_btf_query *q)
{
	if (rex_btf_has_function(lookup->functions, q->prefix, q->type) ||
	    btf_add_function(lookup, q, 0))
		return 0;
	return -ENOMEM;
}

/*
 * Note what is asked about functions that a pattern matches, and answer as for a function
 * whose arguments are words.
 */
static int btf_note_pattern(struct rex_btf_lookup *lookup,
			    const struct rex_btf_query *q, const char *symbol,
			    u64 *value)
{
	size_t size = strlen(symbol) + 1;
	struct btf_function *function = btf_add_function(lookup, q, size);

	if (!function)
		return -ENOMEM;
	function->symbol = memcpy(function->name + strlen(function->name) + 1,
				  symbol, size);
	function->value = rex_btf_answer_pattern(q);
	*value = function->value;
	return 0;
}

/* Answer for one function what was asked about all that a pattern matches. */
static int btf_check_argument(const struct btf_function *asked,
			      const struct btf *btf, u32 id,
			      struct rex_log *log)
{
	const struct rex_btf_types types = { .btf = btf,
					     .ids = { id },
					     .nr = 1 };
	char *symbol = kstrdup(asked->symbol, GFP_KERNEL);
	struct rex_btf_query q;
	u64 value;
	int ret;

	if (!symbol)
		return -ENOMEM;
	ret = rex_btf_parse(symbol, &q) ? 0 : -ENOEXEC;
	q.type = rex_btf_string(btf, rex_btf_type(btf, id)->name_off);
	ret = ret ?: rex_btf_answer(&q, &types, &value, log);
	if (!ret && value != asked->value && strcmp(q.path, "ret")) {
		rex_log_err(log,
			    "argument %s of %s comes after one that is passed by value and takes several words: programs of a pattern do not find it",
			    q.path, q.type);
		ret = -ENOEXEC;
	}
	kfree(symbol);
	return ret == -ENOEXEC ? -EPROTOTYPE : ret;
}

const struct btf_function *rex_btf_next_asked(const struct list_head *functions,
					      const struct btf_function *asked,
					      const char **asker)
{
	if (!asked)
		asked = list_entry(functions, struct btf_function, link);
	list_for_each_entry_continue(asked, functions, link)
		if (asked->symbol) {
			*asker = asked->name;
			return asked;
		}
	return NULL;
}

bool rex_btf_is_asker(const char *asker, const char *pattern,
		      const char *program)
{
	size_t len = strlen(pattern);

	return !strncmp(asker, pattern, len) && asker[len] == '=' &&
	       !strcmp(asker + len + 1, program);
}

int rex_btf_check_function(const struct list_head *functions,
			   const char *pattern, const char *program,
			   const struct btf *btf, u32 id, struct rex_log *log)
{
	const struct btf_function *function;
	int ret = 0;

	list_for_each_entry(function, functions, link) {
		if (!function->symbol ||
		    !rex_btf_is_asker(function->name, pattern, program))
			continue;
		if (btf) {
			ret = btf_check_argument(function, btf, id, log);
		} else {
			rex_log_err(log,
				    "the function is not one of the kernel's types: program %s reads arguments by type",
				    program);
			ret = -EPROTOTYPE;
		}
		if (ret)
			break;
	}
	return ret;
}

/* ---- look-ups ---- */

void rex_btf_begin(struct rex_btf_lookup *lookup, struct list_head *functions)
{
	lookup->functions = functions;
	INIT_LIST_HEAD(&lookup->modules);
	INIT_LIST_HEAD(&lookup->types);
	lookup->has_modules = false;
}

void rex_btf_end(struct rex_btf_lookup *lookup)
{
	struct btf_of_module *module, *next_module;
	struct btf_found *found, *next_found;

	list_for_each_entry_safe(found, next_found, &lookup->types, link)
		kfree(found);
	list_for_each_entry_safe(module, next_module, &lookup->modules, link) {
		rex_kcall(btf_put)(module->btf);
		kfree(module);
	}
}

/*
 * Returns the BTF of the kernel without modules, which stays; NULL if there is
 * none.
 */
struct btf *rex_btf_of_kernel(void)
{
	struct btf *btf = rex_kcall(bpf_get_btf_vmlinux)();

	return IS_ERR(btf) ? NULL : btf;
}

/*
 * Find the types that @q is about, in the kernel's BTF first, then in that of each
 * module. 0, -ENOMEM, or -EINTR if the process is being killed; there may be none.
 */
static int btf_find_types(struct rex_btf_lookup *lookup, struct btf *kernel,
			  const struct rex_btf_query *q,
			  struct rex_btf_types *types)
{
	struct btf_of_module *module;
	int ret = rex_breathe();

	if (ret)
		return ret;
	types->nr = 0;
	if (!q->module)
		rex_btf_find(kernel, 1, q, types);
	if (types->nr)
		return 0;
	ret = btf_read_modules(lookup);
	if (ret)
		return ret;
	list_for_each_entry(module, &lookup->modules, link) {
		if (q->module && strcmp(q->module, module->name))
			continue;
		rex_btf_find(module->btf, rex_kcall(btf_nr_types)(kernel), q,
			     types);
		if (types->nr)
			return 0;
	}
	return 0;
}

static bool btf_is_same_type(const struct btf_found *found,
			     const struct rex_btf_query *q)
{
	const char *module = q->module ?: "";
	size_t len = strlen(module);

	return found->class == q->class && !strncmp(found->name, module, len) &&
	       found->name[len] == '/' &&
	       !strcmp(found->name + len + 1, q->type) &&
	       !strcmp(q->prefix, found->prefix);
}

/*
 * Do the same as btf_find_types(), but do not look again for a type that the
 * object has named before: a search reads all of the kernel's types.
 */
static int btf_get_types(struct rex_btf_lookup *lookup, struct btf *kernel,
			 const struct rex_btf_query *q,
			 const struct rex_btf_types **types)
{
	const char *module = q->module ?: "";
	struct btf_found *found = NULL;
	size_t size = strlen(module) + strlen(q->type) + 2;
	int ret;

	list_for_each_entry(found, &lookup->types, link) {
		if (q->type[0] && btf_is_same_type(found, q)) {
			*types = &found->types;
			return 0;
		}
	}
	found = NULL;
	if (!rex_selftest_fail_step())
		found = kzalloc(struct_size(found, name, size),
				GFP_KERNEL_ACCOUNT);
	if (!found)
		return -ENOMEM;
	ret = btf_find_types(lookup, kernel, q, &found->types);
	if (ret) {
		kfree(found);
		return ret;
	}
	snprintf(found->name, size, "%s/%s", module, q->type);
	found->prefix = q->prefix;
	found->class = q->class;
	list_add(&found->link, &lookup->types);
	*types = &found->types;
	return 0;
}

static void btf_log_absent(const struct rex_btf_query *q, struct rex_log *log)
{
	const char *noun = rex_btf_noun(q);
	const char *name = q->type[0] ? q->type : q->path;

	if (q->module)
		rex_log_err(log,
			    "there is no %s %s in the BTF of module %s, or the module is not loaded",
			    noun, name, q->module);
	else if (rex_khas(btf_get_module_btf))
		rex_log_err(log,
			    "there is no %s %s in the BTF of the kernel and its loaded modules",
			    noun, name);
	else
		rex_log_err(log,
			    "there is no %s %s in the BTF of the kernel, and that of its modules cannot be read",
			    noun, name);
}

static int btf_resolve_query(struct rex_btf_lookup *lookup,
			     const struct rex_btf_query *q, const char *symbol,
			     u64 *value, struct rex_log *log)
{
	struct btf *kernel = rex_btf_of_kernel();
	const struct rex_btf_types *types;
	int ret;

	if (!kernel) {
		rex_log_err(log,
			    "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): the program asks for %s %s",
			    rex_btf_noun(q), q->type[0] ? q->type : q->path);
		return -ENOEXEC;
	}
	if (q->class == REX_BTF_FUNCTIONS && rex_is_pattern(q->type))
		return btf_note_pattern(lookup, q, symbol, value);
	ret = btf_get_types(lookup, kernel, q, &types);
	if (ret)
		return ret;
	if (types->nr) {
		ret = rex_btf_answer(q, types, value, log);
		if (!ret && q->class == REX_BTF_FUNCTIONS)
			ret = btf_note_function(lookup, q);
		return ret;
	}
	if (!rex_btf_answer_absent(q, value))
		return 0;
	btf_log_absent(q, log);
	return -ENOEXEC;
}

int rex_btf_resolve(struct rex_btf_lookup *lookup, const char *name, u64 *value,
		    struct rex_log *log)
{
	struct rex_btf_query q;
	char *symbol = NULL;
	int ret;

	if (!rex_btf_is_symbol(name))
		return -ENOENT;
	if (!rex_selftest_fail_step())
		symbol = kstrdup(name, GFP_KERNEL_ACCOUNT);
	if (!symbol)
		return -ENOMEM;
	if (rex_btf_parse(symbol, &q)) {
		ret = btf_resolve_query(lookup, &q, name, value, log);
	} else {
		rex_log_err(log, "symbol %s is not well formed: see rex.h",
			    name);
		ret = -ENOEXEC;
	}
	kfree(symbol);
	return ret;
}
