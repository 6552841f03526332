// SPDX-License-Identifier: GPL-2.0
/*
 * Programs and userspace share maps of other kinds than plain hashes and arrays
 * (programs/map_kinds).
 */
#include <arpa/inet.h>

#include "rex_util.h"
#include "names/map_kinds.h"

#define MAX_CPUS 64

FIXTURE(kinds)
{
	struct rex_obj *obj;
	struct bpf_link *link;
	__u64 faults; /* that there are at the end */
};

FIXTURE_SETUP(kinds)
{
	self->obj = load_object("map_kinds");
	self->link = attach(self->obj, "map_kinds");
}

FIXTURE_TEARDOWN(kinds)
{
	EXPECT_EQ(prog_info(self->obj, "map_kinds").faults, self->faults);
	bpf_link__destroy(self->link);
	rex_obj_close(self->obj);
}

static void ask(struct kinds_fixture *self, __u32 event, __u64 key)
{
	map_set(self->obj, "control", KEY, key);
	fire(event);
}

static __u64 answer(struct kinds_fixture *self, __u32 index)
{
	return map_get(self->obj, "results", index);
}

static int count_keys(int fd)
{
	__u32 key, next;
	int count = 0, err = bpf_map_get_next_key(fd, NULL, &next);

	for (; !err; err = bpf_map_get_next_key(fd, &key, &next)) {
		key = next;
		count++;
	}
	return count;
}

/* ---- LRU ---- */

TEST_F(kinds, lru_hash_makes_room_and_keeps_what_is_used)
{
	__u32 key = 0;
	__u64 value;

	ask(self, FILL_LRU, 1000);
	EXPECT_EQ(answer(self, FILLED), 1000);
	EXPECT(count_keys(map_fd(self->obj, "lru")) <= 64);
	EXPECT(count_keys(map_fd(self->obj, "lru")) > 8);
	EXPECT(!bpf_map_lookup_elem(map_fd(self->obj, "lru"), &key, &value));
	EXPECT(count_keys(map_fd(self->obj, "lru_per_cpu")) <= 64);
}

/* ---- per CPU ---- */

static void get_per_cpu(struct kinds_fixture *self, const char *map, __u32 key,
			__u64 *values)
{
	ASSERT(!bpf_map_lookup_elem(map_fd(self->obj, map), &key, values));
}

TEST_F(kinds, every_cpu_has_its_own_values)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 hash[MAX_CPUS] = {}, array[MAX_CPUS] = {};

	ASSERT(cpus > 1 && cpus <= MAX_CPUS);
	for (int cpu = 0; cpu < cpus; cpu++) {
		pin_to_cpu(cpu);
		for (int i = 0; i <= cpu; i++)
			ask(self, COUNT_PER_CPU, 3);
	}
	get_per_cpu(self, "per_cpu_hash", 3, hash);
	get_per_cpu(self, "per_cpu_array", 3, array);
	for (int cpu = 0; cpu < cpus; cpu++) {
		EXPECT_EQ(hash[cpu], cpu + 1);
		EXPECT_EQ(array[cpu], cpu + 1);
	}
	map_set(self->obj, "control", CPUS, cpus);
	ask(self, SUM_PER_CPU, 3);
	EXPECT_EQ(answer(self, HASH_SUM), cpus * (cpus + 1) / 2);
	EXPECT_EQ(answer(self, ARRAY_SUM), cpus * (cpus + 1) / 2);
}

TEST_F(kinds, program_sees_per_cpu_values_of_userspace)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 values[MAX_CPUS] = {};
	__u32 key = 5;

	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = 1000 << cpu;
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "per_cpu_hash"), &key,
				    values, 0));
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "per_cpu_array"), &key,
				    values, 0));
	pin_to_cpu(1);
	ask(self, COUNT_PER_CPU, 5);
	get_per_cpu(self, "per_cpu_hash", 5, values);
	EXPECT_EQ(values[0], 1000);
	EXPECT_EQ(values[1], 2001);
	get_per_cpu(self, "per_cpu_array", 5, values);
	EXPECT_EQ(values[0], 1000);
	EXPECT_EQ(values[1], 2001);
}

