// SPDX-License-Identifier: GPL-2.0
#include "manifest.h"

/* ---- lines -------------------------------------------------------------------- */

/*
 * Calls @take with the key and the value of each line. The key of a crate is "crate" and
 * its name, so that each key is there once.
 */
static void manifest_each(const char *text,
			  void (*take)(void *arg, const char *key,
				       const char *value),
			  void *arg)
{
	char *copy = strdup(text), *save, *line, *value;

	line = copy ? strtok_r(copy, "\n", &save) : NULL;
	for (; line; line = strtok_r(NULL, "\n", &save)) {
		value = strchr(line, ' ');
		if (value && !strncmp(line, "crate ", strlen("crate ")))
			value = strchr(value + 1, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		take(arg, line, value);
	}
	free(copy);
}

/* ---- as JSON ------------------------------------------------------------------ */

static json_t *manifest_crate(const char *name, const char *value)
{
	char version[64] = "", hash[72] = "", features[512] = "";

	sscanf(value, "%63s sha256:%71s features=%511s", version, hash,
	       features);
	return json_pack("{ss,ss,ss,ss}", "name", name, "version", version,
			 "sha256", hash, "features", features);
}

static void manifest_add(void *arg, const char *key, const char *value)
{
	static const struct {
		const char *line, *member;
	} members[] = {
		{ "compiler-sha256", "compiler_sha256" },
		{ "library-sha256", "library_sha256" },
		{ "wrapper", "wrapper" },
		{ "cargo", "cargo" },
		{ "linker", "linker" },
		{ "flags", "flags" },
	};
	json_t *object = arg;
	size_t i;

	if (!strncmp(key, "crate ", strlen("crate ")))
		json_array_append_new(json_object_get(object, "crates"),
				      manifest_crate(key + strlen("crate "),
						     value));
	for (i = 0; i < ARRAY_LEN(members); i++)
		if (!strcmp(key, members[i].line))
			json_object_set_new(object, members[i].member,
					    json_string(value));
}

void rexctl_manifest_describe(const char *text, json_t *object)
{
	json_object_set_new(object, "crates", json_array());
	manifest_each(text, manifest_add, object);
}

/* ---- comparisons -------------------------------------------------------------- */

static void manifest_collect(void *arg, const char *key, const char *value)
{
	json_object_set_new(arg, key, json_string(value));
}

static json_t *manifest_lines(const char *text)
{
	json_t *lines = json_object();

	manifest_each(text, manifest_collect, lines);
	return lines;
}

void rexctl_manifest_value(const char *text, const char *key, char *value,
			   size_t size)
{
	const char *line = text;

	value[0] = '\0';
	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, strlen(key)))
			continue;
		line += strlen(key);
		snprintf(value, size, "%.*s", (int)strcspn(line, "\n "), line);
		return;
	}
}

json_t *rexctl_manifest_compare(const char *object, const char *here)
{
	json_t *there = manifest_lines(object), *ours = manifest_lines(here);
	json_t *rows = json_array(), *value, *other;
	const char *key;

	json_object_foreach(there, key, value) {
		other = json_object_get(ours, key);
		if (other && json_equal(value, other))
			continue;
		json_array_append_new(rows, json_pack("{ss,sO,sO*}", "key", key,
						      "object", value, "here",
						      other));
	}
	json_object_foreach(ours, key, value)
		if (!json_object_get(there, key))
			json_array_append_new(rows,
					      json_pack("{ss,sO}", "key", key,
							"here", value));
	json_decref(there);
	json_decref(ours);
	return rows;
}
