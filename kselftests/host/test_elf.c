// SPDX-License-Identifier: GPL-2.0
/* The parser takes a valid object as it is. */
#include "config.h"
#include "load.h"
#include "test.h"

#define FUNC SYM_INFO(STB_GLOBAL, STT_FUNC)

static struct rex_log log;
static char log_text[16384];

/* Write and free the model, and load it; abort if that fails. */
static void must_load(struct loaded *l, struct obj *o)
{
	struct bytes file = obj_write(o);

	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_DEBUG);
	if (load(l, &file, &log)) {
		printf("# %s\n", log_text);
		abort();
	}
	free(file.data);
	obj_free(o);
}

static void programs_are_found(void)
{
	struct obj *o = obj_new();
	struct loaded l;

	obj_add_prog(o, "second",
		     obj_add_func(o, "second_entry", "\xc3", 1, 24));
	obj_prog(o, 1)->timeout_ms = 70;
	obj_prog(o, 1)->flags = REX_PROG_HAS_DEFAULT_RET;
	must_load(&l, o);
	check_int(l.elf.nr_progs, 2);
	check_str(l.elf.progs[0].def->name, "prog");
	check_str(l.elf.progs[0].func->name, "prog");
	check_int(l.elf.progs[0].func->offset, 0);
	check_str(l.elf.progs[1].def->name, "second");
	check_str(l.elf.progs[1].func->name, "second_entry");
	check_int(l.elf.progs[1].func->frame, 24);
	check_int(l.elf.progs[1].def->timeout_ms, 70);
	unload(&l);
}

static void functions_are_sorted(void)
{
	struct obj *o = obj_new();
	struct obj_sym tmp;
	struct loaded l;

	tmp = o->syms[1]; /* prog and helper, in the wrong order */
	o->syms[1] = o->syms[2];
	o->syms[2] = tmp;
	obj_add_func(o, "last", "\xc3", 1, 300);
	obj_rela(o, ".stack_sizes", 0)->rela.r_info = 2ull << 32 | R_X86_64_64;
	obj_rela(o, ".stack_sizes", 1)->rela.r_info = 1ull << 32 | R_X86_64_64;
	obj_rela(o, "__patchable_function_entries", 0)->rela.r_info =
		2ull << 32 | R_X86_64_64;
	obj_rela(o, "__patchable_function_entries", 1)->rela.r_info =
		1ull << 32 | R_X86_64_64;
	must_load(&l, o);
	check_int(l.elf.nr_funcs, 3);
	check_str(l.elf.funcs[0].name, "prog");
	check_int(l.elf.funcs[0].offset, 0);
	check_int(l.elf.funcs[0].size, 35);
	check_int(l.elf.funcs[0].pad_offset, 4);
	check_int(l.elf.funcs[0].frame, 8);
	check_str(l.elf.funcs[1].name, "_ZN4demo6helper17h0123456789abcdefE");
	check_int(l.elf.funcs[1].offset, 48);
	check_int(l.elf.funcs[1].pad_offset, 52);
	check_int(l.elf.funcs[1].frame, 0);
	check_int(l.elf.funcs[2].frame, 300);
	unload(&l);
}

static void find_func_finds_by_offset(void)
{
	struct loaded l;

	must_load(&l, obj_new());
	check(rex_elf_find_func(&l.elf, 0) == &l.elf.funcs[0]);
	check(rex_elf_find_func(&l.elf, 34) == &l.elf.funcs[0]);
	check(!rex_elf_find_func(&l.elf, 35));
	check(!rex_elf_find_func(&l.elf, 47));
	check(rex_elf_find_func(&l.elf, 48) == &l.elf.funcs[1]);
	check(rex_elf_find_func(&l.elf, l.elf.seg[REX_SEG_TEXT].size - 1) ==
	      &l.elf.funcs[1]);
	check(!rex_elf_find_func(&l.elf, l.elf.seg[REX_SEG_TEXT].size));
	check(!rex_elf_find_func(&l.elf, U32_MAX));
	unload(&l);
}

