// SPDX-License-Identifier: GPL-2.0
/*
 * A program of a hardware breakpoint (perf_event) on every instruction that rex.ko
 * emits and that another program executes: its thunk, its pads, the gates and the
 * stubs; and a watchpoint on what they write. The debug exception comes between two
 * instructions, interrupts whatever they are in the middle of, and the program in
 * it does all that can go wrong: it panics, faults, and overflows its stack. What
 * it interrupts goes on as if nothing had been. TEST-DEADLINE: 240
 */
#include <elf.h>
#include <linux/hw_breakpoint.h>

#include "hostile.h"

#define NR_BREAKPOINTS 4 /* debug registers */
#define THUNK_ROOM 224 /* kmod/emit_thunk.h */
#define STUBS_ROOM 12288 /* kmod/emit_stubs.c */
#define MAX_SPOTS 512

/* ---- the kernel's memory ---- */

static void read_kernel(__u64 addr, void *buf, size_t len)
{
	static int fd = -1;
	static Elf64_Ehdr ehdr;
	static Elf64_Phdr phdr[64];

	if (fd < 0) {
		fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
		ASSERT_MSG(fd >= 0, "/proc/kcore: %s", strerror(errno));
		ASSERT_EQ(pread(fd, &ehdr, sizeof(ehdr), 0), sizeof(ehdr));
		ASSERT(ehdr.e_phnum <= 64);
		ASSERT(pread(fd, phdr, sizeof(phdr), ehdr.e_phoff) > 0);
	}
	for (int i = 0; i < ehdr.e_phnum; i++) {
		__u64 at = addr - phdr[i].p_vaddr;

		if (phdr[i].p_type == PT_LOAD && addr >= phdr[i].p_vaddr &&
		    at + len <= phdr[i].p_memsz) {
			ASSERT_EQ(pread(fd, buf, len, phdr[i].p_offset + at),
				  (ssize_t)len);
			return;
		}
	}
	ASSERT_MSG(0, "%#llx is not in /proc/kcore", addr);
}

/* Functions of rex.ko, in the order of their addresses. */
struct function {
	__u64 addr;
	char name[64];
};

static struct function functions[2048];
static size_t nr_functions;

static int compare_functions(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void read_functions(void)
{
	char line[1024];
	FILE *f = fopen("/proc/kallsyms", "re");

	ASSERT(f);
	while (fgets(line, sizeof(line), f)) {
		struct function *fn = &functions[nr_functions];

		if (strstr(line, "\t[rex]") &&
		    sscanf(line, "%llx %*[tT] %63s", &fn->addr, fn->name) == 2)
			nr_functions++;
		ASSERT(nr_functions < 2048);
	}
	fclose(f);
	qsort(functions, nr_functions, sizeof(*functions), compare_functions);
}

/* Where it is and how long, with what follows it up to the next one. */
static const struct function *find_function(const char *name, size_t *len)
{
	if (!nr_functions)
		read_functions();
	for (size_t i = 0; i + 1 < nr_functions; i++) {
		if (strcmp(functions[i].name, name))
			continue;
		*len = functions[i + 1].addr - functions[i].addr;
		return &functions[i];
	}
	ASSERT_MSG(0, "rex.ko has no function %s", name);
	return NULL;
}

/*
 * Whether kprobes refuse the function, as it does not return. The kernel refuses
 * breakpoints in it, too.
 */
static bool is_protected(const char *name)
{
	char *list = read_all("/sys/kernel/debug/kprobes/blacklist", NULL);
	char entry[128];
	bool found;

	ASSERT(list);
	snprintf(entry, sizeof(entry), "\t%s [rex]\n", name);
	found = strstr(list, entry);
	free(list);
	return found;
}

static __u64 kernel_symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long addr, found = 0;
	char symbol[512], line[1024];

	ASSERT(f);
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %511s", &addr, symbol) == 2 &&
		    !strcmp(symbol, name))
			found = addr;
	fclose(f);
	ASSERT_MSG(found, "no symbol %s", name);
	return found;
}

static __u64 branch_target(__u64 addr, const unsigned char *code)
{
	__s32 rel;

	memcpy(&rel, code + 1, sizeof(rel));
	return addr + 5 + rel;
}

/* Where the one call of a carrier goes to. */
static __u64 thunk_of(struct rex_obj *obj, const char *prog)
{
	unsigned char code[1024];
	__u64 addr = 0;
	struct bpf_prog_info info = {
		.jited_prog_insns = u64_of(code),
		.jited_prog_len = sizeof(code),
		.jited_ksyms = u64_of(&addr),
		.nr_jited_ksyms = 1,
	};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(bpf_program__fd(program(obj, prog)),
				       &info, &len));
	ASSERT(addr && info.jited_prog_len <= sizeof(code));
	for (__u32 i = 0; i + 5 <= info.jited_prog_len; i++) {
		/* Of a helper, which is in the kernel's text, or of a module's. */
		if (code[i] == 0xe8 &&
		    branch_target(addr + i, code + i) >= addr - (1ull << 30))
			return branch_target(addr + i, code + i);
	}
	ASSERT(!"a carrier has a call");
	return 0;
}

