// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl on a real kernel shows the elements of maps, and changes them.
 * TEST-DEADLINE: 200
 */
#include "rex_tool.h"
#include "names/rexctl.h"

/* Returns the value that MAP has at KEY. */
static json_t *value_of(const char *map, const char *key)
{
	json_t *json = tool_json(TOOL_OK, "map lookup %s %s", map, key);

	json = json_array_get(json_object_get(json, "elements"), 0);
	return json_object_get(json, "value");
}

TEST(maps_are_dumped_looked_up_and_updated)
{
	struct rex_obj *obj = load_object("rexctl");
	json_t *map, *elements;
	const char *text;

	attach(obj, "on_dup");
	fire(PRINT);
	fire(PRINT);
	map = tool_json(TOOL_OK, "map dump DUPS");
	EXPECT_STREQ(json_text(map, "type"), "hash");
	EXPECT_CONTAINS(json_text(map, "types"), "BTF");
	elements = json_object_get(map, "elements");
	ASSERT_EQ(json_array_size(elements), 1);
	EXPECT_EQ(json_number(json_array_get(elements, 0), "key"), PRINT);
	EXPECT_EQ(json_number(json_array_get(elements, 0), "value"), 2);
	tool(TOOL_OK, "map update DUPS %llu 41", (unsigned long long)PRINT);
	fire(PRINT);
	text = tool(TOOL_OK, "map lookup DUPS %#llx",
		    (unsigned long long)PRINT);
	EXPECT_CONTAINS(text, "42");
	EXPECT_CONTAINS(text, "types");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map lookup DUPS 7"),
			"has no element 7");
}

TEST(values_are_numbers_hex_text_or_of_each_cpu)
{
	json_t *value;

	load_object("rexctl");
	tool(TOOL_OK, "map update BYTES 1 hex:00:ff:10:20:30:40");
	EXPECT_CONTAINS(tool(TOOL_OK, "map lookup BYTES 1"),
			"0, 255, 16, 32, 48, 64");
	tool(TOOL_OK, "map update BYTES 0 text:abc");
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump BYTES"), "97, 98, 99, 0, 0, 0");
	/* its name in the kernel is shorter */
	tool(TOOL_OK, "map update COUNTS_OF_EACH_CPU 0 9");
	value = value_of("COUNTS_OF_EACH_CPU", "0");
	EXPECT_EQ(json_array_size(value), libbpf_num_possible_cpus());
	EXPECT_EQ(json_integer_value(json_array_get(value, 1)), 9);
}

/* Expects that a dump of MAP has the value VALUE of OWNER. */
static void expect_owner(const char *map, const char *owner, __u64 value)
{
	json_t *elements =
		json_object_get(tool_json(TOOL_OK, "map dump %s", map),
				"elements");
	json_t *element, *key;
	size_t i;

	json_array_foreach(elements, i, element) {
		key = json_object_get(element, "key");
		if (json_is_string(key) ?
			    strcmp(json_string_value(key), owner) :
			    json_integer_value(key) != atoi(owner))
			continue;
		EXPECT_EQ(json_number(element, "value"), value);
		return;
	}
	EXPECT_MSG(false, "%s has no value of %s", map, owner);
}

TEST(values_of_tasks_are_shown_by_the_ids_of_processes)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	load_object("storage");
	EXPECT_EQ(json_array_size(
			  json_object_get(tool_json(TOOL_OK, "map dump values"),
					  "elements")),
		  0);
	tool(TOOL_OK, "map update values %s 42", pid);
	EXPECT_CONTAINS(tool(TOOL_OK, "map lookup values %s", pid), "42");
	expect_owner("values", pid, 42);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map lookup values 1"),
			"has no element 1");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map lookup values 999999999"),
			"there is no process 999999999");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map lookup values x"),
			"the id of a process, not 'x'");
}

TEST(values_of_cgroups_are_shown_by_their_folders)
{
	if (!kernel_is_from(6, 2))
		SKIP("this kernel has no values of cgroups");
	load_object("cgroup_storage");
	tool(TOOL_OK, "map update packets /sys/fs/cgroup 7");
	EXPECT_CONTAINS(tool(TOOL_OK, "map lookup packets /sys/fs/cgroup"),
			"7");
	expect_owner("packets", "/sys/fs/cgroup", 7);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map lookup packets /nowhere"),
			"/nowhere");
}

