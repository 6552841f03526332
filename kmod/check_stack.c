// SPDX-License-Identifier: GPL-2.0
/*
 * The machine-code check (check.h): the stack of a function.
 *
 * The check follows a function along its branches, with a state of %rsp, %rbp
 * and the saved registers. Where two paths meet, their states have to be equal,
 * so each instruction is checked once, without iteration. LLVM's code has this
 * property, since unwinders need to know its frames.
 *
 * A call returns with %rsp and the callee-saved registers unchanged, since the
 * called function has been checked for that or is the runtime's. Code after the
 * call of a function without a return is not reached.
 */
#include "check_private.h"
#include "demangle.h"

/* The limit of different states in a function. Most functions have less than the few. */
#define STACK_MAX_STATES 1024
#define STACK_FEW_STATES 40

/* The largest alignment of an object in a frame. */
#define STACK_MAX_ALIGN 2048

/*
 * LLVM's .stack_sizes leave out a value that is pushed and popped at once: `push $1;
 * pop %rax`.
 */
#define STACK_PUSHED 8

#define STACK_NO_TOP 1 /* no value of @top */

/**
 * struct rex_stack_state - what is known before an instruction
 * @sp:		%rsp minus its value at the function's beginning, where the return
 *		address is: 0 or less. After `and $-N,%rsp` it is lower by less than N
 * @top:	after such an `and`: @sp at that time, above which there is nothing
 *		that has a known place; otherwise STACK_NO_TOP
 * @align:	after such an `and`: N; otherwise 0
 * @fp:		%rbp minus the same value, if %rbp was set from %rsp; otherwise 0
 * @saved:	for each register of enum rex_kept: @sp of the place that it has been
 *		pushed to, or 0 if the register has the caller's value
 */
struct rex_stack_state {
	s32 sp;
	s32 top;
	s32 align;
	s32 fp;
	s32 saved[REX_NR_KEPT];
};

#define STACK_NO_ID U16_MAX

/**
 * struct stack - a path through a function
 * @c:		the check
 * @pl:		the instruction
 * @now:	the state
 * @id:		its index in rex_check.states, or STACK_NO_ID
 * @kept:	the registers that are saved in it: bits of enum rex_kept
 * @writes:	the registers that instructions with REX_CHECK_WRITES write
 */
struct stack {
	struct rex_check *c;
	struct rex_check_place pl;
	struct rex_stack_state now;
	u16 id;
	u8 kept;
	u8 writes;
};

static int stack_refuse(const struct stack *s, const char *why)
{
	return rex_check_refuse(s->c, &s->pl, why);
}

/* Returns the place of a saved register, or NULL if it is not callee-saved. */
static s32 *stack_saved(struct stack *s, u8 reg)
{
	if (reg == 3)
		return &s->now.saved[REX_KEPT_BX];
	if (reg == REX_ISA_RBP)
		return &s->now.saved[REX_KEPT_BP];
	return reg >= 12 && reg < 16 ? &s->now.saved[REX_KEPT_R12 + reg - 12] :
				       NULL;
}

/* ---- %rsp ---- */

#define STACK_UNKNOWN \
	"moves the stack pointer by a number that is not in the code"

/*
 * Returns whether @depth bytes are within the frame of .stack_sizes. LLVM
 * leaves out the rounding of an aligned frame, at compile time and by the
 * `and`. The limit of all frames covers it.
 */
static bool stack_has_room(const struct stack *s, s64 depth)
{
	s64 align = s->now.align;

	if (align && depth + align - 1 > REX_MAX_FRAME + STACK_PUSHED)
		return false;
	return depth <= (s64)s->pl.f->frame + STACK_PUSHED + align;
}

