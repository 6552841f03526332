// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of map and every operation of the crate (programs/maps) does what it
 * documents.
 */
#include "rex_util.h"
#include "names/maps.h"

#define NR_CHECKS 83

static struct rex_obj *obj;

static void load(void)
{
	obj = load_object("maps");
	attach(obj, "maps");
}

TEST(every_operation_does_what_it_says)
{
	load();
	fire(CHECK);
	EXPECT_EQ(map_get(obj, "results", MADE), NR_CHECKS);
	EXPECT_EQ(map_get(obj, "results", FAILED), 0);
	EXPECT_MSG(!map_get(obj, "results", FIRST_FAILED), "check %llu failed",
		   map_get(obj, "results", FIRST_FAILED));
}

TEST(per_cpu_elements_are_of_the_cpu)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u64 values[256] = {};
	__u32 key = 1;

	load();
	ASSERT(libbpf_num_possible_cpus() <= 256);
	for (int cpu = 0; cpu < cpus; cpu++) {
		pin_to_cpu(cpu);
		for (int i = 0; i < 10 + cpu; i++)
			fire(COUNT);
	}
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "per_cpu"), &key, values));
	for (int cpu = 0; cpu < cpus; cpu++)
		EXPECT_EQ(values[cpu], 10 + cpu);
}

struct setting {
	__u64 number;
	__u32 small;
	char text[3];
	__u8 flags;
};

TEST(value_of_several_fields_is_copied_whole)
{
	struct setting setting = { 0xfeedface12345678, 0x9abcdef0, "xyz",
				   0xa5 };
	struct setting answer;
	__u32 key = 7, index = 1;

	load();
	ASSERT(!bpf_map_update_elem(map_fd(obj, "settings"), &key, &setting,
				    0));
	fire(COPY);
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "answers"), &index, &answer));
	EXPECT(!memcmp(&answer, &setting, sizeof(answer)));
}

TEST(queues_and_stacks_are_shared_with_userspace)
{
	__u32 value;

	load();
	fire(CHECK);
	/* The program has removed its elements. */
	EXPECT_EQ(bpf_map_lookup_and_delete_elem(map_fd(obj, "queue"), NULL,
						 &value),
		  -ENOENT);
	value = 5;
	ASSERT(!bpf_map_update_elem(map_fd(obj, "stack"), NULL, &value, 0));
	fire(CHECK);
	/* The program found that element. */
	EXPECT(map_get(obj, "results", FAILED) > 0);
}
