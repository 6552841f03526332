/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes Rex objects for the tests, byte by byte and without libelf, so that
 * what librex reads with libelf is checked against something else.
 */
#ifndef LIBREX_TEST_GEN_H
#define LIBREX_TEST_GEN_H

#include <elf.h>
#include <linux/bpf.h>
#include <linux/rex.h>
#include <stddef.h>

#define GEN_MAX 260

/* Sections, in the order of the section header table. */
enum gen_section {
	GEN_NULL,
	GEN_TEXT,
	GEN_NOTE,
	GEN_PROGS,
	GEN_MAPS,
	GEN_CONFIGS,
	GEN_TYPES,
	GEN_SYMTAB,
	GEN_STRTAB,
	GEN_SHSTRTAB,
	GEN_NR_SECTIONS,
};

struct gen {
	struct rex_note note;
	__u32 cpu_features; /* in a longer note, if it is not 0 */
	unsigned int nr_progs;
	struct rex_prog_def progs[GEN_MAX];
	unsigned int nr_maps;
	struct rex_map_def maps[GEN_MAX];
	char map_names[GEN_MAX][REX_NAME_LEN];
	unsigned int nr_configs;
	struct rex_config_def configs[GEN_MAX];
	char config_names[GEN_MAX][REX_NAME_LEN];
	const char *types; /* three texts for each map, or NULL */
	size_t types_size;

	/* The output of gen_build(); freed by gen_free(). */
	unsigned char *buf;
	size_t size;
	size_t offset[GEN_NR_SECTIONS];
};

/* Makes an empty object: a note and a function, no programs or maps yet. */
struct gen *gen_new(void);
struct rex_prog_def *gen_prog(struct gen *gen, const char *name,
			      const char *section, __u32 type);
struct rex_map_def *gen_map(struct gen *gen, const char *name, __u32 type,
			    __u32 key_size, __u32 value_size, __u32 max_entries,
			    __u32 flags);
struct rex_config_def *gen_config(struct gen *gen, const char *name, __u32 kind,
				  __u32 size);
/* Lays the file out in gen->buf, for tests to break. */
void gen_build(struct gen *gen);
void gen_free(struct gen *gen);

/* Places in the built file. */
Elf64_Ehdr *gen_ehdr(struct gen *gen);
Elf64_Shdr *gen_shdr(struct gen *gen, enum gen_section section);
struct rex_prog_def *gen_built_prog(struct gen *gen, unsigned int index);
struct rex_map_def *gen_built_map(struct gen *gen, unsigned int index);
Elf64_Sym *gen_built_map_sym(struct gen *gen, unsigned int index);

/* The symbol of a config, in a file that has no other than hello's maps. */
Elf64_Sym *gen_built_config_sym(struct gen *gen, unsigned int index);

/* hello: one tracepoint program "hello", maps "counts" and "config". */
struct gen *gen_hello(void);
/* Puts the built file into a new temporary file; the caller unlinks @path. */
void gen_write(const struct gen *gen, char path[64]);

#endif /* LIBREX_TEST_GEN_H */
