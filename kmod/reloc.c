// SPDX-License-Identifier: GPL-2.0
/* Copy and relocation (reloc.h). */
#include "elf_private.h"
#include "reloc.h"

/* ---- copy ---- */

/* Of text, only functions are copied: padding between them becomes int3. */
static void copy_text(const struct rex_elf *elf, u8 *mem)
{
	u32 at = 0, i;

	for (i = 0; i < elf->nr_funcs; i++) {
		const struct rex_elf_func *f = &elf->funcs[i];
		const struct rex_elf_sec *sec = &elf->secs[f->sec];

		memset(mem + at, 0xcc, f->offset - at);
		memcpy(mem + f->offset, sec->data + (f->offset - sec->offset),
		       f->size);
		at = f->offset + f->size;
	}
	memset(mem + at, 0xcc, elf->seg[REX_SEG_TEXT].size - at);
}

void rex_elf_copy(const struct rex_elf *elf, const struct rex_elf_target *t)
{
	u32 i;

	copy_text(elf, t->seg[REX_SEG_TEXT].mem);
	memset(t->seg[REX_SEG_RODATA].mem, 0, elf->seg[REX_SEG_RODATA].size);
	memset(t->seg[REX_SEG_DATA].mem, 0, elf->seg[REX_SEG_DATA].size);

	for (i = 0; i < elf->nr_secs; i++) {
		const struct rex_elf_sec *sec = &elf->secs[i];

		if ((sec->seg == REX_SEG_RODATA || sec->seg == REX_SEG_DATA) &&
		    sec->data)
			memcpy(t->seg[sec->seg].mem + sec->offset, sec->data,
			       sec->size);
	}
}

/* ---- relocation ---- */

/* The result of a look-up of a symbol. */
struct resolved {
	struct rex_symbol sym;
	bool known;
};

struct reloc {
	const struct rex_elf *elf;
	const struct rex_elf_target *t;
	rex_resolve_fn *resolve;
	void *ctx;
	struct rex_log *log;
	struct resolved *syms; /* by symbol index */
	u32 nr_direct; /* uses of the GOT that became direct */
	u32 nr_returns; /* jumps to the return thunk that became ret */
};

/* One relocation: its place, and the usual letters S, A, P. */
struct place {
	const struct rex_elf_sec *sec;
	const Elf64_Rela *rela;
	const char *name; /* of the symbol */
	u8 *mem;
	u64 p;
	u64 s;
	s64 a;
	u32 sym_flags;
};

/* ---- symbols ---- */

/*
 * Returns the name of a symbol in the log; a section symbol has its section's
 * name.
 */
static const char *reloc_display_name(const struct rex_elf *elf,
				      const Elf64_Sym *sym)
{
	if (ELF64_ST_TYPE(sym->st_info) == STT_SECTION &&
	    rex_elf_sym_in_section(sym))
		return elf->secs[sym->st_shndx].name;
	return rex_elf_sym_name(elf, sym);
}

static int reloc_look_up(struct reloc *r, const Elf64_Sym *sym,
			 const struct place *pl, struct rex_symbol *out)
{
	int err;

	if (!pl->name[0])
		return rex_refuse(r->log,
				  "relocation at %s+0x%llx is to a symbol without a name",
				  pl->sec->name, pl->rela->r_offset);
	if (ELF64_ST_BIND(sym->st_info) == STB_WEAK)
		return rex_refuse(r->log, "undefined weak symbol %s", pl->name);
	err = r->resolve(r->ctx, pl->name, out);
	if (err == -ENOENT)
		return rex_refuse(r->log, "undefined symbol %s", pl->name);
	if (err)
		return err;
	rex_log_dbg(r->log, "symbol %s is the module's", pl->name);
	if (out->value == REX_NO_FIELD)
		out->flags |= REX_SYM_NO_FIELD;
	return 0;
}

