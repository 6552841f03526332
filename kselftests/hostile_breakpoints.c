// SPDX-License-Identifier: GPL-2.0
/*
 * A program of a hardware breakpoint (perf_event) runs at every instruction that rex.ko
 * emits and another program executes: of its thunk, its pads, the gates and the stubs;
 * and a program of a watchpoint runs where they write. The debug exception comes between
 * two instructions, whatever they are in the middle of, and the program in it panics,
 * faults, and overflows its stack. The interrupted run goes on as if nothing had
 * happened. TEST-DEADLINE: 240
 */
#include "rex_breakpoints.h"

#define NR_BREAKPOINTS 4 /* debug registers */
#define MAX_SPOTS 512

/* ---- the two programs ---- */

/* The interrupted program; there is one for each way that a run can take. */
struct outer {
	const char *act; /* of hostile_unsafe; NULL: of another object */
	const char *object;
	const char *program;
	bool faults;
	bool stays_dead; /* the image is dead before */
	bool timed;
	const char *functions[8]; /* of rex.ko, that its runs go through */
	struct rex_obj *obj;
	__u64 thunk;
};

/* Sends a packet through it, and checks that its run completes. */
static void fire_outer(struct outer *o)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_prog_info before = prog_info(o->obj, o->program), after;

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(o->obj, o->program)),
				       &opts));
	after = prog_info(o->obj, o->program);
	if (o->faults || o->stays_dead || !o->act)
		EXPECT_EQ(opts.retval, XDP_PASS);
	else
		EXPECT_EQ(opts.retval, 0);
	EXPECT_EQ(after.runs, before.runs + !o->stays_dead);
	EXPECT_EQ(after.skipped, before.skipped + o->stays_dead);
	EXPECT_EQ(after.faults, before.faults + o->faults);
	EXPECT_EQ(!after.time, !o->timed);
	if (o->faults)
		await_life(o->obj, o->program);
}

static void start_outer(struct outer *o)
{
	REX_OPTS(rex_obj_open_opts, opts, .name = "outer", .timeout_ms = 5000,
		 .restarts_per_min = o->stays_dead ? 0 : 1000000,
		 .time_runs = o->timed);
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);

	if (o->act) {
		o->object = "hostile_unsafe";
		o->program = "at_xdp";
	}
	o->obj = load_object_opts(o->object, &opts);
	if (o->act)
		order(o->obj, o->act, 0);
	if (o->stays_dead) {
		ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
						       program(o->obj,
							       o->program)),
					       &run));
		ASSERT(!is_live(o->obj, o->program));
	}
	o->thunk = thunk_of(o->obj, o->program);
}

/* ---- spots ---- */

struct spots {
	int nr;
	__u64 addr[MAX_SPOTS];
};

/* Finds the instructions from FROM on that OUTER's run executes. */
static void find_spots(struct outer *o, struct rex_obj *inner, __u64 from,
		       size_t len, struct spots *spots)
{
	struct breakpoint b[NR_BREAKPOINTS];
	__u64 seen[NR_BREAKPOINTS];

	for (int i = 0; i < NR_BREAKPOINTS; i++) {
		b[i] = set_breakpoint(inner, from + i, HW_BREAKPOINT_X);
		seen[i] = hits(&b[i]);
	}
	for (size_t at = 0; at < len; at += NR_BREAKPOINTS) {
		for (int i = 0; i < NR_BREAKPOINTS; i++)
			move_breakpoint(&b[i], from + at + i);
		fire_outer(o);
		for (int i = 0; i < NR_BREAKPOINTS; i++) {
			if (hits(&b[i]) == seen[i])
				continue;
			seen[i] = hits(&b[i]);
			ASSERT(spots->nr < MAX_SPOTS);
			spots->addr[spots->nr++] = from + at + i;
		}
	}
	for (int i = 0; i < NR_BREAKPOINTS; i++)
		clear_breakpoint(&b[i]);
}

static const char *const inner_acts[] = { "explicit_panic", "ud2", "null_read",
					  "recursion", "nothing" };

static void describe_spot(const struct outer *o, __u64 addr)
{
	unsigned char code[16];
	char text[64] = "";

	read_kernel(addr, code, sizeof(code));
	for (int i = 0; i < 16; i++)
		sprintf(text + 3 * i, "%02x ", code[i]);
	ksft_note("at thunk%+lld, stubs%+lld: %s", (long long)(addr - o->thunk),
		  (long long)(addr - stubs_of(o->thunk)), text);
}

