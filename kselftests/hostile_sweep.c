// SPDX-License-Identifier: GPL-2.0
/*
 * Kills arrive exactly around every helper's entry and return, and inside.
 * programs/sweep_unsafe calls a helper step by step, and the test hook
 * kill_step stops the run before the n-th instruction, as the watchdog's
 * interrupt would. The test tries every n of short helpers and of helpers that
 * acquire something, and for other helpers the first and last ones and some in
 * between. After each kill - the run was stopped by a timeout, at the latest
 * when the next helper returned, and its event gets the default result; - the
 * locks are free, no record of the ring buffer is left reserved, and there are
 * as many references on the task as before; - the image restarts, and its next
 * run is not skipped: the level of the stopped run, one of six, is free.
 * TEST-DEADLINE: 300
 */
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/pkt_cls.h>
#include <sys/mman.h>

#include "helper_list.h"
#include "lookup_list.h"
#include "rex_ioctl.h"
#include "names/sweep_unsafe.h"

#define KILL_STEP "kill_step"
#define RING_SIZE 4096
/* More steps than any helper takes. */
#define NEVER 10000000u
/* The number of steps of a long helper between the first and the last ones. */
#define IN_BETWEEN 8
/* The result of a normal run. */
#define DONE 1
/*
 * The gate's last instructions; with the kernel's thunks for returns, which fill the CPU's
 * buffer of return addresses now and then if the kernel tracks the depth of calls.
 */
#define MAX_TOO_LATE (calls_are_tracked() ? 60 : 12)
/* The number of first steps of a long helper, and of last ones. */
#define AT_THE_ENDS (MAX_TOO_LATE + 3)
/* The number of steps can vary, for example with the time. */
#define MAX_NOT_REACHED 8
/* The program's own instructions after the call, with the trap flag set. */
#define BEHIND_THE_CALL 4
/*
 * On a slow kernel, a helper takes ten times as many steps, most of them in checks of the
 * kernel: of a helper with more steps than that, this many are tried in between.
 */
#define SLOW_EVERY_STEP 300
#define SLOW_IN_BETWEEN 60

static bool calls_are_tracked(void)
{
	static int tracked = -1;

	if (tracked < 0) {
		char *text =
			read_all("/sys/devices/system/cpu/vulnerabilities/retbleed",
				 NULL);

		tracked = !!strstr(text, "Stuffing");
		free(text);
	}
	return tracked;
}

/* A program, and the way to make its event. */
struct sweep {
	const char *program;
	int (*fire)(struct sweep *s); /* the event's result */
	int default_ret;
	bool alone; /* no other task makes such events */
	bool every_step; /* however many there are, unless the kernel is slow */
	struct rex_obj *obj;
	int event; /* perf event, or link of an iterator */
	void *ring_data;
	unsigned long *ring_consumer, *ring_producer;
	unsigned long kills, runs;
};

/* ---- events ---- */

/* Sends an IPv4 packet of UDP. */
static int fire_packet(struct sweep *s)
{
	unsigned char packet[64] = {
		[12] = 0x08, [14] = 0x45, [17] = 50, [22] = 64, [23] = 17
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(
					       program(s->obj, s->program)),
				       &opts));
	return opts.retval;
}

/* An override that was made before the kill stands. */
static int fire_dup(struct sweep *s)
{
	int ret = syscall(SYS_dup, EVENT_FD);

	(void)s;
	return ret == -1 && (errno == EBADF || errno == EIO) ? 0 : errno;
}

/* Reads the text of an iterator, which has this thread as its only object. */
static int fire_read(struct sweep *s)
{
	char text[256];
	ssize_t n;
	int fd;

	if (!s->event) {
		union bpf_iter_link_info info = { .task.tid = getpid() };
		LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
			    .link_info_len = sizeof(info));
		struct bpf_link *link =
			bpf_program__attach_iter(program(s->obj, s->program),
						 &opts);

		ASSERT_MSG(link, "attach: %s", strerror(errno));
		s->event = bpf_link__fd(link);
	}
	fd = bpf_iter_create(s->event);
	ASSERT_MSG(fd >= 0, "bpf_iter_create: %s", strerror(errno));
	while ((n = read(fd, text, sizeof(text))) > 0)
		;
	close(fd);
	return n;
}

