// SPDX-License-Identifier: GPL-2.0
/*
 * No run writes memory that other CPUs use, so runs on many CPUs do not wait for one another.
 * The test reads the code on the way into a program and back, from the call of the carrier to
 * its end, in the kernel's memory. It follows what the registers point to, and looks at each
 * store. A conditional branch is for a rare case, and not on the way.
 *
 * A CPU's own memory is its segment (%gs), the stack, and what rex_limit points to: the state
 * of the CPU's runs.
 */
#include <pthread.h>

#include "rex_breakpoints.h"
#include "rex_x86.h"

#define MOST_STEPS 1000
#define MOST_LINES 32
#define MOST_DEPTH 64
#define LINE 64

struct value {
	bool own; /* it points to memory of this CPU */
	unsigned int depth; /* of the stack, where it points to the stack */
	__u64 number; /* of a return address */
};

/**
 * struct walk - the way of a run
 * @code:	instead of the kernel's memory, or NULL
 * @at:		the next instruction
 * @limit:	the place of rex_limit in the segment; 0: not known yet
 * @stack, @depth:	what was pushed
 * @steps, @stores:	numbers of instructions, and of those that write memory
 * @lines:	addresses in shared memory that are read, where the code names them
 */
struct walk {
	const __u8 *code;
	__u64 at;
	__s32 limit;
	struct value regs[X86_NR_REGS + 1];
	struct value stack[MOST_DEPTH];
	unsigned int depth;
	unsigned int steps, stores;
	__u64 lines[MOST_LINES];
	unsigned int nr_lines;
	char problem[256];
};

