// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz SEED OBJECTS [FIRST]: load objects that are broken at random, under ASan and UBSan.
 * Each takes an object of the corpus, changes it in up to 8 places (mutate.h), loads it, and
 * checks its code. The same seed makes the same objects. FIRST, which is 0 by default, is
 * the number of the first one, so that a failure is repeated alone.
 */
#include "cases.h"
#include "demangle.h"
#include "mutate.h"
#include "runtime.h"
#include "test.h"

#define MAX_BASES 256

static struct bytes bases[MAX_BASES];
static size_t nr_bases;

static void fuzz_demangle(struct mutator *m)
{
	static const char alphabet[] = "_ZNRvCs0123456789abfhE$.uLTGFSP";
	char sym[64], out[32];
	size_t i, len = mutator_below(m, sizeof(sym));

	for (i = 0; i < len; i++)
		sym[i] = alphabet[mutator_below(m, sizeof(alphabet) - 1)];
	if (len > 3 && mutator_below(m, 2))
		memcpy(sym, mutator_below(m, 2) ? "_ZN" : "_RN", 3);
	sym[len] = '\0';
	rex_demangle(sym, out, 1 + mutator_below(m, sizeof(out)));
}

static u64 nr_accepted;

static void fuzz_object(u64 seed, u64 number)
{
	static char log_text[512];
	struct mutator state, *m = &state;
	struct bytes file = {};
	struct rex_log log;
	struct loaded l;
	const struct bytes *base;
	unsigned int n;
	int err;

	mutator_begin(m, seed, number);
	base = &bases[mutator_below(m, nr_bases)];
	bytes_append(&file, base->data, base->size);
	m->data = file.data;
	m->size = file.size;
	for (n = mutator_below(m, 9); n; n--)
		mutate(m);
	file.size = m->size;

	rex_log_init(&log, log_text, mutator_below(m, sizeof(log_text)),
		     mutator_below(m, 3));
	err = load_checked(&l, &file, &log);
	if (!err) {
		nr_accepted++;
		unload(&l);
	} else if (err != -ENOEXEC && err != -EPROTO) {
		fail("seed %llu object %llu: error %d", seed, number, err);
	} else if (log.level && !log.len) {
		fail("seed %llu object %llu: no reason", seed, number);
	}
	free(file.data);
	fuzz_demangle(m);
}

/* Bases: every valid object, some broken ones, and real ones if given. */
static void make_bases(void)
{
	const char *real = getenv("REX_HELLO");
	size_t i, k;

	for (k = 0; k < valid_cases.nr; k++)
		bases[nr_bases++] = make_case(&valid_cases.cases[k]);
	for (i = 0; all_cases[i]; i++)
		for (k = 0; k < all_cases[i]->nr; k += 9)
			if (!all_cases[i]->cases[k].host_only)
				bases[nr_bases++] =
					make_case(&all_cases[i]->cases[k]);
	if (real && read_file(real, &bases[nr_bases]))
		nr_bases++;
}

int main(int argc, char **argv)
{
	u64 seed, objects, first, i;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s SEED OBJECTS [FIRST]\n", argv[0]);
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	objects = strtoull(argv[2], NULL, 0);
	first = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;

	plan(1);
	make_bases();
	for (i = 0; i < objects && !has_failed(); i++)
		fuzz_object(seed, first + i);
	printf("# seed %llu: %llu objects of %zu bases, %llu accepted\n", seed,
	       i, nr_bases, nr_accepted);
	if (objects >= 1000 && !nr_accepted)
		fail("no object is accepted: the changes are too wild");
	if (objects >= 1000 && nr_accepted == i)
		fail("each object is accepted: the changes are too tame");
	for (i = 0; i < nr_bases; i++)
		free(bases[i].data);
	report(!has_failed(), "broken_objects_do_no_harm");
	return summary();
}
