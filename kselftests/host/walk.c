// SPDX-License-Identifier: GPL-2.0
/* Walks through functions (walk.h). */
#include "check.h"
#include "disasm.h"
#include "test.h"
#include "walk.h"

#define RSP 4
#define RBP 5
#define MAX_STEPS 3000
#define STACK_TOP 0x100000
#define NR_SLOTS 1024 /* of 8 bytes below STACK_TOP */

/* A value: unknown, a number (of the stack), or a register's at the beginning. */
struct value {
	enum {
		UNKNOWN,
		NUMBER,
		ORIGINAL
	} kind;
	s64 number;
};

struct walk {
	const struct loaded *l;
	const struct rex_elf_func *f;
	const u8 *text;
	u64 addr;
	u8 *starts; /* of f: where instructions begin, one after another */
	u64 random;
	s64 entry; /* %rsp at the beginning */
	bool aligned; /* it has been rounded down since */
	struct value regs[16];
	struct value slots[NR_SLOTS];
	u32 at;
	const char *violation;
};

static u64 next_random(struct walk *w)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return w->random * 0x2545f4914f6cdd1dull >> 32;
}

static bool violate(struct walk *w, const char *violation)
{
	w->violation = violation;
	return false;
}

static struct value *slot(struct walk *w, s64 addr)
{
	s64 i = (STACK_TOP - addr) / 8;

	return i >= 0 && i < NR_SLOTS ? &w->slots[i] : NULL;
}

/* ---- effects of an instruction on registers ---- */

static struct value add(struct value v, s64 n)
{
	if (v.kind != NUMBER)
		return (struct value){ UNKNOWN, 0 };
	return (struct value){ NUMBER, v.number + n };
}

static struct value operand(const struct walk *w, const struct cs_x86_op *op)
{
	int reg;

	if (op->type == X86_OP_IMM)
		return (struct value){ NUMBER, op->imm };
	if (op->type != X86_OP_REG || op->size != 8)
		return (struct value){ UNKNOWN, 0 };
	reg = disasm_register(op->reg);
	return reg < 0 ? (struct value){ UNKNOWN, 0 } : w->regs[reg];
}

static struct value lea(const struct walk *w, const x86_op_mem *mem)
{
	int base = disasm_register(mem->base);

	if (base < 0 || mem->index != X86_REG_INVALID)
		return (struct value){ UNKNOWN, 0 };
	return add(w->regs[base], mem->disp);
}

static struct value result(struct walk *w, const struct cs_insn *insn)
{
	const struct cs_x86_op *op = insn->detail->x86.operands;
	struct value old = operand(w, &op[0]);

	if (op[0].type != X86_OP_REG || op[0].size != 8)
		return (struct value){ UNKNOWN, 0 };
	switch (insn->id) {
	case X86_INS_MOV:
		return op[1].type == X86_OP_REG ? operand(w, &op[1]) :
						  (struct value){ UNKNOWN, 0 };
	case X86_INS_LEA:
		return lea(w, &op[1].mem);
	case X86_INS_ADD:
		return op[1].type == X86_OP_IMM ? add(old, op[1].imm) :
						  (struct value){ UNKNOWN, 0 };
	case X86_INS_SUB:
		return op[1].type == X86_OP_IMM ? add(old, -op[1].imm) :
						  (struct value){ UNKNOWN, 0 };
	case X86_INS_AND:
		w->aligned |= disasm_register(op[0].reg) == RSP;
		if (op[1].type == X86_OP_IMM && old.kind == NUMBER)
			old.number &= op[1].imm;
		return op[1].type == X86_OP_IMM ? old :
						  (struct value){ UNKNOWN, 0 };
	default:
		return (struct value){ UNKNOWN, 0 };
	}
}

