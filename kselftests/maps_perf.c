// SPDX-License-Identifier: GPL-2.0
/*
 * Samples and stacks reach userspace by perf event arrays and stack maps
 * (programs/events).
 */
#include <linux/perf_event.h>

#include "rex_util.h"
#include "names/events.h"

ATTACHED_FIXTURE("events", "in_tracepoint")

struct sample {
	__u64 thread;
	__u32 cpu;
	__u32 which;
};

static struct received {
	int samples, lost;
	int cpu;
	struct sample last;
} received;

static void receive(void *unused, int cpu, void *data, __u32 size)
{
	(void)unused;
	/* The kernel fills up to a multiple of 8, less 4. */
	EXPECT(size >= sizeof(struct sample) &&
	       size < sizeof(struct sample) + 8);
	received.samples++;
	received.cpu = cpu;
	memcpy(&received.last, data, sizeof(received.last));
}

static void lose(void *unused, int cpu, __u64 count)
{
	(void)unused;
	(void)cpu;
	received.lost += count;
}

static __s64 result(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

TEST_F(attached, samples_arrive_on_the_cpu_of_the_program)
{
	struct perf_buffer *buffer;
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	/* There is no reader yet. */
	fire(SAMPLE);
	EXPECT_EQ(result(self->obj, OWN_RET), -ENOENT);
	buffer = perf_buffer__new(map_fd(self->obj, "samples"), 8, receive,
				  lose, NULL, NULL);
	ASSERT(buffer);
	for (int cpu = 0; cpu < cpus; cpu++) {
		int other = (cpu + 1) % cpus;

		pin_to_cpu(cpu);
		/* First, both samples go to this CPU's event. */
		map_set(self->obj, "control", CPU, cpu);
		received.samples = 0;
		fire(SAMPLE);
		EXPECT_EQ(result(self->obj, OWN_RET), 0);
		EXPECT_EQ(result(self->obj, OTHER_RET), 0);
		EXPECT(perf_buffer__consume(buffer) >= 0);
		EXPECT_EQ(received.samples, 2);
		EXPECT_EQ(received.cpu, cpu);
		EXPECT_EQ(received.last.cpu, cpu);
		EXPECT_EQ(received.last.which, 2);
		EXPECT_EQ(received.last.thread,
			  (__u64)getpid() << 32 | syscall(SYS_gettid));
		/* The kernel does not write to another CPU's event. */
		map_set(self->obj, "control", CPU, other);
		fire(SAMPLE);
		EXPECT_EQ(result(self->obj, OWN_RET), 0);
		EXPECT_EQ(result(self->obj, OTHER_RET), -EOPNOTSUPP);
		map_set(self->obj, "control", CPU, 100000);
		fire(SAMPLE);
		EXPECT_EQ(result(self->obj, OTHER_RET), -E2BIG);
		EXPECT(perf_buffer__consume(buffer) >= 0);
	}
	perf_buffer__free(buffer);
	EXPECT_EQ(prog_info(self->obj, "in_tracepoint").faults, 0);
}

TEST(array_of_samples_has_an_entry_for_each_cpu)
{
	struct rex_obj *obj = load_object("events");
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(map_fd(obj, "samples"), &info, &len));
	EXPECT_EQ(info.max_entries, libbpf_num_possible_cpus());
	EXPECT_EQ(info.value_size, 4);
	rex_obj_close(obj);
}

TEST_F(attached, no_sample_is_lost_or_made_up)
{
	struct perf_buffer *buffer =
		perf_buffer__new(map_fd(self->obj, "samples"), 64, receive,
				 lose, NULL, NULL);

	ASSERT(buffer);
	pin_to_cpu(0);
	memset(&received, 0, sizeof(received));
	for (int i = 0; i < 1000; i++)
		fire(SAMPLE);
	while (perf_buffer__poll(buffer, 100) > 0)
		;
	EXPECT_EQ(received.lost, 0);
	EXPECT_EQ(received.samples, 2000);
	perf_buffer__free(buffer);
}

static void receive_large(void *samples, int cpu, void *data, __u32 size)
{
	const char *byte = data;

	(void)cpu;
	EXPECT_EQ(size, 32772);
	for (int i = 0; i < 32767; i++)
		if (byte[i] != 1)
			return;
	++*(int *)samples;
}

