// SPDX-License-Identifier: GPL-2.0
/*
 * Fifty programs, each in an image of its own that is restarted after a fault, are at all
 * hooks at once while two processes make events. One of some thousand runs ends with a
 * fault. Each event is a run, or is counted as skipped or missed; each fault and each record
 * is read, or is counted as lost. `make soak EVENTS=10000000` says how many events.
 * TEST-DEADLINE: 300
 */

#include "hostile.h"
#include "rex_soak.h"
#include "names/soak_unsafe.h"

#define NR_PROGS 50
#define NR_MAKERS 2
/* One of so many runs has a fault. */
#define FAULT_ODDS 3000
/* Loops are ended after this time, and only every tenth program has them. */
#define LOOP_MS 60
#define LOOPERS 10
/* Other runs are ended by no limit: a busy machine may stop a CPU for a while. */
#define MAX_MS 5000
#define REPEAT 20

static RAW_TRACEPOINT_HOOK(syscall, fire_dup, "sys_enter");

/* What makes the events of a hook, which is known exactly, or is the kernel itself. */
enum source {
	BY_DUP,
	BY_UPROBED,
	BY_TEST_RUN,
	BY_KERNEL,
	BY_CLOCK,
};

static const struct {
	const struct hook *hook;
	enum source source;
} hooks[] = {
	{ &hook_tracepoint, BY_DUP },  { &hook_kprobe_ftrace, BY_DUP },
	{ &hook_kprobe_int3, BY_DUP }, { &hook_kretprobe, BY_DUP },
	{ &hook_fentry, BY_DUP },      { &hook_uprobe, BY_UPROBED },
	{ &hook_xdp, BY_TEST_RUN },    { &hook_tc, BY_TEST_RUN },
	{ &hook_cgroup, BY_TEST_RUN }, { &hook_syscall, BY_KERNEL },
	{ &hook_hardirq, BY_KERNEL },  { &hook_softirq, BY_KERNEL },
	{ &hook_switch, BY_KERNEL },   { &hook_clock, BY_CLOCK },
};
#define NR_HOOKS (sizeof(hooks) / sizeof(hooks[0]))

static struct member {
	const struct hook *hook;
	enum source source;
	struct rex_obj *obj;
	struct bpf_link *link;
	__u64 faults_read, faults_lost, records_read;
} members[NR_PROGS];

/* ---- the makers of events ---- */

/* Both processes and the test see it. */
struct shared {
	volatile bool over;
	struct {
		volatile __u64 dups, uprobed, test_runs;
	} made[NR_MAKERS];
};

static struct shared *shared;

static __u64 made_by(enum source source)
{
	__u64 sum = 0;

	for (int i = 0; i < NR_MAKERS; i++) {
		if (source == BY_DUP)
			sum += shared->made[i].dups;
		else if (source == BY_UPROBED)
			sum += shared->made[i].uprobed;
		else if (source == BY_TEST_RUN)
			sum += shared->made[i].test_runs;
	}
	return sum;
}

static void test_run_all(void)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = REPEAT);

	for (int i = 0; i < NR_PROGS; i++)
		if (members[i].source == BY_TEST_RUN &&
		    bpf_prog_test_run_opts(bpf_program__fd(
						   program(members[i].obj,
							   members[i]
								   .hook
								   ->program)),
					   &opts))
			_exit(30);
}

static void make_events(int maker, int go)
{
	char byte;

	pin_to_cpu(maker);
	if (read(go, &byte, 1) != 0)
		_exit(31);
	while (!shared->over) {
		for (int i = 0; i < REPEAT; i++) {
			fire_dup();
			shared->made[maker].dups++;
			uprobed();
			shared->made[maker].uprobed++;
		}
		test_run_all();
		shared->made[maker].test_runs += REPEAT;
	}
	_exit(0);
}

static pid_t start_maker(int maker, const int *ends)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		close(ends[1]);
		make_events(maker, ends[0]);
	}
	return pid;
}

/* ---- eBPF programs that count the kernel's events ---- */