/* Performs each act at each spot. Some spots are not always reached. */
static void act_at_spots(struct outer *o, struct rex_obj *inner,
			 const struct spots *spots, unsigned long *acts,
			 unsigned long *missed)
{
	struct breakpoint b =
		set_breakpoint(inner, spots->addr[0], HW_BREAKPOINT_X);

	for (int i = 0; i < spots->nr; i++) {
		move_breakpoint(&b, spots->addr[i]);
		for (size_t k = 0; k < 5; k++) {
			__u64 begun = map_get(inner, "notes", BEGUN);

			order(inner, inner_acts[k], 0);
			fire_outer(o);
			*missed += map_get(inner, "notes", BEGUN) == begun;
			await_life(inner, "at_perf_event");
			++*acts;
		}
		if (ksft_failures) {
			describe_spot(o, spots->addr[i]);
			break;
		}
	}
	clear_breakpoint(&b);
}

static void break_everywhere(struct outer *o)
{
	static struct spots spots;
	unsigned long acts = 0, missed = 0;
	struct rex_obj *inner;
	long start = ksft_ms();

	/* Levels belong to a CPU, and restarts wait for grace periods. */
	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	start_outer(o);
	restarts_per_min = 1000000;
	inner = load_act("hostile_unsafe", "at_perf_event", "inner", 5000);
	order(inner, "nothing", 0);
	be_strict(true);
	find_spots(o, inner, o->thunk, THUNK_ROOM, &spots);
	EXPECT_MSG(spots.nr >= 3, "%d instructions", spots.nr);
	find_spots(o, inner, stubs_of(o->thunk), STUBS_ROOM, &spots);
	for (int i = 0; o->functions[i]; i++) {
		size_t len;
		const struct function *f = find_function(o->functions[i], &len);

		if (is_protected(f->name)) {
			expect_no_breakpoint(f->addr);
			continue;
		}
		find_spots(o, inner, f->addr, len, &spots);
	}
	act_at_spots(o, inner, &spots, &acts, &missed);
	be_strict(false);
	ksft_note("%d instructions, %lu acts, %lu missed, %ld ms", spots.nr,
		  acts, missed, ksft_ms() - start);
	EXPECT(missed * 5 < acts);
}

#define BREAKPOINTS(_claim, ...)                                     \
	TEST(breakpoints_in_emitted_code_of_##_claim##_are_harmless) \
	{                                                            \
		break_everywhere(&(struct outer){ __VA_ARGS__ });    \
	}

BREAKPOINTS(a_run, .act = "nothing")
BREAKPOINTS(a_panic, .act = "explicit_panic", .faults = true,
	    .functions = { "rex_panic_buf", "rex_panic", "rex_report_claim",
			   "rex_report_publish", "rex_resource_release_all",
			   "rex_restart_kick" })
BREAKPOINTS(an_exception, .act = "ud2", .faults = true,
	    .functions = { "rex_abort_trap" })
BREAKPOINTS(a_page_fault, .act = "null_read", .faults = true)
BREAKPOINTS(a_stack_overflow, .act = "recursion", .faults = true,
	    .functions = { "rex_abort_overflow" })
BREAKPOINTS(a_program_that_is_dead, .act = "explicit_panic", .stays_dead = true,
	    .functions = { "rex_run_skip" })
BREAKPOINTS(a_timed_run, .act = "nothing", .timed = true,
	    .functions = { "rex_run_begin_timed", "rex_run_finish",
			   "rex_run_count_time" })
BREAKPOINTS(a_run_with_a_lock, .object = "bench_lock", .program = "lock",
	    .functions = { "rex_run_finish" })

/* ---- time ---- */

#define OUTER_MS 10
#define INNER_MS 40

/*
 * The program of the breakpoint loops until it is stopped. By then the time of
 * the interrupted program is over, so it is stopped, too, or has ended.
 */
static void loop_at(struct outer *o, struct rex_obj *inner)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_prog_info before = prog_info(o->obj, o->program), after;

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(o->obj, o->program)),
				       &opts));
	after = prog_info(o->obj, o->program);
	EXPECT_EQ(after.runs, before.runs + 1);
	EXPECT_EQ(after.skipped, before.skipped);
	if (after.faults == before.faults) {
		EXPECT_EQ(opts.retval, 0);
	} else {
		EXPECT_EQ(after.faults, before.faults + 1);
		EXPECT_EQ(last_fault(o->obj, o->program).cause,
			  REX_FAULT_TIMEOUT);
		EXPECT_EQ(opts.retval, XDP_PASS);
	}
	await_life(o->obj, o->program);
	await_life(inner, "at_perf_event");
}

