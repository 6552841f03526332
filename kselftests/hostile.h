/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hostile suite: acts of the programs in programs/hostile (safe Rust) and
 * programs/hostile_unsafe, each performed in an image of its own, at a hook, on
 * a victim: a process that makes the event. A test file is a table,
 *
 *	CONTAINED(ud2, tracepoint, .cause = REX_FAULT_EXCEPTION,
 *		  .message = "invalid opcode")
 *
 * is the TEST ud2_in_tracepoint_is_contained, that the act "ud2" ends in just
 * that fault, and nothing else happens: see perform().
 */
#ifndef _HOSTILE_H
#define _HOSTILE_H

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/pkt_cls.h>
#include <regex.h>
#include <sys/mman.h>

#include "rex_ioctl.h"

/* Elements of the maps `orders` and `notes`: programs/hostile/src/acts. */
enum {
	ACT,
	THREAD,
	CPU,
	TIMES,
	NUMBER,
	THEN
};
enum {
	BEGUN,
	DONE,
	UNKNOWN,
	SINCE,
	REMARK
};

#define CLOCK_PERIOD_NS 1000000

/* Milliseconds that an act may take, if the table does not say. */
#ifndef ACT_TIMEOUT_MS
#define ACT_TIMEOUT_MS 300
#endif
/*
 * When it must have been ended. Emulation on a busy machine can stop a CPU for a
 * while; what the limit really is, bench/latency.c measures.
 */
#ifndef END_MS
#define END_MS(limit) (3 * (limit) + 1000)
#endif
/* For what is not to be ended: a busy machine may stop a CPU for a while. */
#define PATIENT_MS 5000
#define VICTIM_SECONDS 20

/* For .cause: the act returns, and the program lives. */
#define NO_FAULT -1

struct hook;

struct act {
	const char *name;
	const char *object;
	const struct hook *hook;
	int cause; /* REX_FAULT_*, NO_FAULT */
	int or_cause; /* if it is not 0: another cause that is right */
	const char *message; /* part of it */
	const char *function; /* in the backtrace; default: the act's */
	__u64 remark; /* that the act leaves, if it is not 0 */
	__u64 number; /* for the act */
	__u32 timeout_ms;
};

struct hook {
	const char *program; /* in hostile_unsafe */
	/* VICTIM is the process that it is meant for. */
	struct bpf_link *(*attach)(struct rex_obj *obj, const struct hook *hook,
				   pid_t victim);
	/* Makes the event at least once, in the victim. */
	void (*fire)(void);
	const char *at;
	int default_ret; /* of BPF_PROG_TEST_RUN */
};

/* What a victim runs that makes its event by BPF_PROG_TEST_RUN. */
struct test_run {
	int prog;
	int ret;
};

static struct test_run test_runs[4];
static int nr_test_runs;

/* What a victim waits for whose events are interrupts: acts that have begun. */
struct awaited {
	int notes;
	__u64 more_than;
};

static struct awaited awaited[2];
static int nr_awaited;

static inline __u64 name_hash(const char *name)
{
	__u64 hash = 0xcbf29ce484222325ull;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3ull;
	return hash;
}

/* ---- the kernel's log ---- */

/* A descriptor from which log_text() reads what is logged from now on. */
static inline int log_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	ASSERT(fd >= 0 && lseek(fd, 0, SEEK_END) == 0);
	return fd;
}

/* What was logged since the last call, a line a message, appended to TEXT. */
static inline void log_text(int fd, char *text, size_t size)
{
	char record[8192], *message;
	size_t len = strlen(text);
	ssize_t got;

	while ((got = read(fd, record, sizeof(record) - 1)) > 0) {
		record[got] = '\0';
		message = strchr(record, ';');
		ASSERT(message);
		message[strcspn(message, "\n")] = '\0';
		len += snprintf(text + len, size - len, "%s\n", message + 1);
		ASSERT(len < size);
	}
}

