// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures what programs cost besides their runs: to load them, to have a
 * thousand of them, their memory, and a fault. Usage: costs [FOLDER OF eBPF OBJECTS]
 *
 * It prints a line of JSON for each number: "cost" names it, "unit" is bytes, instructions,
 * ns or rounds; "ebpf" is eBPF's, where eBPF has such a thing. Instructions are nanoseconds of
 * a VM with one CPU whose clock counts them, without the time in which the CPU was idle. A
 * number in ns has that time in it: a load or its end waits.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "bench.h"

#define MANY 1000
#define ROUNDS_OF_LOADS 200
#define TRACING "/sys/kernel/tracing/"

#define OBJECT "bench_costs.rex.o"
#define PROGRAM "panics_if_told"
#define EVENT "task_rename"

/* ---- clocks ---- */

struct clocks {
	double now, idle; /* ns */
};

/* The kernel reports the time that the CPU was idle in units of 10 ms. */
static struct clocks read_clocks(void)
{
	struct clocks clocks;
	struct timespec t;
	double idle, iowait;
	FILE *f = fopen("/proc/stat", "re");

	if (!f || fscanf(f, "cpu %*f %*f %*f %lf %lf", &idle, &iowait) != 2)
		die("/proc/stat");
	fclose(f);
	clock_gettime(CLOCK_MONOTONIC, &t);
	clocks.now = t.tv_sec * 1e9 + t.tv_nsec;
	clocks.idle = (idle + iowait) * 1e9 / sysconf(_SC_CLK_TCK);
	return clocks;
}

static double elapsed(const struct clocks *since)
{
	return read_clocks().now - since->now;
}

static double busy(const struct clocks *since)
{
	struct clocks now = read_clocks();

	return now.now - since->now - (now.idle - since->idle);
}

/* Waits until the kernel does not work any more after its boot: most of a second is idle. */
static void await_quiet(void)
{
	struct clocks begin;
	int seconds = 0;

	do {
		begin = read_clocks();
		sleep(1);
	} while (busy(&begin) > 0.05 * elapsed(&begin) && ++seconds < 60);
}

/* ---- loads ---- */

static int load_empty(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "empty", "GPL",
			       insns, sizeof(insns) / sizeof(insns[0]), NULL);

	if (fd < 0)
		die("an empty eBPF program");
	return fd;
}

static int attach_fd(int fd)
{
	int link = bpf_raw_tracepoint_open(EVENT, fd);

	if (link < 0)
		die(EVENT);
	return link;
}

static void round_of_ebpf(bool attach)
{
	int fd = load_empty();

	if (attach)
		close(attach_fd(fd));
	close(fd);
}

static void round_of_rex(bool attach)
{
	struct rex_obj *obj = load_rex(OBJECT);

	if (attach)
		close(attach_fd(rex_prog_fd(obj, PROGRAM)));
	rex_obj_close(obj);
}

struct per_round {
	double busy, elapsed;
};

static struct per_round measure_rounds(void (*round)(bool attach), bool attach)
{
	struct clocks begin;
	struct per_round result;

	round(attach);
	begin = read_clocks();
	for (int i = 0; i < ROUNDS_OF_LOADS; i++)
		round(attach);
	result.elapsed = elapsed(&begin) / ROUNDS_OF_LOADS;
	/* What the kernel frees after a while is the rounds' cost, too. */
	sleep(1);
	result.busy = busy(&begin) / ROUNDS_OF_LOADS;
	return result;
}

static double per_minute(const struct per_round *round)
{
	return 60e9 / round->elapsed;
}

static void measure_loads(void)
{
	struct per_round ebpf = measure_rounds(round_of_ebpf, false);
	struct per_round rex = measure_rounds(round_of_rex, false);

	print_cost("load and unload, work", "instructions", rex.busy,
		   ebpf.busy);
	print_cost("load and unload, with waiting", "ns", rex.elapsed,
		   ebpf.elapsed);
	print_cost("load and unload, a minute", "rounds", per_minute(&rex),
		   per_minute(&ebpf));
	ebpf = measure_rounds(round_of_ebpf, true);
	rex = measure_rounds(round_of_rex, true);
	print_cost("load, attach, detach and unload, work", "instructions",
		   rex.busy, ebpf.busy);
	print_cost("load, attach, detach and unload, with waiting", "ns",
		   rex.elapsed, ebpf.elapsed);
	print_cost("load, attach, detach and unload, a minute", "rounds",
		   per_minute(&rex), per_minute(&ebpf));
}