static const unsigned char *find_bytes(const unsigned char *code, size_t size,
				       const char *bytes, size_t len)
{
	const unsigned char *at = memmem(code, size, bytes, len);

	ASSERT(at);
	return at;
}

/* The stubs begin a page, the one with the stub that thunks end with. */
static __u64 stubs_of(__u64 thunk)
{
	unsigned char code[THUNK_ROOM];
	const unsigned char *at;

	read_kernel(thunk, code, sizeof(code));
	/* mov $prog,%rdi; jmp dead */
	at = find_bytes(code, sizeof(code), "\x48\xc7\xc7", 3) + 7;
	ASSERT_EQ(*at, 0xe9);
	return branch_target(thunk + (at - code), at) & ~4095ull;
}

/* ---- breakpoints ---- */

struct breakpoint {
	int fd;
	struct perf_event_attr attr;
	struct bpf_link *link;
};

static int open_breakpoint(struct perf_event_attr *attr)
{
	return syscall(SYS_perf_event_open, attr, 0, -1, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* A perf event of this task, which runs a program. */
static struct breakpoint set_breakpoint(struct rex_obj *obj, __u64 addr,
					__u32 type)
{
	struct breakpoint b = {
		.attr = {
			.size = sizeof(b.attr),
			.type = PERF_TYPE_BREAKPOINT,
			.bp_type = type,
			.bp_addr = addr,
			.bp_len = sizeof(long),
			.sample_period = 1,
		},
	};

	b.fd = open_breakpoint(&b.attr);
	ASSERT_MSG(b.fd >= 0, "breakpoint at %#llx: %s", addr, strerror(errno));
	b.link = bpf_program__attach_perf_event(program(obj, "at_perf_event"),
						b.fd);
	ASSERT(b.link);
	return b;
}

static void expect_no_breakpoint(__u64 addr)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_X,
		.bp_addr = addr,
		.bp_len = sizeof(long),
		.sample_period = 1,
	};

	EXPECT_EQ(open_breakpoint(&attr), -1);
	EXPECT_EQ(errno, EINVAL);
}

static void move_breakpoint(struct breakpoint *b, __u64 addr)
{
	b->attr.bp_addr = addr;
	ASSERT_MSG(!ioctl(b->fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, &b->attr),
		   "breakpoint at %#llx: %s", addr, strerror(errno));
}

static __u64 hits(const struct breakpoint *b)
{
	__u64 count;

	ASSERT_EQ(read(b->fd, &count, sizeof(count)), sizeof(count));
	return count;
}

/* The link has the descriptor. */
static void clear_breakpoint(struct breakpoint *b)
{
	bpf_link__destroy(b->link);
}

/* ---- the two programs ---- */

/* The one that is interrupted, by each way that a run can go. */
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

static void await_life(struct rex_obj *obj, const char *prog)
{
	long end = ksft_ms() + 10000;

	while (!is_live(obj, prog)) {
		ASSERT(ksft_ms() < end);
		usleep(100);
	}
}

/* A packet goes through it: its run is whole, whatever interrupts it. */
static void fire_outer(struct outer *o)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_prog_info before = prog_info(o->obj, o->program), after;

	ASSERT(!bpf_prog_test_run_opts(
		bpf_program__fd(program(o->obj, o->program)), &opts));
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
		ASSERT(!bpf_prog_test_run_opts(
			bpf_program__fd(program(o->obj, o->program)), &run));
		ASSERT(!is_live(o->obj, o->program));
	}
	o->thunk = thunk_of(o->obj, o->program);
}

/* ---- spots ---- */

struct spots {
	int nr;
	__u64 addr[MAX_SPOTS];
};

/* Instructions from FROM on that are executed when OUTER runs. */
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

/*
 * Each act at each spot. A few are not reached each time: the stub for a run at whose
 * end somebody waits for the CPU, for one.
 */
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
 * The program of the breakpoint loops until it is ended, and the time of the one that
 * it interrupts is over by then: that is ended as well, or has come to its end.
 */
static void loop_at(struct outer *o, struct rex_obj *inner)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_prog_info before = prog_info(o->obj, o->program), after;

	ASSERT(!bpf_prog_test_run_opts(
		bpf_program__fd(program(o->obj, o->program)), &opts));
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
	struct rex_bind args = bind_args(
		rex_obj_image_fd(o->obj),
		bpf_program__fd(program(o->obj, o->program)), o->program);

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

