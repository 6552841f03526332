/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables to unwind stacks without frame pointers. They are made from the
 * .eh_frame sections of programs and libraries, and have the place of the
 * caller's frame for each range of addresses.
 */
#ifndef REX_EH_FRAME_H
#define REX_EH_FRAME_H

#include <stdbool.h>

#include "user_symbols.h"

/* The ways from a frame to its caller's. */
enum unwind_kind {
	UNWIND_END, /* there is no caller, or nothing is known */
	UNWIND_BY_RSP, /* its CFA is rsp + cfa_offset */
	UNWIND_BY_RBP, /* its CFA is rbp + cfa_offset */
};

/*
 * The rule from address @pc on, up to the next row. The return address is at
 * CFA - 8. rbp is saved at CFA + @rbp_offset, or not at all if that is 0.
 */
struct unwind_row {
	__u64 pc;
	__s32 cfa_offset;
	__s16 rbp_offset;
	__u16 kind;
};

struct unwind_table {
	struct unwind_row *rows;
	size_t nr;
};

/* ---- reading ---- */

/* A reader of the section. @at is NULL after the end or an error. */
struct eh_reader {
	const unsigned char *at, *end;
	__u64 address; /* of @at */
};

static inline __u64 eh_bytes(struct eh_reader *r, size_t size)
{
	__u64 value = 0;

	if ((size_t)(r->end - r->at) < size) {
		r->at = r->end;
		return 0;
	}
	memcpy(&value, r->at, size);
	r->at += size;
	r->address += size;
	return value;
}