/* ---- prefixes ---- */

struct network {
	__u32 prefix;
	__u8 bytes[4];
};

static __u32 address(const char *text)
{
	struct in_addr in;

	ASSERT(inet_pton(AF_INET, text, &in) == 1);
	return ntohl(in.s_addr);
}

static struct network network(const char *text, __u32 prefix)
{
	struct network n = { .prefix = prefix };
	__u32 number = htonl(address(text));

	memcpy(n.bytes, &number, 4);
	return n;
}

static void set_network(struct kinds_fixture *self, const char *text,
			__u32 prefix, __u64 value)
{
	struct network n = network(text, prefix);

	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "networks"), &n, &value,
				    0));
}

static void insert_network(struct kinds_fixture *self, const char *text,
			   __u32 prefix, __u64 value)
{
	map_set(self->obj, "control", PREFIX, prefix);
	map_set(self->obj, "control", VALUE, value);
	ask(self, INSERT_NETWORK, address(text));
}

static __u64 find(struct kinds_fixture *self, const char *text)
{
	ask(self, LOOKUP_NETWORK, address(text));
	return answer(self, IN_NETWORKS);
}

TEST_F(kinds, program_finds_the_longest_prefix)
{
	EXPECT_EQ(find(self, "10.1.2.3"), NONE);
	set_network(self, "10.0.0.0", 8, 1);
	set_network(self, "10.1.0.0", 16, 2);
	set_network(self, "10.1.2.3", 32, 3);
	EXPECT_EQ(find(self, "10.1.2.3"), 3);
	EXPECT_EQ(find(self, "10.1.2.4"), 2);
	EXPECT_EQ(find(self, "10.2.2.4"), 1);
	EXPECT_EQ(find(self, "11.2.2.4"), NONE);
}

TEST_F(kinds, userspace_finds_prefixes_of_the_program)
{
	struct network n = network("192.168.7.1", 32);
	__u64 value;

	insert_network(self, "192.168.0.0", 16, 77);
	ASSERT(!bpf_map_lookup_elem(map_fd(self->obj, "networks"), &n, &value));
	EXPECT_EQ(value, 77);
	/* The other trie has keys of 10 bytes. */
	EXPECT_EQ(find(self, "192.168.200.200"), 77);
	EXPECT_EQ(answer(self, IN_NAMES), 77);
	EXPECT_EQ(find(self, "192.169.200.200"), NONE);
	EXPECT_EQ(answer(self, IN_NAMES), NONE);
	ask(self, DELETE_NETWORK, address("192.168.0.0"));
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(self->obj, "networks"), &n,
				      &value),
		  -ENOENT);
}

/*
 * Elements of tries come after their keys in memory. An atomic operation on an unaligned
 * one can cross a line of the cache; some CPUs raise an exception in the kernel then.
 */
TEST_F(kinds, atomic_access_to_an_unaligned_element_is_a_panic)
{
	set_network(self, "10.1.2.3", 32, 40);
	announce_dmesg(
		"stopped by a panic: an element of a trie is not aligned");
	ask(self, COUNT_IN_NETWORK, address("10.1.2.3"));
	EXPECT_EQ(answer(self, IN_HALVES), 2);
	EXPECT_EQ(answer(self, IN_NETWORKS), 41);
	self->faults = 1;
}

/* ---- filters ---- */

