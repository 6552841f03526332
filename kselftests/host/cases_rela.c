// SPDX-License-Identifier: GPL-2.0
/* The corpus: broken relocations; objects that must load (cases.h). */
#include "cases.h"

#define UNDEF SYM_INFO(STB_GLOBAL, STT_NOTYPE)

/* mov 0(%rip),%eax; ud2: relocations of 4 bytes go to the body + 2 */
static const u8 load[] = { 0x8b, 0x05, 0, 0, 0, 0, 0x0f, 0x0b };
/* movabs $0,%rax; ud2: those of 8 bytes to the body + 2 */
static const u8 movabs[] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0x0f, 0x0b };

/* Add function foo, with one relocation of its displacement. */
static void add_use(struct obj *o, u32 type, u32 sym, s64 addend)
{
	u32 foo = obj_add_func(o, "foo", load, sizeof(load), 0);

	obj_add_rela(o, obj_sec_index(o, ".text"),
		     o->syms[foo].value + OBJ_PROG_BODY + 2, type, sym, addend);
}

/* ---- broken ---- */

static void rela_type(struct obj *o)
{
	add_use(o, 23 /* R_X86_64_TPOFF32 */, obj_sym_index(o, "counter"), 0);
}

static void rela_type_huge(struct obj *o)
{
	add_use(o, 0xffffffff, obj_sym_index(o, "counter"), 0);
}

static void rela_outside(struct obj *o)
{
	obj_rela(o, ".rodata", 0)->rela.r_offset = 9;
}

static void rela_offset_wraps(struct obj *o)
{
	obj_rela(o, ".rodata", 0)->rela.r_offset = -4ull;
}

static void rela_overlap(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, ".rodata"), 4, R_X86_64_64,
		     obj_sym_index(o, "counter"), 0);
}

static void rela_twice(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, ".rodata"), 8, R_X86_64_64,
		     obj_sym_index(o, "counter"), 0);
}

static void rela_symbol_out_of_range(struct obj *o)
{
	obj_rela(o, ".rodata", 0)->rela.r_info = 0xffffffffull << 32 |
						 R_X86_64_64;
}

static void rela_symbol_null(struct obj *o)
{
	obj_rela(o, ".rodata", 0)->rela.r_info = R_X86_64_64;
}

static void rela_in_bss(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, ".bss"), 0, R_X86_64_64,
		     obj_sym_index(o, "counter"), 0);
}

static void rela_in_pad(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, ".text"), 6, R_X86_64_32,
		     obj_sym_index(o, "counter"), 0);
}

static void rela_between_functions(struct obj *o)
{
	obj_add_rela(o, obj_sec_index(o, ".text"), 0x24, R_X86_64_32,
		     obj_sym_index(o, "counter"), 0);
}

static void rela_after_functions(struct obj *o)
{
	struct obj_sec *text = obj_sec(o, ".text");

	bytes_append(&text->data, "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc", 8);
	obj_add_rela(o, obj_sec_index(o, ".text"), text->data.size - 4,
		     R_X86_64_32, obj_sym_index(o, "counter"), 0);
}

static void rela_across_function_end(struct obj *o)
{
	struct obj_sec *text = obj_sec(o, ".text");

	obj_add_func(o, "foo", load, sizeof(load), 0);
	bytes_append(&text->data, "\xcc\xcc\xcc\xcc", 4);
	obj_add_rela(o, obj_sec_index(o, ".text"), text->data.size - 6,
		     R_X86_64_32, obj_sym_index(o, "counter"), 0);
}

static void rela_of_section_out_of_range(struct bytes *f)
{
	file_shdr(f, ".rela.text")->sh_info = 5000;
}

static void rela_of_section_0(struct bytes *f)
{
	file_shdr(f, ".rela.text")->sh_info = 0;
}

static void rela_without_symbols(struct bytes *f)
{
	file_shdr(f, ".rela.text")->sh_link = file_shndx(f, ".strtab");
}

static void rela_sections_for_same(struct bytes *f)
{
	file_shdr(f, ".rela.rodata")->sh_info = file_shndx(f, ".text");
}

static void rela_out_of_step(struct bytes *f)
{
	file_shdr(f, ".rela.text")->sh_size -= 1;
}

static void rela_misaligned(struct bytes *f)
{
	file_shdr(f, ".rela.text")->sh_offset += 4;
	file_shdr(f, ".rela.text")->sh_size -= sizeof(Elf64_Rela);
}

static void rela_to_section_not_loaded(struct obj *o)
{
	u32 comment = obj_add_sec(o, ".comment", SHT_PROGBITS, 0, "x", 2);

	add_use(o, R_X86_64_PC32,
		obj_add_sym(o, "hidden", SYM_INFO(STB_LOCAL, STT_OBJECT),
			    comment, 0, 1),
		-4);
}

