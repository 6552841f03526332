// SPDX-License-Identifier: GPL-2.0
/* The corpus: broken symbols and functions (cases.h). */
#include "cases.h"

/* ---- symbols ---- */

static void symbol_common(struct obj *o)
{
	obj_add_sym(o, "shared", SYM_INFO(STB_GLOBAL, STT_OBJECT), SHN_COMMON,
		    8, 8);
}

static void symbol_type_common(struct obj *o)
{
	obj_add_sym(o, "shared", SYM_INFO(STB_GLOBAL, STT_COMMON),
		    obj_sec_index(o, ".bss"), 0, 8);
}

static void symbol_thread_local(struct obj *o)
{
	obj_add_sym(o, "mine", SYM_INFO(STB_GLOBAL, STT_TLS), SHN_UNDEF, 0, 0);
}

static void symbol_ifunc(struct obj *o)
{
	obj_sym(o, "prog")->info = SYM_INFO(STB_GLOBAL, STT_GNU_IFUNC);
}

static void symbol_type_unknown(struct obj *o)
{
	obj_sym(o, "counter")->info = SYM_INFO(STB_GLOBAL, 13);
}

static void symbol_xindex(struct obj *o)
{
	obj_sym(o, "counter")->shndx = SHN_XINDEX;
}

static void symbol_section_out_of_range(struct obj *o)
{
	obj_sym(o, "counter")->shndx = 1000;
}

static void symbol_section_reserved(struct obj *o)
{
	obj_sym(o, "counter")->shndx = 0xff01;
}

static void symbol_beyond_section(struct obj *o)
{
	obj_sym(o, "counter")->value = 9;
}

static void symbol_ends_beyond_section(struct obj *o)
{
	obj_sym(o, "counter")->size = 9;
}

static void symbol_size_wraps(struct obj *o)
{
	obj_sym(o, "counter")->value = 4;
	obj_sym(o, "counter")->size = -4ull;
}

static void symbol_name_too_long(struct obj *o)
{
	static char name[REX_ELF_MAX_NAME + 1];

	memset(name, 'n', sizeof(name) - 1);
	obj_add_sym(o, name, SYM_INFO(STB_LOCAL, STT_NOTYPE), SHN_ABS, 0, 0);
}

static void symbol_name_not_printable(struct obj *o)
{
	obj_add_sym(o, "a\x1b[31m\n<4>\xff", SYM_INFO(STB_LOCAL, STT_TLS),
		    SHN_ABS, 0, 0);
}

static void function_in_data(struct obj *o)
{
	obj_sym(o, "counter")->info = SYM_INFO(STB_GLOBAL, STT_FUNC);
}

static void symbol_name_out_of_range(struct bytes *f)
{
	Elf64_Sym *syms =
		(Elf64_Sym *)(f->data + file_shdr(f, ".symtab")->sh_offset);

	syms[2].st_name = file_shdr(f, ".strtab")->sh_size;
}

static void too_many_symbols(struct bytes *f)
{
	size_t size = (REX_ELF_MAX_SYMBOLS + 1) * sizeof(Elf64_Sym);
	u64 at = f->size;

	bytes_append(f, NULL, size);
	file_shdr(f, ".symtab")->sh_offset = at;
	file_shdr(f, ".symtab")->sh_size = size;
}

