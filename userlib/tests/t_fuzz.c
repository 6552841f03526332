// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are truncated, or have other bytes, do no harm. This test also runs under
 * valgrind.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../internal.h"
#include "gen.h"
#include "test.h"

/* The section headers are last: no shorter file can be complete. */
static void every_truncation_is_refused(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;
	unsigned char *copy;
	size_t size;

	for (size = 0; size < gen->size; size++) {
		/* A copy of the exact size, for valgrind to watch its end. */
		copy = malloc(size ? size : 1);
		memcpy(copy, gen->buf, size);
		obj = rex_obj_open_mem(copy, size, NULL);
		if (!CHECK(!obj) || !CHECK_EQ(errno, ENOEXEC))
			printf("# at length %zu of %zu\n", size, gen->size);
		rex_obj_close(obj);
		free(copy);
	}
	gen_free(gen);
}

/* Any byte may be anything: a result or an error, but no crash. */
static void changed_bytes_do_no_harm(void)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct gen *gen = gen_hello();
	struct rex_obj *obj;
	unsigned char saved;
	int opened = 0, refused = 0;
	size_t i, v;

	for (i = 0; i < gen->size; i++) {
		saved = gen->buf[i];
		for (v = 0; v < TEST_SIZE(values); v++) {
			gen->buf[i] = values[v];
			obj = rex_obj_open_mem(gen->buf, gen->size, NULL);
			if (obj)
				opened++;
			else
				refused++;
			rex_obj_close(obj);
		}
		gen->buf[i] = saved;
	}
	CHECK(opened);
	CHECK(refused);
	gen_free(gen);
}

/* The same with several bytes at once; the seed is fixed. */
static void random_garbage_does_no_harm(void)
{
	struct gen *gen = gen_hello();
	struct rex_obj *obj;
	unsigned char *copy = malloc(gen->size);
	unsigned int seed = 12345;
	int round, i;

	for (round = 0; round < 2000; round++) {
		memcpy(copy, gen->buf, gen->size);
		for (i = 0; i <= round % 8; i++)
			copy[rand_r(&seed) % gen->size] = rand_r(&seed);
		obj = rex_obj_open_mem(copy, gen->size, NULL);
		rex_obj_close(obj);
	}
	CHECK(true);
	free(copy);
	gen_free(gen);
}

static const struct test_case cases[] = {
	TEST_CASE(every_truncation_is_refused),
	TEST_CASE(changed_bytes_do_no_harm),
	TEST_CASE(random_garbage_does_no_harm),
};

int main(void)
{
	return test_main(cases, TEST_SIZE(cases));
}