static void maps_are_found(void)
{
	struct obj *o = obj_new();
	const struct rex_elf_map *map;
	struct loaded l;

	obj_add_map(o, "first");
	obj_add_map(o, "second");
	obj_map(o, 1)->type = 2;
	obj_map(o, 1)->value_size = 100;
	/* a section symbol and a label do not name a map */
	obj_add_sym(o, "", SYM_INFO(STB_LOCAL, STT_SECTION),
		    obj_sec_index(o, REX_SEC_MAPS), 0, 0);
	obj_add_sym(o, "label", SYM_INFO(STB_LOCAL, STT_NOTYPE),
		    obj_sec_index(o, REX_SEC_MAPS), 48, 0);
	obj_sec(o, REX_SEC_MAPS)->align = 1;
	must_load(&l, o);
	check_int(l.elf.nr_maps, 2);
	map = &l.elf.maps[0];
	check_str(map->name, "first");
	check_int(map->def->type, 1);
	check_int(map->offset % 8, 0);
	check_str(map[1].name, "second");
	check_int(map[1].def->value_size, 100);
	check_int(map[1].offset, map->offset + sizeof(struct rex_map_def));
	/* writable in the file, read-only when loaded */
	check(!memcmp(l.t.seg[REX_SEG_RODATA].mem + map->offset, map->def,
		      sizeof(*map->def)));
	unload(&l);
}

static void configs_are_found_and_checked(void)
{
	struct rex_config_value values[2] = { { .name = "FLAG", .size = 1 },
					      { .name = "MAX", .size = 8 } };
	const struct rex_elf_config *config;
	struct obj *o = obj_new();
	struct rex_log reasons;
	struct loaded l;
	char text[128];

	obj_add_config(o, "MAX", REX_CONFIG_UNSIGNED, 8);
	obj_add_config(o, "FLAG", REX_CONFIG_BOOL, 1);
	obj_config(o, 0)->value[0] = 5;
	must_load(&l, o);
	check_int(l.elf.nr_configs, 2);
	config = rex_config_find(&l.elf, "FLAG");
	check(config == &l.elf.configs[1]);
	check_int(config->def->value_size, 1);
	check(!rex_config_find(&l.elf, "FLA"));
	check(!rex_config_find(&l.elf, "FLAGS"));
	config = rex_config_find(&l.elf, "MAX");
	/* read-only when loaded, and where it says */
	check_int(((u8 *)l.t.seg[REX_SEG_RODATA].mem)[rex_config_offset(config)],
		  5);
	check_int(rex_config_offset(config) % 8, 0);

	rex_log_init(&reasons, text, sizeof(text), REX_LOG_ERROR);
	check_int(rex_config_check(&l.elf, values, 2, &reasons), 0);
	check_int(rex_config_check(&l.elf, NULL, 0, &reasons), 0);
	values[1].size = 4;
	check_int(rex_config_check(&l.elf, values, 2, &reasons), -EMSGSIZE);
	check(strstr(text,
		     "config MAX has 8 bytes in the object, 4 are given"));
	values[1] = values[0];
	rex_log_init(&reasons, text, sizeof(text), REX_LOG_ERROR);
	check_int(rex_config_check(&l.elf, values, 2, &reasons), -EINVAL);
	check(strstr(text, "config FLAG is given twice"));
	memset(values[1].name, 'x', sizeof(values[1].name));
	rex_log_init(&reasons, text, sizeof(text), REX_LOG_ERROR);
	check_int(rex_config_check(&l.elf, values, 2, &reasons), -ENOENT);
	check(strstr(text, "the object has no config xxxx"));
	unload(&l);
}

