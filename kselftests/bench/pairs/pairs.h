/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pairs of programs, and their eBPF sides: loaded, and run by BPF_PROG_TEST_RUN. Each
 * error other than a verifier's refusal ends the benchmark.
 */
#ifndef _PAIRS_H
#define _PAIRS_H

#include <bpf/libbpf.h>
#include <jansson.h>
#include <stdbool.h>

#include "inputs.h"

/**
 * struct pair - two programs that do the same
 * @object:	eBPF's object file, without .bpf.o
 * @name:	of the program, in that object and in bench_pairs.rex.o
 * @fill:	makes the input; NULL for an operation, which has none and no result
 * @limit:	of an operation: how many instructions more than eBPF's it may take, without
 *		the run that it is part of
 */
struct pair {
	const char *object, *name;
	input_fill fill;
	int limit;
};

extern const struct pair pairs[];
extern const size_t nr_pairs;

/**
 * struct outcome - what a program did
 * @result:	what it computed
 * @duration:	ns a run, in the best of a few rounds
 */
struct outcome {
	unsigned int result, duration;
};

/*
 * Load the eBPF side of @pair from @folder. Returns NULL if the verifier refuses it. @row
 * receives "ebpf_load_ms", or "refused" with the verifier's last words.
 */
struct bpf_object *pair_load(const char *folder, const struct pair *pair,
			     json_t *row);

/* The descriptor of the program in @object, which pair_load() has returned. */
int pair_prog_fd(struct bpf_object *object, const struct pair *pair);

/* Run a program of @pair, of either side, in the kernel: @rounds times @repeat runs. */
struct outcome pair_run(int fd, const struct pair *pair, int rounds,
			int repeat);

/* Print @row as a line, and free it. */
void pair_print(json_t *row);

/* Have libbpf print nothing. */
void pair_quiet(void);

#endif
