// SPDX-License-Identifier: GPL-2.0
/* A loader sets the sizes of maps between open and load (programs/map_sizes). */
#include "rex_tool.h"

static __s32 request(struct rex_obj *obj, const char *name)
{
	static const __u64 args[12];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = sizeof(args));

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(program(obj, name)),
				       &opts));
	return opts.retval;
}

TEST(map_without_a_size_is_named)
{
	struct rex_obj *obj = open_object("map_sizes", NULL);

	EXPECT_EQ(rex_obj_load_opened(obj), -EINVAL);
	EXPECT_MSG(strstr(rex_last_error(),
			  "map values of map_sizes.rex.o has no size") &&
			   strstr(rex_last_error(), "--set-size values=N"),
		   "%s", rex_last_error());
	rex_obj_close(obj);
}

TEST(programs_use_as_many_elements_as_were_set)
{
	static const __u32 sizes[] = { 1, 100, 4000 };

	for (int i = 0; i < 3; i++) {
		struct rex_obj *obj = open_object("map_sizes", NULL);

		ASSERT(!rex_obj_set_map_size(obj, "values", sizes[i]));
		load_opened(obj);
		EXPECT_EQ(request(obj, "fill"), (__s32)sizes[i]);
		EXPECT_EQ(rex_obj_set_map_size(obj, "values", 2), -EBUSY);
		rex_obj_close(obj);
	}
}

/* A record of 56 bytes has a header of 8. */
TEST(ring_buffer_has_as_many_bytes_as_were_set)
{
	struct rex_obj *obj = open_object("map_sizes", NULL);

	ASSERT(!rex_obj_set_map_size(obj, "values", 1));
	ASSERT(!rex_obj_set_map_size(obj, "events", 64 * 1024));
	load_opened(obj);
	EXPECT_EQ(request(obj, "send"), 64 * 1024 / 64 - 1);
	rex_obj_close(obj);
}

static void refused(struct rex_obj *obj, const char *map, __u32 size, int err,
		    const char *text)
{
	EXPECT_EQ(rex_obj_set_map_size(obj, map, size), err);
	EXPECT_MSG(strstr(rex_last_error(), text), "%s", rex_last_error());
}

TEST(sizes_that_cannot_be_are_refused)
{
	struct rex_obj *obj = open_object("map_sizes", NULL);

	refused(obj, "fixed", 3, -EINVAL, "compiled into the programs");
	refused(obj, "events", 2048, -ERANGE, "at least 4096 bytes");
	refused(obj, "values", 0, -EINVAL, "cannot have the size 0");
	refused(obj, "none", 1, -ENOENT, "has no map none");
	rex_obj_close(obj);
}

/*
 * The length of an array is part of the programs: another one, set behind librex's back,
 * would let them write after its end.
 */
TEST(array_of_another_length_is_refused_by_the_module)
{
	struct rex_obj *obj = open_object("map_sizes", NULL);
	struct bpf_map *fixed =
		bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "fixed");

	ASSERT(!rex_obj_set_map_size(obj, "values", 1));
	ASSERT(!bpf_map__set_max_entries(fixed, 1));
	EXPECT(rex_obj_load_opened(obj) < 0);
	EXPECT_MSG(strstr(rex_last_error(),
			  "map fixed: the object declares max_entries 2, the map has 1"),
		   "%s", rex_last_error());
	rex_obj_close(obj);
}

TEST(map_that_is_too_large_is_named)
{
	struct rex_obj *obj = open_object("map_sizes", NULL);
	const char *text;

	ASSERT(!rex_obj_set_map_size(obj, "values", 2000000000));
	EXPECT_EQ(rex_obj_load_opened(obj), -E2BIG);
	EXPECT_CONTAINS(rex_last_error(), "make it smaller");
	rex_obj_close(obj);
	text = tool(TOOL_FAILED, "load %s --set-size values=2000000000",
		    object_path("map_sizes"));
	EXPECT_CONTAINS(text, "make it smaller");
	EXPECT_CONTAINS(text, "map 'values': failed to create");
}

TEST(rexctl_sets_sizes)
{
	const char *path = object_path("map_sizes");

	EXPECT_CONTAINS(tool(TOOL_OK, "call %s fill --set-size values=77",
			     path),
			"77");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s", path),
			"--set-size values=N");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load x --set-size values"), "MAP=N");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load x --set-size values=0"),
			"a number from 1");
}
