/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These are the steps of rex_elf_parse(), in the order in which they run. Each relies on
 * the ones before it. They return 0 or a negative errno, and log the reason.
 */
#ifndef REX_ELF_PRIVATE_H
#define REX_ELF_PRIVATE_H

#include "elf.h"

/* elf_sections.c: ELF header, section headers, layout in segments. */
int rex_elf_read_header(struct rex_elf *elf, struct rex_log *log);
int rex_elf_read_sections(struct rex_elf *elf, struct rex_log *log);

/* elf_defs.c: the ABI note. */
int rex_elf_read_note(struct rex_elf *elf, struct rex_log *log);

/* elf_sections.c: offsets in the segments. */
int rex_elf_layout(struct rex_elf *elf, struct rex_log *log);

/* elf_symbols.c: the symbol table, the relocations, the GOT. */
int rex_elf_read_symbols(struct rex_elf *elf, struct rex_log *log);
int rex_elf_read_relas(struct rex_elf *elf, struct rex_log *log);
int rex_elf_layout_got(struct rex_elf *elf, struct rex_log *log);

/* elf_funcs.c: functions; then their pads and frames. */
int rex_elf_read_funcs(struct rex_elf *elf, struct rex_log *log);
int rex_elf_read_pads(struct rex_elf *elf, struct rex_log *log);
int rex_elf_read_frames(struct rex_elf *elf, struct rex_log *log);

/* elf_defs.c: .rex.progs and .rex.maps. */
int rex_elf_read_progs(struct rex_elf *elf, struct rex_log *log);
int rex_elf_read_maps(struct rex_elf *elf, struct rex_log *log);

/* elf_config.c: .rex.config. */
int rex_elf_read_configs(struct rex_elf *elf, struct rex_log *log);

/* ---- helpers ---- */

/* Returns whether a string is a C identifier. */
bool rex_elf_is_identifier(const char *s);

/**
 * struct rex_elf_named - the definitions in a section, which symbols give their names
 * @what:	what one is called in the log
 * @type:	the struct of a definition
 * @size:	its bytes
 * @index:	index of the section
 * @names:	member name of the first element of the parsed definitions
 * @stride:	bytes from one of these to the next
 */
struct rex_elf_named {
	const char *what;
	const char *type;
	size_t size;
	u32 index;
	const char **names;
	size_t stride;
};

/* Each object symbol in the section names the definition at its place. */
int rex_elf_name_definitions(const struct rex_elf *elf,
			     const struct rex_elf_named *named,
			     struct rex_log *log);

/* Log why an object cannot be loaded; the value is the error to return. */
#define rex_refuse(log, ...)                   \
	({                                     \
		rex_log_err(log, __VA_ARGS__); \
		-ENOEXEC;                      \
	})

static inline const char *rex_elf_sym_name(const struct rex_elf *elf,
					   const Elf64_Sym *sym)
{
	return elf->strtab + sym->st_name;
}

/*
 * Returns whether a name is too long. @room is how many bytes there are from it to the end of
 * its string table, which ends with a NUL.
 */
static inline bool rex_elf_is_long_name(const char *name, u64 room)
{
	return room > REX_ELF_MAX_NAME &&
	       strnlen(name, REX_ELF_MAX_NAME) == REX_ELF_MAX_NAME;
}

/*
 * Returns whether a symbol is defined in a section (not undefined, not
 * absolute).
 */
static inline bool rex_elf_sym_in_section(const Elf64_Sym *sym)
{
	return sym->st_shndx != SHN_UNDEF && sym->st_shndx < SHN_LORESERVE;
}

/*
 * Check that section @i, of elements of @elem bytes with 64-bit fields, is whole
 * and aligned in the file.
 */
int rex_elf_check_table(const struct rex_elf *elf, u32 i, size_t elem,
			struct rex_log *log);

/*
 * Returns the number of bytes that a relocation writes; 0 if its type is not
 * supported.
 */
u32 rex_elf_rela_size(u32 type);

/*
 * Find the relocation of the 8-byte field at @offset of section @i of metadata, which
 * must refer to text, and store the offset in the TEXT segment that the field points to.
 * *@next is a cursor over the section's relocations; start with 0 and ask for ascending
 * offsets.
 */
int rex_elf_text_pointer(const struct rex_elf *elf, u32 i, u32 offset,
			 u32 *next, u32 *text, struct rex_log *log);

/*
 * Returns the function that begins at an offset in the TEXT segment, or NULL.
 */
struct rex_elf_func *rex_elf_func_at(const struct rex_elf *elf,
				     u32 text_offset);

#endif /* REX_ELF_PRIVATE_H */
