// SPDX-License-Identifier: GPL-2.0
#include <linux/bsearch.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/sort.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <net/busy_poll.h>
#include <net/sch_generic.h>
#include <net/sock.h>
#include <net/xdp.h>

#include <asm/nospec-branch.h>

#include "abort.h"
#include "check.h"
#include "compat.h"
#include "emit_calls.h"
#include "emit_leaf.h"
#include "emit_lock.h"
#include "emit_stubs.h"
#include "helpers.h"
#include "ksyms.h"
#include "loads.h"
#include "memcmp.h"
#include "progtype.h"
#include "selftest.h"
#include "shortcut.h"
#include "symtab.h"

/**
 * struct symbol - a symbol that programs may link to
 * @name:	name that programs use
 * @value:	address of a function, or see the comment of the table
 */
struct symbol {
	const char *name;
	u64 value;
};

#define FUNCTION(name, function)    \
	{                           \
		name, (u64)function \
	}

#define SYMBOL(function) FUNCTION(#function, function)

/*
 * The crate's panic handler calls these without gates, as a panic ends the run; rex_panic()
 * has a stub.
 */
static const struct symbol panic_functions[] = {
	SYMBOL(rex_panic),
	SYMBOL(rex_panic_buf),
};

static u64 panic_stubs[ARRAY_SIZE(panic_functions)] __ro_after_init;

/**
 * struct helper - a line of helpers.def
 * @name:	name that programs use
 * @function:	its address
 * @types:	programs that may call it: enum rex_program_class
 * @refusal:	the result for other programs
 */
struct helper {
	const char *name;
	u64 function;
	u8 types;
	s32 refusal;
};

#define ANY REX_CLASS_ANY
#define XDP REX_CLASS_XDP
#define TC REX_CLASS_TC
#define CGROUP_SKB REX_CLASS_CGROUP_SKB
#define PERF_EVENT REX_CLASS_PERF_EVENT
#define KPROBE REX_CLASS_KPROBE
#define TRACING REX_CLASS_TRACING
#define SLEEPABLE REX_CLASS_SLEEPABLE
#define OTHER REX_CLASS_OTHER

#define HELPER(prefix, name, ...) HELPER_##name,
enum {
#include "helpers.def"
	NR_HELPERS
};

#define HELPER(prefix, name, result, arguments, types, refusal, ...)   \
	[HELPER_##name] = { #prefix "_" #name, (u64)rex_##name, types, \
			    refusal },
static const struct helper helpers[NR_HELPERS] = {
#include "helpers.def"
};

#undef ANY
#undef XDP
#undef TC
#undef CGROUP_SKB
#undef PERF_EVENT
#undef KPROBE
#undef TRACING
#undef SLEEPABLE
#undef OTHER

static u64 gates[NR_HELPERS] __ro_after_init;

/*
 * What is the same for all programs of an image is not asked at each call: these are gates without
 * the question for the type. They are 0 for helpers that all programs may call.
 */
static u64 gates_for_all[NR_HELPERS] __ro_after_init;

/*
 * LLVM makes calls of these; they have gates, as a program may call them in a loop. Before 6.3,
 * the kernel's functions without underscores ask KASAN first, as its memcmp() does: memcmp.h.
 */
static const struct symbol builtins[] = {
	FUNCTION("bcmp", rex_memcmp), FUNCTION("memcmp", rex_memcmp),
	FUNCTION("memcpy", __memcpy), FUNCTION("memmove", __memmove),
	FUNCTION("memset", __memset),
};

static u64 builtin_gates[ARRAY_SIZE(builtins)] __ro_after_init;

/*
 * The kernel's functions for maps of one type, three for each type; they have gates, too. They
 * are in the type's operations, which are not known at build time.
 */
#define MAP_KIND(...)
#define NAME_OF(operation, name)               \
	{                                      \
		"rex_" #operation "_" #name, 0 \
	}
#define MAP_LOOKUP(name, ...) \
	{ NAME_OF(lookup, name), NAME_OF(update, name), NAME_OF(delete, name) },
