/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measures the instructions of a run of XDP programs, by BPF_PROG_TEST_RUN. In
 * a VM with one CPU and `-icount shift=0` a nanosecond of guest time is an
 * instruction, so the kernel's measurements are repeatable.
 *
 * With BENCH_JSON in the environment, the results are lines of JSON, as scripts/bench wants
 * them. With BENCH_TIMES, the clock does not count instructions, so no limit is checked.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "die.h"

/*
 * There are many rounds, short enough to end before the next interrupt: newer
 * kernels have work in the background for a while after the boot.
 */
#define ROUNDS 100
#define REPEAT 1000

/*
 * Print a number of each side as a line of JSON; EBPF is negative if eBPF has no such thing,
 * or if a verifier refuses it.
 */
static inline void print_cost(const char *name, const char *unit, double rex,
			      double ebpf)
{
	printf("{\"cost\":\"%s\",\"unit\":\"%s\",\"rex\":%.0f", name, unit,
	       rex);
	if (ebpf >= 0)
		printf(",\"ebpf\":%.0f", ebpf);
	printf("}\n");
	fflush(stdout);
}

#define NOT_IN_EBPF (-1.0)

static inline bool wants_json(void)
{
	return getenv("BENCH_JSON");
}

static inline bool has_limits(void)
{
	return !getenv("BENCH_TIMES");
}

/* Returns whether NAME takes no more instructions than it may. Prints how many, if it does not. */
static inline bool is_within_limit(const char *name, int difference, int limit)
{
	if (!has_limits() || difference <= limit)
		return true;
	fprintf(stderr,
		"%s: %s takes %d instructions more than eBPF's, %d are allowed\n",
		program_invocation_short_name, name, difference, limit);
	return false;
}

static inline void die_rex(void)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name,
		rex_last_error());
	exit(1);
}

/* Opens the object file NAME beside this program. OPTS may be NULL. */
static inline struct rex_obj *open_rex(const char *name,
				       const struct rex_obj_open_opts *opts)
{
	char path[PATH_MAX + 64] = "";
	struct rex_obj *obj;

	if (readlink("/proc/self/exe", path, PATH_MAX) < 0)
		die("/proc/self/exe");
	dirname(path);
	snprintf(path + strlen(path), 64, "/%s", name);
	obj = rex_obj_open(path, opts);
	if (!obj)
		die_rex();
	return obj;
}

/* Loads the object file NAME beside this program. */
static inline struct rex_obj *load_rex(const char *name)
{
	struct rex_obj *obj = open_rex(name, NULL);

	if (rex_obj_load_opened(obj))
		die_rex();
	return obj;
}

static inline int rex_prog_fd(struct rex_obj *obj, const char *name)
{
	struct bpf_program *prog = rex_obj_program(obj, name);

	if (!prog)
		die_rex();
	return bpf_program__fd(prog);
}

static inline int load_ebpf(const char *name, const struct bpf_insn *insns,
			    size_t nr)
{
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log,
		    .log_size = sizeof(log), .log_level = 1);
	int fd =
		bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", insns, nr, &opts);

	if (fd < 0) {
		fputs(log, stderr);
		die(name);
	}
	return fd;
}

/* Returns the instructions of a run, which must return XDP_PASS. */
static inline unsigned int measure(int fd)
{
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = REPEAT);

	if (bpf_prog_test_run_opts(fd, &opts))
		die("BPF_PROG_TEST_RUN");
	if (opts.retval != XDP_PASS) {
		fprintf(stderr, "%s: the program returned %u\n",
			program_invocation_short_name, opts.retval);
		exit(1);
	}
	return opts.duration;
}

/* Returns the best round, which nothing interrupted. */
static inline unsigned int report(const char *name, int fd)
{
	unsigned int best = UINT_MAX;
	int times = 0;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned int n = measure(fd);

		if (n < best) {
			best = n;
			times = 0;
		}
		times += n == best;
	}
	if (!wants_json())
		printf("%s: %u instructions a run, in %d of %d rounds\n", name,
		       best, times, ROUNDS);
	return best;
}

/* Returns the exit status: whether Rex needs at most LIMIT more than eBPF. */
static inline int conclude(const char *what, unsigned int ebpf,
			   unsigned int rex, int limit)
{
	int difference = (int)rex - (int)ebpf;

	if (wants_json())
		print_cost(what, "instructions", rex, ebpf);
	else
		printf("%s: eBPF %u, Rex %u, difference %d, limit %d\n", what,
		       ebpf, rex, difference, limit);
	return has_limits() && difference > limit;
}

#endif
