/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A decoder of the instructions that compilers, the kernel's JIT and rex.ko use for integers:
 * what is written, in memory and in registers.
 */
#ifndef _REX_X86_H
#define _REX_X86_H

#include <linux/types.h>
#include <stdbool.h>

enum x86_reg {
	X86_RAX,
	X86_RCX,
	X86_RDX,
	X86_RBX,
	X86_RSP,
	X86_RBP,
	X86_NR_REGS = 16,
	X86_NO_REG = 16
};

/* The longest instruction. */
#define X86_ROOM 15

/**
 * struct x86_insn - an instruction
 * @len:	its bytes
 * @op:		its opcode; those after the byte 0x0f have 0x100 added
 * @locked:	it has the prefix lock, or is an xchg with memory
 * @gs:		its memory operand is in this CPU's segment
 * @wide:	its operands have 64 bits
 * @has_modrm:	the next fields are valid
 * @reg:	its register operand
 * @ext:	the extension of the opcode in that place
 * @mem:	the other operand is in memory: @base, @index or X86_NO_REG, and @disp
 * @rip_relative:	@disp counts from the next instruction
 * @rm:		the other operand, if it is a register
 * @writes_rm:	it writes the other operand
 * @writes_reg:	it writes @reg
 * @imm:	its immediate operand, sign-extended; the distance of a branch
 */
struct x86_insn {
	unsigned int len;
	unsigned int op;
	bool locked, gs, wide, has_modrm;
	unsigned int reg, ext;
	bool mem, rip_relative;
	unsigned int base, index, rm;
	__s32 disp;
	bool writes_rm, writes_reg;
	__s64 imm;
};

/* Returns false for an instruction that is not known. CODE has X86_ROOM bytes. */
bool x86_decode(const __u8 *code, struct x86_insn *insn);

#endif
