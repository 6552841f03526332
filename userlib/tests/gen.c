// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen.h"

#define GEN_STR_SIZE (2 * GEN_MAX * REX_NAME_LEN + 64)

static const char *const gen_names[GEN_NR_SECTIONS] = {
	[GEN_NULL] = "",
	[GEN_TEXT] = ".text",
	[GEN_NOTE] = REX_SEC_NOTE,
	[GEN_PROGS] = REX_SEC_PROGS,
	[GEN_MAPS] = REX_SEC_MAPS,
	[GEN_CONFIGS] = REX_SEC_CONFIG,
	[GEN_TYPES] = REX_SEC_TYPES,
	[GEN_SYMTAB] = ".symtab",
	[GEN_STRTAB] = ".strtab",
	[GEN_SHSTRTAB] = ".shstrtab",
};

struct gen *gen_new(void)
{
	struct gen *gen = calloc(1, sizeof(*gen));

	if (!gen)
		err(1, "gen");
	gen->note.abi = REX_ABI_VERSION;
	gen->note.crate_version = 1 << 16;
	strcpy(gen->note.rustc, "rustc 0.0.0 (test)");
	return gen;
}

struct rex_prog_def *gen_prog(struct gen *gen, const char *name,
			      const char *section, __u32 type)
{
	struct rex_prog_def *prog = &gen->progs[gen->nr_progs++];

	prog->size = sizeof(*prog);
	prog->type = type;
	snprintf(prog->name, sizeof(prog->name), "%s", name);
	snprintf(prog->section, sizeof(prog->section), "%s", section);
	return prog;
}

struct rex_map_def *gen_map(struct gen *gen, const char *name, __u32 type,
			    __u32 key_size, __u32 value_size, __u32 max_entries,
			    __u32 flags)
{
	struct rex_map_def *map = &gen->maps[gen->nr_maps];

	map->size = sizeof(*map);
	map->type = type;
	map->key_size = key_size;
	map->value_size = value_size;
	map->max_entries = max_entries;
	map->map_flags = flags;
	snprintf(gen->map_names[gen->nr_maps++], REX_NAME_LEN, "%s", name);
	return map;
}

struct rex_config_def *gen_config(struct gen *gen, const char *name, __u32 kind,
				  __u32 size)
{
	struct rex_config_def *config = &gen->configs[gen->nr_configs];

	config->size = sizeof(*config);
	config->kind = kind;
	config->value_size = size;
	snprintf(gen->config_names[gen->nr_configs++], REX_NAME_LEN, "%s",
		 name);
	return config;
}

/* Appends to the file, aligned to 8 bytes; returns the offset. */
static size_t gen_append(struct gen *gen, const void *data, size_t size)
{
	size_t offset = (gen->size + 7) & ~(size_t)7;

	gen->buf = realloc(gen->buf, offset + size);
	if (!gen->buf)
		err(1, "gen");
	memset(gen->buf + gen->size, 0, offset - gen->size);
	if (size)
		memcpy(gen->buf + offset, data, size);
	gen->size = offset + size;
	return offset;
}

static void gen_section(struct gen *gen, Elf64_Shdr *shdr,
			enum gen_section section, const void *data, size_t size,
			Elf64_Word type, Elf64_Xword flags)
{
	gen->offset[section] = gen_append(gen, data, size);
	shdr[section].sh_type = type;
	shdr[section].sh_flags = flags;
	shdr[section].sh_offset = gen->offset[section];
	shdr[section].sh_size = size;
	shdr[section].sh_addralign = 8;
}

static void gen_build_note(struct gen *gen, Elf64_Shdr *shdr)
{
	struct {
		Elf64_Nhdr nhdr;
		char name[4];
		struct rex_note_cpu note;
	} note = {
		.nhdr = { 4,
			  gen->cpu_features ? sizeof(note.note) :
					      sizeof(gen->note),
			  REX_NOTE_TYPE },
		.name = REX_NOTE_NAME,
		.note = { gen->note, gen->cpu_features },
	};

	gen_section(gen, shdr, GEN_NOTE, &note,
		    offsetof(typeof(note), note) + note.nhdr.n_descsz, SHT_NOTE,
		    SHF_ALLOC);
}

static size_t gen_add_string(char *table, size_t *len, const char *text)
{
	size_t offset = *len;

	strcpy(table + offset, text);
	*len += strlen(text) + 1;
	return offset;
}