/* ---- interrupts ---- */

#define SAMPLE_NS 10000
#define SAMPLE_PAGES 1024
#define ROUNDS_SAMPLED 20
#define TRIES 8

struct sample {
	struct perf_event_header header;
	__u64 time;
};

/*
 * Has the kernel take each sample: it takes fewer if they need much of the time. The rate can
 * be set only while there is a limit of the time, so this works once.
 */
static void allow_samples(void)
{
	static const char *const files[][2] = {
		{ "/proc/sys/kernel/perf_event_max_sample_rate", "1000000" },
		{ "/proc/sys/kernel/perf_cpu_time_max_percent", "0" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd = open(files[i][0], O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, files[i][1], strlen(files[i][1])) < 0)
			die(files[i][0]);
		close(fd);
	}
}

static int open_samples(struct perf_event_mmap_page **page)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = SAMPLE_NS,
		.sample_type = PERF_SAMPLE_TIME,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	int fd;

	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		die("perf_event_open");
	*page = mmap(NULL, (1 + SAMPLE_PAGES) * sysconf(_SC_PAGESIZE),
		     PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*page == MAP_FAILED)
		die("mmap");
	return fd;
}

/* Returns how much longer than SAMPLE_NS the longest time between two samples is. */
static double longest_pause(const struct perf_event_mmap_page *page)
{
	const char *data = (const char *)page + page->data_offset;
	__u64 at, before = 0, longest = 0;
	struct sample sample;

	if (page->data_head > page->data_size) {
		fprintf(stderr, "costs: too many samples\n");
		exit(1);
	}
	for (at = 0; at < page->data_head; at += sample.header.size) {
		memcpy(&sample, data + at, sizeof(sample));
		if (sample.header.type != PERF_RECORD_SAMPLE)
			continue;
		if (before && sample.time - before > longest)
			longest = sample.time - before;
		before = sample.time;
	}
	return (double)longest - SAMPLE_NS;
}

/*
 * Returns the longest time for which a timer, which samples the CPU, was late. Meanwhile
 * interrupts were off. The round is the only work of the machine.
 */
static double measure_irqs_off(void (*round)(bool attach))
{
	struct perf_event_mmap_page *page;
	int fd = open_samples(&page);
	double ns;

	for (int i = 0; i < ROUNDS_SAMPLED; i++)
		round(true);
	usleep(100000);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	ns = longest_pause(page);
	munmap(page, (1 + SAMPLE_PAGES) * sysconf(_SC_PAGESIZE));
	close(fd);
	return ns;
}

/*
 * Returns the shortest of the longest times. While the VM idles, its clock is that of the host,
 * which may be late itself.
 */
static double measure_irqs_off_again(void (*round)(bool attach))
{
	double least = measure_irqs_off(round), ns;

	for (int i = 1; i < TRIES; i++) {
		ns = measure_irqs_off(round);
		if (ns < least)
			least = ns;
	}
	return least;
}

static void measure_interrupts(void)
{
	double ebpf;

	allow_samples();
	ebpf = measure_irqs_off_again(round_of_ebpf);
	print_cost("interrupts off in a round, at most", "instructions",
		   measure_irqs_off_again(round_of_rex), ebpf);
}

/* ---- a program of 10,000 lines ---- */

static double thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static unsigned int run_lines(int fd)
{
	unsigned char packet[1024], out[1024];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .data_out = out,
		    .data_size_out = sizeof(out));
	unsigned int result;

	for (size_t i = 0; i < sizeof(packet); i++)
		packet[i] = i * 7 ^ i >> 3;
	if (bpf_prog_test_run_opts(fd, &opts) || opts.retval != XDP_PASS)
		die("a run of the program of 10,000 lines");
	memcpy(&result, out, sizeof(result));
	return result;
}

#define LOADS_OF_LINES 20

/*
 * Returns the time to load the program, or NOT_IN_EBPF if the verifier refuses it; RESULT
 * receives that of a run.
 */
static double load_lines_ebpf(const char *folder, unsigned int *result)
{
	struct bpf_object *object;
	char path[PATH_MAX];
	double begin, ns = NOT_IN_EBPF;

	snprintf(path, sizeof(path), "%s/lines.bpf.o", folder);
	object = bpf_object__open_file(path, NULL);
	if (!object)
		die(path);
	begin = thread_ns();
	if (!bpf_object__load(object)) {
		ns = thread_ns() - begin;
		*result = run_lines(bpf_program__fd(
			bpf_object__find_program_by_name(object, "lines")));
	}
	bpf_object__close(object);
	return ns;
}

