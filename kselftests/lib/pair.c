// SPDX-License-Identifier: GPL-2.0
/*
 * Two images of one object that share their maps.
 */
#include "rex_pair.h"

struct rex_obj *load_with_maps_of(struct rex_obj *obj, const char *name)
{
	struct rex_map_fd fds[PAIR_MAPS] = {};
	REX_OPTS(rex_obj_open_opts, opts, .map_fds = fds);
	struct bpf_map *map;

	bpf_object__for_each_map(map, rex_obj_get_bpf(obj)) {
		struct rex_map_fd *fd = &fds[opts.nr_map_fds++];

		ASSERT(opts.nr_map_fds <= PAIR_MAPS);
		snprintf(fd->name, sizeof(fd->name), "%s", bpf_map__name(map));
		fd->fd = bpf_map__fd(map);
	}
	return load_object_opts(name, &opts);
}

struct pair_fixture load_pair(const char *name, __u32 timeout_ms)
{
	struct pair_fixture p = { .name = name };
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = timeout_ms);

	p.obj = load_object_opts(name, &opts);
	p.link = attach(p.obj, name);
	p.other = load_with_maps_of(p.obj, name);
	return p;
}

void unload_pair(struct pair_fixture *p)
{
	bpf_link__destroy(p->link);
	bpf_link__destroy(p->other_link);
	rex_obj_close(p->other);
	rex_obj_close(p->obj);
}

void hand_over(struct pair_fixture *p)
{
	if (!p->other_link)
		p->other_link = attach(p->other, p->name);
	bpf_link__destroy(p->link);
	p->link = NULL;
}

void expect_no_fault(const struct pair_fixture *p)
{
	EXPECT_EQ(prog_info(p->obj, p->name).faults, 0);
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}

void expect_fault(const struct pair_fixture *p, __u32 cause)
{
	struct rex_prog_info info = prog_info(p->obj, p->name);

	EXPECT_EQ(info.faults, 1);
	EXPECT_EQ(info.faults_by_cause[cause], 1);
	EXPECT_EQ(info.state, REX_PROG_DEAD);
	EXPECT_EQ(prog_info(p->other, p->name).faults, 0);
}