static void gen_build_symbols(struct gen *gen, Elf64_Shdr *shdr)
{
	Elf64_Sym *syms =
		calloc(2 + gen->nr_maps + gen->nr_configs, sizeof(*syms));
	Elf64_Sym *sym;
	char *str = calloc(1, GEN_STR_SIZE);
	size_t len = 1;
	unsigned int i;

	if (!syms || !str)
		err(1, "gen");
	syms[1].st_name = gen_add_string(str, &len, "entry");
	syms[1].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
	syms[1].st_shndx = GEN_TEXT;
	syms[1].st_size = 1;
	for (i = 0; i < gen->nr_maps; i++) {
		syms[2 + i].st_name =
			gen_add_string(str, &len, gen->map_names[i]);
		syms[2 + i].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
		syms[2 + i].st_shndx = GEN_MAPS;
		syms[2 + i].st_value = i * sizeof(struct rex_map_def);
		syms[2 + i].st_size = sizeof(struct rex_map_def);
	}
	for (i = 0; i < gen->nr_configs; i++) {
		sym = &syms[2 + gen->nr_maps + i];
		sym->st_name = gen_add_string(str, &len, gen->config_names[i]);
		sym->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
		sym->st_shndx = GEN_CONFIGS;
		sym->st_value = i * sizeof(struct rex_config_def);
		sym->st_size = sizeof(struct rex_config_def);
	}
	gen_section(gen, shdr, GEN_SYMTAB, syms,
		    (2 + gen->nr_maps + gen->nr_configs) * sizeof(*syms),
		    SHT_SYMTAB, 0);
	shdr[GEN_SYMTAB].sh_link = GEN_STRTAB;
	shdr[GEN_SYMTAB].sh_info = 1;
	shdr[GEN_SYMTAB].sh_entsize = sizeof(*syms);
	gen_section(gen, shdr, GEN_STRTAB, str, len, SHT_STRTAB, 0);
	free(syms);
	free(str);
}

static void gen_build_names(struct gen *gen, Elf64_Shdr *shdr)
{
	char str[256] = "";
	size_t len = 1;
	int i;

	for (i = 1; i < GEN_NR_SECTIONS; i++)
		shdr[i].sh_name = gen_add_string(str, &len, gen_names[i]);
	gen_section(gen, shdr, GEN_SHSTRTAB, str, len, SHT_STRTAB, 0);
}

void gen_build(struct gen *gen)
{
	static const unsigned char ret = 0xc3;
	Elf64_Shdr shdr[GEN_NR_SECTIONS] = {};
	Elf64_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(*shdr),
		.e_shnum = GEN_NR_SECTIONS,
		.e_shstrndx = GEN_SHSTRTAB,
	};

	free(gen->buf);
	gen->buf = NULL;
	gen->size = 0;
	gen_append(gen, &ehdr, sizeof(ehdr));
	gen_section(gen, shdr, GEN_TEXT, &ret, 1, SHT_PROGBITS,
		    SHF_ALLOC | SHF_EXECINSTR);
	gen_build_note(gen, shdr);
	gen_section(gen, shdr, GEN_PROGS, gen->progs,
		    gen->nr_progs * sizeof(gen->progs[0]), SHT_PROGBITS,
		    SHF_ALLOC);
	gen_section(gen, shdr, GEN_MAPS, gen->maps,
		    gen->nr_maps * sizeof(gen->maps[0]), SHT_PROGBITS,
		    SHF_ALLOC | SHF_WRITE);
	gen_section(gen, shdr, GEN_CONFIGS, gen->configs,
		    gen->nr_configs * sizeof(gen->configs[0]), SHT_PROGBITS,
		    SHF_ALLOC | SHF_WRITE);
	gen_section(gen, shdr, GEN_TYPES, gen->types, gen->types_size,
		    SHT_PROGBITS, 0);
	gen_build_symbols(gen, shdr);
	gen_build_names(gen, shdr);
	ehdr.e_shoff = gen_append(gen, shdr, sizeof(shdr));
	memcpy(gen->buf, &ehdr, sizeof(ehdr));
}

void gen_free(struct gen *gen)
{
	free(gen->buf);
	free(gen);
}

Elf64_Ehdr *gen_ehdr(struct gen *gen)
{
	return (Elf64_Ehdr *)gen->buf;
}

Elf64_Shdr *gen_shdr(struct gen *gen, enum gen_section section)
{
	return (Elf64_Shdr *)(gen->buf + gen_ehdr(gen)->e_shoff) + section;
}

struct rex_prog_def *gen_built_prog(struct gen *gen, unsigned int index)
{
	return (struct rex_prog_def *)(gen->buf + gen->offset[GEN_PROGS]) +
	       index;
}

struct rex_map_def *gen_built_map(struct gen *gen, unsigned int index)
{
	return (struct rex_map_def *)(gen->buf + gen->offset[GEN_MAPS]) + index;
}

Elf64_Sym *gen_built_map_sym(struct gen *gen, unsigned int index)
{
	return (Elf64_Sym *)(gen->buf + gen->offset[GEN_SYMTAB]) + 2 + index;
}

Elf64_Sym *gen_built_config_sym(struct gen *gen, unsigned int index)
{
	return gen_built_map_sym(gen, gen->nr_maps + index);
}

struct gen *gen_hello(void)
{
	static const char types[] = "counts\0u4\0u8\0config\0u4\0"
				    "{Config;limit:s8;names:[2][8]u1}";
	struct gen *gen = gen_new();

	gen_prog(gen, "hello", "tracepoint/syscalls/sys_enter_dup",
		 BPF_PROG_TYPE_TRACEPOINT);
	gen_map(gen, "counts", BPF_MAP_TYPE_HASH, 4, 8, 64, 0);
	gen_map(gen, "config", BPF_MAP_TYPE_ARRAY, 4, 24, 2, 0);
	gen->types = types;
	gen->types_size = sizeof(types);
	gen_build(gen);
	return gen;
}

void gen_write(const struct gen *gen, char path[64])
{
	int fd;

	strcpy(path, "/tmp/librex-test-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, gen->buf, gen->size) != (ssize_t)gen->size)
		err(1, "%s", path);
	close(fd);
}
