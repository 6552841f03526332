// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures a run of a program that does nothing, for each type of program:
 * in Rex (programs/bench_types) and in eBPF. It prints a line of JSON for each type; "ebpf"
 * and "rex" are nanoseconds a run, which are instructions if the clock counts them.
 *
 * The kernel itself measures the runs (BPF_ENABLE_STATS): it reads its clock before and after
 * the program, at each hook. So a part of the clock's own cost is in both numbers.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <bpf/btf.h>

#include "bench.h"

/* A round is over before the next interrupt, most often. */
#define TYPE_ROUNDS 50
#define RUNS 100
/* A run may take so many instructions more than eBPF's. */
#define TYPE_LIMIT 20

/**
 * struct type - a type of program, and how it is made to run
 * @name:	of the program in bench_types
 * @type:	of the eBPF program
 * @attach_type:	of the eBPF program
 * @flags:	of the eBPF program
 * @ret:	the value that both programs return
 * @function:	of the kernel, which the eBPF program is loaded for; or NULL
 * @attach:	returns a descriptor that keeps the program attached; NULL for a program that
 *		BPF_PROG_TEST_RUN runs
 * @fire:	makes about RUNS runs
 */
struct type {
	const char *name;
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type;
	__u32 flags;
	int ret;
	const char *function;
	int (*attach)(int fd);
	void (*fire)(int fd);
};

/* ---- how programs are attached ---- */

/* As the program says: the kernel knows the function. */
static int attach_declared(int fd)
{
	return bpf_raw_tracepoint_open(NULL, fd);
}

static int attach_raw_tracepoint(int fd)
{
	return bpf_raw_tracepoint_open("sys_enter", fd);
}

static long read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long number;

	if (!f || fscanf(f, "%ld", &number) != 1)
		die(path);
	fclose(f);
	return number;
}

/* The event is enabled with the program, and gone with its last descriptor. */
static int attach_event(int fd, struct perf_event_attr *attr)
{
	int event;

	attr->size = sizeof(*attr);
	event = syscall(SYS_perf_event_open, attr, 0, -1, -1,
			PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		die("perf_event_open");
	if (ioctl(event, PERF_EVENT_IOC_SET_BPF, fd) ||
	    ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		die("PERF_EVENT_IOC_SET_BPF");
	return event;
}

static int attach_tracepoint(int fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.config = read_number(
			"/sys/kernel/tracing/events/syscalls/sys_enter_dup/id"),
		.sample_period = 1,
	};

	return attach_event(fd, &attr);
}

static int attach_probe(int fd, __u64 config)
{
	struct perf_event_attr attr = {
		.type = read_number(
			"/sys/bus/event_source/devices/kprobe/type"),
		.config = config,
		.config1 = (__u64)(unsigned long)"__x64_sys_getppid",
	};

	return attach_event(fd, &attr);
}

static int attach_kprobe(int fd)
{
	return attach_probe(fd, 0);
}

static int attach_kretprobe(int fd)
{
	return attach_probe(fd, 1);
}

static int attach_faults(int fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = 1,
	};

	return attach_event(fd, &attr);
}

static int attach_cgroup(int fd)
{
	int cgroup = open("/sys/fs/cgroup", O_RDONLY | O_CLOEXEC);
	int link = bpf_link_create(fd, cgroup, BPF_CGROUP_DEVICE, NULL);

	close(cgroup);
	return link;
}

static int attach_iterator(int fd)
{
	return bpf_link_create(fd, 0, BPF_TRACE_ITER, NULL);
}

/* ---- how programs are made to run ---- */

static void fire_packets(int fd)
{
	char packet[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = RUNS);

	if (bpf_prog_test_run_opts(fd, &opts))
		die("BPF_PROG_TEST_RUN");
}

static void fire_requests(int fd)
{
	__u64 args[12] = {};

	for (int i = 0; i < RUNS; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
			    .ctx_size_in = sizeof(args));

		if (bpf_prog_test_run_opts(fd, &opts))
			die("BPF_PROG_TEST_RUN");
	}
}

/* Has the kernel call its bpf_fentry_test1(). */
static void fire_tests(int fd)
{
	for (int i = 0; i < RUNS; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);

		if (bpf_prog_test_run_opts(fd, &opts))
			die("BPF_PROG_TEST_RUN");
	}
}

static void fire_getppid(int fd)
{
	(void)fd;
	for (int i = 0; i < RUNS; i++)
		syscall(SYS_getppid);
}

static void fire_dup(int fd)
{
	(void)fd;
	for (int i = 0; i < RUNS; i++)
		dup(-1);
}

static void fire_nice(int fd)
{
	(void)fd;
	for (int i = 0; i < RUNS; i++)
		setpriority(PRIO_PROCESS, 0, 0);
}

