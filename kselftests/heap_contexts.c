// SPDX-License-Identifier: GPL-2.0
/*
 * Programs allocate in every context, and in several at once (programs/heap).
 * TEST-DEADLINE: 400
 */
#include <linux/perf_event.h>
#include <sys/prctl.h>

#include "rex_heap.h"

/* A heap that has no room for the blocks of two runs. */
#define SMALL_HEAP (16 * 1024)

static struct bpf_link *attach_to_event(struct rex_obj *obj, const char *prog,
					const char *event)
{
	struct bpf_link *link =
		bpf_program__attach_raw_tracepoint(program(obj, prog), event);

	ASSERT_MSG(link, "cannot attach to %s: %s", event, strerror(errno));
	return link;
}

static struct bpf_link *attach_to_function(struct rex_obj *obj,
					   const char *function)
{
	struct bpf_link *link =
		bpf_program__attach_kprobe(program(obj, "at_kprobe"), false,
					   function);

	ASSERT_MSG(link, "cannot attach to %s: %s", function, strerror(errno));
	return link;
}

/* Attaches to interrupts of CPU's timer. */
static struct bpf_link *attach_to_clock(struct rex_obj *obj, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 2000000,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			 PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link;

	ASSERT_MSG(fd >= 0, "perf_event_open: %s", strerror(errno));
	link = bpf_program__attach_perf_event(program(obj, "at_perf_event"),
					      fd);
	ASSERT(link);
	return link;
}

/* Sends an NMI to the other CPUs. */
static void send_nmi(void)
{
	announce_dmesg("NMI backtrace|Call Trace:");
	write_file("/proc/sysrq-trigger", "l");
}

static __u64 runs(struct rex_obj *obj, const char *prog)
{
	return prog_info(obj, prog).runs;
}

/* Starts a child on each CPU that makes system calls until it is killed. */
static int start_load(pid_t *pids)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (int cpu = 0; cpu < cpus; cpu++) {
		pids[cpu] = fork();
		ASSERT(pids[cpu] >= 0);
		if (pids[cpu])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin_to_cpu(cpu);
		for (;;)
			syscall(SYS_getppid);
	}
	return cpus;
}

static void stop_load(pid_t *pids, int cpus)
{
	for (int cpu = 0; cpu < cpus; cpu++) {
		kill(pids[cpu], SIGKILL);
		waitpid(pids[cpu], NULL, 0);
	}
}

/* Checks that no block had two owners, and that all blocks are free. */
static void expect_sound(struct rex_obj *obj, bool enough_room)
{
	EXPECT_MSG(WAIT_FOR(heap_used(obj) == 0, 10), "%llu bytes are in use",
		   heap_used(obj));
	EXPECT_EQ(heap_act(obj, COUNTS, 0), 0);
	EXPECT_EQ(map_get(obj, "results", DAMAGED), 0);
	EXPECT_EQ(map_get(obj, "results", NO_ROOM) == 0, enough_room);
	EXPECT(map_get(obj, "results", CHURNS) > 0);
	EXPECT_EQ(image_info(obj).heap_failed != 0, !enough_room);
	EXPECT_EQ(prog_info(obj, "at_dup").state, REX_PROG_LIVE);
}

static void churn_at(const char *event)
{
	struct rex_obj *obj = load_heap(4 * MIB);
	struct bpf_link *link =
		attach_to_event(obj, "at_raw_tracepoint", event);

	EXPECT_MSG(WAIT_FOR(runs(obj, "at_raw_tracepoint") >= 300, 30),
		   "%llu runs only", runs(obj, "at_raw_tracepoint"));
	bpf_link__destroy(link);
	expect_sound(obj, true);
}

TEST(programs_allocate_in_tasks)
{
	churn_at("sys_enter");
}

TEST(programs_allocate_in_hardirqs)
{
	churn_at("hrtimer_expire_entry");
}

TEST(programs_allocate_in_softirqs)
{
	churn_at("softirq_entry");
}

TEST(programs_allocate_with_the_run_queue_locked)
{
	churn_at("sched_switch");
}

