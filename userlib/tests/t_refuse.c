// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are no Rex objects, or broken ones, are refused with a reason
 * that names the place, and never read out of bounds (this test also runs
 * under valgrind).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../internal.h"
#include "gen.h"
#include "test.h"

/* Checks and frees: the built file is refused with @err and @text. */
static void refuse(struct gen *gen, int err, const char *text)
{
	struct rex_obj *obj;

	errno = 0;
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	CHECK(!obj);
	CHECK_EQ(errno, err);
	CHECK_HAS(rex_last_error(), text);
	rex_obj_close(obj);
	gen_free(gen);
}

static void refuse_mem(const void *buf, size_t size, const char *text)
{
	struct gen *gen = gen_new();

	gen->buf = malloc(size ? size : 1);
	gen->size = size;
	if (size)
		memcpy(gen->buf, buf, size);
	refuse(gen, ENOEXEC, text);
}

static void files_of_other_formats_are_refused(void)
{
	static const char zeros[4096];
	static const char script[128] = "#!/bin/sh\nexit 0\n";
	static const char archive[128] = "!<arch>\n";

	refuse_mem(NULL, 0, "not an ELF file: only 0 bytes");
	refuse_mem("\177ELF", 4, "not an ELF file: only 4 bytes");
	refuse_mem(zeros, sizeof(zeros), "not an ELF file");
	refuse_mem(script, sizeof(script), "not an ELF file");
	refuse_mem(archive, sizeof(archive), "not an ELF file");
}

static void other_kinds_of_elf_are_refused(void)
{
	struct gen *gen = gen_hello();

	gen_ehdr(gen)->e_type = ET_EXEC;
	refuse(gen, ENOEXEC, "ELF type 2 is not a relocatable file");

	gen = gen_hello();
	gen_ehdr(gen)->e_type = ET_DYN;
	refuse(gen, ENOEXEC, "ELF type 3 is not a relocatable file");

	gen = gen_hello();
	gen_ehdr(gen)->e_machine = EM_AARCH64;
	refuse(gen, ENOEXEC, "ELF machine 183 is not x86-64");

	gen = gen_hello();
	gen_ehdr(gen)->e_ident[EI_CLASS] = ELFCLASS32;
	refuse(gen, ENOEXEC, "not a 64-bit ELF file");

	gen = gen_hello();
	gen_ehdr(gen)->e_ident[EI_DATA] = ELFDATA2MSB;
	refuse(gen, ENOEXEC, "");
}

/* Renames a section, so that it is as good as missing. */
static void hide_section(struct gen *gen, enum gen_section section)
{
	gen->buf[gen->offset[GEN_SHSTRTAB] + gen_shdr(gen, section)->sh_name +
		 1] = 'X';
}

static void missing_sections_are_named(void)
{
	struct gen *gen = gen_hello();

	hide_section(gen, GEN_NOTE);
	refuse(gen, ENOEXEC, "no section .note.rex");

	gen = gen_hello();
	hide_section(gen, GEN_PROGS);
	refuse(gen, ENOEXEC, "no section .rex.progs");

	gen = gen_hello();
	gen_shdr(gen, GEN_SYMTAB)->sh_type = SHT_PROGBITS;
	refuse(gen, ENOEXEC, "no symbol table");

	gen = gen_hello();
	gen->nr_progs = 0;
	gen_build(gen);
	refuse(gen, ENOEXEC, "section .rex.progs is empty");
}

static void doubled_sections_are_named(void)
{
	struct gen *gen = gen_hello();

	gen_shdr(gen, GEN_TEXT)->sh_name = gen_shdr(gen, GEN_PROGS)->sh_name;
	refuse(gen, ENOEXEC, "more than one section .rex.progs");

	gen = gen_hello();
	*gen_shdr(gen, GEN_TEXT) = *gen_shdr(gen, GEN_SYMTAB);
	refuse(gen, ENOEXEC, "more than one section .symtab");
}

static void sections_beyond_the_file_are_named(void)
{
	struct gen *gen = gen_hello();

	gen_shdr(gen, GEN_PROGS)->sh_size = 1u << 30;
	refuse(gen, ENOEXEC,
	       "section .rex.progs is beyond the end of the file");

	gen = gen_hello();
	gen_shdr(gen, GEN_MAPS)->sh_offset = -8ull;
	refuse(gen, ENOEXEC, "section .rex.maps is beyond the end of the file");

	gen = gen_hello();
	gen_shdr(gen, GEN_NOTE)->sh_type = SHT_NOBITS;
	refuse(gen, ENOEXEC, "section .note.rex has no contents");

	gen = gen_hello();
	gen_shdr(gen, GEN_TEXT)->sh_name = 0x7fffffff;
	refuse(gen, ENOEXEC, "section 1 has no valid name");
}

