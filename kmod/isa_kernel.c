// SPDX-License-Identifier: GPL-2.0
/*
 * The second opinion on an instruction (isa.h): the kernel's decoder, on which
 * probes and exception handlers rely. It knows more instructions than the list,
 * so only the length and the parts are compared.
 */
#include <asm/insn.h>

#include "isa.h"
#include "ksyms.h"

bool rex_isa_agrees(const struct rex_insn *insn, const u8 *code, u32 max)
{
	struct insn other;
	/* The four int3 after a ret are operands only for isa.c. */
	bool is_return = insn->kind == REX_ISA_RET;

	if (rex_kcall(insn_decode)(&other, code, min_t(u32, max, MAX_INSN_SIZE),
				   INSN_MODE_64))
		return false;
	if (is_return)
		return other.length == 1;
	return other.length == insn->len &&
	       other.vex_prefix.nbytes == (insn->vex ? 3 : 0) &&
	       other.modrm.nbytes == insn->has_modrm &&
	       other.displacement.nbytes == insn->disp_size &&
	       other.opcode.nbytes == 1 + (insn->vex ? 0 : insn->map);
}