/* Makes a page fault. The test's own page faults are no events. */
static int fire_page_fault(struct sweep *s)
{
	static char *page;

	if (!page) {
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT(page != MAP_FAILED);
	}
	ASSERT(!madvise(page, 4096, MADV_DONTNEED));
	ASSERT(!ioctl(s->event, PERF_EVENT_IOC_ENABLE, 0));
	*(volatile char *)page = 1;
	ASSERT(!ioctl(s->event, PERF_EVENT_IOC_DISABLE, 0));
	return 0;
}

static void attach_page_faults(struct sweep *s)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = 1,
	};

	s->event = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			   PERF_FLAG_FD_CLOEXEC);
	ASSERT_MSG(s->event >= 0, "perf_event_open: %s", strerror(errno));
	ASSERT(bpf_program__attach_perf_event(program(s->obj, s->program),
					      s->event));
	ASSERT(!ioctl(s->event, PERF_EVENT_IOC_DISABLE, 0));
}

/* Opens the events that bpf_perf_event_output() overwrites. */
static void open_samples(struct sweep *s)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			 PERF_FLAG_FD_CLOEXEC);
	__u32 key = 0;

	ASSERT_MSG(fd >= 0, "perf_event_open: %s", strerror(errno));
	ASSERT(mmap(NULL, 2 * 4096, PROT_READ, MAP_SHARED, fd, 0) !=
	       MAP_FAILED);
	ASSERT(!bpf_map_update_elem(map_fd(s->obj, "samples"), &key, &fd, 0));
}

/* ---- what may leak ---- */

static void map_ring(struct sweep *s)
{
	int fd = map_fd(s->obj, "ring");

	s->ring_consumer =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT(s->ring_consumer != MAP_FAILED);
	s->ring_producer = mmap(NULL, 4096 + 2 * RING_SIZE, PROT_READ,
				MAP_SHARED, fd, 4096);
	ASSERT(s->ring_producer != MAP_FAILED);
	s->ring_data = (char *)s->ring_producer + 4096;
}

static int held_locks(struct sweep *s)
{
	return !!map_get(s->obj, "locks", 0) + !!map_get(s->obj, "locks", 1);
}

/* Consumes all records, and returns the number still reserved. */
static int reserved_records(struct sweep *s)
{
	unsigned long pos = *(volatile unsigned long *)s->ring_consumer;
	unsigned long end = *(volatile unsigned long *)s->ring_producer;
	int reserved = 0;

	while (pos < end) {
		__u32 len = *(volatile __u32 *)((char *)s->ring_data +
						pos % RING_SIZE);

		reserved += !!(len & BPF_RINGBUF_BUSY_BIT);
		len &= ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		pos += (len + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
	}
	*(volatile unsigned long *)s->ring_consumer = pos;
	return reserved;
}

static __u64 offset_of_usage(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	__s32 id;

	ASSERT_MSG(btf, "BTF of the kernel: %s", strerror(errno));
	id = btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT);
	ASSERT(id > 0);
	t = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf,
						btf_members(t)[i].name_off),
			    "usage"))
			return btf_member_bit_offset(t, i) / 8;
	ASSERT(!"task_struct has a usage");
	return 0;
}

/* Returns the number of references on this task. */
static __u64 task_usage(struct sweep *s)
{
	map_set(s->obj, "orders", ACT, name_hash("task_usage"));
	s->fire(s);
	return map_get(s->obj, "notes", RESULT);
}

/*
 * Polls much more often than WAIT_FOR(): a restart takes a grace period, and a
 * worker on this CPU.
 */
static void await_restart(struct sweep *s)
{
	long end = ksft_ms() + 10000;

	while (!is_live(s->obj, s->program)) {
		ASSERT(ksft_ms() < end);
		usleep(100);
	}
}

/* ---- the sweep ---- */

enum outcome {
	STOPPED,
	TOO_LATE,
	NOT_REACHED,
	PANICKED
};

/* Performs the ordered act, with a kill at its step N. */
static enum outcome kill_at(struct sweep *s, const char *act, unsigned int n)
{
	struct rex_prog_info before = prog_info(s->obj, s->program), after;
	const int panic = REX_FAULT_PANIC, timeout = REX_FAULT_TIMEOUT;
	enum outcome outcome;
	int ret;

