// SPDX-License-Identifier: GPL-2.0
/* The bitmaps of a heap: pool.c. */
#include <pthread.h>
#include <sched.h>

#include "pool.h"
#include "test.h"

struct pool {
	struct rex_pool pool;
	struct rex_pool_cpu cpu;
	void *account;
	u8 *memory;
};

static struct pool *make_pool(size_t size)
{
	struct pool *p = calloc(1, sizeof(*p));

	p->account = malloc(rex_pool_account_size(size));
	p->memory = calloc(1, size);
	rex_pool_init(&p->pool, size, p->account);
	return p;
}

static void free_pool(struct pool *p)
{
	free(p->account);
	free(p->memory);
	free(p);
}

static s64 get(struct pool *p, size_t size, size_t align)
{
	s64 offset = rex_pool_alloc(&p->pool, size, align, &p->cpu);

	if (offset >= 0) {
		check(offset % align == 0);
		check((u64)offset + size <= p->pool.size);
		check(rex_pool_is(&p->pool, offset, size, align));
	}
	return offset;
}

static void put(struct pool *p, s64 offset, size_t size, size_t align)
{
	check(rex_pool_free(&p->pool, offset, size, align, &p->cpu));
}

/*
 * Returns the number of blocks of @size that there is room for; all are freed
 * again.
 */
static u32 count(struct pool *p, size_t size)
{
	u32 n = 0, room = p->pool.size / 16;
	s64 *offsets = malloc(room * sizeof(*offsets));

	while (n < room && (offsets[n] = get(p, size, 1)) >= 0)
		n++;
	for (u32 i = 0; i < n; i++)
		put(p, offsets[i * 7919ul % n], size, 1);
	free(offsets);
	return n;
}

static void blocks_take_whole_granules(void)
{
	check_int(rex_pool_size(1, 1), 16);
	check_int(rex_pool_size(16, 1), 16);
	check_int(rex_pool_size(17, 8), 32);
	check_int(rex_pool_size(768, 8), 768);
	check_int(rex_pool_size(769, 8), 1024);
	check_int(rex_pool_size(48 << 10, 8), 48 << 10);
	check_int(rex_pool_size((48 << 10) + 1, 8), 64 << 10);
	check_int(rex_pool_size(REX_POOL_MAX, 8), REX_POOL_MAX);
}

static void impossible_blocks_are_refused(void)
{
	struct pool *p = make_pool(8 << 20);

	check_int(get(p, 0, 1), -1);
	check_int(get(p, 1, 0), -1);
	check_int(get(p, 1, 3), -1);
	check_int(get(p, 1, 8192), -1);
	check_int(get(p, REX_POOL_MAX + 1ul, 1), -1);
	check_int(get(p, ~0ul, 1), -1);
	check_int(get(p, ~0ul, ~0ul), -1);
	check_int(rex_pool_size(0, 1), 0);
	check_int(rex_pool_size(~0ul, 1), 0);
	check_int(count(p, 1 << 20), 8);
	free_pool(p);
}

/* Pools of all kinds of sizes can be used completely. */
static void all_of_a_pool_can_be_used(void)
{
	static const size_t sizes[] = { 4096,	   8192,    61440,   65536,
					69632,	   1 << 20, 4 << 20, 4198400,
					(9 << 20), 12517376 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct pool *p = make_pool(sizes[i]);

		for (int round = 0; round < 2; round++) {
			check_int(count(p, 16), sizes[i] / 16);
			check_int(count(p, 1024), sizes[i] / 1024);
			check_int(count(p, 65536), sizes[i] / 65536);
			check_int(count(p, 4 << 20), sizes[i] / (4 << 20));
			/* 21 blocks fit in 1 KiB. */
			check_int(count(p, 48), sizes[i] / 1024 * 21);
		}
		free_pool(p);
	}
}

static void blocks_do_not_overlap(void)
{
	struct pool *p = make_pool(1 << 20);
	size_t size, n = 0;
	s64 offset;

	for (size = 1;; size = size * 5 / 3 % 9973 + 1) {
		offset = get(p, size, 1);
		if (offset < 0)
			break;
		for (size_t i = 0; i < size; i++)
			check(!p->memory[offset + i]);
		memset(p->memory + offset, 1, size);
		n++;
	}
	check(n > 100);
	free_pool(p);
}