static bool write_registers(struct walk *w, const struct cs_insn *insn)
{
	struct value value = result(w, insn);
	u16 writes = disasm_writes(insn);

	for (int reg = 0; reg < 16; reg++)
		if (writes & 1u << reg)
			w->regs[reg] = (writes & (writes - 1)) ?
					       (struct value){ UNKNOWN, 0 } :
					       value;
	return true;
}

static bool push(struct walk *w, const struct cs_insn *insn)
{
	struct value value = operand(w, &insn->detail->x86.operands[0]);
	struct value *to;

	w->regs[RSP].number -= 8;
	to = slot(w, w->regs[RSP].number);
	if (!to)
		return violate(w, "a push far away");
	*to = value;
	return true;
}

static bool pop(struct walk *w, const struct cs_insn *insn)
{
	int reg = disasm_register(insn->detail->x86.operands[0].reg);
	struct value *from = slot(w, w->regs[RSP].number);

	if (reg < 0 || !from)
		return violate(w, "a pop from far away");
	w->regs[RSP].number += 8;
	w->regs[reg] = *from;
	return true;
}

/* ---- branches ---- */

/* The registers of enum rex_kept. */
static const int kept[REX_NR_KEPT] = { 3, RBP, 12, 13, 14, 15 };

static bool is_original(const struct walk *w, int reg)
{
	return w->regs[reg].kind == ORIGINAL && w->regs[reg].number == reg;
}

static bool leave(struct walk *w)
{
	if (w->regs[RSP].number != w->entry)
		return violate(w, "left with another stack pointer");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (!is_original(w, kept[i]))
			return violate(w, "left without a saved register");
	return false;
}

static const struct rex_elf_func *function_at(const struct walk *w, u64 target)
{
	const struct rex_elf *elf = &w->l->elf;

	for (u32 i = 0; i < elf->nr_funcs; i++)
		if (w->addr + elf->funcs[i].offset == target)
			return &elf->funcs[i];
	return NULL;
}

/* Return whether the function has a return, or a jump out of it. */
static bool has_return(const struct walk *w, const struct rex_elf_func *f)
{
	u32 at = f->pad_offset + REX_PAD_SIZE, end = f->offset + f->size;
	const struct cs_insn *insn;
	u64 target;

	while (at < end) {
		insn = disasm(w->text + at, end - at, w->addr + at);
		if (!insn || insn->id == X86_INS_RET)
			return true;
		target = insn->detail->x86.operands[0].imm - w->addr;
		if (disasm_is_branch(insn) && insn->id != X86_INS_CALL &&
		    (target <= f->offset || target >= end))
			return true;
		at += insn->size;
	}
	return false;
}

static bool call(struct walk *w, u64 target)
{
	const struct rex_elf_func *callee = function_at(w, target);
	enum rex_callee other = rex_check_callee(target);

	if (!callee &&
	    (other == REX_CALLEE_NONE || other == REX_CALLEE_RETURN_THUNK))
		return violate(w, "a call of no function");
	if (callee ? !has_return(w, callee) : other == REX_CALLEE_NORETURN)
		return false;
	for (int reg = 0; reg < 12; reg++)
		if (reg != 3 && reg != RSP && reg != RBP)
			w->regs[reg].kind = UNKNOWN;
	return true;
}

static bool jump(struct walk *w, u64 target)
{
	u64 offset = target - w->addr - w->f->offset;

	if (function_at(w, target) ||
	    rex_check_callee(target) != REX_CALLEE_NONE)
		return leave(w);
	if (offset >= w->f->size || !w->starts[offset])
		return violate(w, "a jump to no instruction of the function");
	if (offset < w->f->pad_offset + REX_PAD_SIZE - w->f->offset)
		return violate(w, "a jump into the pad");
	w->at = w->f->offset + offset;
	return true;
}

/* ---- a walk ---- */

