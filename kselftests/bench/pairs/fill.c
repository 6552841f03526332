// SPDX-License-Identifier: GPL-2.0
/* What operations look for in maps: userspace puts it there, by the names of the maps. */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../die.h"
#include "pairs.h"

/* The index of the loopback device. */
#define LOOPBACK 1

static void put(int map, const void *key, const void *value)
{
	if (bpf_map_update_elem(map, key, value, BPF_ANY))
		die("an element of a map");
}

static void put_number(int map, __u32 key, __u64 value)
{
	put(map, &key, &value);
}

static void put_descriptor(int map, __u32 key, int fd)
{
	put(map, &key, &fd);
}

static void fill_hash(int map)
{
	put_number(map, 5, 1);
}

static void fill_visited(int map)
{
	for (__u32 key = 0; key < 8; key++)
		put_number(map, key, 1);
}

static void fill_percpu(int map)
{
	__u64 *values = calloc(libbpf_num_possible_cpus(), sizeof(*values));
	__u32 key = 5;

	values[0] = 1;
	put(map, &key, values);
	free(values);
}

static void fill_trie(int map)
{
	__u64 key = 32 | 0x0100000aull << 32, value = 1;

	put(map, &key, &value);
}

static void fill_with_map(int map, enum bpf_map_type type)
{
	int inner = bpf_map_create(type, NULL, sizeof(__u32), sizeof(__u64), 16,
				   NULL);

	if (inner < 0)
		die("a map in a map");
	put_number(inner, 5, 1);
	put_descriptor(map, 1, inner);
	close(inner);
}

static void fill_with_hash(int map)
{
	fill_with_map(map, BPF_MAP_TYPE_HASH);
}

static void fill_with_array(int map)
{
	fill_with_map(map, BPF_MAP_TYPE_ARRAY);
}

static void fill_with_one(int map)
{
	__u64 value = 1;

	put(map, NULL, &value);
}

/* A record for each run. */
static void fill_user_ring(int map)
{
	struct user_ring_buffer *ring = user_ring_buffer__new(map, NULL);

	if (!ring)
		die("a user ring buffer");
	for (int i = 0; i < OP_ROUNDS * OP_REPEAT; i++) {
		char *record = user_ring_buffer__reserve(ring, 16);

		if (!record)
			die("a record of a user ring buffer");
		memset(record, 1, 16);
		user_ring_buffer__submit(ring, record);
	}
	user_ring_buffer__free(ring);
}

/* Its buffer is never full, since new samples replace old ones, and it wakes nobody. */
static void fill_events(int map)
{
	static int event = -1;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_RAW,
		.watermark = 1,
		.wakeup_watermark = 1 << 30,
	};
	int cpu = sched_getcpu();

	if (event < 0) {
		event = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
				PERF_FLAG_FD_CLOEXEC);
		if (event < 0 ||
		    mmap(NULL, 9 * sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED,
			 event, 0) == MAP_FAILED)
			die("a perf event");
	}
	put_descriptor(map, cpu, event);
}

static void fill_devices(int map)
{
	put_descriptor(map, 1, LOOPBACK);
}

static void fill_cpus(int map)
{
	/* The length of the queue. */
	put_descriptor(map, 0, 192);
}

static int open_cgroup(void)
{
	int cgroup = open("/sys/fs/cgroup", O_RDONLY | O_CLOEXEC);

	if (cgroup < 0)
		die("/sys/fs/cgroup");
	return cgroup;
}

static void fill_cgroups(int map)
{
	int cgroup = open_cgroup();

	put_descriptor(map, 1, cgroup);
	close(cgroup);
}

static void fill_of_cgroups(int map)
{
	int cgroup = open_cgroup();

	put_number(map, cgroup, 1);
	close(cgroup);
}

static void fill_of_tasks(int map)
{
	int task = syscall(SYS_pidfd_open, getpid(), 0);

	if (task < 0)
		die("pidfd_open");
	put_number(map, task, 1);
	close(task);
}

static const struct {
	const char *map;
	void (*fill)(int map);
} fills[] = {
	{ "hash", fill_hash },
	{ "visited", fill_visited },
	{ "percpu_hash", fill_percpu },
	{ "lru_hash", fill_hash },
	{ "lru_percpu", fill_percpu },
	{ "trie", fill_trie },
	{ "hashes", fill_with_hash },
	{ "arrays", fill_with_array },
	{ "queue", fill_with_one },
	{ "stack", fill_with_one },
	{ "bloom", fill_with_one },
	{ "user_ring", fill_user_ring },
	{ "samples", fill_events },
	{ "devices", fill_devices },
	{ "devices_by_key", fill_devices },
	{ "cpus", fill_cpus },
	{ "cgroups", fill_cgroups },
	{ "of_tasks", fill_of_tasks },
	{ "of_cgroups", fill_of_cgroups },
};

void pair_fill_maps(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
		for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
			if (bpf_map__fd(map) >= 0 &&
			    !strcasecmp(bpf_map__name(map), fills[i].map))
				fills[i].fill(bpf_map__fd(map));
}
