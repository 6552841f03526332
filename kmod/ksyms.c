// SPDX-License-Identifier: GPL-2.0
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#include "ksyms.h"

struct rex_ksyms rex_ksyms __ro_after_init;

#define REX_KSYM_CALL(need, name, symbol, ...) \
	DEFINE_STATIC_CALL_NULL(rex_k_##name, REX_KSYM_TYPE(__VA_ARGS__));
#include "ksyms.def"

/* The kernel that this module is built for has the types that its headers declare. */
#define REX_KSYM_CALL(need, name, symbol, ...)
#define REX_KSYM_DECLARED(need, name, symbol, ...)                             \
	static_assert(__same_type(typeof(symbol), REX_KSYM_TYPE(__VA_ARGS__)), \
		      "the header has another " #name);
#include "ksyms.def"

DEFINE_STATIC_CALL_NULL(rex_ksyms_lookup_name, unsigned long(const char *name));

/* The counter of calls may be at most this many bytes before its function. */
#ifdef CONFIG_CALL_PADDING
#define CALL_PADDING CONFIG_FUNCTION_PADDING_BYTES
#else
#define CALL_PADDING 0
#endif

/**
 * struct ksym_function - a function and its static call
 * @name:	of the kernel
 * @key:	of the static call
 * @tramp:	of the static call: a jump to the function, which the kernel writes
 * @need:	whether insmod fails without it
 */
struct ksym_function {
	const char *name;
	struct static_call_key *key;
	u8 *tramp;
	enum rex_ksym_need need;
};

#define REX_KSYM_CALL(need_, field, symbol, ...)                  \
	{                                                         \
		.name = __stringify(symbol),                      \
		.key = &STATIC_CALL_KEY(rex_k_##field),           \
		.tramp = (u8 *)&STATIC_CALL_TRAMP(rex_k_##field), \
		.need = REX_KSYM_##need_,                         \
	},

static const struct ksym_function ksym_functions[] __initconst = {
#include "ksyms.def"
};

struct ksym_data {
	const char *name;
	size_t offset;
	enum rex_ksym_need need;
};

#define KSYM_DATA(need_, field)                              \
	{                                                    \
		.name = #field,                              \
		.offset = offsetof(struct rex_ksyms, field), \
		.need = REX_KSYM_##need_,                    \
	},
#define REX_KSYM_DATA(need, field, type) KSYM_DATA(need, field)
#define REX_KSYM_PERCPU(need, field, type) KSYM_DATA(need, field)

static const struct ksym_data ksym_data[] __initconst = {
#include "ksyms.def"
};

/*
 * kallsyms_lookup_name() left the exported symbols in 5.7, 0bd476e6c671
 * ("kallsyms: unexport kallsyms_lookup_name()"). register_kprobe() resolves a
 * symbol name for everybody who may load a module, so a probe that is removed at once
 * gives an address: after the function's endbr64, if it has or had one. sprint_symbol()
 * gives the distance.
 */
static int __init ksyms_find_lookup_name(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	char where[KSYM_SYMBOL_LEN];
	unsigned long addr, offset;
	int ret = register_kprobe(&kp);

	if (ret) {
		pr_err("cannot find kallsyms_lookup_name (%d)\n", ret);
		return ret;
	}
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	sprint_symbol(where, addr);
	if (sscanf(where, "kallsyms_lookup_name+0x%lx/", &offset) != 1) {
		pr_err("a probe of kallsyms_lookup_name is at %s\n", where);
		return -ENOEXEC;
	}
	static_call_update(rex_ksyms_lookup_name, (void *)(addr - offset));
	return 0;
}

unsigned long rex_ksyms_lookup(const char *name)
{
	return static_call(rex_ksyms_lookup_name)(name);
}

/*
 * Returns whether @tramp is a jump to the function at @addr, or to the few
 * bytes before it, where a kernel with call depth tracking counts calls.
 */
static bool __init ksyms_leads_to(const u8 *tramp, unsigned long addr)
{
	unsigned long target;
	s32 distance;

	memcpy(&distance, tramp + 1, sizeof(distance));
	target = (unsigned long)tramp + 5 + distance;
	if (tramp[0] != 0xe9)
		return false;
	return target <= addr && addr - target <= CALL_PADDING;
}

static int __init ksyms_connect_function(const struct ksym_function *function)
{
	unsigned long addr = rex_ksyms_lookup(function->name);
	char where[KSYM_SYMBOL_LEN];

	if (!addr && function->need != REX_KSYM_REQUIRED)
		return 0;
	if (!addr) {
		pr_err("this kernel has no symbol %s\n", function->name);
		return -ENOENT;
	}
	sprint_symbol(where, addr);
	if (!strstr(where, "+0x0/")) {
		pr_err("%s is not a function: %s\n", function->name, where);
		return -ENOEXEC;
	}
	__static_call_update(function->key, function->tramp, (void *)addr);
	if (!ksyms_leads_to(function->tramp, addr)) {
		pr_err("the call of %s was not patched\n", function->name);
		return -ENOEXEC;
	}
	return 0;
}

int __init rex_ksyms_init(void)
{
	int ret = ksyms_find_lookup_name();
	size_t i;

	for (i = 0; !ret && i < ARRAY_SIZE(ksym_functions); i++)
		ret = ksyms_connect_function(&ksym_functions[i]);
	for (i = 0; !ret && i < ARRAY_SIZE(ksym_data); i++) {
		const struct ksym_data *data = &ksym_data[i];
		unsigned long addr = rex_ksyms_lookup(data->name);

		if (!addr && data->need == REX_KSYM_REQUIRED) {
			pr_err("this kernel has no symbol %s\n", data->name);
			ret = -ENOENT;
		}
		*(unsigned long *)((char *)&rex_ksyms + data->offset) = addr;
	}
	return ret;
}
