/* SPDX-License-Identifier: GPL-2.0 */
/* Declarations for the parts of the machine-code check (check.h). */
#ifndef REX_CHECK_PRIVATE_H
#define REX_CHECK_PRIVATE_H

#include "check.h"
#include "elf_private.h"
#include "isa.h"

/* Marks of a byte of text. */
#define REX_CHECK_START REX_ISA_MARK_START
#define REX_CHECK_TARGET REX_ISA_MARK_TARGET
#define REX_CHECK_ENTRY 0x04 /* a function begins here */
#define REX_CHECK_RETURNS 0x08 /* and it has a return */
#define REX_CHECK_STACK REX_ISA_MARK_STACK /* it matters to check_stack.c */
/* It matters there unless all registers are saved that have this mark in the function. */
#define REX_CHECK_WRITES REX_ISA_MARK_WRITES
/*
 * A path of check_stack.c has been there, and @ids is set. Each function is gone through once,
 * and functions do not overlap, so the mark stays.
 */
#define REX_CHECK_MET 0x20

/* Eight marks at once: those that have a bit. */
#define REX_CHECK_EIGHT(bit) ((bit)*0x0101010101010101ull)

static inline u64 rex_check_eight(const u8 *marks, u64 bits)
{
	u64 eight;

	memcpy(&eight, marks, sizeof(eight));
	return eight & REX_CHECK_EIGHT(bits);
}

/* The same for 32 bytes; the result is not where. */
static inline u64 rex_check_32(const u8 *marks, u64 bits)
{
	return rex_check_eight(marks, bits) | rex_check_eight(marks + 8, bits) |
	       rex_check_eight(marks + 16, bits) |
	       rex_check_eight(marks + 24, bits);
}

/* Returns the first place from @at on, up to @end, with one of these marks; or @end. */
static inline u32 rex_check_find(const u8 *marks, u32 at, u32 end, u64 bits)
{
	u64 found;

	while (end - at >= 8) {
		found = rex_check_eight(marks + at, bits);
		if (found)
			return at + __builtin_ctzll(found) / 8;
		at += 8;
		while (end - at >= 64 && !(rex_check_32(marks + at, bits) |
					   rex_check_32(marks + at + 32, bits)))
			at += 64;
	}
	while (at < end && !(marks[at] & bits))
		at++;
	return at;
}

struct rex_stack_state;

/**
 * struct rex_check - a check
 * @elf:	the object
 * @t:		its memory
 * @log:	the log
 * @text:	the bytes of text
 * @addr:	their address
 * @size:	their number
 * @marks:	REX_CHECK_* for each of them
 * @known:	instructions that both decoders have seen; NULL: each is decoded by both
 * @quick:	those of them that rex_isa_pass() passes over; NULL: none
 * @ids:	for each byte of a function with REX_CHECK_MET, the index of the state of the
 *		stack with which paths arrive there
 * @work:	offsets in the function that are to be looked at
 * @nr_work:	how many
 * @states:	the states of the stack in the function
 * @nr_states:	how many
 * @nr_searches: how often one was looked for
 * @saves:	registers that a function saves: bits of enum rex_kept
 * @writes:	for each function, the registers that its instructions with REX_CHECK_WRITES
 *		write: the same bits
 * @max_states:	for how many there is room
 */
struct rex_check {
	const struct rex_elf *elf;
	const struct rex_elf_target *t;
	struct rex_log *log;
	const u8 *text;
	u64 addr;
	u32 size;
	u8 *marks;
	struct rex_isa_known *known;
	struct rex_isa_quick *quick;
	u16 *ids;
	u32 *work;
	u32 nr_work;
	struct rex_stack_state *states;
	u32 nr_states;
	u32 nr_searches;
	u8 saves;
	u8 *writes;
	u32 max_states;
};

/* An instruction of a function, and where a branch goes. */
struct rex_check_place {
	const struct rex_elf_func *f;
	u32 at; /* offset in the text */
	struct rex_insn insn;
	bool is_known; /* both decoders have seen its like */
	bool is_branch; /* a call, jmp or jcc; if not, what follows is not set */
	bool is_inner; /* its target is in the same function, and not its entry */
	u32 target; /* of a branch within the image: offset in the text */
	enum rex_callee callee; /* of a branch elsewhere */
};

/* Log the reason why an instruction is refused, and return the error. */
int rex_check_refuse(const struct rex_check *c,
		     const struct rex_check_place *pl, const char *why);

/* Decode the instruction at pl->at of pl->f, which is not its pad. 0 or -ENOEXEC. */
int rex_check_decode(const struct rex_check *c, struct rex_check_place *pl);

/* Returns whether an address is that of a function, or not in text. */
bool rex_check_is_pointer(const struct rex_check *c, u64 addr);

/* Returns the index of the function's first relocation (check_relas.c). */
u32 rex_check_first_rela(const struct rex_check *c,
			 const struct rex_elf_func *f);

/*
 * Check the relocations that begin in the instruction. @next is the number of the first
 * one that has not been checked.
 */
int rex_check_insn_relas(const struct rex_check *c,
			 const struct rex_check_place *pl, u32 *next);
int rex_check_data_relas(const struct rex_check *c);

/* Returns the place in the text of relocation @nr, or U64_MAX if there is none. */
static inline u64 rex_check_rela_at(const struct rex_check *c,
				    const struct rex_elf_func *f, u32 nr)
{
	const struct rex_elf_sec *sec = &c->elf->secs[f->sec];

	return nr < sec->nr_relas ? sec->offset + sec->relas[nr].r_offset :
				    U64_MAX;
}

/* check_stack.c: the stack pointer and callee-saved registers of a function. */
int rex_check_stack_init(struct rex_check *c, u32 nr_work, u32 nr_ids);
void rex_check_stack_free(struct rex_check *c);
int rex_check_stack(struct rex_check *c, const struct rex_elf_func *f);

#endif /* REX_CHECK_PRIVATE_H */
