// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark compares programs that were written twice, for Rex and for eBPF: their
 * results, instructions (or time), and how long they take to load. Usage: pairs [FOLDER
 * [OBJECT]], where OBJECT has the eBPF programs to measure, all if it is not given.
 *
 * It prints a line of JSON for each pair. "ebpf" and "rex" are nanoseconds a run, which
 * are instructions in a VM with an exact clock; "refused" is what the verifier said. A
 * pair that computes has a "result"; one that is an operation includes the run itself,
 * which the pair "nothing" consists of. The exit status is 1 if results differ, the
 * verifier refuses an operation, or one takes more than its limit allows.
 */
#include "../bench.h"
#include "pairs.h"

/* Most rounds are over before the next interrupt. */
#define COMPUTE_ROUNDS 6
#define COMPUTE_REPEAT 10
#define OP_ROUNDS 60
#define OP_REPEAT 500

static struct outcome run(int fd, const struct pair *pair)
{
	if (pair->fill)
		return pair_run(fd, pair, COMPUTE_ROUNDS, COMPUTE_REPEAT);
	return pair_run(fd, pair, OP_ROUNDS, OP_REPEAT);
}

/* Returns whether an operation takes no more instructions than it may. */
static bool is_within_limit(const struct pair *pair, int difference)
{
	static int of_nothing;

	if (!strcmp(pair->name, "nothing"))
		of_nothing = difference;
	difference -= of_nothing;
	if (!has_limits() || difference <= pair->limit)
		return true;
	fprintf(stderr,
		"pairs: %s takes %d instructions more than eBPF's, %d are allowed\n",
		pair->name, difference, pair->limit);
	return false;
}

/* Returns whether both sides have one result, and an operation is within its limit. */
static bool compare(const char *folder, const struct pair *pair,
		    struct rex_obj *rex_object)
{
	json_t *row = json_object();
	struct bpf_object *object = pair_load(folder, pair, row);
	struct outcome rex = run(rex_prog_fd(rex_object, pair->name), pair);
	struct outcome ebpf = rex;

	json_object_set_new(row, "pair", json_string(pair->name));
	json_object_set_new(row, "rex", json_integer(rex.duration));
	if (object) {
		ebpf = run(pair_prog_fd(object, pair), pair);
		json_object_set_new(row, "ebpf", json_integer(ebpf.duration));
		bpf_object__close(object);
	}
	if (pair->fill)
		json_object_set_new(row, "result", json_integer(rex.result));
	if (rex.result != ebpf.result)
		json_object_set_new(row, "ebpf_result",
				    json_integer(ebpf.result));
	pair_print(row);
	if (rex.result != ebpf.result) {
		fprintf(stderr, "pairs: the results of %s differ\n",
			pair->name);
		return false;
	}
	if (pair->fill)
		return true;
	if (!object) {
		fprintf(stderr, "pairs: the verifier refused %s\n", pair->name);
		return false;
	}
	return is_within_limit(pair, (int)rex.duration - (int)ebpf.duration);
}

static bool is_object(const char *name)
{
	for (size_t i = 0; i < nr_pairs; i++)
		if (!strcmp(name, pairs[i].object))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/rex/bench/bpf";
	const char *object = argc > 2 ? argv[2] : NULL;
	struct rex_obj *rex_object;
	bool good = true;

	if (object && !is_object(object)) {
		fprintf(stderr, "pairs: there is no object %s\n", object);
		return 1;
	}
	pair_quiet();
	rex_object = load_rex("bench_pairs.rex.o");
	for (size_t i = 0; i < nr_pairs; i++)
		if (!object || !strcmp(object, pairs[i].object))
			good &= compare(folder, &pairs[i], rex_object);
	return !good;
}