/* Set %rsp. Values below it are no longer part of the frame. */
static int stack_set_sp(struct stack *s, s64 sp)
{
	struct rex_stack_state *now = &s->now;
	u32 i;

	if (sp > 0)
		return stack_refuse(
			s,
			"moves the stack pointer above the function's frame");
	if (now->top != STACK_NO_TOP && sp > now->top)
		return stack_refuse(s, STACK_UNKNOWN);
	if (!stack_has_room(s, -sp))
		return stack_refuse(
			s,
			"moves the stack pointer below the frame of .stack_sizes");
	/* No saved register is below the stack pointer. */
	for (i = 0; i < REX_NR_KEPT && sp > now->sp; i++)
		if (now->saved[i] && now->saved[i] < sp)
			return stack_refuse(
				s,
				"moves the stack pointer above a saved register");
	now->sp = sp;
	return 0;
}

/* Set %rsp from %rbp, after which its value is known. */
static int stack_set_sp_from_fp(struct stack *s, s32 disp)
{
	if (!s->now.fp)
		return stack_refuse(
			s,
			"sets the stack pointer from a register that is no frame pointer");
	s->now.top = STACK_NO_TOP;
	s->now.align = 0;
	return stack_set_sp(s, (s64)s->now.fp + disp);
}

static int stack_align_sp(struct stack *s)
{
	s64 align = -s->pl.insn.imm;

	if (s->now.top != STACK_NO_TOP)
		return stack_refuse(s, STACK_UNKNOWN);
	if (align < 8 || align > STACK_MAX_ALIGN || align & (align - 1))
		return stack_refuse(
			s,
			"aligns the stack pointer to no power of two from 8 to 2048");
	s->now.top = s->now.sp;
	s->now.align = align;
	return stack_set_sp(s, s->now.sp);
}

static bool stack_is_group(const struct rex_insn *insn, u8 ext)
{
	return !insn->map && insn->mod == 3 && insn->ext == ext &&
	       (insn->opcode == 0x81 || insn->opcode == 0x83);
}

/*
 * Returns whether it is a mov between these registers: 89 writes @rm, 8b writes @reg.
 */
static bool stack_is_mov(const struct rex_insn *insn, u8 from, u8 to)
{
	if (insn->map || !insn->wide || insn->mod != 3)
		return false;
	return (insn->opcode == 0x89 && insn->reg == from && insn->rm == to) ||
	       (insn->opcode == 0x8b && insn->rm == from && insn->reg == to);
}

static int stack_write_sp(struct stack *s)
{
	const struct rex_insn *insn = &s->pl.insn;

	if (insn->wide && stack_is_group(insn, 0))
		return stack_set_sp(s, s->now.sp + insn->imm);
	if (insn->wide && stack_is_group(insn, 5))
		return stack_set_sp(s, s->now.sp - insn->imm);
	if (insn->wide && stack_is_group(insn, 4))
		return stack_align_sp(s);
	if (stack_is_mov(insn, REX_ISA_RBP, REX_ISA_RSP))
		return stack_set_sp_from_fp(s, 0);
	if (rex_isa_is_lea(insn) && insn->wide && insn->index == REX_ISA_NONE) {
		if (insn->base == REX_ISA_RSP)
			return stack_set_sp(s, (s64)s->now.sp + insn->disp);
		if (insn->base == REX_ISA_RBP)
			return stack_set_sp_from_fp(s, insn->disp);
	}
	return stack_refuse(s, STACK_UNKNOWN);
}

/* ---- callee-saved registers ---- */

/* Note the value of %rbp, if it points to the frame. */
static void stack_write_fp(struct stack *s)
{
	const struct rex_insn *insn = &s->pl.insn;

	s->now.fp = 0;
	if (s->now.top != STACK_NO_TOP)
		return;
	if (stack_is_mov(insn, REX_ISA_RSP, REX_ISA_RBP))
		s->now.fp = s->now.sp;
	else if (rex_isa_is_lea(insn) && insn->wide &&
		 insn->base == REX_ISA_RSP && insn->index == REX_ISA_NONE &&
		 insn->disp_size == 1)
		s->now.fp = s->now.sp + insn->disp;
}

static int stack_refuse_write(const struct stack *s)
{
	return stack_refuse(s,
			    "writes a callee-saved register that is not saved");
}

