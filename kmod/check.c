// SPDX-License-Identifier: GPL-2.0
/* The machine-code check (check.h): instructions and branch targets. */
#include "check_private.h"
#include "cpu_features.h"
#include "demangle.h"

#define CHECK_KEPT_MARKS (128u << 10)

/* ---- the log ---- */

#define CHECK_NAME_LEN 160
#define CHECK_BYTES_SHOWN 15

int rex_check_refuse(const struct rex_check *c,
		     const struct rex_check_place *pl, const char *why)
{
	char bytes[3 * CHECK_BYTES_SHOWN + 1], name[CHECK_NAME_LEN];
	const u8 *code = c->text + pl->at;
	u32 i, nr = min((u32)pl->insn.len, c->size - pl->at);

	for (i = 0; i < nr && i < CHECK_BYTES_SHOWN; i++)
		snprintf(bytes + 3 * i, 4, "%02x ", code[i]);
	bytes[i ? 3 * i - 1 : 0] = '\0';
	rex_demangle(pl->f->name, name, sizeof(name));
	rex_log_err(c->log, "function %s+0x%x: the instruction %s %s", name,
		    pl->at - pl->f->offset, bytes, why);
	return -ENOEXEC;
}

/* ---- one instruction ---- */

static bool check_is_inner(const struct rex_elf_func *f, u32 target)
{
	return target > f->offset && target < f->offset + f->size;
}

/* Find the target of a branch. Another function decides whether it is allowed. */
static void check_follow(const struct rex_check *c, struct rex_check_place *pl)
{
	u64 offset = pl->at + pl->insn.len + pl->insn.imm;

	if (offset < c->size) {
		pl->target = offset;
		pl->is_inner = check_is_inner(pl->f, pl->target);
		pl->callee = REX_CALLEE_NONE;
	} else {
		pl->target = U32_MAX;
		pl->is_inner = false;
		pl->callee = rex_check_callee(c->addr + offset);
	}
}

int rex_check_decode(const struct rex_check *c, struct rex_check_place *pl)
{
	u32 max = pl->f->offset + pl->f->size - pl->at;
	const u8 *code = c->text + pl->at;
	const char *why;

	pl->is_known = c->known &&
		       rex_isa_recall(c->known, &pl->insn, code, max);
	if (!pl->is_known) {
		why = rex_isa_decode(&pl->insn, code, max);
		if (!why && pl->insn.needs & ~c->elf->cpu_features)
			why = rex_cpu_why_undeclared(pl->insn.needs);
		if (why)
			return rex_check_refuse(c, pl, why);
	}
	pl->is_branch = pl->insn.kind >= REX_ISA_JCC &&
			pl->insn.kind <= REX_ISA_CALL;
	if (pl->is_branch)
		check_follow(c, pl);
	return 0;
}

bool rex_check_is_pointer(const struct rex_check *c, u64 addr)
{
	u64 offset = addr - c->addr;

	return offset >= c->size || c->marks[offset] & REX_CHECK_ENTRY;
}

static bool check_is_in_image(const struct rex_check *c, u64 addr)
{
	u32 s;

	for (s = 0; s < REX_NR_SEGS; s++)
		if (s != REX_SEG_TEXT &&
		    addr - c->t->seg[s].addr < c->elf->seg[s].size)
			return true;
	return false;
}

static const char *check_address(const struct rex_check *c,
				 const struct rex_check_place *pl)
{
	u64 addr = pl->insn.disp;

	if (!rex_isa_has_address(&pl->insn) || pl->insn.kind == REX_ISA_NOP)
		return NULL;
	if (pl->insn.base == REX_ISA_RIP)
		addr += c->addr + pl->at + pl->insn.len;
	if (!rex_isa_is_lea(&pl->insn))
		return check_is_in_image(c, addr) ?
			       NULL :
			       "accesses memory that is not the image's";
	return rex_check_is_pointer(c, addr) ?
		       NULL :
		       "takes an address within a function";
}

/* A branch within the image: to the beginning of any function, or within its own. */
static const char *check_target(const struct rex_check *c,
				const struct rex_check_place *pl)
{
	const struct rex_elf_func *f = pl->f;

	if (c->marks[pl->target] & REX_CHECK_ENTRY)
		return NULL;
	if (!pl->is_inner)
		return "branches into another function";
	if (pl->insn.kind == REX_ISA_CALL)
		return "calls an address that begins no function";
	if (pl->target < f->pad_offset + REX_PAD_SIZE)
		return "branches into the entry pad";
	c->marks[pl->target] |= REX_CHECK_TARGET;
	return NULL;
}

static const char *check_branch(const struct rex_check *c,
				const struct rex_check_place *pl)
{
	if (pl->target != U32_MAX)
		return check_target(c, pl);
	if (pl->callee == REX_CALLEE_NONE)
		return "branches to an address that is no function of the runtime";
	if (pl->callee == REX_CALLEE_RETURN_THUNK &&
	    pl->insn.kind != REX_ISA_JMP)
		return "is a return that the toolchain does not make";
	return NULL;
}

