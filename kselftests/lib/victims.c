// SPDX-License-Identifier: GPL-2.0
/*
 * Victims: processes that make the events of hooks.
 */
#include "hostile.h"

/* The program of a victim that makes its event by BPF_PROG_TEST_RUN. */
static struct {
	int prog;
	int ret;
} test_runs[4];
static int nr_test_runs;

/* Acts that have begun: a victim whose events are interrupts waits for them. */
static struct {
	int notes;
	__u64 more_than;
} awaited[2];
static int nr_awaited;

void forget_test_runs(void)
{
	nr_test_runs = 0;
}

void forget_awaited(void)
{
	nr_awaited = 0;
}

void live_on(void)
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

struct victim start_victim(const struct hook *hook)
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

void let_go(struct victim *v)
{
	close(v->go);
	reap(v->pid);
}

void fire_dup(void)
{
	if (syscall(SYS_dup, EVENT_FD) != -1 || errno != EBADF)
		_exit(20);
}

void fire_test_run(void)
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

void add_test_run(struct rex_obj *obj, const struct hook *hook, int ret)
{
	test_runs[nr_test_runs].prog =
		bpf_program__fd(program(obj, hook->program));
	test_runs[nr_test_runs++].ret = ret;
}

void await_act(struct rex_obj *obj)
{
	awaited[nr_awaited].notes = map_fd(obj, "notes");
	awaited[nr_awaited++].more_than = map_get(obj, "notes", BEGUN);
}

bool all_have_begun(void)
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

void be_busy(void)
{
	for (volatile int i = 0; i < 100000; i++)
		;
}

static void be_away(void)
{
	ksft_pause_ms(1);
}

/*
 * Makes events until all programs have seen some: the first ones may come
 * before the test is ready.
 */
static void fire_by(void (*pass_time)(void))
{
	long end = ksft_ms() + VICTIM_SECONDS * 1000;

	while (!all_have_begun() && ksft_ms() < end)
		pass_time();
	if (!all_have_begun())
		_exit(22);
}

void fire_by_waiting(void)
{
	fire_by(be_busy);
}

void fire_by_sleeping(void)
{
	fire_by(be_away);
}

void fire_on_clocks(void)
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
