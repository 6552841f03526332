// SPDX-License-Identifier: GPL-2.0
/* The machine-code check (check.h): relocations. */
#include "check_private.h"

/* ---- of text ---- */

static u32 check_rela_type(const Elf64_Rela *rela)
{
	return ELF64_R_TYPE(rela->r_info);
}

/* reloc_make_direct() turns a jump by the GOT, ff 25 rel32, into e9 rel32, nop. */
static bool check_is_direct_jump(const struct rex_check *c,
				 const struct rex_check_place *pl,
				 const Elf64_Rela *rela, u32 field)
{
	u32 type = check_rela_type(rela);

	return (type == R_X86_64_GOTPCRELX || type == R_X86_64_REX_GOTPCRELX) &&
	       pl->insn.opcode == 0xe9 && field == 2 &&
	       c->text[pl->at + 5] == 0x90;
}

#define CHECK_NO_RETURN "is a return that the toolchain does not make"

/* reloc_make_plain_return() writes a ret over a jump to the return thunk only. */
static bool check_is_return(const struct rex_check *c, const Elf64_Rela *rela)
{
	const Elf64_Sym *sym = &c->elf->syms[ELF64_R_SYM(rela->r_info)];

	return c->t->plain_returns && sym->st_shndx == SHN_UNDEF &&
	       !strcmp(rex_elf_sym_name(c->elf, sym), "__x86_return_thunk");
}

static bool check_is_field(const struct rex_insn *insn, u32 field, u32 size)
{
	if (insn->disp_size == size && insn->disp_at == field)
		return true;
	return insn->imm_size == size && insn->imm_at == field;
}

/* Returns the value that a relocation has given to a field of 32 or 64 bits. */
static u64 check_field_value(const struct rex_check *c,
			     const struct rex_check_place *pl, u32 field)
{
	const struct rex_insn *insn = &pl->insn;

	if (insn->disp_size && insn->disp_at == field)
		return insn->base == REX_ISA_RIP ?
			       c->addr + pl->at + insn->len + insn->disp :
			       (u64)(s64)insn->disp;
	return insn->imm;
}

static int check_field(const struct rex_check *c,
		       const struct rex_check_place *pl, const Elf64_Rela *rela,
		       u32 field)
{
	u32 size = rex_elf_rela_size(check_rela_type(rela));

	if (check_is_direct_jump(c, pl, rela, field))
		return 0;
	if (pl->insn.kind == REX_ISA_RET && !check_is_return(c, rela))
		return rex_check_refuse(c, pl, CHECK_NO_RETURN);
	if (!check_is_field(&pl->insn, field, size))
		return rex_check_refuse(
			c, pl,
			"has a relocation that is not one of its operands");
	if (pl->is_branch || pl->insn.kind == REX_ISA_RET)
		return 0;
	if (!rex_check_is_pointer(c, check_field_value(c, pl, field)))
		return rex_check_refuse(c, pl,
					"takes an address within a function");
	return 0;
}

u32 rex_check_first_rela(const struct rex_check *c,
			 const struct rex_elf_func *f)
{
	const struct rex_elf_sec *sec = &c->elf->secs[f->sec];
	u32 lo = 0, hi = sec->nr_relas;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (sec->relas[mid].r_offset < f->offset - sec->offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int rex_check_insn_relas(const struct rex_check *c,
			 const struct rex_check_place *pl, u32 *next)
{
	const struct rex_elf_sec *sec = &c->elf->secs[pl->f->sec];
	u64 at = pl->at - sec->offset, end = at + pl->insn.len, field;
	bool found = false;
	int err;

	for (; *next < sec->nr_relas; ++*next) {
		field = sec->relas[*next].r_offset;
		if (field >= end)
			break;
		/* below only if it is a part of a jump that reloc.c has moved */
		if (field < at)
			continue;
		found = true;
		err = check_field(c, pl, &sec->relas[*next], field - at);
		if (err)
			return err;
	}
	if (pl->insn.kind == REX_ISA_RET && !found)
		return rex_check_refuse(c, pl, CHECK_NO_RETURN);
	return 0;
}

/* ---- of data ---- */

static int check_refuse_data(const struct rex_check *c, const char *what,
			     u64 offset)
{
	return rex_refuse(c->log,
			  "%s+0x%llx has an address within a function, not that of one",
			  what, offset);
}

/*
 * Returns the target of a relocation: the field, plus its place if it is
 * relative.
 */
static u64 check_data_value(const struct rex_check *c,
			    const struct rex_elf_sec *sec,
			    const Elf64_Rela *rela)
{
	u64 offset = sec->offset + rela->r_offset, value = 0;
	u32 type = check_rela_type(rela), value32;

	if (rex_elf_rela_size(type) == 8) {
		memcpy(&value, c->t->seg[sec->seg].mem + offset, 8);
	} else {
		memcpy(&value32, c->t->seg[sec->seg].mem + offset, 4);
		value = type == R_X86_64_32 ? value32 : (u64)(s32)value32;
	}
	if (type == R_X86_64_PC32 || type == R_X86_64_PC64 ||
	    type == R_X86_64_PLT32)
		value += c->t->seg[sec->seg].addr + offset;
	return value;
}

static int check_got(const struct rex_check *c)
{
	const u8 *mem = c->t->seg[REX_SEG_RODATA].mem + c->elf->got_offset;
	u64 value;
	u32 i;

	for (i = 0; i < c->elf->nr_got; i++) {
		memcpy(&value, mem + 8 * i, 8);
		if (!rex_check_is_pointer(c, value))
			return check_refuse_data(c, "the GOT", 8 * i);
	}
	return 0;
}

int rex_check_data_relas(const struct rex_check *c)
{
	u32 i, r;

	for (i = 1; i < c->elf->nr_secs; i++) {
		const struct rex_elf_sec *sec = &c->elf->secs[i];

		if (sec->seg != REX_SEG_RODATA && sec->seg != REX_SEG_DATA)
			continue;
		for (r = 0; r < sec->nr_relas; r++)
			if (!rex_check_is_pointer(c,
						  check_data_value(c, sec,
								   &sec->relas
									    [r])))
				return check_refuse_data(c, sec->name,
							 sec->relas[r].r_offset);
		cond_resched();
	}
	return check_got(c);
}
