// SPDX-License-Identifier: GPL-2.0
/* Questions about members, enumerators and types (kmod/btf_query.h). */
#include "fake_btf.h"
#include "test.h"

/* Few members are bit fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static void members_are_found_by_name(void)
{
	u32 inner;

	add_basic();
	inner = ADD_STRUCT(BTF_KIND_STRUCT, "inner", false, 16, { "a", u8_, 0 },
			   { "b", s4, 64 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 64, { "first", s4, 0 },
		   { "second", u4, 32 }, { "inner", inner, 64 },
		   { "flag", boolean, 192 }, { "letter", chr, 200 });
	expect(OFF("first", "s4"), 0);
	expect(OFF("second", "u4"), 4);
	expect(OFF("inner", "tinner"), 8);
	expect(OFF("inner", "t"), 8);
	expect(OFF("inner.a", "u8"), 8);
	expect(OFF("inner.b", "s4"), 16);
	expect(OFF("flag", "u1"), 24);
	expect(OFF("letter", "u1"), 25);
	expect(OFF("letter", "s1"), 25);
	expect(OFF("second", "i"), 4);
	expect(OFF("second", ""), 4);
	expect("__rex_btf:optsize:thing:second:", 4);
	expect("__rex_btf:optsize:thing:third:", REX_NO_FIELD);
	expect("__rex_btf:optsize:nothing::", REX_NO_FIELD);
	expect("__rex_btf:has:thing:inner.b:", 1);
	expect("__rex_btf:has:thing:inner.c:", 0);
	expect("__rex_btf:has:thing:inner.b:u4", 0);
	expect("__rex_btf:has:thing::", 1);
	expect("__rex_btf:has:nothing::", 0);
	expect("__rex_btf:opt:thing:third:u4", REX_NO_FIELD);
	expect("__rex_btf:opt:nothing:third:u4", REX_NO_FIELD);
	expect("__rex_btf:opt:thing:second:u4", 4);
	refused("__rex_btf:opt:thing:second:u8", "the program wants");
	refused(OFF("third", "u4"), "struct thing has no member third");
	refused(OFF("inner.c", "u4"), "struct thing has no member inner.c");
	refused(OFF("first.a", "u4"), "struct thing has no member first.a");
	refused(OFF("inner", "u8"),
		"member inner of struct thing is struct inner, the program "
		"wants an unsigned integer of 8 bytes");
	refused(OFF("inner", "touter"),
		"the program wants struct or union outer");
	absent("__rex_btf:off:nothing:a:u4");
}

static void sizes_and_signs_are_compared(void)
{
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 16, { "i", s4, 0 },
		   { "u", u8_, 64 });
	refused(OFF("i", "u4"), "member i of struct thing is a signed integer "
				"of 4 bytes, the program wants an unsigned "
				"integer of 4 bytes");
	refused(OFF("i", "s8"), "wants a signed integer of 8 bytes");
	refused(OFF("u", "s8"), "is an unsigned integer of 8 bytes");
	refused(OFF("u", "u4"), "wants an unsigned integer of 4 bytes");
	refused(OFF("u", "p"), "wants a pointer");
	refused(OFF("u", "pfile"), "wants a pointer to struct or union file");
	refused(OFF("u", "au1x8"),
		"wants an array of at least 8 of an unsigned integer of 1 "
		"byte");
}

static void names_may_alternate(void)
{
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 16, { "__state", u4, 32 },
		   { "both", u4, 64 });
	expect(OFF("state|__state", "u4"), 4);
	expect(OFF("__state|state", "u4"), 4);
	expect(OFF("both|__state", "u4"), 8);
	expect(OFF("__state|both", "u4"), 4);
	refused(OFF("a|b", "u4"), "has no member a|b");
	expect(OFF("|both", "u4"), 8);
	refused(OFF("|", "u4"), "has no member |");
}

static void structs_without_names_are_passed(void)
{
	u32 inner, outer, i;

	add_basic();
	inner = ADD_STRUCT(BTF_KIND_STRUCT, "", false, 16, { "a", u8_, 0 },
			   { "b", u4, 64 });
	inner = add_ref(BTF_KIND_CONST, "", inner);
	outer = ADD_STRUCT(BTF_KIND_UNION, "", false, 24, { "c", u4, 0 },
			   { "", inner, 64 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 64, { "d", u4, 0 },
		   { "", outer, 64 }, { "e", u4, 256 });
	expect(OFF("d", "u4"), 0);
	expect(OFF("c", "u4"), 8);
	expect(OFF("a", "u8"), 16);
	expect(OFF("b", "u4"), 24);
	expect(OFF("e", "u4"), 32);

	/* These are deeper than a compiler makes them. */
	add_basic();
	inner = ADD_STRUCT(BTF_KIND_STRUCT, "", false, 8, { "a", u8_, 0 });
	for (i = 0; i < 200; i++)
		inner = ADD_STRUCT(BTF_KIND_STRUCT, i < 199 ? "" : "thing",
				   false, 8, { "", inner, 0 });
	refused(OFF("a", "u8"), "has no member a");
}

