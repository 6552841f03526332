// SPDX-License-Identifier: GPL-2.0
#include "pool.h"

#define GRANULES 64
#define TOP (REX_POOL_LEVELS - 1)
#define FULL (~0ul)
/* A larger block is taken from the level above. */
#define MAX_GRANULES 48
/* After this many chunks without room for a block, another chunk is opened for it. */
#define PROBES 32

/* A block has @nr granules of a chunk of @level, aligned to @align. */
struct shape {
	u32 level;
	u32 nr;
	u32 align;
};

struct place {
	struct rex_pool_level *level;
	u32 chunk;
	u32 first;
};

static const u8 granule_shift[REX_POOL_LEVELS] = { 4, 10, 16 };

static u32 pool_granules_of(size_t size, u32 level)
{
	return (size + (1ul << granule_shift[level]) - 1) >>
	       granule_shift[level];
}

static u32 pool_max_granules(u32 level)
{
	return level == TOP ? GRANULES : MAX_GRANULES;
}

static bool pool_find_shape(struct shape *shape, size_t size, size_t align)
{
	u32 level = 0;

	if (!size || size > REX_POOL_MAX || !align ||
	    align > REX_POOL_MAX_ALIGN || (align & (align - 1)))
		return false;
	while (pool_granules_of(size, level) > pool_max_granules(level) ||
	       (align >> granule_shift[level]) >= GRANULES)
		level++;
	shape->level = level;
	shape->nr = pool_granules_of(size, level);
	shape->align = align >> granule_shift[level] ?: 1;
	return true;
}

size_t rex_pool_size(size_t size, size_t align)
{
	struct shape shape;

	if (!pool_find_shape(&shape, size, align))
		return 0;
	return (size_t)shape.nr << granule_shift[shape.level];
}

/* Returns a mask of @nr granules, from 1 to GRANULES. */
static unsigned long pool_row(u32 first, u32 nr)
{
	return (FULL >> (GRANULES - nr)) << first;
}

/* ---- moves of room between two levels ---- */

/*
 * Interrupts are off, so that only an NMI and programs at hooks in here make a move last. The
 * count of the CPU changes after the count of all CPUs at the beginning, and before it at the
 * end: an NMI in between takes a move of its own CPU for one of another.
 */
static unsigned long pool_begin_move(struct rex_pool *pool,
				     struct rex_pool_cpu *cpu)
{
	unsigned long flags;

	raw_local_irq_save(flags);
	atomic_inc(&pool->moves.begun);
	atomic_inc(&cpu->moves.begun);
	/* The room disappears after that. */
	smp_mb__after_atomic();
	return flags;
}

static void pool_end_move(struct rex_pool *pool, struct rex_pool_cpu *cpu,
			  unsigned long flags)
{
	/* The room appears before that. */
	smp_mb__before_atomic();
	atomic_inc(&cpu->moves.ended);
	atomic_inc(&pool->moves.ended);
	raw_local_irq_restore(flags);
}

/* Moves that have begun, and had not ended when @ended was read. */
static u32 pool_moves_since(const struct rex_pool_moves *moves, u32 ended)
{
	return (u32)atomic_read(&moves->begun) - ended;
}

static u32 pool_moves_now(const struct rex_pool_moves *moves)
{
	return pool_moves_since(moves, atomic_read(&moves->ended));
}

bool rex_pool_others_move(const struct rex_pool *pool,
			  const struct rex_pool_cpu *cpu)
{
	return pool_moves_now(&pool->moves) != pool_moves_now(&cpu->moves);
}

/* ---- one chunk ---- */

/* Return the first of @nr bits in a row that are set in @free, or -1. */
static int pool_find_row(unsigned long free, u32 nr, u32 align)
{
	u32 len = 1;

	/* Bit i of free says that the bits from i to i + len - 1 were set. */
	while (len < nr && free) {
		u32 more = min(len, nr - len);

		free &= free >> more;
		len += more;
	}
	if (align > 1)
		free &= FULL / pool_row(0, align);
	return free ? (int)__ffs(free) : -1;
}

