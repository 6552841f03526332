// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values that users write as JSON: structs by their members, arrays by their
 * elements, as they are shown.
 */
#include <errno.h>

#include "maps.h"

/* Types in types, at most. */
#define VALUES_JSON_MAX_DEPTH 16

static int json_fill(const struct btf *btf, __u32 id, const json_t *json,
		     const char *what, void *data, size_t size,
		     unsigned int depth);

static int json_fill_number(const json_t *json, const char *what, void *data,
			    size_t size)
{
	char text[32];

	if (json_is_string(json))
		return rexctl_value_parse(json_string_value(json), what, data,
					  size);
	if (!json_is_integer(json) && !json_is_boolean(json))
		return rexctl_fail(REXCTL_USAGE, "%s is a number of %zu bytes",
				   what, size);
	snprintf(text, sizeof(text), "%lld",
		 json_is_boolean(json) ? json_is_true(json) :
					 (long long)json_integer_value(json));
	return rexctl_value_parse(text, what, data, size);
}

/* An enumerator is shown by its name. */
static int json_fill_enum(const struct btf *btf, const struct btf_type *type,
			  const json_t *json, const char *what, void *data,
			  size_t size)
{
	const struct btf_enum *each = btf_enum(type);
	__u32 i;

	for (i = 0; json_is_string(json) && i < btf_vlen(type); i++, each++) {
		if (strcmp(btf__name_by_offset(btf, each->name_off),
			   json_string_value(json)))
			continue;
		memcpy(data, &each->val, sizeof(each->val));
		return REXCTL_OK;
	}
	return json_fill_number(json, what, data, size);
}

static int json_fill_array(const struct btf *btf, const struct btf_type *type,
			   const json_t *json, const char *what, void *data,
			   unsigned int depth)
{
	const struct btf_array *array = btf_array(type);
	__s64 each = btf__resolve_size(btf, array->type);
	int status = REXCTL_OK;
	char place[256];
	size_t i;

	if (json_is_string(json) && each == 1)
		return rexctl_value_parse_bytes(json_string_value(json), what,
						data, array->nelems);
	if (json_is_string(json))
		return json_fill_number(json, what, data, each * array->nelems);
	if (!json_is_array(json) || json_array_size(json) > array->nelems)
		return rexctl_fail(REXCTL_USAGE, "%s is a list of at most %u",
				   what, array->nelems);
	for (i = 0; !status && i < json_array_size(json); i++) {
		snprintf(place, sizeof(place), "%.220s[%zu]", what, i);
		status = json_fill(btf, array->type, json_array_get(json, i),
				   place, (char *)data + i * each, each,
				   depth + 1);
	}
	return status;
}

static const struct btf_member *json_member(const struct btf *btf,
					    const struct btf_type *type,
					    const char *name)
{
	const struct btf_member *member = btf_members(type);
	__u32 i;

	for (i = 0; i < btf_vlen(type); i++, member++)
		if (!rexctl_map_is_lock(btf, member) &&
		    !strcmp(btf__name_by_offset(btf, member->name_off), name))
			return member;
	return NULL;
}

static int json_no_member(const struct btf *btf, const struct btf_type *type,
			  const char *what, const char *name)
{
	const struct btf_member *member = btf_members(type);
	__u32 i;

	rexctl_fail(REXCTL_USAGE, "%s has no member '%s'; there are:", what,
		    name);
	for (i = 0; i < btf_vlen(type); i++, member++)
		if (!rexctl_map_is_lock(btf, member))
			rexctl_hint("%s",
				    btf__name_by_offset(btf, member->name_off));
	return REXCTL_USAGE;
}

static int json_fill_struct(const struct btf *btf, const struct btf_type *type,
			    const json_t *json, const char *what, void *data,
			    size_t size, unsigned int depth)
{
	const struct btf_member *member;
	int status = REXCTL_OK;
	char place[256];
	const char *name;
	json_t *value;
	__s64 each;

	if (!json_is_object(json))
		return rexctl_fail(REXCTL_USAGE,
				   "%s is a struct: write {\"MEMBER\": VALUE}",
				   what);
	json_object_foreach((json_t *)json, name, value) {
		member = json_member(btf, type, name);
		if (!member)
			return json_no_member(btf, type, what, name);
		each = btf__resolve_size(btf, member->type);
		if (each < 0 || member->offset / 8 + each > (__s64)size)
			return rexctl_fail(REXCTL_FAILED, "%s: wrong types",
					   what);
		snprintf(place, sizeof(place), "%.190s.%.63s", what, name);
		status = json_fill(btf, member->type, value, place,
				   (char *)data + member->offset / 8, each,
				   depth + 1);
		if (status)
			break;
	}
	return status;
}

static int json_fill(const struct btf *btf, __u32 id, const json_t *json,
		     const char *what, void *data, size_t size,
		     unsigned int depth)
{
	int real = btf__resolve_type(btf, id);
	const struct btf_type *type = real < 0 ? NULL :
						 btf__type_by_id(btf, real);

	if (!type || depth > VALUES_JSON_MAX_DEPTH)
		return rexctl_fail(REXCTL_FAILED, "%s has no known type", what);
	if (btf_is_array(type))
		return json_fill_array(btf, type, json, what, data, depth);
	if (btf_is_composite(type) && !json_is_string(json))
		return json_fill_struct(btf, type, json, what, data, size,
					depth);
	if (btf_is_enum(type) && size == sizeof(__s32))
		return json_fill_enum(btf, type, json, what, data, size);
	return json_fill_number(json, what, data, size);
}

int rexctl_value_parse_typed(const char *text, const char *what,
			     const struct btf *btf, __u32 type, void *data,
			     size_t size)
{
	json_error_t error;
	json_t *json;
	int status;

	if (!strchr("{[\"", text[0])) {
		status = rexctl_value_parse(text, what, data, size);
		if (status && btf && type)
			rexctl_hint(
				"or write JSON, as rexctl --json map dump shows it");
		return status;
	}
	if (!btf || !type)
		return rexctl_fail(
			REXCTL_USAGE,
			"the map does not say what is in the %s: write it as a number, hex: or text:",
			what);
	json = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
			  &error);
	if (!json)
		return rexctl_fail(REXCTL_USAGE, "the %s is no JSON: %s", what,
				   error.text);
	memset(data, 0, size);
	status = json_fill(btf, type, json, what, data, size, 0);
	json_decref(json);
	return status;
}