/* No line of TEXT is one of splats.txt. */
static inline void expect_no_splat(char *text)
{
	static regex_t re[64];
	static int count;
	char pattern[256], *line, *save;

	if (!count) {
		FILE *f = fopen(object_path("../splats.txt"), "re");

		if (!f) {
			snprintf(pattern, sizeof(pattern), "%s/splats.txt",
				 getenv("REX_TESTS"));
			f = fopen(pattern, "re");
		}
		ASSERT(f);
		while (fgets(pattern, sizeof(pattern), f)) {
			pattern[strcspn(pattern, "\n")] = '\0';
			if (!pattern[0] || pattern[0] == '#')
				continue;
			ASSERT(count < 64);
			ASSERT(!regcomp(&re[count++], pattern,
					REG_EXTENDED | REG_NOSUB));
		}
		fclose(f);
		ASSERT(count > 0);
	}
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		for (int i = 0; i < count; i++)
			EXPECT_MSG(regexec(&re[i], line, 0, NULL, 0),
				   "the kernel logged: %s", line);
}

/* ---- images ---- */

/* Of images that are loaded from now on. */
static __u32 restarts_per_min;

/* An image of OBJECT of which only PROGRAM can be attached. */
static inline struct rex_obj *load_act(const char *object, const char *prog,
				       const char *name, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .name = name,
		 .timeout_ms = timeout_ms ?: ACT_TIMEOUT_MS,
		 .restarts_per_min = restarts_per_min);
	struct rex_obj *obj = rex_obj_open(object_path(object), &opts);
	struct bpf_program *pos;

	ASSERT_MSG(obj, "%s: %s", object, rex_last_error());
	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj))
		bpf_program__set_autoload(pos, !strcmp(bpf_program__name(pos),
						       prog));
	ASSERT_MSG(!rex_obj_load_opened(obj), "%s: %s\n%s", object,
		   rex_last_error(), rex_obj_log(obj));
	return obj;
}

static inline void order(struct rex_obj *obj, const char *act, pid_t thread)
{
	map_set(obj, "orders", THREAD, thread);
	map_set(obj, "orders", ACT, name_hash(act));
}

/* ---- victims ---- */

struct victim {
	pid_t pid;
	int go; /* closed: it makes the event */
};

/* The process is as healthy as before. */
static inline void live_on(void)
{
	char text[64] = "", *page;
	int ends[2];

	if (syscall(SYS_getpid) != getpid() || pipe(ends))
		_exit(11);
	if (write(ends[1], "still here", 11) != 11 ||
	    read(ends[0], text, sizeof(text)) != 11 ||
	    strcmp(text, "still here"))
		_exit(12);
	page = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		_exit(13);
	memset(page, 1, 1 << 16);
	sched_yield();
	if (munmap(page, 1 << 16))
		_exit(14);
}

static inline struct victim start_victim(const struct hook *hook)
{
	struct victim v;
	int ends[2];
	char byte;

	ASSERT(!pipe2(ends, O_CLOEXEC));
	v.pid = fork();
	ASSERT(v.pid >= 0);
	if (v.pid == 0) {
		alarm(VICTIM_SECONDS);
		close(ends[1]);
		if (read(ends[0], &byte, 1) != 0)
			_exit(10);
		hook->fire();
		live_on();
		_exit(0);
	}
	close(ends[0]);
	v.go = ends[1];
	return v;
}

static inline void let_go(struct victim *v)
{
	close(v->go);
	reap(v->pid);
}

static inline void fire_dup(void)
{
	if (syscall(SYS_dup, EVENT_FD) != -1 || errno != EBADF)
		_exit(20);
}

/* A packet for each of the programs, whose verdict is known. */
static inline void fire_test_run(void)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);

	for (int i = 0; i < nr_test_runs; i++) {
		if (bpf_prog_test_run_opts(test_runs[i].prog, &opts))
			_exit(23);
		if ((int)opts.retval != test_runs[i].ret)
			_exit(24);
	}
}