TEST_F(attached, sample_that_a_record_cannot_hold_is_refused)
{
	struct perf_buffer *buffer, *other;
	int samples = 0;

	buffer = perf_buffer__new(map_fd(self->obj, "large"), 16, receive_large,
				  lose, &samples, NULL);
	other = perf_buffer__new(map_fd(self->obj, "too_large"), 16,
				 receive_large, lose, &samples, NULL);
	ASSERT(buffer && other);
	fire(LARGE);
	EXPECT_EQ(result(self->obj, LARGE_RET), 0);
	EXPECT_EQ(result(self->obj, TOO_LARGE_RET), -E2BIG);
	EXPECT(perf_buffer__consume(buffer) >= 0);
	EXPECT_EQ(perf_buffer__consume(other), 0);
	EXPECT_EQ(samples, 1);
	perf_buffer__free(other);
	perf_buffer__free(buffer);
}

/* ---- stacks ---- */

/* The function at an address of a stack. */
struct frame {
	unsigned long start;
	char name[64];
};

static void name_frames(struct frame *frames, const __u64 *stack, char *line)
{
	unsigned long start = strtoul(line, &line, 16);

	for (int i = 0; i < DEPTH && stack[i]; i++) {
		if (start > stack[i] || start < frames[i].start)
			continue;
		frames[i].start = start;
		/* " T name", and perhaps a module. */
		snprintf(frames[i].name, sizeof(frames[i].name), "%.*s",
			 (int)strcspn(line + 3, " \t"), line + 3);
	}
}

/* Returns the names of the kernel's functions in a stack, innermost first. */
static char *names_of(const __u64 *stack)
{
	struct frame frames[DEPTH] = {};
	char *text = calloc(DEPTH, sizeof(frames[0].name)), line[512];
	FILE *symbols = fopen("/proc/kallsyms", "re");

	ASSERT(text && symbols);
	while (fgets(line, sizeof(line), symbols)) {
		line[strcspn(line, "\n")] = '\0';
		name_frames(frames, stack, line);
	}
	fclose(symbols);
	for (int i = 0; i < DEPTH && stack[i]; i++)
		sprintf(text + strlen(text), "%s\n", frames[i].name);
	return text;
}

static void get_stack(struct rex_obj *obj, __u32 which, __u64 *stack)
{
	bool user = which == USER_STACK || which == KPROBE_USER_STACK;
	__s64 id = result(obj, STACK_ID + which);
	__u32 key = id;

	ASSERT_MSG(id >= 0, "stack %u: %s", which, strerror(-id));
	ASSERT(!bpf_map_lookup_elem(map_fd(obj,
					   user ? "user_stacks" : "stacks"),
				    &key, stack));
}

/* Expects that the program's copy of a stack equals the stored one. */
static void expect_copy(struct rex_obj *obj, __u32 which, const __u64 *stack)
{
	__u64 copy[DEPTH];
	int depth = 0;

	while (depth < DEPTH && stack[depth])
		depth++;
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "copies"), &which, copy));
	EXPECT(depth > 0);
	EXPECT_EQ(result(obj, STACK_SIZE + which), depth * 8);
	EXPECT(!memcmp(copy, stack, sizeof(copy)));
}

/*
 * Only the test calls this, to find it in the stack. There is no frame above:
 * the kernel follows %rbp, and the test is compiled without frame pointers.
 */
__attribute__((noinline)) static void call_from_here(__u64 fd)
{
	long number = SYS_dup;

	__asm__ volatile("mov %%rbp, %%rbx; xor %%ebp, %%ebp; syscall; mov %%rbx, %%rbp"
			 : "+a"(number)
			 : "D"(fd)
			 : "rbx", "rcx", "r11", "memory");
}

/* Returns whether the stack has an address in this process. */
static bool is_user_stack(const __u64 *stack)
{
	return stack[0] && stack[0] < 1ull << 47;
}