static inline __u64 eh_uleb(struct eh_reader *r)
{
	__u64 value = 0, byte;
	int shift = 0;

	do {
		byte = eh_bytes(r, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return value;
}

static inline __s64 eh_sleb(struct eh_reader *r)
{
	__u64 value = 0, byte;
	int shift = 0;

	do {
		byte = eh_bytes(r, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && (byte & 0x40))
		value |= -1ULL << shift;
	return value;
}

/*
 * Reads an encoded number. The encoding has a format, and says what the number is
 * relative to.
 */
static inline __u64 eh_encoded(struct eh_reader *r, unsigned int encoding)
{
	__u64 base = (encoding & 0x70) == 0x10 ? r->address : 0;

	switch (encoding & 0xf) {
	case 0x0:
	case 0x4:
	case 0xc:
		return base + eh_bytes(r, 8);
	case 0x1:
		return base + eh_uleb(r);
	case 0x2:
		return base + eh_bytes(r, 2);
	case 0x3:
		return base + eh_bytes(r, 4);
	case 0x9:
		return base + eh_sleb(r);
	case 0xa:
		return base + (__s16)eh_bytes(r, 2);
	case 0xb:
		return base + (__s32)eh_bytes(r, 4);
	default:
		r->at = r->end;
		return 0;
	}
}

/* ---- rules ---- */

/* Numbers of registers in DWARF. */
enum {
	EH_RBP = 6,
	EH_RSP = 7,
	EH_RA = 16
};

/* The common data of functions: a CIE. */
struct eh_common {
	__u64 code_align;
	__s64 data_align;
	unsigned int encoding; /* of addresses */
	bool augmented;
	struct eh_reader program;
};

/* The places of the caller's registers. */
struct eh_rules {
	unsigned int cfa_register;
	__s64 cfa_offset;
	__s64 rbp_offset; /* from the CFA; 0: not saved */
	bool unknown; /* there is a rule that rows cannot express */
};

#define EH_DEPTH 8

struct eh_state {
	const struct eh_common *common;
	struct eh_rules now, initial, saved[EH_DEPTH];
	int depth;
	__u64 pc;
	struct unwind_table *table;
};

static inline void add_row(struct unwind_table *table, struct unwind_row row)
{
	if (table->nr % 4096 == 0)
		table->rows =
			realloc(table->rows, (table->nr + 4096) * sizeof(row));
	if (!table->rows)
		err(1, "unwinding");
	table->rows[table->nr++] = row;
}

/* The rules that hold from s->pc on. */
static inline void eh_emit(struct eh_state *s)
{
	const struct eh_rules *now = &s->now;
	bool by_rsp = now->cfa_register == EH_RSP;
	bool known = !now->unknown && (by_rsp || now->cfa_register == EH_RBP) &&
		     now->rbp_offset == (__s16)now->rbp_offset;

	add_row(s->table, (struct unwind_row){
				  .pc = s->pc,
				  .cfa_offset = now->cfa_offset,
				  .rbp_offset = now->rbp_offset,
				  .kind = !known ? UNWIND_END :
					  by_rsp ? UNWIND_BY_RSP :
						   UNWIND_BY_RBP,
			  });
}

static inline void eh_advance(struct eh_state *s, __u64 code)
{
	if (s->table)
		eh_emit(s);
	s->pc += code * s->common->code_align;
}

/* A register is saved at @offset from the CFA. */
static inline void eh_saved(struct eh_state *s, __u64 reg, __s64 offset)
{
	if (reg == EH_RBP)
		s->now.rbp_offset = offset;
	else if (reg == EH_RA && offset != -8)
		s->now.unknown = true;
}

/* A register has a rule that rows cannot express, or has been lost. */
static inline void eh_unknown(struct eh_state *s, __u64 reg)
{
	if (reg == EH_RA || reg == EH_RBP)
		s->now.unknown = true;
}

static inline void eh_restore(struct eh_state *s, __u64 reg)
{
	if (reg == EH_RBP)
		s->now.rbp_offset = s->initial.rbp_offset;
	else if (reg == EH_RA)
		s->now.unknown = s->initial.unknown;
}

static inline void eh_block(struct eh_reader *r)
{
	__u64 size = eh_uleb(r);

	if (size > (__u64)(r->end - r->at))
		size = r->end - r->at;
	r->at += size;
	r->address += size;
}

/* Runs an instruction that sets the CFA. */
static inline bool eh_cfa(struct eh_state *s, struct eh_reader *r, int op)
{
	switch (op) {
	case 0x0c: /* def_cfa */
		s->now.cfa_register = eh_uleb(r);
		s->now.cfa_offset = eh_uleb(r);
		return true;
	case 0x0d: /* def_cfa_register */
		s->now.cfa_register = eh_uleb(r);
		return true;
	case 0x0e: /* def_cfa_offset */
		s->now.cfa_offset = eh_uleb(r);
		return true;
	case 0x0f: /* def_cfa_expression: of the table of jumps to libraries */
		eh_block(r);
		s->now.cfa_register = -1;
		return true;
	case 0x12: /* def_cfa_sf */
		s->now.cfa_register = eh_uleb(r);
		s->now.cfa_offset = eh_sleb(r) * s->common->data_align;
		return true;
	case 0x13: /* def_cfa_offset_sf */
		s->now.cfa_offset = eh_sleb(r) * s->common->data_align;
		return true;
	default:
		return false;
	}
}

/* Runs an instruction that sets a register. */
static inline bool eh_register(struct eh_state *s, struct eh_reader *r, int op)
{
	__u64 reg;

	if (op < 0x05 || op == 0x0a || op == 0x0b || op == 0x2e)
		return false;
	reg = eh_uleb(r);
	switch (op) {
	case 0x05: /* offset_extended */
		eh_saved(s, reg, eh_uleb(r) * s->common->data_align);
		return true;
	case 0x06: /* restore_extended */
		eh_restore(s, reg);
		return true;
	case 0x08: /* same_value */
		if (reg == EH_RBP)
			s->now.rbp_offset = 0;
		return true;
	case 0x11: /* offset_extended_sf */
		eh_saved(s, reg, eh_sleb(r) * s->common->data_align);
		return true;
	case 0x07: /* undefined */
		eh_unknown(s, reg);
		return true;
	case 0x09: /* register */
	case 0x14: /* val_offset */
	case 0x15: /* val_offset_sf */
		eh_uleb(r);
		eh_unknown(s, reg);
		return true;
	case 0x10: /* expression */
	case 0x16: /* val_expression */
		eh_block(r);
		eh_unknown(s, reg);
		return true;
	default:
		return false;
	}
}

/* Runs an instruction that changes the state or the address. */
static inline bool eh_other(struct eh_state *s, struct eh_reader *r, int op)
{
	switch (op) {
	case 0x00: /* nop */
		return true;
	case 0x02: /* advance_loc1, 2, 4 */
	case 0x03:
	case 0x04:
		eh_advance(s, eh_bytes(r, 1 << (op - 2)));
		return true;
	case 0x0a: /* remember_state */
		if (s->depth == EH_DEPTH)
			return false;
		s->saved[s->depth++] = s->now;
		return true;
	case 0x0b: /* restore_state */
		if (!s->depth)
			return false;
		s->now = s->saved[--s->depth];
		return true;
	case 0x2e: /* GNU_args_size */
		eh_uleb(r);
		return true;
	default:
		return false;
	}
}

/* Runs instructions to their end, or to an unknown one. */
static inline bool eh_run(struct eh_state *s, struct eh_reader r)
{
	while (r.at < r.end) {
		int op = eh_bytes(&r, 1), low = op & 0x3f;

		if (op >> 6 == 1)
			eh_advance(s, low);
		else if (op >> 6 == 2)
			eh_saved(s, low, eh_uleb(&r) * s->common->data_align);
		else if (op >> 6 == 3)
			eh_restore(s, low);
		else if (!eh_cfa(s, &r, op) && !eh_other(s, &r, op) &&
			 !eh_register(s, &r, op))
			return false;
	}
	return true;
}

/* ---- the section ---- */

static inline bool read_common(struct eh_reader r, struct eh_common *common)
{
	const char *augmentation;
	int version = eh_bytes(&r, 1);

	augmentation = (const char *)r.at;
	if (!memchr(r.at, '\0', r.end - r.at))
		return false;
	while (eh_bytes(&r, 1))
		;
	*common = (struct eh_common){ .code_align = eh_uleb(&r) };
	common->data_align = eh_sleb(&r);
	if ((version == 1 ? eh_bytes(&r, 1) : eh_uleb(&r)) != EH_RA)
		return false;
	common->augmented = *augmentation == 'z';
	if (common->augmented)
		eh_uleb(&r);
	else if (*augmentation)
		return false;
	for (const char *a = augmentation; *a; a++)
		if (*a == 'R')
			common->encoding = eh_bytes(&r, 1);
		else if (*a == 'L')
			eh_bytes(&r, 1);
		else if (*a == 'P')
			eh_encoded(&r, eh_bytes(&r, 1) & ~0x80);
		else if (*a == 'S') /* the frame of a signal has other rules */
			return false;
	common->program = r;
	return true;
}

/* Adds the rows of a function: an FDE, whose CIE has been read. */
static inline void add_function(struct unwind_table *table, struct eh_reader r,
				const struct eh_common *common, __u64 bias)
{
	__u64 start = eh_encoded(&r, common->encoding);
	__u64 size = eh_encoded(&r, common->encoding & 0xf);
	struct eh_state s = { .common = common, .pc = start + bias };

	if (common->augmented)
		eh_block(&r);
	if (!size || !eh_run(&s, common->program))
		return;
	s.initial = s.now;
	s.table = table;
	if (!eh_run(&s, r))
		s.now.unknown = true;
	eh_emit(&s);
	add_row(table, (struct unwind_row){ .pc = start + bias + size });
}

/* Adds all rows of a section, whose first byte is at @address. */
static inline void add_section(struct unwind_table *table,
			       const unsigned char *data, size_t size,
			       __u64 address, __u64 bias)
{
	struct eh_reader all = { data, data + size, address };

	while (all.at < all.end) {
		struct eh_reader entry = all, cie;
		struct eh_common common;
		__u64 length = eh_bytes(&entry, 4), id;

		if (!length || length > (__u64)(entry.end - entry.at))
			return; /* the end; entries of 64 bits are not made */
		entry.end = entry.at + length;
		all.at = entry.end;
		all.address = entry.address + length;
		id = eh_bytes(&entry, 4);
		if (!id || id > (__u64)(entry.at - 4 - data))
			continue;
		cie.at = entry.at - 4 - id;
		cie.end = data + size;
		cie.address = address + (cie.at - data);
		length = eh_bytes(&cie, 4);
		if (length > (__u64)(cie.end - cie.at))
			continue;
		cie.end = cie.at + length;
		if (!eh_bytes(&cie, 4) && read_common(cie, &common))
			add_function(table, entry, &common, bias);
	}
}

static inline void add_file(struct unwind_table *table, const char *path,
			    __u64 bias)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;
	Elf *elf;

	if (fd < 0)
		return;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	while (elf && !elf_getshdrstrndx(elf, &names) &&
	       (section = elf_nextscn(elf, section))) {
		Elf_Data *data = elf_getdata(section, NULL);
		const char *name;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (data && data->d_buf && name && !strcmp(name, ".eh_frame"))
			add_section(table, data->d_buf, data->d_size,
				    header.sh_addr, bias);
	}
	elf_end(elf);
	close(fd);
}

/*
 * Orders rows by address. The end of a function comes before the beginning of the next.
 */
static inline int by_pc(const void *a, const void *b)
{
	const struct unwind_row *ra = a, *rb = b;

	if (ra->pc != rb->pc)
		return ra->pc < rb->pc ? -1 : 1;
	return (ra->kind != UNWIND_END) - (rb->kind != UNWIND_END);
}

/* Returns the table of a process. The caller frees its rows. */
static inline struct unwind_table unwind_table_of(int pid)
{
	const struct mapping *m = process_of(pid)->mappings;
	struct unwind_table table = {};

	for (; m; m = m->next)
		for (int i = 0; i < m->file->nr_loads; i++) {
			const GElf_Phdr *load = &m->file->loads[i];

			/* Finds the mapping with this segment's code. */
			if ((load->p_flags & PF_X) &&
			    m->offset <= load->p_offset &&
			    load->p_offset < m->offset + (m->end - m->start))
				add_file(&table, m->file->path,
					 m->start - m->offset + load->p_offset -
						 load->p_vaddr);
		}
	if (table.nr)
		qsort(table.rows, table.nr, sizeof(*table.rows), by_pc);
	return table;
}

#endif
