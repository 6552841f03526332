// SPDX-License-Identifier: GPL-2.0
/*
 * The carrier object is what libbpf would read from a compiled BPF object with
 * the same programs and maps.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "../internal.h"
#include "gen.h"
#include "test.h"

static struct rex_obj *open_gen(struct gen *gen)
{
	struct rex_obj *obj;

	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	if (!CHECK(obj))
		printf("# %s\n", rex_last_error());
	gen_free(gen);
	return obj;
}

static struct bpf_program *find_prog(struct rex_obj *obj, const char *name)
{
	return bpf_object__find_program_by_name(rex_obj_get_bpf(obj), name);
}

static void check_insn(const struct bpf_program *prog, size_t index, __u8 code,
		       __s32 imm)
{
	const struct bpf_insn *insn = bpf_program__insns(prog) + index;

	CHECK_EQ(insn->code, code);
	CHECK_EQ(insn->imm, imm);
	CHECK_EQ(insn->dst_reg, 0);
	CHECK_EQ(insn->src_reg, 0);
	CHECK_EQ(insn->off, 0);
}

static void every_program_has_its_type_and_section(void)
{
	static const struct {
		const char *name, *section;
		enum bpf_prog_type type;
		enum bpf_attach_type attach;
	} progs[] = {
		{ "a", "tracepoint/syscalls/sys_enter_dup",
		  BPF_PROG_TYPE_TRACEPOINT, 0 },
		{ "b", "kprobe/do_exit", BPF_PROG_TYPE_KPROBE, 0 },
		{ "c", "kprobe", BPF_PROG_TYPE_KPROBE, 0 },
		{ "d", "xdp", BPF_PROG_TYPE_XDP, BPF_XDP },
		{ "e", "tc", BPF_PROG_TYPE_SCHED_CLS, 0 },
		{ "f", "perf_event", BPF_PROG_TYPE_PERF_EVENT, 0 },
		{ "g", "raw_tp/sched_switch", BPF_PROG_TYPE_RAW_TRACEPOINT, 0 },
	};
	struct gen *gen = gen_new();
	struct bpf_program *prog;
	struct rex_obj *obj;
	int nr = 0;
	size_t i;

	for (i = 0; i < TEST_SIZE(progs); i++)
		gen_prog(gen, progs[i].name, progs[i].section, progs[i].type);
	obj = open_gen(gen);
	if (!obj)
		return;

	for (i = 0; i < TEST_SIZE(progs); i++) {
		prog = find_prog(obj, progs[i].name);
		if (!CHECK(prog))
			continue;
		CHECK_EQ(bpf_program__type(prog), progs[i].type);
		CHECK_EQ(bpf_program__expected_attach_type(prog),
			 progs[i].attach);
		CHECK(!strcmp(bpf_program__section_name(prog),
			      progs[i].section));
		CHECK(bpf_program__autoload(prog));
	}
	bpf_object__for_each_program(prog, rex_obj_get_bpf(obj))
		nr++;
	CHECK_EQ(nr, TEST_SIZE(progs));
	rex_obj_close(obj);
}

static void body_is_one_call_and_exit(void)
{
	const struct bpf_program *prog;
	struct rex_obj *obj = open_gen(gen_hello());

	prog = obj ? find_prog(obj, "hello") : NULL;
	if (CHECK(prog) && CHECK_EQ(bpf_program__insn_cnt(prog), 2)) {
		check_insn(prog, 0, 0x85, 125);
		check_insn(prog, 1, 0x95, 0);
	}
	rex_obj_close(obj);
}

static void bounded_types_force_their_return_value(void)
{
	struct gen *gen = gen_new();
	const struct bpf_program *prog;
	const struct bpf_insn *insn;
	struct rex_obj *obj;

	gen_prog(gen, "ingress", "cgroup_skb/ingress",
		 BPF_PROG_TYPE_CGROUP_SKB);
	gen_prog(gen, "egress", "cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB);
	gen_prog(gen, "fentry", "fentry/do_exit", BPF_PROG_TYPE_TRACING)
		->attach_type = BPF_TRACE_FENTRY;
	gen_prog(gen, "raw", "tp_btf/sched_switch", BPF_PROG_TYPE_TRACING)
		->attach_type = BPF_TRACE_RAW_TP;
	gen_prog(gen, "hook", "lsm/file_open", BPF_PROG_TYPE_LSM)->attach_type =
		BPF_LSM_MAC;
	obj = open_gen(gen);
	if (!obj)
		return;

	prog = find_prog(obj, "ingress");
	if (CHECK(prog) && CHECK_EQ(bpf_program__insn_cnt(prog), 3))
		check_insn(prog, 1, 0x57, 1); /* r0 &= 1 */
	prog = find_prog(obj, "egress");
	if (CHECK(prog) && CHECK_EQ(bpf_program__insn_cnt(prog), 3))
		check_insn(prog, 1, 0x57, 3); /* r0 &= 3 */
	prog = find_prog(obj, "fentry");
	if (CHECK(prog) && CHECK_EQ(bpf_program__insn_cnt(prog), 3))
		check_insn(prog, 1, 0xb7, 0); /* r0 = 0 */
	prog = find_prog(obj, "raw");
	CHECK(prog && bpf_program__insn_cnt(prog) == 2);
	prog = find_prog(obj, "hook");
	if (CHECK(prog) && CHECK_EQ(bpf_program__insn_cnt(prog), 7)) {
		check_insn(prog, 1, 0x87, 0); /* r0 = -r0 */
		check_insn(prog, 2, 0x57, 4095); /* r0 &= 4095 */
		insn = bpf_program__insns(prog);
		CHECK(insn[3].code == 0xb7 && insn[3].dst_reg == 1 &&
		      insn[3].imm == 0); /* r1 = 0 */
		CHECK(insn[4].code == 0x1f && insn[4].dst_reg == 1 &&
		      insn[4].src_reg == 0); /* r1 -= r0 */
		CHECK(insn[5].code == 0xbf && insn[5].dst_reg == 0 &&
		      insn[5].src_reg == 1); /* r0 = r1 */
	}
	rex_obj_close(obj);
}