static inline void add_test_run(struct rex_obj *obj, const struct hook *hook,
				int ret)
{
	struct bpf_program *prog = program(obj, hook->program);

	test_runs[nr_test_runs++] =
		(struct test_run){ bpf_program__fd(prog), ret };
}

/* The next victim waits until acts of OBJ have begun more often than now. */
static inline void await_act(struct rex_obj *obj)
{
	awaited[nr_awaited++] = (struct awaited){
		.notes = map_fd(obj, "notes"),
		.more_than = map_get(obj, "notes", BEGUN),
	};
}

static inline bool all_have_begun(void)
{
	__u32 key = BEGUN;
	__u64 begun;

	for (int i = 0; i < nr_awaited; i++) {
		if (bpf_map_lookup_elem(awaited[i].notes, &key, &begun))
			_exit(21);
		if (begun <= awaited[i].more_than)
			return false;
	}
	return true;
}

static inline void be_busy(void)
{
	for (volatile int i = 0; i < 100000; i++)
		;
}

static inline void be_away(void)
{
	ksft_pause_ms(1);
}

/*
 * Until events of this process have been some for all programs: the first ones may
 * come while the test is not ready for them.
 */
static inline void fire_by(void (*pass_time)(void))
{
	long end = ksft_ms() + VICTIM_SECONDS * 1000;

	while (!all_have_begun() && ksft_ms() < end)
		pass_time();
	if (!all_have_begun())
		_exit(22);
}

/* Interrupts. */
static inline void fire_by_waiting(void)
{
	fire_by(be_busy);
}

/* Switches of tasks. */
static inline void fire_by_sleeping(void)
{
	fire_by(be_away);
}

/*
 * The same for clocks: each program has one of its own, so the others' events
 * come a little earlier or later, in the victim's time.
 */
static inline void fire_on_clocks(void)
{
	struct timespec now, end;

	fire_by_waiting();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	end.tv_nsec += 20 * CLOCK_PERIOD_NS;
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while ((now.tv_sec - end.tv_sec) * 1000000000ll + now.tv_nsec <
	       end.tv_nsec);
}

/* ---- hooks ---- */

static inline struct bpf_link *must_attach(struct bpf_link *link,
					   const struct hook *hook)
{
	ASSERT_MSG(link, "cannot attach %s to %s: %s", hook->program,
		   hook->at ?: "its place", strerror(errno));
	return link;
}

static inline struct bpf_link *
attach_section(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)victim;
	return must_attach(bpf_program__attach(program(obj, hook->program)),
			   hook);
}

static inline struct bpf_link *
attach_kprobe_at(struct rex_obj *obj, const struct hook *hook, size_t offset)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .offset = offset);

	return bpf_program__attach_kprobe_opts(program(obj, hook->program),
					       hook->at, &opts);
}

/* At the first instruction: by ftrace. */
static inline struct bpf_link *
attach_kprobe_ftrace(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)victim;
	return must_attach(attach_kprobe_at(obj, hook, 0), hook);
}

static inline int quiet(enum libbpf_print_level level, const char *fmt,
			va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

/*
 * At the second instruction, behind the call of ftrace, which is 5 bytes, or 9
 * with an endbr64.
 */
static inline struct bpf_link *attach_kprobe_inside(struct rex_obj *obj,
						    const struct hook *hook)
{
	libbpf_print_fn_t print = libbpf_set_print(quiet);
	struct bpf_link *link = attach_kprobe_at(obj, hook, 5);

	if (!link)
		link = attach_kprobe_at(obj, hook, 9);
	libbpf_set_print(print);
	return must_attach(link, hook);
}

/* By a breakpoint. */
static inline struct bpf_link *
attach_kprobe_int3(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)victim;
	set_sysctl("debug/kprobes-optimization", "0");
	return attach_kprobe_inside(obj, hook);
}

static inline bool kprobe_is_optimized(const char *function)
{
	char *list = read_all("/sys/kernel/debug/kprobes/list", NULL);
	char *line = strstr(list, function);
	bool yes = false;

	if (line) {
		line[strcspn(line, "\n")] = '\0';
		yes = strstr(line, "[OPTIMIZED]");
	}
	free(list);
	return yes;
}

