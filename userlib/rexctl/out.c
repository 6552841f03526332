// SPDX-License-Identifier: GPL-2.0
/*
 * Output: verbs make JSON, and say which of its members are shown as text, and how.
 */
#include <inttypes.h>

#include "rexctl.h"

#define OUT_MAX_COLUMNS 32

json_t *rexctl_json_text(const char *text)
{
	json_t *json = json_string(text);
	size_t i, len = strlen(text);
	char *ascii;

	if (json)
		return json;
	ascii = strdup(text);
	for (i = 0; ascii && i < len; i++)
		if (ascii[i] & 0x80)
			ascii[i] = '?';
	json = json_string(ascii ?: "");
	free(ascii);
	return json;
}

const char *rexctl_json_get(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

static void out_ns(FILE *out, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t i = 0;

	while (ns >= 1000 && i + 1 < ARRAY_LEN(units)) {
		ns /= 1000;
		i++;
	}
	fprintf(out, i ? "%.1f %s" : "%.0f %s", ns, units[i]);
}

static void out_value(FILE *out, const json_t *value, enum rexctl_kind kind);

/* A value in a list or in an object shows where it begins and ends. */
static void out_inner(FILE *out, const json_t *value, enum rexctl_kind kind)
{
	bool is_list = json_is_array(value);

	if (json_is_string(value) && !json_string_length(value)) {
		fputs("\"\"", out);
		return;
	}
	if (is_list)
		putc('[', out);
	out_value(out, value, kind);
	if (is_list)
		putc(']', out);
}

static void out_list(FILE *out, const json_t *list, enum rexctl_kind kind)
{
	size_t i;

	if (!json_array_size(list))
		putc('-', out);
	for (i = 0; i < json_array_size(list); i++) {
		if (i)
			fputs(", ", out);
		out_inner(out, json_array_get(list, i), kind);
	}
}

static void out_object(FILE *out, const json_t *object, enum rexctl_kind kind)
{
	const char *key, *comma = "";
	json_t *value;

	putc('{', out);
	json_object_foreach((json_t *)object, key, value) {
		fputs(comma, out);
		rexctl_put_clean(out, key);
		fputs(": ", out);
		out_inner(out, value, kind);
		comma = ", ";
	}
	putc('}', out);
}

static void out_value(FILE *out, const json_t *value, enum rexctl_kind kind)
{
	if (json_is_array(value))
		out_list(out, value, kind);
	else if (json_is_object(value))
		out_object(out, value, kind);
	else if (json_is_string(value))
		rexctl_put_clean(out, json_string_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", out);
	else if (!json_is_number(value))
		putc('-', out);
	else if (kind == REXCTL_KIB)
		fprintf(out, "%" PRIu64 " KiB",
			((uint64_t)json_integer_value(value) + 1023) / 1024);
	else if (kind == REXCTL_NS)
		out_ns(out, json_number_value(value));
	else if (kind == REXCTL_PERCENT)
		fprintf(out, "%.2f%%", json_number_value(value));
	else if (kind == REXCTL_RATE)
		fprintf(out, "%.1f", json_number_value(value));
	else if (json_is_real(value))
		fprintf(out, "%g", json_number_value(value));
	else
		fprintf(out, "%" JSON_INTEGER_FORMAT,
			json_integer_value(value));
}

char *rexctl_field_text(const json_t *object, const struct rexctl_field *field)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return strdup("?");
	out_value(out, json_object_get(object, field->key), field->kind);
	fclose(out);
	return text;
}

/* Prints @json, and frees it. All but ASCII is escaped, as control characters are. */
static void out_json(json_t *json, size_t flags)
{
	json_dumpf(json, stdout,
		   flags | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	putchar('\n');
	fflush(stdout);
	json_decref(json);
}

static size_t out_width(const json_t *rows, const struct rexctl_field *field)
{
	size_t i, len, width = strlen(field->label);
	char *text;

	for (i = 0; i < json_array_size(rows); i++) {
		text = rexctl_field_text(json_array_get(rows, i), field);
		len = strlen(text);
		if (len > width)
			width = len;
		free(text);
	}
	return width;
}

/* Numbers are aligned at the right. */
static bool out_is_number(const json_t *rows, const struct rexctl_field *field)
{
	const json_t *value;
	size_t i;

	for (i = 0; i < json_array_size(rows); i++) {
		value = json_object_get(json_array_get(rows, i), field->key);
		if (value && !json_is_number(value) && !json_is_null(value))
			return false;
	}
	return true;
}

static void out_column(FILE *out, const char *text, size_t width, bool right,
		       bool last)
{
	if (right)
		fprintf(out, "%*s", (int)width, text);
	else if (last)
		fputs(text, out);
	else
		fprintf(out, "%-*s", (int)width, text);
	fputs(last ? "\n" : "  ", out);
}

static void out_table(FILE *out, const json_t *rows,
		      const struct rexctl_field *fields)
{
	size_t width[OUT_MAX_COLUMNS], i, row;
	bool right[OUT_MAX_COLUMNS];
	char *text;

	for (i = 0; fields[i].key && i < OUT_MAX_COLUMNS; i++) {
		width[i] = out_width(rows, &fields[i]);
		right[i] = out_is_number(rows, &fields[i]);
		out_column(out, fields[i].label, width[i], right[i],
			   !fields[i + 1].key);
	}
	for (row = 0; row < json_array_size(rows); row++) {
		for (i = 0; fields[i].key && i < OUT_MAX_COLUMNS; i++) {
			text = rexctl_field_text(json_array_get(rows, row),
						 &fields[i]);
			out_column(out, text, width[i], right[i],
				   !fields[i + 1].key);
			free(text);
		}
	}
}

char *rexctl_table_text(const json_t *rows, const struct rexctl_field *fields)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return strdup("");
	out_table(out, rows, fields);
	fclose(out);
	return text;
}

void rexctl_put_table(json_t *rows, const struct rexctl_field *fields)
{
	if (rexctl_json) {
		out_json(rows, JSON_INDENT(2));
		return;
	}
	out_table(stdout, rows, fields);
	json_decref(rows);
}

void rexctl_put_texts(json_t *rows, void (*text)(const json_t *object))
{
	size_t i;

	if (rexctl_json) {
		out_json(rows, JSON_INDENT(2));
		return;
	}
	for (i = 0; i < json_array_size(rows); i++)
		text(json_array_get(rows, i));
	json_decref(rows);
}

/* Members that are not there are left out, and so are empty lists. */
static void out_card(const json_t *object, const struct rexctl_field *fields,
		     const char *indent)
{
	const json_t *value;
	char *text;

	for (; fields->key; fields++) {
		value = json_object_get(object, fields->key);
		if (!value || json_is_null(value) ||
		    (json_is_array(value) && !json_array_size(value)))
			continue;
		text = rexctl_field_text(object, fields);
		printf("%s%-14s %s\n", indent, fields->label, text);
		free(text);
	}
}

void rexctl_put_cards(json_t *rows, const struct rexctl_field *fields)
{
	size_t i;
	char *text;

	if (rexctl_json) {
		out_json(rows, JSON_INDENT(2));
		return;
	}
	for (i = 0; i < json_array_size(rows); i++) {
		text = rexctl_field_text(json_array_get(rows, i), fields);
		printf("%s\n", text);
		free(text);
		out_card(json_array_get(rows, i), fields + 1, "    ");
	}
	json_decref(rows);
}

void rexctl_put_card(json_t *object, const struct rexctl_field *fields)
{
	if (rexctl_json) {
		out_json(object, JSON_INDENT(2));
		return;
	}
	out_card(object, fields, "");
	json_decref(object);
}

void rexctl_put_event(json_t *object, void (*text)(const json_t *object))
{
	if (rexctl_json) {
		out_json(object, JSON_COMPACT);
		return;
	}
	text(object);
	fflush(stdout);
	json_decref(object);
}

void rexctl_put_sections(json_t *object, const struct rexctl_section *sections)
{
	const json_t *rows;
	bool first = true;

	if (rexctl_json) {
		out_json(object, JSON_INDENT(2));
		return;
	}
	for (; sections->fields; sections++) {
		rows = json_object_get(object, sections->key ?: "");
		if (sections->key && !json_array_size(rows))
			continue;
		if (!first)
			putchar('\n');
		first = false;
		if (!sections->key) {
			out_card(object, sections->fields, "");
			continue;
		}
		printf("%s\n", sections->title);
		out_table(stdout, rows, sections->fields);
	}
	json_decref(object);
}