static void pool_note_room(struct rex_pool_level *l, u32 chunk)
{
	if (!test_bit(chunk, l->open))
		set_bit(chunk, l->open);
}

/*
 * The chunk was full, or closed. If another CPU has made room in it since then, and has
 * seen the bit before it was cleared, this CPU sees the room: both have a barrier between
 * their store and their load. Until the bit is set again, the room counts as moving.
 */
static void pool_note_full(struct rex_pool *pool, struct rex_pool_level *l,
			   u32 chunk, struct rex_pool_cpu *cpu)
{
	unsigned long flags;

	if (!test_bit(chunk, l->open))
		return;
	flags = pool_begin_move(pool, cpu);
	clear_bit(chunk, l->open);
	/* pairs with the barrier in pool_give_back() */
	smp_mb__after_atomic();
	if (READ_ONCE(l->used[chunk]) != FULL)
		set_bit(chunk, l->open);
	pool_end_move(pool, cpu, flags);
}

/* Take a row of granules. Return: the first one, or -1. */
static int pool_take(struct rex_pool *pool, u32 chunk, const struct shape *s,
		     struct rex_pool_cpu *cpu)
{
	struct rex_pool_level *l = &pool->level[s->level];
	unsigned long old = READ_ONCE(l->used[chunk]), next;
	int first;

	do {
		first = pool_find_row(~old, s->nr, s->align);
		if (first < 0)
			break;
		next = old | pool_row(first, s->nr);
	} while (!try_cmpxchg(&l->used[chunk], &old, next));
	if (first < 0 ? old == FULL : next == FULL)
		pool_note_full(pool, l, chunk, cpu);
	return first;
}

/* ---- all chunks of a level ---- */

/*
 * Take from one of the open chunks. At most @probes of them are tried, beginning with
 * the last one that had room. Return: chunk * GRANULES + granule, or -1.
 */
static s64 pool_take_open(struct rex_pool *pool, const struct shape *s,
			  struct rex_pool_cpu *cpu, u32 *probes)
{
	struct rex_pool_level *l = &pool->level[s->level];
	u32 *hint = &cpu->hint[s->level];
	u32 words = (l->nr + GRANULES - 1) / GRANULES;
	u32 start = READ_ONCE(*hint) % l->nr;
	u32 i;

	for (i = 0; i <= words; i++) {
		u32 word = (start / GRANULES + i) % words;
		unsigned long open = READ_ONCE(l->open[word]);

		if (!i)
			open &= FULL << (start % GRANULES);
		for (; open; open &= open - 1) {
			u32 chunk = word * GRANULES + __ffs(open);
			int first = pool_take(pool, chunk, s, cpu);

			if (first >= 0) {
				WRITE_ONCE(*hint, chunk);
				return (s64)chunk * GRANULES + first;
			}
			if (!--*probes)
				return -1;
		}
	}
	return -1;
}

static s64 pool_take_granules(struct rex_pool *pool, const struct shape *s,
			      struct rex_pool_cpu *cpu);

/*
 * Returns whether a level above may have room. Room that another CPU moves is not seen: its move
 * counts. So a heap that is full makes no moves, for which others would wait.
 */
static bool pool_may_have_room_above(const struct rex_pool *pool, u32 level)
{
	u32 i;

	while (++level <= TOP)
		for (i = 0;
		     i < (pool->level[level].nr + GRANULES - 1) / GRANULES; i++)
			if (READ_ONCE(pool->level[level].open[i]))
				return true;
	return false;
}

/* Open a chunk and take the row from it. */
static s64 pool_take_new(struct rex_pool *pool, const struct shape *s,
			 struct rex_pool_cpu *cpu)
{
	struct rex_pool_level *l = &pool->level[s->level];
	struct shape one = { .level = s->level + 1, .nr = 1, .align = 1 };
	unsigned long flags;
	s64 chunk;

