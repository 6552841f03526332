// SPDX-License-Identifier: GPL-2.0
/*
 * The same program faults on several CPUs at once.
 */
#include "hostile.h"
#include "rex_nmi.h"

#define LATE_NMI "late_nmi"

/* The limit of loops that NMIs of the machine end, and the time between these. */
#define LIMIT_MS 3000
#define NMI_MS 4000
#define BACKTRACES 10 /* more than these, even if that takes longer */

/*
 * Starts a process that makes one event on CPU as soon as the pipe is closed.
 */
static pid_t victim_on(int cpu, const int *go, void (*fire)(void))
{
	pid_t pid = fork();
	char byte;

	ASSERT(pid >= 0);
	if (pid == 0) {
		alarm(VICTIM_SECONDS);
		close(go[1]);
		pin_to_cpu(cpu);
		if (read(go[0], &byte, 1) != 0)
			_exit(10);
		fire();
		live_on();
		_exit(0);
	}
	return pid;
}

/* Starts one on each of the first N CPUs. They make their events when the result is closed. */
static int start_victims(pid_t *victims, int n, void (*fire)(void))
{
	int go[2];

	ASSERT(!pipe2(go, O_CLOEXEC));
	for (int i = 0; i < n; i++)
		victims[i] = victim_on(i, go, fire);
	close(go[0]);
	return go[1];
}

/* Performs ACT on the first N CPUs at the same time; each is one fault. */
static void on_cpus(int n, const struct hook *hook, const char *act, int cause)
{
	struct actor a =
		start_actor(hook, act, act, 0, ACT_TIMEOUT_MS * ksft_slower());
	struct actor bystander =
		start_actor(&hook_tracepoint, "nothing", "bystander", 0, 0);
	struct rex_prog_info info;
	pid_t victims[MOST_CPUS];
	long start;
	int go;

	be_strict(true);
	go = start_victims(victims, n, fire_dup);
	start = ksft_ms();
	close(go);
	for (int i = 0; i < n; i++)
		reap(victims[i]);
	ksft_note("%s on %d CPUs was over after %ld ms", act, n,
		  ksft_ms() - start);
	be_strict(false);
	info = actor_info(&a);
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(info.runs + info.skipped, n);
	EXPECT_EQ(info.faults, info.runs);
	EXPECT(info.faults > 0);
	EXPECT_EQ(last_fault(a.obj, hook->program).cause, cause);
	/* Loops last until all of them have begun. */
	if (cause == REX_FAULT_TIMEOUT)
		EXPECT_EQ(info.faults, n);
	EXPECT_EQ(map_get(bystander.obj, "notes", DONE), n);
	end_actor(&bystander);
	end_actor(&a);
}

TEST(loops_on_all_cpus_at_once_are_ended)
{
	on_cpus(nr_cpus(), &hook_tracepoint, "loop_of_nothing",
		REX_FAULT_TIMEOUT);
}

TEST(loops_in_helpers_on_all_cpus_at_once_are_ended)
{
	on_cpus(nr_cpus(), &hook_tracepoint, "loop_in_map_updates",
		REX_FAULT_TIMEOUT);
}

/* ---- runs for which other CPUs wait ---- */

static pid_t signalled;
static long *took; /* for each CPU, how long its kill(2) took, in milliseconds */

static bool all_took(void)
{
	for (int i = 0; i < nr_cpus() - 1; i++)
		if (!__atomic_load_n(&took[i], __ATOMIC_RELAXED))
			return false;
	return true;
}

/*
 * The lock of the process is held, with interrupts off. The end of this process is a signal to
 * another one.
 */
static void send_signal(void)
{
	long start = ksft_ms(), ms;

	if (kill(signalled, SIGURG))
		_exit(30);
	ms = ksft_ms() - start;
	__atomic_store_n(&took[sched_getcpu()], ms ?: 1, __ATOMIC_RELAXED);
	if (!WAIT_FOR(all_took(), 10))
		_exit(31);
}

RAW_TRACEPOINT_HOOK(signal, send_signal, "signal_generate");

/*
 * Each run may take a second, and takes less. The last CPU waits with interrupts off for the runs of
 * all others, and is taken for dead after two seconds.
 */
TEST_TIMEOUT(runs_that_other_cpus_wait_for_end_before_a_lockup, 60)
{
	int n = nr_cpus() - 1;
	pid_t victims[MOST_CPUS];
	struct actor slow;

	if (n < 3)
		SKIP("it takes four CPUs");
	set_until_exit("/proc/sys/kernel/watchdog", "0");
	set_until_exit("/proc/sys/kernel/watchdog_thresh", "2");
	took = map_shared(MOST_CPUS * sizeof(*took));
	signalled = fork_idle();
	ASSERT(signalled >= 0);
	slow = start_actor(&hook_signal, "loop_for_some_ms", "slow", 0, 5000);
	map_set(slow.obj, "orders", NUMBER, 900);
	close(start_victims(victims, n, send_signal));
	for (int i = 0; i < n; i++)
		reap(victims[i]);
	for (int i = 0; i < n; i++) {
		ksft_note("CPU %d took %ld ms", i, took[i]);
		EXPECT(took[i] < 2000);
	}
	ksft_note("%s", last_fault(slow.obj, hook_signal.program).message);
	/* Its share of a CPU may end it as well. */
	EXPECT_EQ(actor_info(&slow).state, REX_PROG_DEAD);
	end_actor(&slow);
	kill(signalled, SIGKILL);
	waitpid(signalled, NULL, 0);
}

