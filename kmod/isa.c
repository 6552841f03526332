// SPDX-License-Identifier: GPL-2.0
/* The list of instructions and their decoder (isa.h). */
#include "cpu_features.h"
#include "isa.h"

/* ---- the list ---- */

/* Flags of an opcode in a table; 0 if it is not allowed. */
#define KIND(k) ((REX_ISA_##k) << 16)
#define OK 0x001 /* allowed */
#define RM 0x002 /* a ModRM byte follows */
#define W 0x004 /* it writes the operand that is a register or memory */
#define WR 0x008 /* it writes the operand that is a register */
#define B 0x010 /* the operands have 8 bits */
#define S 0x020 /* the prefix 66 makes them 16 bits */
#define L 0x040 /* it may have the prefix lock, if it writes memory */
#define I1 0x080 /* an immediate of 8 bits follows */
#define IZ 0x100 /* an immediate of 32 bits, or 16, follows */
#define OP 0x200 /* a register in the opcode */
#define GR 0x400 /* the ModRM byte has a part of the opcode: isa_groups */
#define GROUP(g) (GR | (GROUP_##g) << 24)
#define MEM 0x800 /* the other operand must be memory */
#define RP \
	0x1000 /* it may have the prefix rep, or must, if it has no 16 bits */
#define MR 0x2000 /* it must have the prefix rep */
#define WV 0x4000 /* it writes the register that only VEX names */
#define NV 0x8000 /* VEX names no register */
#define NEEDS(feature) (REX_CPU_##feature << 27)
static_assert((u64)REX_CPU_KNOWN << 27 <= U32_MAX);

#define KIND_OF(entry) ((enum rex_isa_kind)((entry) >> 16 & 0xff))
#define GROUP_OF(entry) (&isa_groups[(entry) >> 24 & 7])
#define NEEDS_OF(entry) ((entry) >> 27)

enum isa_group_index {
	GROUP_ARITHMETIC, /* add to cmp */
	GROUP_SHIFT, /* rol to sar */
	GROUP_MOV,
	GROUP_UNARY, /* test, not, neg, mul, imul, div, idiv */
	GROUP_STEP, /* inc, dec */
	GROUP_NOP,
	GROUP_BIT, /* bt, bts, btr, btc */
	GROUP_LOWEST, /* blsr, blsmsk, blsi */
};

/* OP Eb,Gb; Ev,Gv; Gb,Eb; Gv,Ev; AL,Ib; eAX,Iz: six opcodes from @first on. */
#define ARITHMETIC(first)                                                   \
	[first] = OK | RM | W | B | L, [(first) + 1] = OK | RM | W | S | L, \
	[(first) + 2] = OK | RM | WR | B, [(first) + 3] = OK | RM | WR | S, \
	[(first) + 4] = OK | B | I1, [(first) + 5] = OK | S | IZ

static const u32 isa_one_byte[256] = {
	ARITHMETIC(0x00), /* add */
	ARITHMETIC(0x08), /* or */
	ARITHMETIC(0x10), /* adc */
	ARITHMETIC(0x18), /* sbb */
	ARITHMETIC(0x20), /* and */
	ARITHMETIC(0x28), /* sub */
	ARITHMETIC(0x30), /* xor */
	[0x38] = OK | RM | B, /* cmp */
	[0x39] = OK | RM | S,
	[0x3a] = OK | RM | B,
	[0x3b] = OK | RM | S,
	[0x3c] = OK | B | I1,
	[0x3d] = OK | S | IZ,
	[0x50 ... 0x57] = OK | OP | KIND(PUSH),
	[0x58 ... 0x5f] = OK | OP | WR | KIND(POP),
	[0x63] = OK | RM | WR, /* movslq */
	[0x68] = OK | IZ | KIND(PUSH),
	[0x69] = OK | RM | WR | S | IZ, /* imul */
	[0x6a] = OK | I1 | KIND(PUSH),
	[0x6b] = OK | RM | WR | S | I1, /* imul */
	[0x70 ... 0x7f] = OK | I1 | KIND(JCC),
	[0x80] = OK | RM | GROUP(ARITHMETIC) | B | I1, /* add to cmp */
	[0x81] = OK | RM | GROUP(ARITHMETIC) | S | IZ,
	[0x83] = OK | RM | GROUP(ARITHMETIC) | S | I1,
	[0x84] = OK | RM | B, /* test */
	[0x85] = OK | RM | S,
	[0x86] = OK | RM | W | WR | B, /* xchg, which locks memory by itself */
	[0x87] = OK | RM | W | WR | S,
	[0x88] = OK | RM | W | B, /* mov */
	[0x89] = OK | RM | W | S,
	[0x8a] = OK | RM | WR | B,
	[0x8b] = OK | RM | WR | S,
	[0x8d] = OK | RM | WR | S | MEM, /* lea */
	[0x90] = OK | S | RP | KIND(NOP), /* nop, pause */
	[0x91 ... 0x97] = OK | OP | WR | S, /* xchg */
	[0x98] = OK | S, /* cbtw, cwtl, cltq */
	[0x99] = OK | S, /* cwtd, cltd, cqto */
	[0xa4] = OK | RP, /* rep movsb */
	[0xa5] = OK | RP, /* rep movs */
	[0xa8] = OK | B | I1, /* test */
	[0xa9] = OK | S | IZ,
	[0xaa] = OK | RP, /* rep stosb */
	[0xab] = OK | RP, /* rep stos */
	[0xb0 ... 0xb7] = OK | OP | WR | B | I1, /* mov */
	[0xb8 ... 0xbf] = OK | OP | WR | S | IZ, /* mov, or movabs */
	[0xc0] = OK | RM | GROUP(SHIFT) | B | I1, /* rol to sar */
	[0xc1] = OK | RM | GROUP(SHIFT) | S | I1,
	[0xc3] = OK | KIND(RET),
	[0xc6] = OK | RM | GROUP(MOV) | B | I1, /* mov */
	[0xc7] = OK | RM | GROUP(MOV) | S | IZ,
	[0xd0] = OK | RM | GROUP(SHIFT) | B, /* rol to sar, by 1 */
	[0xd1] = OK | RM | GROUP(SHIFT) | S,
	[0xd2] = OK | RM | GROUP(SHIFT) | B, /* by %cl */
	[0xd3] = OK | RM | GROUP(SHIFT) | S,
	[0xe8] = OK | IZ | KIND(CALL),
	[0xe9] = OK | IZ | KIND(JMP),
	[0xeb] = OK | I1 | KIND(JMP),
	[0xf6] = OK | RM | GROUP(UNARY) |
		 B, /* test, not, neg, mul, imul, div, idiv */
	[0xf7] = OK | RM | GROUP(UNARY) | S,
	[0xfe] = OK | RM | GROUP(STEP) | B, /* inc, dec */
	[0xff] = OK | RM | GROUP(STEP) | S,
};

