// SPDX-License-Identifier: GPL-2.0
/*
 * Options of open: checked, extensible, and passed on.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../kmod/mapkind.h"
#include "../internal.h"
#include "gen.h"
#include "test.h"

/* Opens hello with @opts. */
static struct rex_obj *open_with(const struct rex_obj_open_opts *opts)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj = rex_obj_open_mem(gen->buf, gen->size, opts);

	gen_free(gen);
	return obj;
}

static void refuse(const struct rex_obj_open_opts *opts, int err,
		   const char *text)
{
	CHECK(!open_with(opts));
	CHECK_EQ(errno, err);
	CHECK_HAS(rex_last_error(), text);
}

static void macro_zeroes_and_sizes(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .name = "n");

	CHECK_EQ(opts.sz, sizeof(opts));
	CHECK(!strcmp(opts.name, "n"));
	CHECK(!opts.log_buf && !opts.map_fds && !opts.timeout_ms);
}

static void options_of_a_newer_library_are_refused(void)
{
	struct {
		struct rex_obj_open_opts opts;
		char tail[8];
	} big = {};
	struct rex_obj *obj;

	big.opts.sz = sizeof(big);
	obj = open_with(&big.opts);
	CHECK(obj);
	rex_obj_close(obj);

	big.tail[7] = 1;
	refuse(&big.opts, E2BIG, "this librex does not know byte");
}

static void options_of_an_older_program_are_taken(void)
{
	struct rex_obj_open_opts opts;
	struct rex_obj *obj;

	/* Bytes beyond sz must not be read. */
	memset(&opts, 0xff, sizeof(opts));
	opts.sz = offsetof(struct rex_obj_open_opts, log_level);
	opts.name = "old";
	obj = open_with(&opts);
	if (CHECK(obj))
		CHECK(!strcmp(rex_obj_name(obj), "old"));
	rex_obj_close(obj);

	opts.sz = sizeof(opts.sz);
	obj = open_with(&opts);
	if (CHECK(obj))
		CHECK(!strcmp(rex_obj_name(obj), "rex"));
	rex_obj_close(obj);
}

static void invalid_options_are_refused(void)
{
	REX_OPTS(rex_obj_open_opts, opts);
	char log[16];

	opts.sz = 4;
	refuse(&opts, EINVAL, "sz is 4");
	opts.sz = sizeof(opts);
	opts.log_size = 16;
	refuse(&opts, EINVAL, "log_size without log_buf");
	opts.log_buf = log;
	opts.log_size = (size_t)UINT_MAX + 1;
	refuse(&opts, EINVAL, "log_size is too large");
	opts.log_size = 16;
	opts.log_level = REX_LOG_DEBUG + 1;
	refuse(&opts, EINVAL, "unknown log_level 3");
	opts.log_level = 0;
	opts.nr_map_fds = 1;
	refuse(&opts, EINVAL, "nr_map_fds without map_fds");
}

static void name_is_the_files_or_the_callers(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .name = "given\tname");
	struct gen *gen = gen_hello();
	struct rex_obj *obj;
	char path[64];

	gen_write(gen, path);
	obj = rex_obj_open(path, NULL);
	if (CHECK(obj))
		CHECK(!strcmp(rex_obj_name(obj), strrchr(path, '/') + 1));
	rex_obj_close(obj);
	obj = rex_obj_open(path, &opts);
	if (CHECK(obj)) {
		CHECK(!strcmp(rex_obj_name(obj), "given_name"));
		CHECK(!strcmp(bpf_object__name(rex_obj_get_bpf(obj)),
			      "given_name"));
	}
	rex_obj_close(obj);
	unlink(path);
	gen_free(gen);
}

static void pin_root_gives_each_map_a_path(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .pin_root_path = "/some/where");
	struct rex_obj *obj = open_with(&opts);
	struct bpf_map *map;
	char *root;

	if (!CHECK(obj))
		return;
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "config");
	if (CHECK(map))
		CHECK_HAS(bpf_map__pin_path(map), "/some/where/config");
	rex_obj_close(obj);

	root = malloc(PATH_MAX + 1);
	memset(root, 'a', PATH_MAX);
	root[PATH_MAX] = '\0';
	opts.pin_root_path = root;
	refuse(&opts, ENAMETOOLONG, "pin_root_path");
	free(root);
}

