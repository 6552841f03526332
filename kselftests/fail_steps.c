// SPDX-License-Identifier: GPL-2.0
/*
 * Every fallible step of a load and of a bind fails once, by the parameter fail_step of
 * rex.ko (kmod/selftest.h): nothing leaks, and the next call succeeds.
 */
#include "hostile.h"

#define FAIL_STEP "fail_step"

/* Makes this thread's N-th step from now on fail; 0: none. */
static void fail_step(int n)
{
	set_module_parameter(FAIL_STEP, n);
}

/* Returns whether the step came, and failed. */
static bool failed(void)
{
	return module_parameter(FAIL_STEP) == 0;
}

/*
 * Fails each step of CALL, which returns 0 or an errno, and leaves nothing if
 * it fails.
 */
static int sweep(const char *what, int (*call)(void))
{
	struct census census;
	int steps;

	idle_device();
	EXPECT_EQ(call(), 0);
	census = take_census();
	for (steps = 0; steps < 200; steps++) {
		int err;

		fail_step(steps + 1);
		err = call();
		if (!failed())
			break;
		EXPECT_MSG(err == ENOMEM || err == EBUSY || err == ENFILE,
			   "%s with step %d failing gives errno %d", what,
			   steps + 1, err);
		EXPECT_CENSUS(&census);
		EXPECT_EQ(call(), 0);
	}
	fail_step(0);
	ksft_note("%s has %d steps", what, steps);
	EXPECT_EQ(call(), 0);
	EXPECT_CENSUS(&census);
	return steps;
}

static struct rex_load with_maps;
static struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

static int load_and_close(void)
{
	int fd = ioctl(device(), REX_IOC_LOAD, &with_maps);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

TEST(load_with_any_step_failing_leaks_nothing)
{
	with_maps = load_args("counts");
	with_maps.flags = REX_LOAD_RESTART;
	with_maps.restarts_per_min = 1;
	give_counts_maps(&with_maps, maps);
	EXPECT(sweep("load", load_and_close) >= 10);
}

TEST(load_with_a_heap_with_any_step_failing_leaks_nothing)
{
	with_maps = load_args("heap");
	give_heap_maps(&with_maps, maps);
	EXPECT(sweep("load of a heap", load_and_close) >= 12);
}

static int image, other;

static struct rex_prog_info first_prog(int image_fd)
{
	struct rex_prog_info info = { .size = sizeof(info),
				      .image_fd = image_fd,
				      .prog_fd = -1 };

	ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &info));
	return info;
}

/* Binds with new options, which a failed BIND does not set. */
static int bind_with_options(int image_fd, int prog, __u32 flags)
{
	struct rex_bind args = bind_args(image_fd, prog, "rex_prog1");
	struct rex_prog_info before = first_prog(image_fd), after;
	int err;

	ASSERT(!strcmp(before.name, "rex_prog1"));
	args.flags = flags | REX_BIND_DEFAULT_RET;
	args.timeout_ms = before.timeout_ms + 1;
	args.default_ret = before.default_ret + 1;
	err = ioctl(device(), REX_IOC_BIND, &args) ? errno : 0;
	after = first_prog(image_fd);
	EXPECT_EQ(after.timeout_ms, before.timeout_ms + !err);
	EXPECT_EQ(after.default_ret, before.default_ret + !err);
	return err;
}

static int bind_and_close(void)
{
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	int err = bind_with_options(image, prog, 0);

	if (!err)
		expect_attachable(prog);
	close(prog);
	/* The binding ends a while later. */
	if (!err)
		EXPECT(WAIT_FOR(module_refs() == 2, 10));
	return err;
}

TEST(bind_with_any_step_failing_leaks_nothing)
{
	idle_device();
	image = load_image("hello");
	EXPECT(sweep("bind", bind_and_close) >= 2);
}

static int moved;

static __u32 image_of_moved(void)
{
	struct rex_prog_info info = { .size = sizeof(info), .image_fd = -1 };

	info.prog_fd = moved;
	ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &info));
	return info.image_id;
}

/* Moves the carrier there and back. A failed move changes nothing. */
static int move_and_back(void)
{
	__u32 before = image_of_moved();
	int err;

	err = bind_with_options(other, moved, REX_BIND_REPLACE);
	if (err) {
		EXPECT_EQ(image_of_moved(), before);
		return err;
	}
	EXPECT(image_of_moved() != before);
	err = bind_with_options(image, moved, REX_BIND_REPLACE);
	if (err) {
		EXPECT(image_of_moved() != before);
		ASSERT(!bind_prog(image, moved, "rex_prog1", REX_BIND_REPLACE));
		return err;
	}
	EXPECT_EQ(image_of_moved(), before);
	return 0;
}

TEST(replace_with_any_step_failing_changes_nothing)
{
	idle_device();
	image = load_image("hello");
	other = load_image("hello");
	moved = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(!bind_prog(image, moved, "rex_prog1", 0));
	EXPECT(sweep("replace", move_and_back) >= 2);
}

/* Loads by the library, which frees everything on a failure. */
static int load_by_library(void)
{
	struct rex_obj *obj = rex_obj_open(object_path("counts"), NULL);
	int err;

	ASSERT(obj);
	err = -rex_obj_load_opened(obj);
	rex_obj_close(obj);
	if (!err)
		EXPECT(WAIT_FOR(module_refs() == 1, 10));
	return err;
}

TEST(library_with_any_step_failing_leaks_nothing)
{
	EXPECT(sweep("rex_obj_load_opened", load_by_library) >= 12);
}
