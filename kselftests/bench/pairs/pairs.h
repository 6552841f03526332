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

/* Of Linux 6.2, which a header may not know yet. */
#define BPF_MAP_TYPE_CGRP_STORAGE 32

/* Most rounds are over before the next interrupt. */
#define OP_ROUNDS 60
#define OP_REPEAT 500

/**
 * struct pair - two programs that do the same
 * @object:	of an operation, Rex's object file, without bench_ and .rex.o. Up to "_of_", it
 *		is eBPF's, without .bpf.o
 * @name:	of the program, in that object and in Rex's. One that is called nothing or
 *		nothing_of_... is the run that the operations after it are part of.
 * @fill:	makes the input; NULL for an operation, which has none and no result
 * @limit:	of an operation: how many instructions more than eBPF's it may take, without
 *		the run that it is part of
 * @map_type:	of an operation that not all kernels have: the map's
 *
 * Rex's object of the other pairs is bench_pairs.rex.o. They are more than one since the first
 * 64 programs that are loaded take an instruction less, and since an object whose programs are all
 * of one kind takes less than one with others.
 */
struct pair {
	const char *object, *name;
	input_fill fill;
	int limit;
	enum bpf_map_type map_type;
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

/* Put into the maps of @object, of either side, what operations look for. */
void pair_fill_maps(struct bpf_object *object);

/* Returns whether the kernel has such maps; 0 stands for none. */
bool pair_has_map_type(enum bpf_map_type type);

/*
 * Run a program of @pair, of either side, in the kernel: @rounds times @repeat runs. Programs
 * of tasks, which the kernel runs once at a time, make a fifth of the runs.
 */
struct outcome pair_run(int fd, const struct pair *pair, int rounds,
			int repeat);

/* Print @row as a line, and free it. */
void pair_print(json_t *row);

/* Have libbpf print nothing. */
void pair_quiet(void);

#endif
