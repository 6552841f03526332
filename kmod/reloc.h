/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A checked object (elf.h) is copied to where it will run, and relocated.
 */
#ifndef REX_RELOC_H
#define REX_RELOC_H

#include "elf.h"

/**
 * struct rex_elf_target - the memory that an object is loaded into
 * @seg:	for each segment, @mem: elf->seg[].size bytes to write to, and
 *		@addr: the address that these bytes will have when the code runs.
 *		Both are aligned to elf->seg[].align.
 * @plain_returns: make `jmp __x86_return_thunk` a plain `ret` (the running
 *		kernel does not need return thunks)
 */
struct rex_elf_target {
	struct {
		u8 *mem;
		u64 addr;
	} seg[REX_NR_SEGS];
	bool plain_returns;
};

/*
 * Fill all bytes of the target's segments from the file. Bytes of text that belong
 * to no function become int3, bytes of data that the file does not have become 0.
 */
void rex_elf_copy(const struct rex_elf *elf, const struct rex_elf_target *t);

/* Flags of struct rex_symbol. */
#define REX_SYM_RETURN_THUNK (1u << 0) /* this is __x86_return_thunk */
#define REX_SYM_NO_FIELD (1u << 1) /* the value is REX_NO_FIELD */

/**
 * struct rex_symbol - the value of a symbol that the object does not define
 * @value:	address, or the number of an absolute symbol
 * @flags:	REX_SYM_*
 */
struct rex_symbol {
	u64 value;
	u32 flags;
};

/*
 * A resolver looks up a symbol that the object does not define. It is called once for
 * each symbol that a relocation uses. It returns 0 or -ENOENT; other errors are passed
 * on, and the resolver logs them.
 */
typedef int rex_resolve_fn(void *ctx, const char *name, struct rex_symbol *sym);

/**
 * rex_elf_relocate() - apply all relocations
 * @elf:	the object
 * @t:		target, filled by rex_elf_copy()
 * @resolve:	looks up undefined symbols
 * @ctx:	passed to @resolve
 * @log:	receives the reason of a refusal
 *
 * On failure the target's memory is left half relocated: do not use it.
 *
 * Return: 0, -ENOEXEC, -ENOMEM, or an error of @resolve.
 */
int rex_elf_relocate(const struct rex_elf *elf, const struct rex_elf_target *t,
		     rex_resolve_fn *resolve, void *ctx, struct rex_log *log);

#endif /* REX_RELOC_H */
