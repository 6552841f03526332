// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers take stacks. The kernel prepares for a BPF program that calls them;
 * rex.ko does it for a carrier, whose instructions do not contain the call.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/mman.h>

#include "rex_ioctl.h"
#include "names/stacks.h"

static struct rex_obj *obj;

static __s64 found(__u32 index)
{
	return map_get(obj, "found", index);
}

/* Opens a clock of this thread, or the event in ATTR. */
static int open_event(struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	return syscall(SYS_perf_event_open, attr, 0, -1, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

static int open_clock_of(__u64 sample_type, int precise_ip)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 100 * 1000, /* ns */
		.sample_type = sample_type,
		.precise_ip = precise_ip,
	};
	int fd = open_event(&attr);

	ASSERT_MSG(fd >= 0, "perf_event_open: %s", strerror(errno));
	return fd;
}

static int open_clock(__u64 sample_type)
{
	return open_clock_of(sample_type, 0);
}

static int open_precise_clock(__u64 sample_type)
{
	return open_clock_of(sample_type, 2);
}

static void sample(const char *name, __u64 sample_type, __u64 times)
{
	struct bpf_link *link =
		bpf_program__attach_perf_event(program(obj, name),
					       open_clock(sample_type));

	ASSERT_MSG(link, "cannot attach %s: %s", name, strerror(errno));
	EXPECT(WAIT_FOR(prog_info(obj, name).runs >= times, 30));
	bpf_link__destroy(link);
}

TEST(stack_is_copied_where_no_map_of_stacks_is)
{
	obj = load_object("stacks");
	attach(obj, "on_dup");
	fire(COPY);
	EXPECT_MSG(found(OF_DUP) > 0, "bpf_get_stack gives %lld",
		   found(OF_DUP));
}

/* Waits for a sample in the kernel: samples in userspace have no kernel stack.
 */
static void expect_stack_of_sample(__u64 sample_type)
{
	struct bpf_link *link;

	map_set(obj, "found", OF_SAMPLE, 0);
	link = bpf_program__attach_perf_event(program(obj, "on_sample"),
					      open_clock(sample_type));
	ASSERT_MSG(link, "cannot attach: %s", strerror(errno));
	EXPECT_MSG(WAIT_FOR(found(OF_SAMPLE) > 0, 30),
		   "bpf_get_stack_pe gives %lld", found(OF_SAMPLE));
	bpf_link__destroy(link);
}

TEST(stack_of_a_sample_is_copied_where_no_map_of_stacks_is)
{
	obj = load_object("stacks");
	expect_stack_of_sample(0);
	expect_stack_of_sample(PERF_SAMPLE_CALLCHAIN);
}

/*
 * The sample of a profiler's event has a callchain, which the kernel reliably
 * makes only for programs that need it.
 */
TEST(stack_of_a_sample_with_a_callchain_is_the_callchain)
{
	obj = load_object("trace_event");
	for (int i = 0; i < 10; i++)
		sample("rex_prog1", PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW,
		       50 * (i + 1));
	EXPECT_EQ(prog_info(obj, "rex_prog1").faults, 0);
}

/* ---- events of every kind that a VM has ---- */

static volatile long watched;

/*
 * Makes other system calls before each event, which leave other data on the
 * kernel's stack.
 */
static void make_events(void)
{
	for (int i = 0; i < 300; i++) {
		char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		ASSERT(page != MAP_FAILED);
		switch (i % 3) {
		case 0:
			page[0] = 1;
			break;
		case 1:
			EXPECT_EQ(read(-1, page, 1), -1);
			page[1] = 1;
			break;
		case 2:
			free(read_all("/proc/self/stat", NULL));
			syscall(SYS_getrandom, page, 64, 0);
			break;
		}
		watched += page[0];
		munmap(page, 4096);
		if (i % 8 == 0)
			usleep(1);
	}
}

/* A key of samples/trace_event's counts: numbers of stacks, or errors. */
struct stacks {
	char comm[16];
	__s32 kernel, user;
};

/* Empties both maps, and returns the number of stacks found. Counts share stacks. */
static int take_stacks(void)
{
	int map = map_fd(obj, "counts"), stacks = map_fd(obj, "stackmap");
	struct stacks key;
	int nr = 0;

	while (!bpf_map_get_next_key(map, NULL, &key)) {
		nr += key.kernel >= 0 || key.user >= 0;
		if (key.kernel >= 0)
			bpf_map_delete_elem(stacks, &key.kernel);
		if (key.user >= 0)
			bpf_map_delete_elem(stacks, &key.user);
		ASSERT(!bpf_map_delete_elem(map, &key));
	}
	return nr;
}

