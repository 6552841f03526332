// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "rex_x86.h"

enum {
	KNOWN = 1 << 0,
	MODRM = 1 << 1,
	IMM8 = 1 << 2,
	IMM32 = 1 << 3, /* 64 bits in a wide mov to a register */
	WRITES_RM = 1 << 4,
	WRITES_REG = 1 << 5,
	BOTH = WRITES_RM | WRITES_REG,
};

/* The eight operations from add to cmp, which writes nothing. */
static unsigned int arithmetic_form(unsigned int op)
{
	bool is_cmp = op >> 3 == 7;

	switch (op & 7) {
	case 0:
	case 1:
		return MODRM | (is_cmp ? 0 : WRITES_RM);
	case 2:
	case 3:
		return MODRM | (is_cmp ? 0 : WRITES_REG);
	case 4:
		return KNOWN | IMM8;
	case 5:
		return KNOWN | IMM32;
	}
	return 0;
}

/* Groups of instructions, which the extension tells apart. */
static unsigned int group_form(unsigned int op, unsigned int ext)
{
	bool is_cmp = ext == 7;

	switch (op) {
	case 0x80:
	case 0x83:
		return MODRM | IMM8 | (is_cmp ? 0 : WRITES_RM);
	case 0x81:
		return MODRM | IMM32 | (is_cmp ? 0 : WRITES_RM);
	case 0xf6: /* test, not, neg, mul */
	case 0xf7:
		if (ext < 2)
			return MODRM | (op & 1 ? IMM32 : IMM8);
		return MODRM | (ext < 4 ? WRITES_RM : 0);
	case 0xfe: /* inc, dec */
		return ext < 2 ? MODRM | WRITES_RM : 0;
	case 0xff: /* inc, dec, and branches to an address in memory */
		return MODRM | (ext < 2 ? WRITES_RM : 0);
	case 0x1ba: /* bt, bts, btr, btc */
		return ext < 4 ? 0 : MODRM | IMM8 | (ext == 4 ? 0 : WRITES_RM);
	}
	return 0;
}

static unsigned int one_byte_form(unsigned int op)
{
	if (op < 0x40)
		return arithmetic_form(op);
	switch (op) {
	case 0x50 ... 0x5f: /* push, pop */
	case 0x90: /* nop */
	case 0x98: /* cdqe */
	case 0x99: /* cqo */
	case 0xc3: /* ret */
	case 0xc9: /* leave */
		return KNOWN;
	case 0x63: /* movsxd */
	case 0x8a ... 0x8b: /* mov */
	case 0x8d: /* lea */
		return MODRM | WRITES_REG;
	case 0x68: /* push */
	case 0xa9: /* test */
	case 0xb8 ... 0xbf: /* mov */
	case 0xe8: /* call */
	case 0xe9: /* jmp */
		return KNOWN | IMM32;
	case 0x69: /* imul */
		return MODRM | IMM32 | WRITES_REG;
	case 0x6b:
		return MODRM | IMM8 | WRITES_REG;
	case 0x6a: /* push */
	case 0x70 ... 0x7f: /* jcc */
	case 0xa8: /* test */
	case 0xb0 ... 0xb7: /* mov */
	case 0xeb: /* jmp */
		return KNOWN | IMM8;
	case 0x84 ... 0x85: /* test */
		return MODRM;
	case 0x86 ... 0x87: /* xchg */
		return MODRM | BOTH;
	case 0x88 ... 0x89: /* mov */
	case 0xd0 ... 0xd3: /* shifts */
		return MODRM | WRITES_RM;
	case 0xc0 ... 0xc1: /* shifts */
	case 0xc6: /* mov */
		return MODRM | IMM8 | WRITES_RM;
	case 0xc7:
		return MODRM | IMM32 | WRITES_RM;
	}
	return 0;
}

static unsigned int two_byte_form(unsigned int op)
{
	switch (op) {
	case 0x10d: /* prefetch */
	case 0x118:
	case 0x11e: /* endbr64 */
	case 0x11f: /* nop */
	case 0x1a3: /* bt */
		return MODRM;
	case 0x140 ... 0x14f: /* cmov */
	case 0x1af: /* imul */
	case 0x1b6 ... 0x1b7: /* movzx */
	case 0x1be ... 0x1bf: /* movsx */
		return MODRM | WRITES_REG;
	case 0x180 ... 0x18f: /* jcc */
		return KNOWN | IMM32;
	case 0x190 ... 0x19f: /* setcc */
	case 0x1ab: /* bts */
	case 0x1b0 ... 0x1b1: /* cmpxchg */
	case 0x1b3: /* btr */
	case 0x1bb: /* btc */
		return MODRM | WRITES_RM;
	case 0x1c0 ... 0x1c1: /* xadd */
		return MODRM | BOTH;
	}
	return 0;
}

