/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second opinion on instructions, from Capstone: rex_isa_agrees() of the tests, and
 * what walk.h needs. Nothing here knows the tables of kmod/isa.c.
 */
#ifndef REX_HOST_DISASM_H
#define REX_HOST_DISASM_H

#include <capstone/capstone.h>

#include "portable.h"

/* Disassemble the instruction at @code. The result is valid until the next call. */
const struct cs_insn *disasm(const u8 *code, u32 max, u64 addr);

/* The number of the 64-bit register that @reg is or is a part of, or -1. */
int disasm_register(unsigned int reg);

/* A bit for each of these registers that the operands say is written. */
u16 disasm_writes(const struct cs_insn *insn);

/* Whether it is a call, jmp or jcc. */
bool disasm_is_branch(const struct cs_insn *insn);

/* Why a program may not have the instruction, or NULL. */
const char *disasm_objection(const struct cs_insn *insn);

/* How many instructions rex_isa_agrees() has not agreed on. */
extern unsigned long disasm_disagreements;

/* How many it has been asked for. */
extern unsigned long disasm_asked;

#endif /* REX_HOST_DISASM_H */