static void map_fds_must_fit_the_object(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .nr_map_fds = 1);
	struct rex_map_fd fd = { .name = "nosuch", .fd = -1 };

	opts.map_fds = &fd;
	refuse(&opts, ENOENT, "rex has no map nosuch");
	strcpy(fd.name, "config");
	CHECK(!open_with(&opts));
	CHECK(errno == EBADF || errno == EBADFD); /* valgrind's, the kernel's */
	CHECK_HAS(rex_last_error(), "cannot use fd -1 as map config");
	memset(fd.name, 'a', sizeof(fd.name));
	refuse(&opts, EINVAL, "map_fds[0]: name has no NUL");
}

static void callers_log_buffer_is_used(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .log_size = 32);
	char log[32] = "before";
	struct rex_obj *obj;

	opts.log_buf = log;
	obj = open_with(&opts);
	if (!CHECK(obj))
		return;
	CHECK(rex_obj_log(obj) == log);
	CHECK_EQ(log[0], 0);
	rex_obj_close(obj);

	obj = open_with(NULL);
	if (!CHECK(obj))
		return;
	CHECK(!strcmp(rex_obj_log(obj), ""));
	rex_obj_close(obj);
}

static void setters_name_unknown_programs(void)
{
	struct rex_obj *obj = open_with(NULL);

	if (!CHECK(obj))
		return;
	CHECK_EQ(rex_obj_set_timeout(obj, "hello", 10), 0);
	CHECK_EQ(rex_obj_set_default_ret(obj, "hello", -1), 0);
	CHECK_EQ(rex_obj_set_timeout(obj, "helo", 10), -ENOENT);
	CHECK_EQ(errno, ENOENT);
	CHECK_HAS(rex_last_error(), "rex has no program helo");
	CHECK_EQ(rex_obj_set_default_ret(obj, "helo", 10), -ENOENT);
	CHECK_EQ(rex_obj_set_timeout(obj, NULL, 10), -EINVAL);
	rex_obj_close(obj);
}

/* Opens hello with a config of that type. */
static struct rex_obj *open_config(__u32 kind, __u32 size)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;

	gen_config(gen, "LIMIT", kind, size)->value[0] = 5;
	gen_config(gen, "OTHER", REX_CONFIG_BOOL, 1);
	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	CHECK(obj);
	gen_free(gen);
	return obj;
}

/* Returns the bytes of a config of at most 16 bytes from its text, or the error. */
static int parsed(__u32 kind, __u32 size, const char *text,
		  unsigned char value[16])
{
	struct rex_obj *obj = open_config(kind, size);
	int err = rex_obj_set_config_text(obj, "LIMIT", text);

	memset(value, 0xee, 16);
	CHECK_EQ(rex_obj_get_config(obj, "LIMIT", value, size), 0);
	if (err)
		CHECK_EQ(value[0], 5); /* as it was */
	rex_obj_close(obj);
	return err;
}

