// SPDX-License-Identifier: GPL-2.0
/*
 * Kinds of maps besides plain hashes and arrays (programs/map_kinds), from both
 * sides.
 */
#include <arpa/inet.h>

#include "rex_util.h"
#include "names/map_kinds.h"

#define MAX_CPUS 64

struct loaded {
	struct rex_obj *obj;
	struct bpf_link *link;
};

static struct loaded load(void)
{
	struct loaded l = { .obj = load_object("map_kinds") };

	l.link = attach(l.obj, "map_kinds");
	return l;
}

static void unload(struct loaded *l)
{
	EXPECT_EQ(prog_info(l->obj, "map_kinds").faults, 0);
	bpf_link__destroy(l->link);
	rex_obj_close(l->obj);
}

static void ask(struct loaded *l, __u32 event, __u64 key)
{
	map_set(l->obj, "control", KEY, key);
	fire(event);
}

static __u64 answer(struct loaded *l, __u32 index)
{
	return map_get(l->obj, "results", index);
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

TEST(lru_hash_makes_room_and_keeps_what_is_used)
{
	struct loaded l = load();
	__u32 key = 0;
	__u64 value;

	ask(&l, FILL_LRU, 1000);
	EXPECT_EQ(answer(&l, FILLED), 1000);
	EXPECT(count_keys(map_fd(l.obj, "lru")) <= 64);
	EXPECT(count_keys(map_fd(l.obj, "lru")) > 8);
	EXPECT(!bpf_map_lookup_elem(map_fd(l.obj, "lru"), &key, &value));
	EXPECT(count_keys(map_fd(l.obj, "lru_per_cpu")) <= 64);
	unload(&l);
}

/* ---- per CPU ---- */

static void get_per_cpu(struct loaded *l, const char *map, __u32 key,
			__u64 *values)
{
	ASSERT(!bpf_map_lookup_elem(map_fd(l->obj, map), &key, values));
}

TEST(every_cpu_has_its_own_values)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 hash[MAX_CPUS] = {}, array[MAX_CPUS] = {};
	struct loaded l = load();

	ASSERT(cpus > 1 && cpus <= MAX_CPUS);
	for (int cpu = 0; cpu < cpus; cpu++) {
		pin_to_cpu(cpu);
		for (int i = 0; i <= cpu; i++)
			ask(&l, COUNT_PER_CPU, 3);
	}
	get_per_cpu(&l, "per_cpu_hash", 3, hash);
	get_per_cpu(&l, "per_cpu_array", 3, array);
	for (int cpu = 0; cpu < cpus; cpu++) {
		EXPECT_EQ(hash[cpu], cpu + 1);
		EXPECT_EQ(array[cpu], cpu + 1);
	}
	map_set(l.obj, "control", CPUS, cpus);
	ask(&l, SUM_PER_CPU, 3);
	EXPECT_EQ(answer(&l, HASH_SUM), cpus * (cpus + 1) / 2);
	EXPECT_EQ(answer(&l, ARRAY_SUM), cpus * (cpus + 1) / 2);
	unload(&l);
}

TEST(program_sees_per_cpu_values_of_userspace)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 values[MAX_CPUS] = {};
	struct loaded l = load();
	__u32 key = 5;

	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = 1000 << cpu;
	ASSERT(!bpf_map_update_elem(map_fd(l.obj, "per_cpu_hash"), &key, values,
				    0));
	ASSERT(!bpf_map_update_elem(map_fd(l.obj, "per_cpu_array"), &key,
				    values, 0));
	pin_to_cpu(1);
	ask(&l, COUNT_PER_CPU, 5);
	get_per_cpu(&l, "per_cpu_hash", 5, values);
	EXPECT_EQ(values[0], 1000);
	EXPECT_EQ(values[1], 2001);
	get_per_cpu(&l, "per_cpu_array", 5, values);
	EXPECT_EQ(values[0], 1000);
	EXPECT_EQ(values[1], 2001);
	unload(&l);
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

static void set_network(struct loaded *l, const char *text, __u32 prefix,
			__u64 value)
{
	struct network n = network(text, prefix);

	ASSERT(!bpf_map_update_elem(map_fd(l->obj, "networks"), &n, &value, 0));
}

static void insert_network(struct loaded *l, const char *text, __u32 prefix,
			   __u64 value)
{
	map_set(l->obj, "control", PREFIX, prefix);
	map_set(l->obj, "control", VALUE, value);
	ask(l, INSERT_NETWORK, address(text));
}

static __u64 find(struct loaded *l, const char *text)
{
	ask(l, LOOKUP_NETWORK, address(text));
	return answer(l, IN_NETWORKS);
}

TEST(program_finds_the_longest_prefix)
{
	struct loaded l = load();

	EXPECT_EQ(find(&l, "10.1.2.3"), NONE);
	set_network(&l, "10.0.0.0", 8, 1);
	set_network(&l, "10.1.0.0", 16, 2);
	set_network(&l, "10.1.2.3", 32, 3);
	EXPECT_EQ(find(&l, "10.1.2.3"), 3);
	EXPECT_EQ(find(&l, "10.1.2.4"), 2);
	EXPECT_EQ(find(&l, "10.2.2.4"), 1);
	EXPECT_EQ(find(&l, "11.2.2.4"), NONE);
	unload(&l);
}

