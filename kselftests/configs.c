// SPDX-License-Identifier: GPL-2.0
/*
 * A loader sets constants of programs; programs/configs stores the constants
 * that it reads.
 */
#include "rex_ioctl.h"
#include "names/configs.h"

static __u64 seen(struct rex_obj *obj, __u32 index)
{
	return map_get(obj, "SEEN", index);
}

static void look(struct rex_obj *obj)
{
	load_opened(obj);
	attach(obj, "looks");
	fire(LOOK);
}

TEST(a_config_that_is_not_set_is_the_objects_own)
{
	struct rex_obj *obj = open_object("configs", NULL);

	look(obj);
	EXPECT_EQ(seen(obj, AT_MAX), OWN_MAX);
	EXPECT_EQ(seen(obj, AT_DELTA), -1);
	EXPECT_EQ(seen(obj, AT_FLAG), 0);
	EXPECT_EQ(seen(obj, AT_TINY), 7);
	EXPECT_EQ(seen(obj, AT_WIDE), OWN_WIDE >> 1);
	EXPECT_EQ(seen(obj, AT_FIRST), 1);
	EXPECT_EQ(seen(obj, AT_SECOND), 2);
	EXPECT_EQ(seen(obj, AT_PREFIX), '/');
	EXPECT_EQ(seen(obj, AT_PREFIX + 5), 0);
}

TEST(configs_are_set_by_name_before_the_load)
{
	struct rex_obj *obj = open_object("configs", NULL);
	struct {
		__u32 first, second;
	} pair = { 0x11111111, 0x22222222 };
	__u64 max = 0xfedcba9876543210;
	__s32 delta = -1000;
	__u8 flag = 1;

	EXPECT(!rex_obj_set_config(obj, "MAX", &max, sizeof(max)));
	EXPECT(!rex_obj_set_config(obj, "DELTA", &delta, sizeof(delta)));
	EXPECT(!rex_obj_set_config(obj, "FLAG", &flag, sizeof(flag)));
	EXPECT(!rex_obj_set_config(obj, "PAIR", &pair, sizeof(pair)));
	EXPECT(!rex_obj_set_config_text(obj, "TINY", "0xff"));
	EXPECT(!rex_obj_set_config_text(obj, "PREFIX", "/sys/kernel/abcd"));
	EXPECT(!rex_obj_set_config_text(obj, "WIDE", "18446744073709551614"));
	look(obj);
	EXPECT_EQ(seen(obj, AT_MAX), max);
	EXPECT_EQ(seen(obj, AT_DELTA), delta);
	EXPECT_EQ(seen(obj, AT_FLAG), 1);
	EXPECT_EQ(seen(obj, AT_TINY), 0xff);
	EXPECT_EQ(seen(obj, AT_WIDE), 0x7fffffffffffffff);
	EXPECT_EQ(seen(obj, AT_FIRST), pair.first);
	EXPECT_EQ(seen(obj, AT_SECOND), pair.second);
	for (int i = 0; i < 16; i++)
		EXPECT_EQ(seen(obj, AT_PREFIX + i), "/sys/kernel/abcd"[i]);
	/* From now on the value is constant. */
	EXPECT_EQ(rex_obj_set_config(obj, "MAX", &max, sizeof(max)), -EBUSY);
	EXPECT_EQ(rex_obj_set_config_text(obj, "MAX", "1"), -EBUSY);
	max = 0;
	EXPECT(!rex_obj_get_config(obj, "MAX", &max, sizeof(max)));
	EXPECT_EQ(max, 0xfedcba9876543210);
}

/* Each image has its own, and a byte that is no bool is true. */
TEST(images_have_their_own_configs_and_any_byte_is_a_bool)
{
	struct rex_obj *one = open_object("configs", NULL);
	struct rex_obj *other = open_object("configs", NULL);
	__u8 no_bool = 0xaa;

	EXPECT(!rex_obj_set_config_text(one, "MAX", "1"));
	EXPECT(!rex_obj_set_config(one, "FLAG", &no_bool, 1));
	look(one);
	look(other);
	EXPECT_EQ(seen(one, AT_MAX), 1);
	EXPECT_EQ(seen(one, AT_FLAG), 1);
	EXPECT_EQ(seen(other, AT_MAX), OWN_MAX);
	EXPECT_EQ(seen(other, AT_FLAG), 0);
}

static void refused(int ret, int want, const char *text)
{
	EXPECT_EQ(ret, want);
	EXPECT_CONTAINS(rex_last_error(), text);
}

