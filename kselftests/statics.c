// SPDX-License-Identifier: GPL-2.0
/*
 * Statics of a program (programs/statics) have their initial values, are
 * relocated, and belong to one image.
 */
#include "rex_util.h"
#include "names/statics.h"

#define BUFFER 2000

/* The program's steps, in C. */
struct model {
	__u64 steps, value, sum;
	__u32 visits[BUFFER];
};

static void step(struct model *m)
{
	__u32 *place = &m->visits[m->steps * 97 % BUFFER];

	switch (m->steps % 3) {
	case 0:
		m->value += 7;
		break;
	case 1:
		m->value *= 3;
		break;
	case 2:
		m->value /= 2;
		break;
	}
	m->sum += ++*place;
	m->steps++;
}

static void expect_model(struct rex_obj *obj, const struct model *m)
{
	EXPECT_EQ(map_get(obj, "results", NR_STEPS), m->steps);
	EXPECT_EQ(map_get(obj, "results", VALUE), m->value);
	EXPECT_EQ(map_get(obj, "results", SUM), m->sum);
}

TEST(statics_have_their_initial_values_and_keep_changes)
{
	struct rex_obj *obj = load_object("statics");
	struct model m = { .value = 1000 };

	attach(obj, "statics");
	for (int i = 0; i < 20; i++) {
		fire(STEP);
		step(&m);
		expect_model(obj, &m);
	}
}

/* The places are all over the buffer, each once. */
TEST(places_of_a_zeroed_buffer_are_zero)
{
	struct rex_obj *obj = load_object("statics");
	struct model m = { .value = 1000 };

	attach(obj, "statics");
	for (int i = 0; i < 200; i++) {
		fire(STEP);
		step(&m);
		expect_model(obj, &m);
	}
	EXPECT_EQ(m.sum, 200);
}

TEST(each_image_has_statics_of_its_own)
{
	struct rex_obj *first = load_object("statics"), *second;
	struct model m = { .value = 1000 }, n = { .value = 1000 };
	struct bpf_link *link = attach(first, "statics");

	for (int i = 0; i < 5; i++) {
		fire(STEP);
		step(&m);
	}
	second = load_object("statics");
	attach(second, "statics");
	for (int i = 0; i < 4; i++) {
		fire(STEP);
		step(&m);
		step(&n);
	}
	expect_model(first, &m);
	expect_model(second, &n);
	bpf_link__destroy(link);
	fire(STEP);
	step(&n);
	expect_model(first, &m);
	expect_model(second, &n);
}