static const u32 isa_two_bytes[256] = {
	[0x0b] = OK | KIND(TRAP), /* ud2 */
	[0x1e] = OK | RM | RP | KIND(ENDBR), /* endbr64 */
	[0x1f] = OK | RM | GROUP(NOP) | S | MEM | KIND(NOP),
	[0x40 ... 0x4f] = OK | RM | WR | S, /* cmov */
	[0x80 ... 0x8f] = OK | IZ | KIND(JCC),
	[0x90 ... 0x9f] = OK | RM | W | B, /* set */
	[0xa3] = OK | RM | S, /* bt */
	[0xa4] = OK | RM | W | S | I1, /* shld */
	[0xa5] = OK | RM | W | S,
	[0xab] = OK | RM | W | S | L, /* bts */
	[0xac] = OK | RM | W | S | I1, /* shrd */
	[0xad] = OK | RM | W | S,
	[0xaf] = OK | RM | WR | S, /* imul */
	[0xb0] = OK | RM | W | B | L, /* cmpxchg */
	[0xb1] = OK | RM | W | S | L,
	[0xb3] = OK | RM | W | S | L, /* btr */
	[0xb6] = OK | RM | WR | S, /* movzb */
	[0xb7] = OK | RM | WR, /* movzw */
	[0xb8] = OK | RM | WR | S | RP | MR | NEEDS(POPCNT), /* popcnt */
	[0xba] = OK | RM | GROUP(BIT) | S | I1, /* bt, bts, btr, btc */
	[0xbb] = OK | RM | W | S | L, /* btc */
	[0xbc] = OK | RM | WR | S |
		 RP, /* bsf; with rep tzcnt, the same if not 0 */
	[0xbd] = OK | RM | WR | S | RP, /* bsr; with rep lzcnt, another one */
	[0xbe] = OK | RM | WR | S, /* movsb */
	[0xbf] = OK | RM | WR, /* movsw */
	[0xc0] = OK | RM | W | WR | B | L, /* xadd */
	[0xc1] = OK | RM | W | WR | S | L,
	[0xc8 ... 0xcf] = OK | OP | WR, /* bswap */
};

/* movbe from memory and to it: the opcodes f0 and f1 after 0f 38. */
static const u32 isa_movbe[] = {
	OK | RM | WR | S | MEM | NEEDS(MOVBE),
	OK | RM | S | MEM | NEEDS(MOVBE),
};

/* The prefixes that a field of VEX stands for. */
enum isa_vex_prefix {
	VEX_NONE,
	VEX_66,
	VEX_F3,
	VEX_F2,
};

