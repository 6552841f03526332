// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the program of spinlock, and reads its value all the time: under the
 * lock, it must never be half-changed. Prints a new value, at most ten times a
 * second.
 */
#include "sample.h"

#define OBJECT "spinlock.rex.o"
#define LOOKS 1000

struct entry {
	struct bpf_spin_lock lock;
	__u32 padding;
	__u64 up;
	__u64 down;
	__s64 difference;
};

static struct entry look(int map)
{
	struct entry entry;
	__u32 key = 0;

	if (bpf_map_lookup_elem_flags(map, &key, &entry, BPF_F_LOCK))
		err(1, "MAP_ARRAY");
	if (entry.difference != (__s64)(entry.up - entry.down) ||
	    (entry.up + entry.down) % 3)
		errx(1, "half-changed: up %llu, down %llu, difference %lld",
		     entry.up, entry.down, entry.difference);
	return entry;
}

int main(void)
{
	int signals = sample_signals(), map;
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *link = must(rex_obj_attach(obj, "rex_prog1"));
	struct entry entry;
	__u64 last = 0;

	map = must_fd(rex_obj_map_fd(obj, "MAP_ARRAY"));
	sample_say("ready");
	while (!sample_interrupted(signals, 100)) {
		sample_report_faults(obj);
		for (int i = 0; i < LOOKS; i++)
			entry = look(map);
		if (entry.up == last)
			continue;
		printf("up %llu, down %llu, difference %lld\n", entry.up,
		       entry.down, entry.difference);
		fflush(stdout);
		last = entry.up;
	}
	bpf_link__destroy(link);
	rex_obj_close(obj);
	return 0;
}
