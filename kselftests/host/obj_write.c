// SPDX-License-Identifier: GPL-2.0
/* Write the model of an object as a file (obj.h). */
#include "obj.h"

struct writer {
	struct bytes file;
	struct bytes shdrs;
	struct bytes shstrtab;
	struct bytes strtab;
};

static u32 add_string(struct bytes *tab, const char *s)
{
	u32 at = tab->size;

	bytes_append(tab, s, strlen(s) + 1);
	return at;
}

static void put_section(struct writer *w, const struct obj_sec *sec,
			const char *name)
{
	Elf64_Shdr sh = {
		.sh_name = add_string(&w->shstrtab, name),
		.sh_type = sec->type,
		.sh_flags = sec->flags,
		.sh_addralign = sec->align,
		.sh_entsize = sec->entsize,
		.sh_link = sec->link,
		.sh_info = sec->info,
		.sh_size = sec->type == SHT_NOBITS ? sec->nobits :
						     sec->data.size,
	};

	bytes_align(&w->file, 16);
	sh.sh_offset = w->file.size;
	bytes_append(&w->file, sec->data.data, sec->data.size);
	bytes_append(&w->shdrs, &sh, sizeof(sh));
}

static void put_relas(struct writer *w, const struct obj *o, u32 i, u32 symtab)
{
	struct obj_sec sec = {
		.type = SHT_RELA,
		.flags = 0x40 /* INFO_LINK */,
		.align = 8,
		.entsize = sizeof(Elf64_Rela),
		.link = symtab,
		.info = i,
	};
	char name[128];
	u32 k;

	for (k = 0; k < o->nr_relas; k++)
		if (o->relas[k].sec == i)
			bytes_append(&sec.data, &o->relas[k].rela,
				     sizeof(Elf64_Rela));
	snprintf(name, sizeof(name), ".rela%s", o->secs[i].name);
	put_section(w, &sec, name);
	free(sec.data.data);
}

static void put_symbols(struct writer *w, const struct obj *o, u32 strtab)
{
	struct obj_sec sec = {
		.type = SHT_SYMTAB,
		.align = 8,
		.entsize = sizeof(Elf64_Sym),
		.link = strtab,
		.info = 1,
	};
	u32 k;

	for (k = 0; k < o->nr_syms; k++) {
		const struct obj_sym *s = &o->syms[k];
		Elf64_Sym sym = {
			.st_name = k ? add_string(&w->strtab, s->name) : 0,
			.st_info = s->info,
			.st_shndx = s->shndx,
			.st_value = s->value,
			.st_size = s->size,
		};

		bytes_append(&sec.data, &sym, sizeof(sym));
	}
	put_section(w, &sec, ".symtab");
	free(sec.data.data);
}

/* The string table of section names holds its own name as well. */
static void put_shstrtab(struct writer *w)
{
	struct obj_sec sec = { .type = SHT_STRTAB, .align = 1 };
	u32 name = add_string(&w->shstrtab, ".shstrtab");
	Elf64_Shdr *sh;

	sec.data = w->shstrtab;
	w->shstrtab = (struct bytes){};
	put_section(w, &sec, "");
	sh = (Elf64_Shdr *)(w->shdrs.data + w->shdrs.size) - 1;
	sh->sh_name = name;
	free(w->shstrtab.data);
	free(sec.data.data);
}

static bool has_relas(const struct obj *o, u32 i)
{
	u32 k;

	for (k = 0; k < o->nr_relas; k++)
		if (o->relas[k].sec == i)
			return true;
	return false;
}

struct bytes obj_write(const struct obj *o)
{
	struct obj_sec strings = { .type = SHT_STRTAB, .align = 1 };
	struct writer w = {};
	Elf64_Ehdr eh = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(eh),
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	u32 symtab = o->nr_secs;
	u32 i;

	for (i = 1; i < o->nr_secs; i++)
		symtab += has_relas(o, i);

	bytes_append(&w.file, &eh, sizeof(eh));
	bytes_append(&w.shdrs, NULL, sizeof(Elf64_Shdr));
	bytes_append(&w.shstrtab, "", 1);
	bytes_append(&w.strtab, "", 1);
	for (i = 1; i < o->nr_secs; i++)
		put_section(&w, &o->secs[i], o->secs[i].name);
	for (i = 1; i < o->nr_secs; i++)
		if (has_relas(o, i))
			put_relas(&w, o, i, symtab);
	put_symbols(&w, o, symtab + 1);
	strings.data = w.strtab;
	put_section(&w, &strings, ".strtab");
	put_shstrtab(&w);
	free(w.strtab.data);

	bytes_align(&w.file, 8);
	eh.e_shoff = w.file.size;
	eh.e_shnum = w.shdrs.size / sizeof(Elf64_Shdr);
	eh.e_shstrndx = symtab + 2;
	bytes_append(&w.file, w.shdrs.data, w.shdrs.size);
	free(w.shdrs.data);
	memcpy(w.file.data, &eh, sizeof(eh));
	return w.file;
}