static void fire_open(int fd)
{
	(void)fd;
	for (int i = 0; i < RUNS; i++)
		close(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static void fire_faults(int fd)
{
	const size_t page = 4096;
	char *pages = mmap(NULL, RUNS * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)fd;
	if (pages == MAP_FAILED)
		die("mmap");
	madvise(pages, RUNS * page, MADV_NOHUGEPAGE);
	for (int i = 0; i < RUNS; i++)
		pages[i * page] = 1;
	munmap(pages, RUNS * page);
}

/* Reads the iterator of the attached program once: a run for each task. */
static void fire_iterator(int fd)
{
	int link = attach_iterator(fd), file;
	char byte;

	file = bpf_iter_create(link);
	if (file < 0 || read(file, &byte, sizeof(byte)) != 0)
		die("the iterator");
	close(file);
	close(link);
}

/* ---- the types ---- */

#define TRACING(_name, _attach_type, _function, _fire)                         \
	{                                                                      \
		"on_" #_name, BPF_PROG_TYPE_TRACING, BPF_##_attach_type, 0, 0, \
			_function, attach_declared, _fire                      \
	}

static const struct type types[] = {
	{ "on_xdp", BPF_PROG_TYPE_XDP, 0, 0, XDP_PASS, NULL, NULL,
	  fire_packets },
	{ "on_tc", BPF_PROG_TYPE_SCHED_CLS, 0, 0, 0, NULL, NULL, fire_packets },
	{ "on_cgroup_skb", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, 0,
	  1, NULL, NULL, fire_packets },
	{ "on_cgroup_device", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, 0,
	  1, NULL, attach_cgroup, fire_open },
	{ "on_request", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, 0, NULL, NULL,
	  fire_requests },
	{ "on_request_sleepable", BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE, 0,
	  NULL, NULL, fire_requests },
	{ "on_raw_tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, 0, NULL,
	  attach_raw_tracepoint, fire_getppid },
	TRACING(tp_btf, TRACE_RAW_TP, "sys_enter", fire_getppid),
	{ "on_tracepoint", BPF_PROG_TYPE_TRACEPOINT, 0, 0, 0, NULL,
	  attach_tracepoint, fire_dup },
	{ "on_kprobe", BPF_PROG_TYPE_KPROBE, 0, 0, 0, NULL, attach_kprobe,
	  fire_getppid },
	{ "on_kretprobe", BPF_PROG_TYPE_KPROBE, 0, 0, 0, NULL, attach_kretprobe,
	  fire_getppid },
	TRACING(fentry, TRACE_FENTRY, "bpf_fentry_test1", fire_tests),
	TRACING(fexit, TRACE_FEXIT, "bpf_fentry_test1", fire_tests),
	{ "on_lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 0, 0, "task_setnice",
	  attach_declared, fire_nice },
	{ "on_perf_event", BPF_PROG_TYPE_PERF_EVENT, 0, 0, 0, NULL,
	  attach_faults, fire_faults },
	{ "on_iter", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, 0, 0, "task", NULL,
	  fire_iterator },
};

static int load_empty(const struct type *type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = type->ret },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = type->attach_type,
		    .prog_flags = type->flags);
	int fd;

	if (type->function) {
		int id = libbpf_find_vmlinux_btf_id(type->function,
						    type->attach_type);

		if (id < 0)
			die(type->function);
		opts.attach_btf_id = id;
	}
	fd = bpf_prog_load(type->type, "empty", "GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), &opts);
	if (fd < 0)
		die(type->name);
	return fd;
}

static void read_stats(int fd, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, len);
	if (bpf_obj_get_info_by_fd(fd, info, &len))
		die("BPF_OBJ_GET_INFO_BY_FD");
}

/* Returns the average of the best round. */
static double measure_type(const struct type *type, int fd)
{
	int attached = type->attach ? type->attach(fd) : -1;
	double best = 0;

	if (type->attach && attached < 0)
		die(type->name);
	for (int i = 0; i < TYPE_ROUNDS; i++) {
		struct bpf_prog_info before, after;
		__u64 runs;
		double ns;

		read_stats(fd, &before);
		type->fire(fd);
		read_stats(fd, &after);
		runs = after.run_cnt - before.run_cnt;
		if (!runs) {
			fprintf(stderr, "types: %s did not run\n", type->name);
			exit(1);
		}
		ns = (double)(after.run_time_ns - before.run_time_ns) / runs;
		if (!i || ns < best)
			best = ns;
	}
	close(attached);
	return best;
}

int main(void)
{
	struct rex_obj *obj = load_rex("bench_types.rex.o");
	bool good = true;

	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0)
		die("BPF_ENABLE_STATS");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct type *type = &types[i];
		int fd = load_empty(type);
		double ebpf = measure_type(type, fd);
		double rex = measure_type(type, rex_prog_fd(obj, type->name));

		close(fd);
		printf("{\"type\":\"%s\",\"ebpf\":%.0f,\"rex\":%.0f}\n",
		       type->name + strlen("on_"), ebpf, rex);
		fflush(stdout);
		good &= is_within_limit(type->name, rex - ebpf + 0.5,
					TYPE_LIMIT);
	}
	return !good;
}
