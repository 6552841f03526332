// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers return to a program (programs/helpers) values that userspace knows.
 */
#include <pthread.h>
#include <sys/prctl.h>

#include "rex_trace.h"
#include "names/helpers.h"

static struct rex_obj *obj;

static void load(void)
{
	obj = load_object("helpers");
	attach(obj, "helpers");
}

static __u64 result(__u32 index)
{
	return map_get(obj, "results", index);
}

static const char *text(__u32 index)
{
	static char value[4][33];

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "texts"), &index,
				    value[index]));
	return value[index];
}

/* Calls all helpers once, from this thread. */
static void call(void)
{
	map_set(obj, "results", STATE, 0);
	fire(CALL);
	ASSERT_EQ(result(STATE), DONE);
}

static __u64 now(clockid_t clock)
{
	struct timespec t;

	ASSERT(!clock_gettime(clock, &t));
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static __u64 jiffies(void)
{
	char *list = read_all("/proc/timer_list", NULL), *at;
	__u64 value;

	at = strstr(list, "\njiffies: ");
	ASSERT(at && sscanf(at, "\njiffies: %llu", &value) == 1);
	free(list);
	return value;
}

static void expect_between(const char *what, __u64 low, __u64 value, __u64 high)
{
	EXPECT_MSG(value >= low && value <= high,
		   "%s is %llu, not from %llu to %llu", what, value, low, high);
}

TEST(clocks_are_those_of_userspace)
{
	static const struct {
		const char *name;
		__u32 index;
		clockid_t clock;
	} clocks[] = {
		{ "ktime", KTIME, CLOCK_MONOTONIC },
		{ "boot", KTIME_BOOT, CLOCK_BOOTTIME },
		{ "coarse", KTIME_COARSE, CLOCK_MONOTONIC_COARSE },
	};
	__u64 before;

	load();
	for (int i = 0; i < 3; i++) {
		before = now(clocks[i].clock);
		call();
		expect_between(clocks[i].name, before, result(clocks[i].index),
			       now(clocks[i].clock));
	}
	before = jiffies();
	call();
	expect_between("jiffies", before, result(JIFFIES), jiffies());
}

TEST(cpu_is_that_of_the_caller)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int cpu, node;

	load();
	for (int i = 0; i < 2 * cpus; i++) {
		pin_to_cpu(i % cpus);
		call();
		ASSERT(!getcpu(&cpu, &node));
		EXPECT_EQ(result(CPU), i % cpus);
		EXPECT_EQ(result(CPU), cpu);
		EXPECT_EQ(result(NUMA_NODE), node);
	}
}

/* No bit of the 32 is always the same. */
TEST(random_numbers_differ)
{
	__u64 ones = 0, zeros = 0;

	load();
	for (int i = 0; i < 50; i++) {
		call();
		ones |= result(RANDOM_1);
		zeros |= ~result(RANDOM_1);
		EXPECT(result(RANDOM_1) <= 0xffffffff);
	}
	EXPECT_EQ(ones, 0xffffffff);
	EXPECT_EQ(zeros, ~0ull);
	EXPECT(result(RANDOM_1) != result(RANDOM_2));
}

static void *call_in_thread(void *arg)
{
	__u64 tid = syscall(SYS_gettid), pid = getpid();

	prctl(PR_SET_NAME, "fifteen letters");
	call();
	EXPECT(tid != pid);
	EXPECT_EQ(result(PID_TGID), pid << 32 | tid);
	EXPECT_EQ(result(TASK_PID), tid);
	EXPECT_EQ(result(TASK_TGID), pid);
	EXPECT_STREQ(text(TASK_COMM), "fifteen letters");
	EXPECT_EQ(result(COMM_RET), 0);
	EXPECT_STREQ(text(CURRENT_COMM), "fifteen letters");
	return arg;
}

TEST(task_is_the_calling_thread)
{
	pthread_t thread;

	load();
	ASSERT(!pthread_create(&thread, NULL, call_in_thread, NULL));
	ASSERT(!pthread_join(thread, NULL));
	prctl(PR_SET_NAME, "x");
	call();
	EXPECT_STREQ(text(TASK_COMM), "x");
	EXPECT_STREQ(text(CURRENT_COMM), "x");
}

TEST(user_is_the_calling_one)
{
	pid_t pid;

	load();
	call();
	EXPECT_EQ(result(UID_GID), 0);
	pid = fork();
	if (pid == 0)
		_exit(setgid(4711) || setuid(815) ||
		      syscall(SYS_dup, CALL) != -1);
	reap(pid);
	EXPECT_EQ(result(UID_GID), 4711ull << 32 | 815);
}

TEST(kernel_memory_is_read_and_a_fault_is_an_error)
{
	load();
	call();
	EXPECT_EQ(result(READ_RET), 0);
	EXPECT_EQ(result(READ_VALUE), 0x0123456789abcdef);
	/* of an address that is not the kernel's, as eBPF's helper says */
	EXPECT_EQ(result(READ_FAULT_RET), -ERANGE);
	EXPECT_EQ(result(READ_FAULT_VALUE), 0);
}

TEST(snprintf_formats_and_truncates)
{
	load();
	call();
	EXPECT_STREQ(text(FORMATTED), "1 of 2: abcdef");
	EXPECT_EQ(result(SNPRINTF_RET), sizeof("1 of 2: abcdef"));
	EXPECT_STREQ(text(FORMATTED_CUT), "0123456");
	EXPECT_EQ(result(SNPRINTF_CUT_RET), sizeof("0123456789"));
	EXPECT_EQ(result(SNPRINTF_BAD_RET), -EINVAL);
}

/* The kernel writes 8 million blanks if it is asked to, one by one. */
TEST(snprintf_refuses_fields_that_take_long)
{
	load();
	call();
	EXPECT_EQ(result(SNPRINTF_WIDE_RET), strlen("%9999d") + 1024 + 1);
	EXPECT_EQ(result(SNPRINTF_TOO_WIDE_RET), -E2BIG);
}

TEST(each_printed_line_is_an_event)
{
	int pipe = open_trace_pipe();
	const char *trace;

	load();
	fire(PRINT_LINES);
	trace = lines_of(gettid(), read_trace(pipe));
	EXPECT_EQ(count_lines(trace, "bpf_trace_printk: "), 2);
	EXPECT_CONTAINS(trace,
			"bpf_trace_printk: [helpers::helpers] first line\n");
	EXPECT_CONTAINS(trace, "bpf_trace_printk: second line\n");
}

/* Joins the text of events, without the newlines between them. */
static const char *join_events(const char *trace)
{
	static const char event[] = "bpf_trace_printk: ";
	static char text[TRACE_SIZE];
	size_t len = 0, n;

	while ((trace = strstr(trace, event))) {
		trace += strlen(event);
		n = strcspn(trace, "\n");
		memcpy(text + len, trace, n);
		len += n;
	}
	text[len] = '\0';
	return text;
}

/* The text is truncated at 1021 bytes between two characters, and marked. */
TEST(long_text_is_truncated)
{
	static const char prefix[] = "[helpers::print_long] ";
	int pipe = open_trace_pipe(), count = 0;
	const char *text, *at;

	load();
	fire(PRINT_LONG);
	text = join_events(lines_of(gettid(), read_trace(pipe)));
	ASSERT(!strncmp(text, prefix, strlen(prefix)));
	for (at = text + strlen(prefix); !strncmp(at, "\u20ac", 3); at += 3)
		count++;
	EXPECT_EQ(count, (1021 - strlen(prefix)) / 3);
	EXPECT_STREQ(at, "...");
}