/* By a jump, which the kernel puts there after a while. */
static inline struct bpf_link *
attach_kprobe_jump(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	struct bpf_link *link;

	(void)victim;
	set_sysctl("debug/kprobes-optimization", "1");
	link = attach_kprobe_inside(obj, hook);
	ASSERT_MSG(WAIT_FOR(kprobe_is_optimized(hook->at), 10),
		   "the kprobe at %s is not optimized", hook->at);
	return link;
}

/* When the function returns. */
static inline struct bpf_link *
attach_kretprobe(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = true);

	(void)victim;
	return must_attach(
		bpf_program__attach_kprobe_opts(program(obj, hook->program),
						hook->at, &opts),
		hook);
}

/* A function of the victim. */
__attribute__((noinline, used)) static void uprobed(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void fire_uprobe(void)
{
	uprobed();
}

static inline struct bpf_link *
attach_uprobe(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = hook->at);

	(void)victim;
	return must_attach(
		bpf_program__attach_uprobe_opts(program(obj, hook->program), -1,
						"/proc/self/exe", 0, &opts),
		hook);
}

static inline struct bpf_link *attach_raw_tracepoint(struct rex_obj *obj,
						     const struct hook *hook,
						     pid_t victim)
{
	(void)victim;
	return must_attach(bpf_program__attach_raw_tracepoint(
				   program(obj, hook->program), hook->at),
			   hook);
}

/* A clock of the victim's time: its interrupts are events. */
static inline struct bpf_link *
attach_clock(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = CLOCK_PERIOD_NS,
	};
	int fd = syscall(SYS_perf_event_open, &attr, victim, -1, -1,
			 PERF_FLAG_FD_CLOEXEC);

	ASSERT_MSG(fd >= 0, "perf_event_open: %s", strerror(errno));
	return must_attach(
		bpf_program__attach_perf_event(program(obj, hook->program), fd),
		hook);
}

/* The victim runs the program itself: see add_test_run(). */
static inline struct bpf_link *
attach_nowhere(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)obj, (void)hook, (void)victim;
	return NULL;
}

#define HOOK(_name, _program, _attach, _fire, ...)                       \
	static const struct hook hook_##_name = { .program = (_program), \
						  .attach = (_attach),   \
						  .fire = (_fire),       \
						  __VA_ARGS__ }

#define RAW_TRACEPOINT_HOOK(_name, _fire, _at)                         \
	HOOK(_name, "at_raw_tracepoint", attach_raw_tracepoint, _fire, \
	     .at = (_at))

#define KPROBED "__x64_sys_dup"

HOOK(tracepoint, "at_tracepoint", attach_section, fire_dup);
HOOK(kprobe_ftrace, "at_kprobe", attach_kprobe_ftrace, fire_dup, .at = KPROBED);
HOOK(kprobe_int3, "at_kprobe", attach_kprobe_int3, fire_dup, .at = KPROBED);
HOOK(kprobe_jump, "at_kprobe", attach_kprobe_jump, fire_dup, .at = KPROBED);
HOOK(kretprobe, "at_kprobe", attach_kretprobe, fire_dup, .at = KPROBED);
HOOK(uprobe, "at_kprobe", attach_uprobe, fire_uprobe, .at = "uprobed");
HOOK(fentry, "at_fentry", attach_section, fire_dup);
RAW_TRACEPOINT_HOOK(raw_tracepoint, fire_dup, "sys_enter");
/* In the timer's interrupt. */
HOOK(clock, "at_perf_event", attach_clock, fire_on_clocks);
RAW_TRACEPOINT_HOOK(hardirq, fire_by_waiting, "hrtimer_expire_entry");
RAW_TRACEPOINT_HOOK(softirq, fire_by_waiting, "softirq_entry");
/* With the run queue's lock held, interrupts off. */
RAW_TRACEPOINT_HOOK(switch, fire_by_sleeping, "sched_switch");
/* Network programs. What they return if they do not end is their type's. */
HOOK(xdp, "at_xdp", attach_nowhere, fire_test_run, .default_ret = XDP_PASS);
HOOK(tc, "at_tc", attach_nowhere, fire_test_run, .default_ret = TC_ACT_UNSPEC);
HOOK(cgroup, "at_cgroup_skb", attach_nowhere, fire_test_run, .default_ret = 1);