static const struct obj_case symbol[] = {
	MODEL_CASE(symbol_common, ENOEXEC,
		   "common symbol shared is not supported"),
	MODEL_CASE(symbol_type_common, ENOEXEC,
		   "common symbol shared is not supported"),
	MODEL_CASE(symbol_thread_local, ENOEXEC,
		   "thread-local symbol mine is not supported"),
	MODEL_CASE(symbol_ifunc, ENOEXEC,
		   "indirect function prog is not supported"),
	MODEL_CASE(symbol_type_unknown, ENOEXEC,
		   "symbol counter has type 13, which is not supported"),
	MODEL_CASE(symbol_xindex, ENOEXEC,
		   "symbol counter has an extended section index"),
	MODEL_CASE(symbol_section_out_of_range, ENOEXEC,
		   "symbol counter is in section 1000, which is out of range"),
	MODEL_CASE(symbol_section_reserved, ENOEXEC,
		   "symbol counter is in section 65281, which is out of range"),
	MODEL_CASE(symbol_beyond_section, ENOEXEC,
		   "symbol counter reaches beyond the end of section .data"),
	MODEL_CASE(symbol_ends_beyond_section, ENOEXEC,
		   "symbol counter reaches beyond the end of section .data"),
	MODEL_CASE(symbol_size_wraps, ENOEXEC,
		   "symbol counter reaches beyond the end of section .data"),
	MODEL_CASE(symbol_name_too_long, ENOEXEC,
		   "the name of symbol 5 is too long"),
	MODEL_CASE(symbol_name_not_printable, ENOEXEC,
		   "thread-local symbol a?[31m?<4>? is not supported"),
	MODEL_CASE(function_in_data, ENOEXEC,
		   "function counter is in section .data, which is not executable"),
	FILE_CASE(symbol_name_out_of_range, ENOEXEC,
		  "the name of symbol 2 is out of range"),
	HOST_FILE_CASE(too_many_symbols, ENOEXEC,
		       "131073 symbols, must be 1 to 131072"),
};

const struct obj_cases symbol_cases = { symbol, ARRAY_SIZE(symbol) };

/* ---- functions and pads ---- */

#define HELPER "_ZN4demo6helper17h0123456789abcdefE"

static u8 *code(struct obj *o, const char *func)
{
	return obj_sec(o, ".text")->data.data + obj_sym(o, func)->value;
}

static void no_function(struct obj *o)
{
	obj_sym(o, "prog")->info = SYM_INFO(STB_GLOBAL, STT_NOTYPE);
	obj_sym(o, HELPER)->info = SYM_INFO(STB_GLOBAL, STT_NOTYPE);
}

static void function_without_size(struct obj *o)
{
	obj_sym(o, "prog")->size = 0;
}

static void function_without_pad(struct obj *o)
{
	memset(code(o, "prog") + 4, 0x53, REX_PAD_SIZE); /* push %rbx */
}

static void function_with_short_pad(struct obj *o)
{
	memset(code(o, "prog") + 4, 0x90, REX_PAD_SIZE - 1);
	code(o, "prog")[4 + REX_PAD_SIZE - 1] = 0x53;
}

static void function_with_pad_across_its_end(struct obj *o)
{
	obj_sym(o, "prog")->size = 4 + REX_PAD_SIZE - 1;
}

/* The last no-op begins in the pad and ends in the code. */
static void pad_ends_in_instruction(struct obj *o)
{
	memset(code(o, "prog") + 4, 0x90, REX_PAD_SIZE - 1);
	memcpy(code(o, "prog") + 4 + REX_PAD_SIZE - 1, "\x66\x90", 2);
}

/* 0f 1f with a register, and 0f 1f /1, are no-ops that compilers do not emit.
 */
static void pad_of_other_instructions(struct obj *o)
{
	memset(code(o, "prog") + 4, 0x90, REX_PAD_SIZE);
	memcpy(code(o, "prog") + 4, "\x0f\x1f\xc0", 3);
}

static void pad_not_listed(struct obj *o)
{
	struct obj_rela *rela = obj_rela(o, "__patchable_function_entries", 1);

	*rela = *obj_rela(o, "__patchable_function_entries", 0);
	rela->rela.r_offset = 8;
}

static void no_pad_table(struct obj *o)
{
	obj_sec(o, "__patchable_function_entries")->name = ".other";
}

static void pad_table_out_of_step(struct obj *o)
{
	bytes_append(&obj_sec(o, "__patchable_function_entries")->data, "", 1);
}

