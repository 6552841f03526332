// SPDX-License-Identifier: GPL-2.0
/* The corpus: broken ELF headers and sections (cases.h). */
#include "cases.h"

/* ---- the ELF header ---- */

static void empty_file(struct bytes *f)
{
	f->size = 0;
}

static void short_elf_header(struct bytes *f)
{
	f->size = sizeof(Elf64_Ehdr) - 1;
}

static void text_file(struct bytes *f)
{
	memset(f->data, 'x', f->size);
}

static void zeros(struct bytes *f)
{
	memset(f->data, 0, f->size);
}

static void elf32(struct bytes *f)
{
	file_ehdr(f)->e_ident[EI_CLASS] = ELFCLASS32;
}

static void big_endian(struct bytes *f)
{
	file_ehdr(f)->e_ident[EI_DATA] = ELFDATA2MSB;
}

static void ident_version(struct bytes *f)
{
	file_ehdr(f)->e_ident[EI_VERSION] = 9;
}

static void elf_version(struct bytes *f)
{
	file_ehdr(f)->e_version = 7;
}

static void os_abi(struct bytes *f)
{
	file_ehdr(f)->e_ident[EI_OSABI] = 9; /* FreeBSD */
}

static void arm64(struct bytes *f)
{
	file_ehdr(f)->e_machine = 183;
}

static void executable_file(struct bytes *f)
{
	file_ehdr(f)->e_type = ET_EXEC;
}

static void ehsize(struct bytes *f)
{
	file_ehdr(f)->e_ehsize = 52;
}

static void shentsize(struct bytes *f)
{
	file_ehdr(f)->e_shentsize = 40;
}

static void no_sections(struct bytes *f)
{
	file_ehdr(f)->e_shnum = 0;
}

static void too_many_sections(struct bytes *f)
{
	file_ehdr(f)->e_shnum = 0xffff;
}

static void more_sections_than_fit(struct bytes *f)
{
	file_ehdr(f)->e_shnum++;
}

static void truncated_file(struct bytes *f)
{
	f->size /= 2;
}

static void shoff_wraps(struct bytes *f)
{
	file_ehdr(f)->e_shoff = -8ull;
}

static void shoff_misaligned(struct bytes *f)
{
	bytes_append(f, NULL, 8);
	file_ehdr(f)->e_shoff += 4;
}

static void shoff_in_header(struct bytes *f)
{
	file_ehdr(f)->e_shoff = 8;
}

static void no_section_names(struct bytes *f)
{
	file_ehdr(f)->e_shstrndx = 0;
}

static void section_names_out_of_range(struct bytes *f)
{
	file_ehdr(f)->e_shstrndx = file_ehdr(f)->e_shnum;
}

static void section_names_in_text(struct bytes *f)
{
	file_ehdr(f)->e_shstrndx = file_shndx(f, ".text");
}

static void too_large(struct bytes *f)
{
	bytes_append(f, NULL, REX_MAX_ELF_SIZE + 1 - f->size);
}

