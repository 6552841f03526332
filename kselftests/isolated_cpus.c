// SPDX-License-Identifier: GPL-2.0
/*
 * Isolated CPUs rest while they execute no program: the watchdog ticks there once a second.
 * Programs that they execute are stopped as elsewhere, and a CPU that rests saves others.
 * `make test` boots a VM with four CPUs, of which two are isolated, for this.
 */
#include "hostile.h"
#include "rex_trace.h"
#include "names/shares.h"

#define ISOLATED "/sys/devices/system/cpu/isolated"
#define NOHZ_FULL "/sys/devices/system/cpu/nohz_full"
#define MAX_CPUS 64

/* Returns the set of CPUs in a file such as "2-3,5". */
static unsigned long read_cpus(const char *path)
{
	char *text = read_all(path, NULL), *at = text;
	unsigned long set = 0;

	while (*at >= '0' && *at <= '9') {
		unsigned long first = strtoul(at, &at, 10), last = first;

		if (*at == '-')
			last = strtoul(at + 1, &at, 10);
		for (; first <= last; first++)
			set |= 1ul << first;
		if (*at == ',')
			at++;
	}
	free(text);
	return set;
}

static unsigned long online(void)
{
	return read_cpus("/sys/devices/system/cpu/online");
}

static unsigned long isolated(void)
{
	unsigned long set = read_cpus(ISOLATED);

	if (!access(NOHZ_FULL, R_OK))
		set |= read_cpus(NOHZ_FULL);
	return set & online();
}

/* Returns the CPUs that are isolated, after a check that there are two others. */
static unsigned long need_isolated(void)
{
	unsigned long set = isolated();

	if (!set)
		SKIP("no CPU is isolated");
	ASSERT_EQ(__builtin_popcountl(online() & ~set), 2);
	return set;
}

static int first_of(unsigned long set)
{
	return __builtin_ffsl(set) - 1;
}

static int last_of(unsigned long set)
{
	return 63 - __builtin_clzl(set);
}

static struct actor start_idle(void)
{
	return start_actor(&hook_tracepoint, "nothing", "idle", 0, 0);
}

static pid_t fork_on(int cpu)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		alarm(VICTIM_SECONDS);
		pin_to_cpu(cpu);
	}
	return pid;
}

/* ---- ticks ---- */

#define TRACED_MS 3000
/* Of the default timeout, and of a CPU that rests. */
#define TICKS (TRACED_MS * 16 / 1000)
#define TICKS_AT_REST (TRACED_MS / 1000)

static int ticks[MAX_CPUS];

static void count_ticks(void)
{
	char *text, *rest, *line;
	int cpu;

	memset(ticks, 0, sizeof(ticks));
	text = trace_event("timer/hrtimer_expire_entry", TRACED_MS);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		char *at;

		/* comm-pid [cpu] ... function=rex_watchdog_tick [rex] now=... */
		if (!strstr(line, "rex_watchdog_tick"))
			continue;
		at = strstr(line, " [");
		ASSERT(at && sscanf(at, " [%d]", &cpu) == 1 && cpu < MAX_CPUS);
		ticks[cpu]++;
	}
	free(text);
}

TEST(isolated_cpus_tick_once_a_second_while_nothing_runs_there)
{
	unsigned long set = need_isolated();
	struct actor a = start_idle();

	ksft_pause_ms(1500);
	count_ticks();
	end_actor(&a);
	for (int cpu = 0; cpu <= last_of(online()); cpu++) {
		ksft_note("%d ticks of CPU %d", ticks[cpu], cpu);
		if (set >> cpu & 1) {
			EXPECT(ticks[cpu] <= TICKS_AT_REST + 1);
			EXPECT(ticks[cpu] >= TICKS_AT_REST - 1);
		} else {
			EXPECT(ticks[cpu] > TICKS / 2);
		}
	}
}

/* Makes runs of 2 ms on CPU, which take half of its time. */
static pid_t be_busy_on(int cpu)
{
	pid_t pid = fork_on(cpu);

	if (pid)
		return pid;
	for (;;) {
		fire(TAKE);
		usleep(2000);
	}
}

static struct rex_obj *load_taker(void)
{
	struct rex_obj *obj = open_program("shares", "at_dup", NULL);

	load_opened(obj);
	map_set(obj, "control", RUN_NS, 2000000);
	attach(obj, "at_dup");
	return obj;
}

TEST(isolated_cpu_ticks_while_programs_run_there)
{
	unsigned long set = need_isolated();
	struct rex_obj *obj = load_taker();
	pid_t busy = be_busy_on(first_of(set));

	ksft_pause_ms(2000);
	count_ticks();
	kill(busy, SIGKILL);
	waitpid(busy, NULL, 0);
	ksft_note("%d ticks of CPU %d, %d of CPU %d", ticks[first_of(set)],
		  first_of(set), ticks[last_of(set)], last_of(set));
	EXPECT(ticks[first_of(set)] > TICKS / 2);
	EXPECT(ticks[last_of(set)] <= TICKS_AT_REST + 1);
	EXPECT_EQ(prog_info(obj, "at_dup").faults, 0);
	rex_obj_close(obj);
}

