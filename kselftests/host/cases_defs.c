// SPDX-License-Identifier: GPL-2.0
/* The corpus: broken notes, programs and maps (cases.h). */
#include <linux/bpf.h>

#include "cases.h"

/* ---- .note.rex ---- */

static Elf64_Nhdr *note_header(struct obj *o)
{
	return (Elf64_Nhdr *)obj_sec(o, REX_SEC_NOTE)->data.data;
}

static void note_missing(struct obj *o)
{
	obj_sec(o, REX_SEC_NOTE)->name = ".note.other";
}

static void note_empty(struct obj *o)
{
	obj_sec(o, REX_SEC_NOTE)->data.size = 0;
}

static void note_cut(struct obj *o)
{
	obj_sec(o, REX_SEC_NOTE)->data.size -= 4;
}

static void note_size_wraps(struct obj *o)
{
	note_header(o)->n_descsz = 0xfffffff0;
}

static void note_name(struct obj *o)
{
	memcpy(note_header(o) + 1, "Rax", 4);
}

static void note_name_size(struct obj *o)
{
	note_header(o)->n_namesz = 3;
}

static void note_type(struct obj *o)
{
	note_header(o)->n_type = 2;
}

static void note_twice(struct obj *o)
{
	struct bytes *b = &obj_sec(o, REX_SEC_NOTE)->data;
	struct bytes copy = {};

	bytes_append(&copy, b->data, b->size);
	bytes_append(b, copy.data, copy.size);
	free(copy.data);
}

static void note_abi_2(struct obj *o)
{
	obj_note(o)->abi = 2;
}

static void note_abi_0(struct obj *o)
{
	obj_note(o)->abi = 0;
}

/* The descriptor of another version may differ from this version's. */
static void note_abi_2_longer(struct obj *o)
{
	struct bytes *b = &obj_sec(o, REX_SEC_NOTE)->data;

	bytes_append(b, NULL, 16);
	note_header(o)->n_descsz += 16;
	obj_note(o)->abi = 2;
}

static void note_longer(struct obj *o)
{
	bytes_append(&obj_sec(o, REX_SEC_NOTE)->data, NULL, 16);
	note_header(o)->n_descsz += 16;
}

static void note_without_abi(struct obj *o)
{
	struct bytes *b = &obj_sec(o, REX_SEC_NOTE)->data;

	b->size = sizeof(Elf64_Nhdr) + 4 + 2;
	note_header(o)->n_descsz = 2;
}

static void note_compiler_not_terminated(struct obj *o)
{
	memset(obj_note(o)->rustc, 'r', sizeof(obj_note(o)->rustc));
}

static void note_compiler_not_text(struct obj *o)
{
	obj_note(o)->rustc[3] = '\n';
}

static void note_misaligned(struct bytes *f)
{
	Elf64_Shdr *sh = file_shdr(f, REX_SEC_NOTE);

	sh->sh_offset += 2;
	sh->sh_size -= 2;
}

static void note_relocated(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, REX_SEC_NOTE), 16, R_X86_64_32,
		     obj_sym_index(o, "counter"), 0);
}

/* ---- .rex.progs ---- */

static void progs_missing(struct obj *o)
{
	obj_sec(o, REX_SEC_PROGS)->name = ".other";
}

static void progs_empty(struct obj *o)
{
	obj_sec(o, REX_SEC_PROGS)->data.size = 0;
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_info = R_X86_64_NONE;
}

static void progs_out_of_step(struct obj *o)
{
	bytes_append(&obj_sec(o, REX_SEC_PROGS)->data, NULL, 8);
}

static void progs_misaligned(struct bytes *f)
{
	Elf64_Shdr *sh = file_shdr(f, REX_SEC_PROGS);

	/* the bytes after it are padding of the file, or the next section's */
	sh->sh_offset -= 4;
}

static void prog_def_size(struct obj *o)
{
	obj_prog(o, 0)->size = 16;
}

static void prog_name_empty(struct obj *o)
{
	obj_prog(o, 0)->name[0] = '\0';
}

static void prog_name_digit(struct obj *o)
{
	obj_prog(o, 0)->name[0] = '7';
}

