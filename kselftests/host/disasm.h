/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second opinion on instructions, from Capstone: rex_isa_agrees() of the
 * tests, and functions for walk.h. It does not use the tables of kmod/isa.c.
 */
#ifndef REX_HOST_DISASM_H
#define REX_HOST_DISASM_H

#include <capstone/capstone.h>

#include "portable.h"

/* Disassemble the instruction at @code. The result is valid until the next call. */
const struct cs_insn *disasm(const u8 *code, u32 max, u64 addr);

/* Return the number of the 64-bit register that contains @reg, or -1. */
int disasm_register(unsigned int reg);

/* Return a bit for each of these registers that an operand writes. */
u16 disasm_writes(const struct cs_insn *insn);

/* Returns the feature of the CPU that an instruction needs, REX_CPU_*, or 0. */
u32 disasm_needs(const struct cs_insn *insn);

/* Return whether it is a call, jmp or jcc. */
bool disasm_is_branch(const struct cs_insn *insn);

/* Return the reason why a program may not have the instruction, or NULL. */
const char *disasm_objection(const struct cs_insn *insn);

/* The number of instructions on which the decoders disagreed. */
extern unsigned long disasm_disagreements;

/* The number of instructions compared. */
extern unsigned long disasm_asked;

#endif /* REX_HOST_DISASM_H */
