// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of the types that trace (programs/tracing) record events of this
 * process. An object with a renamed symbol, which this kernel lacks, is
 * refused.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rex_ioctl.h"
#include "rex_util.h"
#include "names/tracing.h"

#define TIMES 7

struct record {
	__u64 count, values[7];
};

static struct rex_obj *obj;

static struct bpf_link *start(const char *name)
{
	struct bpf_link *link;

	obj = load_object("tracing");
	link = attach(obj, name);
	map_set(obj, "watched", PROCESS, getpid());
	return link;
}

static struct record record(__u32 index)
{
	struct record r = {};

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "records"), &index, &r));
	return r;
}

/* Returns the first 8 bytes of TEXT. */
static __u64 number(const char *text)
{
	__u64 n = 0;

	memcpy(&n, text, strnlen(text, sizeof(n)));
	return n;
}

static void dup_nothing(void)
{
	for (int i = 0; i < TIMES; i++)
		fire(EVENT_FD);
}

/* ---- declared tracepoints ---- */

TEST(fields_of_any_tracepoint_are_read)
{
	struct record r;

	start("on_signal");
	signal(SIGURG, SIG_IGN);
	prctl(PR_SET_NAME, "signaller");
	for (int i = 0; i < TIMES; i++)
		kill(getpid(), SIGURG);
	r = record(SIGNAL);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], SIGURG);
	EXPECT_EQ(r.values[1], number("signalle"));
	EXPECT_EQ(r.values[2], getpid());
	EXPECT_EQ(r.values[3], 0); /* errno */
	EXPECT_EQ(r.values[4], SI_USER);
}

TEST(data_of_variable_length_is_copied)
{
	const char *path = "/bin/busybox";
	struct record r;
	int status;
	pid_t pid;

	start("on_exec");
	pid = fork();
	if (pid == 0) {
		map_set(obj, "watched", PROCESS, getpid());
		execl(path, "true", NULL);
		_exit(1);
	}
	ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	r = record(EXEC);
	EXPECT_EQ(r.count, 1);
	EXPECT_EQ(r.values[0], pid);
	EXPECT_EQ(r.values[1], strlen(path) + 1);
	EXPECT_EQ(r.values[2], strlen(path) + 1);
	EXPECT_EQ(r.values[3], number(path));
	EXPECT_EQ(r.values[4], number(path + 8));
	EXPECT_EQ(r.values[5], number("/bi"));
}

/*
 * Returns the number of a reason in the kernel's format of skb/kfree_skb.
 */
static unsigned int drop_reason(const char *format, const char *name)
{
	const char *place = strstr(format, name);
	unsigned int number = 0;

	ASSERT_MSG(place, "no reason %s", name);
	while (*place != '{')
		place--;
	ASSERT_EQ(sscanf(place, "{ %u", &number), 1);
	return number;
}

/*
 * In 6.12, the record of kfree_skb has a field before the program's fields that
 * 6.1 lacks. The object is the same on both.
 */
TEST(fields_are_read_where_this_kernel_has_them)
{
	char *format =
		read_all("/sys/kernel/tracing/events/skb/kfree_skb/format",
			 NULL);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	unsigned char frame[60] = { [12] = 0x88, [13] = 0xb5 };
	int sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	const char *field = strstr(format, " protocol;");
	struct record r;

	ASSERT(sock >= 0 && field);
	free(shell("ip link set lo up"));
	to.sll_ifindex = if_nametoindex("lo");
	start("on_drop");
	/* If another thread happens to receive the packet, it is not recorded.
	 */
	EXPECT(WAIT_FOR(sendto(sock, frame, sizeof(frame), 0, (void *)&to,
			       sizeof(to)) == sizeof(frame) &&
				record(DROP).count > 0,
			30));
	r = record(DROP);
	EXPECT_EQ(r.values[0], drop_reason(format, "\"UNHANDLED_PROTO\""));
	EXPECT_MSG((long)r.values[1] < 0, "location: %#llx", r.values[1]);
	ksft_note("%.24s", field + 1);
	free(format);
}

/*
 * Loads the object with FROM replaced by TO of the same length. It must be
 * refused, with WHY in the log.
 */
static void expect_refused(const char *from, const char *to, const char *why)
{
	struct rex_obj *broken;

	ASSERT_EQ(strlen(to), strlen(from));
	broken = open_edited("tracing", from, to);
	EXPECT_EQ(rex_obj_load_opened(broken), -ENOEXEC);
	EXPECT_CONTAINS(rex_obj_log(broken), why);
	rex_obj_close(broken);
}

#define SIGNAL_EVENT "__rex_tp:signal/signal_generate:"

