// SPDX-License-Identifier: GPL-2.0
/*
 * Runs nest on one CPU: programs run at an event that another program causes, and at
 * interrupts of one that does not end.
 *
 * The kernel itself keeps programs of some types from nesting; raw tracepoint programs
 * do, but no program nests in itself.
 */
#include "hostile.h"

#define DEEPEST 6 /* levels that have memory: kmod/run.h */
#define MAX_LEVELS 12

/*
 * The hook of raw tracepoint programs at a program's read of an unmapped
 * address.
 */
static RAW_TRACEPOINT_HOOK(page_fault, fire_dup, "page_fault_kernel");
static RAW_TRACEPOINT_HOOK(nmi, fire_dup, "nmi_handler");

/* ---- a chain: each causes the event of the next ---- */

struct chain {
	int levels;
	int timed; /* the level whose runs are timed, from 1 */
	const struct hook *bottom; /* of level 0, if not the victim's dup() */
	const struct hook *above; /* of the others, if not page faults */
	const char *act; /* if not "nest" */
	struct actor actor[MAX_LEVELS];
	struct victim v;
};

/*
 * Starts an image for a level. All images share the map with the turn. The time
 * of a run includes the runs on top of it, so all but one take longer.
 */
static struct actor start_link(struct chain *c, int level, int loops)
{
	const struct hook *hook = level	    ? c->above ?: &hook_page_fault :
				  c->bottom ?:
					      &hook_tracepoint;
	struct rex_map_fd turn = { .name = "turn" };
	REX_OPTS(rex_obj_open_opts, opts,
		 .timeout_ms = level == loops ? ACT_TIMEOUT_MS : 5000,
		 .nr_map_fds = level ? 1 : 0, .map_fds = &turn,
		 .time_runs = level == c->timed);
	struct actor a = { .hook = hook };
	char name[16];

	snprintf(name, sizeof(name), "level%d", level);
	opts.name = name;
	if (level)
		turn.fd = map_fd(c->actor[0].obj, "turn");
	a.obj = open_program("hostile_unsafe", hook->program, &opts);
	if (hook == c->above)
		ASSERT(!bpf_program__set_attach_target(program(a.obj,
							       hook->program),
						       0, hook->at));
	load_opened(a.obj);
	map_set(a.obj, "orders", NUMBER, level);
	order(a.obj, c->act ?: "nest", c->v.pid);
	a.link = hook->attach(a.obj, hook, c->v.pid);
	return a;
}

/* Starts a chain. LOOPS is the level that will exceed its time, or -1. */
static void start_chain(struct chain *c, int levels, int loops)
{
	c->levels = levels;
	c->v = start_victim(c->bottom ?: &hook_tracepoint);
	for (int i = 0; i < levels; i++)
		c->actor[i] = start_link(c, i, loops);
}

/* Lets level LEVEL perform ACT when the levels above it are done. */
static void then(struct chain *c, int level, const char *act)
{
	map_set(c->actor[level].obj, "orders", THEN, name_hash(act));
}

static void run_chain(struct chain *c)
{
	be_strict(true);
	let_go(&c->v);
	be_strict(false);
}

/* Checks that the run has ended by itself, with its frame unchanged. */
static void expect_whole(const struct chain *c, int level)
{
	EXPECT_EQ(map_get(c->actor[level].obj, "notes", REMARK), 1000 + level);
	expect_unharmed(&c->actor[level]);
}

static void end_chain(struct chain *c)
{
	for (int i = c->levels - 1; i >= 0; i--)
		end_actor(&c->actor[i]);
}

TEST(five_runs_nest_and_none_disturbs_another)
{
	struct chain c = {};

	start_chain(&c, 5, -1);
	run_chain(&c);
	for (int i = 0; i < 5; i++) {
		expect_whole(&c, i);
		EXPECT_EQ(actor_info(&c.actor[i]).skipped, 0);
	}
	end_chain(&c);
}

/* Causes a fault on one of five levels. */
static void fault_on_level(int level, const char *act, int cause)
{
	struct chain c = {};

	start_chain(&c, 5, level);
	then(&c, level, act);
	run_chain(&c);
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(map_get(c.actor[i].obj, "notes", REMARK), 1000 + i);
		if (i != level)
			expect_unharmed(&c.actor[i]);
	}
	expect_actor_fault(&c.actor[level], cause);
	end_chain(&c);
}

