/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool keeps track of the blocks of a piece of memory that are in use. It does not
 * look at the memory itself; a block is an offset and a size.
 *
 * Callers are programs, in any context and on all CPUs at once, and an NMI may
 * interrupt one of them anywhere and allocate, too. So there is no lock: granules are
 * claimed and given back by a cmpxchg of one word.
 *
 * The pool is divided on three levels. A chunk has 64 granules, a bit each in one
 * word, and a granule is a chunk of the level below:
 *
 *	level	granule	chunk	for blocks of
 *	0	16 B	1 KiB	up to 768 bytes
 *	1	1 KiB	64 KiB	up to 48 KiB
 *	2	64 KiB	4 MiB	up to 4 MiB
 *
 * A block is a row of granules of one chunk. A chunk of the levels 0 and 1 is
 * closed as long as nothing in it is in use: it looks full, and its memory is a
 * free granule one level above. When there is no room in the open chunks, a
 * granule is claimed above and opened; who gives back the last block of a chunk
 * closes it, and gives back its granule.
 *
 * While a CPU opens or closes a chunk, its room is on neither of the two levels: it
 * moves. An allocation that finds no room says whether another CPU moved some
 * meanwhile; then it may find room as soon as the move has ended. Interrupts are off
 * during a move.
 */
#ifndef REX_POOL_H
#define REX_POOL_H

#include "portable.h"

#define REX_POOL_LEVELS 3
/* The largest block, and the largest alignment. */
#define REX_POOL_MAX (4u << 20)
#define REX_POOL_MAX_ALIGN 4096

/* Results of rex_pool_alloc(). */
#define REX_POOL_FULL (-1)
#define REX_POOL_MOVING (-2)

/**
 * struct rex_pool_level - the chunks of one level
 * @nr:		how many
 * @used:	granules in use; all ones as well if the chunk is closed
 * @starts:	first granules of blocks
 * @ends:	last granules of blocks
 * @open:	a bit for each chunk: it may have room. Set too often at times;
 *		never clear for long if there is room.
 */
struct rex_pool_level {
	u32 nr;
	unsigned long *used;
	unsigned long *starts;
	unsigned long *ends;
	unsigned long *open;
};

/* The numbers of moves that have begun, and that have ended; both wrap. */
struct rex_pool_moves {
	atomic_t begun;
	atomic_t ended;
};

struct rex_pool {
	size_t size;
	struct rex_pool_moves moves;
	struct rex_pool_level level[REX_POOL_LEVELS];
};

/**
 * struct rex_pool_cpu - the part of a CPU, all 0 at first
 * @hint:	where the CPU found room last, for each level; any value does no harm
 * @moves:	those of this CPU, which @moves of struct rex_pool include
 */
struct rex_pool_cpu {
	u32 hint[REX_POOL_LEVELS];
	struct rex_pool_moves moves;
};

/* Bytes that the account of a pool of @size bytes, whole pages, needs. */
size_t rex_pool_account_size(size_t size);

/**
 * rex_pool_init() - nothing is in use
 * @pool:	the pool
 * @size:	of the pool, whole pages
 * @account:	rex_pool_account_size() bytes
 *
 * Only the caller uses @pool at that time.
 */
void rex_pool_init(struct rex_pool *pool, size_t size, void *account);

/* Bytes that a block takes; 0 if there can be no such block. */
size_t rex_pool_size(size_t size, size_t align);

/**
 * rex_pool_alloc() - allocate a block
 * @pool:	the pool
 * @size:	bytes
 * @align:	power of two; the pool is aligned to REX_POOL_MAX_ALIGN
 * @cpu:	this CPU's
 *
 * Context: any; the caller stays on its CPU. Return: offset in the pool;
 * REX_POOL_FULL if there is no room, or the block is too large; REX_POOL_MOVING
 * if there is none now, and another CPU moved some.
 */
s64 rex_pool_alloc(struct rex_pool *pool, size_t size, size_t align,
		   struct rex_pool_cpu *cpu);

/* Returns whether another CPU moves room now. */
bool rex_pool_others_move(const struct rex_pool *pool,
			  const struct rex_pool_cpu *cpu);

/* Returns whether there is a block at @offset, of this size and alignment. */
bool rex_pool_is(const struct rex_pool *pool, u64 offset, size_t size,
		 size_t align);

/*
 * Free a block; @size and @align as it was allocated. Return: whether there was
 * such a block.
 */
bool rex_pool_free(struct rex_pool *pool, u64 offset, size_t size, size_t align,
		   struct rex_pool_cpu *cpu);

#endif /* REX_POOL_H */
