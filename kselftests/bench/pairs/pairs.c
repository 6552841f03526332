// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../die.h"
#include "pairs.h"

/*
 * The aim for each operation; those that miss it have what they take as their limit, and two
 * more if the kernel's statistics, which are rounded, measure them. New values of tasks and
 * cgroups vary by a hundred with what the kernel frees meanwhile.
 */
#define OP_LIMIT 5

const struct pair pairs[] = {
	{ "hash", "fnv1a", input_random, 0, 0 },
	{ "hash", "murmur3", input_random, 0, 0 },
	{ "hash", "siphash", input_random, 0, 0 },
	{ "hash", "crc32", input_random, 0, 0 },
	{ "hash", "adler32", input_random, 0, 0 },
	{ "hash", "internet_checksum", input_random, 0, 0 },
	{ "hash", "sha256", input_random, 0, 0 },
	{ "order", "insertion_sort", input_random, 0, 0 },
	{ "order", "heap_sort", input_random, 0, 0 },
	{ "order", "binary_search", input_random, 0, 0 },
	{ "order", "find", input_find, 0, 0 },
	{ "order", "horspool", input_find, 0, 0 },
	{ "order", "levenshtein", input_strings, 0, 0 },
	{ "parse", "http", input_http, 0, 0 },
	{ "parse", "json", input_json, 0, 0 },
	{ "parse", "dns", input_dns, 0, 0 },
	{ "parse", "tls_sni", input_tls, 0, 0 },
	{ "parse", "varint", input_varint, 0, 0 },
	{ "parse", "utf8", input_utf8, 0, 0 },
	{ "parse", "regex", input_regex, 0, 0 },
	{ "parse", "aho_corasick", input_automaton, 0, 0 },
	{ "codec", "base64_encode", input_random, 0, 0 },
	{ "codec", "base64_decode", input_base64, 0, 0 },
	{ "codec", "decompress", input_compressed, 0, 0 },
	{ "codec", "chacha20", input_random, 0, 0 },
	{ "numbers", "matrix", input_random, 0, 0 },
	{ "numbers", "sieve", input_random, 0, 0 },
	{ "numbers", "bits", input_random, 0, 0 },
	{ "numbers", "gcd", input_random, 0, 0 },
	{ "numbers", "interpreter", input_random, 0, 0 },
	{ "numbers", "rendezvous", input_random, 0, 0 },
	{ "net", "lpm", input_trie, 0, 0 },
	{ "net", "load_balancer", input_flows, 0, 0 },
	{ "maps", "nothing", NULL, 0, 0 },
	{ "maps", "array_read", NULL, OP_LIMIT, 0 },
	{ "maps", "array_add", NULL, OP_LIMIT, 0 },
	{ "maps", "array_set", NULL, OP_LIMIT, 0 },
	{ "maps", "percpu_array_add", NULL, 0, 0 },
	{ "maps", "percpu_array_of_cpu", NULL, 20, 0 },
	{ "maps", "hash_miss", NULL, OP_LIMIT, 0 },
	{ "maps", "hash_hit", NULL, OP_LIMIT, 0 },
	{ "maps", "hash_update", NULL, OP_LIMIT, 0 },
	{ "maps", "hash_update_and_hit", NULL, 11, 0 },
	{ "maps", "hash_insert_and_delete", NULL, 14, 0 },
	{ "maps", "hash_visit_8", NULL, 3100, 0 },
	{ "maps", "percpu_hash_hit", NULL, 6, 0 },
	{ "maps", "percpu_hash_of_cpu", NULL, 20, 0 },
	{ "maps", "percpu_hash_update", NULL, OP_LIMIT, 0 },
	{ "maps", "lru_hit", NULL, 8, 0 },
	{ "maps", "lru_update", NULL, OP_LIMIT, 0 },
	{ "maps", "lru_percpu_hit", NULL, OP_LIMIT, 0 },
	{ "maps", "lru_percpu_update", NULL, OP_LIMIT, 0 },
	{ "maps", "trie_hit", NULL, 9, 0 },
	{ "maps", "trie_update_and_hit", NULL, 25, 0 },
	{ "maps", "array_of_maps_hit", NULL, 29, 0 },
	{ "maps", "hash_of_maps_hit", NULL, 31, 0 },
	{ "maps", "queue_push_and_pop", NULL, 0, 0 },
	{ "maps", "queue_peek", NULL, 0, 0 },
	{ "maps", "stack_push_and_pop", NULL, 0, 0 },
	{ "maps", "stack_peek", NULL, 0, 0 },
	{ "maps", "bloom_push", NULL, 46, 0 },
	{ "maps", "bloom_peek", NULL, 44, 0 },
	{ "maps", "ring_reserve_and_discard", NULL, 0, 0 },
	{ "maps", "ring_reserve_and_submit", NULL, 0, 0 },
	{ "maps", "ring_output", NULL, 58, 0 },
	{ "maps", "ring_query", NULL, 10, 0 },
	{ "maps", "user_ring_read", NULL, 14, 0 },
	{ "maps", "perf_output", NULL, 18, 0 },
	{ "maps", "devmap_redirect", NULL, 24, 0 },
	{ "maps", "devmap_hash_redirect", NULL, 24, 0 },
	{ "maps", "cpumap_redirect", NULL, 24, 0 },
	{ "maps_of_tasks", "nothing_of_tasks", NULL, 0, 0 },
	{ "maps_of_tasks", "cgroup_array_test", NULL, 22, 0 },
	{ "maps_of_tasks", "stack_id", NULL, OP_LIMIT, 0 },
	{ "maps_of_tasks", "task_storage_hit", NULL, OP_LIMIT, 0 },
	{ "maps_of_tasks", "task_storage_insert_and_delete", NULL, 350, 0 },
	{ "maps_of_tasks", "cgroup_storage_hit", NULL, 15,
	  BPF_MAP_TYPE_CGRP_STORAGE },
	{ "maps_of_tasks", "cgroup_storage_insert_and_delete", NULL, 350,
	  BPF_MAP_TYPE_CGRP_STORAGE },
	{ "helpers", "nothing_of_helpers", NULL, 0, 0 },
	{ "helpers", "ktime", NULL, OP_LIMIT, 0 },
	{ "helpers", "ktime_boot", NULL, OP_LIMIT, 0 },
	{ "helpers", "ktime_coarse", NULL, 9, 0 },
	{ "helpers", "ktime_tai", NULL, OP_LIMIT, 0 },
	{ "helpers", "jiffies", NULL, 7, 0 },
	{ "helpers", "random", NULL, OP_LIMIT, 0 },
	{ "helpers", "cpu", NULL, OP_LIMIT, 0 },
	{ "helpers", "numa_node", NULL, OP_LIMIT, 0 },
	{ "helpers", "three_calls", NULL, OP_LIMIT, 0 },
	{ "helpers", "read_kernel", NULL, 9, 0 },
	{ "helpers", "read_kernel_str", NULL, 33, 0 },
	{ "helpers", "format", NULL, 106, 0 },
	{ "helpers", "print", NULL, OP_LIMIT, 0 },
	{ "helpers", "csum_diff", NULL, 11, 0 },
	{ "helpers", "fib_lookup", NULL, 10, 0 },
	{ "helpers", "redirect", NULL, 17, 0 },
	{ "helpers", "xdp_adjust_head_and_back", NULL, 35, 0 },
	{ "helpers", "xdp_adjust_meta_and_back", NULL, 25, 0 },
	{ "helpers", "xdp_adjust_tail_and_back", NULL, 29, 0 },
	{ "helpers", "xdp_length", NULL, 11, 0 },
	{ "helpers", "xdp_load_bytes", NULL, 9, 0 },
	{ "helpers", "xdp_store_bytes", NULL, OP_LIMIT, 0 },
	{ "helpers_of_timers", "nothing_of_timers", NULL, 0, 0 },
	{ "helpers_of_timers", "timer_arm", NULL, 641, 0 },
	{ "helpers_of_skbs", "nothing_of_skbs", NULL, 0, 0 },
	{ "helpers_of_skbs", "skb_load_bytes", NULL, 10, 0 },
	{ "helpers_of_skbs", "skb_store_bytes", NULL, OP_LIMIT, 0 },
	{ "helpers_of_skbs", "skb_pull_data", NULL, 9, 0 },
	{ "helpers_of_skbs", "skb_hash", NULL, 10, 0 },
	{ "helpers_of_skbs", "skb_cgroup_id", NULL, 13, 0 },
	{ "helpers_of_skbs", "skb_ancestor_cgroup_id", NULL, 13, 0 },
	{ "helpers_of_skbs", "socket_cookie", NULL, 10, 0 },
	{ "helpers_of_skbs", "socket_uid", NULL, 10, 0 },
	{ "helpers_of_skbs", "skb_set_tstamp", NULL, OP_LIMIT, 0 },
	{ "helpers_of_skbs", "l3_csum_replace", NULL, OP_LIMIT, 0 },
	{ "helpers_of_skbs", "l4_csum_replace", NULL, OP_LIMIT, 0 },
	{ "helpers_of_skbs", "skb_vlan_push_and_pop", NULL, 39, 0 },
	{ "helpers_of_skbs", "skb_change_tail_and_back", NULL, 22, 0 },
	{ "helpers_of_skbs", "skb_adjust_room_and_back", NULL, 142, 0 },
	{ "helpers_of_skbs", "skb_queue_mapping", NULL, 16, 0 },
	{ "helpers_of_skbs", "redirect_peer", NULL, 11, 0 },
	{ "helpers_of_skbs", "redirect_neigh", NULL, 10, 0 },
	{ "helpers_of_tasks", "nothing_of_task_helpers", NULL, 0, 0 },
	{ "helpers_of_tasks", "pid_tgid", NULL, OP_LIMIT, 0 },
	{ "helpers_of_tasks", "uid_gid", NULL, OP_LIMIT, 0 },
	{ "helpers_of_tasks", "comm", NULL, 64, 0 },
	{ "helpers_of_tasks", "cgroup_id", NULL, 20, 0 },
	{ "helpers_of_tasks", "ancestor_cgroup_id", NULL, 20, 0 },
	{ "helpers_of_tasks", "task", NULL, 12, 0 },
	{ "helpers_of_tasks", "read_user", NULL, 54, 0 },
	{ "helpers_of_tasks", "read_user_str", NULL, 141, 0 },
	{ "helpers_of_tasks", "stack", NULL, OP_LIMIT, 0 },
	{ "helpers_of_tasks", "nothing_of_sleepers", NULL, 0, 0 },
	{ "helpers_of_tasks", "copy_from_user", NULL, 94, 0 },
};