#define FAULT_ON_LEVEL(_level, _act, _cause)                     \
	TEST(_act##_on_level_##_level##_of_five_leaves_the_rest) \
	{                                                        \
		fault_on_level(_level, #_act, _cause);           \
	}

#define FAULTS_ON_LEVEL(_level)                                     \
	FAULT_ON_LEVEL(_level, explicit_panic, REX_FAULT_PANIC)     \
	FAULT_ON_LEVEL(_level, recursion, REX_FAULT_STACK_OVERFLOW) \
	FAULT_ON_LEVEL(_level, loop_of_nothing, REX_FAULT_TIMEOUT)  \
	FAULT_ON_LEVEL(_level, ud2, REX_FAULT_EXCEPTION)            \
	FAULT_ON_LEVEL(_level, null_read, REX_FAULT_PAGE_FAULT)

FAULTS_ON_LEVEL(0)
FAULTS_ON_LEVEL(1)
FAULTS_ON_LEVEL(2)
FAULTS_ON_LEVEL(3)
FAULTS_ON_LEVEL(4)

TEST(a_fault_on_each_of_five_levels_ends_each)
{
	static const struct {
		const char *act;
		int cause;
	} faults[] = {
		{ "null_read", REX_FAULT_PAGE_FAULT },
		{ "ud2", REX_FAULT_EXCEPTION },
		{ "explicit_panic", REX_FAULT_PANIC },
		{ "recursion", REX_FAULT_STACK_OVERFLOW },
		{ "loop_in_helpers", REX_FAULT_TIMEOUT },
	};
	struct chain c = {};

	start_chain(&c, 5, 4);
	for (int i = 0; i < 5; i++)
		then(&c, i, faults[i].act);
	run_chain(&c);
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(map_get(c.actor[i].obj, "notes", REMARK), 1000 + i);
		expect_actor_fault(&c.actor[i], faults[i].cause);
	}
	end_chain(&c);
}

TEST(runs_beyond_the_deepest_level_are_skipped_and_counted)
{
	struct chain c = {};

	start_chain(&c, MAX_LEVELS, -1);
	run_chain(&c);
	for (int i = 0; i < MAX_LEVELS; i++) {
		if (i < DEEPEST) {
			expect_whole(&c, i);
			EXPECT_EQ(actor_info(&c.actor[i]).skipped, 0);
		} else {
			expect_unharmed(&c.actor[i]);
			EXPECT(actor_info(&c.actor[i]).skipped > 0);
		}
	}
	end_chain(&c);
}

TEST(fault_on_the_deepest_level_is_contained_with_skipped_runs_above_it)
{
	struct chain c = {};

	start_chain(&c, MAX_LEVELS, -1);
	then(&c, DEEPEST - 1, "null_write");
	then(&c, DEEPEST - 2, "recursion");
	run_chain(&c);
	expect_actor_fault(&c.actor[DEEPEST - 1], REX_FAULT_PAGE_FAULT);
	expect_actor_fault(&c.actor[DEEPEST - 2], REX_FAULT_STACK_OVERFLOW);
	for (int i = 0; i < DEEPEST - 2; i++)
		expect_whole(&c, i);
	end_chain(&c);
}

/*
 * A run that begins when the one below has used most of its time has its own
 * limit, but the CPU's limit ends with the first run's. The watchdog does not
 * yet see, or stop, a run on top that has just begun.
 */
TEST(runs_on_top_of_each_other_keep_a_cpu_no_longer_than_one_may)
{
	struct chain c = { .act = "nest_after_4_s" };
	struct rex_fault_info fault;
	__u64 ms;

	start_chain(&c, 3, -1);
	run_chain(&c);
	fault = last_fault(c.actor[0].obj, c.actor[0].hook->program);
	ms = (fault.time - map_get(c.actor[0].obj, "notes", SINCE)) / 1000000;
	ksft_note("the CPU was kept for %llu ms: %s", ms, fault.message);
	EXPECT(ms < 8000);
	expect_actor_fault(&c.actor[0], REX_FAULT_TIMEOUT);
	expect_actor_fault(&c.actor[1], REX_FAULT_TIMEOUT);
	fault = last_fault(c.actor[1].obj, c.actor[1].hook->program);
	EXPECT_CONTAINS(fault.message, "on top of a run");
	expect_unharmed(&c.actor[2]);
	end_chain(&c);
}

/* ---- interrupts that need much of the stack on which they come ---- */

#define DEEP_FAULTS 6
#define FAULT_ADDRESS(_n) (0xfffffc0000100000ull + (_n)*4096ull)

/*
 * Makes an eBPF program, without clang, that uses 512 bytes of stack and reads
 * an unmapped address. If WHEN is not 0, it does so only at a page fault at
 * WHEN.
 */
static int deep_reader(__u64 when, __u64 address)
{
	const struct bpf_insn insns[] = {
		/* r6 = *(u64 *)(r1 + 0): the address of the page fault */
		{ .code = BPF_LDX | BPF_MEM | BPF_DW,
		  .dst_reg = 6,
		  .src_reg = 1 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = 7,
		  .imm = (__s32)when },
		{ .imm = (__s32)(when >> 32) },
		{ .code = BPF_JMP | BPF_JNE | BPF_X,
		  .dst_reg = 6,
		  .src_reg = 7,
		  .off = when ? 6 : 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = 1,
		  .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K,
		  .dst_reg = 1,
		  .imm = -512 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = 3,
		  .imm = (__s32)address },
		{ .imm = (__s32)(address >> 32) },
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "deep", "GPL",
			       insns, sizeof(insns) / sizeof(*insns), NULL);

	ASSERT_MSG(fd >= 0, "bpf_prog_load: %s", strerror(-fd));
	return fd;
}

/*
 * Makes each timer interrupt cause nested page faults in programs at page
 * faults.
 */
static void make_interrupts_deep(void)
{
	for (int n = 0; n < DEEP_FAULTS; n++) {
		int fd = deep_reader(n ? FAULT_ADDRESS(n - 1) : 0,
				     FAULT_ADDRESS(n));

		ASSERT(bpf_raw_tracepoint_open(n ? "page_fault_kernel" :
						   "local_timer_entry",
					       fd) >= 0);
	}
}

static void be_busy_for_8_s(void)
{
	long end = ksft_ms() + 8000;

	pin_to_cpu(0);
	while (ksft_ms() < end) {
		ksft_pause_ms(1);
		be_busy();
	}
}

/*
 * A softirq runs on the interrupt stack, so an interrupt in it is handled on
 * the current stack, which may be a run's. A run that is skipped stays on the
 * stack of its caller, which is the deepest run's here. The runs nest at a
 * function, since interrupts are off at page faults.
 */
TEST(interrupts_on_levels_without_a_program_have_stack_enough)
{
	static const struct hook bottom = { .program = "at_raw_tracepoint",
					    .attach = attach_raw_tracepoint,
					    .fire = be_busy_for_8_s,
					    .at = "softirq_entry" };
	static const struct hook above = { .program = "at_fentry",
					   .attach = attach_section,
					   .at = "copy_from_kernel_nofault" };
	struct chain c = { .bottom = &bottom,
			   .above = &above,
			   .act = "nest_again" };
	struct rex_prog_info info;

	start_chain(&c, DEEPEST + 1, -1);
	make_interrupts_deep();
	run_chain(&c);
	info = actor_info(&c.actor[DEEPEST]);
	ksft_note("%llu runs were skipped", info.skipped);
	EXPECT(info.skipped > 10000);
	for (int i = 0; i <= DEEPEST; i++)
		expect_unharmed(&c.actor[i]);
	end_chain(&c);
}

/* ---- clocks ---- */

#define CLOCK_SOURCE \
	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* Starts a timed program at the function that reads the clock. */
static struct actor start_at_the_clock(const char *name)
{
	static const struct hook hook = { .program = "at_fentry" };
	REX_OPTS(rex_obj_open_opts, opts, .name = name, .time_runs = true);
	struct actor a = { .hook = &hook };

	a.obj = open_program("hostile_unsafe", hook.program, &opts);
	ASSERT(!bpf_program__set_attach_target(program(a.obj, hook.program), 0,
					       "read_hpet"));
	load_opened(a.obj);
	a.link = attach(a.obj, hook.program);
	return a;
}

/*
 * A run reads the clock when it begins, and timed programs run at the function
 * that reads it. On a level without memory, each run would cause the next one,
 * until no level is left.
 */
TEST(clock_of_timed_runs_beyond_the_deepest_level_is_not_read)
{
	char *before = read_all(CLOCK_SOURCE, NULL), *clock;
	struct chain c = { .timed = DEEPEST };
	struct actor at_clock[4];
	char name[16];

	/* Unlike read_tsc(), this clock's function can have programs. */
	write_file(CLOCK_SOURCE, "hpet");
	clock = read_all(CLOCK_SOURCE, NULL);
	ASSERT_MSG(!strcmp(clock, "hpet\n"), "the clock is %s", clock);
	free(clock);
	start_chain(&c, DEEPEST + 1, -1);
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "clock%d", i);
		at_clock[i] = start_at_the_clock(name);
	}
	run_chain(&c);
	for (int i = 0; i < 4; i++) {
		EXPECT(actor_info(&at_clock[i]).runs > 0);
		end_actor(&at_clock[i]);
	}
	for (int i = 0; i < DEEPEST; i++)
		expect_whole(&c, i);
	EXPECT_EQ(actor_info(&c.actor[DEEPEST]).skipped, 1);
	end_chain(&c);
	write_file(CLOCK_SOURCE, before);
	free(before);
}

