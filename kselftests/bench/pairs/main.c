// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark compares programs that were written twice, for Rex and for eBPF: their
 * results, instructions (or time), and how long they take to load. Usage: pairs [FOLDER
 * [OBJECT]], where OBJECT has the eBPF programs to measure, all if it is not given.
 *
 * It prints a line of JSON for each pair. "ebpf" and "rex" are nanoseconds a run, which
 * are instructions in a VM with an exact clock; "refused" is what the verifier said. A
 * pair that computes has a "result"; one that is an operation includes the run itself,
 * which is the pair "run". The exit status is 1 if results differ, the verifier refuses an
 * operation, or one takes more than its limit allows.
 */
#include <sched.h>

#include "../bench.h"
#include "pairs.h"

#define COMPUTE_ROUNDS 6
#define COMPUTE_REPEAT 10

static struct outcome run(int fd, const struct pair *pair)
{
	if (pair->fill)
		return pair_run(fd, pair, COMPUTE_ROUNDS, COMPUTE_REPEAT);
	return pair_run(fd, pair, OP_ROUNDS, OP_REPEAT);
}

/* The run that operations are part of: the last such pair, and what it took. */
static struct {
	const char *name;
	int difference;
} nothing;

static bool is_nothing(const struct pair *pair)
{
	return !strncmp(pair->name, "nothing", strlen("nothing"));
}

/* Returns whether both sides have one result, and an operation is within its limit. */
static bool compare(const char *folder, const struct pair *pair,
		    struct rex_obj *rex_object)
{
	json_t *row = json_object();
	struct bpf_object *object = pair_load(folder, pair, row);
	struct outcome rex = run(rex_prog_fd(rex_object, pair->name), pair);
	struct outcome ebpf = rex;
	int difference;

	json_object_set_new(row, "pair", json_string(pair->name));
	json_object_set_new(row, "rex", json_integer(rex.duration));
	if (!pair->fill && !is_nothing(pair))
		json_object_set_new(row, "run", json_string(nothing.name));
	if (object) {
		pair_fill_maps(object);
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
	difference = (int)rex.duration - (int)ebpf.duration;
	if (is_nothing(pair)) {
		nothing.name = pair->name;
		nothing.difference = difference;
	}
	return is_within_limit(pair->name, difference - nothing.difference,
			       pair->limit);
}

/*
 * The kernel frees programs a moment after their end. Until then they are among the first
 * ones.
 */
static void wait_for_end_of_others(void)
{
	for (int i = 0; i < 100; i++) {
		FILE *f = fopen("/sys/module/rex/refcnt", "re");
		int users = 0;

		if (f && fscanf(f, "%d", &users) != 1)
			users = 0;
		if (f)
			fclose(f);
		if (!users)
			return;
		usleep(100000);
	}
}

/* Rex's object of @pair. It is the only one that is loaded. */
static struct rex_obj *load_rex_of(const struct pair *pair)
{
	static struct rex_obj *loaded;
	static const char *of;
	const char *name = pair->fill ? "pairs" : pair->object;
	char file[64];

	if (of && !strcmp(of, name))
		return loaded;
	rex_obj_close(loaded);
	wait_for_end_of_others();
	snprintf(file, sizeof(file), "bench_%s.rex.o", name);
	loaded = load_rex(file);
	of = name;
	pair_fill_maps(rex_obj_get_bpf(loaded));
	return loaded;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		die(path);
}

/* In a network of its own, whose only device forwards: its routes are looked up. */
static void enter_network(void)
{
	if (unshare(CLONE_NEWNET))
		die("unshare");
	write_file("/proc/sys/net/ipv4/conf/lo/forwarding", "1");
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
	bool good = true;

	if (object && !is_object(object)) {
		fprintf(stderr, "pairs: there is no object %s\n", object);
		return 1;
	}
	pair_quiet();
	enter_network();
	for (size_t i = 0; i < nr_pairs; i++) {
		const struct pair *pair = &pairs[i];

		if ((!object || !strcmp(object, pair->object)) &&
		    pair_has_map_type(pair->map_type))
			good &= compare(folder, pair, load_rex_of(pair));
	}
	return !good;
}
