// SPDX-License-Identifier: GPL-2.0
/* Object files: the ELF header, the sections, and their layout. */
#include "elf_private.h"

/* LLVM's own sections (.llvm_addrsig and others), not loaded. */
#define SHT_LLVM_FIRST 0x6fff4c00
#define SHT_LLVM_LAST 0x6fff4cff

#define SHF_KNOWN                                                            \
	(SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | 0x10 /* MERGE */ |          \
	 0x20 /* STRINGS */ | 0x40 /* INFO_LINK */ | 0x80 /* LINK_ORDER */ | \
	 0x200 /* GROUP */ | 0x200000 /* GNU_RETAIN */ |                     \
	 0x80000000 /* EXCLUDE */)

/* ---- the ELF header ---- */

static int elf_check_ident(const Elf64_Ehdr *h, struct rex_log *log)
{
	if (memcmp(h->e_ident, ELFMAG, SELFMAG))
		return rex_refuse(log, "not an ELF file");
	if (h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB)
		return rex_refuse(log, "not a 64-bit little-endian ELF file");
	if (h->e_ident[EI_VERSION] != EV_CURRENT || h->e_version != EV_CURRENT)
		return rex_refuse(log,
				  "ELF versions %u and %u are not supported",
				  h->e_ident[EI_VERSION], h->e_version);
	/* binutils marks a file with SHF_GNU_RETAIN as a GNU file */
	if (h->e_ident[EI_OSABI] != ELFOSABI_NONE &&
	    h->e_ident[EI_OSABI] != ELFOSABI_LINUX)
		return rex_refuse(log, "ELF OS ABI %u is not supported",
				  h->e_ident[EI_OSABI]);
	if (h->e_machine != EM_X86_64)
		return rex_refuse(log,
				  "ELF machine %u is not supported, x86-64 is %u",
				  h->e_machine, EM_X86_64);
	if (h->e_type != ET_REL)
		return rex_refuse(log,
				  "ELF type %u is not supported, relocatable is %u",
				  h->e_type, ET_REL);
	return 0;
}

int rex_elf_read_header(struct rex_elf *elf, struct rex_log *log)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)elf->data;
	int err;

	if (elf->size > REX_MAX_ELF_SIZE) {
		rex_log_err(log, "%zu bytes, the limit is %u", elf->size,
			    REX_MAX_ELF_SIZE);
		return -EFBIG;
	}
	if (elf->size < sizeof(*h))
		return rex_refuse(log, "%zu bytes, too short for an ELF file",
				  elf->size);
	err = elf_check_ident(h, log);
	if (err)
		return err;

	if (h->e_ehsize != sizeof(*h) || h->e_shentsize != sizeof(Elf64_Shdr))
		return rex_refuse(log,
				  "bad header sizes %u and %u in the ELF header",
				  h->e_ehsize, h->e_shentsize);
	if (h->e_shnum < 2 || h->e_shnum > REX_ELF_MAX_SECTIONS)
		return rex_refuse(log, "%u sections, must be 2 to %u",
				  h->e_shnum, REX_ELF_MAX_SECTIONS);
	if (h->e_shoff > elf->size ||
	    h->e_shnum * sizeof(Elf64_Shdr) > elf->size - h->e_shoff)
		return rex_refuse(
			log,
			"the section headers reach beyond the end of the file, which may be truncated");
	if (h->e_shoff < sizeof(*h) || !IS_ALIGNED(h->e_shoff, 8))
		return rex_refuse(log,
				  "the section headers are at a bad offset, %llu",
				  h->e_shoff);
	elf->shdrs = (const Elf64_Shdr *)(elf->data + h->e_shoff);
	elf->nr_secs = h->e_shnum;
	return 0;
}

/* ---- sections ---- */