static unsigned int form_of(unsigned int op, const __u8 *next)
{
	unsigned int form = group_form(op, *next >> 3 & 7);

	if (form)
		return form;
	return op < 0x100 ? one_byte_form(op) : two_byte_form(op);
}

/* Decodes the operands, and returns the place after them. */
static const __u8 *decode_modrm(const __u8 *at, unsigned int rex,
				struct x86_insn *insn)
{
	unsigned int mod = *at >> 6, rm = *at & 7;

	insn->has_modrm = true;
	insn->ext = *at >> 3 & 7;
	insn->reg = insn->ext | (rex & 4) << 1;
	insn->rm = rm | (rex & 1) << 3;
	insn->base = insn->rm;
	insn->index = X86_NO_REG;
	insn->mem = mod != 3;
	at++;
	if (!insn->mem)
		return at;
	if (rm == 4) { /* another byte names the registers */
		insn->index = (*at >> 3 & 7) | (rex & 2) << 2;
		if (insn->index == X86_RSP)
			insn->index = X86_NO_REG;
		insn->base = (*at & 7) | (rex & 1) << 3;
		if ((*at & 7) == 5 && !mod) {
			insn->base = X86_NO_REG;
			mod = 2;
		}
		at++;
	} else if (rm == 5 && !mod) {
		insn->base = X86_NO_REG;
		insn->rip_relative = true;
		mod = 2;
	}
	if (mod == 1) {
		insn->disp = (__s8)*at;
		return at + 1;
	}
	if (mod == 2) {
		memcpy(&insn->disp, at, sizeof(insn->disp));
		return at + sizeof(insn->disp);
	}
	return at;
}

static const __u8 *decode_imm(const __u8 *at, unsigned int form,
			      bool has_16_bits, struct x86_insn *insn)
{
	__s32 imm32;
	__s16 imm16;

	if (form & IMM8) {
		insn->imm = (__s8)*at;
		return at + 1;
	}
	if (!(form & IMM32))
		return at;
	if (insn->wide && insn->op >> 3 == 0xb8 >> 3) {
		memcpy(&insn->imm, at, sizeof(insn->imm));
		return at + sizeof(insn->imm);
	}
	if (has_16_bits) {
		memcpy(&imm16, at, sizeof(imm16));
		insn->imm = imm16;
		return at + sizeof(imm16);
	}
	memcpy(&imm32, at, sizeof(imm32));
	insn->imm = imm32;
	return at + sizeof(imm32);
}

/* Prefixes that the decoder knows: returns the place after them. */
static const __u8 *decode_prefixes(const __u8 *at, bool *has_16_bits,
				   struct x86_insn *insn)
{
	for (;; at++) {
		switch (*at) {
		case 0x65:
			insn->gs = true;
			break;
		case 0x66:
			*has_16_bits = true;
			break;
		case 0xf0:
			insn->locked = true;
			break;
		case 0x2e: /* cs: a hint, or padding */
		case 0x3e: /* ds */
		case 0xf2: /* of a branch: bnd */
		case 0xf3: /* of endbr64, pause */
			break;
		default:
			return at;
		}
	}
}

bool x86_decode(const __u8 *code, struct x86_insn *insn)
{
	bool has_16_bits = false;
	unsigned int rex = 0, form;
	/* No instruction has more prefixes: the place stays within the room. */
	const __u8 *at;
	__u8 bytes[2 * X86_ROOM] = {};

	memcpy(bytes, code, X86_ROOM);
	*insn = (struct x86_insn){};
	at = decode_prefixes(bytes, &has_16_bits, insn);
	if ((*at & 0xf0) == 0x40)
		rex = *at++;
	insn->wide = rex & 8;
	insn->op = *at++;
	if (insn->op == 0x0f)
		insn->op = 0x100 | *at++;
	form = form_of(insn->op, at);
	if (!form)
		return false;
	insn->writes_rm = form & WRITES_RM;
	insn->writes_reg = form & WRITES_REG;
	insn->reg = (insn->op & 7) | (rex & 1) << 3; /* push, pop, mov */
	if (form & MODRM)
		at = decode_modrm(at, rex, insn);
	if (insn->mem && insn->op >> 1 == 0x86 >> 1)
		insn->locked = true;
	at = decode_imm(at, form, has_16_bits, insn);
	insn->len = at - bytes;
	return insn->len <= X86_ROOM;
}