	set_module_parameter(KILL_STEP, n);
	ret = s->fire(s);
	outcome = module_parameter(KILL_STEP) ? NOT_REACHED : TOO_LATE;
	set_module_parameter(KILL_STEP, 0);
	after = prog_info(s->obj, s->program);
	if (after.faults_by_cause[timeout] ==
	    before.faults_by_cause[timeout] + 1)
		outcome = STOPPED;
	else if (after.faults_by_cause[panic] ==
		 before.faults_by_cause[panic] + 1)
		outcome = PANICKED;
	ASSERT_MSG(after.faults == before.faults + (outcome == STOPPED ||
						    outcome == PANICKED),
		   "%s, step %u: %llu faults after %llu", act, n, after.faults,
		   before.faults);
	if (s->fire == fire_packet)
		EXPECT_MSG(ret == (outcome == STOPPED || outcome == PANICKED ?
					   s->default_ret :
					   DONE),
			   "%s, step %u: the event's result is %d", act, n,
			   ret);
	else
		EXPECT_MSG(ret == 0, "%s, step %u: %s", act, n, strerror(ret));
	ASSERT_MSG(held_locks(s) == 0, "%s, step %u: a lock is held", act, n);
	ASSERT_MSG(reserved_records(s) == 0,
		   "%s, step %u: records are reserved", act, n);
	EXPECT_MSG(after.runs == before.runs + 1 || !s->alone,
		   "%s, step %u: %llu runs after %llu", act, n, after.runs,
		   before.runs);
	EXPECT_MSG(after.skipped == before.skipped || !s->alone,
		   "%s, step %u: skipped", act, n);
	if (outcome == STOPPED || outcome == PANICKED)
		await_restart(s);
	return outcome;
}

/* Returns the number of steps that the act takes now. */
static unsigned int count_steps(struct sweep *s, const char *act)
{
	unsigned int left;
	int ret;

	set_module_parameter(KILL_STEP, NEVER);
	ret = s->fire(s);
	left = module_parameter(KILL_STEP);
	set_module_parameter(KILL_STEP, 0);
	ASSERT_MSG(left < NEVER, "%s takes no steps, and gives %d", act, ret);
	ASSERT_EQ(map_get(s->obj, "notes", UNKNOWN), 0);
	EXPECT_EQ(reserved_records(s), 0);
	EXPECT_EQ(held_locks(s), 0);
	return NEVER - left;
}

static unsigned int next_step(const struct sweep *s, unsigned int n,
			      unsigned int steps)
{
	unsigned int last = steps - AT_THE_ENDS, in_between = IN_BETWEEN;

	if (s->every_step) {
		in_between = SLOW_IN_BETWEEN;
		if (ksft_slower() == 1 || steps <= SLOW_EVERY_STEP)
			return n + 1;
	}
	if (steps <= 2 * AT_THE_ENDS + in_between || n < AT_THE_ENDS ||
	    n >= last)
		return n + 1;
	n += (last - AT_THE_ENDS) / in_between + 1;
	return n < last ? n : last;
}

struct tally {
	unsigned int steps; /* that the act takes without a kill, at least */
	unsigned int of[4]; /* kills by their outcome */
	unsigned int first_late, last_late;
};

/* Orders the act, and returns the number of steps that it takes at least. */
static unsigned int fewest_steps(struct sweep *s, const char *act)
{
	unsigned int fewest = NEVER;

	map_set(s->obj, "orders", ACT, name_hash(act));
	count_steps(s, act); /* Memory is warm then. */
	for (int i = 0; i < 4; i++) {
		unsigned int steps = count_steps(s, act);

		fewest = steps < fewest ? steps : fewest;
	}
	return fewest;
}

static struct tally sweep(struct sweep *s, const char *act)
{
	struct tally t = { .steps = fewest_steps(s, act) };

	for (unsigned int n = 1; n <= t.steps; n = next_step(s, n, t.steps)) {
		enum outcome outcome = NOT_REACHED;

		/* Some helpers sometimes take a few steps less. */
		for (int i = 0; i < 5 && outcome == NOT_REACHED; i++)
			outcome = kill_at(s, act, n);
		t.of[outcome]++;
		if (outcome == TOO_LATE) {
			t.first_late = t.first_late ?: n;
			t.last_late = n;
		}
	}
	s->kills += t.of[STOPPED];
	EXPECT_MSG(t.of[STOPPED] > 0, "%s", act);
	EXPECT_MSG(t.of[PANICKED] == 0, "%s: %u panics", act, t.of[PANICKED]);
	EXPECT_MSG(t.of[NOT_REACHED] <= MAX_NOT_REACHED, "%s: %u not reached",
		   act, t.of[NOT_REACHED]);
	return t;
}