/* Check the place of a section in the file; set its data and size. */
static int elf_read_extent(struct rex_elf *elf, u32 i, struct rex_log *log)
{
	const Elf64_Shdr *sh = &elf->shdrs[i];
	struct rex_elf_sec *sec = &elf->secs[i];

	if (sh->sh_type == SHT_NULL)
		return 0; /* an unused header: size 0, no data */
	if (sh->sh_type == SHT_NOBITS) {
		if (sh->sh_size > REX_ELF_MAX_SEG)
			return rex_refuse(log,
					  "section %s has %llu bytes, the limit is %u",
					  sec->name, sh->sh_size,
					  REX_ELF_MAX_SEG);
	} else {
		if (sh->sh_offset > elf->size ||
		    sh->sh_size > elf->size - sh->sh_offset)
			return rex_refuse(log,
					  "section %s reaches beyond the end of the file",
					  sec->name);
		sec->data = elf->data + sh->sh_offset;
	}
	sec->size = sh->sh_size;
	return 0;
}

/* A string table must end with a NUL, so that every string in it ends. */
static int elf_check_strtab(struct rex_elf *elf, u32 i, const char *what,
			    struct rex_log *log)
{
	const Elf64_Shdr *sh;

	if (i == SHN_UNDEF || i >= elf->nr_secs)
		return rex_refuse(log, "section %u, for %s, is out of range", i,
				  what);
	sh = &elf->shdrs[i];
	if (sh->sh_type != SHT_STRTAB)
		return rex_refuse(log,
				  "section %u, for %s, is not a string table",
				  i, what);
	if (sh->sh_offset > elf->size ||
	    sh->sh_size > elf->size - sh->sh_offset)
		return rex_refuse(log,
				  "section %u, for %s, reaches beyond the end of the file",
				  i, what);
	if (!sh->sh_size || elf->data[sh->sh_offset + sh->sh_size - 1])
		return rex_refuse(log,
				  "the string table for %s does not end with a NUL",
				  what);
	return 0;
}

static int elf_read_names(struct rex_elf *elf, struct rex_log *log)
{
	u32 shstrndx = ((const Elf64_Ehdr *)elf->data)->e_shstrndx;
	const Elf64_Shdr *tab;
	u32 i;
	int err;

	err = elf_check_strtab(elf, shstrndx, "section names", log);
	if (err)
		return err;
	tab = &elf->shdrs[shstrndx];

	for (i = 0; i < elf->nr_secs; i++) {
		u32 name = elf->shdrs[i].sh_name;

		if (name >= tab->sh_size)
			return rex_refuse(log,
					  "the name of section %u is out of range",
					  i);
		elf->secs[i].name =
			(const char *)elf->data + tab->sh_offset + name;
		if (rex_elf_is_long_name(elf->secs[i].name,
					 tab->sh_size - name))
			return rex_refuse(log,
					  "the name of section %u is too long",
					  i);
	}
	return 0;
}

static int elf_check_type(const char *name, const Elf64_Shdr *sh,
			  struct rex_log *log)
{
	bool alloc = sh->sh_flags & SHF_ALLOC;

	switch (sh->sh_type) {
	case SHT_PROGBITS:
	case SHT_NOBITS:
	case SHT_NOTE:
	case SHT_X86_64_UNWIND:
		return 0;
	case SHT_NULL:
	case SHT_SYMTAB:
	case SHT_STRTAB:
	case SHT_RELA:
	case SHT_GROUP:
		if (!alloc)
			return 0;
		break;
	case SHT_REL:
		return rex_refuse(log,
				  "section %s has relocations without addends, which are not supported",
				  name);
	case SHT_INIT_ARRAY:
	case SHT_FINI_ARRAY:
	case SHT_PREINIT_ARRAY:
		return rex_refuse(log,
				  "constructors and destructors, in section %s, are not supported",
				  name);
	default:
		if (!alloc && sh->sh_type >= SHT_LLVM_FIRST &&
		    sh->sh_type <= SHT_LLVM_LAST)
			return 0;
	}
	return rex_refuse(log,
			  "section %s has type 0x%x, which is not supported",
			  name, sh->sh_type);
}

