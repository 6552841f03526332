// SPDX-License-Identifier: GPL-2.0
/*
 * Questions about types (kmod/btf_query.h), on a handmade BTF. Each of its
 * records and strings has memory of exactly its size, for ASan.
 */
#include <linux/btf.h>

#include "btf_query.h"
#include "test.h"

/* Few members are bit fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define MAX_TYPES 256
#define MAX_STRINGS 512

struct btf {
	struct btf_type *types[MAX_TYPES];
	u32 nr_types;
	char *strings[MAX_STRINGS];
	u32 nr_strings;
};

static struct btf btf;

const struct btf_type *rex_btf_type(const struct btf *from, u32 id)
{
	return id < from->nr_types ? from->types[id] : NULL;
}

const char *rex_btf_string(const struct btf *from, u32 offset)
{
	return offset < from->nr_strings ? from->strings[offset] : "";
}

static void reset(void)
{
	while (btf.nr_types)
		free(btf.types[--btf.nr_types]);
	while (btf.nr_strings)
		free(btf.strings[--btf.nr_strings]);
	btf.types[btf.nr_types++] = calloc(1, sizeof(struct btf_type));
	btf.strings[btf.nr_strings++] = strdup("");
}

static u32 string(const char *text)
{
	u32 i;

	for (i = 0; i < btf.nr_strings; i++)
		if (!strcmp(btf.strings[i], text))
			return i;
	btf.strings[btf.nr_strings] = strdup(text);
	return btf.nr_strings++;
}

/* Appends a type, and returns its id. @size is a type's id for some kinds. */
static u32 add(u32 kind, const char *name, u32 vlen, bool kflag, u32 size,
	       const void *more, size_t len)
{
	struct btf_type *t = malloc(sizeof(*t) + len);

	t->name_off = string(name);
	t->info = kind << 24 | vlen | (u32)kflag << 31;
	t->size = size;
	if (len)
		memcpy(t + 1, more, len);
	btf.types[btf.nr_types] = t;
	return btf.nr_types++;
}

static u32 add_int_bits(const char *name, u32 size, u32 encoding, u32 offset,
			u32 bits)
{
	u32 data = encoding << 24 | offset << 16 | bits;

	return add(BTF_KIND_INT, name, 0, false, size, &data, sizeof(data));
}

static u32 add_int(const char *name, u32 size, u32 encoding)
{
	return add_int_bits(name, size, encoding, 0, size * 8);
}

static u32 add_ref(u32 kind, const char *name, u32 to)
{
	return add(kind, name, 0, false, to, NULL, 0);
}

static u32 add_ptr(u32 to)
{
	return add_ref(BTF_KIND_PTR, "", to);
}

static u32 add_array(u32 type, u32 nelems)
{
	struct btf_array array = { .type = type, .nelems = nelems };

	return add(BTF_KIND_ARRAY, "", 0, false, 0, &array, sizeof(array));
}

/*
 * A member at a bit; @width is the width of a bit field in a struct with the
 * flag.
 */
struct member {
	const char *name;
	u32 type;
	u32 bit;
	u32 width;
};

static u32 add_members(u32 kind, const char *name, bool kflag, u32 size,
		       const struct member *list, u32 nr)
{
	struct btf_member members[32];
	u32 i;

	for (i = 0; i < nr; i++) {
		members[i].name_off = string(list[i].name);
		members[i].type = list[i].type;
		members[i].offset = list[i].bit | list[i].width << 24;
	}
	return add(kind, name, nr, kflag, size, members,
		   nr * sizeof(members[0]));
}

#define ADD_STRUCT(kind, name, kflag, size, ...)                     \
	add_members(kind, name, kflag, size,                         \
		    (const struct member[]){ __VA_ARGS__ },          \
		    sizeof((const struct member[]){ __VA_ARGS__ }) / \
			    sizeof(struct member))

struct enumerator {
	const char *name;
	u64 value;
};

static u32 add_enum(const char *name, bool is_signed,
		    const struct enumerator *list, u32 nr)
{
	struct btf_enum values[8];
	u32 i;

	for (i = 0; i < nr; i++) {
		values[i].name_off = string(list[i].name);
		values[i].val = list[i].value;
	}
	return add(BTF_KIND_ENUM, name, nr, is_signed, 4, values,
		   nr * sizeof(values[0]));
}

static u32 add_enum64(const char *name, bool is_signed,
		      const struct enumerator *list, u32 nr)
{
	struct btf_enum64 values[8];
	u32 i;

	for (i = 0; i < nr; i++) {
		values[i].name_off = string(list[i].name);
		values[i].val_lo32 = list[i].value;
		values[i].val_hi32 = list[i].value >> 32;
	}
	return add(BTF_KIND_ENUM64, name, nr, is_signed, 8, values,
		   nr * sizeof(values[0]));
}