static void alignments_are_kept(void)
{
	struct pool *p = make_pool(4 << 20);

	for (size_t align = 1; align <= REX_POOL_MAX_ALIGN; align *= 2)
		for (size_t size = 1; size < 100000; size = size * 3 + 1) {
			s64 a = get(p, size, align), b = get(p, size, align);

			check(a >= 0 && b >= 0);
			put(p, a, size, align);
			a = get(p, 5, 1);
			put(p, b, size, align);
			put(p, a, 5, 1);
		}
	check_int(count(p, 4 << 20), 1);
	free_pool(p);
}

static void only_a_block_is_freed(void)
{
	struct pool *p = make_pool(1 << 20);
	s64 a = get(p, 100, 8), b = get(p, 100, 8), c = get(p, 5000, 8);

	check(!rex_pool_free(&p->pool, a + 16, 100, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a + 1, 100, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a, 200, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a, 50, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a, 5000, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a, 0, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, a, 1024, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, c, 100, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, c, 4096, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, 1 << 20, 100, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, ~0ul, 100, 8, &p->cpu));
	check(!rex_pool_free(&p->pool, ~0ul - 15, 16, 8, &p->cpu));
	check(!rex_pool_is(&p->pool, a, 200, 8));
	check(!rex_pool_is(&p->pool, -1, 100, 8));
	put(p, a, 100, 8);
	check(!rex_pool_free(&p->pool, a, 100, 8, &p->cpu));
	put(p, b, 100, 8);
	check(!rex_pool_free(&p->pool, b, 100, 8, &p->cpu));
	put(p, c, 5000, 8);
	check(!rex_pool_free(&p->pool, c, 5000, 8, &p->cpu));
	check_int(count(p, 1024), 1024);
	free_pool(p);
}

static void reset_frees_all_blocks(void)
{
	struct pool *p = make_pool(1 << 20);

	while (get(p, 1000, 8) >= 0)
		;
	rex_pool_init(&p->pool, 1 << 20, p->account);
	check_int(count(p, 1 << 20), 1);
	free_pool(p);
}

/* ---- many threads, each with blocks of its own in one pool ---- */

#define THREADS 8
#define HELD 60
#define STEPS 60000

struct worker {
	pthread_t thread;
	struct pool *pool;
	struct rex_pool_cpu cpu;
	u64 random;
	u32 failed;
	u32 allocated;
	bool damaged;
};

struct held {
	s64 offset;
	u32 size;
	u8 pattern;
};

static u32 next(struct worker *w)
{
	w->random = w->random * 6364136223846793005ull + 1442695040888963407ull;
	return w->random >> 33;
}

static void take(struct worker *w, struct held *h)
{
	h->size = next(w) % (16u << next(w) % 9) + 1;
	h->pattern = next(w);
	h->offset = rex_pool_alloc(&w->pool->pool, h->size, 8, &w->cpu);
	if (h->offset < 0) {
		w->failed++;
		h->size = 0;
		return;
	}
	w->allocated++;
	memset(w->pool->memory + h->offset, h->pattern, h->size);
}

static void drop(struct worker *w, struct held *h)
{
	for (u32 i = 0; i < h->size; i++)
		w->damaged |= w->pool->memory[h->offset + i] != h->pattern;
	if (h->size &&
	    !rex_pool_free(&w->pool->pool, h->offset, h->size, 8, &w->cpu))
		w->damaged = true;
	h->size = 0;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct held held[HELD] = {};

	for (u32 i = 0; i < STEPS; i++) {
		struct held *h = &held[next(w) % HELD];

		if (h->size)
			drop(w, h);
		else
			take(w, h);
	}
	for (u32 i = 0; i < HELD; i++)
		drop(w, &held[i]);
	return NULL;
}

/* Half of the blocks that they try to hold fit. */
static void threads_share_a_pool_and_nothing_is_lost(void)
{
	static const size_t sizes[] = { 69632, 200 << 10, 16 << 20 };

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct pool *p = make_pool(sizes[s]);
		struct worker workers[THREADS] = {};
		u64 allocated = 0;

		for (u32 i = 0; i < THREADS; i++) {
			workers[i].pool = p;
			workers[i].random = i;
			check(!pthread_create(&workers[i].thread, NULL, work,
					      &workers[i]));
		}
		for (u32 i = 0; i < THREADS; i++) {
			pthread_join(workers[i].thread, NULL);
			check(!workers[i].damaged);
			allocated += workers[i].allocated;
			if (sizes[s] == 16 << 20)
				check_int(workers[i].failed, 0);
		}
		check(allocated > THREADS * STEPS / 8);
		check_int(count(p, 16), sizes[s] / 16);
		check_int(count(p, 65536), sizes[s] / 65536);
		free_pool(p);
	}
}