static int stack_write_registers(struct stack *s)
{
	u32 writes = s->pl.insn.writes & REX_ISA_STACK_REGS;

	s->id = STACK_NO_ID;
	if (writes & 1u << REX_ISA_RSP)
		return stack_write_sp(s);
	for (; writes; writes &= writes - 1) {
		u8 reg = __builtin_ctz(writes);

		if (!*stack_saved(s, reg))
			return stack_refuse_write(s);
		if (reg == REX_ISA_RBP)
			stack_write_fp(s);
	}
	return 0;
}

static int stack_push(struct stack *s)
{
	s32 *saved = stack_saved(s, s->pl.insn.reg);
	int err = stack_set_sp(s, (s64)s->now.sp - 8);

	s->id = STACK_NO_ID;
	/* not after an `and`, where the place is unknown */
	if (!err && saved && !*saved && s->now.top == STACK_NO_TOP) {
		*saved = s->now.sp;
		s->kept |= 1u << (saved - s->now.saved);
		s->c->saves |= s->kept;
	}
	return err;
}

/*
 * A register that is popped from its place has the caller's value again. The
 * place is freed, so no other register may be saved there.
 */
static int stack_pop(struct stack *s)
{
	u8 reg = s->pl.insn.reg;
	s32 *saved = stack_saved(s, reg);

	s->id = STACK_NO_ID;
	if (reg == REX_ISA_RSP)
		return stack_refuse(s, STACK_UNKNOWN);
	if (saved && !*saved)
		return stack_refuse_write(s);
	if (saved && *saved == s->now.sp) {
		*saved = 0;
		s->kept &= ~(1u << (saved - s->now.saved));
	}
	if (reg == REX_ISA_RBP)
		s->now.fp = 0;
	return stack_set_sp(s, (s64)s->now.sp + 8);
}

/* Check a return, or a jump to another function, both of which need an empty frame. */
static int stack_leave(struct stack *s)
{
	u32 i;

	if (s->now.sp || s->now.top != STACK_NO_TOP)
		return stack_refuse(s,
				    "leaves the function with a frame on the stack");
	for (i = 0; i < REX_NR_KEPT; i++)
		if (s->now.saved[i])
			return stack_refuse(
				s,
				"leaves the function without a callee-saved register's value");
	return 0;
}

/* ---- states ---- */

/* Make room for more states. Few functions need more than the first few. */
static int stack_grow(struct rex_check *c)
{
	u32 max = c->max_states ? STACK_MAX_STATES : STACK_FEW_STATES;
	struct rex_stack_state *states =
		kvcalloc(max, sizeof(*states), REX_GFP);

	if (!states)
		return -ENOMEM;
	if (c->nr_states)
		memcpy(states, c->states, c->nr_states * sizeof(*states));
	kvfree(c->states);
	c->states = states;
	c->max_states = max;
	return 0;
}

static int stack_add_state(struct stack *s)
{
	struct rex_check *c = s->c;
	int err;

	if (c->nr_states == STACK_MAX_STATES)
		return stack_refuse(s, "is in a function with too many frames");
	if (c->nr_states == c->max_states) {
		err = stack_grow(c);
		if (err)
			return err;
	}
	s->id = c->nr_states;
	c->states[c->nr_states++] = s->now;
	return 0;
}

/* Set @s->id. A function may have a thousand states, and a branch after each push and pop. */
static int stack_find_state(struct stack *s)
{
	struct rex_check *c = s->c;
	int err;
	u32 i;

	if (s->id != STACK_NO_ID)
		return 0;
	if (++c->nr_searches % 1024 == 0) {
		err = rex_breathe();
		if (err)
			return err;
	}
	for (i = c->nr_states; i; i--) {
		if (!memcmp(&c->states[i - 1], &s->now, sizeof(s->now))) {
			s->id = i - 1;
			return 0;
		}
	}
	return stack_add_state(s);
}

/*
 * Require the current state at @target. If no path has been there, set @is_new,
 * and check it later unless the caller goes on there.
 */
