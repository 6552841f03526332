// SPDX-License-Identifier: GPL-2.0
/*
 * REX_IOC_LOAD gives an object its maps. programs/counts has three.
 */
#include "rex_ioctl.h"

TEST(maps_are_given_in_any_order)
{
	struct rex_load args = load_args("counts");
	struct rex_image_info info = { .size = sizeof(info) };
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	close(load(&args));
	maps[NR_COUNTS_MAPS] = maps[CONTROL];
	give_maps(&args, maps + 1, NR_COUNTS_MAPS);
	info.image_fd = load(&args);
	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	EXPECT_EQ(info.nr_maps, NR_COUNTS_MAPS);
}

TEST(missing_map_is_ENOENT)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	args.nr_maps = NR_COUNTS_MAPS - 1;
	load_is_refused_with(&args, ENOENT, "by_thread");
	args.nr_maps = 0;
	args.maps = 0;
	load_is_refused(&args, ENOENT);
}

TEST(unknown_map_is_ENOENT)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	args.nr_maps = NR_COUNTS_MAPS + 1;
	maps[NR_COUNTS_MAPS].fd = maps[0].fd;
	strcpy(maps[NR_COUNTS_MAPS].name, "nobody");
	load_is_refused_with(&args, ENOENT, "nobody");
	/* a name that is not terminated */
	memset(maps[NR_COUNTS_MAPS].name, 'n', REX_NAME_LEN);
	load_is_refused_with(&args, ENOENT, "nnnn");
	maps[NR_COUNTS_MAPS].name[0] = '\0';
	load_is_refused(&args, ENOENT);
}

TEST(map_given_twice_is_EINVAL)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	args.nr_maps = NR_COUNTS_MAPS + 1;
	maps[NR_COUNTS_MAPS] = maps[TOTALS];
	load_is_refused_with(&args, EINVAL, "totals");
}

TEST(reserved_field_of_a_map_is_EINVAL)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	maps[TOTALS].reserved = 1;
	load_is_refused(&args, EINVAL);
}

TEST(too_many_maps_are_EINVAL)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	give_counts_maps(&args, maps);
	args.nr_maps = REX_MAX_MAPS + 1;
	load_is_refused(&args, EINVAL);
	args.nr_maps = ~0u;
	load_is_refused(&args, EINVAL);
}

TEST(maps_that_cannot_be_read_are_EFAULT)
{
	struct rex_load args = load_args("counts");

	args.nr_maps = 3;
	load_is_refused(&args, EFAULT);
	args.maps = -64ull;
	load_is_refused(&args, EFAULT);
}

TEST(descriptor_that_is_no_map_is_EBADF)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];
	int others[] = { -1, 12345, idle_device(), open("/dev/null", O_RDWR),
			 carrier(BPF_PROG_TYPE_TRACEPOINT) };

	give_counts_maps(&args, maps);
	for (int i = 0; i < 5; i++) {
		maps[TOTALS].fd = others[i];
		load_is_refused_with(&args, EBADF, "totals");
	}
}

TEST(map_of_another_kind_is_EMEDIUMTYPE)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];
	int wrong[] = {
		make_map(BPF_MAP_TYPE_HASH, 4, 8, 3, 0),
		make_map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 3, 0),
		make_map(BPF_MAP_TYPE_ARRAY, 4, 4, 3, 0),
		make_map(BPF_MAP_TYPE_ARRAY, 4, 16, 3, 0),
		make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0),
		make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0),
	};

	give_counts_maps(&args, maps);
	for (int i = 0; i < 6; i++) {
		maps[TOTALS].fd = wrong[i];
		load_is_refused_with(&args, EMEDIUMTYPE, "totals");
	}
	give_counts_maps(&args, maps);
	maps[BY_THREAD].fd = make_map(BPF_MAP_TYPE_HASH, 8, 8, 64, 0);
	load_is_refused_with(&args, EMEDIUMTYPE, "by_thread");
}

TEST(map_that_programs_may_not_write_is_EPERM)
{
	static const __u32 flags[] = { BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG };
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];

	for (int i = 0; i < 2; i++) {
		give_counts_maps(&args, maps);
		maps[TOTALS].fd =
			make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 3, flags[i]);
		load_is_refused_with(&args, EPERM, "totals");
	}
}

/* The image holds its maps. */
TEST(maps_live_as_long_as_the_image)
{
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[NR_COUNTS_MAPS + 1];
	struct census census;
	int fd;

	await_idle();
	census = take_census();
	give_counts_maps(&args, maps);
	fd = load(&args);
	for (int i = 0; i < NR_COUNTS_MAPS; i++)
		close(maps[i].fd);
	EXPECT_EQ(count_ids(bpf_map_get_next_id), census.maps + NR_COUNTS_MAPS);
	close(fd);
	close(device());
	EXPECT_CENSUS(&census);
}