static int reloc_symbol_value(struct reloc *r, u32 index,
			      const struct place *pl, struct rex_symbol *out)
{
	const Elf64_Sym *sym = &r->elf->syms[index];
	struct resolved *res = &r->syms[index];
	const struct rex_elf_sec *sec;
	int err;

	if (!res->known && sym->st_shndx == SHN_UNDEF) {
		err = reloc_look_up(r, sym, pl, &res->sym);
		if (err)
			return err;
	} else if (!res->known && sym->st_shndx == SHN_ABS) {
		res->sym.value = sym->st_value;
	} else if (!res->known) {
		sec = &r->elf->secs[sym->st_shndx];
		if (sec->seg == REX_SEG_NONE)
			return rex_refuse(r->log,
					  "relocation at %s+0x%llx is to %s in section %s, which is not loaded",
					  pl->sec->name, pl->rela->r_offset,
					  pl->name, sec->name);
		res->sym.value =
			r->t->seg[sec->seg].addr + sec->offset + sym->st_value;
	}
	res->known = true;
	*out = res->sym;
	return 0;
}

/* ---- writing ---- */

static int reloc_overflow(struct reloc *r, const struct place *pl)
{
	return rex_refuse(r->log,
			  "relocation of symbol %s at %s+0x%llx overflows",
			  pl->name, pl->sec->name, pl->rela->r_offset);
}

static int reloc_write_64(const struct place *pl, u64 value)
{
	memcpy(pl->mem, &value, 8);
	return 0;
}

static int reloc_write_u32(struct reloc *r, const struct place *pl, u64 value)
{
	u32 v = value;

	if (v != value)
		return reloc_overflow(r, pl);
	memcpy(pl->mem, &v, 4);
	return 0;
}

static bool reloc_fits_s32(u64 value)
{
	return (s64)value == (s32)value;
}

static int reloc_write_s32(struct reloc *r, const struct place *pl, u64 value)
{
	s32 v = value;

	if (!reloc_fits_s32(value))
		return reloc_overflow(r, pl);
	memcpy(pl->mem, &v, 4);
	return 0;
}

/* ---- instructions ---- */

/*
 * A jump to the return thunk, e9 rel32, becomes ret, int3. Other branches to the thunk
 * stay as they are, since the thunk returns as well.
 */
static bool reloc_make_plain_return(struct reloc *r, const struct place *pl)
{
	static const u8 ret[] = { 0xc3, 0xcc, 0xcc, 0xcc, 0xcc };

	if (!r->t->plain_returns || !(pl->sym_flags & REX_SYM_RETURN_THUNK) ||
	    pl->sec->seg != REX_SEG_TEXT || pl->a != -4 || pl->mem[-1] != 0xe9)
		return false;
	memcpy(pl->mem - 1, ret, sizeof(ret));
	r->nr_returns++;
	return true;
}

/*
 * An instruction that reads the address of a symbol from the GOT can have it as
 * an immediate displacement if the symbol is near enough:
 *
 *	mov foo@GOTPCREL(%rip), %reg	->	lea foo(%rip), %reg
 *	call *foo@GOTPCREL(%rip)	->	addr32 call foo
 *	jmp *foo@GOTPCREL(%rip)		->	jmp foo; nop
 *
 * Only the two X types promise that the bytes before the displacement are such
 * an instruction. Every function has a pad at its start, so that these bytes
 * are in the same function.
 */
static bool reloc_make_direct(struct reloc *r, const struct place *pl)
{
	u8 *op = pl->mem - 2;
	s32 disp = pl->s + pl->a - pl->p;

	if (pl->sec->seg != REX_SEG_TEXT || pl->a != -4 ||
	    !reloc_fits_s32(pl->s + pl->a - pl->p))
		return false;

	if (op[0] == 0x8b && (op[1] & 0xc7) == 0x05) {
		op[0] = 0x8d;
	} else if (op[0] == 0xff && op[1] == 0x15) {
		op[0] = 0x67;
		op[1] = 0xe8;
	} else if (op[0] == 0xff && op[1] == 0x25) {
		/* The place is one byte earlier, so the displacement is larger by one. */
		if (disp == S32_MAX)
			return false;
		disp++;
		op[0] = 0xe9;
		memcpy(op + 1, &disp, 4);
		op[5] = 0x90;
		r->nr_direct++;
		return true;
	} else {
		return false;
	}
	memcpy(pl->mem, &disp, 4);
	r->nr_direct++;
	return true;
}