/* Make a step. Return whether the walk goes on. */
static bool step(struct walk *w)
{
	u32 end = w->f->offset + w->f->size;
	const struct cs_insn *insn;
	u64 target;

	if (w->at >= end)
		return violate(w, "an end without a return");
	if (w->at == w->f->pad_offset) {
		w->at += REX_PAD_SIZE;
		return true;
	}
	insn = disasm(w->text + w->at, end - w->at, w->addr + w->at);
	if (!insn)
		return violate(w, "no instruction");
	w->violation = disasm_objection(insn);
	if (!w->violation && disasm_needs(insn) & ~w->l->elf.cpu_features)
		w->violation = "a feature of the CPU that is not declared";
	if (w->violation)
		return false;
	target = insn->detail->x86.operands[0].imm;
	w->at += insn->size;
	if (insn->id == X86_INS_PUSH)
		return push(w, insn);
	if (insn->id == X86_INS_POP)
		return pop(w, insn);
	if (insn->id == X86_INS_UD2)
		return false;
	if (insn->id == X86_INS_RET)
		return leave(w);
	if (insn->id == X86_INS_CALL)
		return call(w, target);
	if (insn->id == X86_INS_JMP)
		return jump(w, target);
	if (disasm_is_branch(insn))
		return next_random(w) & 1 ? jump(w, target) : true;
	return write_registers(w, insn);
}

/* The stack pointer is a number within the frame, for any alignment at entry. */
static bool check_stack_pointer(struct walk *w)
{
	struct value sp = w->regs[RSP];

	if (sp.kind != NUMBER)
		return violate(w, "an unknown stack pointer");
	if (sp.number > w->entry)
		return violate(w, "a stack pointer above the frame");
	if (sp.number <
	    w->entry - (w->aligned ? REX_MAX_FRAME : (s64)w->f->frame) - 8)
		return violate(w, "a stack pointer below the frame");
	return true;
}

/* A thunk does not store the registers that the check has not seen saved. */
static bool check_kept_registers(struct walk *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (!(w->l->saves & 1u << i) && !is_original(w, kept[i]))
			return violate(w,
				       "a change of a register that is not saved");
	return true;
}

static void find_starts(struct walk *w)
{
	u32 at = w->f->offset, end = w->f->offset + w->f->size;
	const struct cs_insn *insn;

	while (at < end) {
		w->starts[at - w->f->offset] = 1;
		if (at == w->f->pad_offset) {
			at += REX_PAD_SIZE;
			continue;
		}
		insn = disasm(w->text + at, end - at, w->addr + at);
		if (!insn)
			break;
		at += insn->size;
	}
}

static void walk_once(struct walk *w)
{
	unsigned int steps = 0;

	w->at = w->f->offset;
	w->aligned = false;
	w->entry = STACK_TOP - 8 * (next_random(w) % 300);
	memset(w->slots, 0, sizeof(w->slots));
	for (int reg = 0; reg < 16; reg++)
		w->regs[reg] = (struct value){ ORIGINAL, reg };
	w->regs[RSP] = (struct value){ NUMBER, w->entry };
	while (steps++ < MAX_STEPS && step(w) && check_stack_pointer(w) &&
	       check_kept_registers(w))
		;
}

const char *walk_violation(const struct loaded *l, const struct rex_elf_func *f,
			   unsigned int walks, u64 seed, u32 *at)
{
	struct walk w = {
		.l = l,
		.f = f,
		.text = l->t.seg[REX_SEG_TEXT].mem,
		.addr = l->t.seg[REX_SEG_TEXT].addr,
		.starts = calloc(1, f->size),
		.random = seed | 1,
	};

	find_starts(&w);
	while (walks-- && !w.violation)
		walk_once(&w);
	*at = w.at - f->offset;
	free(w.starts);
	return w.violation;
}

bool walk_function(const struct loaded *l, const struct rex_elf_func *f,
		   unsigned int walks, u64 seed)
{
	u32 at;
	const char *violation = walk_violation(l, f, walks, seed, &at);

	if (violation)
		fail("%s: before +0x%x: %s", f->name, at, violation);
	return !violation;
}
