/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two images of one object that share their maps. A fault stops all programs of
 * an image: the other one shows what the run that failed has left in the maps.
 */
#ifndef _REX_PAIR_H
#define _REX_PAIR_H

#include "rex_util.h"

struct pair {
	const char *name; /* of the object and of its program */
	struct rex_obj *obj, *other;
	struct bpf_link *link, *other_link;
};

#define PAIR_MAPS 8

static inline struct rex_obj *load_with_maps_of(struct rex_obj *obj,
						const char *name)
{
	struct rex_map_fd fds[PAIR_MAPS] = {};
	REX_OPTS(rex_obj_open_opts, opts, .map_fds = fds);
	struct rex_obj *other;
	struct bpf_map *map;

	bpf_object__for_each_map(map, rex_obj_get_bpf(obj)) {
		struct rex_map_fd *fd = &fds[opts.nr_map_fds++];

		ASSERT(opts.nr_map_fds <= PAIR_MAPS);
		snprintf(fd->name, sizeof(fd->name), "%s", bpf_map__name(map));
		fd->fd = bpf_map__fd(map);
	}
	other = rex_obj_open(object_path(name), &opts);
	ASSERT_MSG(other, "%s", rex_last_error());
	ASSERT_MSG(!rex_obj_load_opened(other), "%s\n%s", rex_last_error(),
		   rex_obj_log(other));
	return other;
}

/* The first program is attached. TIMEOUT_MS: of its runs; 0: as it declares. */
static inline struct pair load_pair(const char *name, __u32 timeout_ms)
{
	struct pair p = { .name = name };
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = timeout_ms);

	p.obj = rex_obj_open(object_path(name), &opts);
	ASSERT_MSG(p.obj, "%s", rex_last_error());
	ASSERT_MSG(!rex_obj_load_opened(p.obj), "%s\n%s", rex_last_error(),
		   rex_obj_log(p.obj));
	p.link = attach(p.obj, name);
	p.other = load_with_maps_of(p.obj, name);
	return p;
}

static inline void unload_pair(struct pair *p)
{
	bpf_link__destroy(p->link);
	bpf_link__destroy(p->other_link);
	rex_obj_close(p->other);
	rex_obj_close(p->obj);
}

/* From now on events are the other program's. */
static inline void hand_over(struct pair *p)
{
	if (!p->other_link)
		p->other_link = attach(p->other, p->name);
	bpf_link__destroy(p->link);
	p->link = NULL;
}

static inline void expect_no_fault(const struct pair *p)
{
	EXPECT_EQ(prog_info(p->obj, p->name).faults, 0);
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}

/* The first program has ended with one fault, the other one with none. */
static inline void expect_fault(const struct pair *p, __u32 cause)
{
	struct rex_prog_info info = prog_info(p->obj, p->name);

	EXPECT_EQ(info.faults, 1);
	EXPECT_EQ(info.faults_by_cause[cause], 1);
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}

#endif
