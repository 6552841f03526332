// SPDX-License-Identifier: GPL-2.0
/*
 * Programs run at set times (programs/timers), under all protections.
 * TEST-DEADLINE: 300
 */
#include <sys/prctl.h>

#include "rex_ioctl.h"
#include "names/timers.h"

#define LIMIT_MS 200

static __u64 answer(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "results", index);
}

/* Loads the programs NAMES (up to NULL) of programs/timers. */
static struct rex_obj *load_timers(const char *const *names, __u32 restarts)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = LIMIT_MS,
		 .restarts_per_min = restarts);
	struct rex_obj *obj = open_object("timers", &opts);
	const char *const *name;
	struct bpf_program *pos;

	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj)) {
		for (name = names; *name; name++)
			if (!strcmp(bpf_program__name(pos), *name))
				break;
		bpf_program__set_autoload(pos, *name);
	}
	load_opened(obj);
	return obj;
}

static struct rex_obj *load_tick(__u64 act, __u32 restarts)
{
	static const char *const names[] = { "tick", NULL };
	struct rex_obj *obj = load_timers(names, restarts);

	map_set(obj, "control", ACT, act);
	return obj;
}

static struct rex_obj *load_once(__u64 act)
{
	static const char *const names[] = { "once", "arms", NULL };
	struct rex_obj *obj = load_timers(names, 0);

	map_set(obj, "control", ACT, act);
	return obj;
}

static bool ticks_on(struct rex_obj *obj)
{
	__u64 ticks = answer(obj, TICKS);

	return WAIT_FOR(answer(obj, TICKS) > ticks + 3, 10);
}

/* ---- a period ---- */

TEST(timer_ticks_from_the_load_on)
{
	struct rex_obj *obj = load_tick(0, 0);
	long start = ksft_ms();
	__u64 ticks;

	EXPECT(WAIT_FOR(answer(obj, TICKS) >= 100, 20));
	ticks = answer(obj, TICKS);
	/* Never more often than each 5 ms. */
	EXPECT((long)ticks <= (ksft_ms() - start) / 5 + 10);
	EXPECT_EQ(prog_info(obj, "tick").faults, 0);
	EXPECT(prog_info(obj, "tick").runs >= 100);
	rex_obj_close(obj);
}

TEST(timer_leaves_half_of_the_time_to_others)
{
	static const char *const names[] = { "fast", NULL };
	struct rex_obj *obj = load_timers(names, 0);
	long start, ticks;

	/* From now on each run takes 10 ms, and the period is 1 ms. */
	map_set(obj, "control", ACT, SPIN);
	start = ksft_ms();
	ticks = answer(obj, TICKS);
	EXPECT(WAIT_FOR((long)answer(obj, TICKS) >= ticks + 20, 20));
	ticks = answer(obj, TICKS) - ticks;
	EXPECT(ticks <= (ksft_ms() - start) / 18 + 3);
	EXPECT_EQ(prog_info(obj, "fast").faults, 0);
	rex_obj_close(obj);
}

/* ---- faults ---- */

TEST(timer_that_loops_is_ended)
{
	struct rex_obj *obj = load_tick(LOOP, 0);

	EXPECT(WAIT_FOR(!is_live(obj, "tick"), 20));
	EXPECT_EQ(prog_info(obj, "tick").faults, 1);
	rex_obj_close(obj);
}

TEST(timer_that_panics_comes_back_by_a_restart)
{
	struct rex_obj *obj = load_tick(PANIC, 60);

	EXPECT(WAIT_FOR(prog_info(obj, "tick").faults >= 2, 20));
	map_set(obj, "control", ACT, 0);
	EXPECT(ticks_on(obj));
	EXPECT(is_live(obj, "tick"));
	rex_obj_close(obj);
}

TEST(timer_of_a_dead_image_does_not_run)
{
	struct rex_obj *obj = load_tick(PANIC, 0);
	__u64 ticks;

	EXPECT(WAIT_FOR(!is_live(obj, "tick"), 20));
	ticks = answer(obj, TICKS);
	EXPECT(WAIT_FOR(prog_info(obj, "tick").skipped > 3, 20));
	EXPECT_EQ(answer(obj, TICKS), ticks);
	rex_obj_close(obj);
}

/* ---- unloading ---- */

/* Expects that the module can be removed, and loads it again. */
static void reload(void)
{
	await_idle();
	close(device());
	reload_module("");
}

TEST(object_goes_while_its_timer_runs)
{
	for (int i = 0; i < 5; i++) {
		struct rex_obj *obj = load_tick(SPIN, 0);

		EXPECT(WAIT_FOR(answer(obj, TICKS), 20));
		rex_obj_close(obj);
	}
	reload();
}

TEST(object_goes_while_its_timer_loops)
{
	struct rex_obj *obj = load_tick(LOOP, 0);

	EXPECT(WAIT_FOR(answer(obj, TICKS), 20));
	rex_obj_close(obj);
	reload();
}

/* The timer is the only program, and another one's end updates the watchdog. */
TEST(timer_is_watched_when_other_programs_go)
{
	struct rex_obj *obj = load_tick(0, 0), *other = load_tick(0, 0);

	EXPECT(ticks_on(obj));
	rex_obj_close(other);
	EXPECT(ticks_on(obj));
	map_set(obj, "control", ACT, LOOP);
	EXPECT(WAIT_FOR(!is_live(obj, "tick"), 20));
	rex_obj_close(obj);
}

