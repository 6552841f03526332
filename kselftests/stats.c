// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are timed and limited as configured, and no timer runs without a
 * program.
 */
#include "rex_util.h"
#include "names/restarts.h"

/* The parameter that programs/restarts waits for. */
#define PARAMETER "timeout_ms"

static struct rex_obj *load_timed(bool timed)
{
	REX_OPTS(rex_obj_open_opts, opts, .time_runs = timed);

	return load_object_opts("restarts", &opts);
}

static struct rex_obj *attach_timed(bool timed)
{
	struct rex_obj *obj = load_timed(timed);

	attach(obj, "steps");
	return obj;
}

TEST(timed_runs_are_counted_with_their_time)
{
	struct rex_obj *obj = attach_timed(true);
	struct rex_prog_info info;

	for (int i = 0; i < 100; i++)
		fire(STEP);
	info = prog_info(obj, "steps");
	ksft_note("%llu runs took %llu ns, the longest %llu ns", info.runs,
		  info.time, info.longest_run);
	EXPECT(info.runs >= 100);
	EXPECT(info.longest_run > 0);
	EXPECT(info.time >= info.longest_run);
	EXPECT(info.time <= info.longest_run * info.runs);
	EXPECT_EQ(map_get(obj, "results", STEPS), 100);
}

TEST(faults_are_timed_too)
{
	struct rex_obj *obj = attach_timed(true);

	announce_dmesg("stopped by a panic: half a step");
	fire(FAIL);
	EXPECT_EQ(prog_info(obj, "steps").faults, 1);
	EXPECT(prog_info(obj, "steps").longest_run > 0);
}

TEST(programs_without_the_flag_are_not_timed)
{
	struct rex_obj *obj = attach_timed(false);

	fire(STEP);
	EXPECT_EQ(prog_info(obj, "steps").time, 0);
	EXPECT_EQ(prog_info(obj, "steps").longest_run, 0);
}

TEST(module_parameter_is_the_default_timeout)
{
	unsigned int before = module_parameter(PARAMETER);
	struct rex_obj *obj;

	set_module_parameter(PARAMETER, 1234);
	obj = attach_timed(false);
	set_module_parameter(PARAMETER, before);
	EXPECT_EQ(prog_info(obj, "steps").timeout_ms, 1234);
}

TEST(default_timeout_is_at_most_the_highest_that_is_allowed)
{
	unsigned int before = module_parameter(PARAMETER);
	struct rex_obj *obj;

	set_module_parameter(PARAMETER, 4294967295);
	obj = attach_timed(false);
	set_module_parameter(PARAMETER, before);
	EXPECT_EQ(prog_info(obj, "steps").timeout_ms,
		  module_parameter("max_timeout_ms"));
}

TEST(librex_says_which_limit_a_timeout_is_above)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 3600000);
	struct rex_obj *obj = rex_obj_open(object_path("restarts"), &opts);

	ASSERT_MSG(obj, "%s", rex_last_error());
	EXPECT_EQ(rex_obj_load_opened(obj), -ERANGE);
	EXPECT_CONTAINS(rex_last_error(), "program steps");
	EXPECT_CONTAINS(rex_last_error(), "3600000");
	EXPECT_CONTAINS(rex_last_error(), "max_timeout_ms");
}

/* Returns the number of CPUs whose watchdog ticks. */
static int nr_ticking(void)
{
	char *text = read_all("/proc/timer_list", NULL);
	int nr = 0;

	for (char *at = text; (at = strstr(at, "rex_watchdog_tick")); at++)
		nr++;
	free(text);
	return nr;
}

TEST(watchdog_ticks_only_while_programs_are_bound)
{
	struct rex_obj *obj;

	/* Programs of the TESTs before may not be freed yet. */
	EXPECT_MSG(WAIT_FOR(nr_ticking() == 0, 20), "%d timers tick",
		   nr_ticking());
	obj = load_timed(false);
	EXPECT_EQ(nr_ticking(), sysconf(_SC_NPROCESSORS_ONLN));
	rex_obj_close(obj);
	EXPECT_MSG(WAIT_FOR(nr_ticking() == 0, 20), "%d timers are left",
		   nr_ticking());
}