/* Attaches a program of eBPF that uses a value of the map at its cgroup. */
static void attach_user_of(int map)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{},
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2 },
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_get_local_storage },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_0,
		  .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_CGROUP_INET_EGRESS);
	int cgroup = open("/sys/fs/cgroup", O_RDONLY | O_CLOEXEC);
	int prog = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "user", "GPL", insns,
				 sizeof(insns) / sizeof(insns[0]), &opts);

	ASSERT(cgroup >= 0 && prog >= 0);
	ASSERT(bpf_link_create(prog, cgroup, BPF_CGROUP_INET_EGRESS, NULL) >=
	       0);
}

/* The type is eBPF's alone; the kernel makes its elements when a program is attached. */
TEST(values_that_cgroups_have_on_each_cpu_are_shown)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	json_t *elements, *value;
	int fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, "each", 8,
				4096, 0, NULL);

	ASSERT(fd >= 0);
	attach_user_of(fd);
	ASSERT(!bpf_obj_get_info_by_fd(fd, &info, &len));
	elements = json_object_get(tool_json(TOOL_OK, "map dump %u", info.id),
				   "elements");
	ASSERT_EQ(json_array_size(elements), 1);
	value = json_object_get(json_array_get(elements, 0), "value");
	EXPECT_EQ(json_array_size(value), libbpf_num_possible_cpus());
}

TEST(wrong_maps_keys_and_values_are_named)
{
	load_object("rexctl");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map dump NONE"), "NONE");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map dump 999999"), "999999");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map frob DUPS"), "dump, lookup");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map lookup DUPS"), "KEY");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map lookup DUPS x"), "'x'");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update BYTES 0 7"), "6 bytes");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update BYTES 0 hex:00"),
			"6 bytes");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update BYTES 4294967296 hex:00"),
			"4 bytes");
	EXPECT_CONTAINS(tool(TOOL_FAILED,
			     "map update BYTES 9 hex:000000000000"),
			"it has 2");
	load_object("rexctl");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "map dump DUPS"), "names 2 maps");
}

/* The struct is that of programs/maps; so do other tools see it, by the same BTF. */
TEST(elements_have_the_types_that_the_object_declares)
{
	struct rex_obj *obj = load_object("maps");
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	json_t *value;

	tool(TOOL_OK,
	     "map update settings 0 '{\"number\": 7, \"flags\": 3, \"text\": \"text:ab\"}'");
	value = value_of("settings", "0");
	EXPECT_EQ(json_number(value, "number"), 7);
	EXPECT_EQ(json_number(value, "small"), 0);
	EXPECT_EQ(json_number(value, "flags"), 3);
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump settings"),
			"{number: 7, small: 0, text: [97, 98, 0], flags: 3}");
	tool(TOOL_OK,
	     "map update networks '{\"prefix_len\": 8, \"data\": [10]}' 5");
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump networks"),
			"{prefix_len: 8, data: [10, 0, 0, 0]}");
	ASSERT(!bpf_obj_get_info_by_fd(map_fd(obj, "settings"), &info, &len));
	EXPECT(info.btf_id && info.btf_value_type_id);
}

/*
 * Writes VALUE to the first element of MAP, which --json then shows as SHOWN. Written back,
 * that makes the same bytes.
 */
static void is_shown(struct rex_obj *obj, const char *map, const char *value,
		     const char *shown)
{
	static const char zeroes[64];
	char before[64] = {}, after[64] = {}, *json;
	__u32 key = 0;

	tool(TOOL_OK, "map update %s 0 '%s'", map, value);
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, map), &key, before));
	json = json_dumps(value_of(map, "0"), JSON_COMPACT | JSON_ENCODE_ANY);
	EXPECT_STREQ(json, shown);
	ASSERT(!bpf_map_update_elem(map_fd(obj, map), &key, zeroes, 0));
	tool(TOOL_OK, "map update %s 0 '%s'", map, json);
	ASSERT(!bpf_map_lookup_elem(map_fd(obj, map), &key, after));
	EXPECT_MSG(!memcmp(before, after, sizeof(before)), "%s as %s", value,
		   json);
	free(json);
}

