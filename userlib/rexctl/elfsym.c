// SPDX-License-Identifier: GPL-2.0
/*
 * Functions of programs and libraries are found here, for uprobes.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "elfsym.h"

/* Returns the offset in the file of address @address. */
static int elfsym_offset(Elf *elf, __u64 address, __u64 *offset)
{
	GElf_Phdr phdr;
	size_t i, nr;

	if (elf_getphdrnum(elf, &nr))
		return -ENOEXEC;
	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, i, &phdr) || phdr.p_type != PT_LOAD ||
		    !(phdr.p_flags & PF_X) || address < phdr.p_vaddr ||
		    address - phdr.p_vaddr >= phdr.p_memsz)
			continue;
		*offset = address - phdr.p_vaddr + phdr.p_offset;
		return 0;
	}
	return -ENOENT;
}

static bool elfsym_in_table(Elf *elf, Elf_Scn *scn, const GElf_Shdr *shdr,
			    const char *name, __u64 *address)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const char *found;
	GElf_Sym sym;
	size_t i;

	for (i = 0;
	     data && shdr->sh_entsize && i < shdr->sh_size / shdr->sh_entsize;
	     i++) {
		if (!gelf_getsym(data, i, &sym) ||
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF)
			continue;
		found = elf_strptr(elf, shdr->sh_link, sym.st_name);
		if (!found || strcmp(found, name))
			continue;
		*address = sym.st_value;
		return true;
	}
	return false;
}

static int elfsym_find(Elf *elf, const char *name, __u64 *offset)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	__u64 address;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &shdr) ||
		    (shdr.sh_type != SHT_SYMTAB && shdr.sh_type != SHT_DYNSYM))
			continue;
		if (elfsym_in_table(elf, scn, &shdr, name, &address))
			return elfsym_offset(elf, address, offset);
	}
	return -ENOENT;
}

int rexctl_elf_function(const char *path, const char *name, __u64 *offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;
	Elf *elf;

	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	err = elf && elf_kind(elf) == ELF_K_ELF ?
		      elfsym_find(elf, name, offset) :
		      -ENOEXEC;
	elf_end(elf);
	close(fd);
	return err;
}