static int reloc_write_got(struct reloc *r, const struct place *pl)
{
	const struct rex_elf *elf = r->elf;
	u32 slot = elf->got[ELF64_R_SYM(pl->rela->r_info)] - 1;
	u32 offset = elf->got_offset + 8 * slot;

	memcpy(r->t->seg[REX_SEG_RODATA].mem + offset, &pl->s, 8);
	return reloc_write_s32(r, pl,
			       r->t->seg[REX_SEG_RODATA].addr + offset + pl->a -
				       pl->p);
}

/* ---- the switch ---- */

/*
 * A field that the kernel lacks has the largest offset, so that bytes after its first one
 * have none. The program compares the symbol itself before it uses another one.
 */
static u64 reloc_absolute(const struct place *pl)
{
	if (pl->sym_flags & REX_SYM_NO_FIELD && pl->a > 0)
		return pl->s;
	return pl->s + pl->a;
}

static int reloc_apply(struct reloc *r, const struct place *pl)
{
	switch (ELF64_R_TYPE(pl->rela->r_info)) {
	case R_X86_64_64:
		return reloc_write_64(pl, pl->s + pl->a);
	case R_X86_64_PC64:
		return reloc_write_64(pl, pl->s + pl->a - pl->p);
	case R_X86_64_32:
		return reloc_write_u32(r, pl, pl->s + pl->a);
	case R_X86_64_32S:
		return reloc_write_s32(r, pl, reloc_absolute(pl));
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		if (reloc_make_plain_return(r, pl))
			return 0;
		return reloc_write_s32(r, pl, pl->s + pl->a - pl->p);
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		if (reloc_make_direct(r, pl))
			return 0;
		fallthrough;
	case R_X86_64_GOTPCREL:
		return reloc_write_got(r, pl);
	}
	return -ENOEXEC; /* rex_elf_parse() accepted nothing else */
}

static int reloc_section(struct reloc *r, const struct rex_elf_sec *sec)
{
	struct rex_symbol sym;
	int err;
	u32 i;

	for (i = 0; i < sec->nr_relas; i++) {
		const Elf64_Rela *rela = &sec->relas[i];
		u32 index = ELF64_R_SYM(rela->r_info);
		u32 offset = sec->offset + rela->r_offset;
		struct place pl = {
			.sec = sec,
			.rela = rela,
			.name = reloc_display_name(r->elf,
						   &r->elf->syms[index]),
			.mem = r->t->seg[sec->seg].mem + offset,
			.p = r->t->seg[sec->seg].addr + offset,
			.a = rela->r_addend,
		};

		err = reloc_symbol_value(r, index, &pl, &sym);
		if (err)
			return err;
		pl.s = sym.value;
		pl.sym_flags = sym.flags;
		err = reloc_apply(r, &pl);
		if (!err)
			err = rex_breathe();
		if (err)
			return err;
	}
	return 0;
}

int rex_elf_relocate(const struct rex_elf *elf, const struct rex_elf_target *t,
		     rex_resolve_fn *resolve, void *ctx, struct rex_log *log)
{
	struct reloc r = {
		.elf = elf,
		.t = t,
		.resolve = resolve,
		.ctx = ctx,
		.log = log,
	};
	int err = 0;
	u32 i;

	r.syms = kvcalloc(elf->nr_syms, sizeof(*r.syms), REX_GFP);
	if (!r.syms)
		return -ENOMEM;
	for (i = 1; i < elf->nr_secs && !err; i++) {
		if (elf->secs[i].seg != REX_SEG_NONE)
			err = reloc_section(&r, &elf->secs[i]);
	}
	kvfree(r.syms);
	if (!err)
		rex_log_dbg(log,
			    "%u uses of the GOT made direct, %u jumps to the return thunk made ret",
			    r.nr_direct, r.nr_returns);
	return err;
}