/* The instructions with the prefix VEX that have integer registers. */
static const struct isa_vex {
	u8 map; /* enum rex_isa_map */
	u8 opcode;
	u8 prefix;
	u32 entry;
} isa_vex[] = {
	{ REX_ISA_MAP_0F38, 0xf2, VEX_NONE,
	  OK | RM | WR | NEEDS(BMI1) }, /* andn */
	{ REX_ISA_MAP_0F38, 0xf3, VEX_NONE,
	  OK | RM | GROUP(LOWEST) | WV | NEEDS(BMI1) },
	{ REX_ISA_MAP_0F38, 0xf5, VEX_NONE,
	  OK | RM | WR | NEEDS(BMI2) }, /* bzhi */
	{ REX_ISA_MAP_0F38, 0xf5, VEX_F3,
	  OK | RM | WR | NEEDS(BMI2) }, /* pext */
	{ REX_ISA_MAP_0F38, 0xf5, VEX_F2,
	  OK | RM | WR | NEEDS(BMI2) }, /* pdep */
	{ REX_ISA_MAP_0F38, 0xf6, VEX_F2,
	  OK | RM | WR | WV | NEEDS(BMI2) }, /* mulx */
	{ REX_ISA_MAP_0F38, 0xf7, VEX_NONE,
	  OK | RM | WR | NEEDS(BMI1) }, /* bextr */
	{ REX_ISA_MAP_0F38, 0xf7, VEX_66,
	  OK | RM | WR | NEEDS(BMI2) }, /* shlx */
	{ REX_ISA_MAP_0F38, 0xf7, VEX_F3,
	  OK | RM | WR | NEEDS(BMI2) }, /* sarx */
	{ REX_ISA_MAP_0F38, 0xf7, VEX_F2,
	  OK | RM | WR | NEEDS(BMI2) }, /* shrx */
	{ REX_ISA_MAP_0F3A, 0xf0, VEX_F2,
	  OK | RM | WR | NV | I1 | NEEDS(BMI2) }, /* rorx */
};

/**
 * struct isa_group - opcodes with a part in the ModRM byte
 * @allowed:	a bit for each value of that part
 * @writes:	those that write their operand
 * @locks:	those that may have the prefix lock
 * @immediate:	those that have the immediate although the table has none
 */
static const struct isa_group {
	u8 allowed;
	u8 writes;
	u8 locks;
	u8 immediate;
} isa_groups[] = {
	[GROUP_ARITHMETIC] = { 0xff, 0x7f, 0x7f, 0 },
	[GROUP_SHIFT] = { 0xbf, 0xbf, 0, 0 },
	[GROUP_MOV] = { 0x01, 0x01, 0, 0 },
	[GROUP_UNARY] = { 0xfd, 0x0c, 0x0c, 0x01 },
	[GROUP_STEP] = { 0x03, 0x03, 0x03, 0 },
	[GROUP_NOP] = { 0x01, 0, 0, 0 },
	[GROUP_BIT] = { 0xf0, 0xe0, 0xe0, 0 },
	[GROUP_LOWEST] = { 0x0e, 0, 0, 0 },
};

/* ---- the decoder ---- */

static const char isa_truncated[] = "is cut off by the end of its function";
#define ISA_BAD_PREFIX "has a prefix that is not allowed"

#define ISA_MAX_LEN 15
#define REX_W 8
#define REX_R 4
#define REX_X 2
#define REX_B 1

#define PREFIX_66 0x01
#define PREFIX_2E 0x02
#define PREFIX_AGAIN 0x04 /* one of these two, again */
#define PREFIX_LOCK 0x08
#define PREFIX_REPEAT 0x10 /* f3 */
#define PREFIX_ADDR32 0x20 /* 67 */

/* The state of the decoder. */
struct isa_decoder {
	struct rex_insn *insn;
	const u8 *code;
	u32 max;
	u32 at;
	u32 entry; /* of the table, with what a group adds */
	u32 prefixes; /* PREFIX_* */
	u8 rex; /* 0, or 40 to 4f; of VEX, the same bits */
	u8 third; /* the register that only VEX names */
};

/* Read the displacement and the immediate. Their places and sizes are set. */
static void isa_read_disp(struct rex_insn *insn, const u8 *code)
{
	const u8 *disp = code + insn->disp_at;

	if (insn->disp_size == 1)
		insn->disp = (s8)*disp;
	else if (insn->disp_size)
		memcpy(&insn->disp, disp, 4);
}

static void isa_read_imm(struct rex_insn *insn, const u8 *code)
{
	const u8 *imm = code + insn->imm_at;
	s16 imm16;
	s32 imm32;

	if (insn->imm_size == 1) {
		insn->imm = (s8)*imm;
	} else if (insn->imm_size == 4) {
		memcpy(&imm32, imm, 4);
		insn->imm = imm32;
	} else if (insn->imm_size == 2) {
		memcpy(&imm16, imm, 2);
		insn->imm = imm16;
	} else if (insn->imm_size) {
		memcpy(&insn->imm, imm, 8);
	}
}

static bool isa_has(const struct isa_decoder *d, u32 size)
{
	return size <= d->max - d->at;
}

/* Returns the flag of a prefix, or 0 if the byte is no allowed prefix. */
static u32 isa_prefix(u8 byte)
{
	switch (byte) {
	case 0x66:
		return PREFIX_66;
	case 0x2e:
		return PREFIX_2E;
	case 0xf0:
		return PREFIX_LOCK;
	case 0xf3:
		return PREFIX_REPEAT;
	case 0x67:
		return PREFIX_ADDR32;
	}
	return 0;
}

static const char *isa_why_prefix_refused(u8 byte)
{
	switch (byte) {
	case 0x26:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
		return "has a segment prefix";
	case 0xf2:
		return ISA_BAD_PREFIX;
	}
	return NULL;
}

