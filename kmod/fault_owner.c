// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/ptrace.h>

#include <asm/insn.h>
#include <asm/nospec-branch.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/text-patching.h>

#include "fault_owner.h"
#include "ksyms.h"
#include "loads.h"
#include "selftest.h"
#include "symtab.h"

/* Functions that programs call, and their symbols in the kernel, if it has them. */
static const char *const leaf_names[] = { "bcmp", "memcmp", "memcpy", "memmove",
					  "memset" };
static const char *const leaf_symbols[] = {
	"rex_memcmp",	"__memcpy", "memcpy_erms", "memcpy_orig", "__memmove",
	"memmove_erms", "__memset", "memset_erms", "memset_orig",
};

static unsigned long leaf_gates[ARRAY_SIZE(leaf_names)] __ro_after_init;
static unsigned long leaves[ARRAY_SIZE(leaf_symbols)] __ro_after_init;
static unsigned long thunks_start __ro_after_init;
static unsigned long thunks_end __ro_after_init;

static bool fault_owner_contains(const unsigned long *table, size_t nr,
				 unsigned long addr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (addr && addr == table[i])
			return true;
	return false;
}

static bool fault_owner_in_leaf(unsigned long ip)
{
	unsigned long size, offset;

	return rex_kcall(kallsyms_lookup_size_offset)(ip, &size, &offset) &&
	       fault_owner_contains(leaves, ARRAY_SIZE(leaves), ip - offset);
}

/* The CPU reports the address of the branch, or its target. */
static bool fault_owner_is_bad_branch(unsigned long ip)
{
	return (ip >= thunks_start && ip < thunks_end) ||
	       !__is_canonical_address(ip, boot_cpu_data.x86_virt_bits);
}

const unsigned long *rex_fault_owner_caller(const struct pt_regs *regs,
					    const unsigned long *slot,
					    unsigned long text, size_t len)
{
	const unsigned long *sp = (unsigned long *)regs->sp, *at = NULL;

	if (fault_owner_is_bad_branch(regs->ip))
		/* A thunk pushes the target, and may be about to return to it. */
		at = sp == slot || *sp - text - 1 < len ? sp : sp + 1;
	else if (rex_loads_contain(regs->ip))
		at = sp;
	else if (fault_owner_in_leaf(regs->ip) &&
		 fault_owner_contains(leaf_gates, ARRAY_SIZE(leaf_gates),
				      *sp - CALL_INSN_SIZE))
		/* These functions push nothing: the return address in the gate is on top. */
		at = sp + 1;
	if (!at || at > slot)
		return NULL;
	return at == slot || *at - text - 1 < len ? at : NULL;
}

static unsigned long fault_owner_resolve(const char *name)
{
	struct rex_symbol sym;

	return rex_symtab_resolve(name, NULL, &sym) ? 0 : sym.value;
}

/* Returns whether an instruction moves the stack pointer, and is not a return. */
static bool __init fault_owner_moves_stack(const struct insn *insn)
{
	u8 opcode = insn->opcode.bytes[0], modrm = insn->modrm.bytes[0];
	u8 rex = insn->rex_prefix.bytes[0];
	bool rm_rsp = X86_MODRM_MOD(modrm) == 3 && X86_MODRM_RM(modrm) == 4 &&
		      !X86_REX_B(rex);
	bool reg_rsp = X86_MODRM_REG(modrm) == 4 && !X86_REX_R(rex);

	if (insn->opcode.nbytes != 1)
		return false;
	switch (opcode) {
	case 0x50 ... 0x5f: /* push, pop */
	case 0x68: /* push */
	case 0x6a:
	case 0x8f: /* pop */
	case 0x9c: /* pushf */
	case 0x9d: /* popf */
	case 0xc8: /* enter */
	case 0xc9: /* leave */
	case 0xe8: /* call */
		return true;
	case 0xff: /* inc, dec, jmp; but call and push */
		return X86_MODRM_REG(modrm) >= 2 && X86_MODRM_REG(modrm) != 4;
	case 0x94: /* xchg */
		return !X86_REX_B(rex);
	case 0x87:
		return rm_rsp || reg_rsp;
	case 0x01: /* add, sub, and, mov */
	case 0x21:
	case 0x29:
	case 0x81:
	case 0x83:
	case 0x89:
		return rm_rsp;
	case 0x03: /* add, sub, and, mov, lea */
	case 0x23:
	case 0x2b:
	case 0x8b:
	case 0x8d:
		return reg_rsp;
	}
	return false;
}

/*
 * Returns whether the address that a function returns to is on top of the stack at each of its
 * instructions, as rex_fault_owner_caller() expects.
 */
static bool __init fault_owner_is_leaf(unsigned long addr)
{
	unsigned long size, offset, at;
	struct insn insn;

	if (!rex_kcall(kallsyms_lookup_size_offset)(addr, &size, &offset))
		return false;
	for (at = addr; at < addr + size; at += insn.length)
		if (rex_kcall(insn_decode)(&insn, (void *)at, MAX_INSN_SIZE,
					   INSN_MODE_64) ||
		    fault_owner_moves_stack(&insn))
			return false;
	return true;
}

static int __init fault_owner_find_leaf(size_t i)
{
	const char *name = leaf_symbols[i];

	if (rex_selftest_is_other(REX_OTHER_MEMSET) &&
	    !strcmp(name, "__memset"))
		name = "vsnprintf";
	leaves[i] = rex_ksyms_lookup(name);
	if (!leaves[i] || fault_owner_is_leaf(leaves[i]))
		return 0;
	pr_err("the function %s of this kernel moves the stack pointer: rex.ko could not find the program that gives it a bad address\n",
	       name);
	return -ENOEXEC;
}

int __init rex_fault_owner_init(void)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		ret = fault_owner_find_leaf(i);
		if (ret)
			return ret;
	}
	for (i = 0; i < ARRAY_SIZE(leaf_gates); i++)
		leaf_gates[i] = fault_owner_resolve(leaf_names[i]);
	thunks_start = fault_owner_resolve("__x86_indirect_thunk_rax");
	thunks_end = fault_owner_resolve("__x86_indirect_thunk_r15") +
		     RETPOLINE_THUNK_SIZE;
	return 0;
}
