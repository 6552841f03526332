// SPDX-License-Identifier: GPL-2.0
/*
 * Images that come back after a fault: restarts_per_min.
 */
#include "rex_util.h"

/* What programs/restarts waits for, and where it counts. */
#define STEP 0x5e1f4000
#define FAIL 0x5e1f4001
enum {
	ZERO,
	COUNTER,
	STEPS
};

static struct rex_obj *load_restarting(__u32 per_min)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = per_min);
	struct rex_obj *obj = rex_obj_open(object_path("restarts"), &opts);

	ASSERT_MSG(obj, "%s", rex_last_error());
	ASSERT_MSG(!rex_obj_load_opened(obj), "%s", rex_last_error());
	attach(obj, "steps");
	announce_dmesg("stopped by a panic: half a step");
	return obj;
}

static bool is_live(struct rex_obj *obj)
{
	return prog_info(obj, "steps").state == REX_PROG_LIVE;
}

TEST(data_is_as_at_load_after_a_restart_and_maps_are_kept)
{
	struct rex_obj *obj = load_restarting(10);

	fire(STEP);
	fire(STEP);
	EXPECT_EQ(map_get(obj, "results", ZERO), 2);
	EXPECT_EQ(map_get(obj, "results", COUNTER), 1002);
	fire(FAIL);
	EXPECT_MSG(WAIT_FOR(is_live(obj), 20), "the image does not come back");
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
		EXPECT_MSG(WAIT_FOR(is_live(obj), 20), "no restart %u", i);
		EXPECT_EQ(image_info(obj).restarts, i);
	}
	fire(FAIL);
	EXPECT(!WAIT_FOR(is_live(obj), 3));
	fire(STEP);
	EXPECT_EQ(map_get(obj, "results", STEPS), 0);
	EXPECT_EQ(image_info(obj).restarts, 2);
	EXPECT_EQ(prog_info(obj, "steps").skipped, 1);
}

TEST(without_the_flag_a_fault_is_for_ever)
{
	struct rex_obj *obj = load_restarting(0);

	fire(FAIL);
	EXPECT(!WAIT_FOR(is_live(obj), 2));
	EXPECT_EQ(image_info(obj).restarts, 0);
	EXPECT_EQ(prog_info(obj, "steps").faults_by_cause[REX_FAULT_PANIC], 1);
}

TEST(image_that_waits_for_its_restart_can_be_unloaded)
{
	struct rex_obj *obj = load_restarting(1);

	fire(FAIL);
	EXPECT(WAIT_FOR(is_live(obj), 20));
	fire(FAIL);
	rex_obj_close(obj);
}
