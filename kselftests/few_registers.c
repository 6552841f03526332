// SPDX-License-Identifier: GPL-2.0
/*
 * A thunk stores the registers that functions of its image change. After a fault, the
 * caller of the program has all of its registers again, whether they were stored or not:
 * the kernel goes on, and counts the repetitions of a test run in one of them. Another
 * program looks at each register after a run that it has begun itself, and that was stopped
 * at one instruction after the other. TEST-DEADLINE: 240
 */
#include "rex_breakpoints.h"

#define OBJECT "few_registers"
#define REPEAT 20

/* mov %reg,disp32(%rax), for %rbx, %rbp and %r12 to %r15 */
static const char *const stores[] = {
	"\x48\x89\x98", "\x48\x89\xa8", "\x4c\x89\xa0",
	"\x4c\x89\xa8", "\x4c\x89\xb0", "\x4c\x89\xb8",
};

static int stored(struct rex_obj *obj, const char *prog)
{
	unsigned char code[THUNK_ROOM];
	int set = 0;

	read_kernel(thunk_of(obj, prog), code, sizeof(code));
	for (size_t i = 0; i < sizeof(stores) / sizeof(*stores); i++)
		if (memmem(code, sizeof(code), stores[i], 3))
			set |= 1 << i;
	return set;
}

static struct rex_obj *load_one(const char *prog)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 1000000);
	struct rex_obj *obj = open_program(OBJECT, prog, &opts);

	load_opened(obj);
	return obj;
}

static void run(struct rex_obj *obj, const char *prog)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = REPEAT);
	struct bpf_program *p = program(obj, prog);

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(p), &opts));
	EXPECT_EQ(opts.retval, XDP_PASS);
}

/* Ends by a fault of CAUSE, at least once, and for as often as the image is restarted. */
static void fails(const char *prog, int cause, const char *words)
{
	struct rex_obj *obj = load_one(prog);
	struct rex_prog_info info;

	announce_dmesg(words);
	for (int i = 0; i < 3; i++) {
		EXPECT(WAIT_FOR(is_live(obj, prog), 10));
		run(obj, prog);
	}
	info = prog_info(obj, prog);
	EXPECT(info.faults >= 3);
	EXPECT_EQ(info.faults_by_cause[cause], info.faults);
	EXPECT_EQ(info.runs, info.faults);
	EXPECT_EQ(info.runs + info.skipped, 3 * REPEAT);
	rex_obj_close(obj);
}

TEST(thunk_stores_what_functions_change)
{
	struct rex_obj *obj = load_object(OBJECT);

	/*
	 * Nothing but %rbp, which all functions change, and %rbx, if the compiler takes the first
	 * register that is preserved.
	 */
	EXPECT_EQ(stored(obj, "returns"), 3);
	EXPECT_EQ(stored(obj, "overflows"), 3);
	EXPECT_EQ(stored(obj, "overflows_in_a_timer"), 3);
	rex_obj_close(obj);
}

TEST(thunk_of_a_program_that_can_panic_stores_what_is_changed_then)
{
	struct rex_obj *obj = load_object("panics");

	EXPECT_EQ(stored(obj, "unwraps_none"), 0x3f);
	rex_obj_close(obj);
}

TEST(normal_end_keeps_registers)
{
	struct rex_obj *obj = load_one("returns");

	for (int i = 0; i < 100; i++)
		run(obj, "returns");
	EXPECT_EQ(prog_info(obj, "returns").runs, 100 * REPEAT);
	rex_obj_close(obj);
}

TEST(stack_overflow_keeps_registers)
{
	fails("overflows", REX_FAULT_STACK_OVERFLOW, "bytes of stack");
}

TEST(timeout_keeps_registers)
{
	fails("loops", REX_FAULT_TIMEOUT, "ran for more than 100 ms");
}

TEST(timeout_in_a_helper_keeps_registers)
{
	fails("loops_in_a_helper", REX_FAULT_TIMEOUT,
	      "ran for more than 100 ms");
}

TEST(fault_in_a_timer_keeps_registers)
{
	static const char prog[] = "overflows_in_a_timer";
	struct rex_obj *obj = load_one(prog);

	announce_dmesg("bytes of stack");
	EXPECT(WAIT_FOR(prog_info(obj, prog).faults > 5, 20));
	rex_obj_close(obj);
}

/* ---- a kill before each instruction ---- */

#define KILL_STEP "kill_step"
#define INNER "saves_some"
#define OUTER "at_xdp"
/* More steps than a run takes. */
#define NEVER 10000000u
#define ALL 0x3f /* registers of enum rex_kept, kmod/kept.h */

