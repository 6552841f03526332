// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that do a thing many times (rex_soak.h).
 */
#include <sys/prctl.h>

#include "rex_soak.h"

#define STEP_SECONDS 240
#define SHOWN 20

/* The count is one of the environment. */
static bool told;

static unsigned long long number_of(const char *name, unsigned long long other)
{
	char variable[64];
	const char *text;

	snprintf(variable, sizeof(variable), "SOAK_%s", name);
	text = getenv(variable);
	return text && *text ? strtoull(text, NULL, 0) : other;
}

unsigned long soak_count(const char *name, unsigned long few)
{
	unsigned long count = number_of(name, 0);

	told = count > 0;
	if (!told)
		return few;
	alarm(STEP_SECONDS * ksft_slower());
	return count;
}

unsigned long long soak_seed(void)
{
	return number_of("SEED", 1);
}

/* The kernel would make huge pages of the test's own memory, at a time of its choice. */
struct soak soak_begin(const char *what, unsigned long wanted)
{
	ASSERT(!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	return (struct soak){ .what = what,
			      .wanted = wanted,
			      .began_ms = ksft_ms() };
}

static void show(const char *word, const struct soak *soak, unsigned long done)
{
	long ms = ksft_ms() - soak->began_ms;

	ksft_note("%s%lu of %lu %s in %ld s, %lu a second", word, done,
		  soak->wanted, soak->what, ms / 1000,
		  ms ? done * 1000 / ms : 0);
}

/* The harness's limit of time stays where the count is the short one. */
void soak_step(struct soak *soak, unsigned long done)
{
	if (told)
		alarm(STEP_SECONDS * ksft_slower());
	if (done * SHOWN / soak->wanted == soak->shown)
		return;
	soak->shown = done * SHOWN / soak->wanted;
	show("", soak, done);
}

void soak_end(const struct soak *soak, unsigned long done)
{
	show("done: ", soak, done);
}

/* ---- memory ---- */

#define VMALLOC 1
#define STACKS 3
#define AVAILABLE 4

/*
 * The numbers of /proc/meminfo vary by this much, however often a thing is done. Workers of
 * the kernel come and go, each with a stack of 16 kB in vmalloc's memory.
 */
static const struct {
	const char *name;
	long sign, bound_kb;
} memory[NR_SOAK_MEMORY] = {
	{ "SUnreclaim", 1, 512 },
	[VMALLOC] = { "VmallocUsed", 1, 64 },
	/* It counts pages, which stay for maps of other sizes when those that shared them go. */
	{ "Percpu", 1, 128 },
	[STACKS] = { "KernelStack", 1, 256 },
	[AVAILABLE] = { "MemAvailable", -1, 4096 },
};

/*
 * Returns the free pages that CPUs keep in lists of their own. They are part of no number of
 * /proc/meminfo, and since Linux 6.7 they can be tens of megabytes.
 */
static long cpu_pages_kb(void)
{
	char *text = read_all("/proc/zoneinfo", NULL), *at = text;
	long pages = 0;

	while ((at = strstr(at, " count:"))) {
		at += strlen(" count:");
		pages += atol(at);
	}
	free(text);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct soak_memory read_memory(void)
{
	struct soak_memory now = { .symbols = count_symbols() };

	now.census = take_census();
	now.slabs = read_slab_caches();
	for (int i = 0; i < NR_SOAK_MEMORY; i++)
		now.kb[i] = meminfo_kb(memory[i].name);
	now.kb[VMALLOC] -= now.kb[STACKS];
	now.kb[AVAILABLE] += cpu_pages_kb();
	return now;
}

struct soak_memory soak_memory_with(long refs)
{
	await_references(refs, 60);
	/* RCU frees what it has in portions. */
	ksft_pause_ms(500);
	write_file("/proc/sys/vm/drop_caches", "3");
	ksft_pause_ms(100);
	shrink_slab_caches();
	return read_memory();
}

static bool same(const char *what, long before, long now)
{
	if (before == now)
		return true;
	ksft_note("%s: %ld were %ld", what, now, before);
	return false;
}

bool soak_is_flat(const struct soak_memory *before,
		  const struct soak_memory *now)
{
	const struct census *b = &before->census, *n = &now->census;
	bool flat = true;

	flat &= same("references on rex", b->module_refs, n->module_refs);
	flat &= same("BPF programs", b->programs, n->programs);
	flat &= same("maps", b->maps, n->maps);
	flat &= same("links", b->links, n->links);
	flat &= same("areas of rex in vmalloc's memory", b->areas, n->areas);
	flat &= same("symbols of images", before->symbols, now->symbols);
	for (int i = 0; i < NR_SOAK_MEMORY; i++) {
		long grown = (now->kb[i] - before->kb[i]) * memory[i].sign;
		long bound =
			meminfo_slack_kb(memory[i].name, memory[i].bound_kb);

		ksft_note("%s: %ld kB, before %ld kB; may be %ld kB %s%s",
			  memory[i].name, now->kb[i], before->kb[i], bound,
			  memory[i].sign > 0 ? "more" : "less",
			  grown > bound ? ": not flat" : "");
		flat &= grown <= bound;
	}
	if (!flat)
		show_slab_growth(before->slabs, now->slabs);
	return flat;
}

/* The kernel may need half a minute to free what it frees later. */
static bool soak_becomes_flat(const struct soak_memory *before, long refs)
{
	struct soak_memory now;
	int tries = 0;

	do {
		if (tries)
			ksft_pause_ms(5000);
		now = soak_memory_with(refs);
	} while (!soak_is_flat(before, &now) && ++tries < 6);
	return tries < 6;
}

bool soak_stays_flat(struct soak *soak, soak_portion_fn portion, long refs)
{
	int portions = told ? 10 : 2;
	struct soak_memory before;
	bool flat = true;

	for (int i = 1; i <= portions; i++) {
		portion(soak, soak->wanted * i / portions);
		if (i == 1)
			before = soak_memory_with(refs);
		else
			flat &= soak_becomes_flat(&before, refs);
	}
	if (told)
		show_slab_growth(before.slabs, read_slab_caches());
	return flat;
}