#define REFUSE(_walk, _fmt, ...)                                              \
	(snprintf((_walk)->problem, sizeof((_walk)->problem), "%#llx: " _fmt, \
		  (unsigned long long)(_walk)->at, ##__VA_ARGS__),            \
	 false)

static bool walk_push(struct walk *walk, struct value value)
{
	if (walk->depth == MOST_DEPTH)
		return REFUSE(walk, "the stack is too deep");
	walk->stack[walk->depth++] = value;
	return true;
}

static bool walk_pop(struct walk *walk, struct value *value)
{
	if (!walk->depth)
		return REFUSE(walk, "more is popped than was pushed");
	*value = walk->stack[--walk->depth];
	return true;
}

static bool reads_limit(const struct walk *walk, const struct x86_insn *insn)
{
	return insn->gs && insn->base == X86_NO_REG &&
	       insn->index == X86_NO_REG &&
	       (!walk->limit || insn->disp == walk->limit);
}

static bool points_to_own(const struct walk *walk, const struct x86_insn *insn)
{
	return insn->base != X86_NO_REG && walk->regs[insn->base].own;
}

static bool check_store(struct walk *walk, const struct x86_insn *insn)
{
	walk->stores++;
	if (insn->locked)
		return REFUSE(walk, "a locked instruction (opcode %#x)",
			      insn->op);
	if (insn->gs || points_to_own(walk, insn))
		return true;
	return REFUSE(walk, "a store to shared memory (opcode %#x)", insn->op);
}

static void note_load(struct walk *walk, const struct x86_insn *insn)
{
	__u64 addr = (__s64)insn->disp;

	if (insn->gs || insn->base != X86_NO_REG || insn->index != X86_NO_REG)
		return;
	if (insn->rip_relative)
		addr += walk->at + insn->len;
	if (walk->nr_lines < MOST_LINES)
		walk->lines[walk->nr_lines++] = addr & ~(LINE - 1ull);
}

/* Returns what an instruction puts into its register @reg. */
static struct value result_of(const struct walk *walk,
			      const struct x86_insn *insn)
{
	struct value value = {};

	switch (insn->op) {
	case 0x89: /* mov of registers */
		return walk->regs[insn->reg];
	case 0x8b:
		if (!insn->mem)
			return walk->regs[insn->rm];
		value.own = reads_limit(walk, insn) ||
			    (insn->reg == X86_RSP && points_to_own(walk, insn));
		return value;
	case 0x8d: /* lea */
		value.own = points_to_own(walk, insn) &&
			    insn->index == X86_NO_REG;
		return value;
	case 0x1c1: /* xadd */
		value.own = insn->mem && reads_limit(walk, insn);
		return value;
	}
	return value;
}

static bool write_reg(struct walk *walk, unsigned int reg, struct value value)
{
	/* The frame pointer remembers the stack; a move to another stack does not matter. */
	value.depth = walk->depth;
	walk->regs[reg] = value;
	if (reg == X86_RSP && !value.own)
		return REFUSE(walk, "the stack is not this CPU's");
	return true;
}

/* The operand in @rm: memory, or a register. A sum with a number points where it did. */
static bool step_rm(struct walk *walk, const struct x86_insn *insn)
{
	bool is_sum = insn->op == 0x81 || insn->op == 0x83;

	if (insn->mem)
		return check_store(walk, insn);
	if (is_sum && insn->wide && (insn->ext == 0 || insn->ext == 5))
		return true;
	return write_reg(walk, insn->rm, result_of(walk, insn));
}

static bool step_operands(struct walk *walk, const struct x86_insn *insn)
{
	if (insn->mem && insn->op != 0x8d && insn->op != 0x11f)
		note_load(walk, insn);
	/* The thunk claims a level: xadd to rex_limit. */
	if (insn->op == 0x1c1 && insn->gs)
		walk->limit = insn->disp;
	if (insn->writes_reg) {
		struct value value = result_of(walk, insn);

		if (insn->writes_rm && !step_rm(walk, insn))
			return false;
		return write_reg(walk, insn->reg, value);
	}
	return !insn->writes_rm || step_rm(walk, insn);
}

static bool step_call(struct walk *walk, const struct x86_insn *insn)
{
	struct value back = { .number = walk->at + insn->len };

	if (!walk_push(walk, back))
		return false;
	walk->at += insn->len + insn->imm;
	return true;
}

/* Takes a step. Returns false at the end, and where there is a problem. */
static bool step(struct walk *walk)
{
	__u8 code[X86_ROOM + 1];
	struct x86_insn insn;
	struct value value = {};

	if (walk->code)
		memcpy(code, walk->code + walk->at, X86_ROOM);
	else
		read_kernel(walk->at, code, X86_ROOM);
	if (!x86_decode(code, &insn))
		return REFUSE(walk,
			      "an unknown instruction: %02x %02x %02x %02x",
			      code[0], code[1], code[2], code[3]);
	if (++walk->steps > MOST_STEPS)
		return REFUSE(walk, "no end");
	switch (insn.op) {
	case 0x50 ... 0x57:
		if (!walk_push(walk, walk->regs[insn.reg]))
			return false;
		break;
	case 0x58 ... 0x5f:
		if (!walk_pop(walk, &value))
			return false;
		walk->regs[insn.reg] = value;
		break;
	case 0x68:
	case 0x6a:
		value.number = insn.imm;
		if (!walk_push(walk, value))
			return false;
		break;
	case 0xc9: /* leave */
		if (!walk->regs[X86_RBP].own)
			return REFUSE(walk, "leave of another stack");
		walk->depth = walk->regs[X86_RBP].depth;
		if (!walk_pop(walk, &walk->regs[X86_RBP]))
			return false;
		break;
	case 0xc3: /* ret */
		if (!walk->depth)
			return false;
		walk->at = walk->stack[--walk->depth].number;
		return true;
	case 0xe8:
		return step_call(walk, &insn);
	case 0xe9:
	case 0xeb:
		walk->at += insn.len + insn.imm;
		return true;
	case 0xb8 ... 0xbf: /* mov of a number */
		walk->regs[insn.reg] = value;
		break;
	case 0x8f:
		return REFUSE(walk, "a pop to memory");
	case 0xff:
		if (insn.ext >= 2)
			return REFUSE(walk, "a branch to an address in memory");
		/* fallthrough */
	default:
		if (insn.has_modrm && !step_operands(walk, &insn))
			return false;
	}
	walk->at += insn.len;
	return true;
}

static void take_way(struct walk *walk)
{
	walk->regs[X86_RSP].own = true;
	while (step(walk))
		;
}

/* ---- the programs ---- */

/* The way of the program; @walk may have rex_limit. */
static void walk_program(struct rex_obj *obj, const char *name,
			 struct walk *walk)
{
	__s32 limit = walk->limit;

	*walk = (struct walk){ .at = code_of(
				       bpf_program__fd(program(obj, name))),
			       .limit = limit };
	take_way(walk);
}

static void expect_no_shared_store(struct rex_obj *obj, const char *name,
				   struct walk *walk)
{
	/* The first time, only to learn where rex_limit is. */
	walk->limit = 0;
	walk_program(obj, name, walk);
	ASSERT_MSG(!walk->problem[0], "%s: %s", name, walk->problem);
	ASSERT_MSG(walk->limit, "%s: no level is claimed", name);
	walk_program(obj, name, walk);
	EXPECT_MSG(!walk->problem[0], "%s: %s", name, walk->problem);
	/* rex_limit and the counter of runs, at least. */
	EXPECT_MSG(walk->stores >= 3, "%s: only %u stores", name, walk->stores);
	ksft_note("%s: %u instructions, %u of them write memory", name,
		  walk->steps, walk->stores);
}

OBJECT_FIXTURE("bench_types")

TEST_F(object, no_run_writes_shared_memory)
{
	struct bpf_program *prog;
	struct walk walk = {};
	int nr = 0;

	bpf_object__for_each_program(prog, rex_obj_get_bpf(self->obj)) {
		expect_no_shared_store(self->obj, bpf_program__name(prog),
				       &walk);
		nr++;
	}
	EXPECT(nr >= 16);
}

static void *run_on_cpu(void *arg)
{
	char packet[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1000);
	const int *fd_and_cpu = arg;

	pin_to_cpu(fd_and_cpu[1]);
	ASSERT(!bpf_prog_test_run_opts(fd_and_cpu[0], &opts));
	return NULL;
}

/* Each CPU runs the program: no CPU has to fetch the lines again that it reads. */
TEST_F(object, shared_memory_that_runs_read_stays_as_it_is)
{
	int fd = bpf_program__fd(program(self->obj, "on_xdp"));
	__u8 before[MOST_LINES][LINE], after[LINE];
	int cpus = nr_cpus(), args[MOST_CPUS][2];
	pthread_t threads[MOST_CPUS];
	struct walk walk = {};

	expect_no_shared_store(self->obj, "on_xdp", &walk);
	ASSERT(walk.nr_lines >= 1 && walk.nr_lines < MOST_LINES);
	for (unsigned int i = 0; i < walk.nr_lines; i++)
		read_kernel(walk.lines[i], before[i], LINE);
	for (int i = 0; i < cpus; i++) {
		args[i][0] = fd;
		args[i][1] = i;
		ASSERT(!pthread_create(&threads[i], NULL, run_on_cpu, args[i]));
	}
	for (int i = 0; i < cpus; i++)
		ASSERT(!pthread_join(threads[i], NULL));
	EXPECT_EQ(prog_info(self->obj, "on_xdp").runs, 1000u * cpus);
	for (unsigned int i = 0; i < walk.nr_lines; i++) {
		read_kernel(walk.lines[i], after, LINE);
		EXPECT_MSG(!memcmp(before[i], after, LINE),
			   "runs change the line at %#llx",
			   (unsigned long long)walk.lines[i]);
	}
}

/* ---- the test itself ---- */

#define LIMIT "\x00\x10\x00\x00" /* a place in the segment */

static void expect_problem(const char *code, const char *problem)
{
	__u8 bytes[64] = {};
	struct walk walk = { .code = bytes, .limit = 0x1000 };

	/* mov %gs:rex_limit,%rax; the instruction; ret */
	memcpy(bytes, "\x65\x48\x8b\x04\x25" LIMIT, 9);
	memcpy(bytes + 9, code, 16);
	take_way(&walk);
	EXPECT_MSG(strstr(walk.problem, problem) &&
			   !*problem == !walk.problem[0],
		   "not \"%s\": \"%s\"", problem, walk.problem);
}

/* Room for each instruction, and a ret. */
#define INSN(_bytes) _bytes "\xc3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

TEST(stores_to_shared_memory_are_found)
{
	/* incl 0x1000 */
	expect_problem(INSN("\xff\x04\x25" LIMIT), "shared memory");
	/* mov %rax,(%rdi) */
	expect_problem(INSN("\x48\x89\x07"), "shared memory");
	/* incl 0x10(%rip) */
	expect_problem(INSN("\xff\x05\x10\0\0\0"), "shared memory");
	/* lock incl %gs:0x1000 */
	expect_problem(INSN("\xf0\x65\xff\x04\x25" LIMIT), "locked");
	/* xchg %eax,%gs:0x1000 */
	expect_problem(INSN("\x65\x87\x04\x25" LIMIT), "locked");
	/* xadd %eax,(%rdi) */
	expect_problem(INSN("\x0f\xc1\x07"), "shared memory");
	/* mov (%rax),%rcx; incl (%rcx): what the CPU's memory points to */
	expect_problem(INSN("\x48\x8b\x08\xff\x01"), "shared memory");
	/* mov %gs:0x1008,%rcx; incl (%rcx): another variable */
	expect_problem("\x65\x48\x8b\x0c\x25\x08\x10\0\0\xff\x01\xc3\0\0\0\0",
		       "shared memory");
	/* mov %rdi,%rsp */
	expect_problem(INSN("\x48\x89\xfc"), "stack");
	/* call *(%rdi) */
	expect_problem(INSN("\xff\x17"), "in memory");
	/* rdmsr */
	expect_problem(INSN("\x0f\x32"), "unknown instruction");
}

TEST(stores_to_own_memory_are_accepted)
{
	/* incl %gs:0x1000 */
	expect_problem(INSN("\x65\xff\x04\x25" LIMIT), "");
	/* incq %gs:(%rcx) */
	expect_problem(INSN("\x65\x48\xff\x01"), "");
	/* mov %rbx,0x1000(%rax) */
	expect_problem(INSN("\x48\x89\x98" LIMIT), "");
	/* mov %rax,-8(%rsp) */
	expect_problem(INSN("\x48\x89\x44\x24\xf8"), "");
	/* lea 8(%rax),%rcx; incl (%rcx) */
	expect_problem(INSN("\x48\x8d\x48\x08\xff\x01"), "");
	/* push %rbp; mov %rsp,%rbp; mov %rax,-8(%rbp); leave */
	expect_problem("\x55\x48\x89\xe5\x48\x89\x45\xf8\xc9\xc3\0\0\0\0\0\0",
		       "");
	/* cmp %eax,0x1000: no store */
	expect_problem(INSN("\x39\x04\x25" LIMIT), "");
}
