// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that allocate (programs/heap): all types, the quota, all contexts, and
 * that everything is back at the end.
 * TEST-DEADLINE: 400
 */
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/prctl.h>

#include "rex_ioctl.h"
#include "names/heap.h"
#include "names/heap_unsafe.h"

#define KIB 1024ul
#define MIB (1024 * KIB)
#define NONE 0xdead

static struct rex_obj *load_with(const char *name, __u64 heap_size,
				 __u32 restarts_per_min, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = heap_size);

	opts.restarts_per_min = restarts_per_min;
	opts.timeout_ms = timeout_ms;
	return load_object_opts(name, &opts);
}

static struct bpf_link *attached;

static struct rex_obj *load_heap(__u64 heap_size)
{
	struct rex_obj *obj = load_with("heap", heap_size, 0, 5000);

	attached = attach(obj, "at_dup");
	return obj;
}

/* What load_heap() has loaded last. */
static void unload(struct rex_obj *obj)
{
	bpf_link__destroy(attached);
	rex_obj_close(obj);
}

/* The result, or NONE if the program did not come to its end. */
static __u64 act(struct rex_obj *obj, int act, __u64 size)
{
	map_set(obj, "control", SIZE, size);
	map_set(obj, "results", RESULT, NONE);
	fire(ACT + act);
	return map_get(obj, "results", RESULT);
}

static __u64 used(struct rex_obj *obj)
{
	return image_info(obj).heap_used;
}

/* ---- one program ---- */

TEST(ordinary_types_work)
{
	struct rex_obj *obj = load_heap(0);
	char text[128];
	__u32 key = 0;

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(act(obj, TYPES, 0), 12);
		ASSERT(!bpf_map_lookup_elem(map_fd(obj, "text"), &key, text));
		EXPECT_STREQ(
			text,
			"three+_two_+_one_ 29 shape,4x5 51 0x9935 [Some(1), Some(2), None]");
		EXPECT_EQ(used(obj), 0);
	}
	EXPECT_EQ(image_info(obj).heap_failed, 0);
	EXPECT_EQ(image_info(obj).heap_size, MIB);
}

TEST(alignments_are_kept)
{
	struct rex_obj *obj = load_heap(0);

	EXPECT_EQ(act(obj, ALIGNMENTS, 0), 12);
	EXPECT_EQ(used(obj), 0);
}

TEST(contents_move_with_a_block_that_grows)
{
	struct rex_obj *obj = load_heap(2 * MIB);

	EXPECT(act(obj, RESIZE, 300000) < 10000);
	EXPECT_EQ(used(obj), 0);
	EXPECT_EQ(image_info(obj).heap_failed, 0);
}

/* Of blocks that have a size of their own to note, at least three quarters. */
TEST(quota_is_what_the_loader_says)
{
	static const __u64 sizes[] = { 4 * KIB,	  40 * KIB, 64 * KIB,
				       100 * KIB, MIB,	    5 * MIB };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rex_obj *obj = load_heap(sizes[i]);
		__u64 first = act(obj, COUNT_BLOCKS, 960);

		EXPECT_EQ(image_info(obj).heap_size, sizes[i]);
		EXPECT(first * 1024 <= sizes[i]);
		EXPECT_MSG(first * 1024 >= sizes[i] / 4 * 3,
			   "%llu blocks in %llu bytes", first, sizes[i]);
		EXPECT_EQ(used(obj), 0);
		EXPECT(image_info(obj).heap_failed > 0);
		EXPECT_EQ(act(obj, COUNT_BLOCKS, 960), first);
		/* What was in small pieces is whole again. */
		if (sizes[i] >= MIB)
			EXPECT_EQ(act(obj, RESERVE, sizes[i] / MIB * MIB / 2),
				  1);
		EXPECT_EQ(prog_info(obj, "at_dup").faults, 0);
		unload(obj);
	}
}

TEST(quota_is_rounded_to_pages_and_limited)
{
	struct rex_load args = load_args("hello");
	struct rex_obj *obj = load_with("heap", 1, 0, 0);

	EXPECT_EQ(image_info(obj).heap_size, 4096);
	args.heap_size = REX_MAX_HEAP + 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_LOAD, &args), EFBIG);
}

TEST(image_without_allocations_has_no_heap)
{
	struct rex_obj *obj = load_with("hello", 64 * MIB, 0, 0);

	EXPECT_EQ(image_info(obj).heap_size, 0);
	EXPECT(image_info(obj).memory < MIB);
}

TEST(want_of_room_is_an_error_that_can_be_handled)
{
	struct rex_obj *obj = load_heap(MIB);

	EXPECT_EQ(act(obj, RESERVE, MIB + 1), 0);
	EXPECT_EQ(act(obj, RESERVE, 5 * MIB), 0);
	EXPECT_EQ(act(obj, RESERVE, (__u64)1 << 62), 0);
	EXPECT_EQ(image_info(obj).heap_failed, 3);
	EXPECT_EQ(act(obj, RESERVE, MIB), 1);
	EXPECT_EQ(used(obj), 0);
	EXPECT_EQ(prog_info(obj, "at_dup").faults, 0);
}

