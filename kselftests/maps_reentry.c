// SPDX-License-Identifier: GPL-2.0
/*
 * A program within the kernel's change of a map, where the map's lock is held
 * (programs/map_reentry). If it were let through, it would wait for ever with
 * interrupts off.
 */
#include "rex_util.h"
#include "names/map_reentry.h"

struct loaded {
	struct rex_obj *obj;
	struct bpf_link *outer, *within;
};

static struct loaded load(void)
{
	struct loaded l = { .obj = load_object("map_reentry") };

	l.outer = attach(l.obj, "outer");
	l.within = attach(l.obj, "within");
	map_set(l.obj, "numbers", THREAD,
		(__u64)getpid() << 32 | syscall(SYS_gettid));
	return l;
}

static __u64 number(struct loaded *l, __u32 index)
{
	return map_get(l->obj, "numbers", index);
}

static void unload(struct loaded *l)
{
	EXPECT(number(l, REFUSED) > 0);
	EXPECT_EQ(number(l, NOT_REFUSED), 0);
	EXPECT_EQ(prog_info(l->obj, "outer").faults, 0);
	EXPECT_EQ(prog_info(l->obj, "within").faults, 0);
	bpf_link__destroy(l->within);
	bpf_link__destroy(l->outer);
	rex_obj_close(l->obj);
}

TEST(lru_hash_is_busy_within_a_programs_change)
{
	struct loaded l = load();

	map_set(l.obj, "numbers", KEYS, 200);
	fire(~0u);
	EXPECT_EQ(number(&l, INSERTED), 200);
	unload(&l);
}

TEST(lru_hash_is_busy_within_a_change_of_bpf)
{
	struct loaded l = load();
	int fd = map_fd(l.obj, "lru");
	__u64 value = 1;

	for (__u32 key = 0; key < 200; key++)
		EXPECT_EQ(bpf_map_update_elem(fd, &key, &value, 0), 0);
	unload(&l);
}

TEST(lru_hash_can_be_changed_again_afterwards)
{
	struct loaded l = load();

	map_set(l.obj, "numbers", KEYS, 200);
	for (int i = 1; i <= 3; i++) {
		fire(~0u);
		EXPECT_EQ(number(&l, INSERTED), 200 * i);
	}
	unload(&l);
}
