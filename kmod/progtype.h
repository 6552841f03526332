/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of programs (progtypes.def) and the carriers of each. librex and the
 * host tests include this file as well.
 */
#ifndef _REX_PROGTYPE_H
#define _REX_PROGTYPE_H

#include <linux/bpf.h>
#ifdef __KERNEL__
#include <linux/limits.h>
#include <linux/string.h>
#else
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#endif

/* Attach types that not all of the headers have which this file is compiled with. */
#define BPF_TRACE_UPROBE_MULTI 48 /* from Linux 6.6 on */
#define BPF_TRACE_KPROBE_SESSION 56 /* from Linux 6.10 on */

/* The change that a carrier makes to the program's value. */
enum rex_force {
	REX_FORCE_NOTHING, /* the kernel takes any value */
	REX_FORCE_ZERO,
	REX_FORCE_ONE_BIT, /* the lowest one */
	REX_FORCE_TWO_BITS,
	REX_FORCE_ERRNO, /* 0, or a negative error number */
};

/**
 * struct rex_prog_kind - a line of progtypes.def, which explains the fields
 */
struct rex_prog_kind {
	const char *name; /* of the type */
	__u32 type;
	__u32 attach_type;
	const char *sections;
	__s32 default_ret;
	__s32 min_ret;
	__s32 max_ret;
	enum rex_force force;
	bool sleepable; /* its carriers may sleep */
};

#define PROG_KIND(sleepable_, type_, attach_type_, sections_, default_, min_, \
		  max_, force_)                                               \
	{                                                                     \
		.name = #type_,                                               \
		.type = (type_),                                              \
		.attach_type = (attach_type_),                                \
		.sections = (sections_),                                      \
		.default_ret = (default_),                                    \
		.min_ret = (min_),                                            \
		.max_ret = (max_),                                            \
		.force = (force_),                                            \
		.sleepable = (sleepable_),                                    \
	},

#define REX_PROG_KIND(kind_, type_, attach_type_, class_, sections_, default_, \
		      min_, max_, force_, values_)                             \
	PROG_KIND(false, type_, attach_type_, sections_, default_, min_, max_, \
		  force_)
#define REX_PROG_SLEEPABLE_KIND(kind_, type_, attach_type_, class_, sections_, \
				default_, min_, max_, force_, values_)         \
	PROG_KIND(true, type_, attach_type_, sections_, default_, min_, max_,  \
		  force_)

static const struct rex_prog_kind rex_prog_kinds[] = {
#include "progtypes.def"
	{ .name = NULL } /* the end */
};

#undef PROG_KIND

/*
 * Returns whether @section is @name, or begins with @name if that ends in a
 * slash.
 */
static inline bool rex_prog_kind_is_section(const char *section,
					    const char *name, size_t len)
{
	if (strncmp(section, name, len))
		return false;
	return name[len - 1] == '/' ? section[len] != '\0' :
				      section[len] == '\0';
}

static inline bool rex_prog_kind_has_section(const struct rex_prog_kind *kind,
					     const char *section)
{
	const char *name = kind->sections;

	for (;;) {
		const char *end = strchr(name, ' ');
		size_t len = end ? (size_t)(end - name) : strlen(name);

		if (rex_prog_kind_is_section(section, name, len))
			return true;
		if (!end)
			return false;
		name = end + 1;
	}
}

/**
 * rex_prog_kind_find() - the kind of a program
 * @type:	rex_prog_def.type
 * @attach_type: rex_prog_def.attach_type
 * @section:	rex_prog_def.section
 *
 * Return: the kind, or NULL if no attribute of the crate makes such a program.
 */
static inline const struct rex_prog_kind *
rex_prog_kind_find(__u32 type, __u32 attach_type, const char *section)
{
	const struct rex_prog_kind *kind = rex_prog_kinds;

	for (; kind->name; kind++)
		if (kind->type == type && kind->attach_type == attach_type &&
		    rex_prog_kind_has_section(kind, section))
			return kind;
	return NULL;
}

/* Returns whether a trampoline calls it, when a function begins or returns. */
static inline bool rex_prog_is_of_function(__u32 type, __u32 attach_type)
{
	return type == BPF_PROG_TYPE_TRACING &&
	       (attach_type == BPF_TRACE_FENTRY ||
		attach_type == BPF_TRACE_FEXIT);
}

/**
 * rex_is_system_call() - whether a function of this name is one that a system call enters
 * @function:	its name in the kernel's symbols
 *
 * On x86-64, SYSCALL_DEFINEn() makes the entries of the tables of system calls. The kernel's
 * types know a function without arguments by the name of its body alone, which is the same
 * function.
 */
