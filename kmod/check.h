/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine-code check: the second line of defence after the toolchain.
 *
 * rex_check() looks at the text of an image as it will run: copied, relocated,
 * its entry pads written, still writable and not yet executable. After it, the
 * loader only appends thunks. So the checked text is the text that runs, and
 * the check does not depend on how the loader changes the file's bytes.
 *
 * It accepts text in which
 *
 * - each function is a sequence of instructions of the list in isa.h, and a
 *   second decoder sees the same ones (check.c). It is asked once for each
 *   instruction head, the bytes before the displacement and the immediate. An
 *   instruction that needs a feature of the CPU is in an object that declares it
 *   (cpu_features.h), and LOAD has found it in the CPU;
 * - each field that a relocation has written is a whole displacement or
 *   immediate, so that other addresses cannot make other instructions
 *   (check_relas.c);
 * - a direct branch goes to an instruction of its own function, to the
 *   beginning of another one, or to a function of the runtime; an indirect
 *   branch uses a thunk; each address of text, in text or data, is that of a
 *   function; an address within an instruction is in the image's memory
 *   (check.c, check_relas.c);
 * - the stack pointer is moved by amounts that are in the code, and stays
 *   within the frame of .stack_sizes; a function returns, or jumps to another
 *   one, with the stack pointer and the callee-saved registers as they were at
 *   its beginning, and does not run off its end (check_stack.c).
 *
 * See docs/soundness.md for the consequences, and docs/trust.md for the limits:
 * the targets of loads and stores are not checked here. Time and memory are in
 * proportion to the text.
 */
#ifndef REX_CHECK_H
#define REX_CHECK_H

#include "elf.h"
#include "kept.h"
#include "reloc.h"

/* The limit of a function's size, 1 MB. Larger ones have to be divided. */
#define REX_CHECK_MAX_FUNC (1u << 20)

/* Targets of branches out of an image. */
enum rex_callee {
	REX_CALLEE_NONE, /* nothing of the kind */
	REX_CALLEE_RETURNS, /* a function of the runtime */
	REX_CALLEE_NORETURN, /* one that ends the run */
	REX_CALLEE_RETURN_THUNK, /* a jump to it is a return */
	REX_CALLEE_INDIRECT_THUNK, /* a call of what a register points to */
};

/* Returns the runtime's function at an address. The module's version is in symtab.c. */
enum rex_callee rex_check_callee(u64 addr);

/**
 * rex_check() - check the text of a relocated object
 * @elf:	the object
 * @t:		its memory, after rex_elf_relocate()
 * @saves:	receives the registers that a function of the text saves, bits of enum
 *		rex_kept. A register is written only where its function has saved it, so
 *		no function changes the others
 * @log:	receives the function, the offset in it, the bytes and the reason
 *
 * Return: 0, -ENOEXEC, -ENOMEM.
 */
int rex_check(const struct rex_elf *elf, const struct rex_elf_target *t,
	      u8 *saves, struct rex_log *log);

/* Free the cache of known instructions. */
void rex_check_exit(void);

#endif /* REX_CHECK_H */
