/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps: found by name, and their elements as JSON.
 */
#ifndef REXCTL_MAPS_H
#define REXCTL_MAPS_H

#include <bpf/btf.h>

#include "rexctl.h"

struct rexctl_map {
	int fd;
	struct bpf_map_info info;
	struct btf *btf; /* NULL: the map has no types */
	bool per_cpu;
	bool locked; /* there is a bpf_spin_lock in its values */
	unsigned int nr_cpus;
	size_t value_room; /* bytes of a value of all CPUs */
};

/* Fills @info of the map with this id; false if there is none, or it cannot be read. */
bool rexctl_map_info(__u32 id, struct bpf_map_info *info);
/*
 * Opens the map that @ref names: an id, the path of a pin, or a name of a map of a Rex
 * program. Returns an exit status, and has printed why if it is not 0.
 */
int rexctl_map_open(struct rexctl_map *map, const char *ref);
void rexctl_map_close(struct rexctl_map *map);
/* The properties of a map. */
json_t *rexctl_map_json(const struct rexctl_map *map);

/* Returns whether a member of a value is a bpf_spin_lock. */
bool rexctl_map_is_lock(const struct btf *btf, const struct btf_member *member);

/* ---- owners.c: maps whose values belong to tasks or cgroups --------------------- */

bool rexctl_map_is_owned(const struct rexctl_map *map);
/*
 * Opens the owner that a user calls @name, which is the key of its value. Returns an exit
 * status.
 */
int rexctl_owner_open(const struct rexctl_map *map, const char *name, int *fd);
typedef void (*rexctl_owner_fn)(void *arg, const char *name, int fd);
/*
 * Calls @visit for each process or cgroup, whether it has a value or not. Returns an exit
 * status.
 */
int rexctl_owners_each(const struct rexctl_map *map, rexctl_owner_fn visit,
		       void *arg);
json_t *rexctl_owner_json(const struct rexctl_map *map, const char *name);

/* ---- values.c ----------------------------------------------------------------- */

/*
 * Returns the @size bytes of @data as type @type of @btf; without types, a
 * number or hex.
 */
json_t *rexctl_value_json(const struct btf *btf, __u32 type, const void *data,
			  size_t size);
/*
 * Parses what a user writes for @size bytes: a number, "hex:00ff" or "text:abc"; for bytes
 * that are no number, hex may lack its prefix, as it is shown. Returns an exit status.
 */
int rexctl_value_parse(const char *text, const char *what, void *data,
		       size_t size);
/* Parses the string of an array of bytes: text, if it has no prefix. */
int rexctl_value_parse_bytes(const char *text, const char *what, void *data,
			     size_t size);
/* values_json.c: parses JSON as well, if there are types. */
int rexctl_value_parse_typed(const char *text, const char *what,
			     const struct btf *btf, __u32 type, void *data,
			     size_t size);

#endif /* REXCTL_MAPS_H */
