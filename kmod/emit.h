/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These functions emit the few forms of x86-64 instructions that thunks, stubs and entry
 * pads consist of (emit_thunk.c, emit_stubs.c, emit_lock.c). Code is emitted rather than
 * assembled because it embeds run-time addresses as immediates, and because the checks of
 * the kernel's build (objtool) cannot describe code that leaves its caller's stack.
 */
#ifndef _REX_EMIT_H
#define _REX_EMIT_H

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "kept.h"

/**
 * struct rex_emit - where to emit
 * @mem:	memory to write to
 * @addr:	address at which it will run
 * @len:	bytes emitted
 * @cap:	room; @len goes beyond it, and nothing is written, when it is too small
 * @bad:	an operand did not fit its field
 */
struct rex_emit {
	u8 *mem;
	u64 addr;
	u32 len;
	u32 cap;
	bool bad;
};

enum rex_reg {
	RAX,
	RCX,
	RDX,
	RBX,
	RSP,
	RBP,
	RSI,
	RDI,
	R8,
	R9,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15
};

/* The registers that a function preserves: emit_stubs.c. */
extern const enum rex_reg rex_emit_kept[REX_NR_KEPT];

static inline bool rex_emit_failed(const struct rex_emit *e)
{
	return e->bad || e->len > e->cap;
}

static inline u64 rex_emit_here(const struct rex_emit *e)
{
	return e->addr + e->len;
}

static inline void rex_emit_bytes(struct rex_emit *e, const void *p, u32 n)
{
	if (e->len + n <= e->cap)
		memcpy(e->mem + e->len, p, n);
	e->len += n;
}

#define EMIT(e, ...)                                         \
	do {                                                 \
		const u8 _bytes[] = { __VA_ARGS__ };         \
		rex_emit_bytes((e), _bytes, sizeof(_bytes)); \
	} while (0)

/* Emit a 32-bit field that the CPU sign-extends: an immediate or a displacement. */
static inline void rex_emit_s32(struct rex_emit *e, s64 value)
{
	s32 field = value;

	if (field != value)
		e->bad = true;
	rex_emit_bytes(e, &field, sizeof(field));
}

/*
 * Emit the end of a call, jmp or jcc to @target. The compiler must not fold the 4
 * into the address of a function: objtool takes the sum for a branch target.
 */
static inline void rex_emit_rel32(struct rex_emit *e, u64 target)
{
	OPTIMIZER_HIDE_VAR(target);
	rex_emit_s32(e, (s64)(target - (rex_emit_here(e) + 4)));
}

static inline void rex_emit_call(struct rex_emit *e, u64 target)
{
	EMIT(e, 0xe8);
	rex_emit_rel32(e, target);
}

static inline void rex_emit_jmp(struct rex_emit *e, u64 target)
{
	EMIT(e, 0xe9);
	rex_emit_rel32(e, target);
}

/* Fill in the distance from the end of a jump, at @from, to here. */
static inline void rex_emit_distance(struct rex_emit *e, u32 from)
{
	s32 distance = e->len - from;

	if (from <= e->cap)
		memcpy(e->mem + from - sizeof(distance), &distance,
		       sizeof(distance));
}

enum rex_cond {
	CC_B = 0x2,
	CC_AE = 0x3,
	CC_E = 0x4,
	CC_NE = 0x5
};

static inline void rex_emit_jcc(struct rex_emit *e, enum rex_cond cc,
				u64 target)
{
	EMIT(e, 0x0f, 0x80 | cc);
	rex_emit_rel32(e, target);
}

/*
 * Emit a jcc to a place that follows. Return: where it ends, for rex_emit_distance(), which fills
 * in the distance.
 */
static inline u32 rex_emit_jcc_ahead(struct rex_emit *e, enum rex_cond cc)
{
	EMIT(e, 0x0f, 0x80 | cc);
	rex_emit_s32(e, 0);
	return e->len;
}

/* Emit opcode @op with register @reg and memory @disp(@base); @base is not R12. */
static inline void rex_emit_mem(struct rex_emit *e, u8 op, enum rex_reg reg,
				enum rex_reg base, s64 disp)
{
	EMIT(e, 0x48 | (reg >> 3) << 2 | base >> 3, op,
	     0x80 | (reg & 7) << 3 | (base & 7));
	if ((base & 7) == RSP)
		EMIT(e, 0x24);
	rex_emit_s32(e, disp);
}

/* mov %reg,disp(%base) and mov disp(%base),%reg */
static inline void rex_emit_store(struct rex_emit *e, enum rex_reg reg,
				  enum rex_reg base, s64 disp)
{
	rex_emit_mem(e, 0x89, reg, base, disp);
}

static inline void rex_emit_load(struct rex_emit *e, enum rex_reg reg,
				 enum rex_reg base, s64 disp)
{
	rex_emit_mem(e, 0x8b, reg, base, disp);
}

/*
 * Emit the operand %gs:@percpu, a per-CPU variable of the kernel or of this module;
 * @reg is the register, or the opcode's extension.
 */
static inline void rex_emit_percpu(struct rex_emit *e, u8 reg,
				   const void __percpu *percpu)
{
	EMIT(e, reg << 3 | 0x04, 0x25);
	rex_emit_s32(e, (__force s64)percpu);
}

#endif /* _REX_EMIT_H */