/* Returns whether this instruction leaves the function to its caller. */
static bool check_may_return(const struct rex_check_place *pl)
{
	if (pl->insn.kind == REX_ISA_RET)
		return true;
	if (pl->insn.kind != REX_ISA_JMP && pl->insn.kind != REX_ISA_JCC)
		return false;
	return !pl->is_inner && pl->callee != REX_CALLEE_NORETURN;
}

/*
 * Returns whether the second decoder agrees. It costs more than all other parts
 * of the check. It finds the parts of an instruction by its head, so each head is
 * checked once.
 */
static bool check_agrees(const struct rex_check *c,
			 const struct rex_check_place *pl)
{
	const u8 *code = c->text + pl->at;
	u32 max = pl->f->offset + pl->f->size - pl->at;

	if (!pl->is_known) {
		if (!rex_isa_agrees(&pl->insn, code, max))
			return false;
		if (c->known)
			rex_isa_note(c->known, &pl->insn, code, max);
	}
	/* An instruction of another object may have taken its place. */
	if (c->quick && !rex_isa_find_quick(c->quick, code, max))
		rex_isa_note_quick(c->quick, &pl->insn, code, max);
	return true;
}

static const char *check_insn(const struct rex_check *c,
			      const struct rex_check_place *pl)
{
	if (!check_agrees(c, pl))
		return "is decoded differently by the second decoder";
	if (pl->insn.is_calm)
		return NULL;
	if (pl->insn.kind == REX_ISA_ENDBR && pl->at != pl->f->offset)
		return "is not at the beginning of the function";
	if (pl->is_branch)
		return check_branch(c, pl);
	return check_address(c, pl);
}

/* Returns the mark with which check_stack.c sees the instruction, or 0. */
static u8 check_stack_mark(const struct rex_insn *insn)
{
	u32 writes = insn->writes & REX_ISA_STACK_REGS;

	if (insn->kind == REX_ISA_NOP || insn->kind == REX_ISA_ENDBR)
		return 0;
	if (insn->kind != REX_ISA_PLAIN ||
	    writes & (1u << REX_ISA_RSP | 1u << REX_ISA_RBP))
		return REX_CHECK_STACK;
	return writes ? REX_CHECK_WRITES : 0;
}

/* Mark the instructions and branch targets for check_stack.c. */
static void check_note(const struct rex_check *c,
		       const struct rex_check_place *pl,
		       struct rex_isa_pass *pass)
{
	u8 mark = check_stack_mark(&pl->insn);
	u32 writes = pl->insn.writes;

	if (check_may_return(pl))
		c->marks[pl->f->offset] |= REX_CHECK_RETURNS;
	c->marks[pl->at] |= mark;
	if (mark == REX_CHECK_WRITES)
		pass->writes |= (writes >> 3 & 1) << REX_KEPT_BX |
				(writes >> 12 & 0xf) << REX_KEPT_R12;
	if (pl->is_branch && pl->is_inner)
		rex_isa_note_branch(pass, pl->target);
}

/* ---- functions ---- */

/* Find the branch to the middle of an instruction, for the log. */
static int check_refuse_target(const struct rex_check *c,
			       const struct rex_elf_func *f, u32 target)
{
	struct rex_check_place pl = { .f = f,
				      .at = f->pad_offset + REX_PAD_SIZE };

	while (!rex_check_decode(c, &pl) &&
	       !(pl.is_branch && pl.is_inner && pl.target == target))
		pl.at += pl.insn.len;
	return rex_check_refuse(c, &pl,
				"branches to the middle of an instruction");
}

static int check_targets(const struct rex_check *c,
			 const struct rex_elf_func *f,
			 const struct rex_isa_pass *pass)
{
	u32 at = f->offset, end = f->offset + f->size, i;

	/* A function may be large, and have few branches. */
	if (pass->nr_branches <= REX_ISA_NR_TARGETS) {
		for (i = 0; i < pass->nr_branches; i++)
			if (!(c->marks[pass->targets[i]] & REX_CHECK_START))
				return check_refuse_target(c, f,
							   pass->targets[i]);
		return 0;
	}
	for (;; at++) {
		at = rex_check_find(c->marks, at, end, REX_CHECK_TARGET);
		if (at == end)
			return 0;
		if (!(c->marks[at] & REX_CHECK_START))
			return check_refuse_target(c, f, at);
	}
}

/*
 * Check each instruction of a function by itself. The pad, which the loader has written, is
 * one of them. Most others are passed over: they are quick (isa.h), and end before the next
 * relocation.
 */