static void limit_time(const struct outer *o)
{
	struct rex_bind args =
		bind_args(rex_obj_image_fd(o->obj),
			  bpf_program__fd(program(o->obj, o->program)),
			  o->program);

	args.flags = REX_BIND_REPLACE;
	args.timeout_ms = OUTER_MS;
	ASSERT(!ioctl(device(), REX_IOC_BIND, &args));
}

TEST_TIMEOUT(time_that_is_over_at_any_instruction_is_over, 120)
{
	struct outer o = { .act = "nothing" };
	static struct spots spots;
	struct rex_obj *inner;
	struct breakpoint b;

	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	start_outer(&o);
	restarts_per_min = 1000000;
	inner = load_act("hostile_unsafe", "at_perf_event", "inner", INNER_MS);
	order(inner, "nothing", 0);
	be_strict(true);
	find_spots(&o, inner, o.thunk, THUNK_ROOM, &spots);
	find_spots(&o, inner, stubs_of(o.thunk), STUBS_ROOM, &spots);
	order(inner, "loop_of_nothing", 0);
	limit_time(&o);
	b = set_breakpoint(inner, spots.addr[0], HW_BREAKPOINT_X);
	for (int i = 0; i < spots.nr && !ksft_failures; i++) {
		move_breakpoint(&b, spots.addr[i]);
		loop_at(&o, inner);
		if (ksft_failures)
			describe_spot(&o, spots.addr[i]);
	}
	be_strict(false);
	clear_breakpoint(&b);
	ksft_note("%d instructions, %llu and %llu faults", spots.nr,
		  prog_info(inner, "at_perf_event").faults,
		  prog_info(o.obj, o.program).faults);
}

/* ---- what the emitted code writes ---- */

static __s32 displacement(const unsigned char *at)
{
	__s32 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* rex_limit of CPU 0, and of the run that begins there, its struct rex_run. */
static void find_state(__u64 thunk, __u64 *limit, __u64 *run)
{
	unsigned char code[THUNK_ROOM];
	const unsigned char *at;
	__u64 base;

	read_kernel(kernel_symbol("__per_cpu_offset"), &base, sizeof(base));
	read_kernel(thunk, code, sizeof(code));
	/* xadd %rax,%gs:rex_limit */
	at = find_bytes(code, sizeof(code), "\x65\x48\x0f\xc1\x04\x25", 6);
	*limit = base + displacement(at + 6);
	read_kernel(*limit, run, sizeof(*run));
	/* movq $prog,run->prog(%rax) */
	at = find_bytes(code, sizeof(code), "\x48\xc7\x80", 3);
	*run += displacement(at + 3);
}

/* Faults in a program that interrupts just after each write to ADDR. */
static void watch_word(struct outer *o, struct rex_obj *inner, __u64 addr)
{
	struct breakpoint b = set_breakpoint(inner, addr, HW_BREAKPOINT_RW);

	for (size_t k = 0; k < 5; k++) {
		order(inner, inner_acts[k], 0);
		fire_outer(o);
		await_life(inner, "at_perf_event");
	}
	clear_breakpoint(&b);
}

static void watch_state(struct outer *o)
{
	__u64 limit, run, begun;
	struct rex_obj *inner;

	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	start_outer(o);
	restarts_per_min = 1000000;
	inner = load_act("hostile_unsafe", "at_perf_event", "inner", 5000);
	find_state(o->thunk, &limit, &run);
	be_strict(true);
	watch_word(o, inner, limit);
	begun = map_get(inner, "notes", BEGUN);
	EXPECT_MSG(begun > 0, "nothing watches rex_limit");
	/*
	 * Watch the run's state, but not its stack: QEMU fails when an
	 * interrupt is delivered on a watched stack.
	 */
	for (int i = 0; i < 40; i++)
		watch_word(o, inner, run + 8 * i);
	be_strict(false);
	EXPECT(map_get(inner, "notes", BEGUN) > begun + 20);
	ksft_note("%llu acts", map_get(inner, "notes", BEGUN));
}

#define WATCH(_claim, ...)                                        \
	TEST(watchpoints_on_the_state_of_##_claim##_are_harmless) \
	{                                                         \
		watch_state(&(struct outer){ __VA_ARGS__ });      \
	}

WATCH(a_run, .act = "nothing")
WATCH(a_panic, .act = "explicit_panic", .faults = true)
WATCH(a_page_fault, .act = "null_read", .faults = true)
WATCH(a_stack_overflow, .act = "recursion", .faults = true)
WATCH(a_run_with_a_lock, .object = "bench_lock", .program = "lock")