static const char *isa_read_all_prefixes(struct isa_decoder *d)
{
	u32 prefix;

	for (; isa_has(d, 1); d->at++) {
		prefix = isa_prefix(d->code[d->at]);
		if (!prefix)
			break;
		if (prefix & d->prefixes) {
			if (prefix & ~(PREFIX_66 | PREFIX_2E))
				return ISA_BAD_PREFIX;
			prefix = PREFIX_AGAIN;
		}
		d->prefixes |= prefix;
	}
	if (!isa_has(d, 1))
		return isa_truncated;
	if ((d->code[d->at] & 0xf0) != 0x40)
		return isa_why_prefix_refused(d->code[d->at]);
	d->rex = d->code[d->at++];
	return NULL;
}

/*
 * Most instructions have no prefix, or one of 40 to 4f. No opcode in the list is a
 * prefix.
 */
static const char *isa_read_prefixes(struct isa_decoder *d)
{
	u8 first;

	if (!isa_has(d, 1))
		return isa_truncated;
	first = d->code[d->at];
	if ((first & 0xf0) == 0x40) {
		d->rex = first;
		d->at++;
		return NULL;
	}
	if (isa_one_byte[first] || first == 0x0f)
		return NULL;
	return isa_read_all_prefixes(d);
}

#define ISA_VEX \
	0xc4 /* the prefix of three bytes; the other one is for vectors */
#define ISA_VEX_LONG 4 /* vectors of 256 bits */

static u32 isa_find_vex(u8 map, u8 opcode, u8 prefix)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(isa_vex); i++)
		if (isa_vex[i].map == map && isa_vex[i].opcode == opcode &&
		    isa_vex[i].prefix == prefix)
			return isa_vex[i].entry;
	return 0;
}

/*
 * Read the rest of VEX, and the opcode. In the prefix, bits of registers are inverted. Its
 * length bit has to be 0, and a register that the instruction does not have 15.
 */
static const char *isa_read_vex(struct isa_decoder *d)
{
	const char *other = rex_isa_why_refused(ISA_VEX, false);
	struct rex_insn *insn = d->insn;
	u8 first, second;

	if (!isa_has(d, 3))
		return isa_truncated;
	first = d->code[d->at];
	second = d->code[d->at + 1];
	insn->vex = true;
	insn->map = first & 0x1f;
	insn->opcode = d->code[d->at + 2];
	d->at += 3;
	d->entry = isa_find_vex(insn->map, insn->opcode, second & 3);
	d->third = ~second >> 3 & 15;
	if (!d->entry || second & ISA_VEX_LONG || (d->entry & NV && d->third))
		return other;
	if (d->prefixes || d->rex)
		return ISA_BAD_PREFIX;
	d->rex = 0x40 | (~first >> 5 & 7) | (second >> 7) * REX_W;
	/* the bit of a register that is a part of the opcode */
	return d->entry & GR && d->rex & REX_R ? other : NULL;
}

/* Read the opcode after 0f. */
static const char *isa_read_second(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;

	if (!isa_has(d, 1))
		return isa_truncated;
	insn->map = REX_ISA_MAP_0F;
	insn->opcode = d->code[d->at++];
	d->entry = isa_two_bytes[insn->opcode];
	if (insn->opcode != 0x38)
		return NULL;
	if (!isa_has(d, 1))
		return isa_truncated;
	insn->map = REX_ISA_MAP_0F38;
	insn->opcode = d->code[d->at++];
	if (insn->opcode == 0xf0 || insn->opcode == 0xf1)
		d->entry = isa_movbe[insn->opcode - 0xf0];
	return d->entry ? NULL : REX_ISA_NOT_LISTED;
}

static const char *isa_read_opcode(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;
	const char *why = NULL;

	if (!isa_has(d, 1))
		return isa_truncated;
	insn->opcode = d->code[d->at++];
	if (insn->opcode == 0x0f)
		why = isa_read_second(d);
	else if (insn->opcode == ISA_VEX)
		why = isa_read_vex(d);
	else
		d->entry = isa_one_byte[insn->opcode];
	if (why)
		return why;
	if (!d->entry)
		return rex_isa_why_refused(insn->opcode, insn->map);
	/* 90 is a nop, or an xchg of r8 */
	if (!insn->map && insn->opcode == 0x90 && d->rex & REX_B)
		d->entry = OK | OP | WR | S;
	insn->kind = KIND_OF(d->entry);
	return NULL;
}

/* ff /2 to /5 are the only branches that are no call, jump or return of the list. */
static const char *isa_why_group_refused(const struct rex_insn *insn)
{
	if (!insn->map && insn->opcode == 0xff && insn->ext == 6)
		return "moves the stack pointer in an unusual way";
	if (!insn->map && insn->opcode == 0xff && insn->ext < 6)
		return "is an indirect branch without a thunk";
	return REX_ISA_NOT_LISTED;
}

static const char *isa_apply_group(struct isa_decoder *d)
{
	const struct rex_insn *insn = d->insn;
	const struct isa_group *group = GROUP_OF(d->entry);
	u8 bit = 1u << insn->ext;

	if (!(group->allowed & bit))
		return isa_why_group_refused(insn);
	if (group->writes & bit)
		d->entry |= W;
	if (group->locks & bit)
		d->entry |= L;
	if (group->immediate & bit)
		d->entry |= d->entry & B ? I1 : IZ;
	return NULL;
}