static void prog_name_slash(struct obj *o)
{
	obj_prog(o, 0)->name[2] = '/';
}

/* The name has a letter in Latin-1. */
static void prog_name_not_ascii(struct obj *o)
{
	obj_prog(o, 0)->name[2] = '\xe9';
}

static void prog_name_not_terminated(struct obj *o)
{
	memset(obj_prog(o, 0)->name, 'p', REX_NAME_LEN);
}

static void prog_section_empty(struct obj *o)
{
	obj_prog(o, 0)->section[0] = '\0';
}

static void prog_section_not_terminated(struct obj *o)
{
	memset(obj_prog(o, 0)->section, 's', REX_SECTION_LEN);
}

static void prog_section_not_text(struct obj *o)
{
	obj_prog(o, 0)->section[3] = '\n';
}

static void prog_flags(struct obj *o)
{
	obj_prog(o, 0)->flags = 0x80;
}

/* The kernel would use a result of 1 as a pointer. */
static void prog_of_modify_return(struct obj *o)
{
	struct rex_prog_def *def = obj_prog(o, 0);

	def->type = BPF_PROG_TYPE_TRACING;
	def->attach_type = BPF_MODIFY_RETURN;
	strcpy(def->section, "fmod_ret/security_file_alloc");
}

static void prog_of_unknown_type(struct obj *o)
{
	obj_prog(o, 0)->type = 0xffffffff;
}

static void prog_of_another_attach_type(struct obj *o)
{
	obj_prog(o, 0)->attach_type = BPF_TRACE_FENTRY;
}

static void prog_of_another_section(struct obj *o)
{
	strcpy(obj_prog(o, 0)->section, "raw_tp/sys_enter");
}

/* The kernel has no kprobes that sleep. */
static void prog_section_of_sleepable(struct obj *o)
{
	struct rex_prog_def *def = obj_prog(o, 0);

	def->type = BPF_PROG_TYPE_KPROBE;
	def->attach_type = 0;
	strcpy(def->section, "kprobe.s/do_exit");
}

static void prog_section_goes_on(struct obj *o)
{
	struct rex_prog_def *def = obj_prog(o, 0);

	def->type = BPF_PROG_TYPE_XDP;
	def->attach_type = BPF_XDP_DEVMAP;
	strcpy(def->section, "xdp/devmapx");
}

static void prog_section_without_event(struct obj *o)
{
	strcpy(obj_prog(o, 0)->section, "tracepoint/");
}

static void prog_default_allows_a_pointer(struct obj *o)
{
	struct rex_prog_def *def = obj_prog(o, 0);

	def->type = BPF_PROG_TYPE_LSM;
	def->attach_type = BPF_LSM_MAC;
	strcpy(def->section, "lsm/file_alloc_security");
	def->flags = REX_PROG_HAS_DEFAULT_RET;
	def->default_ret = 1;
}

static void prog_default_is_no_action(struct obj *o)
{
	struct rex_prog_def *def = obj_prog(o, 0);

	def->type = BPF_PROG_TYPE_XDP;
	strcpy(def->section, "xdp");
	def->flags = REX_PROG_HAS_DEFAULT_RET;
	def->default_ret = -1;
}

static void prog_name_twice(struct obj *o)
{
	obj_add_prog(o, "prog", obj_sym_index(o, "prog"));
}

static void prog_without_entry(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_info = R_X86_64_NONE;
}

static void prog_entry_not_at_start(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_addend = 4;
}

static void prog_entry_before_text(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_addend = -1;
}

static void prog_entry_in_data(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_info =
		(u64)obj_sym_index(o, "counter") << 32 | R_X86_64_64;
}

static void prog_entry_undefined(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_info =
		(u64)obj_sym_index(o, "__x86_return_thunk") << 32 | R_X86_64_64;
}

static void prog_entry_32_bits(struct obj *o)
{
	obj_rela(o, REX_SEC_PROGS, 0)->rela.r_info =
		(u64)obj_sym_index(o, "prog") << 32 | R_X86_64_32;
}

static void prog_relocated(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, REX_SEC_PROGS), 32, R_X86_64_64,
		     obj_sym_index(o, "prog"), 0);
}

