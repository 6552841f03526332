// SPDX-License-Identifier: GPL-2.0
/*
 * The first run of a program can begin before BIND is done. It has its limit already.
 */
#include "hostile.h"

#define LONG_LIMIT_MS 5000
#define SHORT_LIMIT_MS 300
/* For how long an event holds up a BIND. */
#define BLOCK_MS 2000

#define DEFAULT_LIMIT "/sys/module/rex/parameters/timeout_ms"

/* An image of an act, that nothing is bound to. */
struct acting {
	int image, orders, notes;
};

static void order_thread(const struct acting *a, pid_t thread)
{
	__u32 key = THREAD;
	__u64 value = thread;

	ASSERT(!bpf_map_update_elem(a->orders, &key, &value, 0));
}

/* Its programs have that limit until BIND sets another one. */
static struct acting load_acting(const char *act, int limit_ms)
{
	struct rex_load args = load_args("hostile_unsafe");
	struct acting a = {
		.orders = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 6, 0),
		.notes = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 8, 0),
	};
	struct rex_map_fd maps[] = {
		{ .name = "orders", .fd = a.orders },
		{ .name = "notes", .fd = a.notes },
		{ .name = "turn",
		  .fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0) },
		{ .name = "scratch",
		  .fd = make_map(BPF_MAP_TYPE_HASH, 8, 8, 16, 0) },
	};
	__u32 key = ACT;
	__u64 value = name_hash(act);
	char limit[16];

	ASSERT(!bpf_map_update_elem(a.orders, &key, &value, 0));
	give_maps(&args, maps, 4);
	snprintf(limit, sizeof(limit), "%d", limit_ms);
	write_file(DEFAULT_LIMIT, limit);
	a.image = load(&args);
	write_file(DEFAULT_LIMIT, "1000");
	return a;
}

static __u64 note_of(const struct acting *a, __u32 key)
{
	__u64 value;

	ASSERT(!bpf_map_lookup_elem(a->notes, &key, &value));
	return value;
}

static int bind_acting(const struct acting *a, int prog, __u32 flags,
		       __u32 timeout_ms)
{
	struct rex_bind args = bind_args(a->image, prog, "at_kprobe");

	args.flags = flags;
	args.timeout_ms = timeout_ms;
	return ioctl(device(), REX_IOC_BIND, &args);
}

/* A kprobe by perf events: a program can come to it without a change of text. */
static int open_kprobe(const char *function)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.sample_period = 1 };
	char *type =
		read_all("/sys/bus/event_source/devices/kprobe/type", NULL);
	int event;

	attr.type = atoi(type);
	attr.kprobe_func = u64_of(function);
	event = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			PERF_FLAG_FD_CLOEXEC);
	ASSERT_MSG(event >= 0, "kprobe at %s: %s", function, strerror(errno));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_ENABLE, 0));
	return event;
}

/* PROG has run the act once, and the limit of its BIND has ended it. */
static void expect_short_run(const struct acting *a, int prog)
{
	struct rex_fault_info fault = { .size = sizeof(fault),
					.image_fd = -1,
					.prog_fd = prog };
	__u64 ms;

	ASSERT_EQ(note_of(a, BEGUN), 1);
	ASSERT(!ioctl(device(), REX_IOC_FAULT_INFO, &fault));
	EXPECT_EQ(fault.cause, REX_FAULT_TIMEOUT);
	ms = (fault.time - note_of(a, SINCE)) / 1000000;
	ksft_note("the run ended after %llu ms", (unsigned long long)ms);
	EXPECT(ms >= SHORT_LIMIT_MS * 9 / 10);
	EXPECT(ms <= END_MS(SHORT_LIMIT_MS));
}

/*
 * The kernel calls on_each_cpu_cond_mask() when the carrier's call leads to the new
 * program already, and BIND is not done: on the CPU of BIND, that is when the first
 * run can begin.
 */
#define WITHIN_BIND "on_each_cpu_cond_mask"

TEST_TIMEOUT(run_that_begins_within_replace_has_the_limit_of_replace, 30)
{
	int prog = carrier(BPF_PROG_TYPE_KPROBE);
	struct acting before = load_acting("nothing", 1000);
	struct acting after = load_acting("loop_of_nothing", LONG_LIMIT_MS);

	order_thread(&after, getpid());
	ASSERT(!bind_acting(&before, prog, 0, LONG_LIMIT_MS));
	ASSERT(!ioctl(open_kprobe(WITHIN_BIND), PERF_EVENT_IOC_SET_BPF, prog));
	pin_to_cpu(0);
	ASSERT(!bind_acting(&after, prog, REX_BIND_REPLACE, SHORT_LIMIT_MS));
	expect_short_run(&after, prog);
}

/*
 * BIND has looked who else has the carrier. Then an event holds it up, and the
 * carrier is attached.
 */
TEST_TIMEOUT(run_that_begins_within_the_first_bind_has_its_limit, 30)
{
	int prog = carrier(BPF_PROG_TYPE_KPROBE), status = -1, go[2];
	int blocker = carrier(BPF_PROG_TYPE_KPROBE);
	int event = open_kprobe(WITHIN_BIND);
	struct acting blocks = load_acting("loop_of_nothing", 1000);
	struct acting loops = load_acting("loop_of_nothing", LONG_LIMIT_MS);
	pid_t pid;
	char byte;

	ASSERT(!pipe2(go, O_CLOEXEC));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		pin_to_cpu(0);
		close(go[1]);
		ASSERT(read(go[0], &byte, 1) == 0);
		_exit(bind_acting(&loops, prog, 0, SHORT_LIMIT_MS) ? errno : 0);
	}
	pin_to_cpu(1);
	order_thread(&blocks, pid);
	order_thread(&loops, pid);
	ASSERT(!bind_acting(&blocks, blocker, 0, BLOCK_MS));
	ASSERT(!ioctl(open_kprobe("bpf_arch_text_poke"), PERF_EVENT_IOC_SET_BPF,
		      blocker));
	close(go[1]);
	ASSERT(WAIT_FOR(note_of(&blocks, BEGUN), 5));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_SET_BPF, prog));
	ASSERT_EQ(note_of(&loops, BEGUN), 0);
	ASSERT(WAIT_FOR(waitpid(pid, &status, WNOHANG) == pid, 20));
	ASSERT_EQ(status, 0);
	expect_short_run(&loops, prog);
}
