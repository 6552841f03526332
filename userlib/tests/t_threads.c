// SPDX-License-Identifier: GPL-2.0
/*
 * Several threads use the library at once, each with its own objects.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "../internal.h"
#include "gen.h"
#include "test.h"

#define NR_THREADS 8
#define NR_ROUNDS 50

struct worker {
	pthread_t thread;
	int index;
	struct gen *gen;
	int wrong; /* rounds with a result other than the right one */
};

static bool round_is_right(const struct worker *w)
{
	char name[32], missing[32];
	struct rex_obj *obj;
	bool ok;

	snprintf(name, sizeof(name), "prog_of_%d", w->index);
	snprintf(missing, sizeof(missing), "missing_%d", w->index);
	obj = rex_obj_open_mem(w->gen->buf, w->gen->size, NULL);
	if (!obj)
		return false;
	ok = bpf_object__find_program_by_name(rex_obj_get_bpf(obj), name);
	/* The error text is this thread's own. */
	ok &= rex_obj_set_timeout(obj, missing, 1) == -ENOENT;
	ok &= strstr(rex_last_error(), missing) != NULL;
	rex_obj_close(obj);

	ok &= !rex_obj_open_mem(w->gen->buf, w->index, NULL);
	snprintf(name, sizeof(name), "only %d bytes", w->index);
	return ok && strstr(rex_last_error(), name);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int i;

	for (i = 0; i < NR_ROUNDS; i++)
		w->wrong += !round_is_right(w);
	return NULL;
}

static void eight_threads_open_and_close(void)
{
	struct worker workers[NR_THREADS] = {};
	int i, fds = test_count_fds();
	char name[32];

	for (i = 0; i < NR_THREADS; i++) {
		snprintf(name, sizeof(name), "prog_of_%d", i);
		workers[i].index = i;
		workers[i].gen = gen_new();
		gen_prog(workers[i].gen, name, "kprobe", BPF_PROG_TYPE_KPROBE);
		gen_map(workers[i].gen, "map", BPF_MAP_TYPE_HASH, 4, 4, 1, 0);
		gen_build(workers[i].gen);
		CHECK(!pthread_create(&workers[i].thread, NULL, work,
				      &workers[i]));
	}
	for (i = 0; i < NR_THREADS; i++) {
		CHECK(!pthread_join(workers[i].thread, NULL));
		CHECK_EQ(workers[i].wrong, 0);
		gen_free(workers[i].gen);
	}
	CHECK_EQ(test_count_fds(), fds);
}

static void *read_error(void *text)
{
	strcpy(text, rex_last_error());
	return NULL;
}

static void error_text_is_the_threads_own(void)
{
	char other[512] = "unset";
	pthread_t thread;

	CHECK(!rex_obj_open("/nonexistent/mine", NULL));
	CHECK(!pthread_create(&thread, NULL, read_error, other));
	CHECK(!pthread_join(thread, NULL));
	CHECK(!strcmp(other, ""));
	CHECK_HAS(rex_last_error(), "/nonexistent/mine");
}

static const struct test_case cases[] = {
	TEST_CASE(eight_threads_open_and_close),
	TEST_CASE(error_text_is_the_threads_own),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