const size_t nr_pairs = sizeof(pairs) / sizeof(pairs[0]);

bool pair_has_map_type(enum bpf_map_type type)
{
	static signed char known[64]; /* 1: yes, -1: no */

	if (!type)
		return true;
	if (!known[type])
		known[type] = libbpf_probe_bpf_map_type(type, NULL) == 1 ? 1 :
									   -1;
	return known[type] > 0;
}

static double ms_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begin->tv_sec) * 1e3 +
	       (now.tv_nsec - begin->tv_nsec) / 1e6;
}

/* Returns the last line of a verifier's log before its statistics. */
static const char *last_words(char *log)
{
	char *line = NULL, *save, *next = strtok_r(log, "\n", &save);

	for (; next; next = strtok_r(NULL, "\n", &save))
		if (strncmp(next, "processed ", 10) &&
		    strncmp(next, "verification time", 17) &&
		    strncmp(next, "stack depth", 11))
			line = next;
	return line ? line : "no reason given";
}

struct bpf_object *pair_load(const char *folder, const struct pair *pair,
			     json_t *row)
{
	static char log[16 << 20];
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log,
		    .kernel_log_size = sizeof(log), .kernel_log_level = 0);
	struct bpf_object *object;
	struct bpf_program *prog;
	struct timespec begin;
	struct bpf_map *map;
	const char *of = strstr(pair->object, "_of_");
	int len = of ? of - pair->object : (int)strlen(pair->object);
	char path[PATH_MAX];
	bool found = false;

	snprintf(path, sizeof(path), "%s/%.*s.bpf.o", folder, len,
		 pair->object);
	log[0] = 0;
	object = bpf_object__open_file(path, &opts);
	if (!object)
		die(path);
	bpf_object__for_each_program(prog, object) {
		bool wanted = !strcmp(bpf_program__name(prog), pair->name);

		bpf_program__set_autoload(prog, wanted);
		found |= wanted;
	}
	bpf_object__for_each_map(map, object)
		bpf_map__set_autocreate(map,
					pair_has_map_type(bpf_map__type(map)));
	if (!found) {
		fprintf(stderr, "pairs: %s has no program %s\n", path,
			pair->name);
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (bpf_object__load(object)) {
		json_object_set_new(row, "refused",
				    json_string(last_words(log)));
		bpf_object__close(object);
		return NULL;
	}
	json_object_set_new(row, "ebpf_load_ms", json_real(ms_since(&begin)));
	return object;
}

int pair_prog_fd(struct bpf_object *object, const struct pair *pair)
{
	return bpf_program__fd(
		bpf_object__find_program_by_name(object, pair->name));
}

void pair_print(json_t *row)
{
	json_dumpf(row, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	fflush(stdout);
	json_decref(row);
}

static int ignore(enum libbpf_print_level level, const char *format,
		  va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

void pair_quiet(void)
{
	libbpf_set_print(ignore);
}
