// SPDX-License-Identifier: GPL-2.0
/*
 * Fifty programs, each in an image of its own that is restarted after a fault, are at all
 * hooks at once while two processes make events. One of some thousand runs ends with a
 * fault. Each event is a run, or is counted as skipped or missed; each fault and each record
 * is read, or is counted as lost. `make soak EVENTS=10000000` says how many events.
 * TEST-DEADLINE: 300
 */

#include "hostile.h"
#include "rex_counter.h"
#include "rex_soak.h"
#include "rex_soak_hooks.h"
#include "names/soak_unsafe.h"

#define NR_PROGS 50
#define NR_MAKERS 2
/* One of so many runs has a fault. */
#define FAULT_ODDS 3000
/* Loops are ended after this time. */
#define LOOP_MS 60
/* Other runs are ended by no limit: a busy machine may stop a CPU for a while. */
#define MAX_MS 5000
#define REPEAT 20

static const struct soak_hook **hooks;
static size_t nr_hooks;

static struct member {
	struct soak_place place;
	__u64 faults_read, faults_lost, records_read;
} members[NR_PROGS];

static const struct soak_hook *hook_of(int number)
{
	return hooks[number % nr_hooks];
}

/* ---- the makers of events ---- */

/* Both processes and the test see it. */
struct shared {
	volatile bool over;
	volatile __u64 made[NR_MAKERS][NR_SOURCES];
};

static struct shared *shared;

/* Returns the runs for which the events of a member were made. */
static __u64 made_for(const struct member *m)
{
	const struct soak_hook *hook = m->place.hook;
	__u64 events = 0;

	for (int i = 0; hook->source < NR_SOURCES && i < NR_MAKERS; i++)
		events += shared->made[i][hook->source];
	return (events - soak_dropped(&m->place)) * (hook->runs ?: 1);
}

/* Returns how many events one member has at a time: some cost more than others. */
static unsigned int repeat_of(enum soak_source source)
{
	return source == BY_ITERATION ? REPEAT / 4 : REPEAT;
}

static void make_own_events(void)
{
	for (int i = 0; i < NR_PROGS; i++) {
		enum soak_source source = hook_of(i)->source;

		if (source >= NR_SHARED_SOURCES && source < NR_SOURCES)
			soak_fire_at(&members[i].place, repeat_of(source));
	}
}