static void texts_of_configs_are_parsed(void)
{
	static const struct {
		__u32 kind, size;
		const char *text;
		int err;
		unsigned char value[16];
	} cases[] = {
		{ REX_CONFIG_UNSIGNED, 1, "255", 0, { 255 } },
		{ REX_CONFIG_UNSIGNED, 1, "256", -ERANGE, {} },
		{ REX_CONFIG_UNSIGNED, 2, "0x1234", 0, { 0x34, 0x12 } },
		{ REX_CONFIG_UNSIGNED, 2, "010", 0, { 8 } },
		{ REX_CONFIG_UNSIGNED, 4, "-0", -ERANGE, {} },
		{ REX_CONFIG_UNSIGNED,
		  8,
		  "18446744073709551615",
		  0,
		  { 255, 255, 255, 255, 255, 255, 255, 255 } },
		{ REX_CONFIG_UNSIGNED, 8, "18446744073709551616", -ERANGE, {} },
		{ REX_CONFIG_UNSIGNED,
		  16,
		  "18446744073709551615",
		  0,
		  { 255, 255, 255, 255, 255, 255, 255, 255, 0 } },
		{ REX_CONFIG_UNSIGNED, 8, "", -EINVAL, {} },
		{ REX_CONFIG_UNSIGNED, 8, " 1", -EINVAL, {} },
		{ REX_CONFIG_UNSIGNED, 8, "+1", -EINVAL, {} },
		{ REX_CONFIG_UNSIGNED, 8, "1 ", -EINVAL, {} },
		{ REX_CONFIG_UNSIGNED, 8, "ten", -EINVAL, {} },
		{ REX_CONFIG_SIGNED, 1, "127", 0, { 127 } },
		{ REX_CONFIG_SIGNED, 1, "128", -ERANGE, {} },
		{ REX_CONFIG_SIGNED, 1, "-128", 0, { 128 } },
		{ REX_CONFIG_SIGNED, 1, "-129", -ERANGE, {} },
		{ REX_CONFIG_SIGNED, 4, "-2", 0, { 254, 255, 255, 255 } },
		{ REX_CONFIG_SIGNED, 4, "--2", -EINVAL, {} },
		{ REX_CONFIG_SIGNED, 4, "-", -EINVAL, {} },
		{ REX_CONFIG_SIGNED, 8, "9223372036854775808", -ERANGE, {} },
		{ REX_CONFIG_SIGNED,
		  8,
		  "-9223372036854775808",
		  0,
		  { 0, 0, 0, 0, 0, 0, 0, 128 } },
		{ REX_CONFIG_SIGNED,
		  16,
		  "-1",
		  0,
		  { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		    255, 255, 255, 255 } },
		{ REX_CONFIG_SIGNED, 16, "-0", 0, { 0 } },
		{ REX_CONFIG_BOOL, 1, "true", 0, { 1 } },
		{ REX_CONFIG_BOOL, 1, "0", 0, { 0 } },
		{ REX_CONFIG_BOOL, 1, "2", -EINVAL, {} },
		{ REX_CONFIG_BOOL, 1, "TRUE", -EINVAL, {} },
		{ REX_CONFIG_BYTES, 4, "abc", 0, { 'a', 'b', 'c' } },
		{ REX_CONFIG_BYTES, 4, "abcd", 0, { 'a', 'b', 'c', 'd' } },
		{ REX_CONFIG_BYTES, 4, "abcde", -ERANGE, {} },
		{ REX_CONFIG_BYTES, 4, "", 0, {} },
	};
	unsigned char value[16];
	size_t i;

	for (i = 0; i < TEST_SIZE(cases); i++) {
		CHECK_EQ(parsed(cases[i].kind, cases[i].size, cases[i].text,
				value),
			 cases[i].err);
		if (!cases[i].err)
			CHECK(!memcmp(value, cases[i].value, cases[i].size));
	}
}

/* Opens hello with maps of some types. */
static struct rex_obj *open_maps(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;

	gen_map(gen, "HASH", BPF_MAP_TYPE_HASH, 4, 8, 0, 0);
	gen_map(gen, "ARRAY", BPF_MAP_TYPE_ARRAY, 4, 8, 16, 0);
	gen_map(gen, "RING", BPF_MAP_TYPE_RINGBUF, 0, 0, 8192, 0);
	gen_map(gen, "TASKS", BPF_MAP_TYPE_TASK_STORAGE, 4, 8, 0,
		BPF_F_NO_PREALLOC);
	gen_map(gen, "CGROUPS", BPF_MAP_TYPE_CGRP_STORAGE, 4, 8, 0,
		BPF_F_NO_PREALLOC);
	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	CHECK(obj);
	gen_free(gen);
	return obj;
}

static void refuse_size(struct rex_obj *obj, const char *map, __u32 size,
			int err, const char *text)
{
	CHECK_EQ(rex_obj_set_map_size(obj, map, size), err);
	CHECK_HAS(rex_last_error(), text);
}