static const char *isa_read_sib(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;
	u8 sib;

	if (!isa_has(d, 1))
		return isa_truncated;
	sib = d->code[d->at++];
	insn->index = (sib >> 3 & 7) | (d->rex & REX_X) << 2;
	if (insn->index == REX_ISA_RSP)
		insn->index = REX_ISA_NONE;
	insn->base = (sib & 7) | (d->rex & REX_B) << 3;
	if (insn->mod == 0 && (sib & 7) == 5) {
		insn->base = REX_ISA_NONE;
		insn->disp_size = 4;
	}
	return NULL;
}

static const char *isa_read_modrm(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;
	const char *why;
	u8 modrm;

	if (!isa_has(d, 1))
		return isa_truncated;
	modrm = d->code[d->at++];
	insn->has_modrm = true;
	insn->mod = modrm >> 6;
	insn->ext = modrm >> 3 & 7;
	insn->rm = (modrm & 7) | (d->rex & REX_B) << 3;
	if (d->entry & GR) {
		why = isa_apply_group(d);
		if (why)
			return why;
	} else {
		insn->reg = insn->ext | (d->rex & REX_R) << 1;
	}
	insn->head = d->at;
	if (insn->mod == 3)
		return d->entry & MEM ? REX_ISA_NOT_LISTED : NULL;

	insn->base = insn->rm;
	insn->disp_size = insn->mod == 1 ? 1 : insn->mod == 2 ? 4 : 0;
	if ((modrm & 7) == 4) {
		why = isa_read_sib(d);
		if (why)
			return why;
	} else if (insn->mod == 0 && (modrm & 7) == 5) {
		insn->base = REX_ISA_RIP;
		insn->disp_size = 4;
	}
	insn->disp_at = d->at;
	insn->head = d->at;
	if (!isa_has(d, insn->disp_size))
		return isa_truncated;
	isa_read_disp(insn, d->code);
	d->at += insn->disp_size;
	return NULL;
}

static const char *isa_read_immediate(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;

	if (!(d->entry & (I1 | IZ)))
		return NULL;
	if (d->entry & I1)
		insn->imm_size = 1;
	else if (d->entry & OP && insn->wide)
		insn->imm_size = 8; /* movabs */
	else
		insn->imm_size = d->prefixes & PREFIX_66 ? 2 : 4;
	if (!isa_has(d, insn->imm_size))
		return isa_truncated;
	insn->imm_at = d->at;
	isa_read_imm(insn, d->code);
	d->at += insn->imm_size;
	return NULL;
}

/*
 * Refuse the opcodes of endbr64, popcnt and string instructions without their f3.
 */
static const char *isa_check_repeat(const struct isa_decoder *d)
{
	const struct rex_insn *insn = d->insn;
	bool repeat = d->prefixes & PREFIX_REPEAT;

	if (insn->kind == REX_ISA_ENDBR) {
		if (repeat && insn->mod == 3 && insn->ext == 7 && insn->rm == 2)
			return NULL;
		return REX_ISA_NOT_LISTED;
	}
	if (d->entry & MR && !repeat)
		return REX_ISA_NOT_LISTED;
	if (d->entry & RP && !(d->entry & S) && !repeat)
		return "is a string instruction without rep";
	if (repeat && !(d->entry & RP))
		return ISA_BAD_PREFIX;
	/* pause has no other prefix */
	if (repeat && insn->kind == REX_ISA_NOP &&
	    (d->prefixes != PREFIX_REPEAT || d->rex))
		return ISA_BAD_PREFIX;
	return NULL;
}

/*
 * A prefix that does nothing, or is undefined, is refused: CPUs and decoders do not
 * agree on all of them. 66 and 2e fill no-ops.
 */
static const char *isa_check_prefixes(const struct isa_decoder *d)
{
	const struct rex_insn *insn = d->insn;
	const char *why = isa_check_repeat(d);

	if (why)
		return why;
	if (d->prefixes & PREFIX_66 && (!(d->entry & S) || d->rex & REX_W))
		return ISA_BAD_PREFIX;
	if (insn->kind != REX_ISA_NOP &&
	    d->prefixes & (PREFIX_2E | PREFIX_AGAIN))
		return ISA_BAD_PREFIX;
	if (d->rex && insn->kind != REX_ISA_PLAIN &&
	    insn->kind != REX_ISA_PUSH && insn->kind != REX_ISA_POP)
		return ISA_BAD_PREFIX;
	/* reloc.c writes `addr32 call` over an indirect one */
	if (d->prefixes & PREFIX_ADDR32 && insn->kind != REX_ISA_CALL)
		return ISA_BAD_PREFIX;
	if (d->prefixes & PREFIX_LOCK && (!(d->entry & L) || insn->mod == 3))
		return ISA_BAD_PREFIX;
	return NULL;
}

/* Returns whether isa_check_prefixes() has anything to check, which is rare. */
static bool isa_has_odd_prefixes(const struct isa_decoder *d)
{
	return d->prefixes || d->entry & RP ||
	       (d->rex && d->insn->kind != REX_ISA_PLAIN);
}

/*
 * Returns the bit of a register. In 8 bits without REX, 4 to 7 are the high parts of 0
 * to 3.
 */
static u16 isa_register_bit(const struct isa_decoder *d, u8 reg)
{
	if (d->entry & B && !d->rex && reg >= 4)
		reg -= 4;
	return 1u << reg;
}