/* The kernel refuses some of these, but the walk must not depend on it. */
static void circles_end(void)
{
	u32 id, i;

	add_basic();
	id = btf.nr_types;
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "", id, 0 },
		   { "", id, 0 }, { "", id, 0 }, { "", id, 0 }, { "", id, 0 },
		   { "", id, 0 }, { "", id, 0 });
	refused(OFF("a", "u8"), "has no member a");

	add_basic();
	id = btf.nr_types;
	add_ref(BTF_KIND_TYPEDEF, "loop", id);
	add_ptr(btf.nr_types);
	add_array(btf.nr_types, 2);
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "t", id, 0 },
		   { "p", id + 1, 0 }, { "a", id + 2, 0 });
	refused(OFF("t", "u8"), "of an unknown kind");
	refused(OFF("p", "u8"), "a pointer to a pointer to");
	refused(OFF("a", "u8"), "an array of 2 of an array of 2");
	refused(OFF("p", "p*p*p*u8"), "a pointer to a pointer to");
	refused("__rex_btf:size:thing:a:", "has no size");
	refused("__rex_btf:size:loop::", "has no size");
	for (i = 0; i < 3; i++)
		refused("__rex_btf:off:loop:a:u8", "type loop has no member a");
}

static void ids_out_of_range_are_no_types(void)
{
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "t", 77777, 0 },
		   { "v", 0, 0 }, { "p", 0, 0 });
	add_ref(BTF_KIND_TYPEDEF, "far", 77777);
	refused(OFF("t", "u8"), "of an unknown kind");
	refused(OFF("t.a", "u8"), "has no member t.a");
	refused(OFF("v", "u8"), "is void");
	refused("__rex_btf:size:far::", "has no size");
	refused("__rex_btf:enum:far:a:", "has no enumerator a");
}

static void typedefs_and_qualifiers_are_passed(void)
{
	u32 inner, file, ptr, tag, chain;

	add_basic();
	chain = add_ref(BTF_KIND_TYPEDEF, "loff_t",
			add_ref(BTF_KIND_VOLATILE, "",
				add_ref(BTF_KIND_CONST, "", s8_)));
	inner = ADD_STRUCT(BTF_KIND_STRUCT, "", false, 8, { "a", u8_, 0 });
	inner = add_ref(BTF_KIND_TYPEDEF, "inner_t", inner);
	file = ADD_STRUCT(BTF_KIND_STRUCT, "file", false, 8, { "a", u8_, 0 });
	tag = add_ref(BTF_KIND_TYPE_TAG, "rcu",
		      add_ref(BTF_KIND_CONST, "", file));
	ptr = add_ref(BTF_KIND_RESTRICT, "", add_ptr(tag));
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 64, { "pos", chain, 0 },
		   { "inner", inner, 64 }, { "file", ptr, 128 },
		   { "alias", add_ptr(inner), 192 }, { "any", add_ptr(0), 256 },
		   { "count", add_ptr(chain), 320 },
		   { "far", add_ptr(add_ref(BTF_KIND_FWD, "elsewhere", 0)),
		     384 },
		   { "deep", add_ptr(add_ptr(tag)), 448 });
	add_ref(BTF_KIND_TYPEDEF, "thing_t", btf.nr_types - 1);
	expect(OFF("pos", "s8"), 0);
	expect(OFF("inner", "tinner_t"), 8);
	expect(OFF("inner.a", "u8"), 8);
	expect(OFF("file", "pfile"), 16);
	expect(OFF("file", "p"), 16);
	expect(OFF("alias", "pinner_t"), 24);
	expect(OFF("any", "p"), 32);
	expect(OFF("count", "p*s8"), 40);
	expect(OFF("far", "pelsewhere"), 48);
	expect(OFF("deep", "p*pfile"), 56);
	expect(OFF("deep", "p*p"), 56);
	expect("__rex_btf:size:loff_t::", 8);
	expect("__rex_btf:size:inner_t::", 8);
	refused(OFF("any", "pfile"), "is a pointer to void, the program wants "
				     "a pointer to struct or union file");
	refused(OFF("file", "pinode"), "is a pointer to struct file");
	refused(OFF("count", "p*u8"), "wants a pointer to an unsigned integer "
				      "of 8 bytes");
	refused(OFF("deep", "pfile"),
		"is a pointer to a pointer to struct file");
	refused("__rex_btf:off:thing:file.a:u8", "has no member file.a");
}