TEST(bad_configs_are_named)
{
	struct rex_obj *obj = open_object("configs", NULL);
	__u32 value = 0;

	refused(rex_obj_set_config(obj, "NOSUCH", &value, 4), -ENOENT,
		" has no config NOSUCH; there are: ");
	refused(rex_obj_set_config(obj, "MAX", &value, 4), -EMSGSIZE,
		" has 8 bytes, the value has 4");
	refused(rex_obj_set_config_text(obj, "TINY", "256"), -ERANGE,
		"'256' is not a number of 1 bytes, not negative");
	refused(rex_obj_set_config_text(obj, "TINY", "-1"), -ERANGE, "'-1'");
	refused(rex_obj_set_config_text(obj, "TINY", "1x"), -EINVAL, "'1x'");
	refused(rex_obj_set_config_text(obj, "TINY", ""), -EINVAL, "''");
	refused(rex_obj_set_config_text(obj, "DELTA", "2147483648"), -ERANGE,
		"is not a number of 4 bytes");
	EXPECT(!rex_obj_set_config_text(obj, "DELTA", "-2147483648"));
	refused(rex_obj_set_config_text(obj, "FLAG", "yes"), -EINVAL,
		"'yes' is not true or false");
	refused(rex_obj_set_config_text(obj, "PREFIX", "/sys/kernel/abcde"),
		-ERANGE, "is not text of at most 16 bytes");
	refused(rex_obj_set_config_text(obj, "PREFIX", "hex:123"), -EINVAL,
		"'hex:123' is not text");
	refused(rex_obj_set_config_text(obj, "PREFIX", "hex:zz"), -EINVAL,
		"or hex: and their digits");
	refused(rex_obj_set_config_text(obj, "PREFIX",
					"hex:0000000000000000000000000000000000"),
		-ERANGE, "'hex:");
}

TEST(bytes_that_are_no_text_are_set_in_hexadecimal)
{
	struct rex_obj *obj = open_object("configs", NULL);
	static const char want[16] = { 0x3e, 0, 0x4e, (char)0xab };
	char value[16];

	ASSERT(!rex_obj_set_config_text(obj, "PREFIX", "hex:3e004eAb"));
	ASSERT(!rex_obj_get_config(obj, "PREFIX", value, sizeof(value)));
	EXPECT(!memcmp(value, want, sizeof(want)));
}

/* ---- the ABI ---- */

static int load_with(struct rex_config_value *configs, __u32 nr)
{
	struct rex_load args = load_args("configs");
	int map = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, NR_SEEN, 0);
	struct rex_map_fd fd = { .name = "SEEN", .fd = map };
	int ret;

	give_maps(&args, &fd, 1);
	args.configs = u64_of(configs);
	args.nr_configs = nr;
	ret = ioctl(device(), REX_IOC_LOAD, &args);
	close(map);
	if (ret >= 0)
		close(ret);
	return ret >= 0 ? 0 : ret;
}

TEST(load_checks_configs)
{
	__u64 value = 1;
	struct rex_config_value good[2] = {
		{ .name = "MAX", .value = u64_of(&value), .size = 8 },
		{ .name = "TINY", .value = u64_of(&value), .size = 1 },
	};
	struct rex_config_value bad[2];

#define REFUSED(_field, _value, _errno)                  \
	do {                                             \
		memcpy(bad, good, sizeof(bad));          \
		bad[1]._field = (_value);                \
		EXPECT_ERRNO(load_with(bad, 2), _errno); \
	} while (0)
	EXPECT_EQ(load_with(good, 2), 0);
	EXPECT_EQ(load_with(NULL, 0), 0);
	REFUSED(size, 0, EMSGSIZE);
	REFUSED(size, 2, EMSGSIZE);
	REFUSED(size, 0x80000001, EMSGSIZE);
	REFUSED(reserved, 1, EINVAL);
	REFUSED(value, 0, EFAULT);
	REFUSED(value, ~0ull, EFAULT);
	REFUSED(value, 0xffffffff81000000, EFAULT);
	REFUSED(name[0], 'X', ENOENT);
	REFUSED(name[0], '\0', ENOENT);
	memcpy(bad, good, sizeof(bad));
	bad[1] = good[0];
	EXPECT_ERRNO(load_with(bad, 2), EINVAL);
	memcpy(bad, good, sizeof(bad));
	memset(bad[1].name, 'M', sizeof(bad[1].name));
	EXPECT_ERRNO(load_with(bad, 2), ENOENT);
	EXPECT_ERRNO(load_with(good, REX_MAX_CONFIGS + 1), EINVAL);
	EXPECT_ERRNO(load_with(NULL, 1), EFAULT);
}