#define MAP_SEQUENCE(name, ...) \
	{ NAME_OF(push, name), NAME_OF(pop, name), NAME_OF(peek, name) },
static const struct symbol typed[][3] = {
#include "maps.def"
};

#define NR_TYPED (sizeof(typed) / sizeof(struct symbol))

static u64 typed_gates[NR_TYPED] __ro_after_init;

/*
 * It returns the kernel's structure of the element, struct htab_elem, in which the key and,
 * after it, the value lie rex_calls_hash_key_offset from the beginning.
 */
static const struct symbol finds[] = { { "rex_find_hash", 0 } };

static u64 find_gates[ARRAY_SIZE(finds)] __ro_after_init;

/* They have no gates: a run can be stopped in them, as in its program. */
static const struct symbol loads[] = {
	SYMBOL(rex_load_1),
	SYMBOL(rex_load_2),
	SYMBOL(rex_load_4),
	SYMBOL(rex_load_8),
};

#define INDIRECT_THUNK(reg) SYMBOL(__x86_indirect_thunk_##reg)

static const struct symbol indirect_thunks[] = {
	INDIRECT_THUNK(rax), INDIRECT_THUNK(rcx), INDIRECT_THUNK(rdx),
	INDIRECT_THUNK(rbx), INDIRECT_THUNK(rbp), INDIRECT_THUNK(rsi),
	INDIRECT_THUNK(rdi), INDIRECT_THUNK(r8),  INDIRECT_THUNK(r9),
	INDIRECT_THUNK(r10), INDIRECT_THUNK(r11), INDIRECT_THUNK(r12),
	INDIRECT_THUNK(r13), INDIRECT_THUNK(r14), INDIRECT_THUNK(r15),
};