/* A section symbol has no name: the section's name is used. */
static void rela_to_section_symbol_not_loaded(struct obj *o)
{
	u32 comment = obj_add_sec(o, ".comment", SHT_PROGBITS, 0, "x", 2);

	add_use(o, R_X86_64_PC32,
		obj_add_sym(o, "", SYM_INFO(STB_LOCAL, STT_SECTION), comment, 0,
			    0),
		-4);
}

static void undefined_symbol(struct obj *o)
{
	add_use(o, R_X86_64_PC32,
		obj_add_sym(o, "no_such_symbol", UNDEF, SHN_UNDEF, 0, 0), -4);
}

static void undefined_kernel_symbol(struct obj *o)
{
	add_use(o, R_X86_64_PLT32,
		obj_add_sym(o, "commit_creds", UNDEF, SHN_UNDEF, 0, 0), -4);
}

static void undefined_weak_symbol(struct obj *o)
{
	add_use(o, R_X86_64_PC32,
		obj_add_sym(o, "memcpy", SYM_INFO(STB_WEAK, STT_NOTYPE),
			    SHN_UNDEF, 0, 0),
		-4);
}

static void undefined_symbol_without_name(struct obj *o)
{
	add_use(o, R_X86_64_PC32, obj_add_sym(o, "", UNDEF, SHN_UNDEF, 0, 0),
		-4);
}

static u32 add_far(struct obj *o)
{
	return obj_add_sym(o, "far", SYM_INFO(STB_GLOBAL, STT_NOTYPE), SHN_ABS,
			   0x123456789abcdef0, 0);
}

static void overflow_pc32(struct obj *o)
{
	add_use(o, R_X86_64_PC32, add_far(o), -4);
}

static void overflow_plt32(struct obj *o)
{
	add_use(o, R_X86_64_PLT32, add_far(o), -4);
}

static void overflow_32(struct obj *o)
{
	add_use(o, R_X86_64_32, add_far(o), 0);
}

static void overflow_32s(struct obj *o)
{
	add_use(o, R_X86_64_32S, add_far(o), 0);
}

/* 0x80000000 fits an unsigned field, not a signed one. */
static void overflow_32s_by_one(struct obj *o)
{
	add_use(o, R_X86_64_32S,
		obj_add_sym(o, "half", SYM_INFO(STB_GLOBAL, STT_NOTYPE),
			    SHN_ABS, 0x80000000, 0),
		0);
}

static void overflow_addend(struct obj *o)
{
	add_use(o, R_X86_64_PC32, obj_sym_index(o, "counter"), INT64_MIN);
}

/* Addresses of images are in the upper half: not zero-extended 32 bits. */
static void overflow_32_address(struct obj *o)
{
	add_use(o, R_X86_64_32, obj_sym_index(o, "counter"), 0);
}

