/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The list of machine instructions that a program may consist of, and their decoder.
 *
 * The list, tables in isa.c, has the instructions that rustc and LLVM generate
 * from safe Rust for x86-64 with integer registers only. Other instructions are
 * not decoded, so their effects need not be known. The rules for branches, the
 * stack pointer and callee-saved registers are in check.h.
 *
 * Some need a feature of the CPU (cpu_features.h), which the decoder names: check.c refuses
 * them in an object that does not declare it. tzcnt without BMI1 is no such one, since LLVM
 * makes it for plain x86-64, where an operand is not 0 and it does the same as bsf.
 */
#ifndef REX_ISA_H
#define REX_ISA_H

#include "portable.h"

/* The numbers of registers in instructions. */
#define REX_ISA_RSP 4
#define REX_ISA_RBP 5
/* %rbx, %rbp and %r12 to %r15, which are callee-saved, and with them %rsp. */
#define REX_ISA_SAVED_REGS (1u << 3 | 1u << REX_ISA_RBP | 0xf000)
#define REX_ISA_STACK_REGS (REX_ISA_SAVED_REGS | 1u << REX_ISA_RSP)
#define REX_ISA_NONE 0xff /* no base, no index */
#define REX_ISA_RIP 0xfe /* as a base: the end of the instruction */

enum rex_isa_kind {
	REX_ISA_PLAIN, /* computes, loads, stores */
	REX_ISA_NOP,
	REX_ISA_ENDBR, /* endbr64 */
	REX_ISA_PUSH, /* of @reg, or of an immediate */
	REX_ISA_POP, /* to @reg */
	REX_ISA_JCC, /* it and the next two branch to @imm */
	REX_ISA_JMP,
	REX_ISA_CALL,
	REX_ISA_RET, /* ret and four int3: reloc.c writes them over a jmp */
	REX_ISA_TRAP, /* ud2 */
};

/* The bytes before an opcode, or the map that the prefix VEX names in their place. */
enum rex_isa_map {
	REX_ISA_MAP_NONE,
	REX_ISA_MAP_0F,
	REX_ISA_MAP_0F38,
	REX_ISA_MAP_0F3A,
};

/**
 * struct rex_insn - an instruction
 * @kind:	what it is, of enum rex_isa_kind
 * @len:	bytes
 * @head:	bytes before the displacement and the immediate
 * @opcode:	last byte of the opcode
 * @map:	what is before @opcode, of enum rex_isa_map
 * @vex:	it has the prefix VEX, of three bytes
 * @needs:	the feature of the CPU that it needs, REX_CPU_*, or 0
 * @wide:	the operands have 64 bits
 * @has_modrm:	@mod and @rm are valid, and @ext or @reg
 * @mod:	3 if @rm is a register, otherwise it is memory
 * @ext:	the field of the ModRM byte that is a register or part of the opcode
 * @reg:	the register operand; NONE if there is none
 * @rm:		the other register operand, if @mod is 3
 * @base:	of the memory operand; NONE, RIP
 * @index:	of the memory operand; NONE
 * @disp:	displacement of the memory operand
 * @disp_at:	its place in the instruction
 * @disp_size:	its bytes, or 0
 * @imm:	immediate operand, or the distance of a branch from the instruction's end
 * @imm_at:	its place
 * @imm_size:	its bytes, or 0
 * @is_calm:	it is no branch, push or pop, names no address, and changes no register
 *		of REX_ISA_STACK_REGS: nothing but its relocations remains to be checked
 * @writes:	a bit for each register that an operand names and that is written
 */
struct rex_insn {
	u8 kind;
	u8 len;
	u8 head;
	u8 opcode;
	u8 map;
	bool vex;
	u8 needs;
	bool wide;
	bool has_modrm;
	u8 mod;
	u8 ext;
	u8 reg;
	u8 rm;
	u8 base;
	u8 index;
	u8 disp_at;
	u8 disp_size;
	u8 imm_at;
	u8 imm_size;
	bool is_calm;
	u16 writes;
	s32 disp;
	s64 imm;
};