/* The opcode of bsr is that of lzcnt with f3. */
static void isa_note_needs(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;

	insn->needs = NEEDS_OF(d->entry);
	if (insn->map == REX_ISA_MAP_0F && insn->opcode == 0xbd &&
	    d->prefixes & PREFIX_REPEAT)
		insn->needs = REX_CPU_LZCNT;
}

static void isa_note_writes(struct isa_decoder *d)
{
	struct rex_insn *insn = d->insn;

	if (d->entry & OP)
		insn->reg = (insn->opcode & 7) | (d->rex & REX_B) << 3;
	if (d->entry & WR)
		insn->writes |= isa_register_bit(d, insn->reg);
	if (d->entry & W && insn->mod == 3)
		insn->writes |= isa_register_bit(d, insn->rm);
	if (d->entry & WV)
		insn->writes |= 1u << d->third;
}

/* Read a return as reloc.c writes it over a jump and its four bytes of distance. */
static const char *isa_read_return(struct isa_decoder *d)
{
	static const u8 filler[] = { 0xcc, 0xcc, 0xcc, 0xcc };

	if (!isa_has(d, sizeof(filler)) ||
	    memcmp(d->code + d->at, filler, sizeof(filler)))
		return "is a return that the toolchain does not make";
	d->insn->imm_at = d->at;
	d->insn->imm_size = sizeof(filler);
	d->at += sizeof(filler);
	return NULL;
}

static const char *isa_decode(struct isa_decoder *d)
{
	const char *why = isa_read_prefixes(d);

	if (!why)
		why = isa_read_opcode(d);
	if (why)
		return why;
	d->insn->wide = d->rex & REX_W;
	d->insn->head = d->at;
	if (d->entry & RM)
		why = isa_read_modrm(d);
	if (!why && isa_has_odd_prefixes(d))
		why = isa_check_prefixes(d);
	if (!why)
		why = isa_read_immediate(d);
	if (!why && d->insn->kind == REX_ISA_RET)
		why = isa_read_return(d);
	if (!why && d->at > ISA_MAX_LEN)
		why = "is too long";
	if (!why) {
		isa_note_writes(d);
		isa_note_needs(d);
	}
	return why;
}

const char *rex_isa_decode(struct rex_insn *insn, const u8 *code, u32 max)
{
	struct isa_decoder d = { .insn = insn, .code = code };
	const char *why;

	*insn = (struct rex_insn){
		.reg = REX_ISA_NONE,
		.base = REX_ISA_NONE,
		.index = REX_ISA_NONE,
	};
	d.max = max < ISA_MAX_LEN ? max : ISA_MAX_LEN;
	why = isa_decode(&d);
	if (why == isa_truncated && max > ISA_MAX_LEN)
		why = "is too long";
	insn->len = d.at ? d.at : 1;
	insn->is_calm = insn->kind == REX_ISA_PLAIN &&
			!(insn->writes & REX_ISA_STACK_REGS) &&
			!rex_isa_has_address(insn);
	return why;
}

/* ---- known instructions ---- */

#define ISA_SLOTS 4 /* that a head may be in */

/* Returns the first slot: the upper bits of a product with 2^64 / golden ratio. */
static u32 isa_slot(u64 head)
{
	return head * 0x9e3779b97f4a7c15ull >> (64 - REX_ISA_KNOWN_SHIFT);
}

static u32 isa_next_slot(u32 slot)
{
	return (slot + 1) % REX_ISA_NR_KNOWN;
}

/*
 * Returns the head of the instruction at @code, if its only prefixes are 66 and
 * 40 to 4f: its bytes, and their number in the highest byte. A wrong number
 * does no harm, since rex_isa_note() compares it with the decoder's.
 */
static inline u64 isa_head(const u8 *code)
{
	u64 head, rest;
	u32 entry, len;

	memcpy(&head, code, sizeof(head));
	len = (u8)head == 0x66;
	rest = head >> 8 * len;
	if ((rest & 0xf0) == 0x40) {
		rest >>= 8;
		len++;
	}
	if ((u8)rest == 0x0f) {
		rest >>= 8;
		len++;
		entry = isa_two_bytes[(u8)rest];
	} else {
		entry = isa_one_byte[(u8)rest];
	}
	len++;
	if (entry & RM) {
		rest >>= 8;
		len += (rest & 7) == 4 && (u8)rest < 0xc0 ? 2 : 1;
	}
	return (head & ((1ull << 8 * len) - 1)) | (u64)len << 56;
}

bool rex_isa_recall(const struct rex_isa_known *known, struct rex_insn *insn,
		    const u8 *code, u32 max)
{
	u32 slot, i;
	u64 head;

	if (max < sizeof(head))
		return false;
	head = isa_head(code);
	slot = isa_slot(head);
	for (i = 1; known[slot].head != head; i++) {
		if (i == ISA_SLOTS || !known[slot].head)
			return false;
		slot = isa_next_slot(slot);
	}
	if (known[slot].insn.len > max)
		return false;
	*insn = known[slot].insn;
	if (insn->disp_size)
		isa_read_disp(insn, code);
	if (insn->imm_size)
		isa_read_imm(insn, code);
	return true;
}