TEST_F(kinds, filter_knows_what_was_added)
{
	__u64 mine = 0xabcdef;
	int wrong = 0;

	for (__u64 i = 0; i < 100; i++)
		ask(self, ADD_TO_SET, i * 7919);
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "set"), NULL, &mine, 0));
	for (__u64 i = 0; i < 100; i++) {
		ask(self, IS_IN_SET, i * 7919);
		EXPECT_EQ(answer(self, IN_SET), 1);
		EXPECT_EQ(answer(self, IN_LOOSE_SET), 1);
	}
	ask(self, IS_IN_SET, mine);
	EXPECT_EQ(answer(self, IN_SET), 1);
	for (__u64 i = 0; i < 100; i++) {
		ask(self, IS_IN_SET, 1000000 + i);
		wrong += answer(self, IN_SET);
	}
	EXPECT(wrong < 20);
}

/* ---- maps of maps ---- */

static int new_table(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "table", 4, 8, 8, NULL);

	ASSERT(fd >= 0);
	return fd;
}

static __u64 count_of(int fd)
{
	__u64 count = 0;
	__u32 key = 5;

	return bpf_map_lookup_elem(fd, &key, &count) ? NONE : count;
}

TEST_F(kinds, program_uses_the_maps_that_userspace_puts_in_maps)
{
	int array = bpf_map_create(BPF_MAP_TYPE_ARRAY, "a", 4, 8, 16, NULL);
	int first = new_table(), second = new_table();
	int tables = map_fd(self->obj, "tables");
	int by_key = map_fd(self->obj, "tables_by_key");
	__u64 key64 = 2;
	__u32 key = 2;

	ASSERT(array >= 0);
	ask(self, COUNT_IN_MAP, 2);
	EXPECT_EQ(answer(self, HAS_TABLE), 0);
	EXPECT_EQ(answer(self, HAS_ARRAY), 0);
	ASSERT(!bpf_map_update_elem(tables, &key, &first, 0));
	ASSERT(!bpf_map_update_elem(by_key, &key64, &array, 0));
	for (int i = 1; i <= 3; i++) {
		ask(self, COUNT_IN_MAP, 2);
		EXPECT_EQ(answer(self, HAS_TABLE), 1);
		EXPECT_EQ(answer(self, HAS_ARRAY), 1);
		EXPECT_EQ(count_of(first), i);
		EXPECT_EQ(count_of(array), i);
	}
	ASSERT(!bpf_map_update_elem(tables, &key, &second, 0));
	ask(self, COUNT_IN_MAP, 2);
	EXPECT_EQ(count_of(first), 3);
	EXPECT_EQ(count_of(second), 1);
	ask(self, DELETE_IN_MAP, 2);
	EXPECT_EQ(count_of(second), NONE);
}

TEST_F(kinds, program_with_one_argument_uses_maps_in_maps)
{
	struct bpf_link *link = attach(self->obj, "by_context");
	int array = bpf_map_create(BPF_MAP_TYPE_ARRAY, "a", 4, 8, 16, NULL);
	int table = new_table();
	__u64 key64 = 2, value = 1;
	__u32 key = 2, six = 6;

	ASSERT(array >= 0);
	ask(self, COUNT_BY_CONTEXT, 2);
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "own_tables"), &key,
				    &table, 0));
	ASSERT(!bpf_map_update_elem(table, &six, &value, 0));
	ask(self, COUNT_BY_CONTEXT, 2);
	EXPECT_EQ(count_of(table), 1);
	EXPECT(bpf_map_lookup_elem(table, &six, &value) == -ENOENT);
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "own_tables_by_key"),
				    &key64, &array, 0));
	for (int i = 1; i <= 3; i++) {
		ask(self, COUNT_BY_CONTEXT, 2);
		EXPECT_EQ(count_of(table), i + 1);
		EXPECT_EQ(count_of(array), i);
	}
	EXPECT_EQ(prog_info(self->obj, "by_context").faults, 0);
	bpf_link__destroy(link);
}

