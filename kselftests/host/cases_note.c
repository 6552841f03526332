// SPDX-License-Identifier: GPL-2.0
/* Broken notes (cases.h). */
#include "cases.h"

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

static void note_with_half_features(struct obj *o)
{
	bytes_append(&obj_sec(o, REX_SEC_NOTE)->data, NULL, 2);
	note_header(o)->n_descsz += 2;
}

static void note_with_unknown_features(struct obj *o)
{
	obj_declare(o, REX_CPU_POPCNT | 1u << 5 | 1u << 31);
}

/* Each of them has a bit without a name. */
static void note_with_all_unknown_features(struct obj *o)
{
	obj_declare(o, U32_MAX);
}

static void note_with_no_features(struct obj *o)
{
	obj_declare(o, 0);
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

static const struct obj_case cases[] = {
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
		   "the note in .note.rex has 88 bytes, ABI 1 has 72 or 76"),
	MODEL_CASE(note_with_half_features, ENOEXEC,
		   "the note in .note.rex has 74 bytes, ABI 1 has 72 or 76"),
	MODEL_CASE(note_with_unknown_features, ENOEXEC,
		   "features of the CPU that this module does not know: bit 5, bit 31"),
	MODEL_CASE(note_with_all_unknown_features, ENOEXEC,
		   "bit 5, bit 6, bit 7,"),
	MODEL_CASE(note_with_no_features, 0, NULL),
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
};

const struct obj_cases note_cases = { cases, ARRAY_SIZE(cases) };
