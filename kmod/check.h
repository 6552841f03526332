/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine-code check: the second line of defence behind what built the object.
 *
 * rex_check() looks at the text of an image as it will run: copied, relocated, its entry
 * pads written, still writable and not yet executable. Nothing changes text after it but
 * the thunks that the loader writes behind it. So what is checked is what runs, and no
 * rule about what the loader writes over the file's bytes has to be believed.
 *
 * It accepts text in which
 *
 *  - each function is a sequence of instructions of the list in isa.h, and a second
 *    decoder sees the same ones (check.c); it is asked once for each sequence of bytes
 *    that an instruction has before its displacement and immediate;
 *  - each field that a relocation has written is a displacement or an immediate operand
 *    as a whole, so that other addresses cannot make other instructions (check_relas.c);
 *  - a direct branch goes to an instruction of its own function, to the beginning of
 *    another one, or to a function of the runtime; an indirect one goes by a thunk; each
 *    address of text in text and data is that of a function; memory at an address that is
 *    in the instruction itself is the image's (check.c, check_relas.c);
 *  - the stack pointer is moved by amounts that are in the code, and stays within the
 *    frame of .stack_sizes; a function returns, or jumps to another one, with the stack
 *    pointer and the callee-saved registers as they were at its beginning, and does not
 *    run off its end (check_stack.c).
 *
 * docs/soundness.md says what follows from it, and docs/trust.md what does not: where
 * loads and stores go is not seen here. Time and memory are in proportion to the text.
 */
#ifndef REX_CHECK_H
#define REX_CHECK_H

#include "elf.h"
#include "reloc.h"

/* A function has at most this many bytes, 1 MB: one that is larger is to be divided. */
#define REX_CHECK_MAX_FUNC (1u << 20)

/* What programs may branch to outside of their image. */
enum rex_callee {
	REX_CALLEE_NONE, /* nothing of the kind */
	REX_CALLEE_RETURNS, /* a function of the runtime */
	REX_CALLEE_NORETURN, /* one that ends the run */
	REX_CALLEE_RETURN_THUNK, /* a jump to it is a return */
	REX_CALLEE_INDIRECT_THUNK, /* a call of what a register points to */
};

/* What the runtime has at an address. The module's is in symtab.c. */
enum rex_callee rex_check_callee(u64 addr);

/**
 * rex_check() - check the text of a relocated object
 * @elf:	the object
 * @t:		its memory, after rex_elf_relocate()
 * @log:	receives the function, the offset in it, the bytes and the reason
 *
 * Return: 0, -ENOEXEC, -ENOMEM.
 */
int rex_check(const struct rex_elf *elf, const struct rex_elf_target *t,
	      struct rex_log *log);

/* Free what is kept from one check to the next. */
void rex_check_exit(void);

#endif /* REX_CHECK_H */
