/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of functions in processes, from /proc/PID/maps and the symbols of the
 * mapped files. Both are read once and kept.
 */
#ifndef REX_USER_SYMBOLS_H
#define REX_USER_SYMBOLS_H

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "symbols.h"

/* A file with its symbols, by their addresses in it. */
struct symbol_file {
	struct symbol_file *next;
	char *path;
	struct symbols symbols;
	GElf_Phdr loads[16];
	int nr_loads;
};

/* A part of a file in a process. */
struct mapping {
	struct mapping *next;
	__u64 start, end, offset;
	struct symbol_file *file;
};

struct process {
	struct process *next;
	int pid;
	struct mapping *mappings;
};

static inline void *symbol_alloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		err(1, "symbols");
	return memory;
}

/* Adds the functions of a section if it is a symbol table. */
static inline void read_table(struct symbol_file *file, Elf *elf,
			      Elf_Scn *section)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!data || !gelf_getshdr(section, &header) || !header.sh_entsize ||
	    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
		return;
	for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
		const char *name;
		char *copy;

		if (!gelf_getsym(data, i, &symbol) ||
		    GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
		    symbol.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(elf, header.sh_link, symbol.st_name);
		copy = name ? strdup(name) : NULL;
		if (copy)
			add_symbol(&file->symbols, symbol.st_value, copy);
	}
}

/* Reads the symbols of an ELF file. Other files have none. */
static inline void read_file_symbols(struct symbol_file *file)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *section = NULL;
	size_t nr = 0;
	Elf *elf;

	if (fd < 0)
		return;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && !elf_getphdrnum(elf, &nr))
		for (size_t i = 0; i < nr && file->nr_loads < 16; i++)
			if (gelf_getphdr(elf, i,
					 &file->loads[file->nr_loads]) &&
			    file->loads[file->nr_loads].p_type == PT_LOAD)
				file->nr_loads++;
	while (elf && (section = elf_nextscn(elf, section)))
		read_table(file, elf, section);
	sort_symbols(&file->symbols);
	elf_end(elf);
	close(fd);
}

static inline struct symbol_file *symbol_file(const char *path)
{
	static struct symbol_file *files;
	struct symbol_file *file;

	for (file = files; file; file = file->next)
		if (!strcmp(file->path, path))
			return file;
	file = symbol_alloc(sizeof(*file));
	file->path = strdup(path);
	if (!file->path)
		err(1, "symbols");
	file->next = files;
	files = file;
	read_file_symbols(file);
	return file;
}

static inline struct process *read_process(int pid)
{
	struct process *process = symbol_alloc(sizeof(*process));
	char path[32], line[4096 + 128], name[4096];
	struct mapping m;
	FILE *f;

	process->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		struct mapping *copy;

		if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095[^\n]",
			   &m.start, &m.end, &m.offset, name) != 4 ||
		    name[0] != '/')
			continue;
		copy = symbol_alloc(sizeof(*copy));
		*copy = m;
		copy->file = symbol_file(name);
		copy->next = process->mappings;
		process->mappings = copy;
	}
	if (f)
		fclose(f);
	return process;
}

static inline const struct process *process_of(int pid)
{
	static struct process *processes;
	struct process *process;

	for (process = processes; process; process = process->next)
		if (process->pid == pid)
			return process;
	process = read_process(pid);
	process->next = processes;
	processes = process;
	return process;
}

/* Returns the name of the function of process @pid at @address, or NULL. */
static inline const char *user_function(int pid, __u64 address)
{
	const struct mapping *m = process_of(pid)->mappings;

	while (m && (address < m->start || address >= m->end))
		m = m->next;
	for (int i = 0; m && i < m->file->nr_loads; i++) {
		const GElf_Phdr *load = &m->file->loads[i];
		__u64 at = address - m->start + m->offset - load->p_offset;

		if (at < load->p_filesz)
			return find_symbol(&m->file->symbols,
					   at + load->p_vaddr);
	}
	return NULL;
}

#endif