/* ---- loops ---- */

/* Performs a loop on CPU, which begins when that has rested for long. */
static void end_loop_on(int cpu, const struct hook *hook, const char *act)
{
	struct actor a = start_actor(hook, act, act, 0, ACT_TIMEOUT_MS);
	long start;
	pid_t pid;

	ksft_pause_ms(700);
	start = ksft_ms();
	pid = fork_on(cpu);
	if (pid == 0) {
		fire_dup();
		_exit(0);
	}
	reap(pid);
	ksft_note("%s on CPU %d was over after %ld ms", act, cpu,
		  ksft_ms() - start);
	EXPECT(ksft_ms() - start < END_MS(ACT_TIMEOUT_MS));
	expect_actor_fault(&a, REX_FAULT_TIMEOUT);
	end_actor(&a);
}

TEST(loops_on_isolated_cpus_are_ended)
{
	unsigned long set = need_isolated();

	end_loop_on(first_of(set), &hook_tracepoint, "loop_of_nothing");
	end_loop_on(last_of(set), &hook_kprobe_int3, "loop_of_nothing");
	end_loop_on(first_of(set), &hook_kprobe_int3, "loop_in_helpers");
}

/*
 * Loops with interrupts off on CPUs, all at once. Only the others can end them, and these rest.
 */
static void end_loops_with_interrupts_off_on(unsigned long cpus)
{
	struct actor a = start_actor(&hook_kprobe_int3, "loop_of_nothing", "a",
				     0, ACT_TIMEOUT_MS);
	int nr = __builtin_popcountl(cpus), go[2];
	pid_t pids[MAX_CPUS];
	long start;
	char byte;

	ksft_pause_ms(1200);
	ASSERT(!pipe2(go, O_CLOEXEC));
	for (int cpu = 0; cpu <= last_of(cpus); cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		pids[cpu] = fork_on(cpu);
		if (pids[cpu] == 0) {
			close(go[1]);
			if (read(go[0], &byte, 1))
				_exit(1);
			fire_dup();
			_exit(0);
		}
	}
	ksft_pause_ms(300);
	start = ksft_ms();
	close(go[0]);
	close(go[1]);
	for (int cpu = 0; cpu <= last_of(cpus); cpu++)
		if (cpus >> cpu & 1)
			reap(pids[cpu]);
	ksft_note("loops on the CPUs 0x%lx were over after %ld ms", cpus,
		  ksft_ms() - start);
	EXPECT(ksft_ms() - start < 1000 + END_MS(ACT_TIMEOUT_MS));
	EXPECT_EQ(actor_info(&a).faults, nr);
	EXPECT_EQ(last_fault(a.obj, "at_kprobe").cause, REX_FAULT_TIMEOUT);
	end_actor(&a);
}

TEST(isolated_cpus_that_rest_end_loops_on_all_others)
{
	unsigned long set = need_isolated();

	end_loops_with_interrupts_off_on(online() & ~set);
	/* A single one of them is enough. */
	end_loops_with_interrupts_off_on(online() & ~(1ul << last_of(set)));
}

TEST(one_cpu_that_is_not_isolated_is_enough)
{
	unsigned long set = need_isolated();
	int other = last_of(online() & ~set);

	switch_cpu(other, false);
	end_loop_on(first_of(set), &hook_tracepoint, "loop_of_nothing");
	end_loop_on(last_of(set), &hook_kprobe_int3, "loop_of_nothing");
	end_loops_with_interrupts_off_on(online() & ~set);
	end_loops_with_interrupts_off_on(set);
	switch_cpu(other, true);
}

/* ---- shares ---- */

TEST(program_that_takes_an_isolated_cpu_is_stopped)
{
	int cpu = first_of(need_isolated());
	struct rex_fault_info fault = { .size = sizeof(fault) };
	struct rex_obj *obj = load_taker();
	pid_t pid;

	announce_dmesg("stopped by a CPU share limit");
	/* The kernel's own work takes a large part of an emulated CPU. */
	set_module_parameter("max_cpu_share", 60);
	ksft_pause_ms(1500);
	pid = fork_on(cpu);
	while (pid == 0)
		fire(TAKE);
	ASSERT(WAIT_FOR(!is_live(obj, "at_dup"), VICTIM_SECONDS));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ASSERT(!rex_obj_fault_info(obj, "at_dup", 0, &fault));
	ksft_note("%s", fault.message);
	EXPECT_EQ(fault.cause, REX_FAULT_CPU_SHARE);
	EXPECT_EQ(fault.cpu, cpu);
	rex_obj_close(obj);
}
