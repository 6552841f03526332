// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values of maps, by their types where they have some.
 */
#include <ctype.h>
#include <errno.h>

#include "maps.h"

/* Types in types, at most: one that contains itself does not exist. */
#define VALUES_MAX_DEPTH 16
/* A shorter array of u8 is an address, rather than a name. */
#define VALUES_MIN_TEXT 8

static json_t *values_hex(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	char *text = malloc(3 * size + 1);
	json_t *json;
	size_t i;

	if (!text)
		return json_null();
	text[0] = '\0';
	for (i = 0; i < size; i++)
		sprintf(text + 3 * i, i + 1 < size ? "%02x " : "%02x",
			bytes[i]);
	json = json_string(text);
	free(text);
	return json;
}

static bool values_is_number(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* JSON has no unsigned numbers of 64 bits: one that is too large is text. */
static json_t *values_number(const void *data, size_t size, bool is_signed)
{
	unsigned int shift = 64 - 8 * size;
	__u64 number = 0;
	__s64 value;

	memcpy(&number, data, size);
	value = (__s64)(number << shift) >> shift;
	if (!is_signed && number > INT64_MAX)
		return json_sprintf("%llu", number);
	return json_integer(is_signed ? value : (__s64)number);
}

static json_t *values_typed(const struct btf *btf, __u32 id, const void *data,
			    size_t size, unsigned int depth);

/*
 * Returns whether an array may be text. C has a type for characters, which bpftool goes by
 * as well, Rust has u8.
 */
static bool values_may_be_text(const struct btf *btf,
			       const struct btf_array *array)
{
	int id = btf__resolve_type(btf, array->type);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	const char *name;

	if (!type || !btf_is_int(type) || type->size != 1)
		return false;
	name = btf__name_by_offset(btf, type->name_off);
	return btf_int_encoding(type) & BTF_INT_CHAR || !strcmp(name, "char") ||
	       (!strcmp(name, "u8") && array->nelems >= VALUES_MIN_TEXT);
}

/*
 * Returns bytes as text if these are printable characters, and zeroes after them: written
 * back, it gives the same bytes. Returns NULL otherwise.
 */
static json_t *values_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size), i;

	for (i = 0; i < size; i++)
		if (i < len ? (text[i] < ' ' || text[i] > '~') : text[i])
			return NULL;
	if (!strncmp(text, "hex:", 4) || !strncmp(text, "text:", 5))
		return json_sprintf("text:%.*s", (int)len, text);
	return json_stringn(text, len);
}

static json_t *values_array(const struct btf *btf, const struct btf_type *type,
			    const void *data, size_t size, unsigned int depth)
{
	const struct btf_array *array = btf_array(type);
	__s64 each = btf__resolve_size(btf, array->type);
	json_t *list = NULL;
	__u32 i;

	if (each <= 0 || (__u64)each * array->nelems > size)
		return values_hex(data, size);
	if (values_may_be_text(btf, array))
		list = values_text(data, array->nelems);
	if (list)
		return list;
	list = json_array();
	for (i = 0; i < array->nelems; i++)
		json_array_append_new(list, values_typed(btf, array->type,
							 (const char *)data +
								 i * each,
							 each, depth + 1));
	return list;
}

static json_t *values_members(const struct btf *btf,
			      const struct btf_type *type, const void *data,
			      size_t size, unsigned int depth)
{
	const struct btf_member *member = btf_members(type);
	json_t *object = json_object(), *value;
	__u32 i, offset;
	__s64 each;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		/* The bytes of a lock are the kernel's. */
		if (rexctl_map_is_lock(btf, member))
			continue;
		offset = btf_member_bit_offset(type, i);
		each = btf__resolve_size(btf, member->type);
		if (offset % 8 || btf_member_bitfield_size(type, i) ||
		    each < 0 || offset / 8 + each > (__s64)size)
			value = json_null();
		else
			value = values_typed(btf, member->type,
					     (const char *)data + offset / 8,
					     each, depth + 1);
		json_object_set_new(object,
				    btf__name_by_offset(btf, member->name_off),
				    value);
	}
	return object;
}

static json_t *values_enum(const struct btf *btf, const struct btf_type *type,
			   const void *data, size_t size)
{
	const struct btf_enum *each = btf_enum(type);
	__s32 value;
	__u32 i;

	if (size != sizeof(value) || !btf_is_enum(type))
		return values_number(data, size, true);
	memcpy(&value, data, sizeof(value));
	for (i = 0; i < btf_vlen(type); i++, each++)
		if (each->val == value)
			return json_string(
				btf__name_by_offset(btf, each->name_off));
	return json_integer(value);
}

