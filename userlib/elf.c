// SPDX-License-Identifier: GPL-2.0
/* librex finds the sections of an object file that it reads (elf_file.h). */
#include <errno.h>
#include <libelf.h>
#include <pthread.h>

#include "elf_file.h"
#include "internal.h"

static void rex_elf_init(void)
{
	elf_version(EV_CURRENT);
}

static int rex_elf_check_header(Elf *elf)
{
	const Elf64_Ehdr *ehdr;

	if (elf_kind(elf) != ELF_K_ELF)
		return rex_error(-ENOEXEC, "not an ELF file");
	if (gelf_getclass(elf) != ELFCLASS64)
		return rex_error(-ENOEXEC, "not a 64-bit ELF file");
	ehdr = elf64_getehdr(elf);
	if (!ehdr)
		return rex_error(-ENOEXEC, "bad ELF header: %s",
				 elf_errmsg(-1));
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB ||
	    ehdr->e_machine != EM_X86_64)
		return rex_error(-ENOEXEC,
				 "ELF machine %u is not x86-64, little-endian",
				 ehdr->e_machine);
	if (ehdr->e_type != ET_REL)
		return rex_error(-ENOEXEC,
				 "ELF type %u is not a relocatable file",
				 ehdr->e_type);
	return 0;
}

/* The bytes of a section, or NULL with an error text. */
static Elf_Data *rex_elf_section_data(const struct rex_elf_file *file,
				      Elf_Scn *scn, const GElf_Shdr *shdr,
				      const char *name)
{
	Elf_Data *data;

	if (shdr->sh_type == SHT_NOBITS || (shdr->sh_flags & SHF_COMPRESSED)) {
		rex_error(-ENOEXEC, "section %s has no contents in the file",
			  name);
		return NULL;
	}
	if (shdr->sh_offset > file->size ||
	    shdr->sh_size > file->size - shdr->sh_offset) {
		rex_error(-ENOEXEC, "section %s is beyond the end of the file",
			  name);
		return NULL;
	}
	data = elf_rawdata(scn, NULL);
	if (!data || (data->d_size && !data->d_buf) ||
	    data->d_size != shdr->sh_size) {
		rex_error(-ENOEXEC, "section %s cannot be read: %s", name,
			  data ? "it is of another size" : elf_errmsg(-1));
		return NULL;
	}
	return data;
}

static int rex_elf_keep(const struct rex_elf_file *file, Elf_Data **slot,
			Elf_Scn *scn, const GElf_Shdr *shdr, const char *name)
{
	if (*slot)
		return rex_error(-ENOEXEC, "more than one section %s", name);
	*slot = rex_elf_section_data(file, scn, shdr, name);
	return *slot ? 0 : -ENOEXEC;
}

static int rex_elf_take_section(struct rex_elf_file *file, Elf_Scn *scn,
				size_t shstrndx)
{
	size_t index = elf_ndxscn(scn);
	const char *name;
	GElf_Shdr shdr;

	/* A copy: in the file, the header may be anywhere, unaligned. */
	if (!gelf_getshdr(scn, &shdr))
		return rex_error(-ENOEXEC, "bad header of section %zu", index);
	name = elf_strptr(file->elf, shstrndx, shdr.sh_name);
	if (!name)
		return rex_error(-ENOEXEC, "section %zu has no valid name",
				 index);

	if (!strcmp(name, REX_SEC_NOTE))
		return rex_elf_keep(file, &file->note, scn, &shdr, name);
	if (!strcmp(name, REX_SEC_PROGS))
		return rex_elf_keep(file, &file->progs, scn, &shdr, name);
	if (!strcmp(name, REX_SEC_MAPS)) {
		file->maps_index = index;
		return rex_elf_keep(file, &file->maps, scn, &shdr, name);
	}
	if (!strcmp(name, REX_SEC_CONFIG)) {
		file->configs_index = index;
		return rex_elf_keep(file, &file->configs, scn, &shdr, name);
	}
	if (!strcmp(name, REX_SEC_TYPES))
		return rex_elf_keep(file, &file->types, scn, &shdr, name);
	if (shdr.sh_type == SHT_SYMTAB) {
		file->strtab_index = shdr.sh_link;
		return rex_elf_keep(file, &file->syms, scn, &shdr, name);
	}
	return 0;
}

static int rex_elf_find_sections(struct rex_elf_file *file)
{
	Elf_Scn *scn = NULL;
	size_t shstrndx;
	int err;

	if (elf_getshdrstrndx(file->elf, &shstrndx))
		return rex_error(-ENOEXEC, "no section name table: %s",
				 elf_errmsg(-1));

	while ((scn = elf_nextscn(file->elf, scn))) {
		err = rex_elf_take_section(file, scn, shstrndx);
		if (err)
			return err;
	}

	if (!file->note)
		return rex_error(-ENOEXEC, "no section " REX_SEC_NOTE
					   ": not a Rex object");
	if (!file->progs)
		return rex_error(-ENOEXEC, "no section " REX_SEC_PROGS
					   ": the object has no program");
	if (!file->syms)
		return rex_error(-ENOEXEC, "no symbol table");
	return 0;
}

int rex_elf_open(struct rex_elf_file *file, const void *buf, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int err;

	memset(file, 0, sizeof(*file));
	file->size = size;
	pthread_once(&once, rex_elf_init);

	if (size < sizeof(Elf64_Ehdr))
		return rex_error(-ENOEXEC,
				 "not an ELF file: only %zu bytes long", size);
	/* libelf only reads through the pointer in this mode. */
	file->elf = elf_memory((char *)buf, size);
	if (!file->elf)
		return rex_error(-ENOEXEC, "not an ELF file: %s",
				 elf_errmsg(-1));

	err = rex_elf_check_header(file->elf);
	err = err ?: rex_elf_find_sections(file);
	if (err)
		rex_elf_close(file);
	return err;
}

void rex_elf_close(struct rex_elf_file *file)
{
	elf_end(file->elf);
}
