/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private symbols: what rex.ko uses of the kernel that is not exported to modules.
 *
 * ksyms.def names all of them, and rex_ksyms_init() resolves them. A missing required
 * symbol makes insmod fail with a message that names it. One that is missing, and OPTIONAL or
 * IF_ANY, leaves a NULL, which its user tests, or which nobody comes to. rex_ksyms_verify() compares their types with the kernel's.
 *
 * Functions are called by rex_kcall() and have no pointer that C could call. A CPU with
 * IBT allows indirect calls to an endbr64 only. A kernel with CONFIG_X86_KERNEL_IBT
 * removes the endbr64 of each function whose address it takes nowhere, which is most of
 * them. So the calls are static calls, which the kernel patches to direct ones when
 * rex_ksyms_init() gives their targets. That also serves CPUs with call depth tracking,
 * and requires no retpoline.
 */
#ifndef _REX_KSYMS_H
#define _REX_KSYMS_H

#include <linux/bpf.h>
#include <linux/bpf_mem_alloc.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include <asm/insn.h>

#include "compat.h"

/* The types of the kernel's side of an eBPF helper: BPF_CALL_n defines such functions. */
#define REX_BPF_HELPER u64, u64, u64, u64, u64, u64

/* What arch_bpf_stack_walk() calls for each frame: a cookie, and %rip, %rsp and %rbp. */
typedef bool rex_bpf_frame_fn(void *, u64, u64, u64);

/* The type of a function, from those of its result and of its parameters. */
#define REX_KSYM_TYPE(result, ...) result(__VA_ARGS__)

#define REX_KSYM_DATA(need, name, type) type name;
#define REX_KSYM_PERCPU(need, name, type) type __percpu *name;

struct rex_ksyms {
#include "ksyms.def"
};

extern struct rex_ksyms rex_ksyms;

#define REX_KSYM_CALL(need, name, symbol, ...) \
	DECLARE_STATIC_CALL(rex_k_##name, REX_KSYM_TYPE(__VA_ARGS__))
#include "ksyms.def"

/* rex_kcall(name)(args): call a function of the list. */
#define rex_kcall(name) static_call(rex_k_##name)

/* The address of the function, not to be called by; NULL if the running kernel has none. */
#define rex_kaddr(name) static_call_query(rex_k_##name)

/* True if the running kernel has the function, which is OPTIONAL or IF_ANY. */
#define rex_khas(name) (!!rex_kaddr(name))

/**
 * struct rex_nesting - how many calls on top of each other the kernel has buffers for
 * @texts:	of bpf_snprintf()
 * @samples:	of bpf_event_output()
 *
 * One more is a WARN. The kernel counts them in variables of the CPU.
 */
struct rex_nesting {
	int texts;
	int samples;
};
extern struct rex_nesting rex_nesting;

enum rex_ksym_need {
	REX_KSYM_REQUIRED,
	REX_KSYM_OPTIONAL,
	REX_KSYM_IF_ANY
};

int rex_ksyms_init(void);

/**
 * rex_ksyms_verify() - compare the types of symbols with those of the running kernel
 *
 * Without BTF, or where BTF does not have a symbol, it takes the symbol as it is. An optional
 * function of another type becomes one that the kernel does not have. With BTF, rex_nesting
 * follows from the kernel's arrays.
 *
 * Context: insmod; may sleep. Return: 0; -ENOEXEC, after a message that names the symbol, if the
 * kernel has another one.
 */
int rex_ksyms_verify(void);

/*
 * Returns the id, in the kernel's BTF, of a function of the list, or of one of the structures that
 * rex_ksyms_verify() looks for; 0 if it has none, or several, there. Context: insmod, after
 * rex_ksyms_verify().
 */
u32 rex_ksyms_type_id(const char *name);

/**
 * rex_ksyms_lookup() - find the address of a kernel symbol, while insmod runs
 * @name: the symbol
 *
 * Context: may sleep. Return: the address, 0 if there is none.
 */
unsigned long rex_ksyms_lookup(const char *name);

#endif /* _REX_KSYMS_H */