/* The same for Rex. */
static double load_lines_rex(unsigned int *result)
{
	struct rex_obj *obj = open_rex("bench_lines.rex.o", NULL);
	double begin = thread_ns(), ns;

	if (rex_obj_load_opened(obj))
		die_rex();
	ns = thread_ns() - begin;
	*result = run_lines(rex_prog_fd(obj, "lines"));
	rex_obj_close(obj);
	return ns;
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *numbers, size_t nr)
{
	qsort(numbers, nr, sizeof(*numbers), compare_numbers);
	return (numbers[(nr - 1) / 2] + numbers[nr / 2]) / 2;
}

/* A load takes at most this part of the verifier's instructions. */
#define LINES_RATIO 100

/*
 * The median of many loads. The time of an interrupt is not the thread's, but the kernel is not
 * exact about it: a load with an interrupt may seem to take 5 percent less or more. Returns
 * whether the aim is reached, or the clock counts no instructions.
 */
static bool measure_lines(const char *folder)
{
	double ns[2][LOADS_OF_LINES], ebpf, rex;

	for (int i = 0; i < LOADS_OF_LINES; i++) {
		unsigned int results[2];

		ns[0][i] = load_lines_ebpf(folder, &results[0]);
		ns[1][i] = load_lines_rex(&results[1]);
		if (ns[0][i] >= 0 && results[0] != results[1]) {
			fprintf(stderr,
				"costs: the programs of 10,000 lines compute %#x and %#x\n",
				results[0], results[1]);
			exit(1);
		}
	}
	ebpf = median(ns[0], LOADS_OF_LINES);
	rex = median(ns[1], LOADS_OF_LINES);
	print_cost("load of 10,000 lines", "instructions", rex, ebpf);
	if (!has_limits() || ebpf < 0 || rex * LINES_RATIO <= ebpf)
		return true;
	fprintf(stderr,
		"costs: the load of 10,000 lines takes 1/%.1f of the verifier's instructions, not 1/%d\n",
		ebpf / rex, LINES_RATIO);
	return false;
}

/* ---- a fault ---- */

static double run_once(int fd, __u64 arg)
{
	__u64 args[12] = { arg };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = sizeof(args));
	struct bpf_prog_info before = {}, after = {};
	__u32 len = sizeof(before);

	if (bpf_obj_get_info_by_fd(fd, &before, &len) ||
	    bpf_prog_test_run_opts(fd, &opts) ||
	    bpf_obj_get_info_by_fd(fd, &after, &len))
		die("BPF_PROG_TEST_RUN");
	if (after.run_cnt != before.run_cnt + 1) {
		fprintf(stderr, "costs: not one run\n");
		exit(1);
	}
	return after.run_time_ns - before.run_time_ns;
}

/* The difference of a run that panics and of one that does not, in the best of a few. */
static void measure_fault(void)
{
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	double best = 0;

	if (stats < 0)
		die("BPF_ENABLE_STATS");
	for (int i = 0; i < 10; i++) {
		struct rex_obj *obj = load_rex(OBJECT);
		int fd = rex_prog_fd(obj, PROGRAM);
		double ns = -run_once(fd, 0);
		struct rex_prog_info info = { .size = sizeof(info) };

		ns += run_once(fd, 99);
		if (rex_prog_info(fd, &info) || info.faults != 1) {
			fprintf(stderr, "costs: the program did not panic\n");
			exit(1);
		}
		if (!i || ns < best)
			best = ns;
		rex_obj_close(obj);
	}
	close(stats);
	print_cost("a panic, to the end of the run", "instructions", best,
		   NOT_IN_EBPF);
}

/* ---- tracing ---- */

static void write_tracing(const char *name, const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", name);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static unsigned long long symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long addr;
	char found[512], line[1024];

	if (!f)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %511s", &addr, found) == 2 &&
		    !strcmp(found, name)) {
			fclose(f);
			return addr;
		}
	fprintf(stderr, "costs: no symbol %s\n", name);
	exit(1);
}

/* The counter of the CPU is a time of the trace in full. In such a VM it counts instructions. */
static void begin_trace(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		die(TRACING "trace");
	close(fd);
	write_tracing("trace_clock", "x86-tsc");
}

