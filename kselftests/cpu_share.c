// SPDX-License-Identifier: GPL-2.0
/*
 * A program that takes too much of a CPU is stopped, however short its runs are.
 * TEST-DEADLINE: 300
 */
#include <sys/prctl.h>

#include "rex_trace.h"
#include "names/shares.h"

#define PARAMETER "max_cpu_share"
#define DEFAULT_LIMIT 90
#define MESSAGE "its runs took %u %% of CPU %u; max_cpu_share of rex.ko is %u"
/*
 * Most programs that take all of a CPU are tested with a lower limit: the kernel's own work
 * takes a large part of an emulated CPU, if runs are short.
 */
#define LOW_LIMIT 60
/*
 * A program that takes all of a CPU is stopped after a second; and not before. A busy
 * machine that does not execute the CPUs of a VM at all times takes longer.
 */
#define STOP_S 30
#define STOP_MIN_MS 900
/* So long a program is watched that must not be stopped. */
#define LIVE_MS 2500

static void set_limit(unsigned int percent)
{
	set_module_parameter(PARAMETER, percent);
}

static unsigned int limit(void)
{
	return module_parameter(PARAMETER);
}

/* It is the first test after insmod. */
TEST(limit_is_90_percent_at_first)
{
	EXPECT_EQ(limit(), DEFAULT_LIMIT);
}

FIXTURE(share)
{
	unsigned int before;
};

FIXTURE_SETUP(share)
{
	self->before = limit();
	set_limit(DEFAULT_LIMIT);
}

FIXTURE_TEARDOWN(share)
{
	set_limit(self->before);
}

static struct rex_obj *load_share(const char *prog, __u64 run_us,
				  __u32 restarts, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = restarts,
		 .timeout_ms = timeout_ms);
	struct rex_obj *obj = open_program("shares", prog, &opts);

	load_opened(obj);
	map_set(obj, "control", RUN_NS, run_us * 1000);
	attach(obj, prog);
	return obj;
}

/* ---- events ---- */

static void send_signal(void)
{
	ASSERT(!kill(getpid(), TAKE_SIGNAL));
}

static void call_dup(void)
{
	fire(TAKE);
}

static long now_us(void)
{
	return ksft_ns() / 1000;
}

static void spin_us(long us)
{
	long end = now_us() + us;

	while (now_us() < end)
		;
}

/*
 * Starts a process on CPU that makes the event again and again, with this part of the time
 * between two runs for itself.
 */
static pid_t start_events(int cpu, void (*event)(void), int pause_percent)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(TAKE_SIGNAL, SIG_IGN);
	pin_to_cpu(cpu);
	for (;;) {
		long begin = now_us();

		event();
		if (pause_percent)
			spin_us((now_us() - begin) * pause_percent /
				(100 - pause_percent));
	}
}

