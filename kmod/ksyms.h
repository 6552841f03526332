/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private symbols: what rex.ko uses of the kernel that is not exported to modules.
 *
 * ksyms.def names all of them, and rex_ksyms_init() resolves them. A missing required
 * symbol makes insmod fail with a message that names it. A missing optional one leaves a
 * NULL, which its user tests.
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

/* The kernel's side of an eBPF helper: BPF_CALL_n defines such functions. */
#define REX_BPF_HELPER u64(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)

#define REX_KSYM_DATA(need, name, type) type name;

struct rex_ksyms {
#include "ksyms.def"
};

extern struct rex_ksyms rex_ksyms;

#define REX_KSYM_FUNCTION(need, name, symbol, type) \
	DECLARE_STATIC_CALL(rex_k_##name, type)
#include "ksyms.def"

/* rex_kcall(name)(args): call a function of the list. */
#define rex_kcall(name) static_call(rex_k_##name)

/* True if the running kernel has the function, which is an OPTIONAL one. */
#define rex_khas(name) (!!static_call_query(rex_k_##name))

int rex_ksyms_init(void);

/**
 * rex_ksyms_lookup() - find the address of a kernel symbol, while insmod runs
 * @name: the symbol
 *
 * Context: may sleep. Return: the address, 0 if there is none.
 */
unsigned long rex_ksyms_lookup(const char *name);

#endif /* _REX_KSYMS_H */