/* Each NMI is an event for each of its handlers. */
TEST(programs_allocate_in_nmis)
{
	struct rex_obj *obj = load_heap(4 * MIB);
	struct bpf_link *link =
		attach_to_event(obj, "at_raw_tracepoint", "nmi_handler");
	pid_t pids[64];
	int cpus = start_load(pids);

	for (int i = 0; i < 5; i++) {
		__u64 before = runs(obj, "at_raw_tracepoint");

		send_nmi();
		EXPECT(WAIT_FOR(runs(obj, "at_raw_tracepoint") > before, 10));
	}
	stop_load(pids, cpus);
	bpf_link__destroy(link);
	expect_sound(obj, true);
}

/* The outer program is in the middle of an allocation, or of a free. */
TEST(programs_allocate_within_the_allocator)
{
	static const char *const functions[] = { "rex_heap_alloc",
						 "rex_pool_alloc",
						 "rex_pool_free" };

	for (size_t i = 0; i < 3; i++) {
		struct rex_obj *obj = load_heap(4 * MIB);
		struct bpf_link *inner = attach_to_function(obj, functions[i]);
		struct bpf_link *outer =
			attach_to_event(obj, "at_raw_tracepoint", "sys_enter");

		EXPECT_MSG(WAIT_FOR(runs(obj, "at_kprobe") >= 1000, 30),
			   "%llu runs only", runs(obj, "at_kprobe"));
		bpf_link__destroy(outer);
		bpf_link__destroy(inner);
		expect_sound(obj, true);
		unload_heap(obj);
	}
}

/*
 * A program at a function that a move of room calls is on top of the move. In a heap without
 * room, it waits for the moves of other CPUs, and a program there for that of this CPU.
 */
TEST(moves_with_programs_on_top_do_not_wait_for_each_other)
{
	struct rex_obj *obj = load_heap(SMALL_HEAP);
	struct bpf_link *inner = attach_to_function(obj, "pool_take_granules");
	struct bpf_link *outer =
		attach_to_event(obj, "at_raw_tracepoint", "sys_enter");
	pid_t pids[64];
	int cpus = start_load(pids);

	EXPECT_MSG(WAIT_FOR(runs(obj, "at_kprobe") >= 20000, 30),
		   "%llu runs only", runs(obj, "at_kprobe"));
	stop_load(pids, cpus);
	bpf_link__destroy(outer);
	bpf_link__destroy(inner);
	expect_sound(obj, false);
	unload_heap(obj);
}

/* Runs programs in all contexts on all CPUs, where they interrupt each other.
 */
static void churn_everywhere(__u64 heap_size, bool enough_room)
{
	struct rex_obj *obj = load_heap(heap_size);
	struct bpf_link *links[16];
	pid_t pids[64];
	int cpus = start_load(pids), n = 0;

	links[n++] = attach_to_function(obj, "rex_pool_alloc");
	links[n++] = attach_to_clock(obj, 0);
	links[n++] = attach_to_clock(obj, 1);
	links[n++] = attach_to_event(obj, "at_raw_tracepoint", "nmi_handler");
	links[n++] = attach_to_event(obj, "at_raw_tracepoint", "softirq_entry");
	links[n++] =
		attach_to_event(obj, "at_raw_tracepoint", "bpf_trace_printk");
	links[n++] = attach_to_event(obj, "at_raw_tracepoint",
				     "hrtimer_expire_entry");
	links[n++] = attach_to_event(obj, "at_raw_tracepoint", "sched_switch");
	links[n++] = attach_to_event(obj, "with_event", "sys_enter");
	for (int i = 0; i < 4; i++) {
		__u64 before = runs(obj, "with_event");

		send_nmi();
		EXPECT(WAIT_FOR(runs(obj, "with_event") > before + 1000, 30));
	}
	EXPECT(runs(obj, "at_kprobe") > 1000);
	EXPECT(runs(obj, "at_perf_event") > 10);
	EXPECT(runs(obj, "at_raw_tracepoint") > 1000);
	while (n)
		bpf_link__destroy(links[--n]);
	stop_load(pids, cpus);
	expect_sound(obj, enough_room);
	EXPECT_EQ(heap_act(obj, RESERVE, heap_size), 1);
}

TEST_TIMEOUT(programs_allocate_everywhere_at_once, 150)
{
	churn_everywhere(4 * MIB, true);
}

TEST_TIMEOUT(programs_allocate_everywhere_at_once_with_little_room, 150)
{
	churn_everywhere(16 * KIB, false);
}
