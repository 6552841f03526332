// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <unistd.h>

#include "maps.h"
#include "verbs.h"

static const char *map_words[4];

static const struct rexctl_field map_card[] = {
	{ "name", "map", REXCTL_TEXT },
	{ "id", "id", REXCTL_TEXT },
	{ "type", "type", REXCTL_TEXT },
	{ "key_size", "key size", REXCTL_TEXT },
	{ "value_size", "value size", REXCTL_TEXT },
	{ "max_entries", "max entries", REXCTL_TEXT },
	{ "types", "types", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field map_columns[] = {
	{ "key", "KEY", REXCTL_TEXT },
	{ "value", "VALUE", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field map_values[] = {
	{ "value", "VALUE", REXCTL_TEXT },
	{ 0 },
};

static bool map_is_keyless(const struct rexctl_map *map)
{
	return !map->info.key_size;
}

/* A per-CPU map has an array of values. */
static json_t *map_value(const struct rexctl_map *map, const void *value)
{
	size_t each = (map->info.value_size + 7) / 8 * 8;
	json_t *list;
	unsigned int cpu;

	if (!map->per_cpu)
		return rexctl_value_json(map->btf, map->info.btf_value_type_id,
					 value, map->info.value_size);
	list = json_array();
	for (cpu = 0; cpu < map->nr_cpus; cpu++)
		json_array_append_new(list,
				      rexctl_value_json(map->btf,
							map->info.btf_value_type_id,
							(const char *)value +
								cpu * each,
							map->info.value_size));
	return list;
}

/* @owner is the name of the owner of a value, or NULL. */
static json_t *map_element(const struct rexctl_map *map, const void *key,
			   const void *value, const char *owner)
{
	json_t *element = json_object();

	if (owner)
		json_object_set_new(element, "key",
				    rexctl_owner_json(map, owner));
	else if (key)
		json_object_set_new(element, "key",
				    rexctl_value_json(map->btf,
						      map->info.btf_key_type_id,
						      key, map->info.key_size));
	json_object_set_new(element, "value", map_value(map, value));
	return element;
}

static void map_put(const struct rexctl_map *map, json_t *elements)
{
	const struct rexctl_section sections[] = {
		{ NULL, NULL, map_card },
		{ "elements", "elements",
		  map_is_keyless(map) ? map_values : map_columns },
		{ 0 },
	};
	json_t *json = rexctl_map_json(map);

	json_object_set_new(json, "elements", elements);
	rexctl_put_sections(json, sections);
}

static int map_look(const struct rexctl_map *map, const void *key, void *value)
{
	return bpf_map_lookup_elem_flags(map->fd, key, value,
					 map->locked ? BPF_F_LOCK : 0);
}

static int map_fail(const struct rexctl_map *map, int err, const char *what)
{
	if (err == EOPNOTSUPP || err == EINVAL || err == ENOTSUP)
		return rexctl_fail(
			REXCTL_FAILED,
			"map %s is of type %s, whose elements userspace cannot %s",
			map->info.name, rexctl_map_type_name(map->info.type),
			what);
	return rexctl_fail_errno(err, "cannot %s map %s", what, map->info.name);
}

/* ---- dump --------------------------------------------------------------------- */

struct map_dump_of_owners {
	const struct rexctl_map *map;
	json_t *elements;
	void *value;
	int err;
};

static void map_dump_owner(void *arg, const char *name, int fd)
{
	struct map_dump_of_owners *dump = arg;

	if (!map_look(dump->map, &fd, dump->value))
		json_array_append_new(dump->elements,
				      map_element(dump->map, &fd, dump->value,
						  name));
	else if (errno != ENOENT)
		dump->err = errno;
}

static int map_dump_owned(const struct rexctl_map *map, void *value)
{
	struct map_dump_of_owners dump = { .map = map,
					   .elements = json_array(),
					   .value = value };
	int status = rexctl_owners_each(map, map_dump_owner, &dump);

	if (!status && dump.err)
		status = map_fail(map, dump.err, "dump");
	if (status)
		json_decref(dump.elements);
	else
		map_put(map, dump.elements);
	return status;
}

static int map_dump(const struct rexctl_map *map, void *key, void *value)
{
	json_t *elements;
	void *last = NULL;
	int err = 0;

	if (rexctl_map_is_owned(map))
		return map_dump_owned(map, value);
	elements = json_array();
	if (map_is_keyless(map)) {
		json_decref(elements);
		return rexctl_fail(
			REXCTL_FAILED,
			"map %s is of type %s, which has no keys: rexctl map lookup %s shows the next value",
			map->info.name, rexctl_map_type_name(map->info.type),
			map_words[1]);
	}
	while (!bpf_map_get_next_key(map->fd, last, key)) {
		last = key;
		if (!map_look(map, key, value)) {
			json_array_append_new(elements,
					      map_element(map, key, value,
							  NULL));
			continue;
		}
		/* An element may be gone, or a map have places without one. */
		if (errno != ENOENT) {
			err = errno;
			break;
		}
	}
	if (!last && errno != ENOENT)
		err = errno;
	if (err) {
		json_decref(elements);
		return map_fail(map, err, "dump");
	}
	map_put(map, elements);
	return REXCTL_OK;
}

/* ---- lookup and update -------------------------------------------------------- */

static int map_need(const struct rexctl_map *map, unsigned int nr)
{
	unsigned int given = 0;

	while (given < 2 && map_words[2 + given])
		given++;
	if (given == nr)
		return REXCTL_OK;
	return rexctl_fail(REXCTL_USAGE,
			   "map %s of type %s: write rexctl map %s %s%s%s",
			   map->info.name, rexctl_map_type_name(map->info.type),
			   map_words[0], map_words[1],
			   map_is_keyless(map) ? "" : " KEY",
			   strcmp(map_words[0], "update") ? "" : " VALUE");
}

static int map_parse_key(const struct rexctl_map *map, void *key)
{
	if (rexctl_map_is_owned(map))
		return rexctl_owner_open(map, map_words[2], key);
	return rexctl_value_parse_typed(map_words[2], "key", map->btf,
					map->info.btf_key_type_id, key,
					map->info.key_size);
}

static int map_lookup(const struct rexctl_map *map, void *key, void *value)
{
	bool keyless = map_is_keyless(map);
	json_t *elements;
	int status = map_need(map, !keyless);

	if (!status && !keyless)
		status = map_parse_key(map, key);
	if (status)
		return status;
	if (map_look(map, keyless ? NULL : key, value)) {
		if (errno != ENOENT)
			return map_fail(map, errno, "look up");
		return rexctl_fail(REXCTL_NOT_FOUND, "map %s has no element %s",
				   map->info.name, map_words[2] ?: "");
	}
	elements = json_array();
	json_array_append_new(elements,
			      map_element(map, keyless ? NULL : key, value,
					  rexctl_map_is_owned(map) ?
						  map_words[2] :
						  NULL));
	map_put(map, elements);
	return REXCTL_OK;
}

/* All CPUs get the value. */
static void map_spread(const struct rexctl_map *map, char *value)
{
	size_t each = (map->info.value_size + 7) / 8 * 8;
	unsigned int cpu;

	for (cpu = 1; map->per_cpu && cpu < map->nr_cpus; cpu++)
		memcpy(value + cpu * each, value, map->info.value_size);
}

static int map_update(const struct rexctl_map *map, void *key, void *value)
{
	bool keyless = map_is_keyless(map);
	int status = map_need(map, 2 - keyless);

	if (!status && !keyless)
		status = map_parse_key(map, key);
	if (!status)
		status = rexctl_value_parse_typed(map_words[3 - keyless],
						  "value", map->btf,
						  map->info.btf_value_type_id,
						  value, map->info.value_size);
	if (status)
		return status;
	map_spread(map, value);
	if (bpf_map_update_elem(map->fd, keyless ? NULL : key, value,
				map->locked ? BPF_F_LOCK : 0)) {
		if (errno == E2BIG)
			return rexctl_fail(
				REXCTL_FAILED,
				"map %s is full, or has no such element: it has %u",
				map->info.name, map->info.max_entries);
		return map_fail(map, errno, "update");
	}
	return REXCTL_OK;
}

static const struct {
	const char *name;
	int (*run)(const struct rexctl_map *map, void *key, void *value);
} map_actions[] = {
	{ "dump", map_dump },
	{ "lookup", map_lookup },
	{ "update", map_update },
};

static bool map_is_ring(const struct rexctl_map *map)
{
	return map->info.type == BPF_MAP_TYPE_RINGBUF ||
	       map->info.type == BPF_MAP_TYPE_USER_RINGBUF;
}

static int map_refuse_ring(const struct rexctl_map *map)
{
	return rexctl_fail(
		REXCTL_FAILED,
		"map %s is of type %s, whose records a process takes by libbpf's ring_buffer__new(): rexctl cannot show them",
		map->info.name, rexctl_map_type_name(map->info.type));
}

static int map_run(void)
{
	struct rexctl_map map;
	void *key, *value;
	int status;
	size_t i = 0;

	while (strcmp(map_actions[i].name, map_words[0]))
		i++;
	status = rexctl_map_open(&map, map_words[1]);
	key = calloc(1, map.info.key_size ?: 1);
	value = calloc(1, map.value_room ?: 1);
	if (!status && (!key || !value))
		status = rexctl_fail_errno(ENOMEM, "an element");
	if (!status && map_is_ring(&map))
		status = map_refuse_ring(&map);
	status = status ?: map_actions[i].run(&map, key, value);
	free(key);
	free(value);
	rexctl_map_close(&map);
	return status;
}

static error_t map_parse(int key, char *arg, struct argp_state *state)
{
	size_t i;

	if (key == ARGP_KEY_ARG && !state->arg_num) {
		for (i = 0; i < ARRAY_LEN(map_actions); i++)
			if (!strcmp(map_actions[i].name, arg))
				break;
		if (i == ARRAY_LEN(map_actions))
			argp_error(state,
				   "map is followed by dump, lookup or update, not '%s'",
				   arg);
	}
	return rexctl_parse_words(key, arg, state, map_words, 2, 4);
}

const struct rexctl_verb rexctl_verb_map = {
	.name = "map",
	.args_doc = "dump MAP\nlookup MAP [KEY]\nupdate MAP [KEY] VALUE",
	.summary = "Show and change the elements of maps.",
	.doc = "MAP is an id, the path of a pin, or the name of a map that a Rex program in the kernel has. A KEY or VALUE is a number (of 1, 2, 4 or 8 bytes), hex:00ff.., or text:abc, filled up with zeroes; or JSON, of a map that has types, such as '{\"pid\": 1}', as --json shows it. Queues and stacks have no keys: lookup shows the next value, update pushes one. In a map of values that belong to tasks or cgroups, KEY is the id of a process or the path of a cgroup's folder. A map of each CPU has a value for each; update sets all of them. Elements are shown by the types that the object declares: structs by their members, a lock left out, and arrays of 8 bytes or more as text where they are text.",
	.parse = map_parse,
	.run = map_run,
};