/* ---- acts ---- */

/* Set by a test that performs acts at the same time: it does this itself. */
static bool sysctls_are_kept;

#define STRICT_SYSCTLS(_value)                              \
	do {                                                \
		if (sysctls_are_kept)                       \
			break;                              \
		set_sysctl("kernel/panic_on_warn", _value); \
		set_sysctl("kernel/panic_on_oops", _value); \
	} while (0)

static inline const char *cause_name(int cause)
{
	static const char *const names[] = {
		[REX_FAULT_PANIC] = "panic",
		[REX_FAULT_STACK_OVERFLOW] = "stack overflow",
		[REX_FAULT_TIMEOUT] = "timeout",
		[REX_FAULT_EXCEPTION] = "CPU exception",
		[REX_FAULT_PAGE_FAULT] = "page fault",
	};

	return cause == NO_FAULT ? "no fault" : names[cause];
}

/* rex.ko has printed as many faults as it does in 5 seconds. */
static inline bool reports_are_limited(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	long long now = ksft_ms() * 1000, time;
	char record[8192];
	int count = 0;
	ssize_t got;

	ASSERT(fd >= 0);
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (got < 0 && errno == EPIPE)) {
		if (got < 0)
			continue;
		record[got] = '\0';
		if (strstr(record, " stopped by a ") &&
		    sscanf(record, "%*d,%*d,%lld", &time) == 1)
			count += time > now - 8000000;
	}
	close(fd);
	return count >= 20;
}

/*
 * Not before its time, and soon after it. The time began a little before the act
 * noted so.
 */
static inline void expect_in_time(const struct act *act,
				  const struct rex_fault_info *fault,
				  __u64 since)
{
	__u32 limit = act->timeout_ms ?: ACT_TIMEOUT_MS;
	__u64 ms = (fault->time - since) / 1000000;

	ksft_note("%s ended after %llu ms of %u", act->name,
		  (unsigned long long)ms, limit);
	EXPECT(ms * 10 >= limit * 9);
	EXPECT(ms <= END_MS(limit));
}

/* The fault is the expected one, in the record and in the kernel's log. */
static inline void expect_fault(const struct act *act, struct rex_obj *obj,
				pid_t victim, const char *log)
{
	struct rex_fault_info fault = last_fault(obj, act->hook->program);
	char line[512];

	EXPECT_MSG(fault.cause == (__u32)act->cause ||
			   (act->or_cause &&
			    fault.cause == (__u32)act->or_cause),
		   "a %s, not a %s: %s", cause_name(fault.cause),
		   cause_name(act->cause), fault.message);
	if (act->message && fault.cause == (__u32)act->cause)
		EXPECT_CONTAINS(fault.message, act->message);
	if (fault.cause == REX_FAULT_TIMEOUT)
		expect_in_time(act, &fault, map_get(obj, "notes", SINCE));
	EXPECT_EQ(fault.number, 1);
	EXPECT_EQ(fault.nr_faults, 1);
	EXPECT_EQ(fault.pid, victim);
	EXPECT_CONTAINS(fault.trace, act->function ?: act->name);
	snprintf(line, sizeof(line),
		 "program %s of %s stopped by a %s: ", act->hook->program,
		 rex_obj_name(obj), cause_name(fault.cause));
	EXPECT_MSG(strstr(log, line) || reports_are_limited(),
		   "not logged: %s; but: %s", line, log);
}