static void too_many_progs(struct obj *o)
{
	char name[16];
	u32 i;

	for (i = 0; i < REX_MAX_PROGS; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		obj_add_prog(o, name, obj_sym_index(o, "prog"));
	}
}

/* ---- .rex.maps ---- */

static void map_without_name(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_sym(o, "pids")->info = SYM_INFO(STB_GLOBAL, STT_NOTYPE);
}

static void map_section_out_of_step(struct obj *o)
{
	obj_add_map(o, "pids");
	bytes_append(&obj_sec(o, REX_SEC_MAPS)->data, NULL, 8);
}

static void map_symbol_short(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_sym(o, "pids")->size = 8;
}

static void map_symbol_between(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_map(o, "more");
	obj_sym(o, "pids")->value = 8;
}

static void map_def_size(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->size = 24;
}

static void map_two_names(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_sym(o, "pids2", SYM_INFO(STB_LOCAL, STT_OBJECT),
		    obj_sec_index(o, REX_SEC_MAPS), 0,
		    sizeof(struct rex_map_def));
}

static void map_name_twice(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_map(o, "pids");
}

static void map_name_mangled(struct obj *o)
{
	obj_add_map(o, "pids.llvm.1234");
}

static void map_name_too_long(struct obj *o)
{
	obj_add_map(
		o,
		"m123456789012345678901234567890123456789012345678901234567890123");
}

static struct rex_map_def *map_with_lock(struct obj *o, u32 offset)
{
	struct rex_map_def *def;

	obj_add_map(o, "pids");
	def = obj_map(o, 0);
	def->flags = REX_MAP_HAS_SPIN_LOCK;
	def->lock_offset = offset;
	return def;
}

static void map_flags_unknown(struct obj *o)
{
	map_with_lock(o, 0)->flags = 0x80;
}

static void map_lock_offset_without_lock(struct obj *o)
{
	map_with_lock(o, 4)->flags = 0;
}

static void map_lock_in_lru_hash(struct obj *o)
{
	map_with_lock(o, 0)->type = BPF_MAP_TYPE_LRU_HASH;
}

static void map_lock_not_preallocated(struct obj *o)
{
	map_with_lock(o, 0)->map_flags = BPF_F_NO_PREALLOC;
}

static void map_lock_beyond_value(struct obj *o)
{
	map_with_lock(o, 8);
}

static void map_lock_offset_wraps(struct obj *o)
{
	map_with_lock(o, -4u);
}

static void map_lock_misaligned(struct obj *o)
{
	map_with_lock(o, 2);
}

static void map_inner_of_hash(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->inner_type = BPF_MAP_TYPE_ARRAY;
}

static void map_of_maps_without_inner(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->type = BPF_MAP_TYPE_HASH_OF_MAPS;
}

static void map_inner_size_alone(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_map(o, 0)->inner_value_size = 8;
}

static void map_relocated(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_rela(o, obj_sec_index(o, REX_SEC_MAPS),
		     offsetof(struct rex_map_def, map), R_X86_64_64,
		     obj_sym_index(o, "counter"), 0);
}

static void too_many_maps(struct obj *o)
{
	static char names[REX_MAX_MAPS + 1][16];
	u32 i;

	for (i = 0; i < REX_MAX_MAPS + 1; i++) {
		snprintf(names[i], sizeof(names[i]), "m%u", i);
		obj_add_map(o, names[i]);
	}
}

