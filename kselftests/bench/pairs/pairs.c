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

const struct pair pairs[] = {
	{ "hash", "fnv1a", input_random },
	{ "hash", "murmur3", input_random },
	{ "hash", "siphash", input_random },
	{ "hash", "crc32", input_random },
	{ "hash", "adler32", input_random },
	{ "hash", "internet_checksum", input_random },
	{ "hash", "sha256", input_random },
	{ "order", "insertion_sort", input_random },
	{ "order", "heap_sort", input_random },
	{ "order", "binary_search", input_random },
	{ "order", "find", input_find },
	{ "order", "horspool", input_find },
	{ "order", "levenshtein", input_strings },
	{ "parse", "http", input_http },
	{ "parse", "json", input_json },
	{ "parse", "dns", input_dns },
	{ "parse", "tls_sni", input_tls },
	{ "parse", "varint", input_varint },
	{ "parse", "utf8", input_utf8 },
	{ "parse", "regex", input_regex },
	{ "parse", "aho_corasick", input_automaton },
	{ "codec", "base64_encode", input_random },
	{ "codec", "base64_decode", input_base64 },
	{ "codec", "decompress", input_compressed },
	{ "codec", "chacha20", input_random },
	{ "numbers", "matrix", input_random },
	{ "numbers", "sieve", input_random },
	{ "numbers", "bits", input_random },
	{ "numbers", "gcd", input_random },
	{ "numbers", "interpreter", input_random },
	{ "numbers", "rendezvous", input_random },
	{ "net", "lpm", input_trie },
	{ "net", "load_balancer", input_flows },
	{ "ops", "nothing", NULL },
	{ "ops", "array_read", NULL },
	{ "ops", "array_add", NULL },
	{ "ops", "percpu_array_add", NULL },
	{ "ops", "hash_miss", NULL },
	{ "ops", "hash_update", NULL },
	{ "ops", "hash_update_and_hit", NULL },
	{ "ops", "hash_insert_and_delete", NULL },
	{ "ops", "percpu_hash_update", NULL },
	{ "ops", "lru_update", NULL },
	{ "ops", "trie_update_and_hit", NULL },
	{ "ops", "ring_reserve_and_discard", NULL },
	{ "ops", "queue_push_and_pop", NULL },
	{ "ops", "ktime", NULL },
	{ "ops", "random", NULL },
	{ "ops", "cpu", NULL },
	{ "ops", "three_calls", NULL },
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