/* One CPU is enough to save the others. */
TEST(loops_with_interrupts_off_on_all_cpus_but_one_are_ended)
{
	on_cpus(nr_cpus() - 1, &hook_kprobe_int3, "loop_of_nothing",
		REX_FAULT_TIMEOUT);
}

TEST(loops_in_helpers_with_interrupts_off_on_all_cpus_but_one_are_ended)
{
	on_cpus(nr_cpus() - 1, &hook_kprobe_int3, "loop_in_helpers",
		REX_FAULT_TIMEOUT);
}

/*
 * No CPU can send an NMI, so those of the machine have to do. They come to the first CPU: with the
 * first, the watchdog sees the run there, and with the second it ends it. Then this CPU saves the
 * others.
 */
TEST(loops_with_interrupts_off_on_all_cpus_are_ended_by_nmis_of_the_machine)
{
	/* The loops have to run before the first one. A slow machine begins them later. */
	int n = nr_cpus(), nmi_ms = ksft_slower() > 1 ? 2 * NMI_MS : NMI_MS;
	struct rex_prog_info info;
	pid_t victims[MOST_CPUS];
	long start, first;
	struct actor a;
	int go;

	if (!has_nmi_timers())
		SKIP("no watchdog of this machine sends an NMI");
	announce_dmesg("NMI received for unknown reason|Dazed and confused");
	a = start_actor(&hook_kprobe_int3, "loop_of_nothing", "a", 0, LIMIT_MS);
	go = start_victims(victims, n, fire_dup);
	for (int i = 0; i < NMI_TIMERS; i++)
		start_nmi_timer(i, (i + 1) * nmi_ms);
	start = ksft_ms();
	close(go);
	reap(victims[0]);
	first = ksft_ms() - start;
	for (int i = 1; i < n; i++)
		reap(victims[i]);
	ksft_note("the first loop was over after %ld ms, all after %ld ms",
		  first, ksft_ms() - start);
	EXPECT(first >= nmi_ms - 100);
	info = actor_info(&a);
	EXPECT_EQ(info.faults, n);
	EXPECT_EQ(last_fault(a.obj, a.hook->program).cause, REX_FAULT_TIMEOUT);
	end_actor(&a);
}

TEST(panics_on_all_cpus_at_once_are_contained)
{
	for (int i = 0; i < 5; i++)
		on_cpus(nr_cpus(), &hook_tracepoint, "explicit_panic",
			REX_FAULT_PANIC);
}

TEST(exceptions_on_all_cpus_at_once_are_contained)
{
	for (int i = 0; i < 5; i++)
		on_cpus(nr_cpus(), &hook_kprobe_ftrace, "ud2",
			REX_FAULT_EXCEPTION);
}

TEST(page_faults_on_all_cpus_at_once_are_contained)
{
	for (int i = 0; i < 5; i++)
		on_cpus(nr_cpus(), &hook_kprobe_int3, "null_write",
			REX_FAULT_PAGE_FAULT);
}

TEST(stack_overflows_on_all_cpus_at_once_are_contained)
{
	for (int i = 0; i < 5; i++)
		on_cpus(nr_cpus(), &hook_tracepoint, "recursion",
			REX_FAULT_STACK_OVERFLOW);
}

/* Attaches a program that would loop to a function, or returns NULL. */
static struct bpf_link *attach_loop(struct rex_obj *obj, const char *function)
{
	struct bpf_link *link;

	order(obj, "loop_of_nothing", 0);
	libbpf_set_print(quiet);
	link = bpf_program__attach_kprobe(program(obj, "at_kprobe"), false,
					  function);
	libbpf_set_print(NULL);
	return link;
}

/* Lockdep reports, once, that the kernel calls a BPF program where RCU does not wait for it. */
static bool kernel_reports_calls(void)
{
	return kallsyms_has("lockdep_rcu_suspicious");
}

#define REPORTS "the kernel reports its own call of the program"