TEST(want_of_room_is_a_panic_that_names_the_size)
{
	struct rex_obj *obj = load_heap(MIB);
	struct rex_fault_info fault;

	announce_dmesg("stopped by a panic: memory allocation of 2097152");
	EXPECT_EQ(act(obj, PANIC_FOR_WANT_OF_ROOM, 2 * MIB), NONE);
	fault = last_fault(obj, "at_dup");
	EXPECT_EQ(fault.cause, REX_FAULT_PANIC);
	EXPECT_CONTAINS(fault.message, "memory allocation of 2097152 bytes");
	EXPECT_EQ(prog_info(obj, "at_dup").state, REX_PROG_DEAD);
}

TEST(blocks_in_statics_stay_until_they_are_dropped)
{
	struct rex_obj *obj = load_heap(MIB);

	for (int i = 1; i <= 20; i++) {
		EXPECT_EQ(act(obj, KEEP, 8000), 8000 * i);
		EXPECT(used(obj) >= 8000ul * i);
	}
	EXPECT_EQ(act(obj, DROP_KEPT, 0), 20);
	EXPECT_EQ(used(obj), 0);
}

TEST(images_have_heaps_of_their_own)
{
	struct rex_obj *first = load_heap(256 * KIB), *second;
	struct bpf_link *link;

	EXPECT_EQ(act(first, FORGET, 200 * KIB), 200 * KIB);
	second = load_with("heap", 512 * KIB, 0, 0);
	link = attach(second, "at_dup");
	EXPECT_EQ(act(second, RESERVE, 512 * KIB), 1);
	EXPECT_EQ(map_get(first, "results", RESULT), 0);
	bpf_link__destroy(link);
	EXPECT_EQ(used(first), 256 * KIB);
	EXPECT_EQ(used(second), 0);
}

/* Neither the program nor a fault gives it back; the end of the image does. */
TEST(what_is_forgotten_goes_with_the_image)
{
	struct rex_obj *obj;
	struct census before;

	await_idle();
	before = take_census();
	obj = load_heap(8 * MIB);
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(act(obj, FORGET, MIB), MIB);
	EXPECT_EQ(used(obj), 5 * MIB);
	announce_dmesg("stopped by a panic: with 5 blocks");
	EXPECT_EQ(act(obj, PANIC_WITH_BLOCKS, 200 * KIB), NONE);
	EXPECT(used(obj) >= 6 * MIB);
	unload(obj);
	await_idle();
	EXPECT_CENSUS(&before);

	obj = load_heap(8 * MIB);
	EXPECT_EQ(used(obj), 0);
	EXPECT_EQ(act(obj, RESERVE, 4 * MIB), 1);
	unload(obj);
	await_idle();
	EXPECT_CENSUS(&before);
}

TEST(restart_empties_the_heap)
{
	struct rex_obj *obj = load_with("heap", MIB, 10, 0);
	__u64 room;

	attach(obj, "at_dup");
	room = act(obj, COUNT_BLOCKS, 500);
	announce_dmesg("stopped by a panic: with 5 blocks");
	for (int i = 1; i <= 3; i++) {
		EXPECT_EQ(act(obj, KEEP, 8000), 8000);
		EXPECT_EQ(act(obj, KEEP, 8000), 16000);
		EXPECT_EQ(act(obj, FORGET, 300 * KIB), 300 * KIB);
		EXPECT_EQ(act(obj, PANIC_WITH_BLOCKS, 30 * KIB), NONE);
		EXPECT_MSG(WAIT_FOR(is_live(obj, "at_dup"), 20),
			   "no restart %d", i);
		EXPECT_EQ(used(obj), 0);
		EXPECT_EQ(act(obj, COUNT_BLOCKS, 500), room);
	}
}

/* Wherever it was: the account is right, and the heap as good as new. */
TEST_TIMEOUT(kill_in_the_middle_of_an_allocation_does_no_harm, 200)
{
	struct rex_obj *obj = load_with("heap", 4 * MIB, 100, 0);
	struct rex_bind bind = { .size = sizeof(bind) };
	__u64 room;

	attach(obj, "at_dup");
	bind.flags = REX_BIND_REPLACE;
	bind.image_fd = rex_obj_image_fd(obj);
	bind.prog_fd = bpf_program__fd(program(obj, "at_dup"));
	strcpy(bind.entry, "at_dup");
	room = act(obj, COUNT_BLOCKS, 3000);
	announce_dmesg("stopped by a timeout");
	for (__u64 i = 0; i < 20; i++) {
		bind.timeout_ms = 20 + i * 7 % 10;
		ASSERT(!ioctl(device(), REX_IOC_BIND, &bind));
		EXPECT_EQ(act(obj, ALLOCATE_FOR_EVER, 16ul << i % 12), NONE);
		EXPECT_EQ(last_fault(obj, "at_dup").cause, REX_FAULT_TIMEOUT);
		EXPECT(used(obj) <= 64 * KIB);
		EXPECT_MSG(WAIT_FOR(is_live(obj, "at_dup"), 20), "no restart");
		bind.timeout_ms = 5000;
		ASSERT(!ioctl(device(), REX_IOC_BIND, &bind));
		if (i % 5 == 4)
			EXPECT_EQ(act(obj, COUNT_BLOCKS, 3000), room);
	}
	EXPECT_EQ(used(obj), 0);
}