	if (!pool_may_have_room_above(pool, s->level))
		return -1;
	flags = pool_begin_move(pool, cpu);
	chunk = pool_take_granules(pool, &one, cpu);
	if (chunk >= 0) {
		/* No other CPU takes from the chunk until the word has room. */
		smp_store_release(&l->used[chunk], pool_row(0, s->nr));
		set_bit(chunk, l->open);
		WRITE_ONCE(cpu->hint[s->level], chunk);
	}
	pool_end_move(pool, cpu, flags);
	return chunk < 0 ? -1 : chunk * GRANULES;
}

static s64 pool_take_granules(struct rex_pool *pool, const struct shape *s,
			      struct rex_pool_cpu *cpu)
{
	u32 probes = PROBES;
	s64 granule;

	granule = pool_take_open(pool, s, cpu, &probes);
	if (granule < 0)
		granule = pool_take_new(pool, s, cpu);
	if (granule < 0 && !probes) {
		probes = pool->level[s->level].nr;
		granule = pool_take_open(pool, s, cpu, &probes);
	}
	return granule;
}

/*
 * Try to take, and find out whether another CPU moved room when there was none. A move
 * that this code has interrupted on its own CPU does not count, since it cannot end
 * before this code does. The order of the loads may make an NMI between them look like
 * another CPU, but it does not hide another CPU.
 */
static s64 pool_take_unless_moving(struct rex_pool *pool, const struct shape *s,
				   struct rex_pool_cpu *cpu)
{
	u32 ended = atomic_read(&pool->moves.ended);
	u32 ended_here = atomic_read(&cpu->moves.ended);
	u32 moves_here;
	s64 granule;

	/* A move that has ended since then counts, however early it began. */
	smp_rmb();
	granule = pool_take_granules(pool, s, cpu);
	if (granule >= 0)
		return granule;
	/* A move that took the room before it was looked for has begun. */
	smp_rmb();
	moves_here = pool_moves_since(&cpu->moves, ended_here);
	/* An NMI here counts as another CPU. */
	smp_rmb();
	return pool_moves_since(&pool->moves, ended) == moves_here ?
		       REX_POOL_FULL :
		       REX_POOL_MOVING;
}

static void pool_give_back(struct rex_pool *pool, u32 level, u32 chunk,
			   unsigned long bits, struct rex_pool_cpu *cpu)
{
	struct rex_pool_level *l = &pool->level[level];
	unsigned long old = READ_ONCE(l->used[chunk]), next;
	unsigned long flags = 0;
	bool moves = false;

	do {
		next = old & ~bits;
		if (!next && level < TOP) {
			next = FULL;
			if (!moves)
				flags = pool_begin_move(pool, cpu);
			moves = true;
		}
	} while (!try_cmpxchg(&l->used[chunk], &old, next));
	if (next != FULL) {
		/* pairs with pool_note_full(): the room is visible before the bit is read */
		smp_mb__after_atomic();
		pool_note_room(l, chunk);
	} else {
		/* The chunk is closed; before that, others stop looking for room in it. */
		pool_note_full(pool, l, chunk, cpu);
		pool_give_back(pool, level + 1, chunk / GRANULES,
			       1ul << (chunk % GRANULES), cpu);
	}
	if (moves)
		pool_end_move(pool, cpu, flags);
}

/* ---- blocks ---- */

s64 rex_pool_alloc(struct rex_pool *pool, size_t size, size_t align,
		   struct rex_pool_cpu *cpu)
{
	struct rex_pool_level *l;
	struct shape shape;
	s64 granule;

	if (!pool_find_shape(&shape, size, align))
		return REX_POOL_FULL;
	granule = pool_take_unless_moving(pool, &shape, cpu);
	if (granule < 0)
		return granule;
	l = &pool->level[shape.level];
	set_bit(granule + shape.nr - 1, l->ends);
	set_bit(granule, l->starts);
	return granule << granule_shift[shape.level];
}

/*
 * Returns whether a block of @shape can be at @offset; if so, *@place is that
 * place. @pool is not changed; the caller may change it by *@place.
 */