static void sample_all(const char *what, struct perf_event_attr *attr)
{
	__u64 runs = prog_info(obj, "rex_prog1").runs;
	int fd = open_event(attr), nr;
	struct bpf_link *link;

	ASSERT_MSG(fd >= 0, "%s: %s", what, strerror(errno));
	link = bpf_program__attach_perf_event(program(obj, "rex_prog1"), fd);
	ASSERT_MSG(link, "%s: %s", what, strerror(errno));
	make_events();
	bpf_link__destroy(link);
	runs = prog_info(obj, "rex_prog1").runs - runs;
	nr = take_stacks();
	ksft_note("%s: %llu samples, %d stacks", what, runs, nr);
	EXPECT(runs > 0);
	EXPECT(nr > 0);
}

/*
 * The sample is on the kernel's stack, at another place for each kind of event.
 * If the kernel writes no callchain, the pointer is uninitialised: 0 in kernels
 * with CONFIG_INIT_STACK_ALL_ZERO, such as Debian's, and anything in other
 * kernels.
 */
TEST(samples_of_all_kinds_of_events_have_stacks)
{
	static const struct {
		const char *name;
		__u32 config;
		__u64 period;
	} kinds[] = {
		{ "cpu-clock", PERF_COUNT_SW_CPU_CLOCK, 100000 },
		{ "task-clock", PERF_COUNT_SW_TASK_CLOCK, 100000 },
		{ "page-faults", PERF_COUNT_SW_PAGE_FAULTS, 1 },
		{ "minor-faults", PERF_COUNT_SW_PAGE_FAULTS_MIN, 1 },
		{ "context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES, 1 },
	};
	struct perf_event_attr breakpoint = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_RW,
		.bp_addr = u64_of((const void *)&watched),
		.bp_len = HW_BREAKPOINT_LEN_8,
		.sample_period = 1,
	};

	obj = load_object("trace_event");
	for (int raw = 0; raw <= 1; raw++) {
		__u64 type = PERF_SAMPLE_CALLCHAIN;

		if (raw)
			type |= PERF_SAMPLE_RAW | PERF_SAMPLE_ADDR;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
			struct perf_event_attr attr = {
				.type = PERF_TYPE_SOFTWARE,
				.config = kinds[i].config,
				.sample_period = kinds[i].period,
				.sample_type = type,
			};

			sample_all(kinds[i].name, &attr);
		}
		breakpoint.sample_type = type;
		sample_all("breakpoint", &breakpoint);
	}
	EXPECT_EQ(prog_info(obj, "rex_prog1").faults, 0);
}

/*
 * The kernel walks no stack at a precise event, whose registers are from an
 * earlier moment (PEBS). It attaches a program that takes stacks only if the
 * event has the callchain. A clock is never precise, but can be opened as such.
 */
TEST(program_that_takes_stacks_is_kept_from_precise_events_without_callchain)
{
	struct rex_obj *other = load_object("tracing");
	int precise = open_precise_clock(0);
	struct bpf_link *link;

	obj = load_object("stacks");
	link = bpf_program__attach_perf_event(program(obj, "on_sample"),
					      precise);
	EXPECT_MSG(!link && errno == EPROTO, "attached, or %s",
		   strerror(errno));
	link = bpf_program__attach_perf_event(program(other, "on_sample"),
					      precise);
	EXPECT_MSG(link, "without stacks: %s", strerror(errno));
	link = bpf_program__attach_perf_event(program(obj, "on_sample"),
					      open_precise_clock(
						      PERF_SAMPLE_CALLCHAIN));
	EXPECT_MSG(link, "with callchain: %s", strerror(errno));
}

/* A carrier that moves to a program that takes stacks was not prepared for it.
 */
TEST(carrier_of_a_program_without_stacks_cannot_take_them)
{
	struct rex_obj *other = load_object("tracing");
	struct rex_bind bind;
	int prog;

	obj = load_object("stacks");
	prog = bpf_program__fd(program(other, "on_sample"));
	bind = bind_args(rex_obj_image_fd(obj), prog, "on_sample");
	bind.flags = REX_BIND_REPLACE;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &bind), EPROTOTYPE);
	/* the other way round is fine */
	prog = bpf_program__fd(program(obj, "on_sample"));
	bind = bind_args(rex_obj_image_fd(other), prog, "on_sample");
	bind.flags = REX_BIND_REPLACE;
	EXPECT_EQ(ioctl(device(), REX_IOC_BIND, &bind), 0);
}