static const struct obj_case rela[] = {
	MODEL_CASE(rela_type, ENOEXEC,
		   "relocation type 23 at .text+0x76 is not supported"),
	MODEL_CASE(rela_type_huge, ENOEXEC,
		   "relocation type 4294967295 at .text+0x76 is not supported"),
	MODEL_CASE(rela_outside, ENOEXEC,
		   "relocation at .rodata+0x9 is outside of the section"),
	MODEL_CASE(rela_offset_wraps, ENOEXEC,
		   "relocation at .rodata+0xfffffffffffffffc is outside of the section"),
	MODEL_CASE(rela_overlap, ENOEXEC,
		   "relocation at .rodata+0x8 overlaps another one"),
	MODEL_CASE(rela_twice, ENOEXEC,
		   "relocation at .rodata+0x8 overlaps another one"),
	MODEL_CASE(rela_symbol_out_of_range, ENOEXEC,
		   "relocation at .rodata+0x8 is to a symbol out of range"),
	MODEL_CASE(rela_symbol_null, ENOEXEC,
		   "relocation at .rodata+0x8 is to a symbol out of range"),
	MODEL_CASE(rela_in_bss, ENOEXEC,
		   "section .bss must not have relocations"),
	MODEL_CASE(rela_in_pad, ENOEXEC,
		   "relocation at .text+0x6 is in the entry pad of prog"),
	MODEL_CASE(rela_between_functions, ENOEXEC,
		   "relocation at .text+0x24 is in the entry pad of"),
	MODEL_CASE(rela_after_functions, ENOEXEC, "is in no function"),
	MODEL_CASE(rela_across_function_end, ENOEXEC, "is in no function"),
	FILE_CASE(rela_of_section_out_of_range, ENOEXEC,
		  ".rela.text is for section 5000, which is out of range"),
	FILE_CASE(rela_of_section_0, ENOEXEC,
		  ".rela.text is for section 0, which is out of range"),
	FILE_CASE(rela_without_symbols, ENOEXEC,
		  ".rela.text does not refer to the symbol table"),
	FILE_CASE(rela_sections_for_same, ENOEXEC,
		  "more than one section of relocations for .text"),
	FILE_CASE(rela_out_of_step, ENOEXEC, "is not a multiple of 24"),
	FILE_CASE(rela_misaligned, ENOEXEC,
		  "section .rela.text is not aligned in the file"),
	MODEL_CASE(rela_to_section_not_loaded, ENOEXEC,
		   "relocation at .text+0x76 is to hidden in section .comment, which is not loaded"),
	MODEL_CASE(rela_to_section_symbol_not_loaded, ENOEXEC,
		   "relocation at .text+0x76 is to .comment in section .comment, which is not loaded"),
	MODEL_CASE(undefined_symbol, ENOEXEC,
		   "undefined symbol no_such_symbol"),
	MODEL_CASE(undefined_kernel_symbol, ENOEXEC,
		   "undefined symbol commit_creds"),
	MODEL_CASE(undefined_weak_symbol, ENOEXEC,
		   "undefined weak symbol memcpy"),
	MODEL_CASE(undefined_symbol_without_name, ENOEXEC,
		   "relocation at .text+0x76 is to a symbol without a name"),
	MODEL_CASE(overflow_pc32, ENOEXEC,
		   "relocation of symbol far at .text+0x76 overflows"),
	MODEL_CASE(overflow_plt32, ENOEXEC,
		   "relocation of symbol far at .text+0x76 overflows"),
	MODEL_CASE(overflow_32, ENOEXEC,
		   "relocation of symbol far at .text+0x76 overflows"),
	MODEL_CASE(overflow_32s, ENOEXEC,
		   "relocation of symbol far at .text+0x76 overflows"),
	MODEL_CASE(overflow_32s_by_one, ENOEXEC,
		   "relocation of symbol half at .text+0x76 overflows"),
	MODEL_CASE(overflow_addend, ENOEXEC,
		   "relocation of symbol counter at .text+0x76 overflows"),
	MODEL_CASE(overflow_32_address, ENOEXEC,
		   "relocation of symbol counter at .text+0x76 overflows"),
};

const struct obj_cases rela_cases = { rela, ARRAY_SIZE(rela) };

/* ---- valid ---- */

static void valid(struct obj *o)
{
	(void)o;
}

static void valid_with_maps(struct obj *o)
{
	obj_add_map(o, "pids");
	obj_add_map(o,
		    "m12345678901234567890123456789012345678901234567890123456789012");
}

static void valid_with_got(struct obj *o)
{
	u32 memcpy_sym = obj_add_sym(o, "memcpy", UNDEF, SHN_UNDEF, 0, 0);

	add_use(o, R_X86_64_GOTPCREL, memcpy_sym, -4);
}

static void valid_with_movabs(struct obj *o)
{
	u32 foo = obj_add_func(o, "foo", movabs, sizeof(movabs), 0);

	obj_add_rela(o, obj_sec_index(o, ".text"),
		     o->syms[foo].value + OBJ_PROG_BODY + 2, R_X86_64_64,
		     add_far(o), 0);
}

static void valid_with_field_offset(struct obj *o)
{
	/* mov 0(%rdi),%eax; ud2 */
	u32 foo = obj_add_func(o, "foo", "\x8b\x87\0\0\0\0\x0f\x0b", 8, 0);

	obj_add_rela(o, obj_sec_index(o, ".text"),
		     o->syms[foo].value + OBJ_PROG_BODY + 2, R_X86_64_32S,
		     obj_add_sym(o, "__rex_off_task_struct_pid", UNDEF,
				 SHN_UNDEF, 0, 0),
		     0);
}

static void valid_with_second_name(struct obj *o)
{
	obj_add_sym(o, "alias", SYM_INFO(STB_GLOBAL, STT_FUNC),
		    obj_sec_index(o, ".text"), obj_sym(o, "prog")->value,
		    obj_sym(o, "prog")->size);
}

static void valid_with_largest_frame(struct obj *o)
{
	obj_add_func(o, "foo", "\x0f\x0b", 2, REX_MAX_FRAME);
}