static const struct obj_case def[] = {
	MODEL_CASE(note_missing, ENOEXEC, "no section .note.rex"),
	MODEL_CASE(note_empty, ENOEXEC, "section .note.rex is not one note"),
	MODEL_CASE(note_cut, ENOEXEC, "section .note.rex is not one note"),
	MODEL_CASE(note_size_wraps, ENOEXEC,
		   "section .note.rex is not one note"),
	MODEL_CASE(note_twice, ENOEXEC, "section .note.rex is not one note"),
	MODEL_CASE(note_name, ENOEXEC,
		   "the note in .note.rex is not named Rex, type 1"),
	MODEL_CASE(note_name_size, ENOEXEC,
		   "the note in .note.rex is not named Rex, type 1"),
	MODEL_CASE(note_type, ENOEXEC,
		   "the note in .note.rex is not named Rex, type 1"),
	MODEL_CASE(note_abi_2, EPROTO, "ABI 2, this module speaks 1"),
	MODEL_CASE(note_abi_0, EPROTO, "ABI 0, this module speaks 1"),
	MODEL_CASE(note_abi_2_longer, EPROTO, "ABI 2, this module speaks 1"),
	MODEL_CASE(note_longer, ENOEXEC,
		   "the note in .note.rex has 88 bytes, ABI 1 has 72"),
	MODEL_CASE(note_without_abi, ENOEXEC,
		   "the note in .note.rex is too short"),
	MODEL_CASE(note_compiler_not_terminated, ENOEXEC,
		   "the compiler's version in .note.rex is not text"),
	MODEL_CASE(note_compiler_not_text, ENOEXEC,
		   "the compiler's version in .note.rex is not text"),
	FILE_CASE(note_misaligned, ENOEXEC,
		  "section .note.rex is not aligned in the file"),
	MODEL_CASE(note_relocated, ENOEXEC,
		   "section .note.rex must not have relocations"),

	MODEL_CASE(progs_missing, ENOEXEC, "no program"),
	MODEL_CASE(progs_empty, ENOEXEC, "no program"),
	MODEL_CASE(
		progs_out_of_step, ENOEXEC,
		"the size of section .rex.progs, 232, is not a multiple of 224"),
	FILE_CASE(progs_misaligned, ENOEXEC,
		  "section .rex.progs is not aligned in the file"),
	MODEL_CASE(prog_def_size, ENOEXEC,
		   "program 0 has a definition of 16 bytes, must be 224"),
	MODEL_CASE(prog_name_empty, ENOEXEC,
		   "the name of program 0 is not a C identifier"),
	MODEL_CASE(prog_name_digit, ENOEXEC,
		   "the name of program 0 is not a C identifier"),
	MODEL_CASE(prog_name_slash, ENOEXEC,
		   "the name of program 0 is not a C identifier"),
	MODEL_CASE(prog_name_not_ascii, ENOEXEC,
		   "the name of program 0 is not a C identifier"),
	MODEL_CASE(prog_name_not_terminated, ENOEXEC,
		   "the name of program 0 is not a C identifier"),
	MODEL_CASE(prog_section_empty, ENOEXEC,
		   "program prog has no valid section name"),
	MODEL_CASE(prog_section_not_terminated, ENOEXEC,
		   "program prog has no valid section name"),
	MODEL_CASE(prog_section_not_text, ENOEXEC,
		   "program prog has no valid section name"),
	MODEL_CASE(prog_flags, ENOEXEC,
		   "program prog has flags 0x80, which are not supported"),
	MODEL_CASE(
		prog_of_modify_return, ENOEXEC,
		"program prog: no attribute of the crate makes type 26, attach type 26, section \"fmod_ret/security_file_alloc\""),
	MODEL_CASE(
		prog_of_unknown_type, ENOEXEC,
		"program prog: no attribute of the crate makes type 4294967295, attach type 0"),
	MODEL_CASE(
		prog_of_another_attach_type, ENOEXEC,
		"program prog: no attribute of the crate makes type 5, attach type 24"),
	MODEL_CASE(
		prog_of_another_section, ENOEXEC,
		"program prog: no attribute of the crate makes type 5, attach type 0, section \"raw_tp/sys_enter\""),
	MODEL_CASE(
		prog_section_of_sleepable, ENOEXEC,
		"program prog: no attribute of the crate makes type 2, attach type 0, section \"kprobe.s/do_exit\""),
	MODEL_CASE(
		prog_section_goes_on, ENOEXEC,
		"program prog: no attribute of the crate makes type 6, attach type 33, section \"xdp/devmapx\""),
	MODEL_CASE(
		prog_section_without_event, ENOEXEC,
		"program prog: no attribute of the crate makes type 5, attach type 0, section \"tracepoint/\""),
	MODEL_CASE(
		prog_default_allows_a_pointer, ENOEXEC,
		"program prog has default_ret 1; one of type BPF_PROG_TYPE_LSM is from -4095 to 0"),
	MODEL_CASE(
		prog_default_is_no_action, ENOEXEC,
		"program prog has default_ret -1; one of type BPF_PROG_TYPE_XDP is from 0 to 3"),
	MODEL_CASE(prog_name_twice, ENOEXEC, "more than one program prog"),
	MODEL_CASE(prog_without_entry, ENOEXEC, "no address at .rex.progs+0x8"),
	MODEL_CASE(prog_entry_not_at_start, ENOEXEC,
		   "the entry of program prog is not that of a function"),
	MODEL_CASE(prog_entry_before_text, ENOEXEC,
		   "the address at .rex.progs+0x8 is not that of a function"),
	MODEL_CASE(prog_entry_in_data, ENOEXEC,
		   "the address at .rex.progs+0x8 is not that of a function"),
	MODEL_CASE(prog_entry_undefined, ENOEXEC,
		   "the address at .rex.progs+0x8 is not that of a function"),
	MODEL_CASE(prog_entry_32_bits, ENOEXEC, "no address at .rex.progs+0x8"),
	MODEL_CASE(prog_relocated, ENOEXEC,
		   "unexpected relocation at .rex.progs+0x20"),
	MODEL_CASE(too_many_progs, ENOEXEC, "257 programs, the limit is 256"),

	MODEL_CASE(map_without_name, ENOEXEC,
		   "the map at .rex.maps+0x0 has no name"),
	MODEL_CASE(map_section_out_of_step, ENOEXEC,
		   "the size of section .rex.maps, 88, is not a multiple of 80"),
	MODEL_CASE(map_symbol_short, ENOEXEC,
		   "map pids is not a struct rex_map_def of 80 bytes"),
	MODEL_CASE(map_symbol_between, ENOEXEC,
		   "map pids is not a struct rex_map_def of 80 bytes"),
	MODEL_CASE(map_def_size, ENOEXEC,
		   "map pids has a definition of 24 bytes, must be 80"),
	MODEL_CASE(map_two_names, ENOEXEC, "map pids has a second name, pids2"),
	MODEL_CASE(map_name_twice, ENOEXEC, "more than one map pids"),
	MODEL_CASE(map_flags_unknown, ENOEXEC,
		   "map pids has flags 0x80, which are not supported"),
	MODEL_CASE(map_lock_offset_without_lock, ENOEXEC,
		   "map pids has a lock offset and no lock"),
	MODEL_CASE(map_lock_in_lru_hash, ENOEXEC,
		   "map pids has a spin lock, and is no array or hash"),
	MODEL_CASE(
		map_lock_not_preallocated, ENOEXEC,
		"map pids has a spin lock, and elements that are not preallocated"),
	MODEL_CASE(map_lock_beyond_value, ENOEXEC,
		   "map pids has no room for a spin lock at 8"),
	MODEL_CASE(map_lock_offset_wraps, ENOEXEC,
		   "map pids has no room for a spin lock at 4294967292"),
	MODEL_CASE(map_lock_misaligned, ENOEXEC,
		   "map pids has no room for a spin lock at 2"),
	MODEL_CASE(map_inner_of_hash, ENOEXEC,
		   "map pids is of type 1, with inner type 2"),
	MODEL_CASE(map_of_maps_without_inner, ENOEXEC,
		   "map pids is of type 13, with inner type 0"),
	MODEL_CASE(map_inner_size_alone, ENOEXEC,
		   "map pids has sizes of inner maps and none"),
	MODEL_CASE(
		map_name_mangled, ENOEXEC,
		"map name \"pids.llvm.1234\" is not a C identifier below 64 bytes"),
	MODEL_CASE(map_name_too_long, ENOEXEC,
		   "is not a C identifier below 64 bytes"),
	MODEL_CASE(map_relocated, ENOEXEC,
		   "section .rex.maps must not have relocations"),
	MODEL_CASE(too_many_maps, ENOEXEC, "257 maps, the limit is 256"),
};

const struct obj_cases def_cases = { def, ARRAY_SIZE(def) };