/*
 * One is at the hook before all programs of Rex are, and until they are gone. Another one
 * comes after them, and goes before them. So the number of their events is between those two.
 */
struct counter {
	int map, prog, link;
};

static struct counter start_counter(const struct hook *hook)
{
	struct counter c = { .map = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0) };
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = c.map },
		{},
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		  .dst_reg = 1,
		  .src_reg = 2,
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	c.prog = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "counter", "GPL",
			       insns, sizeof(insns) / sizeof(insns[0]), NULL);
	ASSERT_MSG(c.prog >= 0, "counter: %s", strerror(errno));
	c.link = bpf_raw_tracepoint_open(hook->at, c.prog);
	ASSERT_MSG(c.link >= 0, "%s: %s", hook->at, strerror(errno));
	return c;
}

/* Returns the events that came and the ones that it missed. */
static __u64 end_counter(const struct counter *c)
{
	__u32 key = 0;
	__u64 count;

	close(c->link);
	ksft_pause_ms(100);
	ASSERT(!bpf_map_lookup_elem(c->map, &key, &count));
	count += recursion_misses_of(c->prog);
	close(c->prog);
	close(c->map);
	return count;
}

/* ---- the programs ---- */

/*
 * Returns whether interrupts are on in the programs of a hook. If programs loop with interrupts
 * off on both CPUs at once, no CPU is left to send the NMI that stops them. The same happens if
 * one loops at a switch of tasks, with the lock of the run queue, and the other CPU waits for
 * that lock (docs/architecture.md, Limits).
 */
static bool takes_interrupts(const struct hook *hook)
{
	return hook != &hook_switch && hook != &hook_hardirq &&
	       hook != &hook_clock && hook != &hook_kprobe_int3;
}

static void start_member(int number, pid_t maker)
{
	struct member *m = &members[number];
	char name[16];
	bool loops;

	m->hook = hooks[number % NR_HOOKS].hook;
	m->source = hooks[number % NR_HOOKS].source;
	loops = number % LOOPERS == 0 && takes_interrupts(m->hook);
	snprintf(name, sizeof(name), "soak%d", number);
	m->obj = load_act("soak_unsafe", m->hook->program, name,
			  loops ? LOOP_MS : MAX_MS);
	map_set(m->obj, "control", LOOPS, loops);
	map_set(m->obj, "control", ODDS, FAULT_ODDS);
	m->link = m->hook->attach(m->obj, m->hook, maker);
}

static int take_record(void *ctx, void *data, size_t size)
{
	struct member *m = ctx;

	(void)data;
	EXPECT_EQ(size, 8);
	m->records_read++;
	return 0;
}

/* Reads the faults and records that have come. */
static void collect(struct ring_buffer *rings)
{
	ASSERT(ring_buffer__consume(rings) >= 0);
	for (int i = 0; i < NR_PROGS; i++) {
		struct rex_fault_info fault = { .size = sizeof(fault) };

		while (!rex_obj_wait_fault(members[i].obj, 0, &fault)) {
			members[i].faults_read++;
			members[i].faults_lost = fault.lost;
			fault = (struct rex_fault_info){ .size = sizeof(
								 fault) };
		}
	}
}

static struct ring_buffer *open_rings(void)
{
	struct ring_buffer *rings = NULL;

	for (int i = 0; i < NR_PROGS; i++) {
		int fd = map_fd(members[i].obj, "records");

		if (!rings)
			rings = ring_buffer__new(fd, take_record, &members[i],
						 NULL);
		else
			ASSERT(!ring_buffer__add(rings, fd, take_record,
						 &members[i]));
		ASSERT(rings);
	}
	return rings;
}

struct sums {
	__u64 events, runs, skipped, missed, faults, lost_records, lost_faults;
};

static struct rex_prog_info info_of(const struct member *m)
{
	return prog_info(m->obj, m->hook->program);
}

static void add_info(struct sums *sums, const struct member *m)
{
	struct rex_prog_info info = info_of(m);

	sums->events += info.runs + info.skipped + info.missed;
	sums->runs += info.runs;
	sums->skipped += info.skipped;
	sums->missed += info.missed;
	sums->faults += info.faults;
	sums->lost_records += info.lost_records;
	sums->lost_faults += m->faults_lost;
}