static inline void expect_no_fault(const struct act *act, struct rex_obj *obj)
{
	EXPECT_EQ(map_get(obj, "notes", DONE), map_get(obj, "notes", BEGUN));
	EXPECT_EQ(prog_info(obj, act->hook->program).state, REX_PROG_LIVE);
	if (act->remark)
		EXPECT_EQ(map_get(obj, "notes", REMARK), act->remark);
}

static inline bool is_logged(int fd, char *log, size_t size, const char *text)
{
	log_text(fd, log, size);
	return strstr(log, text);
}

/*
 * Perform the act, and see that
 *  - the victim goes on;
 *  - the program ends in the one fault that the act is, with all of its image,
 *    and the kernel says so, and nothing worse;
 *  - a program of another image at the same hook runs at the same event, and at
 *    the next;
 *  - the dead program is skipped at the next event, and has no other fault;
 *  - the same program can be loaded again, and runs.
 * Whatever is more than that stops the machine, by panic_on_warn and
 * panic_on_oops.
 */
static inline void perform(const struct act *act)
{
	const struct hook *hook = act->hook;
	const char *prog = hook->program;
	struct rex_obj *bystander, *obj, *next;
	struct bpf_link *link, *bystander_link, *next_link;
	static char log[1 << 18];
	char reported[128];
	int log_fd = log_open();
	struct rex_prog_info info;
	__u64 seen;
	struct victim v;

	STRICT_SYSCTLS("1");
	obj = load_act(act->object, prog, act->name, act->timeout_ms);
	bystander = load_act(act->object, prog, "bystander", PATIENT_MS);
	map_set(obj, "orders", NUMBER, act->number);

	nr_test_runs = 0;
	add_test_run(obj, hook, act->cause == NO_FAULT ? 0 : hook->default_ret);
	add_test_run(bystander, hook, 0);
	nr_awaited = 0;
	await_act(obj);
	await_act(bystander);
	v = start_victim(hook);
	order(obj, act->name, v.pid);
	order(bystander, "nothing", v.pid);
	link = hook->attach(obj, hook, v.pid);
	bystander_link = hook->attach(bystander, hook, v.pid);
	let_go(&v);

	EXPECT_EQ(map_get(obj, "notes", UNKNOWN), 0);
	EXPECT_MSG(map_get(obj, "notes", BEGUN) > 0, "the act did not begin");
	seen = map_get(bystander, "notes", DONE);
	EXPECT_MSG(seen > 0, "the bystander did not run");
	if (act->cause == NO_FAULT) {
		expect_no_fault(act, obj);
	} else {
		/* Not if too many have been reported: see expect_fault(). */
		snprintf(reported, sizeof(reported), "of %s stopped by a",
			 act->name);
		WAIT_FOR(is_logged(log_fd, log, sizeof(log), reported), 1);
		info = prog_info(obj, prog);
		EXPECT_EQ(info.state, REX_PROG_DEAD);
		EXPECT_EQ(info.faults, 1);
		EXPECT_EQ(map_get(obj, "notes", BEGUN), 1);
		EXPECT_EQ(map_get(obj, "notes", DONE), 0);
		expect_fault(act, obj, v.pid, log);
	}

	/* The next event. */
	next = load_act(act->object, prog, "next", PATIENT_MS);
	add_test_run(next, hook, 0);
	nr_awaited = 0;
	await_act(next);
	await_act(bystander);
	v = start_victim(hook);
	order(next, "nothing", v.pid);
	order(bystander, "nothing", v.pid);
	map_set(obj, "orders", THREAD, v.pid);
	info = prog_info(obj, prog);
	next_link = hook->attach(next, hook, v.pid);
	if (hook->attach == attach_clock) {
		/* Its clock was the first victim's. */
		bpf_link__destroy(link);
		bpf_link__destroy(bystander_link);
		link = hook->attach(obj, hook, v.pid);
		bystander_link = hook->attach(bystander, hook, v.pid);
	}
	if (act->cause == NO_FAULT)
		map_set(obj, "orders", ACT, 0);
	let_go(&v);
	EXPECT_MSG(map_get(next, "notes", DONE) > 0,
		   "the next program did not run");
	EXPECT_MSG(map_get(bystander, "notes", DONE) > seen,
		   "the bystander did not run again");
	EXPECT_EQ(prog_info(next, prog).faults, 0);
	EXPECT_EQ(prog_info(bystander, prog).faults, 0);
	if (act->cause != NO_FAULT) {
		EXPECT(prog_info(obj, prog).skipped > info.skipped);
		EXPECT_EQ(prog_info(obj, prog).faults, 1);
		EXPECT_EQ(prog_info(obj, prog).runs, info.runs);
	}

	bpf_link__destroy(next_link);
	bpf_link__destroy(bystander_link);
	bpf_link__destroy(link);
	rex_obj_close(next);
	rex_obj_close(bystander);
	rex_obj_close(obj);
	log_text(log_fd, log, sizeof(log));
	close(log_fd);
	expect_no_splat(log);
	STRICT_SYSCTLS("0");
}