void rex_isa_note(struct rex_isa_known *known, const struct rex_insn *insn,
		  const u8 *code, u32 max)
{
	u32 slot, i;
	u64 head;

	/* the decoder compares the bytes after the head of a return */
	if (max < sizeof(head) || insn->kind == REX_ISA_RET || insn->needs)
		return;
	head = isa_head(code);
	if (head >> 56 != insn->head)
		return;
	slot = isa_slot(head);
	for (i = 1; known[slot].head && i < ISA_SLOTS; i++)
		slot = isa_next_slot(slot);
	known[slot].head = head;
	known[slot].insn = *insn;
}

/* ---- quick instructions ---- */

/* Returns the first of two entries that four bytes may have. */
static __always_inline u32 isa_quick_slot(u32 code)
{
	return code * 0x9e3779b1u >> (32 - REX_ISA_FOURS_SHIFT);
}

static __always_inline s64 isa_find_four(const struct rex_isa_quick *quick,
					 const u8 *at)
{
	const struct rex_isa_window *window;
	u32 code, slot;

	memcpy(&code, at, sizeof(code));
	slot = isa_quick_slot(code);
	window = &quick->fours[slot];
	if (unlikely(window->code != code))
		window = &quick->fours[slot ^ 1];
	return likely(window->code == code) ? window->info : 0;
}

/*
 * Returns the end of the pages. The compiler must not know that it is a constant distance from
 * @quick: it would add the distance for each instruction.
 */
static __always_inline const u8 *isa_pages(const struct rex_isa_quick *quick)
{
	const u8 *pages = quick->pages + REX_ISA_PAGES_END;

	OPTIMIZER_HIDE_VAR(pages);
	return pages;
}

static __always_inline s64 isa_find_quick(const struct rex_isa_quick *quick,
					  const u8 *pages, const u8 *at)
{
	u16 pair;
	s64 info;

	memcpy(&pair, at, sizeof(pair));
	info = quick->pairs[pair];
	if (likely(info > 0))
		return info;
	if (!info)
		return quick->specials[pair];
	info = (s8)pages[info * REX_ISA_PAGE + at[2]];
	if (likely(info > 0))
		return info;
	return info ?: isa_find_four(quick, at);
}

u32 rex_isa_find_quick(const struct rex_isa_quick *quick, const u8 *code,
		       u32 max)
{
	if (max < REX_ISA_WINDOW)
		return 0;
	return (u8)isa_find_quick(quick, isa_pages(quick), code);
}

/* Pass over a jcc or jmp of @len bytes within the function. */
static __always_inline bool isa_pass_branch(struct rex_isa_pass *pass, u64 at,
					    u32 len)
{
	const u8 *next = pass->text + at + len;
	u64 target = at + len;
	s32 distance;

	if (len == 2) {
		target += (s8)next[-1];
	} else {
		memcpy(&distance, next - 4, 4);
		target += distance;
	}
	if (target < pass->body || target >= pass->end)
		return false;
	pass->marks[target] |= REX_ISA_MARK_TARGET;
	rex_isa_note_branch(pass, target);
	return true;
}

/*
 * By the three bits of an instruction that matters to the stack: its marks, and its bit of
 * rex_isa_pass.writes. Branches and unknown instructions have no effect here.
 */
#define ISA_EFFECT_WRITES 8
#define ISA_STACK (REX_ISA_MARK_START | REX_ISA_MARK_STACK)
#define ISA_WRITES(kept)                            \
	(REX_ISA_MARK_START | REX_ISA_MARK_WRITES | \
	 1u << (kept) << ISA_EFFECT_WRITES)
static const u16 isa_effects[] = {
	0,
	ISA_WRITES(0),
	ISA_STACK,
	ISA_WRITES(2),
	ISA_WRITES(3),
	ISA_WRITES(4),
	ISA_WRITES(5),
	ISA_STACK,
};
static_assert(ARRAY_SIZE(isa_effects) == REX_ISA_QUICK_SAVED_MASK + 1);

/* A pass under way: where it is, what it looks up, and the effects that it has met. */
struct isa_walk {
	const struct rex_isa_quick *quick;
	const u8 *pages, *at;
	s64 to_marks; /* from an instruction to its marks */
	u32 effects;
};

static __always_inline u8 *isa_marks(const struct isa_walk *walk)
{
	return (u8 *)walk->at + walk->to_marks;
}

/* Pass over a branch, if it is one. */
static __always_inline bool isa_step_branch(struct rex_isa_pass *pass,
					    struct isa_walk *walk, s64 info)
{
	u32 len = info & REX_ISA_QUICK_LEN;

	if (!rex_isa_quick_branches(info) ||
	    !isa_pass_branch(pass, walk->at - pass->text, len))
		return false;
	*isa_marks(walk) |= ISA_STACK;
	walk->at += len;
	return true;
}

/*
 * Pass over an instruction that ends before @end, or there. Returns false if it has to be
 * looked at.
 */
static __always_inline bool isa_step(struct rex_isa_pass *pass,
				     struct isa_walk *walk, const u8 *end)
{
	s64 info = isa_find_quick(walk->quick, walk->pages, walk->at);
	u32 effect, len = info & REX_ISA_QUICK_LEN;

