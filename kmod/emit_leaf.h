/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers of a few instructions, which programs call without a gate. */
#ifndef _REX_EMIT_LEAF_H
#define _REX_EMIT_LEAF_H

#include <linux/ptrace.h>
#include <linux/types.h>

/**
 * rex_leaf_emit() - emit the code
 * @cpu:	receives the address of bpf_get_smp_processor_id()
 * @element:	receives the address of the lookup for per-CPU arrays
 *
 * Context: before rex_stubs_seal().
 */
void rex_leaf_emit(u64 *cpu, u64 *element);

/* As rex_lock_interrupted(), for the code of this file. */
unsigned long *rex_leaf_interrupted(const struct pt_regs *regs);

#endif /* _REX_EMIT_LEAF_H */