static void both_encodings_of_bit_fields(void)
{
	u32 legacy3 = 0, legacy5 = 0, id;

	/* With the flag, the width is in the member. */
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 24, { "plain", u4, 0, 0 },
		   { "a", u4, 32, 1 }, { "b", u4, 33, 3 }, { "c", s4, 40, 7 },
		   { "last", u4, 128, 5 }, { "tail", u8_, 180, 12 });
	expect(BITS("a", "b"), 0ull << 16 | 32 << 8 | 1);
	expect(BITS("b", "b"), 0ull << 16 | 33 << 8 | 3);
	expect(BITS("c", "B"), 0ull << 16 | 40 << 8 | 7);
	expect(BITS("last", "b"), 16ull << 16 | 0 << 8 | 5);
	expect(BITS("tail", "b"), 16ull << 16 | 52 << 8 | 12);
	/* A field that is no bit field in this kernel works as well. */
	expect(BITS("plain", "b"), 0ull << 16 | 0 << 8 | 32);
	expect("__rex_btf:optbits:thing:a:b", 0ull << 16 | 32 << 8 | 1);
	expect("__rex_btf:optbits:thing:z:b", REX_NO_FIELD);
	expect("__rex_btf:has:thing:b:b", 1);
	expect("__rex_btf:has:thing:b:i", 0);
	expect("__rex_btf:has:thing:b:u4", 0);
	refused(BITS("c", "b"), "member c of struct thing is a bit field of 7 "
				"bits, the program wants an unsigned bit "
				"field");
	refused(OFF("a", "u4"), "is a bit field of 1 bit, the program wants");
	refused(OFF("a", "i"), "is a bit field of 1 bit, the program wants");
	refused("__rex_btf:size:thing:a:", "has no size");
	refused(BITS("z", "b"), "has no member z");

	/* Without the flag, the width is in the type. */
	add_basic();
	legacy3 = add_int_bits("unsigned int", 4, 0, 0, 3);
	legacy5 = add_int_bits("int", 4, BTF_INT_SIGNED, 4, 5);
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", legacy3, 32 },
		   { "b", legacy5, 32 });
	expect(BITS("a", "b"), 0ull << 16 | 32 << 8 | 3);
	expect(BITS("b", "B"), 0ull << 16 | 36 << 8 | 5);
	refused(OFF("a", "u4"), "is a bit field of 3 bits");

	/* The 8 bytes are in the struct, and hold the field. */
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 12, { "a", u4, 64, 9 });
	expect(BITS("a", "b"), 4ull << 16 | 32 << 8 | 9);
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 4, { "a", u4, 3, 9 });
	expect(BITS("a", "b"), 0ull << 16 | 3 << 8 | 9);
	add_basic(); /* packed */
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 17, { "a", u8_, 60, 40 });
	expect(BITS("a", "b"), 7ull << 16 | 4 << 8 | 40);
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 17, { "a", u8_, 61, 64 });
	refused(BITS("a", "b"), "over more than 8 bytes");
	add_basic();
	id = ADD_STRUCT(BTF_KIND_STRUCT, "inner", true, 32, { "x", u4, 0 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 32, { "a", id, 0, 0 });
	refused(BITS("a", "b"), "is struct inner");
}