static void programs_may_share_a_section(void)
{
	struct gen *gen = gen_new();
	const struct bpf_program *prog;
	struct rex_obj *obj;
	char name[] = "p0";

	for (; name[1] < '5'; name[1]++)
		gen_prog(gen, name, name[1] == '2' ? "kprobe" : "xdp",
			 name[1] == '2' ? BPF_PROG_TYPE_KPROBE :
					  BPF_PROG_TYPE_XDP);
	obj = open_gen(gen);
	if (!obj)
		return;
	for (name[1] = '0'; name[1] < '5'; name[1]++) {
		prog = find_prog(obj, name);
		if (!CHECK(prog) || !CHECK_EQ(bpf_program__insn_cnt(prog), 2))
			continue;
		CHECK_EQ(bpf_program__type(prog) == BPF_PROG_TYPE_KPROBE,
			 name[1] == '2');
		check_insn(prog, 0, 0x85, 125);
		check_insn(prog, 1, 0x95, 0);
	}
	rex_obj_close(obj);
}

static void maps_have_the_declared_attributes(void)
{
	static const struct {
		const char *name;
		enum bpf_map_type type;
		__u32 key, value, max, flags;
	} maps[] = {
		{ "hash", BPF_MAP_TYPE_HASH, 4, 8, 1, BPF_F_NO_PREALLOC },
		{ "array", BPF_MAP_TYPE_ARRAY, 4, 4096, 1000, 0 },
		{ "queue", BPF_MAP_TYPE_QUEUE, 0, 24, 16, 0 },
		{ "ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0 },
		{ "huge", BPF_MAP_TYPE_HASH, UINT32_MAX, UINT32_MAX, UINT32_MAX,
		  UINT32_MAX },
		{ "a_name_that_is_sixty_three_characters_long_"
		  "0123456789012345678_",
		  BPF_MAP_TYPE_LRU_HASH, 1, 1, 3, 0 },
	};
	struct gen *gen = gen_hello();
	struct bpf_map *map;
	struct rex_obj *obj;
	size_t i;

	CHECK_EQ(strlen(maps[5].name), REX_NAME_LEN - 1);
	gen->nr_maps = 0;
	for (i = 0; i < TEST_SIZE(maps); i++)
		gen_map(gen, maps[i].name, maps[i].type, maps[i].key,
			maps[i].value, maps[i].max, maps[i].flags);
	obj = open_gen(gen);
	if (!obj)
		return;

	i = 0;
	bpf_object__for_each_map(map, rex_obj_get_bpf(obj)) {
		if (!CHECK(i < TEST_SIZE(maps)))
			break;
		CHECK(!strcmp(bpf_map__name(map), maps[i].name));
		CHECK_EQ(bpf_map__type(map), maps[i].type);
		CHECK_EQ(bpf_map__key_size(map), maps[i].key);
		CHECK_EQ(bpf_map__value_size(map), maps[i].value);
		CHECK_EQ(bpf_map__max_entries(map), maps[i].max);
		CHECK_EQ(bpf_map__map_flags(map), maps[i].flags);
		CHECK(!bpf_map__is_internal(map));
		i++;
	}
	CHECK_EQ(i, TEST_SIZE(maps));
	rex_obj_close(obj);
}

static const struct btf_type *value_type(const struct bpf_map *map,
					 const struct btf *btf)
{
	return btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
}

static void lock_in_values_is_in_their_type(void)
{
	static const __u32 offsets[] = { 0, 12, 20 };
	struct gen *gen = gen_hello();
	const struct btf_member *lock;
	const struct btf_type *type;
	const struct btf *btf;
	struct bpf_map *map;
	struct rex_obj *obj;
	char name[16];
	size_t i;

	for (i = 0; i < TEST_SIZE(offsets); i++) {
		struct rex_map_def *def;

		snprintf(name, sizeof(name), "locked_%zu", i);
		def = gen_map(gen, name, BPF_MAP_TYPE_HASH, 4 + i, 24, 8, 0);
		def->flags = REX_MAP_HAS_SPIN_LOCK;
		def->lock_offset = offsets[i];
	}
	obj = open_gen(gen);
	if (!obj)
		return;
	btf = bpf_object__btf(rex_obj_get_bpf(obj));
	for (i = 0; i < TEST_SIZE(offsets); i++) {
		snprintf(name, sizeof(name), "locked_%zu", i);
		map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), name);
		if (!CHECK(map))
			break;
		CHECK_EQ(bpf_map__key_size(map), 4 + i);
		CHECK_EQ(bpf_map__value_size(map), 24);
		CHECK(bpf_map__btf_key_type_id(map));
		type = value_type(map, btf);
		if (!CHECK(type) || !CHECK(btf_is_struct(type)))
			break;
		CHECK_EQ(type->size, 24);
		lock = btf_members(type) + (offsets[i] ? 1 : 0);
		CHECK_EQ(lock->offset, offsets[i] * 8);
		type = btf__type_by_id(btf, lock->type);
		CHECK(!strcmp(btf__name_by_offset(btf, type->name_off),
			      "bpf_spin_lock"));
		CHECK_EQ(type->size, 4);
	}
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "counts");
	type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	CHECK(type && btf_is_int(type));
	rex_obj_close(obj);
}

