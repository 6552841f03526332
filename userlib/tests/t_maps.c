// SPDX-License-Identifier: GPL-2.0
/*
 * Maps of a loaded object: through libbpf, given by the caller, and pinned. The kernel's
 * own bpf(2) makes them. Needs the privilege to use it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fake_dev.h"
#include "two.h"

static void maps_work_through_libbpf(void)
{
	__u64 value = 77, got = 0;
	struct rex_obj *obj;
	struct bpf_map *map;
	__u32 key = 5;

	if (!may_use_bpf())
		return;
	obj = load_two();
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "counts");
	CHECK_EQ(bpf_map__update_elem(map, &key, sizeof(key), &value,
				      sizeof(value), BPF_ANY),
		 0);
	CHECK_EQ(bpf_map__lookup_elem(map, &key, sizeof(key), &got, sizeof(got),
				      0),
		 0);
	CHECK_EQ(got, 77);
	rex_obj_close(obj);
}

/* A struct with an array of arrays, of which the kernel checks everything. */
static void kernel_has_the_types_of_a_map(void)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	obj = load_two();
	CHECK_EQ(bpf_obj_get_info_by_fd(rex_obj_map_fd(obj, "config"), &info,
					&len),
		 0);
	CHECK(info.btf_id && info.btf_key_type_id && info.btf_value_type_id);
	rex_obj_close(obj);
}

static void map_fds_are_used_in_place_of_new_maps(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .nr_map_fds = 1);
	struct rex_map_fd map = { .name = "counts" };
	struct bpf_map_info mine = {}, used = {};
	__u32 len = sizeof(mine);
	struct rex_obj *obj;

	if (!may_use_bpf())
		return;
	fake_dev_reset();
	map.fd = bpf_map_create(BPF_MAP_TYPE_HASH, "mine", 4, 8, 64, NULL);
	opts.map_fds = &map;
	CHECK(!bpf_obj_get_info_by_fd(map.fd, &mine, &len));
	obj = open_two(&opts);
	close(map.fd);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK(!bpf_obj_get_info_by_fd(fake_dev.maps[0].fd, &used, &len));
	CHECK_EQ(used.id, mine.id);
	/* It has this name in Rust, whatever the kernel calls it. */
	used.id = 0;
	CHECK(!bpf_obj_get_info_by_fd(rex_obj_map_fd(obj, "counts"), &used,
				      &len));
	CHECK_EQ(used.id, mine.id);
	rex_obj_close(obj);
}

/* Makes a BPF file system that only this process sees. */
static bool mount_bpffs(char dir[64])
{
	strcpy(dir, "/tmp/librex-bpffs-XXXXXX");
	if (!CHECK(mkdtemp(dir)))
		return false;
	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", dir, "bpf", 0, NULL)) {
		rmdir(dir);
		test_skip("cannot mount a BPF file system here");
		return false;
	}
	return true;
}

static void check_pins(const char *dir, bool want)
{
	static const char *const names[] = { "counts", "config", "queue" };
	char path[128];
	size_t i;

	for (i = 0; i < TEST_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		CHECK_EQ(!access(path, F_OK), want);
	}
}

static void pinned_maps_are_shared_and_undone(void)
{
	REX_OPTS(rex_obj_open_opts, opts);
	struct bpf_map_info first = {}, second = {};
	__u32 len = sizeof(first);
	struct rex_obj *obj;
	char dir[64];
	int step;

	if (!may_use_bpf() || !mount_bpffs(dir))
		return;
	opts.pin_root_path = dir;

	for (step = 2; step <= 4; step++) {
		fake_dev_reset();
		fake_dev.fail_at = step;
		obj = open_two(&opts);
		CHECK_EQ(rex_obj_load_opened(obj), -EIO);
		rex_obj_close(obj);
		check_pins(dir, false);
	}

	fake_dev_reset();
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK(!bpf_obj_get_info_by_fd(fake_dev.maps[0].fd, &first, &len));
	rex_obj_close(obj);
	check_pins(dir, true);

	/* Another load uses them, and if it fails they stay. */
	fake_dev_reset();
	fake_dev.fail_at = 4;
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_load_opened(obj), -EIO);
	rex_obj_close(obj);
	check_pins(dir, true);

	fake_dev_reset();
	obj = open_two(&opts);
	CHECK_EQ(rex_obj_load_opened(obj), 0);
	CHECK(!bpf_obj_get_info_by_fd(fake_dev.maps[0].fd, &second, &len));
	CHECK_EQ(first.id, second.id);
	rex_obj_close(obj);

	CHECK(!umount2(dir, MNT_DETACH));
	CHECK(!rmdir(dir));
}