static void odd_section_sizes_are_named(void)
{
	struct gen *gen = gen_hello();

	gen_shdr(gen, GEN_PROGS)->sh_size--;
	refuse(gen, ENOEXEC, "of section .rex.progs is no multiple of");

	gen = gen_hello();
	gen_shdr(gen, GEN_MAPS)->sh_size -= 8;
	refuse(gen, ENOEXEC, "of section .rex.maps is no multiple of");
}

static void other_abi_is_refused_with_both_versions(void)
{
	struct gen *gen = gen_hello();

	gen->note.abi = REX_ABI_VERSION + 1;
	gen_build(gen);
	refuse(gen, EPROTO, "the object is of ABI 2, librex speaks 1");
}

static void broken_notes_are_refused(void)
{
	struct gen *gen = gen_hello();

	gen_shdr(gen, GEN_NOTE)->sh_size = 8;
	refuse(gen, ENOEXEC, ".note.rex is too short");

	gen = gen_hello();
	gen->buf[gen->offset[GEN_NOTE] + sizeof(Elf64_Nhdr)] = 'X';
	refuse(gen, ENOEXEC, ".note.rex holds another note");

	gen = gen_hello();
	((Elf64_Nhdr *)(gen->buf + gen->offset[GEN_NOTE]))->n_descsz = 4;
	refuse(gen, ENOEXEC, "note in .note.rex is too short");

	gen = gen_hello();
	gen_shdr(gen, GEN_NOTE)->sh_size -= 4;
	refuse(gen, ENOEXEC, "note in .note.rex is too short");
}

static void broken_program_declarations_are_named(void)
{
	struct gen *gen = gen_hello();

	gen_built_prog(gen, 0)->size = 12;
	refuse(gen, ENOEXEC, "program 0 in .rex.progs has size 12");

	gen = gen_hello();
	memset(gen_built_prog(gen, 0)->name, 'a', REX_NAME_LEN);
	refuse(gen, ENOEXEC, "name of program 0 in .rex.progs is not");

	gen = gen_hello();
	strcpy(gen_built_prog(gen, 0)->name, "1st");
	refuse(gen, ENOEXEC, "name of program 0 in .rex.progs is not");

	gen = gen_hello();
	gen_built_prog(gen, 0)->name[0] = '\0';
	refuse(gen, ENOEXEC, "name of program 0 in .rex.progs is not");

	gen = gen_hello();
	strcpy(gen_built_prog(gen, 0)->name, "a/../b");
	refuse(gen, ENOEXEC, "name of program 0 in .rex.progs is not");

	gen = gen_hello();
	memset(gen_built_prog(gen, 0)->section, 'a', REX_SECTION_LEN);
	refuse(gen, ENOEXEC, "section name of program hello is not");

	gen = gen_hello();
	gen_built_prog(gen, 0)->section[3] = '\n';
	refuse(gen, ENOEXEC, "section name of program hello is not");

	gen = gen_hello();
	gen_prog(gen, "hello", "xdp", BPF_PROG_TYPE_XDP);
	gen_build(gen);
	refuse(gen, ENOEXEC, "two programs are named hello");
}

static void unknown_section_names_are_named(void)
{
	static const char *const names[] = {
		"tracepiont/x", ".maps", ".BTF",    "license", "version",
		".text",	"maps",	 ".rodata", "xdpp",
	};
	struct gen *gen;
	char text[64];
	size_t i;

	for (i = 0; i < TEST_SIZE(names); i++) {
		gen = gen_hello();
		strcpy(gen_built_prog(gen, 0)->section, names[i]);
		snprintf(text, sizeof(text), "knows no section '%s'", names[i]);
		refuse(gen, ESRCH, text);
	}
}

static void program_type_must_be_the_sections(void)
{
	struct gen *gen = gen_hello();

	gen_built_prog(gen, 0)->type = BPF_PROG_TYPE_XDP;
	refuse(gen, EPROTOTYPE,
	       "program hello: section "
	       "'tracepoint/syscalls/sys_enter_dup' is of "
	       "program type 5, the object says 6");

	gen = gen_hello();
	gen_built_prog(gen, 0)->attach_type = BPF_XDP;
	refuse(gen, EPROTOTYPE, "is of attach type 0, the object says 37");
}

