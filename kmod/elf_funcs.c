// SPDX-License-Identifier: GPL-2.0
/* Object files: functions, their entry pads and their stack frames. */
#include "elf_private.h"

#define ENDBR_SIZE 4

/* ---- no-ops ---- */

/*
 * Return the length of the no-op at @p, of at most @max bytes; 0 if there is none. LLVM
 * and binutils pad with these forms: nop (90) and nop with a memory operand (0f 1f /0),
 * after any number of 66 and 2e.
 */
static u32 elf_nop_length(const u8 *p, u32 max)
{
	u32 n = 0;
	u8 modrm, mod, rm;

	while (n < max && (p[n] == 0x66 || p[n] == 0x2e))
		n++;
	if (n < max && p[n] == 0x90)
		return n + 1;
	if (max - n < 3 || p[n] != 0x0f || p[n + 1] != 0x1f)
		return 0;

	modrm = p[n + 2];
	mod = modrm >> 6;
	rm = modrm & 7;
	if (mod == 3 || (modrm >> 3 & 7))
		return 0;
	n += 3;
	if (rm == 4) { /* a SIB byte; base 5 without mod is a 32-bit offset */
		if (n == max)
			return 0;
		if (mod == 0 && (p[n] & 7) == 5)
			mod = 2;
		n++;
	} else if (rm == 5 && mod == 0) {
		mod = 2;
	}
	n += mod == 1 ? 1 : mod == 2 ? 4 : 0;
	return n <= max && n <= 15 ? n : 0;
}

static bool elf_is_nops(const u8 *p, u32 size)
{
	u32 n;

	for (; size; p += n, size -= n) {
		n = elf_nop_length(p, size);
		if (!n)
			return false;
	}
	return true;
}

/* Like elf_is_nops(), but int3 may stand between them. */
static bool elf_is_padding(const u8 *p, u32 size)
{
	u32 n;

	for (; size; p += n, size -= n) {
		n = *p == 0xcc ? 1 : elf_nop_length(p, size);
		if (!n)
			return false;
	}
	return true;
}

/* ---- functions ---- */

static int elf_add_func(struct rex_elf *elf, const Elf64_Sym *sym,
			struct rex_log *log)
{
	static const u8 endbr64[ENDBR_SIZE] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const struct rex_elf_sec *sec = &elf->secs[sym->st_shndx];
	const char *name = rex_elf_sym_name(elf, sym);
	const u8 *code = sec->data + sym->st_value;
	struct rex_elf_func *f;
	u32 skip = 0;

	if (!sym->st_size)
		return rex_refuse(log, "function %s has no size", name);
	if (sym->st_size >= ENDBR_SIZE && !memcmp(code, endbr64, ENDBR_SIZE))
		skip = ENDBR_SIZE;
	if (sym->st_size < skip + REX_PAD_SIZE ||
	    !elf_is_nops(code + skip, REX_PAD_SIZE))
		return rex_refuse(log, "function %s has no entry pad", name);

	f = &elf->funcs[elf->nr_funcs++];
	*f = (struct rex_elf_func){
		.name = name,
		.sec = sym->st_shndx,
		.offset = sec->offset + sym->st_value,
		.size = sym->st_size,
		.frame = U32_MAX, /* not known yet */
		.pad_offset = sec->offset + sym->st_value + skip,
	};
	return 0;
}

static bool elf_is_func(const struct rex_elf *elf, const Elf64_Sym *sym)
{
	return ELF64_ST_TYPE(sym->st_info) == STT_FUNC &&
	       rex_elf_sym_in_section(sym) &&
	       elf->secs[sym->st_shndx].seg == REX_SEG_TEXT;
}