static struct sums sum_up(void)
{
	struct sums sums = {};

	for (int i = 0; i < NR_PROGS; i++)
		add_info(&sums, &members[i]);
	return sums;
}

/* ---- the balance ---- */

/* Returns whether A is B, or differs by at most SLACK, and prints both if not. */
static bool balanced(const struct member *m, const char *what, __u64 a, __u64 b,
		     __u64 slack)
{
	if (a <= b + slack && b <= a + slack)
		return true;
	ksft_note("%s at %s: %s: %llu, not %llu", rex_obj_name(m->obj),
		  m->hook->at ?: m->hook->program, what, a, b);
	return false;
}

/*
 * Returns whether the record of the last fault is still there. If it is gone, no later one
 * could report that it is lost: only the number of all faults does.
 */
static bool has_last_fault(const struct member *m)
{
	struct rex_fault_info fault = {
		.size = sizeof(fault),
		.image_fd = rex_obj_image_fd(m->obj),
		.prog_fd = -1,
		.index = info_of(m).index,
	};

	return !ioctl(device(), REX_IOC_FAULT_INFO, &fault);
}

/*
 * A run that is stopped for its time can be anywhere: it may have been stopped before it
 * counted its beginning, or after its return. So as many as these may be missing.
 */
static __u64 slack_of(const struct member *m)
{
	struct rex_prog_info info = info_of(m);

	return info.faults_by_cause[REX_FAULT_TIMEOUT] +
	       info.faults_by_cause[REX_FAULT_CPU_SHARE];
}

static bool is_balanced(const struct member *m, __u64 made)
{
	struct rex_prog_info info = info_of(m);
	__u64 begun = map_get(m->obj, "counts", RUNS_BEGUN);
	__u64 returned = map_get(m->obj, "counts", RUNS_RETURNED);
	__u64 written = map_get(m->obj, "counts", RECORDS_WRITTEN);
	__u64 slack = slack_of(m);
	__u64 given = m->faults_read + m->faults_lost;
	bool ok = given <= info.faults;

	ok &= balanced(m, "runs", info.runs, begun, slack);
	ok &= balanced(m, "faults", info.faults, begun - returned, slack);
	if (info.faults && (given == info.faults || has_last_fault(m)))
		ok &= balanced(m, "faults read and lost", given, info.faults,
			       0);
	ok &= balanced(m, "records read and lost",
		       m->records_read + info.lost_records, written, slack);
	if (m->source < BY_KERNEL)
		ok &= balanced(m, "events",
			       info.runs + info.skipped + info.missed, made, 0);
	if (!begun) {
		ksft_note("%s never ran", rex_obj_name(m->obj));
		ok = false;
	}
	return ok;
}

static void expect_between(const struct hook *hook, __u64 low, __u64 high)
{
	for (int i = 0; i < NR_PROGS; i++) {
		struct rex_prog_info info;
		__u64 events;

		if (members[i].hook != hook)
			continue;
		info = info_of(&members[i]);
		events = info.runs + info.skipped + info.missed;
		EXPECT_MSG(low <= events && events <= high,
			   "%s at %s: %llu events, of %llu to %llu",
			   rex_obj_name(members[i].obj), hook->at, events, low,
			   high);
		ksft_note("%s: %llu events, of %llu to %llu", hook->at, events,
			  low, high);
		return;
	}
}

/* ---- all of it ---- */

struct party {
	pid_t makers[NR_MAKERS];
	int go;
	struct counter outer[NR_HOOKS], inner[NR_HOOKS];
	struct ring_buffer *rings;
};

static void with_counters(void (*act)(struct party *p, size_t hook),
			  struct party *p)
{
	for (size_t i = 0; i < NR_HOOKS; i++)
		if (hooks[i].source == BY_KERNEL)
			act(p, i);
}

static void start_outer(struct party *p, size_t i)
{
	p->outer[i] = start_counter(hooks[i].hook);
}