static void map_of_maps_has_an_inner_map(void)
{
	struct gen *gen = gen_hello();
	struct rex_map_def *def;
	struct bpf_map *map;
	struct rex_obj *obj;

	def = gen_map(gen, "outer", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 16, 0);
	def->inner_type = BPF_MAP_TYPE_HASH;
	def->inner_key_size = 2;
	def->inner_value_size = 40;
	def->inner_max_entries = 7;
	def->inner_map_flags = BPF_F_NO_PREALLOC;
	obj = open_gen(gen);
	if (!obj)
		return;
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "outer");
	if (CHECK(map) && CHECK(bpf_map__inner_map(map))) {
		CHECK_EQ(bpf_map__max_entries(map), 16);
		map = bpf_map__inner_map(map);
		CHECK_EQ(bpf_map__type(map), BPF_MAP_TYPE_HASH);
		CHECK_EQ(bpf_map__key_size(map), 2);
		CHECK_EQ(bpf_map__value_size(map), 40);
		CHECK_EQ(bpf_map__max_entries(map), 7);
		CHECK_EQ(bpf_map__map_flags(map), BPF_F_NO_PREALLOC);
	}
	rex_obj_close(obj);
}

static void extra_attribute_of_a_map_is_passed_on(void)
{
	struct gen *gen = gen_hello();
	struct bpf_map *map;
	struct rex_obj *obj;

	gen_map(gen, "bloom", BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 100, 0)
		->map_extra = 5;
	obj = open_gen(gen);
	if (!obj)
		return;
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "bloom");
	CHECK(map && bpf_map__map_extra(map) == 5);
	map = bpf_object__find_map_by_name(rex_obj_get_bpf(obj), "counts");
	CHECK(map && bpf_map__map_extra(map) == 0);
	rex_obj_close(obj);
}

static void object_needs_no_map(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;

	gen->nr_maps = 0;
	obj = open_gen(gen);
	if (!obj)
		return;
	CHECK(!bpf_object__next_map(rex_obj_get_bpf(obj), NULL));
	CHECK(find_prog(obj, "hello"));
	rex_obj_close(obj);
}

static void largest_object_opens(void)
{
	struct gen *gen = gen_new();
	struct bpf_program *prog;
	struct bpf_map *map;
	struct rex_obj *obj;
	int progs = 0, maps = 0;
	char name[32];
	int i;

	for (i = 0; i < REX_MAX_PROGS; i++) {
		snprintf(name, sizeof(name), "prog_%d", i);
		gen_prog(gen, name, i % 2 ? "xdp" : "kprobe",
			 i % 2 ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_KPROBE);
	}
	for (i = 0; i < REX_MAX_MAPS; i++) {
		snprintf(name, sizeof(name), "map_%d", i);
		gen_map(gen, name, BPF_MAP_TYPE_ARRAY, 4, 4, i + 1, 0);
	}
	obj = open_gen(gen);
	if (!obj)
		return;
	bpf_object__for_each_program(prog, rex_obj_get_bpf(obj))
		progs++;
	bpf_object__for_each_map(map, rex_obj_get_bpf(obj)) {
		CHECK_EQ(bpf_map__max_entries(map), maps + 1);
		maps++;
	}
	CHECK_EQ(progs, REX_MAX_PROGS);
	CHECK_EQ(maps, REX_MAX_MAPS);
	rex_obj_close(obj);
}

static const struct test_case cases[] = {
	TEST_CASE(every_program_has_its_type_and_section),
	TEST_CASE(body_is_one_call_and_exit),
	TEST_CASE(bounded_types_force_their_return_value),
	TEST_CASE(programs_may_share_a_section),
	TEST_CASE(maps_have_the_declared_attributes),
	TEST_CASE(lock_in_values_is_in_their_type),
	TEST_CASE(map_of_maps_has_an_inner_map),
	TEST_CASE(extra_attribute_of_a_map_is_passed_on),
	TEST_CASE(object_needs_no_map),
	TEST_CASE(largest_object_opens),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
