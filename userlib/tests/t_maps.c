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

static const struct test_case cases[] = {
	TEST_CASE(maps_work_through_libbpf),
	TEST_CASE(kernel_has_the_types_of_a_map),
	TEST_CASE(map_fds_are_used_in_place_of_new_maps),
	TEST_CASE(pinned_maps_are_shared_and_undone),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