static void start_inner(struct party *p, size_t i)
{
	p->inner[i] = start_counter(hooks[i].hook);
}

static __u64 inner_count[NR_HOOKS];

static void end_inner(struct party *p, size_t i)
{
	inner_count[i] = end_counter(&p->inner[i]);
}

static void end_outer(struct party *p, size_t i)
{
	expect_between(hooks[i].hook, inner_count[i],
		       end_counter(&p->outer[i]));
}

static void start_party(struct party *p)
{
	int ends[2];

	*p = (struct party){};
	memset(members, 0, sizeof(members));
	shared = map_shared(sizeof(*shared));
	ASSERT(!pipe2(ends, O_CLOEXEC));
	restarts_per_min = 1000000;
	use_descriptors(2048, 2000);
	with_counters(start_outer, p);
	/* The makers inherit the programs that they run themselves. */
	for (int i = 0; i < NR_PROGS; i++)
		if (hooks[i % NR_HOOKS].source == BY_TEST_RUN)
			start_member(i, 0);
	for (int i = 0; i < NR_MAKERS; i++)
		p->makers[i] = start_maker(i, ends);
	for (int i = 0; i < NR_PROGS; i++)
		if (!members[i].obj)
			start_member(i, p->makers[i % NR_MAKERS]);
	p->rings = open_rings();
	with_counters(start_inner, p);
	close(ends[0]);
	p->go = ends[1];
}

static void end_party(struct party *p)
{
	shared->over = true;
	for (int i = 0; i < NR_MAKERS; i++)
		reap(p->makers[i]);
	with_counters(end_inner, p);
	for (int i = 0; i < NR_PROGS; i++)
		bpf_link__destroy(members[i].link);
	with_counters(end_outer, p);
	/* Runs that were in flight, and restarts, have ended. */
	ksft_pause_ms(500);
	collect(p->rings);
	ring_buffer__free(p->rings);
}

static void close_members(void)
{
	for (int i = 0; i < NR_PROGS; i++)
		rex_obj_close(members[i].obj);
}

static void run_party(struct party *p, unsigned long wanted)
{
	struct soak soak;
	__u64 events = 0, before;

	start_party(p);
	before = sum_up().events;
	soak = soak_begin("events", wanted);
	close(p->go);
	while (events < wanted) {
		ksft_pause_ms(100);
		collect(p->rings);
		events = sum_up().events - before;
		soak_step(&soak, events < wanted ? events : wanted);
	}
	end_party(p);
	soak_end(&soak, events);
}

/* The balance would show an event that reached nobody, a fault too much, and a record that is gone. */
static void expect_losses_to_show(struct member *m)
{
	__u64 made = made_by(m->source);

	EXPECT(!is_balanced(m, made + 1));
	m->faults_read++;
	EXPECT(!is_balanced(m, made));
	m->faults_read--;
	m->records_read -= 1 + slack_of(m);
	EXPECT(!is_balanced(m, made));
	m->records_read += 1 + slack_of(m);
	EXPECT(is_balanced(m, made));
}

TEST_TIMEOUT(no_event_is_lost_that_is_not_counted, 150)
{
	unsigned long wanted = soak_count("EVENTS", 100000);
	struct party p;
	struct sums sums;

	run_party(&p, wanted);
	sums = sum_up();
	ksft_note("%llu calls of dup, %llu of a function, and %llu runs by each packet program",
		  made_by(BY_DUP), made_by(BY_UPROBED), made_by(BY_TEST_RUN));
	ksft_note("%llu events: %llu runs, %llu skipped, %llu missed; %llu faults, of which %llu were lost, and %llu lost records",
		  sums.events, sums.runs, sums.skipped, sums.missed,
		  sums.faults, sums.lost_faults, sums.lost_records);
	for (int i = 0; i < NR_PROGS; i++)
		EXPECT_MSG(is_balanced(&members[i], made_by(members[i].source)),
			   "something is lost that is not counted");
	EXPECT(sums.faults > 0);
	EXPECT(sums.lost_records > 0);
	expect_losses_to_show(&members[0]);
	close_members();
}