/* Returns the time of a line of the trace that has EVENT, or 0. */
static unsigned long long time_of(const char *line, const char *event)
{
	const char *at = strstr(line, event);
	unsigned long long time;

	if (!at || at - line < 3)
		return 0;
	for (at -= 3; at > line && *at != ' '; at--)
		;
	return sscanf(at, " %llu", &time) == 1 ? time : 0;
}

/*
 * Returns the shortest tick of the watchdog. The number has the cost of the two events of the
 * trace in it, some hundred instructions.
 */
static double measure_tick(void)
{
	FILE *f;
	char line[1024], name[64];
	unsigned long long begin = 0, best = 0;

	begin_trace();
	write_tracing("events/timer/hrtimer_expire_entry/enable", "1");
	write_tracing("events/timer/hrtimer_expire_exit/enable", "1");
	sleep(4);
	write_tracing("events/timer/hrtimer_expire_entry/enable", "0");
	write_tracing("events/timer/hrtimer_expire_exit/enable", "0");
	f = fopen(TRACING "trace", "re");
	if (!f)
		die(TRACING "trace");
	snprintf(name, sizeof(name), "function=rex_watchdog_tick");
	while (fgets(line, sizeof(line), f)) {
		unsigned long long time;

		if (strstr(line, name)) {
			begin = time_of(line, "hrtimer_expire_entry:");
			continue;
		}
		time = time_of(line, "hrtimer_expire_exit:");
		if (begin && time && (!best || time - begin < best))
			best = time - begin;
		if (time)
			begin = 0;
	}
	fclose(f);
	if (!best) {
		fprintf(stderr,
			"costs: the trace has no tick of the watchdog\n");
		exit(1);
	}
	return best;
}

/* ---- mutexes ---- */

static const char *const mutexes[] = { "rex_bind_mutex", "image_search_lock" };
#define NR_MUTEXES (sizeof(mutexes) / sizeof(mutexes[0]))

/* The events, and the functions of the kernel whose argument is the mutex. */
static const struct {
	const char *event;
	const char *function;
} mutex_events[] = {
	{ "takes", "mutex_lock" },
	{ "takes_killable", "mutex_lock_killable" },
	{ "gives", "mutex_unlock" },
};
#define NR_MUTEX_EVENTS (sizeof(mutex_events) / sizeof(mutex_events[0]))

static void make_mutex_events(const char *filter)
{
	char text[128];

	for (size_t i = 0; i < NR_MUTEX_EVENTS; i++) {
		snprintf(text, sizeof(text), "p:bench/%s %s lock=%%di:x64",
			 mutex_events[i].event, mutex_events[i].function);
		write_tracing("kprobe_events", text);
		snprintf(text, sizeof(text), "events/bench/%s/filter",
			 mutex_events[i].event);
		write_tracing(text, filter);
	}
}

static void remove_mutex_events(void)
{
	char text[128];

	for (size_t i = 0; i < NR_MUTEX_EVENTS; i++) {
		snprintf(text, sizeof(text), "-:bench/%s",
			 mutex_events[i].event);
		write_tracing("kprobe_events", text);
	}
}

/*
 * Print the longest time that each mutex of rex.ko is held while programs are loaded, bound
 * and unloaded. It has the cost of a probe in it.
 */
static void measure_mutexes(const char *when)
{
	unsigned long long addr[NR_MUTEXES], begin[NR_MUTEXES] = {};
	unsigned long long longest[NR_MUTEXES] = {};
	char filter[256] = "", line[1024], word[64], name[128];
	FILE *f;

	for (size_t i = 0; i < NR_MUTEXES; i++) {
		addr[i] = symbol(mutexes[i]);
		snprintf(filter + strlen(filter),
			 sizeof(filter) - strlen(filter), "%slock==0x%llx",
			 i ? "||" : "", addr[i]);
	}
	begin_trace();
	make_mutex_events(filter);
	write_tracing("events/bench/enable", "1");
	for (int i = 0; i < 10; i++) {
		round_of_rex(true);
		/* The worker that ends bindings has the CPU for itself. */
		usleep(200000);
	}
	write_tracing("events/bench/enable", "0");
	f = fopen(TRACING "trace", "re");
	if (!f)
		die(TRACING "trace");
	while (fgets(line, sizeof(line), f))
		for (size_t i = 0; i < NR_MUTEXES; i++) {
			unsigned long long time;

			snprintf(word, sizeof(word), "lock=0x%llx", addr[i]);
			if (!strstr(line, word))
				continue;
			time = time_of(line, "takes:") ?:
				       time_of(line, "takes_killable:");
			if (time)
				begin[i] = time;
			time = time_of(line, "gives:");
			if (!time)
				continue;
			if (begin[i] && time - begin[i] > longest[i])
				longest[i] = time - begin[i];
			begin[i] = 0;
		}
	fclose(f);
	remove_mutex_events();
	for (size_t i = 0; i < NR_MUTEXES; i++) {
		if (!longest[i])
			continue;
		snprintf(name, sizeof(name), "%s held, %s", mutexes[i], when);
		print_cost(name, "ns", longest[i], NOT_IN_EBPF);
	}
}

