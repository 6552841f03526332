// SPDX-License-Identifier: GPL-2.0
/*
 * Loading: the kernel's own bpf(2) makes the maps and carriers, a fake device
 * takes the place of rex.ko. Needs the privilege to use bpf(2).
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../kmod/progtype.h"
#include "../internal.h"
#include "fake_dev.h"
#include "gen.h"
#include "test.h"
#include "two.h"

#define DEADLINE_SECONDS 20

static bool prog_exists(__u32 id)
{
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The kernel frees programs a little after the last descriptor is closed. */
static bool prog_goes_away(__u32 id)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	time_t deadline = time(NULL) + DEADLINE_SECONDS;

	while (prog_exists(id)) {
		if (time(NULL) > deadline)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static void load_passes_file_maps_and_names(void)
{
	static const char *const names[] = { "counts", "config", "queue" };
	struct bpf_map_info info = {};
	struct rex_obj *obj;
	__u32 len = sizeof(info);
	size_t i;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_EQ(fake_dev.loads, 1);
	CHECK_EQ(fake_dev.load.size, sizeof(fake_dev.load));
	CHECK_EQ(fake_dev.load.flags, 0);
	CHECK_EQ(fake_dev.load.heap_size, 0);
	CHECK(!memcmp(fake_dev.elf_ident, "\177ELF", 4));
	CHECK_EQ(fake_dev.load.log_level, REX_LOG_ERROR);
	CHECK(!strcmp(fake_dev.load.name, "rex"));
	CHECK_EQ(fake_dev.load.nr_maps, TEST_SIZE(names));
	for (i = 0; i < TEST_SIZE(names); i++) {
		CHECK(!strcmp(fake_dev.maps[i].name, names[i]));
		CHECK_EQ(fake_dev.maps[i].fd,
			 bpf_object__find_map_fd_by_name(rex_obj_get_bpf(obj),
							 names[i]));
	}
	CHECK(!bpf_obj_get_info_by_fd(fake_dev.maps[1].fd, &info, &len));
	CHECK_EQ(info.type, BPF_MAP_TYPE_ARRAY);
	CHECK_EQ(info.value_size, 24);
	CHECK(!strcmp(info.name, "config"));
	CHECK(fcntl(rex_obj_image_fd(obj), F_GETFD) & FD_CLOEXEC);
	rex_obj_close(obj);
}

static void each_carrier_is_bound_to_its_program(void)
{
	struct bpf_object *bpf;
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	bpf = rex_obj_get_bpf(obj);
	CHECK_EQ(fake_dev.binds, 2);
	CHECK(!strcmp(fake_dev.bind[0].entry, "hello"));
	CHECK(!strcmp(fake_dev.bind[1].entry, "second"));
	CHECK_EQ(fake_dev.bind[0].prog_fd,
		 bpf_program__fd(
			 bpf_object__find_program_by_name(bpf, "hello")));
	CHECK_EQ(fake_dev.bind[1].prog_fd,
		 bpf_program__fd(
			 bpf_object__find_program_by_name(bpf, "second")));
	CHECK_EQ(fake_dev.bind[0].image_fd, rex_obj_image_fd(obj));
	CHECK_EQ(fake_dev.bind[0].size, sizeof(fake_dev.bind[0]));
	CHECK_EQ(fake_dev.bind[0].flags, 0);
	rex_obj_close(obj);
}

static void bind_options_are_passed_on(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 100);
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_set_timeout(obj, "second", 7), 0);
	CHECK_EQ(rex_obj_set_default_ret(obj, "second", -5), 0);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK_EQ(fake_dev.bind[0].timeout_ms, 100);
	CHECK_EQ(fake_dev.bind[0].flags, 0);
	CHECK_EQ(fake_dev.bind[1].timeout_ms, 7);
	CHECK_EQ(fake_dev.bind[1].flags, REX_BIND_DEFAULT_RET);
	CHECK_EQ(fake_dev.bind[1].default_ret, -5);
	CHECK_EQ(rex_obj_set_timeout(obj, "second", 7), -EBUSY);
	rex_obj_close(obj);
}

static void program_without_autoload_is_not_bound(void)
{
	struct bpf_program *prog;
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	obj = open_two(NULL);
	prog = bpf_object__find_program_by_name(rex_obj_get_bpf(obj), "hello");
	CHECK_EQ(bpf_program__set_autoload(prog, false), 0);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK_EQ(fake_dev.binds, 1);
	CHECK(!strcmp(fake_dev.bind[0].entry, "second"));
	rex_obj_close(obj);
}

static void close_frees_carriers_and_descriptors(void)
{
	int fds = test_count_fds();
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK(prog_exists(fake_dev.bound_prog_id[0]));
	errno = 4321;
	rex_obj_close(obj);
	CHECK_EQ(errno, 4321);
	CHECK_EQ(test_count_fds(), fds);
	CHECK(prog_goes_away(fake_dev.bound_prog_id[0]));
	CHECK(prog_goes_away(fake_dev.bound_prog_id[1]));
}