static u32 add_proto(u32 result, const struct member *list, u32 nr)
{
	struct btf_param params[8];
	u32 i;

	for (i = 0; i < nr; i++) {
		params[i].name_off = string(list[i].name);
		params[i].type = list[i].type;
	}
	return add(BTF_KIND_FUNC_PROTO, "", nr, false, result, params,
		   nr * sizeof(params[0]));
}

/* ---- questions ---- */

static char text[1024];

/* Returns the value, or the errno; the log is in @text. */
static int ask(const char *symbol, u64 *value)
{
	char *copy = strdup(symbol);
	struct rex_btf_types types;
	struct rex_btf_query q;
	struct rex_log log;
	int ret;

	rex_log_init(&log, text, sizeof(text), REX_LOG_ERROR);
	*value = 0x5555555555555555;
	if (!rex_btf_is_symbol(symbol) || !rex_btf_parse(copy, &q)) {
		free(copy);
		return -EINVAL;
	}
	rex_btf_find(&btf, 1, &q, &types);
	if (types.nr)
		ret = rex_btf_answer(&q, &types, value, &log);
	else
		ret = rex_btf_answer_absent(&q, value);
	free(copy);
	return ret;
}

static void expect(const char *symbol, u64 want)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret || value != want)
		fail("%s is %d, 0x%llx, not 0x%llx; %s", symbol, ret, value,
		     want, text);
}

static void refused(const char *symbol, const char *why)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret != -ENOEXEC)
		fail("%s is %d, 0x%llx", symbol, ret, value);
	else if (!strstr(text, why))
		fail("%s: no \"%s\" in \"%s\"", symbol, why, text);
}

static void absent(const char *symbol)
{
	u64 value;

	check_int(ask(symbol, &value), -ENOENT);
}

static void malformed(const char *symbol)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret != -EINVAL)
		fail("%s is %d", symbol, ret);
}

#define OFF(path, kind) "__rex_btf:off:thing:" path ":" kind
#define BITS(path, kind) "__rex_btf:bits:thing:" path ":" kind

static u32 s4, u4, u8_, s8_, u1, chr, boolean;

static void add_basic(void)
{
	reset();
	s4 = add_int("int", 4, BTF_INT_SIGNED);
	u4 = add_int("unsigned int", 4, 0);
	u8_ = add_int("long unsigned int", 8, 0);
	s8_ = add_int("long int", 8, BTF_INT_SIGNED);
	u1 = add_int("unsigned char", 1, 0);
	chr = add_int("char", 1, 0);
	boolean = add_int("_Bool", 1, BTF_INT_BOOL);
}

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

static void arguments_of_functions(void)
{
	u32 file, pair, wide, proto, tp;

	add_basic();
	file = add_ptr(
		ADD_STRUCT(BTF_KIND_STRUCT, "file", false, 8, { "a", u8_, 0 }));
	pair = ADD_STRUCT(BTF_KIND_STRUCT, "pair", false, 16, { "a", u8_, 0 },
			  { "b", u8_, 64 });
	wide = add_ref(BTF_KIND_FWD, "unknown", 0);
	proto = add_proto(s8_,
			  (const struct member[]){ { .name = "file", file },
						   { "pair", pair },
						   { "n", u4 },
						   { "", chr } },
			  4);
	add_ref(BTF_KIND_FUNC, "vfs_thing", proto);
	add_ref(BTF_KIND_FUNC, "bpf_lsm_thing", proto);
	add_ref(BTF_KIND_FUNC, "nothing", add_proto(0, NULL, 0));
	add_ref(BTF_KIND_FUNC, "strange",
		add_proto(0,
			  (const struct member[]){ { "a", wide }, { "b", u4 } },
			  2));
	tp = add_proto(0,
		       (const struct member[]){ { "__data", add_ptr(0) },
						{ "file", file },
						{ "n", u4 } },
		       3);
	add_ref(BTF_KIND_TYPEDEF, "btf_trace_thing", add_ptr(tp));
	add_ref(BTF_KIND_TYPEDEF, "btf_trace_int", s4);
#define ARG(function, index, kind) "__rex_btf_arg:" function ":" index ":" kind
	expect(ARG("vfs_thing", "0", "pfile"), 0);
	expect(ARG("vfs_thing", "1", "tpair"), 8);
	expect(ARG("vfs_thing", "2", "u4"), 24);
	expect(ARG("vfs_thing", "3", "u1"), 32);
	expect(ARG("vfs_thing", "ret", "s8"), 40);
	expect(ARG("vfs_thing", "0", ""), 0);
	expect(ARG("lsm/thing", "2", "u4"), 24);
	expect(ARG("tp/thing", "0", "pfile"), 0);
	expect(ARG("tp/thing", "1", "u4"), 8);
	expect(ARG("nothing", "ret", ""), 0);
	refused(ARG("vfs_thing", "0", "pinode"),
		"argument 0 (file) of vfs_thing is a pointer to struct file");
	refused(ARG("vfs_thing", "3", "u4"), "argument 3 of vfs_thing is an "
					     "unsigned integer of 1 byte");
	refused(ARG("vfs_thing", "4", "u4"),
		"vfs_thing has 4 arguments, the program wants argument 4");
	refused(ARG("vfs_thing", "ret", "u8"),
		"vfs_thing returns a signed integer of 8 bytes");
	refused(ARG("nothing", "ret", "u8"), "nothing returns void");
	refused(ARG("tp/thing", "2", "u4"), "thing has 2 arguments");
	refused(ARG("strange", "1", "u4"), "have no size");
	refused(ARG("tp/int", "0", "u4"), "int is not a function");
	absent(ARG("thing", "0", "pfile"));
	absent(ARG("tp/vfs_thing", "0", "pfile"));
	absent(ARG("lsm/vfs_thing", "0", "pfile"));
	malformed(ARG("", "0", "p"));
	malformed(ARG("lsm/", "0", "p"));
	malformed(ARG("a/thing", "0", "p"));
	malformed(ARG("thing", "", "p"));
	malformed(ARG("thing", "0x", "p"));
	malformed(ARG("thing", "0", "e"));
	malformed(ARG("thing", "0", "b"));
	malformed("__rex_btf_arg:thing:0");
	malformed("__rex_btf_arg:thing:0:p:");
	malformed("__rex_btf_arg:");
}