/* ---- memory, and many programs ---- */

static double free_bytes(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[256];
	double kb = -1;

	if (!f)
		die("/proc/meminfo");
	while (kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "MemFree: %lf kB", &kb);
	fclose(f);
	return kb * 1024;
}

struct many {
	double work, memory, attach;
};

/* Load MANY programs, with what they cost each. */
static void load_many(int (*load)(int i), int *fds, struct many *many)
{
	double before = free_bytes();
	struct clocks begin = read_clocks();

	for (int i = 0; i < MANY; i++)
		fds[i] = load(i);
	many->work = busy(&begin) / MANY;
	many->memory = (before - free_bytes()) / MANY;
}

static void attach_many(const int *fds, int *links, struct many *many)
{
	struct clocks begin = read_clocks();

	for (int i = 0; i < MANY; i++)
		links[i] = attach_fd(fds[i]);
	many->attach = busy(&begin) / MANY;
}

static void close_many(const int *fds)
{
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}

static struct rex_obj *objects[MANY];

static int load_rex_of_many(int i)
{
	objects[i] = load_rex(OBJECT);
	return rex_prog_fd(objects[i], PROGRAM);
}

static int load_ebpf_of_many(int i)
{
	(void)i;
	return load_empty();
}

static void measure_many(void)
{
	const struct rlimit files = { 16 * MANY, 16 * MANY };
	static int fds[MANY], links[MANY];
	struct many ebpf, rex;
	double close_work, tick;
	struct clocks begin;

	if (setrlimit(RLIMIT_NOFILE, &files))
		die("RLIMIT_NOFILE");
	load_many(load_ebpf_of_many, fds, &ebpf);
	attach_many(fds, links, &ebpf);
	close_many(links);
	close_many(fds);
	sleep(2);
	load_many(load_rex_of_many, fds, &rex);
	attach_many(fds, links, &rex);
	tick = measure_tick();
	measure_mutexes("with 1000 programs");
	begin = read_clocks();
	close_many(links);
	for (int i = 0; i < MANY; i++)
		rex_obj_close(objects[i]);
	sleep(2);
	close_work = busy(&begin) / MANY;
	print_cost("1000 programs: load, each", "instructions", rex.work,
		   ebpf.work);
	print_cost("1000 programs: attach, each", "instructions", rex.attach,
		   ebpf.attach);
	print_cost("1000 programs: unload, each", "instructions", close_work,
		   NOT_IN_EBPF);
	print_cost("1000 programs: memory, each", "bytes", rex.memory,
		   ebpf.memory);
	print_cost("a tick of the watchdog, 1000 programs", "instructions",
		   tick, NOT_IN_EBPF);
}

static void measure_one(void)
{
	struct rex_image_info info = { .size = sizeof(info) };
	struct rex_obj *obj = load_rex(OBJECT);

	if (rex_obj_image_info(obj, &info))
		die_rex();
	print_cost("an image of one small program", "bytes", info.memory,
		   NOT_IN_EBPF);
	print_cost("a tick of the watchdog, 1 program", "instructions",
		   measure_tick(), NOT_IN_EBPF);
	measure_mutexes("with 1 program");
	rex_obj_close(obj);
}

int main(int argc, char **argv)
{
	bool passed;

	await_quiet();
	/* The first load of instructions asks the kernel's decoder more: bench/check.c. */
	rex_obj_close(load_rex("bench_lines.rex.o"));
	rex_obj_close(load_rex(OBJECT));
	passed = measure_lines(argc > 1 ? argv[1] : "/rex/bench/bpf");
	measure_loads();
	measure_interrupts();
	measure_fault();
	measure_one();
	measure_many();
	return !passed;
}