TEST_F(attached, stack_of_a_tracepoint_is_stored)
{
	__u64 stack[DEPTH];
	char *names;

	set_sysctl("kernel/kptr_restrict", "0");
	call_from_here(STACK);
	get_stack(self->obj, KERNEL_STACK, stack);
	names = names_of(stack);
	EXPECT_CONTAINS(names, kallsyms_has("trace_call_bpf_faultable") ?
				       "trace_call_bpf_faultable\n" :
				       "trace_call_bpf\n");
	EXPECT_CONTAINS(names, "do_syscall_64\n");
	free(names);
	expect_copy(self->obj, KERNEL_STACK, stack);
	get_stack(self->obj, USER_STACK, stack);
	EXPECT(is_user_stack(stack));
	expect_copy(self->obj, USER_STACK, stack);
	/* Two of its frames. */
	EXPECT_EQ(result(self->obj, TWO_FRAMES_SIZE), 16);
	EXPECT_EQ(prog_info(self->obj, "in_tracepoint").faults, 0);
}

TEST_F(attached, same_stack_has_the_same_number)
{
	volatile int times = 2; /* one call, not two in a row */
	__s64 kernel[2], user[2];

	for (int i = 0; i < times; i++) {
		call_from_here(STACK);
		kernel[i] = result(self->obj, STACK_ID + KERNEL_STACK);
		user[i] = result(self->obj, STACK_ID + USER_STACK);
	}
	EXPECT(kernel[0] >= 0 && user[0] >= 0);
	EXPECT_EQ(kernel[0], kernel[1]);
	EXPECT_EQ(user[0], user[1]);
}

TEST(stack_of_a_kprobe_begins_at_the_probe)
{
	struct rex_obj *obj = load_object("events");
	struct bpf_link *link =
		bpf_program__attach_kprobe(program(obj, "in_kprobe"), false,
					   "ksys_write");
	__u64 stack[DEPTH];
	char *names;

	ASSERT(link);
	set_sysctl("kernel/kptr_restrict", "0");
	map_set(obj, "control", IN_KPROBE,
		(__u64)getpid() << 32 | syscall(SYS_gettid));
	EXPECT_ERRNO(write(-1, "", 1), EBADF);
	map_set(obj, "control", IN_KPROBE, 0);
	get_stack(obj, KPROBE_KERNEL_STACK, stack);
	names = names_of(stack);
	EXPECT_MSG(!strncmp(names, "ksys_write\n", 11), "%s", names);
	EXPECT_CONTAINS(names, "do_syscall_64\n");
	free(names);
	expect_copy(obj, KPROBE_KERNEL_STACK, stack);
	get_stack(obj, KPROBE_USER_STACK, stack);
	EXPECT(is_user_stack(stack));
	expect_copy(obj, KPROBE_USER_STACK, stack);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* A key of samples/trace_event's counts. */
struct stack_sample {
	char comm[16];
	__s32 kernel, user;
};

static void spin_ms(long ms)
{
	for (long end = ksft_ms() + ms; ksft_ms() < end;)
		asm volatile("" : : : "memory");
}

/*
 * Profilers open an event for stacks: the kernel either has taken the sample's
 * stack, or has left the buffer unchanged.
 */
TEST(stacks_of_an_event_that_is_opened_for_stacks_are_found)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_type = PERF_SAMPLE_CALLCHAIN,
		.sample_period = 1000000,
	};
	struct rex_obj *obj = load_object("trace_event");
	struct stack_sample key, *last = NULL;
	long found = 0;
	int event;

	event = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			PERF_FLAG_FD_CLOEXEC);
	ASSERT_MSG(event >= 0, "perf_event_open: %s", strerror(errno));
	ASSERT(bpf_program__attach_perf_event(program(obj, "rex_prog1"),
					      event));
	spin_ms(300);
	ASSERT(!ioctl(event, PERF_EVENT_IOC_DISABLE, 0));
	while (!bpf_map_get_next_key(map_fd(obj, "counts"), last, &key)) {
		last = &key;
		found += key.user >= 0;
		EXPECT_MSG(key.user >= 0 || key.user == -EFAULT ||
				   key.user == -EEXIST,
			   "stack %d", key.user);
	}
	ksft_note("%ld stacks", found);
	EXPECT(found > 0);
	EXPECT_EQ(prog_info(obj, "rex_prog1").faults, 0);
	rex_obj_close(obj);
}
