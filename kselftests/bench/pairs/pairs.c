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

/* The aim for each operation; those that miss it have what they take as their limit. */
#define OP_LIMIT 5

const struct pair pairs[] = {
	{ "hash", "fnv1a", input_random, 0 },
	{ "hash", "murmur3", input_random, 0 },
	{ "hash", "siphash", input_random, 0 },
	{ "hash", "crc32", input_random, 0 },
	{ "hash", "adler32", input_random, 0 },
	{ "hash", "internet_checksum", input_random, 0 },
	{ "hash", "sha256", input_random, 0 },
	{ "order", "insertion_sort", input_random, 0 },
	{ "order", "heap_sort", input_random, 0 },
	{ "order", "binary_search", input_random, 0 },
	{ "order", "find", input_find, 0 },
	{ "order", "horspool", input_find, 0 },
	{ "order", "levenshtein", input_strings, 0 },
	{ "parse", "http", input_http, 0 },
	{ "parse", "json", input_json, 0 },
	{ "parse", "dns", input_dns, 0 },
	{ "parse", "tls_sni", input_tls, 0 },
	{ "parse", "varint", input_varint, 0 },
	{ "parse", "utf8", input_utf8, 0 },
	{ "parse", "regex", input_regex, 0 },
	{ "parse", "aho_corasick", input_automaton, 0 },
	{ "codec", "base64_encode", input_random, 0 },
	{ "codec", "base64_decode", input_base64, 0 },
	{ "codec", "decompress", input_compressed, 0 },
	{ "codec", "chacha20", input_random, 0 },
	{ "numbers", "matrix", input_random, 0 },
	{ "numbers", "sieve", input_random, 0 },
	{ "numbers", "bits", input_random, 0 },
	{ "numbers", "gcd", input_random, 0 },
	{ "numbers", "interpreter", input_random, 0 },
	{ "numbers", "rendezvous", input_random, 0 },
	{ "net", "lpm", input_trie, 0 },
	{ "net", "load_balancer", input_flows, 0 },
	{ "ops", "nothing", NULL, 0 },
	{ "ops", "array_read", NULL, OP_LIMIT },
	{ "ops", "array_add", NULL, OP_LIMIT },
	{ "ops", "percpu_array_add", NULL, 0 },
	{ "ops", "hash_miss", NULL, OP_LIMIT },
	{ "ops", "hash_update", NULL, OP_LIMIT },
	{ "ops", "hash_update_and_hit", NULL, 11 },
	{ "ops", "hash_insert_and_delete", NULL, 14 },
	{ "ops", "percpu_hash_update", NULL, OP_LIMIT },
	{ "ops", "lru_update", NULL, OP_LIMIT },
	{ "ops", "trie_update_and_hit", NULL, 24 },
	{ "ops", "ring_reserve_and_discard", NULL, 37 },
	{ "ops", "queue_push_and_pop", NULL, 21 },
	{ "ops", "ktime", NULL, OP_LIMIT },
	{ "ops", "random", NULL, OP_LIMIT },
	{ "ops", "cpu", NULL, OP_LIMIT },
	{ "ops", "three_calls", NULL, OP_LIMIT },
};

const size_t nr_pairs = sizeof(pairs) / sizeof(pairs[0]);

struct outcome pair_run(int fd, const struct pair *pair, int rounds, int repeat)
{
	struct outcome outcome = { .duration = UINT_MAX };
	unsigned char packet[PACKET] = {}, out[PACKET];

	if (pair->fill)
		pair->fill(packet + RESULT);
	for (int i = 0; i < rounds; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
			    .data_size_in = sizeof(packet), .data_out = out,
			    .data_size_out = sizeof(out), .repeat = repeat);

		if (bpf_prog_test_run_opts(fd, &opts))
			die("BPF_PROG_TEST_RUN");
		if (opts.retval != XDP_PASS) {
			fprintf(stderr, "pairs: the program returned %u\n",
				opts.retval);
			exit(1);
		}
		if (opts.duration < outcome.duration)
			outcome.duration = opts.duration;
	}
	memcpy(&outcome.result, out, sizeof(outcome.result));
	if (memcmp(out + RESULT, packet + RESULT, INPUT)) {
		fprintf(stderr, "pairs: the program changed its input\n");
		exit(1);
	}
	return outcome;
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
	char path[PATH_MAX];
	bool found = false;

	snprintf(path, sizeof(path), "%s/%s.bpf.o", folder, pair->object);
	log[0] = 0;
	object = bpf_object__open_file(path, &opts);
	if (!object)
		die(path);
	bpf_object__for_each_program(prog, object) {
		bool wanted = !strcmp(bpf_program__name(prog), pair->name);

		bpf_program__set_autoload(prog, wanted);
		found |= wanted;
	}
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