static void sizes_of_maps_are_set(void)
{
	struct rex_obj *obj = open_maps();
	struct bpf_object *bpf = rex_obj_get_bpf(obj);

	CHECK_EQ(rex_map_check_sizes(obj), -EINVAL);
	CHECK_HAS(rex_last_error(), "map HASH of rex has no size");
	CHECK_HAS(rex_last_error(), "rexctl --set-size HASH=N");
	CHECK_EQ(rex_obj_set_map_size(obj, "HASH", 1000), 0);
	CHECK_EQ(bpf_map__max_entries(
			 bpf_object__find_map_by_name(bpf, "HASH")),
		 1000);
	CHECK_EQ(rex_map_check_sizes(obj), 0);
	CHECK_EQ(rex_obj_set_map_size(obj, "RING", 16384), 0);
	CHECK_EQ(bpf_map__max_entries(
			 bpf_object__find_map_by_name(bpf, "RING")),
		 16384);
	refuse_size(obj, "RING", 4096, -ERANGE, "at least 8192 bytes");
	refuse_size(obj, "HASH", 0, -EINVAL, "cannot have the size 0");
	refuse_size(obj, "ARRAY", 17, -EINVAL, "length of 16 is compiled");
	refuse_size(obj, "TASKS", 1, -EINVAL,
		    "map TASKS of rex has no size: its values belong to tasks");
	refuse_size(obj, "CGROUPS", 1, -EINVAL,
		    "map CGROUPS of rex has no size: its values belong to cgroups");
	refuse_size(obj, "NONE", 1, -ENOENT, "rex has no map NONE");
	refuse_size(obj, NULL, 1, -EINVAL, "no map name");
	refuse_size(NULL, "HASH", 1, -EINVAL, "no object");
	rex_obj_close(obj);
}

static void configs_are_listed_and_set_by_name(void)
{
	struct rex_obj *obj = open_config(REX_CONFIG_UNSIGNED, 8);
	struct rex_config_info info;
	__u64 value = 7;

	CHECK_EQ(rex_obj_config(obj, 0, &info), 0);
	CHECK(!strcmp(info.name, "LIMIT"));
	CHECK_EQ(info.kind, REX_CONFIG_UNSIGNED);
	CHECK_EQ(info.size, 8);
	CHECK_EQ(rex_obj_config(obj, 1, &info), 0);
	CHECK(!strcmp(info.name, "OTHER"));
	CHECK_EQ(rex_obj_config(obj, 2, &info), -ENOENT);
	CHECK_EQ(rex_obj_set_config(obj, "LIMIT", &value, 8), 0);
	value = 0;
	CHECK_EQ(rex_obj_get_config(obj, "LIMIT", &value, 8), 0);
	CHECK_EQ(value, 7);
	CHECK_EQ(rex_obj_set_config(obj, "LIMIT", &value, 4), -EMSGSIZE);
	CHECK_HAS(rex_last_error(),
		  "config LIMIT of rex has 8 bytes, the value has 4");
	CHECK_EQ(rex_obj_get_config(obj, "LIMIT", &value, 4), -EMSGSIZE);
	CHECK_EQ(rex_obj_set_config(obj, "LIMITS", &value, 8), -ENOENT);
	CHECK_HAS(rex_last_error(),
		  "rex has no config LIMITS; there are: LIMIT ...");
	CHECK_EQ(rex_obj_set_config(obj, "LIMIT", NULL, 8), -EINVAL);
	CHECK_EQ(rex_obj_set_config_text(obj, "LIMIT", NULL), -EINVAL);
	CHECK_EQ(rex_obj_set_config_text(NULL, "LIMIT", "1"), -EINVAL);
	rex_obj_close(obj);

	obj = open_with(NULL);
	CHECK_EQ(rex_obj_set_config_text(obj, "LIMIT", "1"), -ENOENT);
	CHECK_HAS(rex_last_error(), "rex has no config LIMIT, and no other");
	rex_obj_close(obj);
}

static const struct test_case cases[] = {
	TEST_CASE(macro_zeroes_and_sizes),
	TEST_CASE(options_of_a_newer_library_are_refused),
	TEST_CASE(options_of_an_older_program_are_taken),
	TEST_CASE(invalid_options_are_refused),
	TEST_CASE(name_is_the_files_or_the_callers),
	TEST_CASE(pin_root_gives_each_map_a_path),
	TEST_CASE(map_fds_must_fit_the_object),
	TEST_CASE(callers_log_buffer_is_used),
	TEST_CASE(setters_name_unknown_programs),
	TEST_CASE(texts_of_configs_are_parsed),
	TEST_CASE(configs_are_listed_and_set_by_name),
	TEST_CASE(sizes_of_maps_are_set),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