static int stack_meet(struct stack *s, u32 target, bool *is_new)
{
	u16 *id = &s->c->ids[target - s->pl.f->offset];
	u8 *mark = &s->c->marks[target];
	int err = stack_find_state(s);

	if (err)
		return err;
	*is_new = !(*mark & REX_CHECK_MET);
	if (!*is_new && *id != s->id)
		return stack_refuse(
			s,
			"meets another way through the function with another stack");
	*mark |= REX_CHECK_MET;
	*id = s->id;
	return 0;
}

static int stack_branch_inside(struct stack *s)
{
	bool is_new;
	int err = stack_meet(s, s->pl.target, &is_new);

	if (!err && is_new)
		s->c->work[s->c->nr_work++] = s->pl.target;
	return err;
}

/* ---- the paths of a function ---- */

static bool stack_call_returns(const struct stack *s)
{
	if (s->pl.target != U32_MAX)
		return s->c->marks[s->pl.target] & REX_CHECK_RETURNS;
	return s->pl.callee != REX_CALLEE_NORETURN;
}

/* Check the instruction at s->pl. @goes_on says whether the next one follows. */
static int stack_step(struct stack *s, bool *goes_on)
{
	const struct rex_insn *insn = &s->pl.insn;

	*goes_on = true;
	switch (insn->kind) {
	case REX_ISA_PUSH:
		return stack_push(s);
	case REX_ISA_POP:
		return stack_pop(s);
	case REX_ISA_CALL:
		*goes_on = stack_call_returns(s);
		return 0;
	case REX_ISA_JMP:
		*goes_on = false;
		fallthrough;
	case REX_ISA_JCC:
		return s->pl.is_inner ? stack_branch_inside(s) : stack_leave(s);
	case REX_ISA_RET:
		*goes_on = false;
		return stack_leave(s);
	case REX_ISA_TRAP:
		*goes_on = false;
		return 0;
	case REX_ISA_PLAIN:
		if (insn->writes & REX_ISA_STACK_REGS)
			return stack_write_registers(s);
		return 0;
	default:
		return 0;
	}
}

/*
 * Go to the next instruction that matters, or to the end of the function. While all registers
 * that it writes are saved, only what may change that matters.
 */
static void stack_skip(struct stack *s, u32 end)
{
	u64 bits = REX_CHECK_STACK | REX_CHECK_TARGET;

	if (s->writes & ~s->kept)
		bits |= REX_CHECK_WRITES;
	s->pl.at = rex_check_find(s->c->marks, s->pl.at, end, bits);
}

static int stack_refuse_end(const struct stack *s)
{
	char name[160];

	rex_demangle(s->pl.f->name, name, sizeof(name));
	return rex_refuse(s->c->log, "function %s runs off its end", name);
}

/* Check a quick branch of @len bytes. Returns whether it stays in the function. */
static bool stack_step_branch(struct stack *s, u32 len, bool *goes_on, int *err)
{
	const struct rex_elf_func *f = s->pl.f;
	const u8 *code = s->c->text + s->pl.at;
	s64 target = (s64)s->pl.at + len;
	s32 distance = (s8)code[1];

	if (len > 2)
		memcpy(&distance, code + len - 4, 4);
	target += distance;
	if (target <= f->offset || target >= f->offset + f->size)
		return false;
	s->pl.insn.len = len;
	s->pl.target = target;
	*goes_on = code[0] != 0xe9 && code[0] != 0xeb; /* a jcc */
	*err = stack_branch_inside(s);
	s->pl.at += len;
	return true;
}

/* Check a quick push or pop of a register, of @len bytes. Returns false if it is another one. */
static bool stack_step_push_or_pop(struct stack *s, u32 len, int *err)
{
	const u8 *code = s->c->text + s->pl.at;
	u8 opcode = code[len - 1];

	if (len > 2 || (len == 2 && code[0] != 0x41) || (opcode & 0xf0) != 0x50)
		return false;
	s->pl.insn.len = len;
	s->pl.insn.reg = (opcode & 7) + 8 * (len - 1);
	*err = opcode & 8 ? stack_pop(s) : stack_push(s);
	s->pl.at += len;
	return true;
}