static void arrays_have_elements(void)
{
	u32 upid;

	add_basic();
	upid = ADD_STRUCT(BTF_KIND_STRUCT, "upid", false, 16, { "nr", s4, 0 },
			  { "ns", add_ptr(0), 64 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 256,
		   { "comm", add_array(chr, 16), 0 },
		   { "numbers", add_array(upid, 2), 128 },
		   { "matrix", add_array(add_array(u4, 4), 3), 384 },
		   { "flexible", add_array(upid, 0), 768 });
	expect(OFF("comm", "au1x16"), 0);
	expect(OFF("comm", "as1x4"), 0);
	expect(OFF("comm", "au1x0"), 0);
	expect(OFF("comm[3]", "u1"), 3);
	expect(OFF("numbers[0].nr", "s4"), 16);
	expect(OFF("numbers[1].ns", "p"), 40);
	expect(OFF("numbers", "atupidx2"), 16);
	expect(OFF("matrix[2][3]", "u4"), 48 + 2 * 16 + 12);
	expect(OFF("matrix[1]", "au4x4"), 64);
	expect(OFF("matrix", "aau4x4x3"), 48);
	expect(OFF("flexible", "atupidx0"), 96);
	expect(OFF("flexible[5].nr", "s4"), 96 + 80);
	expect("__rex_btf:size:thing:comm:", 16);
	expect("__rex_btf:size:thing:matrix:", 48);
	expect("__rex_btf:size:thing:flexible:", 0);
	expect("__rex_btf:size:thing:numbers[1]:", 16);
	expect("__rex_btf:has:thing:numbers[2]:", 0);
	refused(OFF("numbers[2].nr", "s4"), "has no member numbers[2]");
	refused(OFF("comm[16]", "u1"), "has no member comm[16]");
	refused(OFF("comm[0][0]", "u1"), "has no member comm[0][0]");
	refused(OFF("comm", "au1x17"), "is an array of 16 of");
	refused(OFF("comm", "au2x8"), "is an array of 16 of");
	refused(OFF("comm", "u1"), "the program wants an unsigned integer");
	refused(OFF("flexible[2147483647].nr", "s4"), "has no member");
}

static void arrays_without_end_are_refused(void)
{
	u32 big, i;

	add_basic();
	big = u8_;
	for (i = 0; i < 3; i++)
		big = add_array(big, 0xffffffff);
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", big, 0 },
		   { "b", u4, 0xfffffff8 });
	refused("__rex_btf:size:thing:a:", "has no size");
	refused(OFF("a[1]", "u1"), "has no member a[1]");
	expect(OFF("b", "u4"), 0x1fffffff);
}

static void enumerators_have_values(void)
{
	static const struct enumerator small[] = { { "ZERO", 0 },
						   { "ONE", 1 },
						   { "MINUS", -1ull } };
	static const struct enumerator large[] = {
		{ "BIG", 0x123456789abcdef0 }, { "LEAST", 1ull << 63 }
	};
	static const struct enumerator nameless[] = { { "NAMELESS", 7 } };
	u32 e;

	add_basic();
	e = add_enum("signed_e", true, small, 3);
	add_enum("unsigned_e", false, small, 3);
	add_enum64("large", false, large, 2);
	add_ref(BTF_KIND_TYPEDEF, "nameless_t",
		add_enum("", false, nameless, 1));
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "e", e, 0 });
	expect("__rex_btf:enum:signed_e:ONE:", 1);
	expect("__rex_btf:enum:signed_e:MINUS:", -1ull);
	expect("__rex_btf:enum:unsigned_e:MINUS:", 0xffffffff);
	expect("__rex_btf:enum:large:BIG:", 0x123456789abcdef0);
	expect("__rex_btf:enum:large:LEAST:", 1ull << 63);
	expect("__rex_btf:enum:nameless_t:NAMELESS:", 7);
	expect("__rex_btf:enum::NAMELESS:", 7);
	expect("__rex_btf:enum::BIG:", 0x123456789abcdef0);
	expect("__rex_btf:enum:signed_e:TWO|ONE:", 1);
	expect("__rex_btf:enum:signed_e:ONE|ZERO:", 1);
	expect("__rex_btf:enum::TWO|NAMELESS:", 7);
	expect("__rex_btf:optenum:signed_e:TWO:", REX_NO_FIELD);
	expect("__rex_btf:has:signed_e:ONE:e", 1);
	expect("__rex_btf:has:signed_e:TWO:e", 0);
	expect("__rex_btf:has::ONE:e", 1);
	expect("__rex_btf:has::TWO:e", 0);
	expect("__rex_btf:has:nothing:TWO:e", 0);
	expect("__rex_btf:size:signed_e::", 4);
	expect(OFF("e", "u4"), 0);
	expect(OFF("e", "s4"), 0);
	expect(OFF("e", "i"), 0);
	refused(OFF("e", "u8"), "is an enum of 4 bytes");
	refused("__rex_btf:enum:signed_e:TWO:",
		"enum signed_e has no enumerator TWO");
	/* The two enumerators have different values. */
	refused("__rex_btf:enum::MINUS:", "two answers");
	absent("__rex_btf:enum::TWO:");
	absent("__rex_btf:enum:int:ONE:");
}