static int elf_check_flags(const char *name, const Elf64_Shdr *sh,
			   struct rex_log *log)
{
	if ((sh->sh_flags & SHF_WRITE) && (sh->sh_flags & SHF_EXECINSTR))
		return rex_refuse(log, "writable and executable section %s",
				  name);
	if (sh->sh_flags & SHF_TLS)
		return rex_refuse(log,
				  "section %s is thread-local, which is not supported",
				  name);
	if (sh->sh_flags & SHF_COMPRESSED)
		return rex_refuse(log,
				  "section %s is compressed, which is not supported",
				  name);
	if (sh->sh_flags & ~(u64)SHF_KNOWN)
		return rex_refuse(log,
				  "section %s has flags 0x%llx, which are not supported",
				  name, sh->sh_flags);
	if ((sh->sh_flags & SHF_EXECINSTR) && sh->sh_type != SHT_PROGBITS)
		return rex_refuse(log, "executable section %s has no code",
				  name);
	if (sh->sh_addralign & (sh->sh_addralign - 1) ||
	    sh->sh_addralign > REX_ELF_MAX_ALIGN)
		return rex_refuse(log,
				  "section %s has alignment %llu, which is not supported",
				  name, sh->sh_addralign);
	return 0;
}

/* Remember a section with a meaning of its own; there must be one of each. */
static int elf_note_index(struct rex_elf *elf, u32 i, struct rex_log *log)
{
	const struct {
		const char *name;
		u32 *index;
	} special[] = {
		{ REX_SEC_NOTE, &elf->index.note },
		{ REX_SEC_PROGS, &elf->index.progs },
		{ REX_SEC_MAPS, &elf->index.maps },
		{ REX_SEC_CONFIG, &elf->index.config },
		{ "__patchable_function_entries", &elf->index.pads },
		{ ".stack_sizes", &elf->index.stack_sizes },
	};
	const char *name = elf->secs[i].name;
	u32 type = elf->shdrs[i].sh_type;
	u32 *index = NULL;
	size_t k;

	if (type == SHT_SYMTAB)
		index = &elf->index.symtab;
	for (k = 0; !index && k < ARRAY_SIZE(special); k++)
		if (!strcmp(name, special[k].name))
			index = special[k].index;
	if (!index)
		return 0;
	if (*index)
		return rex_refuse(log, "more than one section %s", name);
	if (type != SHT_SYMTAB && type != SHT_PROGBITS && type != SHT_NOTE)
		return rex_refuse(log,
				  "section %s has type 0x%x, which is not supported",
				  name, type);
	if (elf->shdrs[i].sh_flags & SHF_EXECINSTR)
		return rex_refuse(log, "section %s is executable", name);
	*index = i;
	return 0;
}

static enum rex_seg elf_choose_seg(const struct rex_elf *elf, u32 i)
{
	const Elf64_Shdr *sh = &elf->shdrs[i];

	if (i == elf->index.maps || i == elf->index.config)
		return REX_SEG_RODATA;
	if (!(sh->sh_flags & SHF_ALLOC) || i == elf->index.note ||
	    i == elf->index.progs || i == elf->index.pads ||
	    i == elf->index.stack_sizes)
		return REX_SEG_NONE;
	/* unwind tables and notes, under whatever type the linker gives them */
	if (sh->sh_type == SHT_NOTE || sh->sh_type == SHT_X86_64_UNWIND ||
	    !strcmp(elf->secs[i].name, ".eh_frame"))
		return REX_SEG_NONE;
	if (sh->sh_flags & SHF_EXECINSTR)
		return REX_SEG_TEXT;
	if (sh->sh_flags & SHF_WRITE)
		return REX_SEG_DATA;
	return REX_SEG_RODATA;
}

/* ---- overlaps ---- */

struct extent {
	u64 start;
	u64 end;
	const char *name;
};

static int elf_cmp_extents(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/*
 * No two sections may share bytes of the file, so that work that is done once for each
 * section takes time in proportion to the file.
 */
static int elf_check_overlaps(const struct rex_elf *elf, struct rex_log *log)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)elf->data;
	struct extent *ext;
	u32 nr = 0;
	int err = 0;
	u32 i;

	ext = kvcalloc(elf->nr_secs + 2, sizeof(*ext), REX_GFP);
	if (!ext)
		return -ENOMEM;

	ext[nr++] = (struct extent){ 0, sizeof(*h), "(ELF header)" };
	ext[nr++] =
		(struct extent){ h->e_shoff,
				 h->e_shoff + elf->nr_secs * sizeof(Elf64_Shdr),
				 "(section headers)" };
	for (i = 1; i < elf->nr_secs; i++) {
		const struct rex_elf_sec *sec = &elf->secs[i];
		u64 start = elf->shdrs[i].sh_offset;

		if (sec->data && sec->size)
			ext[nr++] = (struct extent){ start, start + sec->size,
						     sec->name };
	}

	sort(ext, nr, sizeof(*ext), elf_cmp_extents, NULL);
	for (i = 1; i < nr && !err; i++) {
		if (ext[i].start < ext[i - 1].end) {
			rex_log_err(log, "%s and %s overlap in the file",
				    ext[i - 1].name, ext[i].name);
			err = -ENOEXEC;
		}
	}
	kvfree(ext);
	return err;
}

