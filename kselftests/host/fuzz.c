// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz SEED ROUNDS: load objects that are broken at random, under ASan and
 * UBSan. Each round takes an object of the corpus, changes it in up to 8 places
 * and loads it; the same seed makes the same objects. A crash is repeated, alone,
 * by `fuzz SEED ROUNDS FIRST`, which skips the rounds before FIRST.
 */
#include "cases.h"
#include "demangle.h"
#include "load.h"
#include "test.h"

#define MAX_BASES 256

static struct bytes bases[MAX_BASES];
static size_t nr_bases;

/* xorshift64*: the same on every machine. */
static u64 state;

static u64 rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

static u64 below(u64 n)
{
	return n ? rnd() % n : 0;
}

static u64 edge_value(const struct bytes *f)
{
	static const u64 values[] = {
		0,	1,	    2,		4,	    8,
		0xff,	0x7fffffff, 0x80000000, 0xffffffff, 1ull << 63,
		-1ull,	-4ull,	    0xff00,	0xfff1,	    0xfff2,
		0xffff, 4096,	    4097,	24,	    64,
	};

	switch (below(4)) {
	case 0:
		return f->size + below(3) - 1;
	case 1:
		return below(f->size);
	default:
		return values[below(ARRAY_SIZE(values))];
	}
}

/* Offset of a random field: in a header, a symbol, a relocation, anywhere. */
static size_t random_field(const struct bytes *f)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)f->data;
	const Elf64_Shdr *sh;
	size_t at;

	if (f->size < sizeof(*eh) || eh->e_shoff > f->size ||
	    eh->e_shnum * sizeof(*sh) > f->size - eh->e_shoff || !eh->e_shnum ||
	    !IS_ALIGNED(eh->e_shoff, 8))
		return below(f->size);
	switch (below(8)) {
	case 0:
		return below(sizeof(*eh));
	case 1:
	case 2:
		return eh->e_shoff + below(eh->e_shnum * sizeof(*sh));
	default: /* in a section: each is as likely, however long */
		sh = (const Elf64_Shdr *)(f->data + eh->e_shoff) +
		     below(eh->e_shnum);
		at = sh->sh_offset + below(sh->sh_size);
		return at < f->size ? at : below(f->size);
	}
}

static void put_value(struct bytes *f)
{
	static const size_t sizes[] = { 1, 2, 4, 8 };
	size_t size = sizes[below(4)];
	size_t at = random_field(f) & ~(size - 1);
	u64 value = edge_value(f);

	if (at + size <= f->size)
		memcpy(f->data + at, &value, size);
}

static void copy_block(struct bytes *f)
{
	size_t from = random_field(f) & ~7ull, to = random_field(f) & ~7ull;
	size_t size = 8 * (1 + below(8));

	if (from + size <= f->size && to + size <= f->size)
		memmove(f->data + to, f->data + from, size);
}

static void mutate(struct bytes *f)
{
	size_t at;

	if (!f->size)
		return;
	at = random_field(f);
	switch (below(16)) {
	case 0 ... 3:
		f->data[at] ^= 1u << below(8);
		break;
	case 4 ... 5:
		f->data[at] = rnd();
		break;
	case 6 ... 7:
		f->data[at] += below(2) ? 1 : -1;
		break;
	case 8 ... 11:
		put_value(f);
		break;
	case 12 ... 14:
		copy_block(f);
		break;
	default:
		if (!below(8))
			f->size = below(f->size);
	}
}

static void fuzz_demangle(void)
{
	static const char alphabet[] = "_ZNRvCs0123456789abfhE$.uLTGFSP";
	char sym[64], out[32];
	size_t i, len = below(sizeof(sym));

	for (i = 0; i < len; i++)
		sym[i] = alphabet[below(sizeof(alphabet) - 1)];
	if (len > 3 && below(2))
		memcpy(sym, below(2) ? "_ZN" : "_RN", 3);
	sym[len] = '\0';
	rex_demangle(sym, out, 1 + below(sizeof(out)));
}

/* Returns whether the object of this round was accepted. */
static bool fuzz_round(u64 seed, u64 round)
{
	static char log_text[512];
	struct bytes file = {};
	struct rex_log log;
	struct loaded l;
	const struct bytes *base;
	unsigned int n;
	int err;

	state = (seed + 1) * 0x9e3779b97f4a7c15ull +
		round * 0xbf58476d1ce4e5b9ull;
	state |= !state;
	rnd();
	base = &bases[below(nr_bases)];
	bytes_append(&file, base->data, base->size);
	for (n = below(9); n; n--)
		mutate(&file);

	rex_log_init(&log, log_text, below(sizeof(log_text)), below(3));
	err = load(&l, &file, &log);
	if (!err)
		unload(&l);
	else if (err != -ENOEXEC && err != -EPROTO)
		fail("seed %llu round %llu: error %d", seed, round, err);
	else if (log.level && !log.len)
		fail("seed %llu round %llu: no reason", seed, round);
	free(file.data);
	fuzz_demangle();
	return !err;
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
	u64 seed, rounds, round, accepted = 0;
	size_t i;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s SEED ROUNDS [FIRST]\n", argv[0]);
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	rounds = strtoull(argv[2], NULL, 0);
	round = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;

	plan(1);
	make_bases();
	for (; round < rounds; round++)
		accepted += fuzz_round(seed, round);
	printf("# seed %llu: %llu rounds, %llu objects accepted\n", seed,
	       rounds, accepted);
	if (rounds >= 1000 && !accepted)
		fail("no object is accepted: the changes are too wild");
	for (i = 0; i < nr_bases; i++)
		free(bases[i].data);
	report(!has_failed(), "broken_objects_do_no_harm");
	return summary();
}