static const struct obj_case header[] = {
	FILE_CASE(empty_file, ENOEXEC, "too short for an ELF file"),
	FILE_CASE(short_elf_header, ENOEXEC,
		  "63 bytes, too short for an ELF file"),
	FILE_CASE(text_file, ENOEXEC, "not an ELF file"),
	FILE_CASE(zeros, ENOEXEC, "not an ELF file"),
	FILE_CASE(elf32, ENOEXEC, "not a 64-bit little-endian ELF file"),
	FILE_CASE(big_endian, ENOEXEC, "not a 64-bit little-endian ELF file"),
	FILE_CASE(ident_version, ENOEXEC,
		  "ELF versions 9 and 1 are not supported"),
	FILE_CASE(elf_version, ENOEXEC,
		  "ELF versions 1 and 7 are not supported"),
	FILE_CASE(os_abi, ENOEXEC, "ELF OS ABI 9 is not supported"),
	FILE_CASE(arm64, ENOEXEC,
		  "ELF machine 183 is not supported, x86-64 is 62"),
	FILE_CASE(executable_file, ENOEXEC,
		  "ELF type 2 is not supported, relocatable is 1"),
	FILE_CASE(ehsize, ENOEXEC, "bad header sizes 52 and 64"),
	FILE_CASE(shentsize, ENOEXEC, "bad header sizes 64 and 40"),
	FILE_CASE(no_sections, ENOEXEC, "0 sections"),
	FILE_CASE(too_many_sections, ENOEXEC, "65535 sections"),
	FILE_CASE(more_sections_than_fit, ENOEXEC,
		  "the section headers reach beyond the end of the file"),
	FILE_CASE(truncated_file, ENOEXEC,
		  "the section headers reach beyond the end of the file, which may be truncated"),
	FILE_CASE(shoff_wraps, ENOEXEC,
		  "the section headers reach beyond the end of the file"),
	FILE_CASE(shoff_misaligned, ENOEXEC,
		  "the section headers are at a bad offset"),
	FILE_CASE(shoff_in_header, ENOEXEC,
		  "the section headers are at a bad offset, 8"),
	FILE_CASE(no_section_names, ENOEXEC,
		  "section 0, for section names, is out of range"),
	FILE_CASE(section_names_out_of_range, ENOEXEC,
		  "for section names, is out of range"),
	FILE_CASE(section_names_in_text, ENOEXEC,
		  "section 1, for section names, is not a string table"),
	HOST_FILE_CASE(too_large, EFBIG,
		       "16777217 bytes, the limit is 16777216"),
};

const struct obj_cases header_cases = { header, ARRAY_SIZE(header) };

/* ---- sections: changes to the file ---- */

static void shstrtab_beyond_end(struct bytes *f)
{
	file_shdr(f, ".shstrtab")->sh_size = f->size;
}

static void shstrtab_not_terminated(struct bytes *f)
{
	file_shdr(f, ".shstrtab")->sh_size--;
}

static void shstrtab_empty(struct bytes *f)
{
	file_shdr(f, ".shstrtab")->sh_size = 0;
}

static void section_name_out_of_range(struct bytes *f)
{
	file_shdr(f, ".data")->sh_name = 0x7fffffff;
}

static void section_beyond_end(struct bytes *f)
{
	file_shdr(f, ".data")->sh_size = f->size;
}

static void section_offset_beyond_end(struct bytes *f)
{
	file_shdr(f, ".data")->sh_offset = f->size + 1;
}

static void section_extent_wraps(struct bytes *f)
{
	Elf64_Shdr *sh = file_shdr(f, ".data");

	sh->sh_offset = -16ull;
	sh->sh_size = 32;
}

static void section_size_huge(struct bytes *f)
{
	file_shdr(f, ".data")->sh_size = ~0ull;
}

static void sections_overlap(struct bytes *f)
{
	file_shdr(f, ".data")->sh_offset = file_shdr(f, ".rodata")->sh_offset;
}

static void section_overlaps_elf_header(struct bytes *f)
{
	file_shdr(f, ".data")->sh_offset = 32;
}

static void section_overlaps_section_headers(struct bytes *f)
{
	file_shdr(f, ".data")->sh_offset = file_ehdr(f)->e_shoff + 8;
}

static void symbol_table_out_of_step(struct bytes *f)
{
	file_shdr(f, ".symtab")->sh_size -= 8;
}

static void symbol_table_misaligned(struct bytes *f)
{
	Elf64_Shdr *sh = file_shdr(f, ".symtab");

	sh->sh_offset += 4;
	sh->sh_size -= sizeof(Elf64_Sym);
}

static void no_symbol_table(struct bytes *f)
{
	file_shdr(f, ".symtab")->sh_type = SHT_PROGBITS;
}

static void two_symbol_tables(struct bytes *f)
{
	file_shdr(f, ".rodata")->sh_type = SHT_SYMTAB;
	file_shdr(f, ".rodata")->sh_flags = 0;
}

static void symbol_table_empty(struct bytes *f)
{
	file_shdr(f, ".symtab")->sh_size = 0;
}

static void symbol_names_out_of_range(struct bytes *f)
{
	file_shdr(f, ".symtab")->sh_link = 10000;
}