static void modules_are_named(void)
{
	struct rex_btf_query q;
	char symbol[] = "__rex_btf:off:tun/tun_struct:dev:pnet_device";

	check(rex_btf_parse(symbol, &q));
	check_str(q.module, "tun");
	check_str(q.type, "tun_struct");
	check_str(q.path, "dev");
	check_str(q.kind, "pnet_device");
	check_str(rex_btf_noun(&q), "struct");
}

static const char *const whole[] = {
	OFF("a.b[1].c|d", "aau1x4x16"),
	BITS("a", "b"),
	"__rex_btf:has:thing:X:e",
	"__rex_btf:size:thing::",
	"__rex_btf:enum:mod/thing:A|B:",
	"__rex_btf_arg:lsm/file_open:10:p*pfile",
};

/* Symbols end early, or have a strange character: none is read beyond its end. */
static void symbols_are_cut_and_changed(void)
{
	static const char strange[] = ":./|[]0x*ab";
	size_t i, len, c;
	u64 value;

	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, "thing", false, 8, { "a", u4, 32 });
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		for (len = 0; len <= strlen(whole[i]); len++) {
			char *symbol = strndup(whole[i], len);

			ask(symbol, &value);
			for (c = 0; len && c < sizeof(strange); c++) {
				symbol[len - 1] = strange[c];
				ask(symbol, &value);
			}
			free(symbol);
		}
	}
	check(!rex_btf_is_symbol("__rex_tp:a/b:c:u4"));
	check(!rex_btf_is_symbol("__rex_bt"));
	check(!rex_btf_is_symbol(""));
	malformed(OFF("a", "s3"));
	malformed(OFF("a", "u44"));
	malformed(OFF("a", "p*"));
	malformed(OFF("a", "a"));
	malformed(OFF("a", "ax4"));
	malformed(OFF("a", "au4"));
	malformed(OFF("a", "au4x"));
	malformed(OFF("a..b", "u4"));
	malformed(OFF("a.", "u4"));
	malformed(OFF("[0]", "u4"));
	malformed(OFF("a[0]b", "u4"));
	malformed(OFF("a[", "u4"));
	malformed("__rex_btf:what:thing:a:u4");
	malformed("__rex_btf:opt:thing:a:e");
	malformed("__rex_btf:has::a:u4");
	malformed("__rex_btf:enum:thing:a.b:");
}

/* The message of a refusal fits, however long the names are. */
static void long_names_are_cut_in_the_log(void)
{
	char symbol[2048], name[512];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	add_basic();
	ADD_STRUCT(BTF_KIND_STRUCT, name, false, 8, { name, u4, 32 });
	snprintf(symbol, sizeof(symbol), "__rex_btf:off:%s:%s:p%s", name, name,
		 name);
	refused(symbol, "nnnn");
	snprintf(symbol, sizeof(symbol), "__rex_btf:off:%s:%sx:p", name, name);
	refused(symbol, "nnnn");
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
	{ "arguments_of_functions", arguments_of_functions },
	{ "modules_are_named", modules_are_named },
	{ "symbols_are_cut_and_changed", symbols_are_cut_and_changed },
	{ "long_names_are_cut_in_the_log", long_names_are_cut_in_the_log },
};

int main(void)
{
	int status = run_tests(tests, ARRAY_SIZE(tests));

	reset();
	free(btf.types[0]);
	free(btf.strings[0]);
	return status;
}
