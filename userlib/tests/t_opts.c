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

	/* What lies beyond sz must not be looked at. */
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
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
