// SPDX-License-Identifier: GPL-2.0
/*
 * A program interrupts the kernel's change of a map, where the map's lock is
 * held (programs/map_reentry). If it took the lock again, it would spin forever
 * with interrupts off.
 */
#include "rex_util.h"
#include "names/map_reentry.h"

FIXTURE(reentry)
{
	struct rex_obj *obj;
	struct bpf_link *outer, *within;
};

FIXTURE_SETUP(reentry)
{
	self->obj = load_object("map_reentry");
	self->outer = attach(self->obj, "outer");
	self->within = attach(self->obj, "within");
	map_set(self->obj, "numbers", THREAD,
		(__u64)getpid() << 32 | syscall(SYS_gettid));
}

static __u64 number(struct reentry_fixture *self, __u32 index)
{
	return map_get(self->obj, "numbers", index);
}

FIXTURE_TEARDOWN(reentry)
{
	EXPECT(number(self, REFUSED) > 0);
	EXPECT_EQ(number(self, NOT_REFUSED), 0);
	EXPECT_EQ(prog_info(self->obj, "outer").faults, 0);
	EXPECT_EQ(prog_info(self->obj, "within").faults, 0);
	bpf_link__destroy(self->within);
	bpf_link__destroy(self->outer);
	rex_obj_close(self->obj);
}

TEST_F(reentry, lru_hash_is_busy_within_a_programs_change)
{
	map_set(self->obj, "numbers", KEYS, 200);
	fire(~0u);
	EXPECT_EQ(number(self, INSERTED), 200);
}

TEST_F(reentry, lru_hash_is_busy_within_a_change_of_bpf)
{
	int fd = map_fd(self->obj, "lru");
	__u64 value = 1;

	for (__u32 key = 0; key < 200; key++)
		EXPECT_EQ(bpf_map_update_elem(fd, &key, &value, 0), 0);
}

TEST_F(reentry, lru_hash_can_be_changed_again_afterwards)
{
	map_set(self->obj, "numbers", KEYS, 200);
	for (int i = 1; i <= 3; i++) {
		fire(~0u);
		EXPECT_EQ(number(self, INSERTED), 200 * i);
	}
}