/* ---- in every context, and in several at once ---- */

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
	struct bpf_link *link = bpf_program__attach_kprobe(
		program(obj, "at_kprobe"), false, function);

	ASSERT_MSG(link, "cannot attach to %s: %s", function, strerror(errno));
	return link;
}

/* Interrupts of CPU's timer. */
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

/* An interrupt that nothing masks, on the other CPUs. */
static void send_nmi(void)
{
	announce_dmesg("NMI backtrace|Call Trace:");
	write_file("/proc/sysrq-trigger", "l");
}

static __u64 runs(struct rex_obj *obj, const char *prog)
{
	return prog_info(obj, prog).runs;
}

/* A child on each CPU that makes system calls until it is killed. */
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

/* No block was in two hands, and all of them are back. */
static void expect_sound(struct rex_obj *obj, bool enough_room)
{
	EXPECT_MSG(WAIT_FOR(used(obj) == 0, 10), "%llu bytes are in use",
		   used(obj));
	EXPECT_EQ(act(obj, COUNTS, 0), 0);
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

TEST(in_tasks)
{
	churn_at("sys_enter");
}

TEST(in_hardirqs)
{
	churn_at("hrtimer_expire_entry");
}

TEST(in_softirqs)
{
	churn_at("softirq_entry");
}

TEST(with_the_run_queue_locked)
{
	churn_at("sched_switch");
}

/* Each NMI is several events: one for each of its handlers. */
TEST(in_nmis)
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
TEST(inside_of_the_allocator)
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
		unload(obj);
	}
}

/* Everywhere on all CPUs, each interrupting the others. */
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
	EXPECT_EQ(act(obj, RESERVE, heap_size), 1);
}

TEST_TIMEOUT(everywhere_at_once, 150)
{
	churn_everywhere(4 * MIB, true);
}

TEST_TIMEOUT(everywhere_at_once_with_little_room, 150)
{
	churn_everywhere(16 * KIB, false);
}

/* ---- what is shown ---- */

TEST(rexctl_sets_and_shows_the_heap)
{
	char *text =
		shell("rexctl load %s --heap 300 2>&1", object_path("heap"));
	struct rex_obj *obj;

	EXPECT_CONTAINS(text, "heap 0 of 300 KiB in use  failed 0");
	free(text);
	text = shell("rexctl load %s 2>&1", object_path("hello"));
	EXPECT(!strstr(text, "KiB"));
	free(text);
	obj = load_heap(MIB);
	EXPECT_EQ(act(obj, FORGET, 100 * KIB), 100 * KIB);
	EXPECT_EQ(act(obj, RESERVE, MIB), 0);
	text = shell("rexctl show");
	EXPECT_CONTAINS(text, "heap 128 of 1024 KiB in use  failed 1");
	free(text);
}

/* ---- what safe programs cannot do ---- */

TEST(kernel_survives_wrong_frees)
{
	announce_dmesg("free of memory that is not allocated");
	for (__u32 fd = FREE_TWICE; fd <= FREE_STACK; fd++) {
		struct rex_obj *obj = load_with("heap_unsafe", 0, 0, 0);

		attached = attach(obj, "misuses");
		fire(fd);
		EXPECT_EQ(map_get(obj, "results", RESULT), 0);
		EXPECT_CONTAINS(last_fault(obj, "misuses").message,
				"free of memory that is not allocated");
		unload(obj);
	}
}

TEST(kernel_survives_a_heap_that_is_overwritten)
{
	struct rex_obj *obj;

	announce_dmesg("not moved");
	obj = load_with("heap_unsafe", 0, 0, 0);
	attached = attach(obj, "misuses");
	fire(MOVE_MIDDLE);
	EXPECT_CONTAINS(last_fault(obj, "misuses").message, "not moved");
	unload(obj);

	obj = load_with("heap_unsafe", 0, 0, 0);
	attached = attach(obj, "misuses");
	fire(OVERWRITE);
	EXPECT_EQ(map_get(obj, "results", REACHED_END), 1);
	fire(OVERWRITE);
	unload(obj);

	/* The first wrong one of many frees ends the run. */
	announce_dmesg("free of memory that is not allocated");
	obj = load_with("heap_unsafe", 0, 0, 0);
	attached = attach(obj, "misuses");
	fire(USE_FREED);
	EXPECT_EQ(map_get(obj, "results", REACHED_END), 0);
	unload(obj);
}