static void stop_events(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- expectations ---- */

static __u64 runs(struct rex_obj *obj)
{
	return map_get(obj, "results", RUNS);
}

static __u64 share_faults(struct rex_obj *obj, const char *prog)
{
	return prog_info(obj, prog).faults_by_cause[REX_FAULT_CPU_SHARE];
}

static void expect_live(struct rex_obj *obj, const char *prog)
{
	ksft_note("%llu runs of %s", runs(obj), prog);
	EXPECT(runs(obj) > 1);
	EXPECT_EQ(prog_info(obj, prog).faults, 0);
	EXPECT(is_live(obj, prog));
}

/* Expects that the events, which have just begun, end the program on CPU. */
static void expect_stop(struct rex_obj *obj, const char *prog, unsigned int cpu)
{
	struct rex_fault_info fault = { .size = sizeof(fault) };
	unsigned int share, on_cpu, max;
	long start = ksft_ms();

	ASSERT(WAIT_FOR(!is_live(obj, prog), STOP_S));
	ksft_note("%s was stopped after %ld ms and %llu runs", prog,
		  ksft_ms() - start, runs(obj));
	EXPECT(ksft_ms() - start >= STOP_MIN_MS);
	ASSERT(!rex_obj_fault_info(obj, prog, 0, &fault));
	ksft_note("%s", fault.message);
	EXPECT_EQ(fault.cause, REX_FAULT_CPU_SHARE);
	EXPECT_EQ(fault.cpu, cpu);
	EXPECT(fault.trace[0]);
	ASSERT_EQ(sscanf(fault.message, MESSAGE, &share, &on_cpu, &max), 3);
	EXPECT_EQ(on_cpu, cpu);
	EXPECT_EQ(max, limit());
	EXPECT(share > max && share <= 100);
	EXPECT_EQ(prog_info(obj, prog).faults, 1);
	EXPECT_EQ(share_faults(obj, prog), 1);
}

/* A program that is above the limit of PERCENT. */
struct hog {
	const char *prog;
	int cpu;
	void (*event)(void);
	__u64 run_us;
	int pause_percent;
	unsigned int percent;
};

static void stop_hog(struct hog hog)
{
	struct rex_obj *obj = load_share(hog.prog, hog.run_us, 0, 0);
	pid_t events;

	announce_dmesg("stopped by a CPU share limit");
	set_limit(hog.percent ?: LOW_LIMIT);
	events = start_events(hog.cpu, hog.event, hog.pause_percent);
	expect_stop(obj, hog.prog, hog.cpu);
	stop_events(events);
	rex_obj_close(obj);
}

/* ---- the default ---- */

/* A run is far below the limit of a run's time, and many are needed. */
#define RUN_US 20000
#define MANY_RUNS 20

/* The parameter is as insmod leaves it: these tests do not set it. */
TEST(default_limit_stops_a_program_that_takes_nearly_all_of_a_cpu)
{
	struct rex_obj *obj = load_share("at_dup", RUN_US, 0, 0);
	pid_t events;

	EXPECT_EQ(limit(), DEFAULT_LIMIT);
	announce_dmesg("stopped by a CPU share limit");
	events = start_events(1, call_dup, 0);
	expect_stop(obj, "at_dup", 1);
	stop_events(events);
	EXPECT(runs(obj) >= MANY_RUNS);
	rex_obj_close(obj);
}

TEST(default_limit_stops_no_program_that_takes_half_of_a_cpu)
{
	struct rex_obj *obj = load_share("at_dup", RUN_US, 0, 0);
	pid_t events;

	EXPECT_EQ(limit(), DEFAULT_LIMIT);
	events = start_events(1, call_dup, 50);
	ksft_pause_ms(2 * LIVE_MS);
	stop_events(events);
	expect_live(obj, "at_dup");
	EXPECT(runs(obj) >= MANY_RUNS);
	rex_obj_close(obj);
}

/* ---- programs above the limit ---- */

TEST_F(share, program_that_takes_a_cpu_is_stopped)
{
	announce_dmesg(
		"program at_dup of shares.rex.o stopped by a CPU share limit");
	stop_hog((struct hog){
		.prog = "at_dup", .cpu = 0, .event = call_dup, .run_us = 2000 });
	stop_hog((struct hog){
		.prog = "at_dup", .cpu = 1, .event = call_dup, .run_us = 300 });
}

/* Only another CPU sees these runs: interrupts come between two of them. */
TEST_F(share, program_that_takes_a_cpu_with_interrupts_off_is_stopped)
{
	stop_hog((struct hog){ .prog = "at_signal",
			       .cpu = 0,
			       .event = send_signal,
			       .run_us = 10000 });
	stop_hog((struct hog){ .prog = "at_signal",
			       .cpu = 1,
			       .event = send_signal,
			       .run_us = 150000 });
}

/* The interrupts of the CPUs that sample each other are off most of the time. */
TEST_F(share, program_that_takes_all_cpus_with_interrupts_off_is_stopped)
{
	struct rex_obj *obj = load_share("at_signal", 20000, 0, 0);
	pid_t events[MOST_CPUS];
	long start = ksft_ms();

	announce_dmesg("stopped by a CPU share limit");
	set_limit(LOW_LIMIT);
	for (int i = 0; i < nr_cpus(); i++)
		events[i] = start_events(i, send_signal, 0);
	/* To ask often would take a part of these CPUs. */
	while (is_live(obj, "at_signal") && ksft_ms() - start < STOP_S * 1000)
		ksft_pause_ms(500);
	ksft_note("stopped after %ld ms", ksft_ms() - start);
	EXPECT(share_faults(obj, "at_signal") > 0);
	EXPECT_EQ(prog_info(obj, "at_signal").faults,
		  share_faults(obj, "at_signal"));
	for (int i = 0; i < nr_cpus(); i++)
		stop_events(events[i]);
	rex_obj_close(obj);
}

TEST_F(share, lower_limit_stops_a_program_that_takes_half_of_a_cpu)
{
	stop_hog((struct hog){ .prog = "at_dup",
			       .cpu = 0,
			       .event = call_dup,
			       .run_us = 2000,
			       .pause_percent = 50,
			       .percent = 20 });
}

/* A restart begins anew: the next stop comes a second later again, and not at once. */
TEST_F(share, restarted_program_has_its_share_again)
{
	struct rex_obj *obj = load_share("at_dup", 2000, 1000, 0);
	struct rex_fault_info fault[2];
	pid_t events;

	announce_dmesg("stopped by a CPU share limit");
	set_limit(LOW_LIMIT);
	events = start_events(0, call_dup, 0);
	EXPECT(WAIT_FOR(share_faults(obj, "at_dup") >= 2, 2 * STOP_S));
	stop_events(events);
	for (int i = 0; i < 2; i++) {
		fault[i].size = sizeof(fault[i]);
		ASSERT(!rex_obj_fault_info(obj, "at_dup", i + 1, &fault[i]));
	}
	ksft_note("the second stop came %llu ms after the first",
		  (fault[1].time - fault[0].time) / 1000000);
	EXPECT(fault[1].time - fault[0].time > STOP_MIN_MS * 1000000ull);
	rex_obj_close(obj);
}

/* The program on top takes the time, not the one that it interrupts. */
TEST_F(share, nested_run_is_charged_to_its_own_program)
{
	struct rex_obj *below = load_share("at_dup", 20000, 0, 0);
	struct rex_obj *above = load_share("at_fault", 2000, 0, 0);
	pid_t events;

	announce_dmesg("at_fault of shares.rex.o stopped by a CPU share limit");
	map_set(below, "control", FAULTS, 1);
	set_limit(LOW_LIMIT);
	events = start_events(1, call_dup, 0);
	expect_stop(above, "at_fault", 1);
	/* It has all of the CPU now, but for the next second it may. */
	EXPECT_EQ(share_faults(below, "at_dup"), 0);
	stop_events(events);
	rex_obj_close(above);
	rex_obj_close(below);
}

/* ---- programs within the limit ---- */

/* The processes that make the events have the CPUs for the other half. */
TEST_F(share, programs_that_take_half_of_a_cpu_are_not_stopped)
{
	struct rex_obj *a = load_share("at_dup", 2000, 0, 0);
	struct rex_obj *b = load_share("at_signal", 2000, 0, 0);
	pid_t events[] = { start_events(0, call_dup, 50),
			   start_events(1, send_signal, 50) };

	ksft_pause_ms(LIVE_MS);
	stop_events(events[0]);
	stop_events(events[1]);
	expect_live(a, "at_dup");
	expect_live(b, "at_signal");
	rex_obj_close(a);
	rex_obj_close(b);
}

/* One program is above the limit together with another one, but not alone. */
TEST_F(share, limit_is_for_each_program)
{
	struct rex_obj *a = load_share("at_dup", 2000, 0, 0);
	struct rex_obj *b = load_share("at_dup", 2000, 0, 0);
	pid_t events = start_events(0, call_dup, 0);

	ksft_pause_ms(LIVE_MS);
	stop_events(events);
	expect_live(a, "at_dup");
	expect_live(b, "at_dup");
	rex_obj_close(a);
	rex_obj_close(b);
}

static pid_t fire_twice(int cpu, void (*event)(void))
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid)
		return pid;
	signal(TAKE_SIGNAL, SIG_IGN);
	pin_to_cpu(cpu);
	event();
	ksft_pause_ms(1000);
	event();
	_exit(0);
}

