// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl types: declarations, made of a BTF that is made here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../rexctl/types.h"
#include "test.h"

static struct btf *btf;
static int s4, u4, u8, chr, boolean, list, file;

static void start(void)
{
	btf = btf__new_empty();
	s4 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	u4 = btf__add_int(btf, "unsigned int", 4, 0);
	u8 = btf__add_int(btf, "long unsigned int", 8, 0);
	chr = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	boolean = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	list = btf__add_struct(btf, "list_head", 16);
	file = btf__add_struct(btf, "file", 8);
	btf__add_field(btf, "f_flags", u4, 0, 0);
}

static char *write_types(int want, char *first, char *second)
{
	char *const words[] = { first, second };
	char *text = NULL, why[TYPES_WHY_LEN] = "";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	CHECK_EQ(types_write(out, btf, words, second ? 2 : 1, why), want);
	CHECK_EQ(!why[0], !want);
	fclose(out);
	btf__free(btf);
	return text;
}

static void expect(char *first, char *second, const char *want)
{
	char *text = write_types(0, first, second);

	if (!CHECK(!strcmp(text, want)))
		printf("# it is\n%s", text);
	free(text);
}

/* A field belongs to the type that was added last. */
static void integers_pointers_and_arrays(void)
{
	int e, flags, comm, data, text, any, pos;

	start();
	e = btf__add_enum(btf, "state", 4);
	flags = btf__add_const(btf, u8);
	comm = btf__add_array(btf, s4, chr, 16);
	data = btf__add_array(btf, s4, u4, 0);
	text = btf__add_ptr(btf, comm);
	any = btf__add_ptr(btf, 0);
	pos = btf__add_ptr(btf, u8);
	btf__add_struct(btf, "thing", 128);
	btf__add_field(btf, "pid", s4, 0, 0);
	btf__add_field(btf, "flags", flags, 64, 0);
	btf__add_field(btf, "flag", boolean, 128, 0);
	btf__add_field(btf, "state", e, 160, 0);
	btf__add_field(btf, "comm", comm, 192, 0);
	btf__add_field(btf, "data", data, 320, 0);
	btf__add_field(btf, "text", text, 320, 0);
	btf__add_field(btf, "any", any, 384, 0);
	btf__add_field(btf, "pos", pos, 448, 0);
	expect("thing", NULL,
	       "rex::kernel! {\n"
	       "    pub struct thing {\n"
	       "        pub pid: i32,\n"
	       "        pub flags: u64,\n"
	       "        pub flag: bool,\n"
	       "        pub state: u32,\n"
	       "        pub comm: [u8; 16],\n"
	       "        pub data: [u32],\n"
	       "        pub text: Ptr<()>,\n"
	       "        pub any: Ptr<()>,\n"
	       "        pub pos: Ptr<u64>,\n"
	       "    }\n"
	       "}\n");
}

static void structs_lead_to_declared_ones_only(void)
{
	int pointer, head;

	start();
	pointer = btf__add_ptr(btf, btf__add_const(btf, file));
	head = btf__add_ptr(btf, list);
	btf__add_struct(btf, "thing", 64);
	btf__add_field(btf, "file", pointer, 0, 0);
	btf__add_field(btf, "head", head, 64, 0);
	btf__add_field(btf, "list", list, 128, 0);
	btf__add_field(btf, "inner", file, 256, 0);
	expect("thing", "file",
	       "rex::kernel! {\n"
	       "    pub struct thing {\n"
	       "        pub file: Ptr<file>,\n"
	       "        pub head: Ptr<()>,\n"
	       "        // list: list_head, which is not declared here\n"
	       "        pub inner: file,\n"
	       "    }\n"
	       "\n"
	       "    pub struct file {\n"
	       "        pub f_flags: u32,\n"
	       "    }\n"
	       "}\n");
}

static void bit_fields_keywords_and_structs_without_names(void)
{
	int atomic, refcount, nameless;

	start();
	atomic = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "counter", s4, 0, 0);
	atomic = btf__add_typedef(btf, "atomic_t", atomic);
	refcount = btf__add_struct(btf, "refcount_struct", 4);
	btf__add_field(btf, "refs", atomic, 0, 0);
	refcount = btf__add_typedef(btf, "refcount_t", refcount);
	nameless = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "a", u4, 0, 0);
	btf__add_field(btf, "b", u8, 0, 0);
	btf__add_struct(btf, "thing", 64);
	btf__add_field(btf, "type", s4, 0, 0);
	btf__add_field(btf, "usage", refcount, 32, 0);
	btf__add_field(btf, NULL, nameless, 64, 0);
	btf__add_field(btf, "bits", u4, 128, 3);
	expect("thing", NULL,
	       "rex::kernel! {\n"
	       "    pub struct thing {\n"
	       "        pub type_: i32 from \"type\",\n"
	       "        pub usage: i32 from \"usage.refs.counter\",\n"
	       "        pub a: u32,\n"
	       "        pub b: u64,\n"
	       "        pub bits: u32 as bits,\n"
	       "    }\n"
	       "}\n");
}

static void members_are_chosen_by_path(void)
{
	start();
	btf__add_union(btf, "thing", 64);
	btf__add_field(btf, "pid", s4, 0, 0);
	btf__add_field(btf, "inner", file, 0, 0);
	expect("thing.inner.f_flags", "thing.pid",
	       "rex::kernel! {\n"
	       "    pub union thing {\n"
	       "        pub inner_f_flags: u32 from \"inner.f_flags\",\n"
	       "        pub pid: i32,\n"
	       "    }\n"
	       "}\n");
}

static void missing_names_are_errors(void)
{
	start();
	free(write_types(-ENOENT, "nothing", NULL));
	start();
	free(write_types(-ENOENT, "file.nothing", NULL));
	start();
	free(write_types(-ENOENT, "file.f_flags.a", NULL));
	start();
	free(write_types(-ENOENT, "", NULL));
	start();
	free(write_types(-ENOENT, "int", NULL));
}

int main(void)
{
	static const struct test_case cases[] = {
		TEST_CASE(integers_pointers_and_arrays),
		TEST_CASE(structs_lead_to_declared_ones_only),
		TEST_CASE(bit_fields_keywords_and_structs_without_names),
		TEST_CASE(members_are_chosen_by_path),
		TEST_CASE(missing_names_are_errors),
	};

	return test_main(cases, TEST_SIZE(cases));
}