static int elf_cmp_funcs(const void *a, const void *b)
{
	const struct rex_elf_func *x = a, *y = b;

	cond_resched(); /* sort() has none, and there may be many */
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Sort; of several names for the same function, keep one. */
static int elf_sort_funcs(struct rex_elf *elf, struct rex_log *log)
{
	struct rex_elf_func *f = elf->funcs;
	u32 n = 0;
	u32 i;

	sort(f, elf->nr_funcs, sizeof(*f), elf_cmp_funcs, NULL);
	for (i = 0; i < elf->nr_funcs; i++) {
		if (n && f[i].offset == f[n - 1].offset &&
		    f[i].size == f[n - 1].size)
			continue;
		if (n && f[i].offset - f[n - 1].offset < f[n - 1].size)
			return rex_refuse(log, "functions %s and %s overlap",
					  f[n - 1].name, f[i].name);
		f[n++] = f[i];
	}
	elf->nr_funcs = n;
	return 0;
}

/* ---- bytes outside of functions ---- */

static int elf_check_gap(const struct rex_elf_sec *sec, u32 from, u32 to,
			 struct rex_log *log)
{
	if (elf_is_padding(sec->data + from, to - from))
		return 0;
	return rex_refuse(log,
			  "the code at %s+0x%x to +0x%x belongs to no function",
			  sec->name, from, to);
}

/*
 * Check the bytes and the relocations of executable section @i that are outside
 * of functions, or in their pads. @*next is the first function that is not
 * before the section; it becomes the one after the section's last function.
 */
static int elf_check_text(const struct rex_elf *elf, u32 i, u32 *next,
			  struct rex_log *log)
{
	const struct rex_elf_sec *sec = &elf->secs[i];
	u32 pos = 0;
	u32 r = 0;

	for (; *next < elf->nr_funcs && elf->funcs[*next].sec == i; (*next)++) {
		const struct rex_elf_func *f = &elf->funcs[*next];
		u32 start = f->offset - sec->offset;
		u32 body = f->pad_offset + REX_PAD_SIZE - sec->offset;

		if (elf_check_gap(sec, pos, start, log))
			return -ENOEXEC;
		if (r < sec->nr_relas && sec->relas[r].r_offset < body)
			return rex_refuse(log,
					  "relocation at %s+0x%llx is in the entry pad of %s, or before it",
					  sec->name, sec->relas[r].r_offset,
					  f->name);
		pos = start + f->size;
		while (r < sec->nr_relas &&
		       sec->relas[r].r_offset +
				       rex_elf_rela_size(ELF64_R_TYPE(
					       sec->relas[r].r_info)) <=
			       pos)
			r++;
	}
	if (elf_check_gap(sec, pos, sec->size, log))
		return -ENOEXEC;
	if (r < sec->nr_relas)
		return rex_refuse(log,
				  "relocation at %s+0x%llx is in no function",
				  sec->name, sec->relas[r].r_offset);
	return 0;
}

int rex_elf_read_funcs(struct rex_elf *elf, struct rex_log *log)
{
	u32 next = 0;
	u32 nr = 0;
	int err;
	u32 i;

	for (i = 1; i < elf->nr_syms; i++)
		nr += elf_is_func(elf, &elf->syms[i]);
	if (!nr)
		return rex_refuse(log, "no function");
	elf->funcs = kvcalloc(nr, sizeof(*elf->funcs), REX_GFP);
	if (!elf->funcs)
		return -ENOMEM;
	for (i = 1; i < elf->nr_syms; i++) {
		if (!elf_is_func(elf, &elf->syms[i]))
			continue;
		err = elf_add_func(elf, &elf->syms[i], log);
		if (err)
			return err;
	}
	err = elf_sort_funcs(elf, log);

	/* sections follow each other in TEXT in the order of their indices */
	for (i = 1; i < elf->nr_secs && !err; i++)
		if (elf->secs[i].seg == REX_SEG_TEXT)
			err = elf_check_text(elf, i, &next, log);
	return err;
}

/* ---- __patchable_function_entries ---- */

int rex_elf_read_pads(struct rex_elf *elf, struct rex_log *log)
{
	u32 i = elf->index.pads;
	u32 next = 0;
	u32 offset, k;
	int err;

	if (i) {
		err = rex_elf_check_table(elf, i, 8, log);
		if (err)
			return err;
		for (offset = 0; offset < elf->secs[i].size; offset += 8) {
			const struct rex_elf_func *f;
			u32 text;

			err = rex_elf_text_pointer(elf, i, offset, &next, &text,
						   log);
			if (err)
				return err;
			f = rex_elf_find_func(elf, text);
			if (!f || f->pad_offset != text)
				return rex_refuse(log,
						  "the address at %s+0x%x is not that of an entry pad",
						  elf->secs[i].name, offset);
			elf->funcs[f - elf->funcs].pad_listed = true;
		}
	}
	for (k = 0; k < elf->nr_funcs; k++) {
		if (!elf->funcs[k].pad_listed)
			return rex_refuse(log,
					  "function %s has no entry pad in __patchable_function_entries",
					  elf->funcs[k].name);
	}
	return 0;
}

/* ---- .stack_sizes ---- */

/*
 * Read the ULEB128 number at *@pos of @sec. A number too large for 64 bits becomes
 * U64_MAX. Returns false if the section ends in it.
 */
static bool elf_read_uleb(const struct rex_elf_sec *sec, u32 *pos, u64 *value)
{
	unsigned int shift = 0;
	u8 byte;

	*value = 0;
	do {
		if (*pos >= sec->size)
			return false;
		byte = sec->data[(*pos)++];
		if (shift < 63)
			*value |= (u64)(byte & 0x7f) << shift;
		else if (byte & 0x7f)
			*value = ~0ull;
		shift += 7;
	} while (byte & 0x80 && shift < 128);
	return !(byte & 0x80);
}

/* Read the entry at *@pos: an address, and the size of the frame. */
static int elf_read_frame(struct rex_elf *elf, u32 *pos, u32 *next,
			  struct rex_log *log)
{
	u32 i = elf->index.stack_sizes;
	const struct rex_elf_sec *sec = &elf->secs[i];
	struct rex_elf_func *f;
	u32 start = *pos;
	u64 frame;
	u32 text;
	int err;

	*pos += 8;
	if (sec->size - start < 8 || !elf_read_uleb(sec, pos, &frame))
		return rex_refuse(log, "section %s ends in an entry",
				  sec->name);
	err = rex_elf_text_pointer(elf, i, start, next, &text, log);
	if (err)
		return err;
	f = rex_elf_func_at(elf, text);
	if (!f)
		return rex_refuse(log,
				  "the address at %s+0x%x is not that of a function",
				  sec->name, start);
	if (frame > REX_MAX_FRAME)
		return rex_refuse(log,
				  "function %s needs %llu bytes of stack, the limit is %u",
				  f->name, frame, REX_MAX_FRAME);
	f->frame = frame;
	return 0;
}

int rex_elf_read_frames(struct rex_elf *elf, struct rex_log *log)
{
	u32 pos = 0, next = 0;
	int err;
	u32 k;

	while (elf->index.stack_sizes &&
	       pos < elf->secs[elf->index.stack_sizes].size) {
		err = elf_read_frame(elf, &pos, &next, log);
		if (err)
			return err;
	}
	for (k = 0; k < elf->nr_funcs; k++) {
		const struct rex_elf_func *f = &elf->funcs[k];

		if (f->frame == U32_MAX)
			return rex_refuse(log,
					  "function %s has no frame size in .stack_sizes",
					  f->name);
		rex_log_dbg(log, "function %s: text+0x%x, %u bytes, frame %u",
			    f->name, f->offset, f->size, f->frame);
	}
	return 0;
}