/* In the idle loop, RCU does not wait for the CPU, and might free what a run uses. */
TEST(no_program_runs_where_rcu_does_not_watch)
{
	struct bpf_link *link;
	struct rex_obj *obj;

	if (kernel_reports_calls())
		SKIP(REPORTS);
	obj = load_act("hostile_unsafe", "at_kprobe", "idle", ACT_TIMEOUT_MS);
	link = attach_loop(obj, "arch_cpu_idle");
	if (!link)
		SKIP("no function of the idle loop can be probed");
	EXPECT(WAIT_FOR(prog_info(obj, "at_kprobe").skipped > 10, 10));
	EXPECT_EQ(prog_info(obj, "at_kprobe").runs, 0);
	EXPECT_EQ(prog_info(obj, "at_kprobe").state, REX_PROG_LIVE);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/*
 * Functions that a CPU executes once each time that it goes offline, or comes online: while it is
 * idle for the last time, while all other CPUs wait for it with interrupts off, and while it is
 * online already and takes no interrupts.
 */
static const char *const between_states[] = {
	"arch_cpu_idle_dead",
	"fixup_irqs",
	"speculative_store_bypass_ht_init",
};

static void expect_skipped_between_states(const char *function)
{
	struct rex_obj *obj =
		load_act("hostile_unsafe", "at_kprobe", "dead", ACT_TIMEOUT_MS);
	struct bpf_link *link = attach_loop(obj, function);

	ASSERT_MSG(link, "no probe can be at %s", function);
	for (int i = 1; i <= 3; i++) {
		switch_cpu(1, false);
		switch_cpu(1, true);
		EXPECT_EQ(prog_info(obj, "at_kprobe").skipped, i);
	}
	EXPECT_EQ(prog_info(obj, "at_kprobe").runs, 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* Such a CPU has no buddy, or takes no NMIs, or RCU does not wait for it. */
TEST(no_program_runs_on_a_cpu_between_online_and_offline)
{
	struct actor a;

	if (kernel_reports_calls())
		SKIP(REPORTS);
	for (size_t i = 0;
	     i < sizeof(between_states) / sizeof(between_states[0]); i++)
		expect_skipped_between_states(between_states[i]);
	/* Programs run there again. */
	a = start_actor(&hook_tracepoint, "nothing", "again", 0, 0);
	pin_to_cpu(1);
	fire_dup();
	EXPECT_EQ(actor_info(&a).runs, 1);
	EXPECT_EQ(actor_info(&a).skipped, 0);
	end_actor(&a);
}

static void make_events_on_cpu0(void)
{
	pin_to_cpu(0);
	for (;;)
		fire_dup();
}

/*
 * Only its buddy stops a loop with interrupts off, and a buddy that goes
 * offline waits for all other CPUs.
 */
TEST(loops_with_interrupts_off_are_ended_while_their_buddy_goes_and_comes)
{
	int buddy = nr_cpus() - 1;
	struct actor a;
	pid_t events;

	if (nr_cpus() < 3)
		SKIP("a CPU that is left alone has no buddy");
	events = fork();
	if (events == 0)
		make_events_on_cpu0();
	restarts_per_min = 100000;
	a = start_actor(&hook_kprobe_int3, "loop_of_nothing", "a", events, 100);
	restarts_per_min = 0;
	for (int i = 0; i < 10; i++) {
		switch_cpu(buddy, false);
		switch_cpu(buddy, true);
	}
	EXPECT(actor_info(&a).faults >= 10);
	ksft_note("%llu loops were ended", actor_info(&a).faults);
	kill(events, SIGKILL);
	waitpid(events, NULL, 0);
	end_actor(&a);
}

/*
 * The kernel's own NMIs to each CPU arrive between the watchdog's announcement
 * and its NMI, and look the same. Each has to be claimed, since a kernel may be
 * set to panic at an unknown NMI.
 */
TEST(foreign_nmis_leave_no_nmi_of_the_watchdog_unclaimed)
{
	char *levels = read_all("/proc/sys/kernel/printk", NULL);
	int backtraces = 0, log_fd, sender = nr_cpus() - 1;
	static char log[1 << 22];
	struct rex_prog_info info;
	struct actor a;
	pid_t events;

	if (nr_cpus() < 3)
		SKIP("one CPU loops, one sends late, another sends meanwhile");
	announce_dmesg("NMI backtrace for cpu 0");
	announce_dmesg("Call Trace:");
	pin_to_cpu(1);
	events = fork();
	if (events == 0)
		make_events_on_cpu0();
	set_sysctl("kernel/printk", "1");
	set_module_parameter(LATE_NMI, 10000);
	log_fd = log_open();
	restarts_per_min = 100000;
	a = start_actor(&hook_kprobe_int3, "loop_of_nothing", "a", events, 300);
	restarts_per_min = 0;
	for (long end = ksft_ms() + 4000;
	     ksft_ms() < end || backtraces <= BACKTRACES; backtraces++) {
		write_file("/proc/sysrq-trigger", "l");
		ksft_pause_ms(3);
	}
	info = actor_info(&a);
	kill(events, SIGKILL);
	waitpid(events, NULL, 0);
	end_actor(&a);
	set_module_parameter(LATE_NMI, 0);
	set_sysctl("kernel/printk", levels);
	free(levels);
	log_text(log_fd, log, sizeof(log));
	close(log_fd);
	ksft_note("%d backtraces by NMI, %llu loops were ended; CPU %d was late",
		  backtraces, info.faults, sender);
	EXPECT(info.faults > 1);
	EXPECT(backtraces > BACKTRACES);
	EXPECT(strstr(log, "NMI backtrace for cpu 0"));
	EXPECT(!strstr(log, "NMI received for unknown reason"));
}