/*
 * One granule of the highest level has room for all blocks, but each block
 * opens a chunk and closes it, so the room is in transit most of the time.
 */
#define MOVERS 2
#define MOVES 300000

static void *move(void *arg)
{
	struct worker *w = arg;

	for (u32 i = 0; i < MOVES; i++) {
		s64 offset;

		/* The other thread may have no CPU. */
		do {
			offset =
				rex_pool_alloc(&w->pool->pool, 512, 8, &w->cpu);
		} while (offset == REX_POOL_MOVING && !sched_yield());

		if (offset < 0)
			w->failed++;
		else
			w->damaged |= !rex_pool_free(&w->pool->pool, offset,
						     512, 8, &w->cpu);
	}
	return NULL;
}

static void room_that_moves_is_reported(void)
{
	struct pool *p = make_pool(65536);
	struct worker movers[MOVERS] = {};

	for (u32 i = 0; i < MOVERS; i++) {
		movers[i].pool = p;
		check(!pthread_create(&movers[i].thread, NULL, move,
				      &movers[i]));
	}
	for (u32 i = 0; i < MOVERS; i++) {
		pthread_join(movers[i].thread, NULL);
		check(!movers[i].damaged);
		check_int(movers[i].failed, 0);
	}
	check_int(atomic_read(&p->pool.moves.begun),
		  atomic_read(&p->pool.moves.ended));
	check_int(count(p, 65536), 1);
	free_pool(p);
}

/* Two threads free the same block; one of them succeeds. */
struct rival {
	pthread_t thread;
	struct pool *pool;
	struct rex_pool_cpu cpu;
	pthread_barrier_t *barrier;
	s64 *offset;
	u32 freed;
};

#define DUELS 20000

static void *free_the_same(void *arg)
{
	struct rival *r = arg;

	for (u32 i = 0; i < DUELS; i++) {
		pthread_barrier_wait(r->barrier);
		r->freed += rex_pool_free(&r->pool->pool, *r->offset, 40, 8,
					  &r->cpu);
		pthread_barrier_wait(r->barrier);
	}
	return NULL;
}

static void one_of_two_frees_succeeds(void)
{
	struct pool *p = make_pool(65536);
	pthread_barrier_t barrier;
	struct rival rivals[2];
	s64 offset;

	pthread_barrier_init(&barrier, NULL, 3);
	for (u32 i = 0; i < 2; i++) {
		rivals[i] = (struct rival){ .pool = p,
					    .barrier = &barrier,
					    .offset = &offset };
		check(!pthread_create(&rivals[i].thread, NULL, free_the_same,
				      &rivals[i]));
	}
	for (u32 i = 0; i < DUELS; i++) {
		offset = get(p, 40, 8);
		pthread_barrier_wait(&barrier);
		pthread_barrier_wait(&barrier);
	}
	for (u32 i = 0; i < 2; i++)
		pthread_join(rivals[i].thread, NULL);
	check_int(rivals[0].freed + rivals[1].freed, DUELS);
	check_int(count(p, 65536), 1);
	pthread_barrier_destroy(&barrier);
	free_pool(p);
}

static const struct test tests[] = {
	{ "blocks_take_whole_granules", blocks_take_whole_granules },
	{ "impossible_blocks_are_refused", impossible_blocks_are_refused },
	{ "all_of_a_pool_can_be_used", all_of_a_pool_can_be_used },
	{ "blocks_do_not_overlap", blocks_do_not_overlap },
	{ "alignments_are_kept", alignments_are_kept },
	{ "only_a_block_is_freed", only_a_block_is_freed },
	{ "reset_frees_all_blocks", reset_frees_all_blocks },
	{ "threads_share_a_pool_and_nothing_is_lost",
	  threads_share_a_pool_and_nothing_is_lost },
	{ "room_that_moves_is_reported", room_that_moves_is_reported },
	{ "one_of_two_frees_succeeds", one_of_two_frees_succeeds },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
