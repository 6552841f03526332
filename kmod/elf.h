/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser checks an object file and lays it out. The end of <linux/rex.h> describes
 * the format; reloc.h copies and relocates.
 *
 *	struct rex_elf elf;
 *
 *	err = rex_elf_parse(&elf, data, size, log);	// checks everything
 *	...allocate elf.seg[i].size bytes for each segment, fill a target...
 *	rex_elf_copy(&elf, &target);
 *	err = rex_elf_relocate(&elf, &target, resolve, ctx, log);
 *	rex_elf_free(&elf);
 *
 * The parser checks everything in the file before it uses it, and takes O(n log n) time
 * in the size of the file.
 */
#ifndef REX_ELF_H
#define REX_ELF_H

#include "log.h"

/* Limits besides those of <linux/rex.h>; real objects stay far below. */
#define REX_ELF_MAX_SECTIONS 8192
#define REX_ELF_MAX_SYMBOLS (128u << 10)
#define REX_ELF_MAX_NAME 2048 /* section and symbol names, with the NUL */
#define REX_ELF_MAX_ALIGN 4096
#define REX_ELF_MAX_SEG (16u << 20) /* bytes of text, of rodata, of data */

/* A segment is a part of a loaded object whose pages have the same protection. */
enum rex_seg {
	REX_SEG_TEXT, /* read, execute */
	REX_SEG_RODATA, /* read; constants, .rex.maps, .rex.config and the GOT */
	REX_SEG_DATA, /* read, write; data and bss */
	REX_NR_SEGS,
	REX_SEG_NONE = REX_NR_SEGS, /* used by the loader, not loaded */
};

/**
 * struct rex_elf_sec - a section
 * @name:	name, in the file's string table
 * @data:	contents in the file; NULL if it has none (NOBITS)
 * @size:	bytes
 * @align:	power of two, at most REX_ELF_MAX_ALIGN
 * @seg:	its segment
 * @offset:	offset in its segment
 * @nr_relas:	relocations of this section, where the loader uses them
 * @relas:	sorted by r_offset, in bounds, of known types
 */
struct rex_elf_sec {
	const char *name;
	u8 *data;
	u32 size;
	u32 align;
	enum rex_seg seg;
	u32 offset;
	u32 nr_relas;
	Elf64_Rela *relas;
};

/**
 * struct rex_elf_func - a function; sorted by offset, they do not overlap
 * @name:	name as in the file (mangled)
 * @sec:	index of its section
 * @offset:	offset in the TEXT segment
 * @size:	bytes, above 0
 * @frame:	stack that it needs, in bytes, at most REX_MAX_FRAME
 * @pad_offset:	offset in the TEXT segment of its pad of REX_PAD_SIZE bytes of
 *		no-ops: @offset, or @offset + 4 after an endbr64
 * @pad_listed:	the pad is in __patchable_function_entries
 */
struct rex_elf_func {
	const char *name;
	u32 sec;
	u32 offset;
	u32 size;
	u32 frame;
	u32 pad_offset;
	bool pad_listed;
};

/**
 * struct rex_elf_prog - a program
 * @def:	as in the file, checked; @def->entry is meaningless
 * @func:	its entry function
 */
struct rex_elf_prog {
	const struct rex_prog_def *def;
	const struct rex_elf_func *func;
};

/**
 * struct rex_elf_map - a map
 * @name:	name; a C identifier shorter than REX_NAME_LEN
 * @def:	as in the file
 * @offset:	offset of the definition in the RODATA segment, where the loader
 *		fills it after rex_elf_copy()
 */
struct rex_elf_map {
	const char *name;
	const struct rex_map_def *def;
	u32 offset;
};

/**
 * struct rex_elf_config - a constant that LOAD may set
 * @name:	name; a C identifier shorter than REX_NAME_LEN
 * @def:	as in the file, checked
 * @offset:	offset of the definition in the RODATA segment
 */
struct rex_elf_config {
	const char *name;
	const struct rex_config_def *def;
	u32 offset;
};

/**
 * struct rex_elf - a checked object; read-only for users
 * @data:	the file; everything below points into it
 * @size:	its size
 * @note:	the ABI note
 * @cpu_features: REX_CPU_* that its code may use, of those that are known
 * @seg:	size in bytes (not rounded) and alignment of each segment
 * @shdrs:	section headers
 * @secs:	sections, by section index
 * @nr_secs:	number of both
 * @index:	section indices of the sections with a meaning of their own;
 *		0 if the file has no such section
 * @syms:	the symbol table; @syms[0] is the null symbol
 * @strtab:	names of the symbols
 * @funcs:	functions; the file has no other code
 * @progs:	programs, in file order; at least one
 * @maps:	maps, in file order
 * @configs:	configs, in file order
 * @got:	for each symbol, 1 + its slot in the GOT, or 0; NULL if there is
 *		no GOT
 * @nr_got:	slots of the GOT
 * @got_offset:	offset of the GOT in the RODATA segment
 */
struct rex_elf {
	u8 *data;
	size_t size;
	const struct rex_note *note;
	u32 cpu_features;
	struct {
		u32 size;
		u32 align;
	} seg[REX_NR_SEGS];

	const Elf64_Shdr *shdrs;
	struct rex_elf_sec *secs;
	u32 nr_secs;
	struct {
		u32 symtab;
		u32 note;
		u32 progs;
		u32 maps;
		u32 config;
		u32 pads;
		u32 stack_sizes;
	} index;
	const Elf64_Sym *syms;
	u32 nr_syms;
	const char *strtab;
	struct rex_elf_func *funcs;
	u32 nr_funcs;
	struct rex_elf_prog *progs;
	u32 nr_progs;
	struct rex_elf_map *maps;
	u32 nr_maps;
	struct rex_elf_config *configs;
	u32 nr_configs;
	u32 *got;
	u32 nr_got;
	u32 got_offset;
};

/**
 * rex_elf_parse() - check an object file
 * @elf:	filled in
 * @data:	the whole file, aligned to 8 bytes: a private copy that only
 *		the caller can change. The parser sorts the relocations in it; it must
 *		outlive @elf
 * @size:	its size
 * @log:	receives the reason of a refusal
 *
 * Return: 0; -ENOEXEC if it cannot be loaded; -EPROTO if it is for another ABI
 * version; -EFBIG if it is above REX_MAX_ELF_SIZE; -ENOMEM. On failure there is
 * nothing to free.
 */
int rex_elf_parse(struct rex_elf *elf, void *data, size_t size,
		  struct rex_log *log);

/* Free the tables. The caller frees the file. */
void rex_elf_free(struct rex_elf *elf);

/* Returns the function that covers an offset in the TEXT segment, or NULL. */
const struct rex_elf_func *rex_elf_find_func(const struct rex_elf *elf,
					     u32 text_offset);

#endif /* REX_ELF_H */