TEST(replaced_timer_stops_and_the_new_one_ticks)
{
	struct rex_obj *old = load_tick(0, 0), *new = load_tick(0, 0);
	__u64 ticks;

	EXPECT(ticks_on(old));
	ASSERT(!bind_prog(rex_obj_image_fd(new),
			  bpf_program__fd(program(old, "tick")), "tick",
			  REX_BIND_REPLACE));
	ticks = answer(old, TICKS);
	EXPECT(ticks_on(new));
	EXPECT_EQ(answer(old, TICKS), ticks);
	rex_obj_close(new); /* the old carrier still has it */
	rex_obj_close(old);
}

/* ---- no other way to run a timer program ---- */

TEST(timer_is_not_attached_to_a_tracepoint)
{
	struct rex_obj *obj = load_tick(0, 0);
	int fd = bpf_program__fd(program(obj, "tick"));
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	EXPECT(bpf_raw_tracepoint_open("sys_enter", fd) < 0);
	EXPECT_EQ(bpf_prog_test_run_opts(fd, &opts), -EINVAL);
	EXPECT(ticks_on(obj));
	rex_obj_close(obj);
}

TEST(load_refuses_a_period_that_is_none)
{
	static const char *const periods[] = { "timer/0", "timer/x", "timer/" };
	size_t size, at;

	for (int i = 0; i < 3; i++) {
		char *file = read_all(object_path("timers"), &size);
		struct rex_obj *obj;

		for (at = 0; memcmp(file + at, "timer/5", 8); at++)
			ASSERT(at + 8 < size);
		strcpy(file + at, periods[i]);
		obj = rex_obj_open_mem(file, size, NULL);
		if (obj) {
			EXPECT(rex_obj_load_opened(obj));
			EXPECT_MSG(strstr(rex_last_error(), "milliseconds"),
				   "%s", rex_last_error());
			rex_obj_close(obj);
		}
		/* The last one is no section of a kind, so librex refuses it. */
		EXPECT_EQ(!obj, i == 2);
		free(file);
	}
}

/* ---- armed by programs ---- */

TEST(armed_timer_runs_once_and_not_too_early)
{
	struct rex_obj *obj = load_once(0);
	struct bpf_link *link = attach(obj, "arms");

	map_set(obj, "control", DELAY, 50);
	fire(ARM);
	EXPECT_EQ(answer(obj, RET), 0);
	EXPECT(WAIT_FOR(answer(obj, ONCE), 20));
	EXPECT(answer(obj, RAN) >= answer(obj, ARMED) + 50000000);
	usleep(120000);
	EXPECT_EQ(answer(obj, ONCE), 1);
	/* The later call wins. */
	map_set(obj, "control", DELAY, 3600000);
	fire(ARM);
	map_set(obj, "control", DELAY, 5);
	fire(ARM);
	EXPECT(WAIT_FOR(answer(obj, ONCE) == 2, 20));
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(wrong_timer_is_an_error)
{
	static const char *const names[] = { "once", "arms", "tick", NULL };
	struct rex_obj *obj = load_timers(names, 0);
	struct bpf_link *link = attach(obj, "arms");

	fire(ARM_WRONG);
	EXPECT_EQ((__s64)answer(obj, RET), -ENOENT);
	EXPECT_EQ((__s64)answer(obj, RET + 1), -EINVAL);
	EXPECT_EQ((__s64)answer(obj, RET + 2), -ERANGE);
	EXPECT_EQ((__s64)answer(obj, RET + 3), -ERANGE);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(timer_that_is_not_loaded_is_not_armed)
{
	static const char *const names[] = { "arms", NULL };
	struct rex_obj *obj = load_timers(names, 0);
	struct bpf_link *link = attach(obj, "arms");

	map_set(obj, "control", DELAY, 5);
	fire(ARM);
	EXPECT_EQ((__s64)answer(obj, RET), -ESHUTDOWN);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(object_goes_while_its_timer_arms_itself)
{
	for (int i = 0; i < 10; i++) {
		struct rex_obj *obj = load_once(AGAIN);
		struct bpf_link *link = attach(obj, "arms");

		map_set(obj, "control", DELAY, 1);
		fire(ARM);
		EXPECT(WAIT_FOR(answer(obj, ONCE) > 5, 20));
		bpf_link__destroy(link);
		rex_obj_close(obj);
	}
	reload();
}

/* At this function, the kernel holds its lock for the timers of the CPU. */
TEST(timer_is_armed_within_the_kernels_timers)
{
	static const char *const names[] = { "once", "hook", NULL };
	struct rex_obj *obj = load_timers(names, 0);
	struct bpf_link *link = bpf_program__attach_kprobe(program(obj, "hook"),
							   false,
							   "enqueue_hrtimer");

	ASSERT(link);
	for (int i = 0; i < 100; i++)
		usleep(1000);
	EXPECT(answer(obj, HOOKED) > 100);
	EXPECT(WAIT_FOR(answer(obj, ONCE) > 3, 20));
	EXPECT_EQ(prog_info(obj, "hook").faults, 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* ---- CPUs ---- */

TEST(timer_goes_on_when_its_cpu_does_not)
{
	struct rex_obj *obj;

	pin_to_cpu(1);
	obj = load_tick(0, 0);
	EXPECT(ticks_on(obj));
	pin_to_cpu(0);
	switch_cpu(1, false);
	EXPECT(ticks_on(obj));
	map_set(obj, "control", ACT, LOOP);
	EXPECT(WAIT_FOR(!is_live(obj, "tick"), 20));
	switch_cpu(1, true);
	rex_obj_close(obj);
}