static void types_of_one_name(void)
{
	/* A typedef of the same name is the same type. */
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", u4, 32 });
	add_ref(BTF_KIND_TYPEDEF, "thing", btf.nr_types - 1);
	expect(OFF("a", "u4"), 4);

	/* Of two structs, the one with the member is used. */
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", u4, 32 },
		   { "both", u4, 0 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 16, { "b", u4, 64 },
		   { "both", u4, 32 });
	expect(OFF("a", "u4"), 4);
	expect(OFF("b", "u4"), 8);
	expect("__rex_btf:has:thing:b:u4", 1);
	expect("__rex_btf:opt:thing:c:u4", REX_NO_FIELD);
	refused(OFF("both", "u4"), "there are different types named thing");
	refused("__rex_btf:size:thing::",
		"there are different types named thing");
	refused(OFF("c", "u4"), "has no member c");
	refused(OFF("b", "u8"), "is an unsigned integer of 4 bytes");
}

static void refusals_describe_the_type(void)
{
	u32 function, far, i;

	add_basic();
	function = add_proto(s4, NULL, 0);
	ADD_STRUCT(BTF_KIND_UNION, "either", false, 8, { "a", u4, 0 });
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", true, 64,
		   { "flag", boolean, 0, 0 },
		   { "real", add_ref(BTF_KIND_FLOAT, "double", 8), 64, 0 },
		   { "call", add_ptr(function), 128, 0 },
		   { "bits", u4, 192, 3 });
	refused(OFF("flag", "u4"), "is a bool of 1 byte, the program wants");
	refused(OFF("real", "u8"), "is a float of 8 bytes");
	refused(OFF("call", "pfile"), "is a pointer to a function");
	refused(BITS("bits", "B"), "the program wants a signed bit field");
	refused(OFF("bits", ""), "is a bit field of 3 bits");
	refused("__rex_btf:off:either:b:u4", "union either has no member b");
	refused("__rex_btf:size:thing::u4",
		"struct thing is struct thing, the program wants an unsigned integer");

	/* No instruction has a displacement of that many bytes. */
	add_basic();
	far = u4;
	for (i = 0; i < 5; i++)
		far = ADD_STRUCT(BTF_KIND_STRUCT, i < 4 ? "part" : "thing",
				 false, 8, { "a", far, 0xfffffff8 });
	refused(OFF("a.a.a.a.a", "u4"), "is too far away");
}

static const struct test tests[] = {
	{ "members_are_found_by_name", members_are_found_by_name },
	{ "sizes_and_signs_are_compared", sizes_and_signs_are_compared },
	{ "names_may_alternate", names_may_alternate },
	{ "structs_without_names_are_passed",
	  structs_without_names_are_passed },
	{ "circles_end", circles_end },
	{ "ids_out_of_range_are_no_types", ids_out_of_range_are_no_types },
	{ "typedefs_and_qualifiers_are_passed",
	  typedefs_and_qualifiers_are_passed },
	{ "both_encodings_of_bit_fields", both_encodings_of_bit_fields },
	{ "arrays_have_elements", arrays_have_elements },
	{ "arrays_without_end_are_refused", arrays_without_end_are_refused },
	{ "enumerators_have_values", enumerators_have_values },
	{ "types_of_one_name", types_of_one_name },
	{ "refusals_describe_the_type", refusals_describe_the_type },
};

int main(void)
{
	int status = run_tests(tests, ARRAY_SIZE(tests));

	free_btf();
	return status;
}