/* A run may take as long as its timeout allows, which may be more than a second. */
TEST_F(share, long_runs_with_pauses_are_not_stopped)
{
	struct rex_obj *a = load_share("at_dup", 1700000, 0, 5000);
	struct rex_obj *b = load_share("at_signal", 1700000, 0, 5000);
	pid_t pids[] = { fire_twice(0, call_dup), fire_twice(1, send_signal) };

	reap(pids[0]);
	reap(pids[1]);
	expect_live(a, "at_dup");
	expect_live(b, "at_signal");
	rex_obj_close(a);
	rex_obj_close(b);
}

/* ---- the parameter ---- */

TEST_F(share, limit_can_be_changed_at_any_time)
{
	struct rex_obj *obj = load_share("at_dup", 2000, 0, 0);
	pid_t events;

	announce_dmesg("stopped by a CPU share limit");
	set_limit(0);
	events = start_events(0, call_dup, 0);
	ksft_pause_ms(LIVE_MS);
	EXPECT(is_live(obj, "at_dup"));
	set_limit(100);
	ksft_pause_ms(LIVE_MS);
	EXPECT(is_live(obj, "at_dup"));
	set_limit(LOW_LIMIT);
	expect_stop(obj, "at_dup", 0);
	stop_events(events);
	rex_obj_close(obj);
}

