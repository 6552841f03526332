// SPDX-License-Identifier: GPL-2.0
/* Object files: the symbol table, the relocations and the GOT. */
#include "elf_private.h"

/* ---- symbols ---- */

static int elf_check_sym_type(const Elf64_Sym *sym, const char *name,
			      struct rex_log *log)
{
	switch (ELF64_ST_TYPE(sym->st_info)) {
	case STT_NOTYPE:
	case STT_OBJECT:
	case STT_FUNC:
	case STT_SECTION:
	case STT_FILE:
		return 0;
	case STT_COMMON:
		return rex_refuse(log, "common symbol %s is not supported",
				  name);
	case STT_TLS:
		return rex_refuse(log,
				  "thread-local symbol %s is not supported",
				  name);
	case STT_GNU_IFUNC:
		return rex_refuse(log, "indirect function %s is not supported",
				  name);
	default:
		return rex_refuse(log,
				  "symbol %s has type %u, which is not supported",
				  name, ELF64_ST_TYPE(sym->st_info));
	}
}

static int elf_check_sym_place(const struct rex_elf *elf, const Elf64_Sym *sym,
			       const char *name, struct rex_log *log)
{
	const struct rex_elf_sec *sec;

	switch (sym->st_shndx) {
	case SHN_UNDEF:
	case SHN_ABS:
		return 0;
	case SHN_COMMON:
		return rex_refuse(log, "common symbol %s is not supported",
				  name);
	case SHN_XINDEX:
		return rex_refuse(log,
				  "symbol %s has an extended section index, which is not supported",
				  name);
	}
	if (sym->st_shndx >= elf->nr_secs)
		return rex_refuse(log,
				  "symbol %s is in section %u, which is out of range",
				  name, sym->st_shndx);
	sec = &elf->secs[sym->st_shndx];
	if (sym->st_value > sec->size ||
	    sym->st_size > sec->size - sym->st_value)
		return rex_refuse(log,
				  "symbol %s reaches beyond the end of section %s",
				  name, sec->name);
	if (ELF64_ST_TYPE(sym->st_info) == STT_FUNC &&
	    (sec->seg == REX_SEG_RODATA || sec->seg == REX_SEG_DATA))
		return rex_refuse(log,
				  "function %s is in section %s, which is not executable",
				  name, sec->name);
	return 0;
}