static void symbol_names_in_text(struct bytes *f)
{
	file_shdr(f, ".symtab")->sh_link = file_shndx(f, ".text");
}

static void strtab_not_terminated(struct bytes *f)
{
	file_shdr(f, ".strtab")->sh_size--;
}

/* ---- sections: changes to the model ---- */

static void section_name_too_long(struct obj *o)
{
	static char name[REX_ELF_MAX_NAME + 1];

	memset(name, 'n', sizeof(name) - 1);
	obj_add_sec(o, name, SHT_PROGBITS, 0, NULL, 0);
}

static void bss_huge(struct obj *o)
{
	obj_sec(o, ".bss")->nobits = 1ull << 40;
}

static void bss_sum_too_large(struct obj *o)
{
	obj_sec(o, ".bss")->nobits = REX_MAX_ELF_SIZE;
	obj_add_sec(o, ".bss.more", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 1);
}

static void rel_section(struct obj *o)
{
	obj_add_sec(o, ".rel.text", SHT_REL, 0, NULL, 0);
}

static void constructors(struct obj *o)
{
	obj_add_sec(o, ".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE,
		    NULL, 8);
}

static void dynamic_section(struct obj *o)
{
	obj_add_sec(o, ".dynamic", SHT_DYNAMIC, SHF_ALLOC, NULL, 16);
}

static void loaded_string_table(struct obj *o)
{
	obj_add_sec(o, ".dynstr", SHT_STRTAB, SHF_ALLOC, NULL, 1);
}

static void llvm_section_loaded(struct obj *o)
{
	obj_add_sec(o, ".llvm.x", 0x6fff4c05, SHF_ALLOC, NULL, 1);
}

static void writable_and_executable(struct obj *o)
{
	obj_sec(o, ".text")->flags |= SHF_WRITE;
}

static void executable_data(struct obj *o)
{
	obj_sec(o, ".data")->flags |= SHF_EXECINSTR;
}

static void thread_local_section(struct obj *o)
{
	obj_add_sec(o, ".tdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS,
		    NULL, 8);
}

static void compressed_section(struct obj *o)
{
	obj_add_sec(o, ".debug_info", SHT_PROGBITS, SHF_COMPRESSED, NULL, 8);
}

static void unknown_section_flags(struct obj *o)
{
	obj_sec(o, ".rodata")->flags |= 1ull << 40;
}

static void executable_bss(struct obj *o)
{
	obj_add_sec(o, ".text.bss", SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, NULL,
		    64);
}

static void alignment_3(struct obj *o)
{
	obj_sec(o, ".rodata")->align = 3;
}

static void alignment_8192(struct obj *o)
{
	obj_sec(o, ".rodata")->align = 8192;
}

static void alignment_huge(struct obj *o)
{
	obj_sec(o, ".rodata")->align = 1ull << 63;
}

static void two_progs_sections(struct obj *o)
{
	obj_add_sec(o, REX_SEC_PROGS, SHT_PROGBITS, SHF_ALLOC, NULL, 0);
}

static void progs_without_data(struct obj *o)
{
	obj_sec(o, REX_SEC_PROGS)->type = SHT_NOBITS;
	obj_sec(o, REX_SEC_PROGS)->nobits = sizeof(struct rex_prog_def);
}

static void progs_executable(struct obj *o)
{
	obj_sec(o, REX_SEC_PROGS)->flags |= SHF_EXECINSTR;
}

