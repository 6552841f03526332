// SPDX-License-Identifier: GPL-2.0
/*
 * The types that an object declares for its maps become the BTF of these, and others do no
 * harm. The sanitizers run this, too.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../shapes.h"
#include "gen.h"
#include "test.h"

static struct rex_obj *open_with(const char *types, size_t size)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;

	gen->types = types;
	gen->types_size = size;
	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	gen_free(gen);
	return obj;
}

static const struct bpf_map *map_of(struct rex_obj *obj, const char *name)
{
	return bpf_object__find_map_by_name(rex_obj_get_bpf(obj), name);
}

static const struct btf_type *value_type(struct rex_obj *obj, const char *name)
{
	const struct btf *btf = bpf_object__btf(rex_obj_get_bpf(obj));
	__u32 id = bpf_map__btf_value_type_id(map_of(obj, name));

	return id ? btf__type_by_id(btf, id) : NULL;
}

static void types_of_maps_are_those_declared(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	const struct btf_type *type;
	const struct btf *btf;

	CHECK(obj);
	btf = bpf_object__btf(rex_obj_get_bpf(obj));
	type = value_type(obj, "config");
	CHECK(type && btf_is_struct(type));
	CHECK_EQ(type->size, 24);
	CHECK_EQ(btf_vlen(type), 2);
	CHECK(!strcmp(btf__name_by_offset(btf, type->name_off), "Config"));
	CHECK(!strcmp(btf__name_by_offset(btf, btf_members(type)[1].name_off),
		      "names"));
	CHECK_EQ(btf_members(type)[1].offset, 64);
	type = value_type(obj, "counts");
	CHECK(type && btf_is_int(type) && type->size == 8);
	rex_obj_close(obj);
	gen_free(gen);
}

/* Maps are as without types then. */
static void wrong_types_are_left_out(void)
{
	static const char *const wrong[] = {
		"",
		"u",
		"u3",
		"u32",
		"u4294967297",
		"x8",
		"u8 ",
		"b",
		"[",
		"[2",
		"[2]",
		"[2]u",
		"[99999999999]u1",
		"{",
		"{A",
		"{A;",
		"{A;b",
		"{A;b:",
		"{A;b:u8",
		"{A;b:u8;",
		"{A;b:u8}}",
		"{A;b:u4}",
		"[1073741824][1073741824]u8",
		"l",
		"[2]l",
		"{A;lock:l;:b4}",
		"[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]u8",
	};
	char text[256];
	size_t i, size;
	struct rex_obj *obj;

	for (i = 0; i < TEST_SIZE(wrong); i++) {
		size = snprintf(text, sizeof(text), "counts%cu4%c%s", 0, 0,
				wrong[i]) +
		       1;
		obj = open_with(text, size);
		if (!CHECK(obj) || !CHECK(!value_type(obj, "counts")))
			printf("# with %s\n", wrong[i]);
		rex_obj_close(obj);
	}
}

static void texts_that_end_early_are_no_types(void)
{
	struct rex_obj *obj;

	obj = open_with("counts\0u4", sizeof("counts\0u4"));
	CHECK(obj && !value_type(obj, "counts"));
	rex_obj_close(obj);
	obj = open_with("nobody\0u4\0u8", sizeof("nobody\0u4\0u8"));
	CHECK(obj);
	rex_obj_close(obj);
	CHECK(!open_with("counts", strlen("counts")));
	CHECK_EQ(errno, ENOEXEC);
	CHECK_HAS(rex_last_error(), ".rex.types");
}

/* Opens an object whose map "locked" has values of 24 bytes with a lock at 0. */
static struct rex_obj *open_locked(const char *value)
{
	struct gen *gen = gen_hello();
	struct rex_map_def *def =
		gen_map(gen, "locked", BPF_MAP_TYPE_HASH, 4, 24, 8, 0);
	struct rex_obj *obj;
	char text[256];

	def->flags = REX_MAP_HAS_SPIN_LOCK;
	gen->types = text;
	gen->types_size =
		snprintf(text, sizeof(text), "locked%cu4%c%s", 0, 0, value) + 1;
	gen_build(gen);
	obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
	gen_free(gen);
	return obj;
}

/* The kernel has to find the lock, and tools the other members. */
static void locks_are_members_of_values(void)
{
	struct rex_obj *obj =
		open_locked("{Range;lock:l;:b4;low:u8;high:s4;:b4}");
	const struct btf_member *members;
	const struct btf_type *type;
	const struct btf *btf;

	CHECK(obj);
	btf = bpf_object__btf(rex_obj_get_bpf(obj));
	type = value_type(obj, "locked");
	if (!CHECK(type && btf_is_struct(type)) || !CHECK_EQ(btf_vlen(type), 3))
		return;
	CHECK_EQ(type->size, 24);
	CHECK(!strcmp(btf__name_by_offset(btf, type->name_off), "Range"));
	members = btf_members(type);
	CHECK_EQ(members[0].offset, 0);
	CHECK_EQ(members[1].offset, 64);
	CHECK_EQ(members[2].offset, 128);
	type = btf__type_by_id(btf, members[0].type);
	CHECK(btf_is_struct(type) && type->size == 4);
	CHECK(!strcmp(btf__name_by_offset(btf, type->name_off),
		      "bpf_spin_lock"));
	rex_obj_close(obj);
}

/* The value is a lock and bytes then. */
static void wrong_locks_are_left_out(void)
{
	static const char *const wrong[] = {
		"{A;a:u8;b:u8;c:u8}",
		"{A;a:u4;lock:l;b:u8;c:u8}",
		"{A;lock:l;other:l;b:u8;c:u8}",
		"{A;b:{B;lock:l;:b4};c:u8;d:u8}",
		"{A;lock:[1]l;:b4;c:u8;d:u8}",
		"{A;lock:l4;:b4;c:u8;d:u8}",
		"[1]{A;lock:l;:b4;c:u8;d:u8}",
		"{A;lock:l;:b4;c:u8}",
		"{A;lock:l",
	};
	const struct btf_type *type;
	struct rex_obj *obj;
	size_t i;

	for (i = 0; i < TEST_SIZE(wrong); i++) {
		obj = open_locked(wrong[i]);
		CHECK(obj);
		type = value_type(obj, "locked");
		if (!CHECK(type && btf_is_struct(type)) ||
		    !CHECK_EQ(btf_vlen(type), 2))
			printf("# with %s\n", wrong[i]);
		rex_obj_close(obj);
	}
}

static void check_name(const char *text, const char *name)
{
	struct btf *btf = btf__new_empty();
	int id = rex_shape_add(btf, text, 8, REX_SHAPE_NO_LOCK);

	if (CHECK(id > 0))
		CHECK(!strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, id)
							       ->name_off),
			      name));
	btf__free(btf);
}

/* The kernel takes a struct of such a name for its own, or refuses the name. */
static void names_of_the_kernel_are_left_out(void)
{
	check_name("{Pair;0:u4;1:u4}", "Pair");
	check_name("{bpf_timer;a:u8}", "");
	check_name("{bpf_spin_lock;a:u8}", "");
	check_name("{Gr\303\266\303\237e;a:u8}", "");
}

int main(void)
{
	static const struct test_case cases[] = {
		TEST_CASE(types_of_maps_are_those_declared),
		TEST_CASE(wrong_types_are_left_out),
		TEST_CASE(texts_that_end_early_are_no_types),
		TEST_CASE(locks_are_members_of_values),
		TEST_CASE(wrong_locks_are_left_out),
		TEST_CASE(names_of_the_kernel_are_left_out),
	};

	return test_main(cases, TEST_SIZE(cases));
}