/* Many linkers and compilers leave such sections. */
static void valid_with_other_sections(struct obj *o)
{
	u32 eh_frame = obj_add_sec(o, ".eh_frame", SHT_X86_64_UNWIND, SHF_ALLOC,
				   NULL, 16);

	obj_add_rela(o, eh_frame, 2, R_X86_64_PC32, obj_sym_index(o, "prog"),
		     0);
	obj_add_rela(o, eh_frame, 2, R_X86_64_NONE, 0, 0);
	obj_add_sec(o, ".note.gnu.property", SHT_NOTE, SHF_ALLOC, NULL, 32);
	obj_add_sec(o, ".comment", SHT_PROGBITS, 0x30, "rustc", 6);
	obj_add_sec(o, ".note.GNU-stack", SHT_PROGBITS, 0, NULL, 0);
	obj_add_sec(o, ".llvm_addrsig", 0x6fff4c03, 0x80000000, "x", 1);
	obj_add_sec(o, ".group", SHT_GROUP, 0, NULL, 8);
	obj_add_sec(o, ".unused", SHT_NULL, 0, NULL, 0);
	obj_add_sec(o, ".rodata.empty", SHT_PROGBITS, SHF_ALLOC, NULL, 0);
	obj_add_sec(o, ".rodata.retained", SHT_PROGBITS, SHF_ALLOC | 0x200000,
		    "kept", 5);
	obj_add_sym(o, "main.rs", SYM_INFO(STB_LOCAL, STT_FILE), SHN_ABS, 0, 0);
	/* what --gc-sections removed: not used, so it need not be known */
	obj_add_sym(o, "collected", SYM_INFO(STB_LOCAL, STT_NOTYPE), SHN_UNDEF,
		    0, 0);
}

static void swap_relas(struct obj *o, const char *sec, u32 a, u32 b)
{
	struct obj_rela tmp = *obj_rela(o, sec, a);

	*obj_rela(o, sec, a) = *obj_rela(o, sec, b);
	*obj_rela(o, sec, b) = tmp;
}

static void valid_with_relas_not_sorted(struct obj *o)
{
	swap_relas(o, ".text", 0, 3);
	swap_relas(o, ".stack_sizes", 0, 1);
	swap_relas(o, "__patchable_function_entries", 0, 1);
}

static void valid_with_relas_removed(struct obj *o)
{
	u32 rodata = obj_sec_index(o, ".rodata");

	obj_rela(o, ".rodata", 0)->rela.r_info = R_X86_64_NONE;
	obj_add_rela(o, rodata, 0xfffff, R_X86_64_NONE, 0, 0);
	obj_add_rela(o, rodata, 0, R_X86_64_64, obj_sym_index(o, "counter"), 0);
}

static void valid_with_padding(struct obj *o)
{
	static const u8 nops[] = {
		0xcc, 0x90, 0x66, 0x90, 0x0f, 0x1f, 0x00, 0x0f, 0x1f, 0x40,
		0x00, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x66, 0x2e, 0x0f, 0x1f,
		0x84, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0f, 0x1f, 0x80, 0x00,
		0x00, 0x00, 0x00, 0x0f, 0x1f, 0x05, 0x00, 0x00, 0x00, 0x00,
		0x0f, 0x1f, 0x04, 0x25, 0x00, 0x00, 0x00, 0x00, 0xcc,
	};

	bytes_append(&obj_sec(o, ".text")->data, nops, sizeof(nops));
}

static void valid_without_endbr(struct obj *o)
{
	u8 *code = obj_sec(o, ".text")->data.data;

	memmove(code, code + 4, REX_PAD_SIZE);
	memset(code + REX_PAD_SIZE, 0x90, 4);
	obj_rela(o, "__patchable_function_entries", 0)->rela.r_addend = 0;
}

static void valid_with_256_progs(struct obj *o)
{
	char name[16];
	u32 i;

	for (i = 0; i < REX_MAX_PROGS - 1; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		obj_add_prog(o, name, obj_sym_index(o, "prog"));
	}
}

static const struct obj_case good[] = {
	MODEL_CASE(valid, 0, NULL),
	HOST_MODEL_CASE(valid_with_maps, 0, NULL),
	MODEL_CASE(valid_with_got, 0, NULL),
	MODEL_CASE(valid_with_movabs, 0, NULL),
	MODEL_CASE(valid_with_field_offset, 0, NULL),
	MODEL_CASE(valid_with_second_name, 0, NULL),
	MODEL_CASE(valid_with_largest_frame, 0, NULL),
	MODEL_CASE(valid_with_other_sections, 0, NULL),
	MODEL_CASE(valid_with_relas_not_sorted, 0, NULL),
	MODEL_CASE(valid_with_relas_removed, 0, NULL),
	MODEL_CASE(valid_with_padding, 0, NULL),
	MODEL_CASE(valid_without_endbr, 0, NULL),
	MODEL_CASE(valid_with_256_progs, 0, NULL),
};

const struct obj_cases valid_cases = { good, ARRAY_SIZE(good) };
