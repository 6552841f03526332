/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Make object files by hand: a model of sections, symbols and relocations, that
 * a test can change before it is written as ELF.
 */
#ifndef REX_HOST_OBJ_H
#define REX_HOST_OBJ_H

#include "portable.h"

/* not in <linux/elf.h> */
#define SYM_INFO(bind, type) ((bind) << 4 | (type))

#define OBJ_MAX_SECS 48
#define OBJ_MAX_SYMS 600
#define OBJ_MAX_RELAS 1200

struct bytes {
	u8 *data; /* from malloc() */
	size_t size;
};

struct obj_sec {
	const char *name;
	u32 type;
	u64 flags;
	u64 align;
	u64 entsize;
	u32 link;
	u32 info;
	struct bytes data;
	u64 nobits; /* size of a section without data */
};

struct obj_sym {
	const char *name;
	u8 info;
	u16 shndx;
	u64 value;
	u64 size;
};

struct obj_rela {
	u32 sec; /* index of the section that it changes */
	Elf64_Rela rela;
};

struct obj {
	struct obj_sec secs[OBJ_MAX_SECS];
	u32 nr_secs;
	struct obj_sym syms[OBJ_MAX_SYMS];
	u32 nr_syms;
	struct obj_rela relas[OBJ_MAX_RELAS];
	u32 nr_relas;
};

/* ---- a model ---- */

/*
 * Makes a valid object: program "prog" with a helper function, and some data.
 */
struct obj *obj_new(void);
void obj_free(struct obj *o);

/* Add to it; the values are indices. @data is copied. */
u32 obj_add_sec(struct obj *o, const char *name, u32 type, u64 flags,
		const void *data, size_t size);
u32 obj_add_sym(struct obj *o, const char *name, u8 info, u16 shndx, u64 value,
		u64 size);
u32 obj_add_rela(struct obj *o, u32 sec, u64 offset, u32 type, u32 sym,
		 s64 addend);
/*
 * Adds a function at the end of .text: endbr64, pad, @body, with its frame size
 * and its entry in the table of pads. Returns the index of its symbol.
 */
u32 obj_add_func(struct obj *o, const char *name, const void *body, size_t size,
		 u64 frame);
/* A program whose entry is symbol @sym. */
void obj_add_prog(struct obj *o, const char *name, u32 sym);
/* Adds a hash map. Returns the index of its symbol. */
u32 obj_add_map(struct obj *o, const char *name);
/* Adds a config of @size bytes. Returns the index of its symbol. */
u32 obj_add_config(struct obj *o, const char *name, u32 kind, u32 size);

/* Find by name; abort if there is none. */
struct obj_sec *obj_sec(struct obj *o, const char *name);
u32 obj_sec_index(struct obj *o, const char *name);
struct obj_sym *obj_sym(struct obj *o, const char *name);
u32 obj_sym_index(struct obj *o, const char *name);
/* Returns the @nth relocation of a section. */
struct obj_rela *obj_rela(struct obj *o, const char *sec, u32 nth);
struct rex_note *obj_note(struct obj *o);
/* Declare features of the CPU, REX_CPU_*, in a note that has none yet. */
void obj_declare(struct obj *o, u32 features);
struct rex_prog_def *obj_prog(struct obj *o, u32 i);
struct rex_map_def *obj_map(struct obj *o, u32 i);
struct rex_config_def *obj_config(struct obj *o, u32 i);

void bytes_append(struct bytes *b, const void *data, size_t size);
void bytes_align(struct bytes *b, size_t align);

/* ---- the file ---- */

/*
 * Write the object: ELF header, sections, relocation sections, symbols, strings,
 * section headers.
 */
struct bytes obj_write(const struct obj *o);

Elf64_Ehdr *file_ehdr(struct bytes *file);
/* A section header by name; abort if there is none. */
Elf64_Shdr *file_shdr(struct bytes *file, const char *name);
u32 file_shndx(struct bytes *file, const char *name);

/* Places in obj_new()'s .text. */
#define OBJ_PROG_BODY 20 /* offset of prog's code after its pad */

#endif /* REX_HOST_OBJ_H */
