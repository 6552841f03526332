// SPDX-License-Identifier: GPL-2.0
/* A second opinion on instructions (disasm.h). */
#include "disasm.h"
#include "isa.h"
#include "test.h"

/* The longest instruction. */
#define MAX_LEN 15

unsigned long disasm_disagreements;
unsigned long disasm_asked;

/* The order of prefixes has no meaning. Capstone takes f3 66 0f bd for a bsr, not an lzcnt. */
static const u8 *in_usual_order(const u8 *code, size_t size, u8 *copy)
{
	if (size < 2 || code[0] != 0xf3 || code[1] != 0x66)
		return code;
	memcpy(copy, code, size);
	copy[0] = code[1];
	copy[1] = code[0];
	return copy;
}

const struct cs_insn *disasm(const u8 *code, u32 max, u64 addr)
{
	static csh handle;
	static struct cs_insn *insn;
	uint64_t address = addr;
	size_t size = max < MAX_LEN ? max : MAX_LEN;
	u8 copy[MAX_LEN];

	if (!insn) {
		if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) ||
		    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON))
			abort();
		insn = cs_malloc(handle);
	}
	code = in_usual_order(code, size, copy);
	return cs_disasm_iter(handle, &code, &size, &address, insn) ? insn :
								      NULL;
}

#define NUMBERED(n)                                             \
	{                                                       \
		X86_REG_R##n, X86_REG_R##n##D, X86_REG_R##n##W, \
			X86_REG_R##n##B                         \
	}

/* The names of each register and of its parts; 0 is no name. */
static const unsigned int names[16][5] = {
	{ X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH },
	{ X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH },
	{ X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH },
	{ X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH },
	{ X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL },
	{ X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL },
	{ X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL },
	{ X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL },
	NUMBERED(8),
	NUMBERED(9),
	NUMBERED(10),
	NUMBERED(11),
	NUMBERED(12),
	NUMBERED(13),
	NUMBERED(14),
	NUMBERED(15),
};

int disasm_register(unsigned int reg)
{
	if (reg == X86_REG_INVALID)
		return -1;
	for (int i = 0; i < 16; i++)
		for (size_t k = 0; k < ARRAY_SIZE(names[i]); k++)
			if (names[i][k] == reg)
				return i;
	return -1;
}

u16 disasm_writes(const struct cs_insn *insn)
{
	const struct cs_x86 *x86 = &insn->detail->x86;
	u16 writes = 0;
	int reg;

	for (u8 i = 0; i < x86->op_count; i++) {
		if (x86->operands[i].type != X86_OP_REG ||
		    !(x86->operands[i].access & CS_AC_WRITE))
			continue;
		reg = disasm_register(x86->operands[i].reg);
		if (reg >= 0)
			writes |= 1u << reg;
	}
	return writes;
}