static void begin(struct sweep *s)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000,
		 .restarts_per_min = 1000000);

	/* Levels belong to a CPU. */
	pin_to_cpu(0);
	/* Restarts wait for grace periods. */
	write_file("/sys/kernel/rcu_expedited", "1");
	s->obj = open_program("sweep_unsafe", s->program, &opts);
	/* It is armed. */
	bpf_program__set_autoload(program(s->obj, "at_time"), true);
	load_opened(s->obj);
	map_ring(s);
	open_samples(s);
	map_set(s->obj, "orders", THREAD, getpid());
	map_set(s->obj, "orders", USAGE, offset_of_usage());
}

/* Sweeps acts that call another helper afterwards, so no kill is too late. */
static void sweep_all(struct sweep *s, const char *const *acts)
{
	long start = ksft_ms();

	panic_on_warn(true);
	for (; *acts && !ksft_failures; acts++) {
		struct tally t = sweep(s, *acts);

		ksft_note("%s: %u steps, %u kills, result %#llx", *acts,
			  t.steps, t.of[STOPPED],
			  map_get(s->obj, "notes", RESULT));
		EXPECT_MSG(t.of[TOO_LATE] == 0, "%s: no effect of %u kills",
			   *acts, t.of[TOO_LATE]);
	}
	panic_on_warn(false);
	ksft_note("%lu kills in %ld ms", s->kills, ksft_ms() - start);
}

static bool is_late_at_the_end_only(const struct tally *t, const char *act)
{
	if (!strncmp(act, "bpf_spin_", 9) && t->of[TOO_LATE] == 0)
		return true;
	return t->of[TOO_LATE] >= 2 && t->of[TOO_LATE] <= MAX_TOO_LATE &&
	       t->last_late - t->first_late + 1 == t->of[TOO_LATE] &&
	       t->last_late == t->steps - BEHIND_THE_CALL;
}

/*
 * Sweeps acts at the end of their run. A kill is too late only between the
 * check at the end of the gate and the program's next instruction; then the run
 * ends normally. Code without a gate takes and releases a free lock, where no
 * kill is too late. The act is repeated if it took more steps than usual, since
 * a helper that enables softirqs may run some.
 */
static void sweep_last_helpers(struct sweep *s, const char *const *acts)
{
	panic_on_warn(true);
	map_set(s->obj, "orders", LAST, 1);
	for (; *acts && !ksft_failures; acts++) {
		struct tally t;

		for (int i = 0; i < 5; i++) {
			t = sweep(s, *acts);
			if (is_late_at_the_end_only(&t, *acts))
				break;
		}
		ksft_note("%s: %u steps, %u kills, %u too late from %u to %u",
			  *acts, t.steps, t.of[STOPPED], t.of[TOO_LATE],
			  t.first_late, t.last_late);
		EXPECT_MSG(is_late_at_the_end_only(&t, *acts), "%s", *acts);
	}
	panic_on_warn(false);
}

static const struct sweep in_xdp_program = { .program = "at_xdp",
					     .fire = fire_packet,
					     .default_ret = XDP_PASS,
					     .alone = true };

TEST_TIMEOUT(kills_at_any_helper_in_an_xdp_program_leak_nothing, 150)
{
	static const char *const acts[] = {
		HELPERS_ANY,
		HELPERS_XDP,
		"rex_task_from_pid_of_nobody",
		"bpf_probe_read_kernel_of_nothing",
		LOOKUPS,
		"rex_find_hash",
		"rex_load_1",
		"rex_load_2",
		"rex_load_4",
		"rex_load_8",
		"rex_load_8_of_nothing",
		"rex_load_8_of_userspace",
		"bcmp",
		"memcmp",
		"memcpy",
		"memmove",
		"memset",
		NULL,
	};
	struct sweep s = in_xdp_program;

	begin(&s);
	sweep_all(&s, acts);
}