static void pad_entry_without_address(struct obj *o)
{
	bytes_append(&obj_sec(o, "__patchable_function_entries")->data, NULL,
		     8);
}

static void pad_entry_elsewhere(struct obj *o)
{
	obj_rela(o, "__patchable_function_entries", 1)->rela.r_addend = 5;
}

static void pad_entry_in_data(struct obj *o)
{
	obj_rela(o, "__patchable_function_entries", 1)->rela.r_info =
		(u64)obj_sym_index(o, "counter") << 32 | R_X86_64_64;
}

static void pad_entry_beyond_text(struct obj *o)
{
	obj_rela(o, "__patchable_function_entries", 1)->rela.r_addend =
		INT64_MAX;
}

static void functions_overlap(struct obj *o)
{
	obj_add_sym(o, "shifted", SYM_INFO(STB_LOCAL, STT_FUNC),
		    obj_sec_index(o, ".text"), obj_sym(o, "prog")->value + 4,
		    obj_sym(o, "prog")->size - 4);
}

static void functions_same_start(struct obj *o)
{
	obj_add_sym(o, "shorter", SYM_INFO(STB_LOCAL, STT_FUNC),
		    obj_sec_index(o, ".text"), obj_sym(o, "prog")->value,
		    obj_sym(o, "prog")->size - 1);
}

static void code_after_functions(struct obj *o)
{
	bytes_append(&obj_sec(o, ".text")->data, "\x90\xcc\xc3", 3);
}

static void code_between_functions(struct obj *o)
{
	obj_sec(o, ".text")->data.data[obj_sym(o, HELPER)->value - 1] = 0xc3;
}

static void code_without_function(struct obj *o)
{
	obj_add_sec(o, ".text.asm", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
		    "\x31\xc0\xc3", 3);
}

static void padding_of_zeros(struct obj *o)
{
	bytes_append(&obj_sec(o, ".text")->data, NULL, 4);
}

static void padding_ends_in_instruction(struct obj *o)
{
	bytes_append(&obj_sec(o, ".text")->data, "\x66\x66\x0f\x1f\x84", 5);
}

/* ---- .stack_sizes ---- */

static void frame_too_large(struct obj *o)
{
	obj_add_func(o, "foo", "\xc3", 1, 8200);
}

static void frame_one_too_large(struct obj *o)
{
	obj_add_func(o, "foo", "\xc3", 1, 4097);
}

static void frame_huge(struct obj *o)
{
	obj_add_func(o, "foo", "\xc3", 1, ~0ull);
}

static void frame_missing(struct obj *o)
{
	struct bytes *sizes = &obj_sec(o, ".stack_sizes")->data;

	sizes->size -= 9;
	obj_rela(o, ".stack_sizes", 1)->rela.r_info = R_X86_64_NONE;
}

static void no_frame_table(struct obj *o)
{
	obj_sec(o, ".stack_sizes")->name = ".other";
}

static void frame_table_ends_in_address(struct obj *o)
{
	bytes_append(&obj_sec(o, ".stack_sizes")->data, NULL, 5);
}

static void frame_table_ends_in_number(struct obj *o)
{
	struct bytes *sizes = &obj_sec(o, ".stack_sizes")->data;

	sizes->data[sizes->size - 1] |= 0x80;
}

static void frame_number_endless(struct obj *o)
{
	struct bytes *sizes = &obj_sec(o, ".stack_sizes")->data;
	u8 bytes[40];

	memset(bytes, 0x80, sizeof(bytes));
	sizes->data[sizes->size - 1] |= 0x80;
	bytes_append(sizes, bytes, sizeof(bytes));
	bytes_append(sizes, "", 1);
}

static void frame_without_address(struct obj *o)
{
	bytes_append(&obj_sec(o, ".stack_sizes")->data, NULL, 9);
}

static void frame_of_no_function(struct obj *o)
{
	obj_rela(o, ".stack_sizes", 1)->rela.r_addend = 1;
}