u32 disasm_needs(const struct cs_insn *insn)
{
	static const struct {
		const char *mnemonic;
		u32 feature;
	} needs[] = {
		{ "popcnt", REX_CPU_POPCNT }, { "lzcnt", REX_CPU_LZCNT },
		{ "andn", REX_CPU_BMI1 },     { "bextr", REX_CPU_BMI1 },
		{ "blsi", REX_CPU_BMI1 },     { "blsmsk", REX_CPU_BMI1 },
		{ "blsr", REX_CPU_BMI1 },     { "bzhi", REX_CPU_BMI2 },
		{ "mulx", REX_CPU_BMI2 },     { "pdep", REX_CPU_BMI2 },
		{ "pext", REX_CPU_BMI2 },     { "rorx", REX_CPU_BMI2 },
		{ "sarx", REX_CPU_BMI2 },     { "shlx", REX_CPU_BMI2 },
		{ "shrx", REX_CPU_BMI2 },     { "movbe", REX_CPU_MOVBE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (!strcmp(insn->mnemonic, needs[i].mnemonic))
			return needs[i].feature;
	return 0;
}

/* The mnemonics of safe Rust, with patterns for conditions. */
static bool is_allowed(const char *mnemonic)
{
	static const char *const allowed[] = {
		"adc",	     "add",	  "and",       "bsf",	    "bsr",
		"bswap",     "bt",	  "btc",       "btr",	    "bts",
		"call",	     "cbw",	  "cdq",       "cdqe",	    "cmp",
		"cmpxchg",   "cqo",	  "cwd",       "cwde",	    "dec",
		"div",	     "endbr64",	  "idiv",      "imul",	    "inc",
		"jmp",	     "lea",	  "mov",       "movabs",    "movsx",
		"movsxd",    "movzx",	  "mul",       "neg",	    "nop",
		"not",	     "or",	  "pause",     "pop",	    "push",
		"rcl",	     "rcr",	  "ret",       "rol",	    "ror",
		"sal",	     "sar",	  "sbb",       "shl",	    "shld",
		"shr",	     "shrd",	  "sub",       "test",	    "tzcnt",
		"ud2",	     "xadd",	  "xchg",      "xor",	    "rep movsb",
		"rep movsd", "rep movsq", "rep stosb", "rep stosd", "rep stosq",
	};

	if (!strncmp(mnemonic, "lock ", 5))
		mnemonic += 5;
	if (mnemonic[0] == 'j' || !strncmp(mnemonic, "cmov", 4) ||
	    !strncmp(mnemonic, "set", 3))
		return !strchr(mnemonic, 'x'); /* jcxz, jrcxz */
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (!strcmp(mnemonic, allowed[i]))
			return true;
	return false;
}

bool disasm_is_branch(const struct cs_insn *insn)
{
	return insn->id == X86_INS_CALL || insn->mnemonic[0] == 'j';
}

const char *disasm_objection(const struct cs_insn *insn)
{
	const struct cs_detail *detail = insn->detail;
	const struct cs_x86 *x86 = &detail->x86;
	bool is_string = !strncmp(insn->mnemonic, "rep ", 4);
	bool is_nop = insn->id == X86_INS_NOP;

	if (!is_allowed(insn->mnemonic) && !disasm_needs(insn))
		return "not an instruction of safe Rust";
	for (u8 i = 0; i < detail->groups_count; i++)
		if (detail->groups[i] == CS_GRP_PRIVILEGE ||
		    detail->groups[i] == CS_GRP_IRET)
			return "privileged";
	if (disasm_is_branch(insn) && x86->operands[0].type != X86_OP_IMM)
		return "an indirect branch";
	for (u8 i = 0; i < x86->op_count; i++) {
		const struct cs_x86_op *op = &x86->operands[i];

		if (op->type == X86_OP_REG && disasm_register(op->reg) < 0)
			return "a register that is no integer's";
		if (op->type == X86_OP_MEM && op->mem.segment && !is_string &&
		    !is_nop)
			return "a segment";
	}
	return NULL;
}

/* The callee-saved registers, and the stack pointer. */
#define LASTING 0xf038

bool rex_isa_agrees(const struct rex_insn *insn, const u8 *code, u32 max)
{
	const struct cs_insn *other = disasm(code, max, 0);
	u32 len = insn->kind == REX_ISA_RET ? 1 : insn->len;

	disasm_asked++;
	if (other && other->size == len && !disasm_objection(other) &&
	    disasm_needs(other) == insn->needs &&
	    !((disasm_writes(other) ^ insn->writes) & LASTING))
		return true;
	disasm_disagreements++;
	printf("# %u bytes, writes %04x; Capstone: %u, %04x, %s %s:", insn->len,
	       insn->writes, other ? other->size : 0,
	       other ? disasm_writes(other) : 0, other ? other->mnemonic : "",
	       other ? other->op_str : "");
	for (u32 i = 0; i < insn->len; i++)
		printf(" %02x", code[i]);
	printf("\n");
	return false;
}