TEST(userspace_finds_prefixes_of_the_program)
{
	struct network n = network("192.168.7.1", 32);
	struct loaded l = load();
	__u64 value;

	insert_network(&l, "192.168.0.0", 16, 77);
	ASSERT(!bpf_map_lookup_elem(map_fd(l.obj, "networks"), &n, &value));
	EXPECT_EQ(value, 77);
	/* The other trie has keys of 10 bytes. */
	EXPECT_EQ(find(&l, "192.168.200.200"), 77);
	EXPECT_EQ(answer(&l, IN_NAMES), 77);
	EXPECT_EQ(find(&l, "192.169.200.200"), NONE);
	EXPECT_EQ(answer(&l, IN_NAMES), NONE);
	ask(&l, DELETE_NETWORK, address("192.168.0.0"));
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(l.obj, "networks"), &n, &value),
		  -ENOENT);
	unload(&l);
}

/*
 * Elements of tries lie behind their keys. An atomic operation on one that is not
 * aligned can cross a line of the cache, which some CPUs do not forgive the kernel.
 */
TEST(atomic_access_to_what_is_not_aligned_is_a_panic)
{
	struct loaded l = load();

	set_network(&l, "10.1.2.3", 32, 40);
	announce_dmesg(
		"stopped by a panic: an element of a trie is not aligned");
	ask(&l, COUNT_IN_NETWORK, address("10.1.2.3"));
	EXPECT_EQ(answer(&l, IN_HALVES), 2);
	EXPECT_EQ(answer(&l, IN_NETWORKS), 41);
	EXPECT_EQ(prog_info(l.obj, "map_kinds").faults, 1);
	bpf_link__destroy(l.link);
	rex_obj_close(l.obj);
}

/* ---- filters ---- */

TEST(filter_knows_what_was_added)
{
	struct loaded l = load();
	__u64 mine = 0xabcdef;
	int wrong = 0;

	for (__u64 i = 0; i < 100; i++)
		ask(&l, ADD_TO_SET, i * 7919);
	ASSERT(!bpf_map_update_elem(map_fd(l.obj, "set"), NULL, &mine, 0));
	for (__u64 i = 0; i < 100; i++) {
		ask(&l, IS_IN_SET, i * 7919);
		EXPECT_EQ(answer(&l, IN_SET), 1);
		EXPECT_EQ(answer(&l, IN_LOOSE_SET), 1);
	}
	ask(&l, IS_IN_SET, mine);
	EXPECT_EQ(answer(&l, IN_SET), 1);
	for (__u64 i = 0; i < 100; i++) {
		ask(&l, IS_IN_SET, 1000000 + i);
		wrong += answer(&l, IN_SET);
	}
	EXPECT(wrong < 20);
	unload(&l);
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

TEST(program_uses_the_maps_that_userspace_puts_in_maps)
{
	struct loaded l = load();
	int array = bpf_map_create(BPF_MAP_TYPE_ARRAY, "a", 4, 8, 16, NULL);
	int first = new_table(), second = new_table();
	int tables = map_fd(l.obj, "tables");
	int by_key = map_fd(l.obj, "tables_by_key");
	__u64 key64 = 2;
	__u32 key = 2;

	ASSERT(array >= 0);
	ask(&l, COUNT_IN_MAP, 2);
	EXPECT_EQ(answer(&l, HAS_TABLE), 0);
	EXPECT_EQ(answer(&l, HAS_ARRAY), 0);
	ASSERT(!bpf_map_update_elem(tables, &key, &first, 0));
	ASSERT(!bpf_map_update_elem(by_key, &key64, &array, 0));
	for (int i = 1; i <= 3; i++) {
		ask(&l, COUNT_IN_MAP, 2);
		EXPECT_EQ(answer(&l, HAS_TABLE), 1);
		EXPECT_EQ(answer(&l, HAS_ARRAY), 1);
		EXPECT_EQ(count_of(first), i);
		EXPECT_EQ(count_of(array), i);
	}
	ASSERT(!bpf_map_update_elem(tables, &key, &second, 0));
	ask(&l, COUNT_IN_MAP, 2);
	EXPECT_EQ(count_of(first), 3);
	EXPECT_EQ(count_of(second), 1);
	ask(&l, DELETE_IN_MAP, 2);
	EXPECT_EQ(count_of(second), NONE);
	unload(&l);
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

TEST(queue_and_stack_between_program_and_userspace)
{
	struct loaded l = load();
	__u64 value;

	for (__u64 i = 1; i <= 3; i++) {
		map_set(l.obj, "control", VALUE, i);
		fire(PUSH);
	}
	ASSERT(!bpf_map_lookup_and_delete_elem(map_fd(l.obj, "queue"), NULL,
					       &value));
	EXPECT_EQ(value, 1);
	ASSERT(!bpf_map_lookup_and_delete_elem(map_fd(l.obj, "stack"), NULL,
					       &value));
	EXPECT_EQ(value, 3);
	value = 9;
	ASSERT(!bpf_map_update_elem(map_fd(l.obj, "queue"), NULL, &value, 0));
	ASSERT(!bpf_map_update_elem(map_fd(l.obj, "stack"), NULL, &value, 0));
	fire(POP);
	EXPECT_EQ(answer(&l, FROM_QUEUE), 2);
	EXPECT_EQ(answer(&l, FROM_STACK), 9);
	fire(POP);
	EXPECT_EQ(answer(&l, FROM_QUEUE), 3);
	EXPECT_EQ(answer(&l, FROM_STACK), 2);
	fire(POP);
	EXPECT_EQ(answer(&l, FROM_QUEUE), 9);
	EXPECT_EQ(answer(&l, FROM_STACK), 1);
	fire(POP);
	EXPECT_EQ(answer(&l, FROM_QUEUE), NONE);
	EXPECT_EQ(answer(&l, FROM_STACK), NONE);
	unload(&l);
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
