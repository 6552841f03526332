// SPDX-License-Identifier: GPL-2.0
/*
 * A thunk stores the registers that functions of its image change. After a fault, the
 * caller of the program has all of its registers again, whether they were stored or not:
 * the kernel goes on, and counts the repetitions of a test run in one of them.
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
	 * Nothing but %rbx, if the compiler takes the first register that is preserved. %rbp is
	 * stored as well where carriers have other code before the call (retbleed=stuff).
	 */
	EXPECT_EQ(stored(obj, "returns") & ~2, 1);
	EXPECT_EQ(stored(obj, "overflows") & ~2, 1);
	/* The function that calls it has a frame pointer of its own. */
	EXPECT_EQ(stored(obj, "overflows_in_a_timer"), 3);
	rex_obj_close(obj);
}

TEST(thunk_of_a_program_that_can_panic_stores_what_is_changed_then)
{
	struct rex_obj *obj = load_object("panics");

	EXPECT_EQ(stored(obj, "unwraps_none") & ~2, 0x3d);
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