/* Faults of a program that interrupts just after each write to ADDR. */
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
	 * The run's state, but not its stack: QEMU loses its way when an interrupt
	 * is delivered on what is watched.
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

/* ---- levels ---- */

#define LEVELS 6 /* that have a stack: kmod/run.h */

static RAW_TRACEPOINT_HOOK(page_fault, fire_dup, "page_fault_kernel");

/*
 * LEVEL runs on top of the one below it, whose page fault is its event. The lowest one
 * sees a packet: programs of perf events do not run on top of those of tracepoints.
 */
static struct rex_obj *start_level(int level, int turn_fd)
{
	const char *prog = level ? "at_raw_tracepoint" : "at_xdp";
	struct rex_map_fd turn = { .name = "turn", .fd = turn_fd };
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000, .nr_map_fds = 1,
		 .map_fds = &turn);
	struct rex_obj *obj = open_program("hostile_unsafe", prog, &opts);

	load_opened(obj);
	map_set(obj, "orders", NUMBER, level);
	order(obj, "nest", getpid());
	if (level)
		hook_page_fault.attach(obj, &hook_page_fault, 0);
	return obj;
}

static __u64 skipped_runs(struct rex_obj *level)
{
	return prog_info(level, "at_raw_tracepoint").skipped;
}

/*
 * All levels are in use at once, and each is whole at the end. A page fault of INNER
 * may be the event of one of them: then INNER has a level of its own among them, and
 * the deepest run is skipped, which is counted.
 */
static void fire_levels(struct rex_obj *const *level, int turn,
			struct rex_obj *inner)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_obj *deepest = level[LEVELS - 1];
	__u64 first = 0, skipped[2], acts, remark;
	__u32 key = 0;

	await_life(inner, "at_perf_event");
	skipped[0] = skipped_runs(deepest);
	skipped[1] = skipped_runs(level[LEVELS]);
	acts = map_get(inner, "notes", BEGUN);
	ASSERT(!bpf_map_update_elem(turn, &key, &first, 0));
	ASSERT(!bpf_prog_test_run_opts(
		bpf_program__fd(program(level[0], "at_xdp")), &opts));
	for (int i = 0; i < LEVELS; i++) {
		remark = map_get(level[i], "notes", REMARK);
		map_set(level[i], "notes", REMARK, 0);
		if (level[i] == deepest && !remark &&
		    map_get(inner, "notes", BEGUN) == acts + 1)
			EXPECT_EQ(skipped_runs(deepest), skipped[0] + 1);
		else
			EXPECT_EQ(remark, 1000 + i);
	}
	EXPECT(skipped_runs(level[LEVELS]) > skipped[1]);
}

static void break_levels(const char *act)
{
	int turn = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
	struct rex_obj *level[LEVELS + 1], *inner;
	struct breakpoint b[3];
	__u64 thunk[2], hit = 0;

	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	for (int i = 0; i <= LEVELS; i++)
		level[i] = start_level(i, turn);
	restarts_per_min = 1000000;
	inner = load_act("hostile_unsafe", "at_perf_event", "inner", 5000);
	order(inner, act, 0);
	/* The deepest run, and the one that is turned away. */
	thunk[0] = thunk_of(level[LEVELS - 1], "at_raw_tracepoint");
	thunk[1] = thunk_of(level[LEVELS], "at_raw_tracepoint");
	be_strict(true);
	b[0] = set_breakpoint(inner, thunk[0], HW_BREAKPOINT_X);
	b[1] = set_breakpoint(inner, thunk[1], HW_BREAKPOINT_X);
	b[2] = set_breakpoint(inner, stubs_of(thunk[0]), HW_BREAKPOINT_X);
	for (__u64 at = 0; at < 1024; at++) {
		move_breakpoint(&b[0], thunk[0] + at % THUNK_ROOM);
		move_breakpoint(&b[1], thunk[1] + at % THUNK_ROOM);
		move_breakpoint(&b[2], stubs_of(thunk[0]) + at);
		fire_levels(level, turn, inner);
		if (ksft_failures)
			break;
	}
	be_strict(false);
	for (size_t i = 0; i < sizeof(b) / sizeof(*b); i++) {
		hit += hits(&b[i]);
		EXPECT(hits(&b[i]) > 5);
		clear_breakpoint(&b[i]);
	}
	ksft_note("%llu hits, %llu acts", hit, map_get(inner, "notes", BEGUN));
	for (int i = LEVELS; i >= 0; i--)
		rex_obj_close(level[i]);
}

TEST(breakpoints_on_all_levels_are_harmless)
{
	break_levels("nothing");
}

TEST(panics_at_breakpoints_on_all_levels_are_harmless)
{
	break_levels("explicit_panic");
}

TEST(page_faults_at_breakpoints_on_all_levels_are_harmless)
{
	break_levels("null_read");
}
