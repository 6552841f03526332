/* SPDX-License-Identifier: GPL-2.0 */
/* The sections of an object file. The file may be hostile. */
#ifndef REX_ELF_FILE_H
#define REX_ELF_FILE_H

#include <gelf.h>

/* The sections that librex reads; NULL where the file has none. */
struct rex_elf_file {
	Elf *elf;
	size_t size;
	Elf_Data *note;
	Elf_Data *progs;
	Elf_Data *maps;
	size_t maps_index;
	Elf_Data *configs;
	Elf_Data *types;
	size_t configs_index;
	Elf_Data *syms;
	size_t strtab_index;
};

/*
 * rex_elf_open() - find the sections in an ELF file in memory, which stays as it is
 *
 * Return: 0; or -ENOEXEC with an error text, and nothing to close.
 */
int rex_elf_open(struct rex_elf_file *file, const void *buf, size_t size);
void rex_elf_close(struct rex_elf_file *file);

#endif /* REX_ELF_FILE_H */