/* ---- interrupts of a loop ---- */

/*
 * Performs ACT at INTERRUPT in B, on the CPU where A loops in the victim at
 * LOOP.
 */
static void interrupt_a_loop(const struct hook *loop,
			     const struct hook *interrupt, const char *act,
			     int cause)
{
	struct victim v = start_victim(loop);
	struct actor a, b;

	a = start_actor(loop, "loop_of_nothing", "a", v.pid, 0);
	b = start_actor(interrupt, act, "b", v.pid, 0);
	be_strict(true);
	let_go(&v);
	be_strict(false);
	expect_actor_fault(&a, REX_FAULT_TIMEOUT);
	EXPECT(map_get(b.obj, "notes", BEGUN) > 0);
	if (cause == NO_FAULT) {
		EXPECT_EQ(map_get(b.obj, "notes", BEGUN),
			  map_get(b.obj, "notes", DONE));
		expect_unharmed(&b);
	} else {
		expect_actor_fault(&b, cause);
	}
	end_actor(&b);
	end_actor(&a);
}

#define INTERRUPT(_hook, _loop, _act, _cause)                                  \
	TEST(_act##_in_##_hook##_on_top_of_a_loop_is_its_own)                  \
	{                                                                      \
		interrupt_a_loop(&hook_##_loop, &hook_##_hook, #_act, _cause); \
	}

#define INTERRUPTS(_hook, _loop)                                 \
	INTERRUPT(_hook, _loop, nothing, NO_FAULT)               \
	INTERRUPT(_hook, _loop, ud2, REX_FAULT_EXCEPTION)        \
	INTERRUPT(_hook, _loop, null_read, REX_FAULT_PAGE_FAULT) \
	INTERRUPT(_hook, _loop, explicit_panic, REX_FAULT_PANIC) \
	INTERRUPT(_hook, _loop, recursion, REX_FAULT_STACK_OVERFLOW)

INTERRUPTS(softirq, tracepoint)
INTERRUPT(softirq, tracepoint, loop_of_nothing, REX_FAULT_TIMEOUT)
INTERRUPTS(hardirq, tracepoint)
INTERRUPT(hardirq, tracepoint, loop_of_nothing, REX_FAULT_TIMEOUT)
/*
 * Another CPU stops the loop with interrupts off by NMIs. (Nothing could stop a
 * loop of the program in the NMI.)
 */
INTERRUPTS(nmi, kprobe_int3)

/*
 * ACT at OUTER spends its time in nested runs that are well within their limit,
 * and is stopped for their total time.
 */
static void loop_in_nested_runs(const struct hook *outer, const char *nested)
{
	struct victim v = start_victim(outer);
	struct rex_fault_info fault;
	struct actor a, b;
	__u64 ms;

	a = start_actor(outer, "loop_of_nested_runs", "a", v.pid, 0);
	b = start_actor(&hook_page_fault, nested, "b", v.pid, PATIENT_MS);
	let_go(&v);
	expect_actor_fault(&a, REX_FAULT_TIMEOUT);
	fault = last_fault(a.obj, outer->program);
	ms = (fault.time - map_get(a.obj, "notes", SINCE)) / 1000000;
	ksft_note("it ended after %llu ms of %d, in %llu nested runs", ms,
		  ACT_TIMEOUT_MS, map_get(b.obj, "notes", DONE));
	EXPECT(ms <= END_MS(ACT_TIMEOUT_MS));
	EXPECT(map_get(b.obj, "notes", DONE) > 0);
	expect_unharmed(&b);
	end_actor(&b);
	end_actor(&a);
}

/* The timer mostly finds a nested run as the innermost one. */
TEST(loop_that_spends_its_time_in_short_nested_runs_is_ended)
{
	loop_in_nested_runs(&hook_tracepoint, "busy_for_a_while");
}

TEST(loop_that_spends_its_time_in_long_nested_runs_is_ended)
{
	loop_in_nested_runs(&hook_tracepoint, "busy_for_50_ms");
}

/* There the NMIs of the buddy check the runs. */
TEST(loop_with_interrupts_off_that_spends_its_time_in_nested_runs_is_ended)
{
	loop_in_nested_runs(&hook_kprobe_int3, "busy_for_50_ms");
}