static const char *const resource_acts[] = {
	"bpf_ringbuf_reserve",
	"bpf_ringbuf_reserve_of_one_more",
	"bpf_ringbuf_submit",
	"bpf_ringbuf_submit_of_one_more",
	"bpf_ringbuf_submit_of_the_oldest",
	"bpf_ringbuf_discard",
	"rex_task_from_pid",
	"rex_task_release",
	"bpf_spin_lock",
	"bpf_spin_unlock",
	"bpf_spin_lock_of_another",
	"bpf_spin_unlock_of_another",
	"bpf_spin_unlock_with_a_record",
	NULL,
};

TEST_TIMEOUT(kills_at_any_helper_for_resources_release_them, 150)
{
	struct sweep s = { .program = "at_xdp",
			   .fire = fire_packet,
			   .default_ret = XDP_PASS,
			   .alone = true,
			   .every_step = true };
	__u64 usage;

	begin(&s);
	usage = task_usage(&s);
	EXPECT(usage > 0 && usage < 1000);
	sweep_all(&s, resource_acts);
	EXPECT_EQ(task_usage(&s), usage);
}

TEST_TIMEOUT(kills_are_too_late_only_between_a_gates_look_and_its_return, 150)
{
	struct sweep s = in_xdp_program;

	begin(&s);
	sweep_last_helpers(&s, resource_acts);
}

TEST_TIMEOUT(kills_at_any_helper_in_a_tc_program_leak_nothing, 150)
{
	static const char *const acts[] = { HELPERS_TC, NULL };
	struct sweep s = { .program = "at_tc",
			   .fire = fire_packet,
			   .default_ret = TC_ACT_UNSPEC,
			   .alone = true };

	begin(&s);
	sweep_all(&s, acts);
}

TEST(kills_at_any_helper_in_a_perf_event_program_leak_nothing)
{
	static const char *const acts[] = {
		HELPERS_PERF_EVENT,
		"bpf_map_update_elem",
		NULL,
	};
	struct sweep s = { .program = "at_perf_event",
			   .fire = fire_page_fault };

	begin(&s);
	attach_page_faults(&s);
	sweep_all(&s, acts);
}

TEST(kills_at_any_helper_in_a_kprobe_program_leak_nothing)
{
	static const char *const acts[] = {
		HELPERS_KPROBE,
		"bpf_map_update_elem",
		"bpf_ringbuf_reserve",
		NULL,
	};
	struct sweep s = { .program = "at_kprobe", .fire = fire_dup };

	begin(&s);
	attach(s.obj, s.program);
	sweep_all(&s, acts);
}

TEST(kills_at_any_helper_in_a_fentry_program_leak_nothing)
{
	static const char *const acts[] = { HELPERS_TRACING, NULL };
	struct sweep s = { .program = "at_fentry", .fire = fire_dup };

	begin(&s);
	attach(s.obj, s.program);
	sweep_all(&s, acts);
}

TEST(kills_at_any_helper_in_an_iter_program_leak_nothing)
{
	static const char *const acts[] = { HELPERS_OTHER, NULL };
	struct sweep s = { .program = "at_iter", .fire = fire_read };

	begin(&s);
	sweep_all(&s, acts);
}

/*
 * The trampoline of a probe saves the flags, and restores them with the trap flag when
 * the run has been stopped in between. The kernel warns of a single step that nothing
 * claims.
 */
TEST(kills_while_a_probe_has_saved_the_flags_leave_no_single_step)
{
	static const char act[] = "bpf_probe_read_kernel";
	static const char *const acts[] = { act, NULL };
	struct sweep s = in_xdp_program;
	unsigned int steps;
	int probe;

	begin(&s);
	map_set(s.obj, "orders", ACT, name_hash(act));
	steps = count_steps(&s, act);
	probe = open_kprobe("copy_from_kernel_nofault");
	EXPECT(count_steps(&s, act) > steps + 100);
	sweep_all(&s, acts);
	close(probe);
}

/* ---- the bit that sends gates to look for a mark ---- */

/* The first number of steps that are within a helper, behind the call and the gate's. */
#define IN_THE_HELPER 6
#define NO_RESULT 1234567

/*
 * The run that ends by its mark leaves the bit. The next gate that looks finds no mark, and
 * clears it.
 */