/**
 * rex_isa_decode() - decode the instruction at @code
 * @insn:	filled in; on failure, @insn->len is the number of bytes to show
 * @code:	its bytes
 * @max:	how many there are
 *
 * Return: NULL, or why the instruction is refused: words that follow its name.
 */
const char *rex_isa_decode(struct rex_insn *insn, const u8 *code, u32 max);

/* The reasons why unlisted opcodes are refused (isa_refused.c). */
#define REX_ISA_NOT_LISTED "is not in the list of instructions of programs"
const char *rex_isa_why_refused(u8 opcode, bool two_bytes);

/*
 * Returns whether an independent decoder sees the same instruction: the
 * kernel's in the module, that of binutils in the tests.
 */
bool rex_isa_agrees(const struct rex_insn *insn, const u8 *code, u32 max);

#define REX_ISA_KNOWN_SHIFT 12
#define REX_ISA_NR_KNOWN (1u << REX_ISA_KNOWN_SHIFT)

/**
 * struct rex_isa_known - an instruction whose like need not be decoded again
 * @head:	its first bytes, up to the displacement and the immediate, which say what
 *		it is and where these two are; their number in the highest byte; 0: none
 * @insn:	the instruction; the values of these two are of no account
 */
struct rex_isa_known {
	u64 head;
	struct rex_insn insn;
};

/**
 * rex_isa_recall() - as rex_isa_decode(), if an instruction of the same head is known
 * @known: REX_ISA_NR_KNOWN of them, by a hash of the head
 * @insn:	filled in
 * @code:	its bytes
 * @max:	how many there are
 *
 * Return: whether one is known.
 */
bool rex_isa_recall(const struct rex_isa_known *known, struct rex_insn *insn,
		    const u8 *code, u32 max);

/*
 * Remember an instruction on which rex_isa_decode() and the second decoder agree. One that
 * needs a feature of the CPU is not remembered: it is not for all objects.
 */
void rex_isa_note(struct rex_isa_known *known, const struct rex_insn *insn,
		  const u8 *code, u32 max);

/*
 * The number of pages, and of places for heads of four bytes, which is a power of two. All
 * objects share both. Few instructions have a head of four bytes.
 */
#define REX_ISA_NR_PAGES 512
#define REX_ISA_PAGE 256
#define REX_ISA_PAGES_END (REX_ISA_NR_PAGES * REX_ISA_PAGE)
#define REX_ISA_FOURS_SHIFT 12
#define REX_ISA_WINDOW 4

/**
 * struct rex_isa_window - four bytes of text
 * @code:	the bytes
 * @info:	REX_ISA_QUICK_*, sign-extended
 */
struct rex_isa_window {
	u32 code;
	s32 info;
};

/**
 * struct rex_isa_quick - quick instructions by their first two, three or four bytes
 *
 * Both decoders have agreed on an instruction that has a head, the bytes before the
 * displacement and the immediate, within these bytes. So each instruction with the same
 * bytes is of the same kind and length, and has the same registers. Nothing but the stack
 * remains to be checked of it: it is plain and contains no address; or it is a nop, a push, a
 * pop, a jcc or a jmp. Decoders read from the first byte on, so that no head begins with
 * another one.
 * @pairs:	by two bytes: the length, if nothing remains to be checked; if longer heads begin
 *		with them, minus the place of their page, in pages from the end of @pages on;
 *		0: see @specials
 * @specials:	by two bytes: REX_ISA_QUICK_* if the stack remains to be checked; 0: none
 * @pages:	by the third byte of a head that begins so: REX_ISA_QUICK_*; 0: none
 * @fours:	the same for heads of four bytes, by a hash of them
 * @nr_pages:	pages in use
 */
struct rex_isa_quick {
	s16 pairs[1 << 16];
	s8 specials[1 << 16];
	u8 pages[REX_ISA_PAGES_END];
	struct rex_isa_window fours[1 << REX_ISA_FOURS_SHIFT];
	u32 nr_pages;
};