static const struct obj_case func[] = {
	MODEL_CASE(no_function, ENOEXEC, "no function"),
	MODEL_CASE(function_without_size, ENOEXEC, "function prog has no size"),
	MODEL_CASE(function_without_pad, ENOEXEC,
		   "function prog has no entry pad"),
	MODEL_CASE(function_with_short_pad, ENOEXEC,
		   "function prog has no entry pad"),
	MODEL_CASE(function_with_pad_across_its_end, ENOEXEC,
		   "function prog has no entry pad"),
	MODEL_CASE(pad_ends_in_instruction, ENOEXEC,
		   "function prog has no entry pad"),
	MODEL_CASE(pad_of_other_instructions, ENOEXEC,
		   "function prog has no entry pad"),
	MODEL_CASE(pad_not_listed, ENOEXEC,
		   "function " HELPER
		   " has no entry pad in __patchable_function_entries"),
	MODEL_CASE(no_pad_table, ENOEXEC,
		   "function prog has no entry pad in __patchable_function_entries"),
	MODEL_CASE(pad_table_out_of_step, ENOEXEC,
		   "the size of section __patchable_function_entries, 17, is not a multiple of 8"),
	MODEL_CASE(pad_entry_without_address, ENOEXEC,
		   "no address at __patchable_function_entries+0x10"),
	MODEL_CASE(pad_entry_elsewhere, ENOEXEC,
		   "the address at __patchable_function_entries+0x8 is not that of an entry pad"),
	MODEL_CASE(pad_entry_in_data, ENOEXEC,
		   "the address at __patchable_function_entries+0x8 is not that of a function"),
	MODEL_CASE(pad_entry_beyond_text, ENOEXEC,
		   "the address at __patchable_function_entries+0x8 is not that of a function"),
	MODEL_CASE(functions_overlap, ENOEXEC,
		   "functions prog and shifted overlap"),
	MODEL_CASE(functions_same_start, ENOEXEC,
		   "functions shorter and prog overlap"),
	MODEL_CASE(code_after_functions, ENOEXEC, "belongs to no function"),
	MODEL_CASE(code_between_functions, ENOEXEC,
		   "the code at .text+0x23 to +0x30 belongs to no function"),
	MODEL_CASE(code_without_function, ENOEXEC,
		   "the code at .text.asm+0x0 to +0x3 belongs to no function"),
	MODEL_CASE(padding_of_zeros, ENOEXEC, "belongs to no function"),
	MODEL_CASE(padding_ends_in_instruction, ENOEXEC,
		   "belongs to no function"),
	MODEL_CASE(frame_too_large, ENOEXEC,
		   "function foo needs 8200 bytes of stack, the limit is 4096"),
	MODEL_CASE(frame_one_too_large, ENOEXEC,
		   "function foo needs 4097 bytes of stack, the limit is 4096"),
	MODEL_CASE(frame_huge, ENOEXEC,
		   "function foo needs 18446744073709551615 bytes of stack"),
	MODEL_CASE(frame_missing, ENOEXEC,
		   "function " HELPER " has no frame size in .stack_sizes"),
	MODEL_CASE(no_frame_table, ENOEXEC,
		   "function prog has no frame size in .stack_sizes"),
	MODEL_CASE(frame_table_ends_in_address, ENOEXEC,
		   "section .stack_sizes ends in an entry"),
	MODEL_CASE(frame_table_ends_in_number, ENOEXEC,
		   "section .stack_sizes ends in an entry"),
	MODEL_CASE(frame_number_endless, ENOEXEC,
		   "section .stack_sizes ends in an entry"),
	MODEL_CASE(frame_without_address, ENOEXEC,
		   "no address at .stack_sizes+0x12"),
	MODEL_CASE(frame_of_no_function, ENOEXEC,
		   "the address at .stack_sizes+0x9 is not that of a function"),
};

const struct obj_cases func_cases = { func, ARRAY_SIZE(func) };
