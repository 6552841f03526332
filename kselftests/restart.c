// SPDX-License-Identifier: GPL-2.0
/*
 * Images restart after a fault as often as restarts_per_min allows.
 */
#include "rex_util.h"
#include "names/restarts.h"

#define LOOP_MS 1000
#define MAX_CPU_SHARE "max_cpu_share"

static struct rex_obj *open_restarting(__u32 per_min, __u32 timeout_ms)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = per_min,
		 .heap_size = 1 << 16, .timeout_ms = timeout_ms);
	struct rex_obj *obj = load_object_opts("restarts", &opts);

	attach(obj, "steps");
	return obj;
}

static struct rex_obj *load_restarting(__u32 per_min)
{
	announce_dmesg("stopped by a panic: half a step");
	return open_restarting(per_min, 0);
}

TEST(restart_restores_data_and_keeps_maps)
{
	struct rex_obj *obj = load_restarting(10);

	fire(STEP);
	fire(STEP);
	EXPECT_EQ(map_get(obj, "results", ZERO), 2);
	EXPECT_EQ(map_get(obj, "results", COUNTER), 1002);
	fire(FAIL);
	EXPECT_MSG(WAIT_FOR(is_live(obj, "steps"), 20),
		   "the image does not come back");
	fire(STEP);
	EXPECT_EQ(map_get(obj, "results", ZERO), 1);
	EXPECT_EQ(map_get(obj, "results", COUNTER), 1001);
	EXPECT_EQ(map_get(obj, "results", STEPS), 3);
	EXPECT_EQ(image_info(obj).restarts, 1);
	EXPECT_EQ(image_info(obj).restarts_per_min, 10);
	EXPECT_EQ(prog_info(obj, "steps").faults, 1);
}

TEST(restarts_are_limited)
{
	struct rex_obj *obj = load_restarting(2);

	for (__u32 i = 1; i <= 2; i++) {
		fire(FAIL);
		EXPECT_MSG(WAIT_FOR(is_live(obj, "steps"), 20), "no restart %u",
			   i);
		EXPECT_EQ(image_info(obj).restarts, i);
	}
	fire(FAIL);
	EXPECT(!WAIT_FOR(is_live(obj, "steps"), 3));
	fire(STEP);
	EXPECT_EQ(map_get(obj, "results", STEPS), 0);
	EXPECT_EQ(image_info(obj).restarts, 2);
	EXPECT_EQ(prog_info(obj, "steps").skipped, 1);
}

TEST(without_the_flag_a_fault_is_final)
{
	struct rex_obj *obj = load_restarting(0);

	fire(FAIL);
	EXPECT(!WAIT_FOR(is_live(obj, "steps"), 2));
	EXPECT_EQ(image_info(obj).restarts, 0);
	EXPECT_EQ(prog_info(obj, "steps").faults_by_cause[REX_FAULT_PANIC], 1);
}

TEST(image_that_waits_for_its_restart_can_be_unloaded)
{
	struct rex_obj *obj = load_restarting(1);

	fire(FAIL);
	EXPECT(WAIT_FOR(is_live(obj, "steps"), 20));
	fire(FAIL);
	rex_obj_close(obj);
}

/*
 * Starts a loop on each CPU, one after the other: the first end requests a
 * restart, and while that waits for the other loops, their ends request it
 * again. Then runs that hold data follow until END_MS.
 */
static void loop_and_hold_on(int cpu, int end_ms)
{
	long end;

	pin_to_cpu(cpu);
	ksft_pause_ms(cpu * 100);
	fire(LOOP);
	end = ksft_ms() + end_ms;
	while (ksft_ms() < end)
		fire(HOLD);
}

/* These runs take all of each CPU. */
static void loop_on_all_cpus(struct rex_obj *obj, int end_ms)
{
	unsigned int share = module_parameter(MAX_CPU_SHARE);
	pid_t pids[MOST_CPUS];
	int cpus = nr_cpus();
	__u64 held, steps;

	announce_dmesg("stopped by a timeout");
	set_module_parameter(MAX_CPU_SHARE, 0);
	for (int cpu = 0; cpu < cpus; cpu++) {
		pids[cpu] = fork();
		if (pids[cpu] == 0) {
			loop_and_hold_on(cpu, end_ms);
			_exit(ksft_failures);
		}
	}
	for (int cpu = 0; cpu < cpus; cpu++)
		reap(pids[cpu]);
	set_module_parameter(MAX_CPU_SHARE, share);
	held = map_get(obj, "results", HELD);
	ksft_note("%llu runs had something; %llu faults, %u restarts", held,
		  prog_info(obj, "steps").faults, image_info(obj).restarts);
	EXPECT_EQ(prog_info(obj, "steps").faults, cpus);
	EXPECT_EQ(image_info(obj).restarts, 1);
	EXPECT(is_live(obj, "steps"));
	EXPECT(held > 0);
	EXPECT_EQ(map_get(obj, "results", CHANGED), 0);
	for (steps = 1; steps <= 10; steps++)
		fire(STEP);
	EXPECT_EQ(map_get(obj, "results", ZERO), 10);
}

TEST(loops_on_all_cpus_cause_one_restart_and_later_runs_keep_their_data)
{
	loop_on_all_cpus(open_restarting(100, LOOP_MS), 4000);
}

/* A live image is not restarted when another restart is allowed. */
TEST_TIMEOUT(live_image_is_not_restarted_a_minute_later, 120)
{
	loop_on_all_cpus(open_restarting(1, LOOP_MS), 64000);
}