TEST(gates_take_as_many_steps_after_a_kill_as_before)
{
	/* Of these gates, only the second one counts itself. */
	static const char *const acts[] = { "rex_lookup_hash",
					    "rex_update_hash" };
	struct sweep s = in_xdp_program;

	begin(&s);
	for (int i = 0; i < 2; i++) {
		unsigned int steps = fewest_steps(&s, acts[i]);

		EXPECT_EQ(kill_at(&s, acts[i], IN_THE_HELPER), STOPPED);
		EXPECT_EQ(fewest_steps(&s, acts[i]), steps);
	}
}

/*
 * A run is marked in a helper, which calls a function with another program. The gates of
 * that program look for the mark, and find that it is another run's: that one does not end,
 * and the marked one ends when its own helper returns.
 */
TEST(mark_of_a_run_outlives_the_gates_of_runs_on_top_of_it)
{
	static const char act[] = "bpf_probe_read_kernel";
	static const char *const inner_acts[] = { "rex_lookup_hash",
						  "rex_update_hash" };
	struct sweep s = in_xdp_program;
	struct rex_prog_info before, after;
	struct rex_obj *inner;

	begin(&s);
	map_set(s.obj, "orders", ACT, name_hash(act));
	inner = open_program("sweep_unsafe", "at_kprobe", NULL);
	load_opened(inner);
	map_set(inner, "orders", THREAD, getpid());
	ASSERT(bpf_program__attach_kprobe(program(inner, "at_kprobe"), false,
					  "copy_from_kernel_nofault"));
	for (int i = 0; i < 2; i++) {
		before = prog_info(inner, "at_kprobe");
		/* Its steps are unexpected except while a kill is armed. */
		map_set(inner, "orders", ACT, name_hash(inner_acts[i]));
		map_set(inner, "notes", RESULT, NO_RESULT);
		EXPECT_EQ(kill_at(&s, act, IN_THE_HELPER), STOPPED);
		map_set(inner, "orders", ACT, 0);
		EXPECT(map_get(inner, "notes", RESULT) != NO_RESULT);
		after = prog_info(inner, "at_kprobe");
		EXPECT(after.runs > before.runs);
		EXPECT_EQ(after.faults, 0);
	}
}

/*
 * The gate of all types of maps asks for the type and a lock. The values have none, so it
 * does not call the helper, which takes some 50 steps more.
 */
TEST(map_of_any_type_is_changed_by_a_few_steps_more)
{
	struct sweep s = { .program = "at_xdp", .fire = fire_packet };
	unsigned int of_any, of_one;

	begin(&s);
	of_any = fewest_steps(&s, "bpf_map_update_elem");
	of_one = fewest_steps(&s, "rex_update_hash");
	EXPECT_MSG(of_any > of_one && of_any < of_one + 20,
		   "%u steps and %u steps", of_any, of_one);
}

/* bpf_clone_redirect() refuses to run while a lock counts as held. */
TEST(kills_at_the_lock_helpers_leave_no_lock_counted)
{
	struct sweep s = { .program = "at_tc",
			   .fire = fire_packet,
			   .default_ret = TC_ACT_UNSPEC,
			   .alone = true,
			   .every_step = true };

	begin(&s);
	sweep(&s, "bpf_spin_lock");
	sweep(&s, "bpf_spin_unlock");
	map_set(s.obj, "orders", ACT, name_hash("bpf_clone_redirect"));
	count_steps(&s, "bpf_clone_redirect");
	EXPECT_EQ(map_get(s.obj, "notes", RESULT), 0);
}

/* The run ends by the panic, or by the kill in it. */
TEST(kills_while_a_program_panics_leak_nothing)
{
	static const char *const acts[] = { "rex_panic_buf", "rex_panic" };
	struct sweep s = in_xdp_program;

	begin(&s);
	for (int i = 0; i < 2; i++) {
		unsigned int n, reached = 0;

		map_set(s.obj, "orders", ACT, name_hash(acts[i]));
		for (n = 1; n < NEVER; n += 1 + n / 10) {
			enum outcome outcome = kill_at(&s, acts[i], n);

			if (outcome == NOT_REACHED || n > 20000)
				break;
			reached++;
		}
		ksft_note("%s: %u kills within %u steps", acts[i], reached, n);
		EXPECT(reached > 10);
	}
}