TEST(missing_field_is_refused_by_name)
{
	expect_refused(SIGNAL_EVENT "sig:s4", SIGNAL_EVENT "sgi:s4",
		       "tracepoint signal/signal_generate has no field sgi");
}

TEST(missing_event_is_refused_by_name)
{
	expect_refused(SIGNAL_EVENT "sig:s4",
		       "__rex_tp:signal/signal_degenera:sig:s4",
		       "there is no tracepoint signal/signal_degenera");
}

TEST(field_of_other_size_is_refused_by_name)
{
	expect_refused(SIGNAL_EVENT "sig:s4", SIGNAL_EVENT "sig:s8",
		       "field sig of tracepoint signal/signal_generate "
		       "has 4 bytes, the program wants 8");
	expect_refused(SIGNAL_EVENT "comm:a1x16", SIGNAL_EVENT "comm:a1x32",
		       "has 16 bytes, the program wants 32");
	expect_refused(SIGNAL_EVENT "comm:a1x16", SIGNAL_EVENT "comm:a8x16",
		       "has 16 bytes, the program wants 128");
}

TEST(field_of_other_kind_is_refused_by_name)
{
	expect_refused(SIGNAL_EVENT "sig:s4", SIGNAL_EVENT "sig:u4",
		       "field sig of tracepoint signal/signal_generate "
		       "is signed");
	expect_refused(SIGNAL_EVENT "sig:s4", SIGNAL_EVENT "sig:d4",
		       "is no data of variable length");
	expect_refused("sched_process_exec:filename:d4",
		       "sched_process_exec:filename:u4",
		       "is data of variable length: take it as a DataLoc");
	expect_refused(SIGNAL_EVENT "comm:a1x16", SIGNAL_EVENT "comm:u0016",
		       "field comm of tracepoint signal/signal_generate "
		       "is an array");
	expect_refused(SIGNAL_EVENT "comm:a1x16", SIGNAL_EVENT "comm:q1x16",
		       "undefined symbol " SIGNAL_EVENT "comm:q1x16");
}

TEST(common_fields_are_not_for_programs)
{
	expect_refused("sched_process_exec:pid:s4", "sched_process_exec:_id:s4",
		       "tracepoint sched/sched_process_exec has no field _id");
}

TEST(missing_raw_tracepoint_is_refused_by_name)
{
	expect_refused("__rex_raw_tp:sys_enter", "__rex_raw_tp:sys_entry",
		       "there is no raw tracepoint sys_entry");
}

/* The record of another event may end before the program's fields. */
TEST(attach_to_an_event_with_less_is_refused)
{
	struct bpf_program *prog;

	obj = load_object("tracing");
	prog = program(obj, "on_signal");
	EXPECT(!bpf_program__attach_tracepoint(prog, "syscalls",
					       "sys_exit_dup"));
	EXPECT_EQ(errno, EACCES);
	prog = program(obj, "on_raw");
	EXPECT(!bpf_program__attach_raw_tracepoint(prog, "sched_process_free"));
	EXPECT_EQ(errno, EINVAL);
}

/* ---- the other types ---- */

TEST(kretprobe_sees_what_is_returned)
{
	struct record r;

	start("on_dup_return");
	dup_nothing();
	r = record(KRETPROBE);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], -EBADF);
	EXPECT_EQ(prog_info(obj, "on_dup_return").runs, TIMES);
}

__attribute__((noinline, used)) long probed(long number, const long *behind);

long probed(long number, const long *behind)
{
	__asm__ volatile("" ::: "memory");
	return number * 3 + *behind;
}

TEST(uprobe_sees_arguments_and_memory)
{
	long behind = 0x1234567890, i;
	struct record r;

	start("on_call");
	for (i = 0; i < TIMES; i++)
		probed(i, &behind);
	r = record(UPROBE);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], TIMES - 1);
	EXPECT_EQ(r.values[1], behind);
	EXPECT_EQ(r.values[2], 1);
	EXPECT_EQ(r.values[3], 0);
	EXPECT_EQ(r.values[4], -EFAULT);
	EXPECT_EQ(r.values[5], 3); /* userspace's registers */
}

TEST(uretprobe_sees_what_is_returned)
{
	long behind = 1, i;
	struct record r;

	start("on_return");
	for (i = 0; i < TIMES; i++)
		probed(i, &behind);
	r = record(URETPROBE);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], (TIMES - 1) * 3 + 1);
}

/* Attaches a program to a function of the kernel, with a cookie. */
static void probe(const char *name, const char *function, bool at_return,
		  __u64 cookie)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = at_return,
		    .bpf_cookie = cookie);

	ASSERT_MSG(bpf_program__attach_kprobe_opts(program(obj, name), function,
						   &opts),
		   "%s at %s: %s", name, function, strerror(errno));
}