static inline bool rex_is_system_call(const char *function)
{
	static const char *const prefixes[] = {
		"__x64_sys_",
		"__ia32_sys_",
		"__x64_compat_sys_",
		"__ia32_compat_sys_",
		"__do_sys_",
		"__do_compat_sys_",
		NULL,
	};
	const char *const *prefix;

	for (prefix = prefixes; *prefix; prefix++)
		if (!strncmp(function, *prefix, strlen(*prefix)))
			return true;
	return false;
}

/**
 * rex_prog_may_sleep_at() - whether fentry.s and fexit.s programs run at a function
 * @function:	its name
 *
 * The kernel lets programs sleep at functions that errors can be injected to. It calls some of
 * them with a lock held, which a page fault could wait for forever. It holds no lock when it
 * calls a system call, or the function of its own tests.
 */
static inline bool rex_prog_may_sleep_at(const char *function)
{
	return rex_is_system_call(function) ||
	       !strcmp(function, "bpf_fentry_test1");
}

/**
 * rex_function_returns() - whether fexit programs run at a function
 * @function:	its name
 *
 * The trampoline of one that never returns would wait for it forever, and its memory would
 * leak, once for each attachment. Newer kernels refuse most of these names to fexit programs
 * (noreturn_deny of the verifier).
 */
static inline bool rex_function_returns(const char *function)
{
	static const char *const never[] = {
		"__do_sys_exit",
		"__do_sys_exit_group",
		"__ia32_sys_exit",
		"__ia32_sys_exit_group",
		"__kunit_abort",
		"__module_put_and_kthread_exit",
		"__se_sys_exit",
		"__se_sys_exit_group",
		"__x64_sys_exit",
		"__x64_sys_exit_group",
		"do_exit",
		"do_group_exit",
		"do_task_dead",
		"io_sq_thread",
		"io_wq_worker",
		"kthread",
		"kthread_complete_and_exit",
		"kthread_exit",
		"kunit_try_catch_throw",
		"make_task_dead",
		"vhost_task_fn",
		NULL,
	};
	const char *const *name;

	for (name = never; *name; name++)
		if (!strcmp(function, *name))
			return false;
	return true;
}

/* Returns whether programs of @section run when userspace asks for a run. */
static inline bool rex_prog_is_request(const char *section)
{
	return !strcmp(section, "request") || !strcmp(section, "request.s");
}

/* ---- carriers ---- */

#define REX_CARRIER_MAX_INSNS 7

/* MAX_ERRNO, which is also a mask. */
#define REX_ERRNO_MASK 4095

/*
 * Write instructions that force r0 into the bounds that the verifier requires,
 * and return their number. The verifier knows nothing of r0 after the call, but
 * it knows the bounds of a masked number, and of its negative.
 */
static inline __u32 rex_carrier_force(struct bpf_insn *insn,
				      enum rex_force force)
{
	static const struct {
		__u32 nr;
		struct bpf_insn insns[REX_CARRIER_MAX_INSNS - 2];
	} forces[] = {
		[REX_FORCE_ZERO] = { 1,
				     { { .code = BPF_ALU64 | BPF_MOV |
						 BPF_K } } },
		[REX_FORCE_ONE_BIT] = { 1,
					{ { .code = BPF_ALU64 | BPF_AND | BPF_K,
					    .imm = 1 } } },
		[REX_FORCE_TWO_BITS] = { 1,
					 { { .code = BPF_ALU64 | BPF_AND | BPF_K,
					     .imm = 3 } } },
		[REX_FORCE_ERRNO] = { 5,
				      { { .code = BPF_ALU64 | BPF_NEG },
					{ .code = BPF_ALU64 | BPF_AND | BPF_K,
					  .imm = REX_ERRNO_MASK },
					{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
					  .dst_reg = BPF_REG_1 },
					{ .code = BPF_ALU64 | BPF_SUB | BPF_X,
					  .dst_reg = BPF_REG_1 },
					{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
					  .src_reg = BPF_REG_1 } } },
	};

	memcpy(insn, forces[force].insns,
	       forces[force].nr * sizeof(forces[force].insns[0]));
	return forces[force].nr;
}

/**
 * rex_carrier_body() - the instructions of a carrier
 * @insn:	receives them: REX_CARRIER_MAX_INSNS at the most
 * @kind:	of its program
 *
 * The first one is the call that rex.ko turns into a call of the program.
 *
 * Return: how many they are.
 */
static inline __u32 rex_carrier_body(struct bpf_insn *insn,
				     const struct rex_prog_kind *kind)
{
	__u32 nr = 0;

	insn[nr++] = (struct bpf_insn){
		.code = BPF_JMP | BPF_CALL,
		.imm = BPF_FUNC_ktime_get_boot_ns,
	};
	nr += rex_carrier_force(insn + nr, kind->force);
	insn[nr++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	return nr;
}

#endif /* _REX_PROGTYPE_H */