static int check_decode_func(const struct rex_check *c,
			     const struct rex_elf_func *f, u32 *nr_branches)
{
	struct rex_check_place pl = { .f = f, .at = f->offset };
	u32 end = f->offset + f->size, rela = rex_check_first_rela(c, f);
	u64 rela_at = rex_check_rela_at(c, f, rela);
	struct rex_isa_pass pass = {
		.quick = c->quick,
		.text = c->text,
		.body = f->pad_offset + REX_PAD_SIZE,
		.end = end,
		.marks = c->marks,
	};
	const char *why;
	int err;

	while (pl.at < end) {
		if (pass.quick && pl.at >= pass.body) {
			pass.at = pl.at;
			rex_isa_pass(&pass, rela_at < end ? rela_at : end);
			pl.at = pass.at;
			if (pl.at == end)
				break;
		}
		c->marks[pl.at] |= REX_CHECK_START;
		if (pl.at == f->pad_offset) {
			pl.at += REX_PAD_SIZE;
			continue;
		}
		err = rex_check_decode(c, &pl);
		if (err)
			return err;
		why = check_insn(c, &pl);
		if (why)
			return rex_check_refuse(c, &pl, why);
		if (rela_at < pl.at + pl.insn.len ||
		    pl.insn.kind == REX_ISA_RET) {
			err = rex_check_insn_relas(c, &pl, &rela);
			if (err)
				return err;
			rela_at = rex_check_rela_at(c, f, rela);
		}
		if (!pl.insn.is_calm)
			check_note(c, &pl, &pass);
		pl.at += pl.insn.len;
	}
	*nr_branches = pass.nr_branches;
	c->writes[f - c->elf->funcs] = pass.writes;
	return check_targets(c, f, &pass);
}

static int check_sizes(const struct rex_check *c, u32 *largest)
{
	u32 i;

	*largest = 0;
	for (i = 0; i < c->elf->nr_funcs; i++) {
		const struct rex_elf_func *f = &c->elf->funcs[i];

		if (f->size > REX_CHECK_MAX_FUNC)
			return rex_refuse(c->log,
					  "function %s has %u bytes of code, the limit is %u: divide it",
					  f->name, f->size, REX_CHECK_MAX_FUNC);
		if (f->size > *largest)
			*largest = f->size;
		c->marks[f->offset] |= REX_CHECK_ENTRY;
	}
	return 0;
}

/*
 * Check the instructions of all functions, and set @most_branches to the largest number
 * of branches in one.
 */
static int check_decode_all(const struct rex_check *c, u32 *most_branches)
{
	int err = 0;
	u32 i;

	*most_branches = 0;
	for (i = 0; i < c->elf->nr_funcs && !err; i++) {
		const struct rex_elf_func *f = &c->elf->funcs[i];
		u32 nr = 0;

		err = check_decode_func(c, f, &nr);
		if (nr > *most_branches)
			*most_branches = nr;
		if (!err)
			err = rex_breathe();
	}
	return err;
}

static int check_all(struct rex_check *c)
{
	u32 largest, branches, i;
	int err = check_sizes(c, &largest);

	if (!err)
		err = check_decode_all(c, &branches);
	if (!err)
		err = rex_check_data_relas(c);
	if (!err)
		err = rex_check_stack_init(c, branches + 1, largest);
	for (i = 0; i < c->elf->nr_funcs && !err; i++) {
		err = rex_check_stack(c, &c->elf->funcs[i]);
		if (!err)
			err = rex_breathe();
	}
	return err;
}

/*
 * This is kept for the next check: the known instructions, which are valid for all objects,
 * and memory for marks. Larger texts have marks of their own.
 */
struct check_kept {
	struct rex_isa_known known[REX_ISA_NR_KNOWN];
	struct rex_isa_quick quick;
	u8 marks[CHECK_KEPT_MARKS];
};

/* A check takes them and returns them. A second check at the same time makes its own. */
static struct check_kept *check_kept;

static struct check_kept *check_take_kept(void)
{
	struct check_kept *kept = xchg(&check_kept, NULL);

	return kept ?: kvcalloc(1, sizeof(*kept), REX_GFP_KEPT);
}

static void check_give_kept(struct check_kept *kept)
{
	kvfree(xchg(&check_kept, kept));
}

void rex_check_exit(void)
{
	check_give_kept(NULL);
}

static struct rex_check check_of(const struct rex_elf *elf,
				 const struct rex_elf_target *t,
				 struct rex_log *log)
{
	return (struct rex_check){
		.elf = elf,
		.t = t,
		.log = log,
		.text = t->seg[REX_SEG_TEXT].mem,
		.addr = t->seg[REX_SEG_TEXT].addr,
		.size = elf->seg[REX_SEG_TEXT].size,
	};
}

static u8 *check_marks(struct check_kept *kept, u32 size)
{
	if (!REX_REUSES_MEMORY || !kept || size > sizeof(kept->marks))
		return kvcalloc(size, 1, REX_GFP);
	return memset(kept->marks, 0, size);
}

int rex_check(const struct rex_elf *elf, const struct rex_elf_target *t,
	      u8 *saves, struct rex_log *log)
{
	struct rex_check c = check_of(elf, t, log);
	struct check_kept *kept = check_take_kept();
	int err = -ENOMEM;

	c.marks = check_marks(kept, c.size);
	c.writes = kvcalloc(elf->nr_funcs, sizeof(*c.writes), REX_GFP);
	if (c.marks && c.writes && kept) {
		c.known = kept->known;
		c.quick = &kept->quick;
		err = check_all(&c);
	}
	*saves = c.saves;
	rex_check_stack_free(&c);
	kvfree(c.writes);
	if (!kept || c.marks != kept->marks)
		kvfree(c.marks);
	check_give_kept(kept);
	return err;
}