static void sections_are_placed_by_flags(void)
{
	struct obj *o = obj_new();
	u32 aligned = obj_add_sec(o, ".rodata.aligned", SHT_PROGBITS, SHF_ALLOC,
				  "ALIGNED", 8);
	u32 bss = obj_add_sec(o, ".bss.aligned", SHT_NOBITS,
			      SHF_ALLOC | SHF_WRITE, NULL, 100);
	const struct rex_elf_sec *sec;
	struct loaded l;
	u32 i;

	o->secs[aligned].align = 64;
	o->secs[bss].align = 4096;
	must_load(&l, o);
	sec = l.elf.secs;
	check_int(sec[1].seg, REX_SEG_TEXT);
	check_int(sec[2].seg, REX_SEG_RODATA);
	check_int(sec[aligned].seg, REX_SEG_RODATA);
	check_int(sec[aligned].offset, 64);
	check_int(l.elf.seg[REX_SEG_RODATA].align, 64);
	check_int(sec[3].seg, REX_SEG_DATA);
	check_int(sec[4].seg, REX_SEG_DATA);
	check_int(sec[bss].offset, 4096);
	check_int(l.elf.seg[REX_SEG_DATA].size, 4096 + 100);
	check_int(l.elf.seg[REX_SEG_DATA].align, 4096);
	for (i = 5; i <= 8; i++) /* note, progs, stack sizes, pads */
		check_int(sec[i].seg, REX_SEG_NONE);
	check(!memcmp(l.t.seg[REX_SEG_RODATA].mem, "constant", 8));
	check(!memcmp(l.t.seg[REX_SEG_RODATA].mem + 64, "ALIGNED", 8));
	check(!memcmp(l.t.seg[REX_SEG_DATA].mem, "\1\2\3\4\5\6\7", 8));
	for (i = 8; i < 4196; i++)
		check_int(l.t.seg[REX_SEG_DATA].mem[i], 0);
	unload(&l);
}

/* Executable memory contains only functions and int3. */
static void padding_is_not_copied(void)
{
	struct obj *o = obj_new();
	struct bytes *text = &obj_sec(o, ".text")->data;
	const u8 *mem;
	struct loaded l;
	u32 i;

	memset(text->data + 35, 0x90, 48 - 35);
	bytes_append(text, "\x0f\x1f\x40\xc3", 4); /* nop with a ret in it */
	must_load(&l, o);
	mem = l.t.seg[REX_SEG_TEXT].mem;
	for (i = 35; i < 48; i++)
		check_int(mem[i], 0xcc);
	for (i = l.elf.funcs[1].offset + l.elf.funcs[1].size;
	     i < l.elf.seg[REX_SEG_TEXT].size; i++)
		check_int(mem[i], 0xcc);
	check_int(mem[0], 0xf3);
	unload(&l);
}

static void functions_in_several_sections(void)
{
	struct obj *o = obj_new();
	struct bytes *text = &obj_sec(o, ".text")->data;
	u32 pads = obj_sec_index(o, "__patchable_function_entries");
	u32 sizes = obj_sec_index(o, ".stack_sizes");
	u32 other = obj_add_sec(o, ".text.other", SHT_PROGBITS,
				SHF_ALLOC | SHF_EXECINSTR, text->data, 21);
	/* by way of a section symbol, as compilers do */
	u32 sym = obj_add_sym(o, "", SYM_INFO(STB_LOCAL, STT_SECTION), other, 0,
			      0);
	struct loaded l;

	obj_add_sym(o, "other", FUNC, other, 0, 21);
	o->secs[other].align = 32;
	obj_add_rela(o, pads, 16, R_X86_64_64, sym, 4);
	bytes_append(&o->secs[pads].data, NULL, 8);
	obj_add_rela(o, sizes, 18, R_X86_64_64, sym, 0);
	bytes_append(&o->secs[sizes].data, "\0\0\0\0\0\0\0\0\x10", 9);
	must_load(&l, o);
	check_int(l.elf.nr_funcs, 3);
	check_str(l.elf.funcs[2].name, "other");
	check_int(l.elf.funcs[2].offset, 96);
	check_int(l.elf.funcs[2].frame, 16);
	check(!memcmp(l.t.seg[REX_SEG_TEXT].mem + 96, l.t.seg[REX_SEG_TEXT].mem,
		      21));
	unload(&l);
}