static json_t *values_typed(const struct btf *btf, __u32 id, const void *data,
			    size_t size, unsigned int depth)
{
	const struct btf_type *type;
	int real = btf__resolve_type(btf, id);

	type = real < 0 || depth > VALUES_MAX_DEPTH ?
		       NULL :
		       btf__type_by_id(btf, real);
	if (!type)
		return values_hex(data, size);
	if (btf_is_int(type) && values_is_number(size))
		return btf_int_encoding(type) & BTF_INT_BOOL ?
			       json_boolean(*(const char *)data) :
			       values_number(data, size,
					     btf_int_encoding(type) &
						     BTF_INT_SIGNED);
	if (btf_is_any_enum(type) && values_is_number(size))
		return values_enum(btf, type, data, size);
	if (btf_is_array(type))
		return values_array(btf, type, data, size, depth);
	if (btf_is_composite(type))
		return values_members(btf, type, data, size, depth);
	return values_hex(data, size);
}

json_t *rexctl_value_json(const struct btf *btf, __u32 type, const void *data,
			  size_t size)
{
	if (btf && type)
		return values_typed(btf, type, data, size, 0);
	if (values_is_number(size))
		return values_number(data, size, false);
	return values_hex(data, size);
}

/* ---- what users write --------------------------------------------------------- */

static int values_parse_hex(const char *text, const char *what,
			    unsigned char *data, size_t size)
{
	size_t nr = 0;
	int high, length;

	while (*text) {
		if (*text == ' ' || *text == ':') {
			text++;
			continue;
		}
		if (nr == size || sscanf(text, "%2x%n", &high, &length) != 1 ||
		    length != 2)
			break;
		data[nr++] = high;
		text += 2;
	}
	if (*text || nr != size)
		return rexctl_fail(
			REXCTL_USAGE,
			"the %s has %zu bytes: hex: wants as many, two digits each",
			what, size);
	return REXCTL_OK;
}

static int values_parse_number(const char *text, const char *what, void *data,
			       size_t size)
{
	bool negative = *text == '-';
	__u64 number, limit;
	__s64 value;
	char *end;

	if (!values_is_number(size))
		return rexctl_fail(
			REXCTL_USAGE,
			"the %s has %zu bytes, which are no number: write hex: and %zu digits, or text: and at most %zu characters",
			what, size, 2 * size, size);
	errno = 0;
	number = negative ? 0 : strtoull(text, &end, 0);
	value = negative ? strtoll(text, &end, 0) : 0;
	if (negative)
		number = value;
	limit = size == 8 ? UINT64_MAX : (1ull << (8 * size)) - 1;
	if (errno || *end || end == text || (!negative && number > limit) ||
	    (negative && value < -(__s64)(limit / 2) - 1))
		return rexctl_fail(REXCTL_USAGE,
				   "the %s '%s' is no number of %zu bytes",
				   what, text, size);
	memcpy(data, &number, size);
	return REXCTL_OK;
}

static int values_parse_text(const char *text, const char *what, void *data,
			     size_t size)
{
	if (strlen(text) > size)
		return rexctl_fail(REXCTL_USAGE,
				   "the %s has %zu bytes; '%s' is longer", what,
				   size, text);
	memcpy(data, text, strlen(text));
	return REXCTL_OK;
}

/* Returns whether @text is as values_hex() writes it. */
static bool values_is_hex(const char *text, size_t size)
{
	size_t i;

	if (values_is_number(size) || strlen(text) + 1 != 3 * size)
		return false;
	for (i = 0; text[i]; i++)
		if (i % 3 == 2 ? text[i] != ' ' :
				 !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

int rexctl_value_parse(const char *text, const char *what, void *data,
		       size_t size)
{
	memset(data, 0, size);
	if (!strncmp(text, "hex:", 4))
		return values_parse_hex(text + 4, what, data, size);
	if (!strncmp(text, "text:", 5))
		return values_parse_text(text + 5, what, data, size);
	if (values_is_hex(text, size))
		return values_parse_hex(text, what, data, size);
	return values_parse_number(text, what, data, size);
}

int rexctl_value_parse_bytes(const char *text, const char *what, void *data,
			     size_t size)
{
	if (!strncmp(text, "hex:", 4) || !strncmp(text, "text:", 5))
		return rexctl_value_parse(text, what, data, size);
	memset(data, 0, size);
	return values_parse_text(text, what, data, size);
}