/* The value is an offset, or REX_NO_FIELD for a field that this kernel lacks. */
#define FIELD(type, field) \
	{ "__rex_off_" #type "_" #field, offsetof(struct type, field) },
#define FIELD_AS(type, name, field) \
	{ "__rex_off_" #type "_" #name, offsetof(struct type, field) },
#define OPTIONAL_FIELD(type, field, offset) \
	{ "__rex_opt_" #type "_" #field, offset },
#define CONSTANT(name, value) { "__rex_" #name, value },
#define FOUND(...)

#ifdef CONFIG_NET_RX_BUSY_POLL
#define OFFSET_NAPI_ID offsetof(struct sk_buff, napi_id)
#else
#define OFFSET_NAPI_ID REX_NO_FIELD
#endif

#if IS_ENABLED(CONFIG_IPV6)
#define OFFSET_V6_DADDR offsetof(struct sock_common, skc_v6_daddr)
#define OFFSET_V6_RCV_SADDR offsetof(struct sock_common, skc_v6_rcv_saddr)
#else
#define OFFSET_V6_DADDR REX_NO_FIELD
#define OFFSET_V6_RCV_SADDR REX_NO_FIELD
#endif

static const struct symbol symtab_fields[] = {
#include "fields.def"
};

/* The value is a pointer to the number. */
#define FIELD(...)
#define FIELD_AS(...)
#define OPTIONAL_FIELD(...)
#define CONSTANT(...)
#define FOUND(name, variable) { "__rex_" #name, (u64)&variable },
static const struct symbol symtab_found[] = {
#include "fields.def"
};

#define TABLE(name, gates, callee)                                  \
	{                                                           \
		name, gates, ARRAY_SIZE(name), REX_CALLEE_##callee, \
	}

/**
 * struct table - symbols of one kind
 * @symbols:	the symbols
 * @gates:	addresses that programs get in place of the values; NULL: the values
 * @nr:		of symbols
 * @callee:	what a branch to them is
 */
static const struct table {
	const struct symbol *symbols;
	const u64 *gates;
	size_t nr;
	enum rex_callee callee;
} tables[] = {
	TABLE(builtins, builtin_gates, RETURNS),
	{ typed[0], typed_gates, NR_TYPED, REX_CALLEE_RETURNS },
	TABLE(finds, find_gates, RETURNS),
	TABLE(symtab_fields, NULL, NONE),
	TABLE(symtab_found, NULL, NONE),
	TABLE(indirect_thunks, NULL, INDIRECT_THUNK),
	TABLE(panic_functions, panic_stubs, RETURNS),
	TABLE(loads, NULL, RETURNS),
};

#define INDIRECT_THUNK_PREFIX "__x86_indirect_thunk_"

/*
 * The thunks that the kernel's own JIT would take for indirect_thunks on a CPU with the
 * bug ITS; 0 where the kernel has none.
 */
static u64 symtab_its_thunks[ARRAY_SIZE(indirect_thunks)] __ro_after_init;

static u64 __init symtab_its_thunk(const char *name)
{
	char its_name[] = "__x86_indirect_its_thunk_r??";
	size_t prefix = strlen(INDIRECT_THUNK_PREFIX);

	snprintf(its_name, sizeof(its_name), "__x86_indirect_its_thunk_%s",
		 name + prefix);
	return rex_ksyms_lookup(its_name);
}

/* Returns whether all programs of an image are of classes @of. */
static bool symtab_all_are(const struct rex_symtab_classes *classes, u8 of)
{
	unsigned int class;

	if (!classes)
		return false;
	for_each_set_bit(class, classes->has, REX_NR_CLASSES)
		if (!(class & of))
			return false;
	return true;
}

/* The gate of a helper for the programs of an image. */
static u64 symtab_gate(size_t at, const struct rex_symtab_classes *classes)
{
	if (gates_for_all[at] && symtab_all_are(classes, helpers[at].types))
		return gates_for_all[at];
	return gates[at];
}

/* The address that all programs get for a symbol; 0 if the kernel has no such thunk. */
static u64 symtab_address(const struct table *table, size_t at)
{
	if (table->gates)
		return table->gates[at];
	if (table->symbols == symtab_found)
		return *(const u64 *)table->symbols[at].value;
	if (table->symbols == indirect_thunks && rex_compat_its_thunks())
		return symtab_its_thunks[at];
	return table->symbols[at].value;
}

#define NR_FUNCTIONS                                                        \
	(NR_HELPERS + ARRAY_SIZE(builtins) + NR_TYPED + ARRAY_SIZE(finds) + \
	 ARRAY_SIZE(indirect_thunks) + ARRAY_SIZE(panic_functions) +        \
	 ARRAY_SIZE(loads))

#define NR_NAMES \
	(NR_FUNCTIONS + ARRAY_SIZE(symtab_fields) + ARRAY_SIZE(symtab_found))

/* All symbols, in the order of their names; @table is NULL for a helper. */
static struct symtab_name {
	const char *name;
	const struct table *table;
	size_t at;
} symtab_names[NR_NAMES] __ro_after_init;

static u32 symtab_nr_names __ro_after_init;

static int symtab_compare_name(const void *key, const void *elt)
{
	return strcmp(key, ((const struct symtab_name *)elt)->name);
}

static int __init symtab_compare_names(const void *a, const void *b)
{
	return symtab_compare_name(((const struct symtab_name *)a)->name, b);
}

static void __init symtab_add_name(const char *name, const struct table *table,
				   size_t at)
{
	/* A table is not in NR_NAMES; objects that need what is in it are refused. */
	if (WARN_ON(symtab_nr_names == NR_NAMES))
		return;
	symtab_names[symtab_nr_names++] =
		(struct symtab_name){ name, table, at };
}

static void __init symtab_init_names(void)
{
	size_t i, at;

	for (at = 0; at < NR_HELPERS; at++)
		symtab_add_name(helpers[at].name, NULL, at);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (at = 0; at < tables[i].nr; at++)
			symtab_add_name(tables[i].symbols[at].name, &tables[i],
					at);
	sort(symtab_names, symtab_nr_names, sizeof(*symtab_names),
	     symtab_compare_names, NULL);
	for (i = 1; i < symtab_nr_names; i++)
		WARN_ON(!symtab_compare_names(&symtab_names[i - 1],
					      &symtab_names[i]));
}

int rex_symtab_resolve(const char *name,
		       const struct rex_symtab_classes *classes,
		       struct rex_symbol *sym)
{
	const struct symtab_name *found;

	sym->flags = 0;
	if (!strcmp(name, "__x86_return_thunk")) {
		sym->flags = REX_SYM_RETURN_THUNK;
		sym->value = rex_stubs_return_thunk();
		return 0;
	}
	found = bsearch(name, symtab_names, symtab_nr_names, sizeof(*found),
			symtab_compare_name);
	if (!found)
		return -ENOENT;
	sym->value = found->table ? symtab_address(found->table, found->at) :
				    symtab_gate(found->at, classes);
	return found->table && found->table->symbols == indirect_thunks &&
			       !sym->value ?
		       -ENOENT :
		       0;
}

#define NR_CALLEES (1 + NR_FUNCTIONS + NR_HELPERS)

/* The targets of programs' branches, in order of address. */
static struct symtab_callee {
	u64 addr;
	enum rex_callee callee;
} symtab_callees[NR_CALLEES] __ro_after_init;

static u32 symtab_nr_callees __ro_after_init;

enum rex_callee rex_check_callee(u64 addr)
{
	u32 lo = 0, hi = symtab_nr_callees;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (symtab_callees[mid].addr == addr)
			return symtab_callees[mid].callee;
		if (symtab_callees[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return REX_CALLEE_NONE;
}

static int __init symtab_compare_callees(const void *a, const void *b)
{
	const struct symtab_callee *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void __init symtab_add_callee(u64 addr, enum rex_callee callee)
{
	if (!addr || callee == REX_CALLEE_NONE)
		return;
	/* A table is not in NR_CALLEES; programs that call what is in it are refused. */
	if (WARN_ON(symtab_nr_callees == NR_CALLEES))
		return;
	if (addr == rex_stubs.panic)
		callee = REX_CALLEE_NORETURN;
	symtab_callees[symtab_nr_callees++] =
		(struct symtab_callee){ addr, callee };
}

static void __init symtab_init_callees(void)
{
	size_t i, at;

	symtab_add_callee(rex_stubs_return_thunk(), REX_CALLEE_RETURN_THUNK);
	for (at = 0; at < NR_HELPERS; at++) {
		symtab_add_callee(gates[at], REX_CALLEE_RETURNS);
		symtab_add_callee(gates_for_all[at], REX_CALLEE_RETURNS);
	}
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (at = 0; at < tables[i].nr; at++)
			symtab_add_callee(symtab_address(&tables[i], at),
					  tables[i].callee);
	sort(symtab_callees, symtab_nr_callees, sizeof(*symtab_callees),
	     symtab_compare_callees, NULL);
}

#define REX_PROG_KIND(kind, type_, attach_type_, class_, ...) \
	{ .type = (type_),                                    \
	  .attach_type = (attach_type_),                      \
	  .class = REX_CLASS_##class_ },

static const struct {
	u32 type, attach_type;
	u8 class;
} symtab_classes[] = {
#include "progtypes.def"
};

u8 rex_helpers_class(const struct rex_prog_kind *kind)
{
	u8 sleepable = kind->sleepable ? REX_CLASS_SLEEPABLE : 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(symtab_classes); i++)
		if (symtab_classes[i].type == kind->type &&
		    symtab_classes[i].attach_type == kind->attach_type)
			return symtab_classes[i].class | sleepable;
	return REX_CLASS_OTHER;
}

static u64 __init symtab_gate_of(u64 function)
{
	return rex_unprotected & REX_UNPROTECTED_GATES ?
		       function :
		       rex_stubs_emit_gate((void *)function);
}

static void __init symtab_emit_gates_of_helper(size_t at)
{
	const struct helper *helper = &helpers[at];

	gates[at] = symtab_gate_of(helper->function);
	if (helper->types == REX_CLASS_ANY ||
	    rex_unprotected & REX_UNPROTECTED_GATES)
		return;
	gates_for_all[at] = gates[at];
	gates[at] = rex_stubs_emit_gate_for((void *)helper->function,
					    helper->types, helper->refusal);
}

/*
 * Returns the gate of the kernel's @function, which changes maps of one type. Without gates,
 * it is the helper that does the same, which does not wait: see nowait.h. The gates of the
 * helpers are there.
 */
static u64 __init symtab_typed_gate(enum bpf_map_type type, u64 function,
				    u64 helper_gate)
{
	if (rex_unprotected & REX_UNPROTECTED_GATES)
		return helper_gate;
	return rex_calls_emit_typed(type, function, helper_gate);
}

#define GATE_OF(type, operation, function)                 \
	symtab_typed_gate(BPF_MAP_TYPE_##type, (function), \
			  gates[HELPER_map_##operation##_elem])

#define TYPED_GATE(type, operations, operation) \
	GATE_OF(type, operation,                \
		(u64)rex_ksyms.operations->map_##operation##_elem)

#define SEQUENCE_GATE(name, type, operations, operation)         \
	GATE_OF(type, operation,                                 \
		rex_shortcuts.queues ?                           \
			(u64)rex_shortcut_##operation##_##name : \
			(u64)rex_ksyms.operations->map_##operation##_elem)

/* The gates are in the order of @typed. */
static void __init symtab_emit_typed_gates(void)
{
	u64 *gate = typed_gates;

#define MAP_KIND(...)
#define MAP_LOOKUP(name, type, operations)                                    \
	*gate++ = symtab_gate_of((u64)rex_ksyms.operations->map_lookup_elem); \
	*gate++ = TYPED_GATE(type, operations, update);                       \
	*gate++ = TYPED_GATE(type, operations, delete);
#define MAP_SEQUENCE(name, type, operations)                   \
	*gate++ = SEQUENCE_GATE(name, type, operations, push); \
	*gate++ = SEQUENCE_GATE(name, type, operations, pop);  \
	*gate++ = SEQUENCE_GATE(name, type, operations, peek);
#include "maps.def"
	find_gates[0] = symtab_gate_of(rex_calls_find_hash());
}

/* Returns the place of the gate of one of @typed. */
static u64 *__init symtab_find_typed(const char *name)
{
	const struct symbol *symbols = typed[0];
	size_t i = 0;

	while (strcmp(symbols[i].name, name))
		i++;
	return &typed_gates[i];
}

/* These helpers may be called by all programs, and have gates of their own. */
static void __init symtab_emit_own_gates(void)
{
	rex_leaf_emit(&gates[HELPER_get_smp_processor_id],
		      symtab_find_typed("rex_lookup_percpu_array"));
	rex_lock_emit(&gates[HELPER_spin_lock], &gates[HELPER_spin_unlock]);
	rex_calls_emit(&(struct rex_calls){
		.update = &gates[HELPER_map_update_elem],
		.delete = &gates[HELPER_map_delete_elem],
		.reserve = &gates[HELPER_ringbuf_reserve],
		.submit = &gates[HELPER_ringbuf_submit],
		.discard = &gates[HELPER_ringbuf_discard],
		.random = &gates[HELPER_get_prandom_u32],
	});
}

void __init rex_symtab_init(void)
{
	size_t i;

	for (i = 0; i < NR_HELPERS; i++)
		symtab_emit_gates_of_helper(i);
	for (i = 0; i < ARRAY_SIZE(panic_functions); i++)
		panic_stubs[i] = panic_functions[i].value == (u64)rex_panic ?
					 rex_stubs.panic :
					 panic_functions[i].value;
	for (i = 0; i < ARRAY_SIZE(builtins); i++)
		builtin_gates[i] = symtab_gate_of(builtins[i].value);
	symtab_emit_typed_gates();
	for (i = 0; i < ARRAY_SIZE(indirect_thunks); i++)
		if (rex_compat_its_thunks())
			symtab_its_thunks[i] =
				symtab_its_thunk(indirect_thunks[i].name);
	if (!(rex_unprotected & REX_UNPROTECTED_GATES))
		symtab_emit_own_gates();
	symtab_init_callees();
	symtab_init_names();
}
