// SPDX-License-Identifier: GPL-2.0
#include "fake_btf.h"
#include "test.h"

struct btf btf;

const struct btf_type *rex_btf_type(const struct btf *from, u32 id)
{
	return id < from->nr_types ? from->types[id] : NULL;
}

const char *rex_btf_string(const struct btf *from, u32 offset)
{
	return offset < from->nr_strings ? from->strings[offset] : "";
}

/* Only "void", type 0, is left. */
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

u32 add_int_bits(const char *name, u32 size, u32 encoding, u32 offset, u32 bits)
{
	u32 data = encoding << 24 | offset << 16 | bits;

	return add(BTF_KIND_INT, name, 0, false, size, &data, sizeof(data));
}

u32 add_int(const char *name, u32 size, u32 encoding)
{
	return add_int_bits(name, size, encoding, 0, size * 8);
}

u32 add_ref(u32 kind, const char *name, u32 to)
{
	return add(kind, name, 0, false, to, NULL, 0);
}

u32 add_ptr(u32 to)
{
	return add_ref(BTF_KIND_PTR, "", to);
}

u32 add_array(u32 type, u32 nelems)
{
	struct btf_array array = { .type = type, .nelems = nelems };

	return add(BTF_KIND_ARRAY, "", 0, false, 0, &array, sizeof(array));
}

u32 add_members(u32 kind, const char *name, bool kflag, u32 size,
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

u32 add_enum(const char *name, bool is_signed, const struct enumerator *list,
	     u32 nr)
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

u32 add_enum64(const char *name, bool is_signed, const struct enumerator *list,
	       u32 nr)
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

u32 add_proto(u32 result, const struct member *list, u32 nr)
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

u32 s4, u4, u8_, s8_, u1, chr, boolean;

int ask(const char *symbol, u64 *value)
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

void expect(const char *symbol, u64 want)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret || value != want)
		fail("%s is %d, 0x%llx, not 0x%llx; %s", symbol, ret, value,
		     want, text);
}

void refused(const char *symbol, const char *why)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret != -ENOEXEC)
		fail("%s is %d, 0x%llx", symbol, ret, value);
	else if (!strstr(text, why))
		fail("%s: no \"%s\" in \"%s\"", symbol, why, text);
}

void absent(const char *symbol)
{
	u64 value;

	check_int(ask(symbol, &value), -ENOENT);
}

void malformed(const char *symbol)
{
	u64 value;
	int ret = ask(symbol, &value);

	if (ret != -EINVAL)
		fail("%s is %d", symbol, ret);
}

void add_basic(void)
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

void free_btf(void)
{
	reset();
	free(btf.types[0]);
	free(btf.strings[0]);
}