/* Calls are: version, load, bind, bind. */
static void failure_at_every_step_is_undone(void)
{
	int fds = test_count_fds();
	struct rex_obj *obj;
	int step, i;

	if (!may_use_bpf())
		return;
	for (step = 1; step <= 4; step++) {
		fake_dev_reset();
		fake_dev.fail_at = step;
		obj = open_two(NULL);
		errno = 0;
		CHECK_EQ(rex_obj_load_opened(obj), -EIO);
		CHECK_EQ(errno, EIO);
		CHECK_EQ(fake_dev.calls, step);
		CHECK_EQ(test_count_fds(), fds);
		for (i = 0; i < fake_dev.binds; i++)
			CHECK(prog_goes_away(fake_dev.bound_prog_id[i]));
		CHECK(!rex_obj_get_bpf(obj));
		CHECK_EQ(rex_obj_image_fd(obj), -ENOENT);
		CHECK_EQ(rex_obj_load_opened(obj), -EALREADY);
		rex_obj_close(obj);
	}
	CHECK_EQ(fake_dev.binds, 1);
	CHECK_EQ(test_count_fds(), fds);
}

static void bind_failure_names_the_program(void)
{
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	fake_dev.fail_at = 4;
	fake_dev.fail_errno = EPROTOTYPE;
	obj = open_two(NULL);
	CHECK_EQ(rex_obj_load_opened(obj), -EPROTOTYPE);
	CHECK_HAS(rex_last_error(), "rex: cannot bind program second");
	rex_obj_close(obj);
}

static void load_log_is_kept_and_its_last_line_is_the_reason(void)
{
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	fake_dev.fail_at = 2;
	fake_dev.fail_errno = ENOEXEC;
	fake_dev.log = "first line\nundefined symbol foo\n";
	obj = open_two(NULL);
	CHECK_EQ(rex_obj_load_opened(obj), -ENOEXEC);
	CHECK(!strcmp(rex_obj_log(obj), fake_dev.log));
	/* The text of errno, "Exec format error", would say less. */
	CHECK(!strcmp(rex_last_error(), "rex: rex.ko refused the object: "
					"undefined symbol foo"));
	rex_obj_close(obj);
}

static void callers_log_buffer_may_be_short(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .log_level = REX_LOG_DEBUG);
	struct rex_obj *obj;
	char log[8] = "";

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	fake_dev.log = "0123456789";
	opts.log_buf = log;
	opts.log_size = sizeof(log);
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK_EQ(fake_dev.load.log_level, REX_LOG_DEBUG);
	CHECK(!strcmp(log, "0123456"));
	CHECK(rex_obj_log(obj) == log);
	rex_obj_close(obj);
}

static void module_of_another_abi_is_refused(void)
{
	struct rex_obj *obj;

	fake_dev_reset();
	fake_dev.abi = 9;
	obj = open_two(NULL);
	CHECK_EQ(rex_obj_load_opened(obj), -EPROTO);
	CHECK_HAS(rex_last_error(), "the module speaks ABI 9, librex speaks 1");
	CHECK_EQ(fake_dev.calls, 1);
	rex_obj_close(obj);
}

static void one_object_is_loaded_once(void)
{
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_EQ(rex_obj_load_opened(obj), -EALREADY);
	CHECK(rex_obj_get_bpf(obj));
	rex_obj_close(obj);
}

static void replace_binds_with_the_flag(void)
{
	struct rex_obj *old, *new;
	int carrier;

	if (!may_use_bpf())
		return;
	old = load_two();
	new = load_two();
	carrier = bpf_program__fd(
		bpf_object__find_program_by_name(rex_obj_get_bpf(old),
						 "second"));
	CHECK_EQ(rex_obj_replace(new, "second", carrier), 0);
	CHECK_EQ(fake_dev.binds, 3);
	CHECK_EQ(fake_dev.bind[2].flags, REX_BIND_REPLACE);
	CHECK_EQ(fake_dev.bind[2].prog_fd, carrier);
	CHECK_EQ(fake_dev.bind[2].image_fd, rex_obj_image_fd(new));
	CHECK(!strcmp(fake_dev.bind[2].entry, "second"));
	CHECK_EQ(rex_obj_replace(new, "third", carrier), -ENOENT);
	rex_obj_close(old);
	rex_obj_close(new);
}