static void broken_map_declarations_are_named(void)
{
	struct gen *gen = gen_hello();

	gen_built_map(gen, 1)->size = 0;
	refuse(gen, ENOEXEC, "map config has size 0");

	gen = gen_hello();
	gen_built_map(gen, 0)->type = 0;
	refuse(gen, ENOEXEC, "map counts has no type");

	gen = gen_hello();
	gen_built_map_sym(gen, 0)->st_shndx = GEN_TEXT;
	refuse(gen, ENOEXEC, "the map at .rex.maps+0x0 has no symbol");

	gen = gen_hello();
	gen_built_map_sym(gen, 0)->st_value = 80;
	refuse(gen, ENOEXEC, "has a second name");

	gen = gen_hello();
	gen_built_map_sym(gen, 0)->st_value = 4;
	refuse(gen, ENOEXEC, ".rex.maps+0x4 is not at the start of a map");

	gen = gen_hello();
	gen_built_map_sym(gen, 0)->st_value = 160;
	refuse(gen, ENOEXEC, ".rex.maps+0xa0 is not at the start of a map");

	gen = gen_hello();
	gen_built_map_sym(gen, 0)->st_name = 0x10000000;
	refuse(gen, ENOEXEC, "name of the map at .rex.maps+0x0");

	gen = gen_hello();
	gen_shdr(gen, GEN_SYMTAB)->sh_link = 1000;
	refuse(gen, ENOEXEC, "name of the map at .rex.maps+0x0");

	gen = gen_hello();
	strcpy(gen->map_names[1], "counts");
	gen_build(gen);
	refuse(gen, ENOEXEC, "two maps are named counts");

	gen = gen_hello();
	strcpy(gen->map_names[1], "not-c");
	gen_build(gen);
	refuse(gen, ENOEXEC, "name of the map at .rex.maps+0x50");
}

/* hello with one config, to be broken. */
static struct gen *gen_with_config(__u32 kind, __u32 size)
{
	struct gen *gen = gen_hello();

	gen_config(gen, "LIMIT", kind, size);
	gen_build(gen);
	return gen;
}

static void broken_config_declarations_are_named(void)
{
	struct gen *gen = gen_with_config(REX_CONFIG_UNSIGNED, 8);

	gen_built_config_sym(gen, 0)->st_shndx = GEN_TEXT;
	refuse(gen, ENOEXEC, "the config at .rex.config+0x0 has no symbol");

	gen = gen_with_config(REX_CONFIG_UNSIGNED, 8);
	gen_built_config_sym(gen, 0)->st_value = 256;
	refuse(gen, ENOEXEC,
	       ".rex.config+0x100 is not at the start of a config");

	gen = gen_with_config(REX_CONFIG_UNSIGNED, 8);
	gen_built_config_sym(gen, 0)->st_name = 0x10000000;
	refuse(gen, ENOEXEC, "name of the config at .rex.config+0x0");

	gen = gen_with_config(REX_CONFIG_UNSIGNED, 8);
	gen_config(gen, "MORE", REX_CONFIG_BYTES, 9);
	gen_build(gen);
	gen_built_config_sym(gen, 1)->st_value = 0;
	refuse(gen, ENOEXEC, "config LIMIT has a second name, MORE");

	gen = gen_with_config(REX_CONFIG_BYTES, 0);
	refuse(gen, ENOEXEC, "config LIMIT of kind 0 has a value of 0 bytes");
	gen = gen_with_config(REX_CONFIG_BYTES, REX_CONFIG_LEN + 1);
	refuse(gen, ENOEXEC, "has a value of 241 bytes");
	gen = gen_with_config(REX_CONFIG_SIGNED, 17);
	refuse(gen, ENOEXEC, "of kind 2 has a value of 17 bytes");
	gen = gen_with_config(REX_CONFIG_BOOL, 2);
	refuse(gen, ENOEXEC, "of kind 3 has a value of 2 bytes");

	gen = gen_with_config(REX_CONFIG_BYTES, 8);
	gen->configs[0].size = 8;
	gen_build(gen);
	refuse(gen, ENOEXEC, "config LIMIT has size 8, not 256");

	gen = gen_hello();
	while (gen->nr_configs <= REX_MAX_CONFIGS)
		gen_config(gen, "x", REX_CONFIG_BOOL, 1);
	gen_build(gen);
	refuse(gen, ENOEXEC,
	       "257 elements in section .rex.config, at most 256");
}

