// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: the attach points of acts.
 */
#include "hostile.h"

static struct bpf_link *must_attach(struct bpf_link *link,
				    const struct hook *hook)
{
	ASSERT_MSG(link, "cannot attach %s to %s: %s", hook->program,
		   hook->at ?: "its place", strerror(errno));
	return link;
}

struct bpf_link *attach_section(struct rex_obj *obj, const struct hook *hook,
				pid_t victim)
{
	(void)victim;
	return must_attach(bpf_program__attach(program(obj, hook->program)),
			   hook);
}

struct bpf_link *attach_kprobe_at(struct rex_obj *obj, const struct hook *hook,
				  size_t offset)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .offset = offset);

	return bpf_program__attach_kprobe_opts(program(obj, hook->program),
					       hook->at, &opts);
}

/* Attaches at the first instruction, by ftrace. */
static struct bpf_link *
attach_kprobe_ftrace(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)victim;
	return must_attach(attach_kprobe_at(obj, hook, 0), hook);
}

int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

/*
 * Attaches at the second instruction, after the call of ftrace, which is 5
 * bytes, or 9 with an endbr64.
 */
static struct bpf_link *attach_kprobe_inside(struct rex_obj *obj,
					     const struct hook *hook)
{
	libbpf_print_fn_t print = libbpf_set_print(quiet);
	struct bpf_link *link = attach_kprobe_at(obj, hook, 5);

	if (!link)
		link = attach_kprobe_at(obj, hook, 9);
	libbpf_set_print(print);
	return must_attach(link, hook);
}

/* Attaches by a breakpoint. */
static struct bpf_link *
attach_kprobe_int3(struct rex_obj *obj, const struct hook *hook, pid_t victim)
{
	(void)victim;
	set_sysctl("debug/kprobes-optimization", "0");
	return attach_kprobe_inside(obj, hook);
}

static bool kprobe_is_optimized(const char *function)
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

/* Attaches by a jump, which the kernel writes after a while. */
static struct bpf_link *
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

/* Attaches to the function's return. */
static struct bpf_link *attach_kretprobe(struct rex_obj *obj,
					 const struct hook *hook, pid_t victim)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = true);

	(void)victim;
	return must_attach(bpf_program__attach_kprobe_opts(program(obj,
								   hook->program),
							   hook->at, &opts),
			   hook);
}

__attribute__((noinline, used)) void uprobed(void)
{
	__asm__ volatile("" ::: "memory");
}

void fire_uprobe(void)
{
	uprobed();
}

struct bpf_link *attach_uprobe(struct rex_obj *obj, const struct hook *hook,
			       pid_t victim)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = hook->at);

	(void)victim;
	return must_attach(bpf_program__attach_uprobe_opts(program(obj,
								   hook->program),
							   -1, "/proc/self/exe",
							   0, &opts),
			   hook);
}

struct bpf_link *attach_raw_tracepoint(struct rex_obj *obj,
				       const struct hook *hook, pid_t victim)
{
	(void)victim;
	return must_attach(bpf_program__attach_raw_tracepoint(program(obj,
								      hook->program),
							      hook->at),
			   hook);
}

struct bpf_link *attach_clock(struct rex_obj *obj, const struct hook *hook,
			      pid_t victim)
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
	return must_attach(bpf_program__attach_perf_event(program(obj,
								  hook->program),
							  fd),
			   hook);
}

int open_dup_event(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.sample_period = 1,
	};
	char *id =
		read_all("/sys/kernel/tracing/events/syscalls/sys_enter_dup/id",
			 NULL);
	int event;

	attr.config = atoi(id);
	free(id);
	event = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			PERF_FLAG_FD_CLOEXEC);
	ASSERT_MSG(event >= 0, "perf_event_open: %s", strerror(errno));
	return event;
}

void expect_attachable(int prog_fd)
{
	int event = open_dup_event();

	EXPECT_MSG(!ioctl(event, PERF_EVENT_IOC_SET_BPF, prog_fd),
		   "the carrier cannot be attached: %s", strerror(errno));
	close(event);
}

struct bpf_link *attach_nowhere(struct rex_obj *obj, const struct hook *hook,
				pid_t victim)
{
	(void)obj, (void)hook, (void)victim;
	return NULL;
}

HOOK(tracepoint, "at_tracepoint", attach_section, fire_dup);
HOOK(kprobe_ftrace, "at_kprobe", attach_kprobe_ftrace, fire_dup, .at = KPROBED);
HOOK(kprobe_int3, "at_kprobe", attach_kprobe_int3, fire_dup, .at = KPROBED);
HOOK(kprobe_jump, "at_kprobe", attach_kprobe_jump, fire_dup, .at = KPROBED);
HOOK(kretprobe, "at_kprobe", attach_kretprobe, fire_dup, .at = KPROBED);
HOOK(uprobe, "at_kprobe", attach_uprobe, fire_uprobe, .at = "uprobed");
HOOK(fentry, "at_fentry", attach_section, fire_dup);
RAW_TRACEPOINT_HOOK(raw_tracepoint, fire_dup, "sys_enter");
HOOK(clock, "at_perf_event", attach_clock, fire_on_clocks);
RAW_TRACEPOINT_HOOK(hardirq, fire_by_waiting, "hrtimer_expire_entry");
RAW_TRACEPOINT_HOOK(softirq, fire_by_waiting, "softirq_entry");
RAW_TRACEPOINT_HOOK(switch, fire_by_sleeping, "sched_switch");
HOOK(xdp, "at_xdp", attach_nowhere, fire_test_run, .default_ret = XDP_PASS);
HOOK(tc, "at_tc", attach_nowhere, fire_test_run, .default_ret = TC_ACT_UNSPEC);
HOOK(cgroup, "at_cgroup_skb", attach_nowhere, fire_test_run, .default_ret = 1);