TEST(attach_cookies_distinguish_attachments_of_a_kprobe)
{
	obj = load_object("tracing");
	map_set(obj, "watched", PROCESS, getpid());
	probe("on_entry_of_any", "__x64_sys_dup", false, 0x1111222233334444);
	probe("on_entry_of_any", "__x64_sys_getppid", false, 5);
	probe("on_entry_of_any", "__x64_sys_getuid", false, 0);

	dup_nothing();
	EXPECT_EQ(record(KPROBE).values[0], 0x1111222233334444);
	syscall(SYS_getppid);
	EXPECT_EQ(record(KPROBE).values[0], 5);
	syscall(SYS_getuid);
	EXPECT_EQ(record(KPROBE).values[0], 0);
	EXPECT_EQ(record(KPROBE).count, TIMES + 2);
}

TEST(attach_cookie_of_a_kretprobe_is_seen)
{
	obj = load_object("tracing");
	map_set(obj, "watched", PROCESS, getpid());
	probe("on_dup_return", "__x64_sys_dup", true, 1);
	probe("on_entry_of_any", "__x64_sys_dup", false, 2);
	dup_nothing();
	EXPECT_EQ(record(KRETPROBE).count, TIMES);
	EXPECT_EQ(record(KRETPROBE).values[1], 1);
	EXPECT_EQ(record(KPROBE).count, TIMES);
	EXPECT_EQ(record(KPROBE).values[0], 2);
}

TEST(attach_cookie_of_a_uprobe_is_seen)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "probed",
		    .bpf_cookie = 9);
	long behind = 1;

	obj = load_object("tracing");
	map_set(obj, "watched", PROCESS, getpid());
	ASSERT(bpf_program__attach_uprobe_opts(program(obj, "on_call"), -1,
					       "/proc/self/exe", 0, &opts));
	probed(1, &behind);
	EXPECT_EQ(record(UPROBE).count, 1);
	EXPECT_EQ(record(UPROBE).values[6], 9);
}

static void expect_raw(const char *name, __u32 index)
{
	struct record r;

	start(name);
	dup_nothing();
	r = record(index);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], EVENT_FD);
}

TEST(raw_tracepoint_sees_arguments)
{
	expect_raw("on_raw", RAW_TRACEPOINT);
}

TEST(btf_tracepoint_sees_arguments)
{
	expect_raw("on_btf", TP_BTF);
}

static void expect_read(const char *name, __u32 index, __u64 returned)
{
	int fd = open("/proc/self/comm", O_RDONLY);
	struct record r;
	char buf[777];

	start(name);
	ASSERT(fd >= 0);
	map_set(obj, "watched", READ_SIZE, sizeof(buf));
	prctl(PR_SET_NAME, "reader");
	for (int i = 0; i < TIMES; i++)
		EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), 7);
	r = record(index);
	EXPECT_EQ(r.count, TIMES);
	EXPECT_EQ(r.values[0], 4);
	EXPECT_EQ(r.values[1], (__u64)buf);
	EXPECT_EQ(r.values[2], 1);
	EXPECT_EQ(r.values[3], returned);
}

TEST(fentry_sees_arguments)
{
	expect_read("on_read", FENTRY, 0);
}

TEST(fexit_sees_arguments_and_what_is_returned)
{
	expect_read("on_read_return", FEXIT, strlen("reader\n"));
}

/* One context is the other one with another value. */
TEST(program_of_another_attach_type_is_not_bound)
{
	obj = load_object("tracing");
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(obj),
			       bpf_program__fd(program(obj, "on_read")),
			       "on_read_return", REX_BIND_REPLACE),
		     EPROTOTYPE);
}

TEST(perf_event_samples_a_clock)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000 * 1000, /* ns */
	};
	struct bpf_link *link;
	struct record r;
	__u64 count;
	int fd;

	obj = load_object("tracing");
	map_set(obj, "watched", PROCESS, getpid());
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
		     PERF_FLAG_FD_CLOEXEC);
	ASSERT(fd >= 0);
	link = bpf_program__attach_perf_event(program(obj, "on_sample"), fd);
	ASSERT(link);
	/* The samples are of the waiting. */
	WAIT_FOR(record(PERF_EVENT).count >= TIMES, 30);

	r = record(PERF_EVENT);
	EXPECT_EQ(r.values[0], attr.sample_period);
	EXPECT_EQ(r.values[1], 0); /* no address */
	EXPECT(r.values[2] != 0);
	EXPECT_EQ(r.values[3], 1);
	EXPECT(r.values[4] >= TIMES * attr.sample_period / 2);
	EXPECT(r.values[5] >= r.values[6] && r.values[6] > 0);

	bpf_link__destroy(link);
	count = record(PERF_EVENT).count;
	EXPECT_EQ(prog_info(obj, "on_sample").runs, count);
}