static bool is_refused(const char *value)
{
	int fd = open("/sys/module/rex/parameters/" PARAMETER, O_WRONLY);
	bool refused;

	ASSERT(fd >= 0);
	refused = write(fd, value, strlen(value)) < 0;
	close(fd);
	return refused;
}

TEST_F(share, limits_that_are_no_percentage_are_refused)
{
	EXPECT(is_refused("101"));
	EXPECT(is_refused("-1"));
	EXPECT(is_refused("much"));
	EXPECT_EQ(limit(), DEFAULT_LIMIT);
}

/* ---- what it costs while nothing is wrong ---- */

#define TRACED_MS 1500

/* Returns the ticks of the watchdog on all CPUs in TRACED_MS. */
static long count_ticks(void)
{
	char *trace = trace_event("timer/hrtimer_expire_entry", TRACED_MS);
	long ticks = count_lines(trace, "rex_watchdog_tick");

	free(trace);
	return ticks;
}

TEST_F(share, watchdog_does_not_tick_faster_while_nothing_is_wrong)
{
	long most = nr_cpus() * 17 * TRACED_MS / 1000, ticks;
	struct rex_obj *obj = load_share("at_dup", 2000, 0, 0);
	pid_t events;

	ticks = count_ticks();
	ksft_note("%ld ticks of %d CPUs in %d ms without runs", ticks,
		  nr_cpus(), TRACED_MS);
	EXPECT(ticks <= most);
	EXPECT(ticks >= most / 2);
	/* A twentieth of a CPU is no suspect for longer than a sample or two. */
	events = start_events(0, call_dup, 95);
	ticks = count_ticks();
	ksft_note("%ld ticks with runs that take 5 %%", ticks);
	EXPECT(ticks <= most * 3 / 2);
	stop_events(events);
	rex_obj_close(obj);
}