/**
 * struct nested - a program that runs another one
 * @outer:	its object, unchecked: it is a carrier of the other one, written by hand
 * @inner:	the other one's
 * @kills:	of the inner program
 * @changed:	registers that the outer program has lost by a kill
 */
struct nested {
	struct rex_obj *outer, *inner;
	unsigned int kills;
	__u64 changed;
};

static struct nested start_nested(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000,
		 .restarts_per_min = 1000000);
	struct nested n = {};

	pin_to_cpu(0);
	/* Restarts wait for grace periods. */
	write_file("/sys/kernel/rcu_expedited", "1");
	n.inner = open_program("some_registers", INNER, &opts);
	load_opened(n.inner);
	n.outer = open_program("hostile_unsafe", OUTER, &opts);
	load_opened(n.outer);
	set_module_parameter("unchecked", 0);
	map_set(n.outer, "orders", NUMBER, thunk_of(n.inner, INNER));
	order(n.outer, "registers_after_a_run", getpid());
	return n;
}

static void end_nested(struct nested *n)
{
	rex_obj_close(n->outer);
	rex_obj_close(n->inner);
}

/* Stops the run, of either program, before its STEP-th instruction. Returns what is left. */
static unsigned int run_nested(struct nested *n, unsigned int step)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	__u64 faults = prog_info(n->outer, OUTER).faults;
	unsigned int left;

	map_set(n->outer, "notes", REMARK, ALL);
	set_module_parameter(KILL_STEP, step);
	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(program(n->outer, OUTER)),
				       &opts));
	left = module_parameter(KILL_STEP);
	set_module_parameter(KILL_STEP, 0);
	if (prog_info(n->outer, OUTER).faults == faults)
		EXPECT_EQ(opts.retval, 0);
	else
		EXPECT_EQ(opts.retval, XDP_PASS);
	return left;
}

static void kill_nested(struct nested *n, unsigned int step)
{
	struct rex_prog_info before = prog_info(n->inner, INNER), after;
	const int timeout = REX_FAULT_TIMEOUT;

	run_nested(n, step);
	after = prog_info(n->inner, INNER);
	EXPECT_EQ(after.faults_by_cause[timeout], after.faults);
	EXPECT_EQ(after.skipped, 0);
	if (after.faults > before.faults) {
		n->kills++;
		n->changed |= map_get(n->outer, "notes", REMARK);
	}
	await_life(n->inner, INNER);
	await_life(n->outer, OUTER);
}

/* Returns how many steps a run has; something rare may come in between in one of them. */
static unsigned int steps_of_nested(struct nested *n)
{
	unsigned int steps = NEVER;

	for (int i = 0; i < 5; i++) {
		unsigned int taken = NEVER - run_nested(n, NEVER);

		steps = taken < steps ? taken : steps;
	}
	return steps;
}

static void sweep_nested(struct nested *n)
{
	unsigned int steps, outer;

	run_nested(n, NEVER);
	EXPECT_EQ(map_get(n->outer, "notes", REMARK), 0);
	steps = steps_of_nested(n);
	for (unsigned int step = 1; step <= steps && !ksft_failures; step++)
		kill_nested(n, step);
	ksft_note("%u steps, %u kills, registers %#llx are changed", steps,
		  n->kills, n->changed);
	/*
	 * A few steps are the outer program's, which is stopped at them. On a debug kernel, it
	 * takes many to end a run.
	 */
	outer = ksft_slower() > 1 ? steps / 2 : 40;
	EXPECT(n->kills > 100 && n->kills + outer > steps);
}

static int some_registers(void)
{
	struct rex_obj *obj = load_object("some_registers");
	int set = stored(obj, INNER) & ~2;

	/* Some, but not all. */
	EXPECT_MSG(set & 0x3c, "%#x", set);
	EXPECT_MSG(~set & 0x3c, "%#x", set);
	rex_obj_close(obj);
	return set;
}

TEST_TIMEOUT(kill_before_each_instruction_keeps_registers, 120)
{
	struct nested n;

	some_registers();
	n = start_nested();
	sweep_nested(&n);
	EXPECT_EQ(n.changed, 0);
	end_nested(&n);
}

/* What the thunk stores makes the TEST above pass: without it, just these registers change. */
TEST_TIMEOUT(without_stored_registers_kills_change_them, 120)
{
	int set = some_registers();
	struct nested n;

	reload_module("unprotected=0x80");
	n = start_nested();
	EXPECT_EQ(stored(n.inner, INNER), 2);
	sweep_nested(&n);
	EXPECT_EQ(n.changed, set);
	end_nested(&n);
	reload_module("");
}