static bool pool_find_place(const struct rex_pool *pool, u64 offset,
			    const struct shape *shape, struct place *place)
{
	u32 shift = granule_shift[shape->level];
	u64 granule = offset >> shift;

	if (offset >= pool->size || offset != granule << shift)
		return false;
	place->level = (struct rex_pool_level *)&pool->level[shape->level];
	place->chunk = granule / GRANULES;
	place->first = granule % GRANULES;
	return place->chunk < place->level->nr &&
	       place->first + shape->nr <= GRANULES;
}

/*
 * Returns whether the first end of a block at or after the place is where it
 * has to be.
 */
static bool pool_ends_there(const struct place *place, u32 nr)
{
	unsigned long ends = READ_ONCE(place->level->ends[place->chunk]);

	return (ends & pool_row(place->first, nr)) ==
	       1ul << (place->first + nr - 1);
}

bool rex_pool_is(const struct rex_pool *pool, u64 offset, size_t size,
		 size_t align)
{
	struct shape shape;
	struct place place;

	return pool_find_shape(&shape, size, align) &&
	       pool_find_place(pool, offset, &shape, &place) &&
	       test_bit(place.chunk * GRANULES + place.first,
			place.level->starts) &&
	       pool_ends_there(&place, shape.nr);
}

/*
 * A second free of a block fails, as only one of the two finds the bit in
 * @starts. A program that frees a block twice while another run allocates it
 * may free a part of its other blocks; it harms only itself.
 */
bool rex_pool_free(struct rex_pool *pool, u64 offset, size_t size, size_t align,
		   struct rex_pool_cpu *cpu)
{
	struct shape shape;
	struct place place;
	u64 bit;

	if (!pool_find_shape(&shape, size, align) ||
	    !pool_find_place(pool, offset, &shape, &place) ||
	    !pool_ends_there(&place, shape.nr))
		return false;
	bit = place.chunk * GRANULES + place.first;
	if (!test_and_clear_bit(bit, place.level->starts))
		return false;
	clear_bit(bit + shape.nr - 1, place.level->ends);
	pool_give_back(pool, shape.level, place.chunk,
		       pool_row(place.first, shape.nr), cpu);
	return true;
}

/* ---- the bitmaps ---- */

static u32 pool_nr_chunks(size_t size, u32 level)
{
	size_t chunk = (size_t)GRANULES << granule_shift[level];

	return (size + chunk - 1) / chunk;
}

static size_t pool_open_words(u32 nr)
{
	return (nr + GRANULES - 1) / GRANULES;
}

size_t rex_pool_account_size(size_t size)
{
	size_t words = 0;
	u32 level;

	for (level = 0; level < REX_POOL_LEVELS; level++) {
		u32 nr = pool_nr_chunks(size, level);

		words += 3 * (size_t)nr + pool_open_words(nr);
	}
	return words * sizeof(unsigned long);
}

/*
 * All chunks are closed at first, except a chunk that is not a whole granule of the level
 * above. That one stays open, and its granules that do not exist are marked as in use.
 */
static void pool_init_level(struct rex_pool_level *l, size_t size, u32 level)
{
	u32 nr = size >> granule_shift[level];
	u32 i;

	for (i = 0; i < l->nr; i++) {
		u32 exist = min(nr - i * GRANULES, (u32)GRANULES);
		bool closed = level < TOP && exist == GRANULES;

		l->used[i] = FULL;
		if (exist && !closed) {
			l->used[i] = exist < GRANULES ? FULL << exist : 0;
			set_bit(i, l->open);
		}
	}
}

void rex_pool_init(struct rex_pool *pool, size_t size, void *account)
{
	unsigned long *words = account;
	u32 i;

	memset(account, 0, rex_pool_account_size(size));
	pool->size = size;
	for (i = 0; i < REX_POOL_LEVELS; i++) {
		struct rex_pool_level *l = &pool->level[i];

		l->nr = pool_nr_chunks(size, i);
		l->used = words;
		l->starts = l->used + l->nr;
		l->ends = l->starts + l->nr;
		l->open = l->ends + l->nr;
		words = l->open + pool_open_words(l->nr);
		pool_init_level(l, size, i);
	}
}