static int map_of_maps(enum bpf_map_type inner, __u32 key, __u32 value,
		       __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, inner_opts, .map_flags = flags);
	LIBBPF_OPTS(bpf_map_create_opts, opts);

	opts.inner_map_fd =
		bpf_map_create(inner, "inner", key, value, 8, &inner_opts);
	ASSERT((int)opts.inner_map_fd >= 0);
	return bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4, 4, 3,
			      &opts);
}

TEST(maps_of_other_maps_are_refused)
{
	EXPECT(loads_with("map_kinds", "tables",
			  map_of_maps(BPF_MAP_TYPE_HASH, 4, 8, 0)));
	EXPECT(!loads_with("map_kinds", "tables",
			   map_of_maps(BPF_MAP_TYPE_HASH, 8, 8, 0)));
	EXPECT(!loads_with("map_kinds", "tables",
			   map_of_maps(BPF_MAP_TYPE_HASH, 4, 4, 0)));
	EXPECT(!loads_with("map_kinds", "tables",
			   map_of_maps(BPF_MAP_TYPE_ARRAY, 4, 8, 0)));
	EXPECT(!loads_with("map_kinds", "tables",
			   map_of_maps(BPF_MAP_TYPE_HASH, 4, 8,
				       BPF_F_RDONLY_PROG)));
	EXPECT(!loads_with("map_kinds", "tables",
			   bpf_map_create(BPF_MAP_TYPE_ARRAY, "array", 4, 4, 3,
					  NULL)));
}

/* ---- queues ---- */

TEST_F(kinds, queue_and_stack_are_shared_with_userspace)
{
	__u64 value;

	for (__u64 i = 1; i <= 3; i++) {
		map_set(self->obj, "control", VALUE, i);
		fire(PUSH);
	}
	ASSERT(!bpf_map_lookup_and_delete_elem(map_fd(self->obj, "queue"), NULL,
					       &value));
	EXPECT_EQ(value, 1);
	ASSERT(!bpf_map_lookup_and_delete_elem(map_fd(self->obj, "stack"), NULL,
					       &value));
	EXPECT_EQ(value, 3);
	value = 9;
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "queue"), NULL, &value,
				    0));
	ASSERT(!bpf_map_update_elem(map_fd(self->obj, "stack"), NULL, &value,
				    0));
	fire(POP);
	EXPECT_EQ(answer(self, FROM_QUEUE), 2);
	EXPECT_EQ(answer(self, FROM_STACK), 9);
	fire(POP);
	EXPECT_EQ(answer(self, FROM_QUEUE), 3);
	EXPECT_EQ(answer(self, FROM_STACK), 2);
	fire(POP);
	EXPECT_EQ(answer(self, FROM_QUEUE), 9);
	EXPECT_EQ(answer(self, FROM_STACK), 1);
	fire(POP);
	EXPECT_EQ(answer(self, FROM_QUEUE), NONE);
	EXPECT_EQ(answer(self, FROM_STACK), NONE);
}

/* ---- sizes ---- */

TEST(userspace_may_resize_all_but_arrays)
{
	struct rex_obj *obj = rex_obj_open(object_path("map_kinds"), NULL);
	struct bpf_object *bpf;
	struct bpf_map *map;

	ASSERT(obj);
	bpf = rex_obj_get_bpf(obj);
	map = bpf_object__find_map_by_name(bpf, "per_cpu_hash");
	ASSERT(!bpf_map__set_max_entries(map, 100));
	map = bpf_object__find_map_by_name(bpf, "queue");
	ASSERT(!bpf_map__set_max_entries(map, 2));
	EXPECT(!rex_obj_load_opened(obj));
	rex_obj_close(obj);

	obj = rex_obj_open(object_path("map_kinds"), NULL);
	ASSERT(obj);
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "results");
	ASSERT(!bpf_map__set_max_entries(map, 5));
	EXPECT_EQ(rex_obj_load_opened(obj), -EMEDIUMTYPE);
	EXPECT_CONTAINS(rex_obj_log(obj), "results");
	rex_obj_close(obj);
}