/* ---- the steps ---- */

static int elf_read_section(struct rex_elf *elf, u32 i, struct rex_log *log)
{
	const Elf64_Shdr *sh = &elf->shdrs[i];
	struct rex_elf_sec *sec = &elf->secs[i];
	int err;

	err = elf_check_type(sec->name, sh, log);
	if (!err)
		err = elf_check_flags(sec->name, sh, log);
	if (!err)
		err = elf_read_extent(elf, i, log);
	if (!err)
		err = elf_note_index(elf, i, log);
	if (err)
		return err;

	sec->seg = elf_choose_seg(elf, i);
	sec->align = sh->sh_addralign ? sh->sh_addralign : 1;
	if (i == elf->index.maps && sec->align < 8)
		sec->align = 8; /* the loader stores pointers there */
	return 0;
}

int rex_elf_read_sections(struct rex_elf *elf, struct rex_log *log)
{
	int err;
	u32 i;

	elf->secs = kvcalloc(elf->nr_secs, sizeof(*elf->secs), REX_GFP);
	if (!elf->secs)
		return -ENOMEM;
	err = elf_read_names(elf, log);
	if (err)
		return err;

	elf->secs[0].seg = REX_SEG_NONE;
	for (i = 1; i < elf->nr_secs; i++) {
		err = elf_read_section(elf, i, log);
		if (err)
			return err;
	}
	err = elf_check_overlaps(elf, log);
	if (err)
		return err;

	if (!elf->index.symtab)
		return rex_refuse(log, "no symbol table");
	err = rex_elf_check_table(elf, elf->index.symtab, sizeof(Elf64_Sym),
				  log);
	if (err)
		return err;
	return elf_check_strtab(elf, elf->shdrs[elf->index.symtab].sh_link,
				"symbol names", log);
}

int rex_elf_layout(struct rex_elf *elf, struct rex_log *log)
{
	static const char *const names[] = { "text", "rodata", "data" };
	u32 i;

	for (i = 0; i < REX_NR_SEGS; i++)
		elf->seg[i].align = 8;

	for (i = 1; i < elf->nr_secs; i++) {
		struct rex_elf_sec *sec = &elf->secs[i];
		u32 s = sec->seg;

		if (s == REX_SEG_NONE)
			continue;
		/* cannot wrap: both are below 2 * REX_ELF_MAX_SEG */
		sec->offset = ALIGN(elf->seg[s].size, sec->align);
		elf->seg[s].size = sec->offset + sec->size;
		if (sec->align > elf->seg[s].align)
			elf->seg[s].align = sec->align;
		if (elf->seg[s].size > REX_ELF_MAX_SEG)
			return rex_refuse(log,
					  "more than %u bytes of %s, in section %s",
					  REX_ELF_MAX_SEG, names[s], sec->name);
		rex_log_dbg(log, "section %s: %u bytes at %s+0x%x", sec->name,
			    sec->size, names[s], sec->offset);
	}
	return 0;
}

int rex_elf_check_table(const struct rex_elf *elf, u32 i, size_t elem,
			struct rex_log *log)
{
	const struct rex_elf_sec *sec = &elf->secs[i];

	if (sec->size % elem)
		return rex_refuse(log,
				  "the size of section %s, %u, is not a multiple of %zu",
				  sec->name, sec->size, elem);
	if (!IS_ALIGNED(elf->shdrs[i].sh_offset, 8))
		return rex_refuse(log, "section %s is not aligned in the file",
				  sec->name);
	return 0;
}