static void make_events(int maker, int go)
{
	volatile __u64 *made = shared->made[maker];
	char byte;

	pin_to_cpu(maker);
	soak_enter();
	if (read(go, &byte, 1) != 0)
		_exit(31);
	while (!shared->over) {
		for (int source = 0; source < NR_SHARED_SOURCES; source++) {
			soak_fire(source, REPEAT);
			made[source] += REPEAT;
		}
		make_own_events();
		for (int i = NR_SHARED_SOURCES; i < NR_SOURCES; i++)
			made[i] += repeat_of(i);
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
	struct counter c = { .map = make_counter() };
	const struct bpf_insn insns[] = {
		INSNS_COUNT(c.map),
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
	__u64 count;

	close(c->link);
	ksft_pause_ms(100);
	count = counter_value(c->map) + recursion_misses_of(c->prog);
	close(c->prog);
	close(c->map);
	return count;
}

/* ---- the programs ---- */

/*
 * Some programs loop, all of them where interrupts are on. If programs loop with interrupts
 * off on both CPUs at once, no CPU is left to send the NMI that stops them. The same happens if
 * one loops at a switch of tasks, with the lock of the run queue, and the other CPU waits for
 * that lock (docs/architecture.md, Limits).
 */
static bool loops(int number)
{
	const struct hook *hook = hook_of(number)->hook;

	return number < (int)nr_hooks &&
	       (hook == &hook_tracepoint || hook == &hook_xdp ||
		!strcmp(hook->program, "at_request_sleepable"));
}

static void start_member(int number, pid_t maker)
{
	char name[16];

	snprintf(name, sizeof(name), "soak%d", number);
	members[number].place = soak_attach(hook_of(number), number, name,
					    loops(number) ? LOOP_MS : MAX_MS,
					    FAULT_ODDS, loops(number), maker);
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

		while (!rex_obj_wait_fault(members[i].place.obj, 0, &fault)) {
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
		int fd = map_fd(members[i].place.obj, "records");

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
	return prog_info(m->place.obj, m->place.hook->hook->program);
}

static __u64 info_events(const struct member *m)
{
	struct rex_prog_info info = info_of(m);

	return info.runs + info.skipped + info.missed;
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
	ksft_note("%s at %s: %s: %llu, not %llu", rex_obj_name(m->place.obj),
		  m->place.hook->name, what, a, b);
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
		.image_fd = rex_obj_image_fd(m->place.obj),
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

/* Expects, of events that were made, that MADE runs came of them. */
static bool is_balanced(const struct member *m, __u64 made)
{
	struct rex_prog_info info = info_of(m);
	__u64 begun = map_get(m->place.obj, "counts", RUNS_BEGUN);
	__u64 returned = map_get(m->place.obj, "counts", RUNS_RETURNED);
	__u64 written = map_get(m->place.obj, "counts", RECORDS_WRITTEN);
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
	if (m->place.hook->source < NR_SOURCES)
		ok &= balanced(m, "events", info_events(m), made, 0);
	if (!begun) {
		ksft_note("%s never ran at %s", rex_obj_name(m->place.obj),
			  m->place.hook->name);
		ok = false;
	}
	return ok;
}

static void expect_between(const struct soak_hook *hook, __u64 low, __u64 high)
{
	for (int i = 0; i < NR_PROGS; i++) {
		__u64 events;

		if (members[i].place.hook != hook)
			continue;
		events = info_events(&members[i]);
		EXPECT_MSG(low <= events && events <= high,
			   "%s at %s: %llu events, of %llu to %llu",
			   rex_obj_name(members[i].place.obj), hook->name,
			   events, low, high);
		ksft_note("%s: %llu events, of %llu to %llu", hook->name,
			  events, low, high);
	}
}

/* ---- all of it ---- */

struct party {
	pid_t makers[NR_MAKERS];
	int go;
	struct counter outer[MOST_SOAK_PLACES], inner[MOST_SOAK_PLACES];
	struct ring_buffer *rings;
};

static void with_counters(void (*act)(struct party *p, size_t hook),
			  struct party *p)
{
	for (size_t i = 0; i < nr_hooks; i++)
		if (hooks[i]->source == BY_KERNEL)
			act(p, i);
}

static void start_outer(struct party *p, size_t i)
{
	p->outer[i] = start_counter(hooks[i]->hook);
}

static void start_inner(struct party *p, size_t i)
{
	p->inner[i] = start_counter(hooks[i]->hook);
}

static __u64 inner_count[MOST_SOAK_PLACES];

static void end_inner(struct party *p, size_t i)
{
	inner_count[i] = end_counter(&p->inner[i]);
}

static void end_outer(struct party *p, size_t i)
{
	expect_between(hooks[i], inner_count[i], end_counter(&p->outer[i]));
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
	soak_set_up();
	hooks = find_soak_hooks(&nr_hooks);
	for (int i = 0; i < NR_PROGS; i++)
		soak_prepare(hook_of(i), i);
	with_counters(start_outer, p);
	/* The makers inherit what they need; clocks are those of the makers. */
	for (int i = 0; i < NR_PROGS; i++)
		if (hook_of(i)->source != BY_CLOCK)
			start_member(i, 0);
	for (int i = 0; i < NR_MAKERS; i++)
		p->makers[i] = start_maker(i, ends);
	for (int i = 0; i < NR_PROGS; i++)
		if (hook_of(i)->source == BY_CLOCK)
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
		soak_detach(&members[i].place);
	with_counters(end_outer, p);
	/* Runs that were in flight, and restarts, have ended. */
	ksft_pause_ms(500);
	collect(p->rings);
	ring_buffer__free(p->rings);
}

static void close_members(void)
{
	for (int i = 0; i < NR_PROGS; i++)
		rex_obj_close(members[i].place.obj);
	soak_tear_down();
}

static void run_party(struct party *p, unsigned long wanted)
{
	struct soak soak = soak_begin("events", wanted);
	__u64 events = 0, before;

	start_party(p);
	before = sum_up().events;
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
	__u64 made = made_for(m);

	EXPECT(!is_balanced(m, made + 1));
	m->faults_read++;
	EXPECT(!is_balanced(m, made));
	m->faults_read--;
	m->records_read -= 1 + slack_of(m);
	EXPECT(!is_balanced(m, made));
	m->records_read += 1 + slack_of(m);
	EXPECT(is_balanced(m, made));
}

TEST_TIMEOUT(no_event_is_lost_that_is_not_counted, 240)
{
	unsigned long wanted = soak_count("EVENTS", 100000);
	struct party p;
	struct sums sums;

	run_party(&p, wanted);
	sums = sum_up();
	for (int i = 0; i < (int)nr_hooks; i++)
		ksft_note("%s: %llu events", members[i].place.hook->name,
			  info_events(&members[i]));
	ksft_note("%llu events: %llu runs, %llu skipped, %llu missed; %llu faults, of which %llu were lost, and %llu lost records",
		  sums.events, sums.runs, sums.skipped, sums.missed,
		  sums.faults, sums.lost_faults, sums.lost_records);
	for (int i = 0; i < NR_PROGS; i++)
		EXPECT_MSG(is_balanced(&members[i], made_for(&members[i])),
			   "something is lost that is not counted");
	EXPECT(sums.faults > 0);
	EXPECT(sums.lost_records > 0);
	expect_losses_to_show(&members[0]);
	close_members();
}