	if (end && walk->at + len > end)
		return false;
	if (likely(info > 0)) {
		*isa_marks(walk) |= REX_ISA_MARK_START;
		walk->at += info;
		return true;
	}
	effect = isa_effects[rex_isa_quick_saved(info)];
	if (unlikely(!effect || !len))
		return isa_step_branch(pass, walk, info);
	*isa_marks(walk) |= (u8)effect;
	walk->effects |= effect;
	walk->at += len;
	return true;
}

/* The end is compared once for so many instructions. */
#define ISA_STEPS 4

/* Pass over instructions as long as the next few end before @end, or there. */
static __always_inline bool isa_steps(struct rex_isa_pass *pass,
				      struct isa_walk *walk, const u8 *end)
{
	const u8 *last = end - ISA_STEPS * REX_ISA_QUICK_LEN;

	while (walk->at <= last)
		if (!isa_step(pass, walk, NULL) ||
		    !isa_step(pass, walk, NULL) ||
		    !isa_step(pass, walk, NULL) || !isa_step(pass, walk, NULL))
			return false;
	return true;
}

/*
 * The bytes that are looked up at a place may reach up to the end of the function, not
 * beyond. The few instructions that begin after that place are not passed over.
 */
void rex_isa_pass(struct rex_isa_pass *pass, u32 limit)
{
	s64 last = (s64)pass->end - REX_ISA_WINDOW;
	const u8 *end = pass->text + (limit < last ? limit : last);
	struct isa_walk walk = {
		.quick = pass->quick,
		.pages = isa_pages(pass->quick),
		.at = pass->text + pass->at,
		.to_marks = pass->marks - pass->text,
	};

	if (isa_steps(pass, &walk, end))
		while (walk.at < end && isa_step(pass, &walk, end))
			;
	pass->at = walk.at - pass->text;
	pass->writes |= walk.effects >> ISA_EFFECT_WRITES;
}

/* Returns 1 + the place of a register among REX_ISA_SAVED_REGS. */
static u32 isa_saved_place(u32 reg)
{
	return reg == 3 ? 1 : reg == REX_ISA_RBP ? 2 : reg - 9;
}

/* Returns the entry of an instruction of @len bytes that matters to the stack. */
static u32 isa_quick_stack(u32 len, u32 saved)
{
	return REX_ISA_QUICK_STACK | saved << REX_ISA_QUICK_SAVED | len;
}

/* Returns the entry of an instruction, or 0 if it is not quick. */
static u32 isa_quick_info(const struct rex_insn *insn)
{
	u32 saved = insn->writes & REX_ISA_SAVED_REGS;

	if (insn->kind == REX_ISA_NOP)
		return insn->len;
	if (insn->kind == REX_ISA_JCC || insn->kind == REX_ISA_JMP)
		return isa_quick_stack(insn->len, 0);
	if (insn->kind == REX_ISA_PUSH || insn->kind == REX_ISA_POP)
		return isa_quick_stack(insn->len, REX_ISA_QUICK_MOVES);
	if (insn->kind != REX_ISA_PLAIN || rex_isa_has_address(insn) ||
	    saved & (saved - 1))
		return 0;
	if (insn->writes & 1u << REX_ISA_RSP)
		return saved ? 0 :
			       isa_quick_stack(insn->len, REX_ISA_QUICK_MOVES);
	return saved ? isa_quick_stack(insn->len,
				       isa_saved_place(__builtin_ctz(saved))) :
		       insn->len;
}

static void isa_note_four(struct rex_isa_quick *quick, const u8 *at, u32 info)
{
	u32 code, slot;

	memcpy(&code, at, sizeof(code));
	slot = isa_quick_slot(code);
	if (quick->fours[slot].info)
		quick->fours[slot ^ 1] = quick->fours[slot];
	quick->fours[slot] = (struct rex_isa_window){ code, (s8)info };
}

/* Returns whether heads that begin with @pair have a page, or get one. */
static bool isa_make_page(struct rex_isa_quick *quick, u16 pair)
{
	s16 *entry = &quick->pairs[pair];

	if (!*entry && !quick->specials[pair] &&
	    quick->nr_pages < REX_ISA_NR_PAGES) {
		quick->nr_pages++;
		*entry = -(s32)quick->nr_pages;
	}
	return *entry < 0;
}

static void isa_note_pair(struct rex_isa_quick *quick, u16 pair, u32 info)
{
	if (quick->pairs[pair])
		return;
	if (info & REX_ISA_QUICK_STACK)
		quick->specials[pair] = info;
	else
		quick->pairs[pair] = info;
}

void rex_isa_note_quick(struct rex_isa_quick *quick,
			const struct rex_insn *insn, const u8 *at, u32 max)
{
	u32 info = isa_quick_info(insn);
	u16 pair;
	u8 *third;

	if (!info || insn->needs || max < REX_ISA_WINDOW || insn->head > 4)
		return;
	memcpy(&pair, at, sizeof(pair));
	if (insn->head <= 2) {
		isa_note_pair(quick, pair, info);
		return;
	}
	if (!isa_make_page(quick, pair))
		return;
	third = (u8 *)isa_pages(quick) + quick->pairs[pair] * REX_ISA_PAGE +
		at[2];
	if (insn->head == 3)
		*third = info;
	else if (!*third)
		isa_note_four(quick, at, info);
}
