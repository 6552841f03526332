// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that need features of the CPU (programs/cpu_features): they compute what plain
 * ones do, and are refused where the CPU lacks a feature. The module pretends that here; on
 * a CPU that lacks one (REX_CPU=max,-bmi2 for scripts/vm), the refusal is all that is expected.
 */
#include "rex_tool.h"
#include "names/cpu_features.h"

#define PLAIN "cpu_features"
#define ALL "cpu_features_all"
#define LACKING "lacking"

/* The names are rustc's, and those of /proc/cpuinfo. */
static const struct feature {
	unsigned int bit;
	const char *name;
	const char *flag;
} features[] = {
	{ REX_CPU_POPCNT, "popcnt", "popcnt" },
	{ REX_CPU_LZCNT, "lzcnt", "abm" },
	{ REX_CPU_BMI1, "bmi1", "bmi1" },
	{ REX_CPU_BMI2, "bmi2", "bmi2" },
	{ REX_CPU_MOVBE, "movbe", "movbe" },
};

#define NR_FEATURES (sizeof(features) / sizeof(features[0]))
#define ALL_FEATURES ((1u << NR_FEATURES) - 1)

/* Returns the features that the kernel has found. */
static unsigned int found_features(void)
{
	char *text = read_all("/proc/cpuinfo", NULL), word[32];
	char *flags = strstr(text, "\nflags"), *end;
	unsigned int found = 0;

	ASSERT(flags);
	end = strchr(flags + 1, '\n');
	ASSERT(end);
	strcpy(end, " "); /* there is text after it */
	for (size_t i = 0; i < NR_FEATURES; i++) {
		snprintf(word, sizeof(word), " %s ", features[i].flag);
		if (strstr(flags, word))
			found |= features[i].bit;
	}
	free(text);
	return found;
}

/* Expects that the object is refused, with the names of the features that are missing. */
static void expect_refused(const char *name, unsigned int missing)
{
	struct rex_obj *obj = open_object(name, NULL);
	char names[128] = "";

	for (size_t i = 0; i < NR_FEATURES; i++) {
		if (!(missing & features[i].bit))
			continue;
		if (names[0])
			strcat(names, ", ");
		strcat(names, features[i].name);
	}
	strcat(names, ";");
	EXPECT_EQ(rex_obj_load_opened(obj), -ENOEXEC);
	EXPECT(strstr(rex_last_error(), "features that this CPU lacks"));
	EXPECT(strstr(rex_last_error(), names));
	ksft_note("%s", rex_last_error());
	rex_obj_close(obj);
}

static void ask(struct rex_obj *obj, __u64 x, __u64 y, __u64 *answers)
{
	__u64 args[12] = { x, y };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = sizeof(args));
	int fd = bpf_program__fd(program(obj, "answer_all"));

	ASSERT(!bpf_prog_test_run_opts(fd, &opts));
	ASSERT_EQ(opts.retval, 0);
	for (__u32 i = 0; i < NR_ANSWERS; i++)
		ASSERT(!bpf_map_lookup_elem(map_fd(obj, "ANSWERS"), &i,
					    &answers[i]));
}

/* ---- what the answers are ---- */

static int ones(__u64 x)
{
	int n = 0;

	for (; x; x >>= 1)
		n += x & 1;
	return n;
}

static int trailing(__u64 x, int bits)
{
	int n = 0;

	while (n < bits && !(x >> n & 1))
		n++;
	return n;
}

static int leading(__u64 x, int bits)
{
	int n = 0;

	while (n < bits && !(x >> (bits - 1 - n) & 1))
		n++;
	return n;
}

static __u64 swapped(__u64 x, int bytes)
{
	__u64 result = 0;

	for (int i = 0; i < bytes; i++)
		result = result << 8 | (x >> 8 * i & 0xff);
	return result;
}

static void expect(__u64 x, __u64 y, __u64 *a)
{
	int bits = y & 63;
	__u64 lowest = x ? 1ull << trailing(x, 64) : 0;

	a[ONES] = ones(x);
	a[ONES_32] = ones((__u32)x);
	a[ONES_16] = ones((__u16)x);
	a[LEADING] = leading(x, 64);
	a[LEADING_32] = leading((__u32)x, 32);
	a[LEADING_16] = leading((__u16)x, 16);
	a[TRAILING] = trailing(x, 64);
	a[TRAILING_32] = trailing((__u32)x, 32);
	a[TRAILING_16] = trailing((__u16)x, 16);
	/* of the bytes of x, again and again */
	a[SWAPPED] = swapped(x, 8);
	a[SWAPPED_32] = swapped(x, 4);
	a[SWAPPED_16] = swapped(x >> 32, 2);
	a[STORED] = swapped(x, 8);
	a[AND_NOT] = x & ~y;
	a[WITHOUT_LOWEST] = x & ~lowest;
	a[UP_TO_LOWEST] = x ? lowest | (lowest - 1) : ~0ull;
	a[LOWEST] = lowest;
	a[FIRST_BITS] = x & ((1ull << bits) - 1);
	a[PRODUCT_HIGH] = ((__uint128_t)x * y) >> 64;
	a[ROTATED] = x >> 13 | x << 51;
	a[SHIFTED_LEFT] = x << bits;
	a[SHIFTED_RIGHT] = x >> bits;
	a[SHIFTED_SIGNED] = (__s64)x >> bits;
	a[FIELD] = x >> bits & ((1ull << (y >> 58)) - 1);
}

/* The numbers with 0 among them tell tzcnt from bsf, and lzcnt from bsr. */
static void expect_answers(const char *name)
{
	static const __u64 numbers[] = {
		0,
		1,
		0x80,
		0x8000,
		0x10000,
		0xffffffff,
		1ull << 63,
		~0ull,
		0x0123456789abcdef,
		0xfedcba9876543210,
		0x5500aa00ff00f00f,
	};
	const size_t nr = sizeof(numbers) / sizeof(numbers[0]);
	struct rex_obj *obj = load_object(name);
	__u64 wanted[NR_ANSWERS], answers[NR_ANSWERS];

	for (size_t i = 0; i < nr * nr; i++) {
		__u64 x = numbers[i / nr], y = numbers[i % nr];

		expect(x, y, wanted);
		ask(obj, x, y, answers);
		for (int k = 0; k < NR_ANSWERS; k++) {
			if (answers[k] != wanted[k])
				ksft_note("%s: answer %d of %llx, %llx", name,
					  k, x, y);
			EXPECT_EQ(answers[k], wanted[k]);
		}
	}
	EXPECT_EQ(prog_info(obj, "answer_all").faults, 0);
	rex_obj_close(obj);
}

TEST(plain_object_computes)
{
	expect_answers(PLAIN);
}

TEST(object_with_features_computes_the_same)
{
	unsigned int missing = ALL_FEATURES & ~found_features();

	if (missing)
		expect_refused(ALL, missing);
	else
		expect_answers(ALL);
}

TEST(missing_feature_is_named)
{
	unsigned int missing = ALL_FEATURES & ~found_features();

	for (size_t i = 0; i < NR_FEATURES; i++) {
		set_module_parameter(LACKING, features[i].bit);
		expect_refused(ALL, missing | features[i].bit);
		rex_obj_close(load_object(PLAIN));
	}
	set_module_parameter(LACKING, ALL_FEATURES);
	expect_refused(ALL, ALL_FEATURES);
	rex_obj_close(load_object(PLAIN));
	set_module_parameter(LACKING, 0);
}