/* ---- several images at once ---- */

/* One of several images at work. */
struct actor {
	const struct hook *hook;
	struct rex_obj *obj;
	struct bpf_link *link;
};

static inline struct actor start_actor(const struct hook *hook, const char *act,
				       const char *name, pid_t victim,
				       __u32 timeout_ms)
{
	struct actor a = { .hook = hook };

	a.obj = load_act("hostile_unsafe", hook->program, name, timeout_ms);
	order(a.obj, act, victim);
	a.link = hook->attach(a.obj, hook, victim);
	return a;
}

static inline void end_actor(struct actor *a)
{
	bpf_link__destroy(a->link);
	rex_obj_close(a->obj);
}

static inline struct rex_prog_info actor_info(const struct actor *a)
{
	return prog_info(a->obj, a->hook->program);
}

/* The one fault of an image. */
static inline void expect_actor_fault(const struct actor *a, int cause)
{
	struct rex_prog_info info = actor_info(a);

	EXPECT_EQ(info.state, REX_PROG_DEAD);
	if (EXPECT_MSG(info.faults == 1, "%s had %llu faults",
		       rex_obj_name(a->obj), info.faults))
		EXPECT_EQ(last_fault(a->obj, a->hook->program).cause, cause);
}

static inline void expect_unharmed(const struct actor *a)
{
	struct rex_prog_info info = actor_info(a);

	EXPECT_MSG(info.state == REX_PROG_LIVE && info.faults == 0,
		   "%s had %llu faults", rex_obj_name(a->obj), info.faults);
}

/*
 * An actor that does nothing: it holds HOOK, so that the kernel's text does not
 * change when others come to the hook and go. For tests in which one CPU attaches
 * while another executes the hook: QEMU can translate an instruction between the
 * moment when it drops the old translation and the moment when the new bytes are
 * there, and keeps that stale translation. Events are lost then, or the kernel
 * dies of a breakpoint that is not there any more, with plain eBPF as well.
 */
static inline struct actor hold(const struct hook *hook)
{
	return start_actor(hook, "nothing", "hold", getpid(), 0);
}

/* The object that a test file's acts are in, unless .object says. */
#ifndef HOSTILE_OBJECT
#define HOSTILE_OBJECT "hostile_unsafe"
#endif

#define PERFORM_TEST(_claim, _act, _hook, ...)                   \
	TEST(_claim)                                             \
	{                                                        \
		perform(&(struct act){ .name = #_act,            \
				       .hook = &hook_##_hook,    \
				       .object = HOSTILE_OBJECT, \
				       __VA_ARGS__ });           \
	}

#define CONTAINED(_act, _hook, ...) \
	PERFORM_TEST(_act##_in_##_hook##_is_contained, _act, _hook, __VA_ARGS__)

/* The act is allowed, and ends well. */
#define WORKS(_act, _hook, ...)                              \
	PERFORM_TEST(_act##_in_##_hook##_works, _act, _hook, \
		     .cause = NO_FAULT, ##__VA_ARGS__)

#endif
