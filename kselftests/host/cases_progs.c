// SPDX-License-Identifier: GPL-2.0
/* Broken definitions of programs (cases.h). */
#include <linux/bpf.h>

#include "cases.h"

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

static const struct obj_case cases[] = {
	MODEL_CASE(progs_missing, ENOEXEC, "no program"),
	MODEL_CASE(progs_empty, ENOEXEC, "no program"),
	MODEL_CASE(progs_out_of_step, ENOEXEC,
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
	MODEL_CASE(prog_of_modify_return, ENOEXEC,
		   "program prog: no attribute of the crate makes type 26, attach type 26, section \"fmod_ret/security_file_alloc\""),
	MODEL_CASE(prog_of_unknown_type, ENOEXEC,
		   "program prog: no attribute of the crate makes type 4294967295, attach type 0"),
	MODEL_CASE(prog_of_another_attach_type, ENOEXEC,
		   "program prog: no attribute of the crate makes type 5, attach type 24"),
	MODEL_CASE(prog_of_another_section, ENOEXEC,
		   "program prog: no attribute of the crate makes type 5, attach type 0, section \"raw_tp/sys_enter\""),
	MODEL_CASE(prog_section_of_sleepable, ENOEXEC,
		   "program prog: no attribute of the crate makes type 2, attach type 0, section \"kprobe.s/do_exit\""),
	MODEL_CASE(prog_section_goes_on, ENOEXEC,
		   "program prog: no attribute of the crate makes type 6, attach type 33, section \"xdp/devmapx\""),
	MODEL_CASE(prog_section_without_event, ENOEXEC,
		   "program prog: no attribute of the crate makes type 5, attach type 0, section \"tracepoint/\""),
	MODEL_CASE(prog_default_allows_a_pointer, ENOEXEC,
		   "program prog has default_ret 1; one of type BPF_PROG_TYPE_LSM is from -4095 to 0"),
	MODEL_CASE(prog_default_is_no_action, ENOEXEC,
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
};

const struct obj_cases prog_cases = { cases, ARRAY_SIZE(cases) };