static void broken_locks_of_maps_are_named(void)
{
	static const __u32 offsets[] = { 2, 6, 8, 24, UINT32_MAX - 3 };
	struct gen *gen;
	size_t i;

	for (i = 0; i < TEST_SIZE(offsets); i++) {
		gen = gen_hello();
		gen_built_map(gen, 0)->flags = REX_MAP_HAS_SPIN_LOCK;
		gen_built_map(gen, 0)->lock_offset = offsets[i];
		refuse(gen, ENOEXEC, "map counts has no room for a spin lock");
	}

	gen = gen_hello();
	gen_built_map(gen, 0)->flags = 0x40;
	refuse(gen, ENOEXEC, "map counts has flags 0x40");
}

static void too_many_programs_or_maps_are_refused(void)
{
	struct gen *gen = gen_new();
	char name[16];
	int i;

	for (i = 0; i <= REX_MAX_PROGS; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		gen_prog(gen, name, "xdp", BPF_PROG_TYPE_XDP);
	}
	gen_build(gen);
	refuse(gen, ENOEXEC, "257 elements in section .rex.progs, at most 256");

	gen = gen_hello();
	for (i = 0; gen->nr_maps <= REX_MAX_MAPS; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		gen_map(gen, name, BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0);
	}
	gen_build(gen);
	refuse(gen, ENOEXEC, "257 elements in section .rex.maps, at most 256");
}

static void refuse_path(const char *path, int err, const char *text)
{
	struct rex_obj *obj = rex_obj_open(path, NULL);

	CHECK(!obj);
	CHECK_EQ(errno, err);
	CHECK_HAS(rex_last_error(), text);
	rex_obj_close(obj);
}

static void files_that_cannot_be_read_are_refused(void)
{
	struct gen *gen = gen_hello();
	char path[64], fifo[80];
	int fds = test_count_fds();

	refuse_path("/nonexistent/x.rex.o", ENOENT,
		    "cannot open /nonexistent/x.rex.o: No such file");
	refuse_path("/", ENOEXEC, "/ is not a regular file");
	refuse_path("/dev/null", ENOEXEC, "/dev/null is not a regular file");

	gen_built_prog(gen, 0)->size = 12;
	gen_write(gen, path);
	refuse_path(path, ENOEXEC, path);
	refuse_path(path, ENOEXEC, "program 0 in .rex.progs has size 12");

	CHECK(!truncate(path, REX_MAX_ELF_SIZE + 1ul));
	refuse_path(path, EFBIG, "is larger than 16777216 bytes");
	CHECK(!truncate(path, 0));
	refuse_path(path, ENOEXEC, "only 0 bytes");

	snprintf(fifo, sizeof(fifo), "%s.fifo", path);
	CHECK(!mkfifo(fifo, 0600));
	refuse_path(fifo, ENOEXEC, "is not a regular file");
	unlink(fifo);
	unlink(path);
	gen_free(gen);
	CHECK_EQ(test_count_fds(), fds);
}

static void null_arguments_are_refused(void)
{
	CHECK(!rex_obj_open(NULL, NULL));
	CHECK_EQ(errno, EINVAL);
	CHECK(!rex_obj_open_mem(NULL, 10, NULL));
	CHECK_EQ(errno, EINVAL);
	CHECK(!rex_obj_get_bpf(NULL));
	CHECK_EQ(rex_obj_load_opened(NULL), -EINVAL);
	CHECK_EQ(rex_obj_image_fd(NULL), -EINVAL);
	CHECK_EQ(rex_obj_replace(NULL, "x", 0), -EINVAL);
	CHECK_EQ(rex_obj_set_timeout(NULL, "x", 0), -EINVAL);
	CHECK_EQ(rex_version(NULL), -EINVAL);
	CHECK_EQ(rex_prog_info(0, NULL), -EINVAL);
	rex_obj_close(NULL);
}

static const struct test_case cases[] = {
	TEST_CASE(files_of_other_formats_are_refused),
	TEST_CASE(other_kinds_of_elf_are_refused),
	TEST_CASE(missing_sections_are_named),
	TEST_CASE(doubled_sections_are_named),
	TEST_CASE(sections_beyond_the_file_are_named),
	TEST_CASE(odd_section_sizes_are_named),
	TEST_CASE(other_abi_is_refused_with_both_versions),
	TEST_CASE(broken_notes_are_refused),
	TEST_CASE(broken_program_declarations_are_named),
	TEST_CASE(unknown_section_names_are_named),
	TEST_CASE(program_type_must_be_the_sections),
	TEST_CASE(broken_map_declarations_are_named),
	TEST_CASE(broken_config_declarations_are_named),
	TEST_CASE(broken_locks_of_maps_are_named),
	TEST_CASE(too_many_programs_or_maps_are_refused),
	TEST_CASE(files_that_cannot_be_read_are_refused),
	TEST_CASE(null_arguments_are_refused),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