int rex_elf_read_symbols(struct rex_elf *elf, struct rex_log *log)
{
	const struct rex_elf_sec *symtab = &elf->secs[elf->index.symtab];
	u32 strndx = elf->shdrs[elf->index.symtab].sh_link;
	u32 i;

	elf->syms = (const Elf64_Sym *)symtab->data;
	elf->nr_syms = symtab->size / sizeof(Elf64_Sym);
	elf->strtab = (const char *)elf->secs[strndx].data;

	if (elf->nr_syms < 1 || elf->nr_syms > REX_ELF_MAX_SYMBOLS)
		return rex_refuse(log, "%u symbols, must be 1 to %u",
				  elf->nr_syms, REX_ELF_MAX_SYMBOLS);
	for (i = 1; i < elf->nr_syms; i++) {
		const Elf64_Sym *sym = &elf->syms[i];
		const char *name;
		int err;

		if (sym->st_name >= elf->secs[strndx].size)
			return rex_refuse(log,
					  "the name of symbol %u is out of range",
					  i);
		name = rex_elf_sym_name(elf, sym);
		if (rex_elf_is_long_name(name,
					 elf->secs[strndx].size - sym->st_name))
			return rex_refuse(log,
					  "the name of symbol %u is too long",
					  i);
		err = elf_check_sym_type(sym, name, log);
		if (!err)
			err = elf_check_sym_place(elf, sym, name, log);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* ---- relocations ---- */

u32 rex_elf_rela_size(u32 type)
{
	switch (type) {
	case R_X86_64_64:
	case R_X86_64_PC64:
		return 8;
	case R_X86_64_32:
	case R_X86_64_32S:
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		return 4;
	default:
		return 0;
	}
}

static int elf_cmp_relas(const void *a, const void *b)
{
	const Elf64_Rela *x = a, *y = b;

	cond_resched(); /* sort() has none, and there may be half a million */
	return x->r_offset < y->r_offset ? -1 : x->r_offset > y->r_offset;
}

/*
 * Drop R_X86_64_NONE, which `ld -r --gc-sections` leaves, and sort the others. Linkers
 * write them in order, so that there is seldom anything to do.
 */
static void elf_tidy_relas(struct rex_elf_sec *sec)
{
	bool sorted = true;
	u32 n = 0;
	u32 i;

	for (i = 0; i < sec->nr_relas; i++) {
		if (ELF64_R_TYPE(sec->relas[i].r_info) == R_X86_64_NONE)
			continue;
		sec->relas[n] = sec->relas[i];
		if (n && sec->relas[n].r_offset < sec->relas[n - 1].r_offset)
			sorted = false;
		n++;
	}
	sec->nr_relas = n;
	if (!sorted)
		sort(sec->relas, n, sizeof(*sec->relas), elf_cmp_relas, NULL);
}

static int elf_check_relas(const struct rex_elf *elf,
			   const struct rex_elf_sec *sec, struct rex_log *log)
{
	u64 end = 0;
	u32 i;

	for (i = 0; i < sec->nr_relas; i++) {
		u64 offset = sec->relas[i].r_offset;
		u32 type = ELF64_R_TYPE(sec->relas[i].r_info);
		u32 sym = ELF64_R_SYM(sec->relas[i].r_info);
		u32 size = rex_elf_rela_size(type);
		const char *bad = NULL;

		if (!size)
			return rex_refuse(log,
					  "relocation type %u at %s+0x%llx is not supported",
					  type, sec->name, offset);
		if (offset > sec->size || size > sec->size - offset)
			bad = "is outside of the section";
		else if (offset < end)
			bad = "overlaps another one";
		else if (!sym || sym >= elf->nr_syms)
			bad = "is to a symbol out of range";
		if (bad)
			return rex_refuse(log, "relocation at %s+0x%llx %s",
					  sec->name, offset, bad);
		end = offset + size;
	}
	return 0;
}

static bool elf_wants_relas(const struct rex_elf *elf, u32 i)
{
	return elf->secs[i].seg != REX_SEG_NONE || i == elf->index.note ||
	       i == elf->index.progs || i == elf->index.pads ||
	       i == elf->index.stack_sizes;
}

/* Relocation section @i: give its contents to the section that it changes. */
static int elf_read_rela_section(struct rex_elf *elf, u32 i,
				 struct rex_log *log)
{
	const Elf64_Shdr *sh = &elf->shdrs[i];
	struct rex_elf_sec *rela = &elf->secs[i];
	struct rex_elf_sec *sec;
	int err;

	if (sh->sh_info == 0 || sh->sh_info >= elf->nr_secs)
		return rex_refuse(log,
				  "%s is for section %u, which is out of range",
				  rela->name, sh->sh_info);
	sec = &elf->secs[sh->sh_info];
	if (!elf_wants_relas(elf, sh->sh_info))
		return 0;
	if (sh->sh_link != elf->index.symtab)
		return rex_refuse(log, "%s does not refer to the symbol table",
				  rela->name);
	if (sec->relas)
		return rex_refuse(log,
				  "more than one section of relocations for %s",
				  sec->name);
	err = rex_elf_check_table(elf, i, sizeof(Elf64_Rela), log);
	if (err)
		return err;

	sec->relas = (Elf64_Rela *)rela->data;
	sec->nr_relas = rela->size / sizeof(Elf64_Rela);
	elf_tidy_relas(sec);
	if (sec->nr_relas && (!sec->data || sh->sh_info == elf->index.maps ||
			      sh->sh_info == elf->index.config ||
			      sh->sh_info == elf->index.note))
		return rex_refuse(log, "section %s must not have relocations",
				  sec->name);
	return elf_check_relas(elf, sec, log);
}

int rex_elf_read_relas(struct rex_elf *elf, struct rex_log *log)
{
	int err;
	u32 i;

	for (i = 1; i < elf->nr_secs; i++) {
		if (elf->shdrs[i].sh_type != SHT_RELA)
			continue;
		err = elf_read_rela_section(elf, i, log);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

int rex_elf_text_pointer(const struct rex_elf *elf, u32 i, u32 offset,
			 u32 *next, u32 *text, struct rex_log *log)
{
	const struct rex_elf_sec *sec = &elf->secs[i];
	const struct rex_elf_sec *to;
	const Elf64_Rela *rela;
	const Elf64_Sym *sym;
	u64 value;

	rela = *next < sec->nr_relas ? &sec->relas[*next] : NULL;
	if (!rela || rela->r_offset != offset ||
	    ELF64_R_TYPE(rela->r_info) != R_X86_64_64)
		return rex_refuse(log, "no address at %s+0x%x", sec->name,
				  offset);
	(*next)++;

	sym = &elf->syms[ELF64_R_SYM(rela->r_info)];
	if (rex_elf_sym_in_section(sym)) {
		to = &elf->secs[sym->st_shndx];
		value = sym->st_value + rela->r_addend;
		if (to->seg == REX_SEG_TEXT && value < to->size) {
			*text = to->offset + value;
			return 0;
		}
	}
	return rex_refuse(log,
			  "the address at %s+0x%x is not that of a function",
			  sec->name, offset);
}

/* ---- the GOT ---- */

static bool elf_uses_got(const Elf64_Rela *rela)
{
	switch (ELF64_R_TYPE(rela->r_info)) {
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		return true;
	default:
		return false;
	}
}

static int elf_add_got_slots(struct rex_elf *elf, const struct rex_elf_sec *sec)
{
	u32 i;

	for (i = 0; i < sec->nr_relas; i++) {
		u32 sym = ELF64_R_SYM(sec->relas[i].r_info);

		if (!elf_uses_got(&sec->relas[i]))
			continue;
		if (!elf->got) {
			elf->got = kvcalloc(elf->nr_syms, sizeof(*elf->got),
					    REX_GFP);
			if (!elf->got)
				return -ENOMEM;
		}
		if (!elf->got[sym])
			elf->got[sym] = ++elf->nr_got;
	}
	return 0;
}

/*
 * Give a slot to every symbol that is used through the GOT. Relocation turns most uses
 * into direct ones, but can only do so when the addresses are known.
 */
int rex_elf_layout_got(struct rex_elf *elf, struct rex_log *log)
{
	u32 size = elf->seg[REX_SEG_RODATA].size;
	int err;
	u32 i;

	for (i = 1; i < elf->nr_secs; i++) {
		err = elf_add_got_slots(elf, &elf->secs[i]);
		if (err)
			return err;
	}
	if (!elf->nr_got)
		return 0;

	elf->got_offset = ALIGN(size, 8);
	elf->seg[REX_SEG_RODATA].size = elf->got_offset + 8 * elf->nr_got;
	rex_log_dbg(log, "GOT: %u slots at rodata+0x%x", elf->nr_got,
		    elf->got_offset);
	return 0;
}