/*
 * Check a quick instruction. One that writes a register requires that it is saved, and
 * changes nothing else. Returns false if it is none of these.
 */
static bool stack_step_quick(struct stack *s, u32 end, bool *goes_on, int *err)
{
	u32 info, len, saved;

	if (!s->c->quick)
		return false;
	info = rex_isa_find_quick(s->c->quick, s->c->text + s->pl.at,
				  end - s->pl.at);
	len = info & REX_ISA_QUICK_LEN;
	if (rex_isa_quick_branches(info))
		return len <= end - s->pl.at &&
		       stack_step_branch(s, len, goes_on, err);
	saved = rex_isa_quick_saved(info);
	if (saved == REX_ISA_QUICK_MOVES)
		return len <= end - s->pl.at &&
		       stack_step_push_or_pop(s, len, err);
	if (!saved || saved == REX_ISA_QUICK_RBP)
		return false;
	s->pl.insn.len = len;
	if (s->now.saved[saved - 1])
		s->pl.at += len;
	else
		*err = stack_refuse_write(s);
	return true;
}

/*
 * Check instructions from @s->pl.at on, up to one that another path has passed,
 * or to the end of the path.
 */
static int stack_follow(struct stack *s)
{
	const struct rex_elf_func *f = s->pl.f;
	u32 start = s->pl.at, end = f->offset + f->size;
	bool goes_on = true;
	int err = 0;

	while (goes_on && !err) {
		stack_skip(s, end);
		if (s->pl.at == end)
			return stack_refuse_end(s);
		if (s->pl.at != start &&
		    s->c->marks[s->pl.at] & REX_CHECK_TARGET) {
			err = stack_meet(s, s->pl.at, &goes_on);
			if (err || !goes_on)
				return err;
		}
		if (!(s->c->marks[s->pl.at] &
		      (REX_CHECK_STACK | REX_CHECK_WRITES))) {
			s->pl.at++; /* no byte after its first is marked */
			continue;
		}
		if (stack_step_quick(s, end, &goes_on, &err))
			continue;
		err = rex_check_decode(s->c, &s->pl);
		if (!err)
			err = stack_step(s, &goes_on);
		s->pl.at += s->pl.insn.len;
	}
	return err;
}

/* Return the registers that are saved in a state: bits of enum rex_kept. */
static u8 stack_kept(const struct rex_stack_state *state)
{
	u8 kept = 0;
	u32 i;

	for (i = 0; i < REX_NR_KEPT; i++)
		if (state->saved[i])
			kept |= 1u << i;
	return kept;
}

int rex_check_stack(struct rex_check *c, const struct rex_elf_func *f)
{
	struct stack s = {
		.c = c,
		.pl = { .f = f },
		.writes = c->writes[f - c->elf->funcs],
	};
	int err = 0;

	c->states[0] = (struct rex_stack_state){ .top = STACK_NO_TOP };
	c->nr_states = 1;
	c->marks[f->offset] |= REX_CHECK_MET;
	c->ids[0] = 0;
	c->work[0] = f->offset;
	c->nr_work = 1;
	while (c->nr_work && !err) {
		s.pl.at = c->work[--c->nr_work];
		s.id = c->ids[s.pl.at - f->offset];
		s.now = c->states[s.id];
		s.kept = stack_kept(&s.now);
		err = stack_follow(&s);
	}
	return err;
}

int rex_check_stack_init(struct rex_check *c, u32 nr_work, u32 nr_ids)
{
	c->work = kvcalloc(nr_work, sizeof(*c->work), REX_GFP);
	c->ids = kvcalloc(nr_ids, sizeof(*c->ids), REX_GFP);
	if (!c->work || !c->ids)
		return -ENOMEM;
	return stack_grow(c);
}

void rex_check_stack_free(struct rex_check *c)
{
	kvfree(c->states);
	kvfree(c->ids);
	kvfree(c->work);
	c->states = NULL;
	c->nr_states = 0;
	c->max_states = 0;
}