#define REX_ISA_QUICK_LEN 0x0f /* the length */
/*
 * The sign of a byte is set if the instruction matters to the stack. Then three bits from
 * REX_ISA_QUICK_SAVED on are 1 + the place among REX_ISA_SAVED_REGS of the only one that it
 * writes; REX_ISA_QUICK_MOVES if it is a push or pop or writes the stack pointer; or 0 if it is
 * a branch.
 */
#define REX_ISA_QUICK_STACK 0x80
#define REX_ISA_QUICK_SAVED 4
#define REX_ISA_QUICK_SAVED_MASK 7
#define REX_ISA_QUICK_RBP 2
#define REX_ISA_QUICK_MOVES 7

/* Returns the three bits of @info. */
static inline u32 rex_isa_quick_saved(u32 info)
{
	return info >> REX_ISA_QUICK_SAVED & REX_ISA_QUICK_SAVED_MASK;
}

static inline bool rex_isa_quick_branches(u32 info)
{
	return info & REX_ISA_QUICK_STACK && !rex_isa_quick_saved(info);
}

/* Returns REX_ISA_QUICK_* of the instruction at @code; 0 if it is not known to be quick. */
u32 rex_isa_find_quick(const struct rex_isa_quick *quick, const u8 *code,
		       u32 max);

/* Marks of a byte of text, for those of check_private.h. */
#define REX_ISA_MARK_START 0x01 /* an instruction begins here */
#define REX_ISA_MARK_TARGET 0x02 /* a branch of the same function comes here */
#define REX_ISA_MARK_STACK 0x10 /* a branch, or it moves %rsp or writes %rbp */
#define REX_ISA_MARK_WRITES 0x40 /* it writes others of REX_ISA_SAVED_REGS */

#define REX_ISA_NR_TARGETS 8

/**
 * struct rex_isa_pass - a pass over quick instructions of a function
 * @quick:	the quick instructions that are known
 * @text:	the bytes of all functions
 * @at:		where the next instruction begins
 * @body:	no branch goes to a place of the function before this one
 * @end:	the end of the function
 * @marks:	for each byte of @text
 * @nr_branches: how many branches there were
 * @targets:	where the first of these branches go
 * @writes:	registers that instructions with REX_ISA_MARK_WRITES write: bits of enum rex_kept
 */
struct rex_isa_pass {
	const struct rex_isa_quick *quick;
	const u8 *text;
	u32 at;
	u32 body;
	u32 end;
	u8 *marks;
	u32 nr_branches;
	u32 targets[REX_ISA_NR_TARGETS];
	u8 writes;
};

/* Remember a branch within the function. */
static inline void rex_isa_note_branch(struct rex_isa_pass *pass, u32 target)
{
	if (pass->nr_branches < REX_ISA_NR_TARGETS)
		pass->targets[pass->nr_branches] = target;
	pass->nr_branches++;
}

/*
 * Mark and pass over quick instructions that end before @limit, or there. Branches go to a place from
 * @body on, before @end. Then @at is that of the first instruction that is another one.
 */
void rex_isa_pass(struct rex_isa_pass *pass, u32 limit);

/* Remember an instruction, if it is quick and for all objects, on which both decoders agree. */
void rex_isa_note_quick(struct rex_isa_quick *quick,
			const struct rex_insn *insn, const u8 *code, u32 max);

/* Returns whether an instruction accesses memory at an address that it contains. */
static inline bool rex_isa_has_address(const struct rex_insn *insn)
{
	return insn->has_modrm && insn->mod != 3 &&
	       insn->index == REX_ISA_NONE &&
	       (insn->base == REX_ISA_NONE || insn->base == REX_ISA_RIP);
}

/* Returns whether an instruction only computes the address of its memory operand. */
static inline bool rex_isa_is_lea(const struct rex_insn *insn)
{
	return !insn->map && insn->opcode == 0x8d && insn->has_modrm;
}

#endif /* REX_ISA_H */