static const struct obj_case section[] = {
	FILE_CASE(shstrtab_beyond_end, ENOEXEC,
		  "for section names, reaches beyond the end of the file"),
	FILE_CASE(shstrtab_not_terminated, ENOEXEC,
		  "the string table for section names does not end with a NUL"),
	FILE_CASE(shstrtab_empty, ENOEXEC,
		  "the string table for section names does not end with a NUL"),
	FILE_CASE(section_name_out_of_range, ENOEXEC,
		  "the name of section 3 is out of range"),
	MODEL_CASE(section_name_too_long, ENOEXEC,
		   "the name of section 9 is too long"),
	FILE_CASE(section_beyond_end, ENOEXEC,
		  "section .data reaches beyond the end of the file"),
	FILE_CASE(section_offset_beyond_end, ENOEXEC,
		  "section .data reaches beyond the end of the file"),
	FILE_CASE(section_extent_wraps, ENOEXEC,
		  "section .data reaches beyond the end of the file"),
	FILE_CASE(section_size_huge, ENOEXEC,
		  "section .data reaches beyond the end of the file"),
	FILE_CASE(sections_overlap, ENOEXEC,
		  ".data and .rodata overlap in the file"),
	FILE_CASE(section_overlaps_elf_header, ENOEXEC,
		  "(ELF header) and .data overlap in the file"),
	FILE_CASE(section_overlaps_section_headers, ENOEXEC,
		  "(section headers) and .data overlap in the file"),
	MODEL_CASE(bss_huge, ENOEXEC,
		   "section .bss has 1099511627776 bytes, the limit is 16777216"),
	MODEL_CASE(bss_sum_too_large, ENOEXEC,
		   "more than 16777216 bytes of data, in section .bss"),
	MODEL_CASE(rel_section, ENOEXEC,
		   "section .rel.text has relocations without addends"),
	MODEL_CASE(constructors, ENOEXEC,
		   "constructors and destructors, in section .init_array, are not supported"),
	MODEL_CASE(dynamic_section, ENOEXEC,
		   "section .dynamic has type 0x6, which is not supported"),
	MODEL_CASE(loaded_string_table, ENOEXEC,
		   "section .dynstr has type 0x3, which is not supported"),
	MODEL_CASE(llvm_section_loaded, ENOEXEC,
		   "section .llvm.x has type 0x6fff4c05, which is not supported"),
	MODEL_CASE(writable_and_executable, ENOEXEC,
		   "writable and executable section .text"),
	MODEL_CASE(executable_data, ENOEXEC,
		   "writable and executable section .data"),
	MODEL_CASE(thread_local_section, ENOEXEC,
		   "section .tdata is thread-local, which is not supported"),
	MODEL_CASE(compressed_section, ENOEXEC,
		   "section .debug_info is compressed, which is not supported"),
	MODEL_CASE(unknown_section_flags, ENOEXEC,
		   "section .rodata has flags 0x10000000002, which are not supported"),
	MODEL_CASE(executable_bss, ENOEXEC,
		   "executable section .text.bss has no code"),
	MODEL_CASE(alignment_3, ENOEXEC,
		   "section .rodata has alignment 3, which is not supported"),
	MODEL_CASE(alignment_8192, ENOEXEC,
		   "section .rodata has alignment 8192, which is not supported"),
	MODEL_CASE(alignment_huge, ENOEXEC,
		   "section .rodata has alignment 9223372036854775808"),
	FILE_CASE(no_symbol_table, ENOEXEC, "no symbol table"),
	FILE_CASE(two_symbol_tables, ENOEXEC, "more than one section .symtab"),
	FILE_CASE(symbol_table_empty, ENOEXEC, "0 symbols"),
	FILE_CASE(symbol_table_out_of_step, ENOEXEC, "is not a multiple of 24"),
	FILE_CASE(symbol_table_misaligned, ENOEXEC,
		  "section .symtab is not aligned in the file"),
	FILE_CASE(symbol_names_out_of_range, ENOEXEC,
		  "section 10000, for symbol names, is out of range"),
	FILE_CASE(symbol_names_in_text, ENOEXEC,
		  "section 1, for symbol names, is not a string table"),
	FILE_CASE(strtab_not_terminated, ENOEXEC,
		  "the string table for symbol names does not end with a NUL"),
	MODEL_CASE(two_progs_sections, ENOEXEC,
		   "more than one section .rex.progs"),
	MODEL_CASE(progs_without_data, ENOEXEC,
		   "section .rex.progs has type 0x8, which is not supported"),
	MODEL_CASE(progs_executable, ENOEXEC,
		   "section .rex.progs is executable"),
};

const struct obj_cases section_cases = { section, ARRAY_SIZE(section) };