/* ---- maps that programs can do without ---- */

/* The answers of libbpf's probe; while `asked` is set, the kernel is not asked. */
static struct {
	bool asked;
	int ret;
	int error; /* errno of the map that libbpf could not make */
} probe;

/* Takes the place of libbpf's, which says 0 whatever went wrong. */
int libbpf_probe_bpf_map_type(enum bpf_map_type type, const void *opts)
{
	(void)type;
	(void)opts;
	CHECK(probe.asked);
	errno = probe.error;
	return probe.ret;
}

static struct rex_obj *open_optional(void)
{
	struct gen *gen = gen_new();
	struct rex_obj *obj;

	gen_prog(gen, "first", "xdp", BPF_PROG_TYPE_XDP);
	gen_map(gen, "must", BPF_MAP_TYPE_HASH, 4, 8, 4, 0);
	gen_map(gen, "may", BPF_MAP_TYPE_QUEUE, 0, 8, 4, 0)->flags =
		REX_MAP_OPTIONAL;
	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	CHECK(obj);
	gen_free(gen);
	return obj;
}

static void optional_map_is_left_out_if_the_kernel_lacks_its_type(void)
{
	struct rex_obj *obj = open_optional();

	probe = (typeof(probe)){ .asked = true, .error = EINVAL };
	CHECK_EQ(rex_map_leave_out(obj), 0);
	CHECK(bpf_map__autocreate(obj->maps[0]));
	CHECK(!bpf_map__autocreate(obj->maps[1]));
	rex_obj_close(obj);

	obj = open_optional();
	probe = (typeof(probe)){ .asked = true, .ret = 1 };
	CHECK_EQ(rex_map_leave_out(obj), 0);
	CHECK(bpf_map__autocreate(obj->maps[1]));
	rex_obj_close(obj);
}

/* libbpf says 0 if it could not make a map, and its error if it could not make BTF. */
static void optional_map_is_named_if_the_kernel_does_not_say(void)
{
	static const int errors[] = { ENOMEM, EPERM, EMFILE, 0 };
	struct rex_obj *obj;
	size_t i;

	for (i = 0; i < TEST_SIZE(errors); i++) {
		fake_dev_reset();
		obj = open_optional();
		probe = (typeof(probe)){ .asked = true, .error = errors[i] };
		CHECK_EQ(rex_obj_load_opened(obj), -(errors[i] ?: EIO));
		CHECK_HAS(rex_last_error(),
			  "map may of rex is optional, and the kernel does not say whether it has maps of type queue: ");
		CHECK_EQ(fake_dev.loads, 0);
		rex_obj_close(obj);
	}
	obj = open_optional();
	probe = (typeof(probe)){ .asked = true, .ret = -ENOMEM };
	CHECK_EQ(rex_map_leave_out(obj), -ENOMEM);
	CHECK_HAS(rex_last_error(), "map may of rex is optional");
	rex_obj_close(obj);
}

/* What the user left out is not asked for. */
static void kernel_is_not_asked_for_other_maps(void)
{
	struct rex_obj *obj = open_optional();

	probe = (typeof(probe)){};
	CHECK(!bpf_map__set_autocreate(obj->maps[1], false));
	CHECK_EQ(rex_map_leave_out(obj), 0);
	rex_obj_close(obj);
}

static const struct test_case cases[] = {
	TEST_CASE(maps_work_through_libbpf),
	TEST_CASE(kernel_has_the_types_of_a_map),
	TEST_CASE(map_fds_are_used_in_place_of_new_maps),
	TEST_CASE(pinned_maps_are_shared_and_undone),
	TEST_CASE(optional_map_is_left_out_if_the_kernel_lacks_its_type),
	TEST_CASE(optional_map_is_named_if_the_kernel_does_not_say),
	TEST_CASE(kernel_is_not_asked_for_other_maps),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
