// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the cache to network interfaces, and prints its counters at the end.
 */
#include "interface.h"

#define OBJECT "bmc.rex.o"

static const char *const names[] = { "get_recv_count",	  "set_recv_count",
				     "get_resp_count",	  "hit_count",
				     "miss_count",	  "update_count",
				     "invalidation_count" };

#define NR_STATS (sizeof(names) / sizeof(names[0]))

static void print_stats(int map)
{
	int nr_cpus = libbpf_num_possible_cpus();
	__u64(*cpus)[NR_STATS] = calloc(nr_cpus, sizeof(*cpus));
	__u32 zero = 0;

	if (!cpus || bpf_map_lookup_elem(map, &zero, cpus))
		err(1, "map_stats");
	for (size_t i = 0; i < NR_STATS; i++) {
		__u64 sum = 0;

		for (int cpu = 0; cpu < nr_cpus; cpu++)
			sum += cpus[cpu][i];
		printf("STAT %s %llu\n", names[i], sum);
	}
	free(cpus);
}

int main(int argc, char **argv)
{
	struct rex_obj *obj;
	bool done;

	interfaces_check(argv + 1, argc - 1, "usage: entry IFINDEX...");
	obj = sample_load(OBJECT);
	done = interfaces_run(argv + 1, argc - 1, "caching",
			      must(rex_obj_program(obj, "xdp_rx_filter")),
			      must(rex_obj_program(obj, "xdp_tx_filter")));
	if (done)
		print_stats(must_fd(rex_obj_map_fd(obj, "map_stats")));
	rex_obj_close(obj);
	return !done;
}