static void note_is_readable(void)
{
	struct loaded l;

	must_load(&l, obj_new());
	check_int(l.elf.note->crate_version, 0x10203);
	check_str(l.elf.note->rustc, "rustc 1.96.0");
	check(strstr(log_text, "ABI 1, crate 1.2.3, compiler rustc 1.96.0\n"));
	unload(&l);
}

static void debug_log_names_sections_and_functions(void)
{
	struct loaded l;

	must_load(&l, obj_new());
	check(strstr(log_text, "section .text: 81 bytes at text+0x0\n"));
	check(strstr(log_text, "section .bss: 32 bytes at data+0x8\n"));
	check(strstr(log_text, "function prog: text+0x0, 35 bytes, frame 8\n"));
	check(strstr(log_text, "program prog: type 5, section "));
	check(strstr(log_text, "symbol __x86_return_thunk is the module's\n"));
	unload(&l);
}

/* Fails each allocation in turn; ASan finds leaks. */
static void every_allocation_fails(void)
{
	struct obj *o = obj_new();
	struct bytes file;
	struct loaded l;
	unsigned int nth;
	int err = -ENOMEM;

	obj_add_map(o, "pids");
	obj_add_rela(o, obj_sec_index(o, ".text"), 22, R_X86_64_GOTPCREL,
		     obj_add_sym(o, "memcpy", SYM_INFO(STB_GLOBAL, STT_NOTYPE),
				 SHN_UNDEF, 0, 0),
		     -4);
	obj_rela(o, ".text", 0)->rela.r_info = R_X86_64_NONE;
	file = obj_write(o);
	obj_free(o);
	for (nth = 1; err; nth++) {
		fail_alloc(nth);
		err = load(&l, &file, NULL);
		check_int(err, alloc_failed() ? -ENOMEM : 0);
		if (err && !alloc_failed())
			break;
	}
	fail_alloc(0);
	/* sections, overlaps, GOT, functions, programs, maps, symbols */
	check_int(nth - 2, 7);
	if (!err)
		unload(&l);
	free(file.data);
}

/* The parser takes the toolchain's objects, if they have been built. */
static void real_object_loads(void)
{
	const char *path = getenv("REX_HELLO");
	struct bytes file;
	struct loaded l;
	unsigned int nr = 0;
	u32 i;

	if (!path || !read_file(path, &file)) {
		skip("no object of the toolchain in $REX_HELLO");
		return;
	}
	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_DEBUG);
	check_int(load_unrelocated(&l, &file, &log), 0);
	if (!has_failed()) {
		check(l.elf.nr_progs >= 1);
		for (i = 0; i < l.elf.nr_funcs; i++)
			check(l.elf.funcs[i].pad_listed);
		/* the runtime's symbols are not known here */
		check_int(rex_elf_relocate(&l.elf, &l.t, resolve, &nr, &log),
			  -ENOEXEC);
		check(strstr(log_text, "undefined symbol "));
		check(nr >= 1);
		unload(&l);
	}
	if (has_failed())
		printf("# %s\n", log_text);
	free(file.data);
}

static const struct test tests[] = {
	{ "programs_are_found", programs_are_found },
	{ "functions_are_sorted", functions_are_sorted },
	{ "find_func_finds_by_offset", find_func_finds_by_offset },
	{ "maps_are_found", maps_are_found },
	{ "configs_are_found_and_checked", configs_are_found_and_checked },
	{ "sections_are_placed_by_flags", sections_are_placed_by_flags },
	{ "padding_is_not_copied", padding_is_not_copied },
	{ "functions_in_several_sections", functions_in_several_sections },
	{ "note_is_readable", note_is_readable },
	{ "debug_log_names_sections_and_functions",
	  debug_log_names_sections_and_functions },
	{ "every_allocation_fails", every_allocation_fails },
	{ "real_object_loads", real_object_loads },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