/* A carrier forces the result of its program into the verifier's bounds. */
static void verifier_takes_carriers_of_every_kind(void)
{
	static const struct {
		const char *section;
		__u32 type, attach_type;
	} progs[] = {
		{ "cgroup_skb/ingress", BPF_PROG_TYPE_CGROUP_SKB, 0 },
		{ "cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB, 0 },
		{ "tc", BPF_PROG_TYPE_SCHED_CLS, 0 },
		{ "xdp", BPF_PROG_TYPE_XDP, 0 },
		{ "xdp.frags/cpumap", BPF_PROG_TYPE_XDP, 0 },
		{ "xdp/devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP },
		{ "kprobe", BPF_PROG_TYPE_KPROBE, 0 },
		{ "uretprobe//bin/sh:main", BPF_PROG_TYPE_KPROBE, 0 },
		{ "tracepoint/sched/sched_switch", BPF_PROG_TYPE_TRACEPOINT,
		  0 },
		{ "perf_event", BPF_PROG_TYPE_PERF_EVENT, 0 },
		{ "raw_tp/sched_switch", BPF_PROG_TYPE_RAW_TRACEPOINT, 0 },
	};
	struct rex_obj *obj;
	struct gen *gen;
	size_t i;

	if (!may_use_bpf())
		return;
	for (i = 0; i < TEST_SIZE(progs); i++) {
		fake_dev_reset();
		gen = gen_new();
		gen_prog(gen, "p", progs[i].section, progs[i].type)
			->attach_type = progs[i].attach_type;
		gen_build(gen);
		obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
		if (!CHECK(obj) || !CHECK_EQ(rex_obj_load_opened(obj), 0))
			printf("# %s: %s\n", progs[i].section,
			       rex_last_error());
		rex_obj_close(obj);
		gen_free(gen);
	}
}

/* fmod_ret/security_file_alloc that answers 1 is a pointer of the kernel's. */
static void kinds_that_no_attribute_makes_are_refused(void)
{
	static const struct {
		const char *section;
		__u32 type, attach_type;
	} progs[] = {
		{ "fmod_ret/security_file_alloc", BPF_PROG_TYPE_TRACING,
		  BPF_MODIFY_RETURN },
		{ "fentry/vfs_read", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN },
		{ "fmod_ret/vfs_read", BPF_PROG_TYPE_TRACING,
		  BPF_TRACE_FENTRY },
		{ "iter/task", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY },
		{ "fentry/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER },
		{ "iter", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER },
		{ "freplace/f", BPF_PROG_TYPE_EXT, 0 },
		{ "lsm_cgroup/socket_bind", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP },
		{ "kprobe.s/do_exit", BPF_PROG_TYPE_KPROBE, 0 },
		{ "lsm.s/file_open", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP },
		{ "sockops", BPF_PROG_TYPE_SOCK_OPS, 0 },
		{ "sk_lookup", BPF_PROG_TYPE_SK_LOOKUP, 0 },
		{ "cgroup/connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, 0 },
		{ "xdp/devmap", BPF_PROG_TYPE_XDP, 0 },
		{ "xdp", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP },
		{ "xdpx", BPF_PROG_TYPE_XDP, 0 },
		{ "tracepoint/", BPF_PROG_TYPE_TRACEPOINT, 0 },
		{ "tc", BPF_PROG_TYPE_SCHED_ACT, 0 },
	};
	struct rex_obj *obj;
	struct gen *gen;
	size_t i;

	for (i = 0; i < TEST_SIZE(progs); i++) {
		gen = gen_new();
		gen_prog(gen, "p", progs[i].section, progs[i].type)
			->attach_type = progs[i].attach_type;
		gen_build(gen);
		obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
		CHECK(!obj);
		rex_obj_close(obj);
		gen_free(gen);
	}
}

static void functions_where_programs_run_are_known(void)
{
	CHECK(rex_prog_may_sleep_at("__x64_sys_openat"));
	CHECK(rex_prog_may_sleep_at("__ia32_compat_sys_openat"));
	CHECK(rex_prog_may_sleep_at("__do_sys_fork"));
	CHECK(rex_prog_may_sleep_at("bpf_fentry_test1"));
	CHECK(!rex_prog_may_sleep_at("bpf_fentry_test10"));
	CHECK(!rex_prog_may_sleep_at("do_sys_openat2"));
	CHECK(!rex_prog_may_sleep_at("btrfs_search_slot"));
	CHECK(!rex_prog_may_sleep_at(""));
	CHECK(rex_function_returns("do_exi"));
	CHECK(!rex_function_returns("do_exit"));
}

static void load_options_are_passed_on(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = 12345);
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	opts.restarts_per_min = 7;
	opts.time_runs = true;
	fake_dev_reset();
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK_EQ(fake_dev.load.heap_size, 12345);
	CHECK_EQ(fake_dev.load.restarts_per_min, 7);
	CHECK_EQ(fake_dev.load.flags, REX_LOAD_RESTART | REX_LOAD_TIME_RUNS);
	rex_obj_close(obj);
}

static const struct test_case cases[] = {
	TEST_CASE(load_passes_file_maps_and_names),
	TEST_CASE(load_options_are_passed_on),
	TEST_CASE(functions_where_programs_run_are_known),
	TEST_CASE(each_carrier_is_bound_to_its_program),
	TEST_CASE(bind_options_are_passed_on),
	TEST_CASE(program_without_autoload_is_not_bound),
	TEST_CASE(close_frees_carriers_and_descriptors),
	TEST_CASE(failure_at_every_step_is_undone),
	TEST_CASE(bind_failure_names_the_program),
	TEST_CASE(load_log_is_kept_and_its_last_line_is_the_reason),
	TEST_CASE(callers_log_buffer_may_be_short),
	TEST_CASE(module_of_another_abi_is_refused),
	TEST_CASE(one_object_is_loaded_once),
	TEST_CASE(replace_binds_with_the_flag),
	TEST_CASE(verifier_takes_carriers_of_every_kind),
	TEST_CASE(kinds_that_no_attribute_makes_are_refused),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
