// SPDX-License-Identifier: GPL-2.0
/*
 * A gate and a call take more instructions than these helpers have. So this code does
 * their work itself; it has no loop and calls nothing.
 *
 * It does not test the mark of a run that is to be ended. As in emit_lock.c, an interrupt
 * in this code that is to end the run changes the address that the code returns to, which
 * is on top of the stack all the time.
 */
#include <linux/bpf.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>

#include "compat.h"
#include "emit.h"
#include "emit_leaf.h"
#include "emit_stubs.h"

static u64 leaf_start __ro_after_init;
static u64 leaf_end __ro_after_init;

static void leaf_emit_cpu(struct rex_emit *e)
{
	/* mov %gs:cpu_number,%eax */
	EMIT(e, 0x65, 0x8b);
	rex_emit_percpu(e, RAX, rex_compat_cpu_number);
	rex_emit_ret(e);
}

/*
 * percpu_array_map_lookup_elem(): %rdi is the map, %rsi points to the key. The number of
 * entries does not change, and the pointers to the elements are there as long as the map.
 */
static void leaf_emit_element(struct rex_emit *e)
{
	u32 none;

	EMIT(e, 0x8b, 0x06); /* mov (%rsi),%eax */
	EMIT(e, 0x3b, 0x87); /* cmp max_entries(%rdi),%eax */
	rex_emit_s32(e, offsetof(struct bpf_map, max_entries));
	none = rex_emit_jcc_ahead(e, CC_AE);
	/* The kernel masks the index, against speculation beyond the comparison. */
	EMIT(e, 0x23, 0x87); /* and index_mask(%rdi),%eax */
	rex_emit_s32(e, offsetof(struct bpf_array, index_mask));
	EMIT(e, 0x48, 0x8b, 0x84, 0xc7); /* mov pptrs(%rdi,%rax,8),%rax */
	rex_emit_s32(e, offsetof(struct bpf_array, pptrs));
	EMIT(e, 0x65, 0x48, 0x03); /* add %gs:this_cpu_off,%rax */
	rex_emit_percpu(e, RAX, &this_cpu_off);
	rex_emit_ret(e);
	rex_emit_distance(e, none);
	EMIT(e, 0x31, 0xc0); /* xor %eax,%eax */
	rex_emit_ret(e);
}

void __init rex_leaf_emit(u64 *cpu, u64 *element)
{
	struct rex_emit *e = rex_stubs_begin(cpu);

	leaf_start = *cpu;
	leaf_emit_cpu(e);
	e = rex_stubs_begin(element);
	leaf_emit_element(e);
	leaf_end = rex_emit_here(e);
}

unsigned long *rex_leaf_interrupted(const struct pt_regs *regs)
{
	if (regs->ip < leaf_start || regs->ip >= leaf_end)
		return NULL;
	return (unsigned long *)regs->sp;
}
NOKPROBE_SYMBOL(rex_leaf_interrupted);