/* The array `odd` has 15 bytes. */
TEST(json_of_a_value_can_be_written_back)
{
	struct rex_obj *obj = load_object("maps");

	is_shown(obj, "settings", "{\"number\": -1, \"text\": [255, 0, 65]}",
		 "{\"number\":\"18446744073709551615\",\"small\":0,"
		 "\"text\":[255,0,65],\"flags\":0}");
	is_shown(obj, "totals", "0xffffffffffffffff",
		 "\"18446744073709551615\"");
	is_shown(obj, "odd", "\"a b\"", "\"a b\"");
	is_shown(obj, "odd", "text:0123456789abcde", "\"0123456789abcde\"");
	is_shown(obj, "odd", "[]", "\"\"");
	is_shown(obj, "odd", "text:hex:00", "\"text:hex:00\"");
	is_shown(obj, "odd", "text:text:", "\"text:text:\"");
	/* This is no text: a character that cannot be printed, and one after the end. */
	is_shown(obj, "odd", "[97, 10]", "[97,10,0,0,0,0,0,0,0,0,0,0,0,0,0]");
	is_shown(obj, "odd", "[97, 0, 98]",
		 "[97,0,98,0,0,0,0,0,0,0,0,0,0,0,0]");
	EXPECT_CONTAINS(tool(TOOL_USAGE,
			     "map update odd 0 '\"0123456789abcdef\"'"),
			"is longer");
}

/* bpftool has the members from the same BTF. */
TEST(values_with_locks_are_shown_by_their_members)
{
	struct rex_obj *obj = load_object("locks");
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), key = 3;
	__u64 many[2];

	tool(TOOL_OK, "map update shared 0 '{\"word\": [1, 2]}'");
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump shared"), "{word: [1, 2, 0");
	tool(TOOL_OK, "map update by_key 5 '{\"word\": [6]}'");
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump by_key"), "5  {word: [6, 0");
	ASSERT(!bpf_obj_get_info_by_fd(map_fd(obj, "shared"), &info, &len));
	EXPECT_CONTAINS(shell("bpftool -j map lookup id %u key 0 0 0 0",
			      info.id),
			"\"word\":[1,2,0");

	/* A value that is no struct has a name beside the lock. */
	tool(TOOL_OK, "map update many 3 '{\"value\": 77}'");
	EXPECT_EQ(json_object_size(value_of("many", "3")), 1);
	EXPECT_EQ(json_number(value_of("many", "3"), "value"), 77);
	ASSERT(!bpf_map_lookup_elem_flags(map_fd(obj, "many"), &key, many,
					  BPF_F_LOCK));
	EXPECT_EQ(many[1], 77);
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update many 3 '{\"lock\": 1}'"),
			"no member 'lock'");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update many 3 7"), "write JSON");
}

TEST(wrong_members_are_named)
{
	load_object("maps");
	EXPECT_CONTAINS(tool(TOOL_USAGE,
			     "map update settings 0 '{\"numbr\": 7}'"),
			"no member 'numbr'");
	EXPECT_CONTAINS(tool(TOOL_USAGE,
			     "map update settings 0 '{\"flags\": 256}'"),
			"value.flags");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update settings 0 '{'"),
			"no JSON");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "map update settings 0 '[1]'"),
			"is a struct");
	EXPECT_CONTAINS(tool(TOOL_USAGE,
			     "map update networks '{\"data\": [1, 2, 3, 4, 5]}' 5"),
			"at most 4");
}

TEST(elements_are_shown_by_their_types)
{
	struct btf *btf = btf__new_empty();
	int u32, u64, bytes, value, key, fd;

	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	u64 = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	bytes = btf__add_array(btf, u32, u32, 2);
	value = btf__add_struct(btf, "reading", 16);
	ASSERT(!btf__add_field(btf, "when", u64, 0, 0) &&
	       !btf__add_field(btf, "pair", bytes, 64, 0));
	key = btf__add_typedef(btf, "sensor", u32);
	ASSERT(!btf__load_into_kernel(btf));
	LIBBPF_OPTS(bpf_map_create_opts, opts, .btf_fd = btf__fd(btf),
		    .btf_key_type_id = key, .btf_value_type_id = value);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "typed", 4, 16, 4, &opts);
	ASSERT(fd >= 0);
	struct {
		long when;
		__u32 pair[2];
	} reading = { -5, { 1, 2 } };
	__u32 id = 3, len = sizeof(struct bpf_map_info);
	struct bpf_map_info info = {};
	ASSERT(!bpf_map_update_elem(fd, &id, &reading, 0));
	ASSERT(!bpf_obj_get_info_by_fd(fd, &info, &len));
	EXPECT_CONTAINS(tool(TOOL_OK, "map dump %u", info.id),
			"{when: -5, pair: [1, 2]}");
	EXPECT_CONTAINS(json_text(tool_json(TOOL_OK, "map dump %u", info.id),
				  "types"),
			"BTF");
}
