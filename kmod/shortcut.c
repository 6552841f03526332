// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/bpf.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/math.h>
#include <linux/spinlock.h>

#include "ksyms.h"
#include "shortcut.h"

/* The kernel copies larger values faster, by instructions that take long to begin. */
#define SHORTCUT_MAX_VALUE 64
/* The kernel refuses larger records. */
#define SHORTCUT_MAX_RECORD (U32_MAX / 4)

struct rex_shortcuts rex_shortcuts __ro_after_init;

/*
 * Try the lock once, as queued_spin_lock() begins. Lockdep does not see it. The shortcut never
 * spins, and takes no other lock before it releases this one.
 */
static __always_inline bool shortcut_lock(raw_spinlock_t *lock)
{
	int free = 0;

	local_irq_disable();
	if (likely(atomic_try_cmpxchg_acquire(&lock->raw_lock.val, &free,
					      _Q_LOCKED_VAL)))
		return true;
	local_irq_enable();
	return false;
}

static __always_inline void shortcut_unlock(raw_spinlock_t *lock)
{
	arch_spin_unlock(&lock->raw_lock);
	local_irq_enable();
}

/* ---- queues and stacks ---- */

static __always_inline struct rex_queue *shortcut_queue(struct bpf_map *map)
{
	return container_of(map, struct rex_queue, map);
}

/* The kernel multiplies in 32 bits, too. */
static __always_inline void *shortcut_element(struct rex_queue *queue,
					      u32 index)
{
	return &queue->elements[index * queue->map.value_size];
}

/* The barrier keeps the compiler from calling memcpy(). */
static __always_inline void shortcut_copy(u8 *to, const u8 *from, u32 size)
{
	for (; size >= sizeof(u64); size -= sizeof(u64)) {
		*(u64 *)to = *(const u64 *)from;
		to += sizeof(u64);
		from += sizeof(u64);
		barrier();
	}
	for (; size; size--) {
		*to++ = *from++;
		barrier();
	}
}

static __always_inline bool shortcut_begin(struct rex_queue *queue)
{
	return likely(queue->map.value_size <= SHORTCUT_MAX_VALUE) &&
	       shortcut_lock(&queue->lock);
}

/* Returns false if there is no room, or the lock is not free. */
static __always_inline bool shortcut_push(struct rex_queue *queue,
					  const void *value)
{
	u32 head, next;

	if (!shortcut_begin(queue))
		return false;
	head = queue->head;
	next = head + 1;
	if (next >= queue->size)
		next = 0;
	if (unlikely(next == queue->tail)) {
		shortcut_unlock(&queue->lock);
		return false;
	}
	shortcut_copy(shortcut_element(queue, head), value,
		      queue->map.value_size);
	queue->head = next;
	shortcut_unlock(&queue->lock);
	return true;
}

/* Returns false if there is no value, or the lock is not free. */
static __always_inline bool shortcut_get_first(struct rex_queue *queue,
					       void *value, bool remove)
{
	u32 tail, next;

	if (!shortcut_begin(queue))
		return false;
	tail = queue->tail;
	if (unlikely(tail == queue->head)) {
		shortcut_unlock(&queue->lock);
		return false;
	}
	shortcut_copy(value, shortcut_element(queue, tail),
		      queue->map.value_size);
	if (remove) {
		next = tail + 1;
		queue->tail = next >= queue->size ? 0 : next;
	}
	shortcut_unlock(&queue->lock);
	return true;
}

static __always_inline bool shortcut_get_last(struct rex_queue *queue,
					      void *value, bool remove)
{
	u32 last;

	if (!shortcut_begin(queue))
		return false;
	last = queue->head;
	if (unlikely(last == queue->tail)) {
		shortcut_unlock(&queue->lock);
		return false;
	}
	last = (last ?: queue->size) - 1;
	shortcut_copy(value, shortcut_element(queue, last),
		      queue->map.value_size);
	if (remove)
		queue->head = last;
	shortcut_unlock(&queue->lock);
	return true;
}

s64 rex_shortcut_push_queue(struct bpf_map *map, const void *value, u64 flags)
{
	if (!flags && shortcut_push(shortcut_queue(map), value))
		return 0;
	return map->ops->map_push_elem(map, (void *)value, flags);
}
NOKPROBE_SYMBOL(rex_shortcut_push_queue);

s64 rex_shortcut_pop_queue(struct bpf_map *map, void *value)
{
	if (shortcut_get_first(shortcut_queue(map), value, true))
		return 0;
	return map->ops->map_pop_elem(map, value);
}
NOKPROBE_SYMBOL(rex_shortcut_pop_queue);

s64 rex_shortcut_peek_queue(struct bpf_map *map, void *value)
{
	if (shortcut_get_first(shortcut_queue(map), value, false))
		return 0;
	return map->ops->map_peek_elem(map, value);
}
NOKPROBE_SYMBOL(rex_shortcut_peek_queue);

s64 rex_shortcut_push_stack(struct bpf_map *map, const void *value, u64 flags)
{
	return rex_shortcut_push_queue(map, value, flags);
}
NOKPROBE_SYMBOL(rex_shortcut_push_stack);

s64 rex_shortcut_pop_stack(struct bpf_map *map, void *value)
{
	if (shortcut_get_last(shortcut_queue(map), value, true))
		return 0;
	return map->ops->map_pop_elem(map, value);
}
NOKPROBE_SYMBOL(rex_shortcut_pop_stack);

s64 rex_shortcut_peek_stack(struct bpf_map *map, void *value)
{
	if (shortcut_get_last(shortcut_queue(map), value, false))
		return 0;
	return map->ops->map_peek_elem(map, value);
}
NOKPROBE_SYMBOL(rex_shortcut_peek_stack);

/* ---- ring buffers ---- */

static __always_inline u64 shortcut_record_len(u32 size)
{
	return round_up((u64)size + BPF_RINGBUF_HDR_SZ, 8);
}

/*
 * Returns the position of the oldest record before @end that is neither submitted nor
 * discarded; @end if there is none.
 */
static __always_inline u64 shortcut_find_pending(struct rex_ring *ring, u64 end)
{
	u64 at = ring->pending_pos;

	while (at < end) {
		const struct rex_ring_header *header =
			(void *)&ring->data[at & ring->mask];
		u32 len = READ_ONCE(header->len);

		if (len & BPF_RINGBUF_BUSY_BIT)
			break;
		at += shortcut_record_len(len & ~BPF_RINGBUF_DISCARD_BIT);
	}
	return at;
}

/*
 * Reserve a record of @size bytes. Returns NULL if there is no room. The consumer has read what is
 * before the position @consumed. It may write any position, so @pending is compared, too.
 */
static __always_inline void *shortcut_take(struct rex_ring *ring, u32 size,
					   u64 consumed)
{
	u64 begin = ring->producer_pos, mask = ring->mask;
	u64 end = begin + shortcut_record_len(size);
	u64 pending = shortcut_find_pending(ring, begin);
	struct rex_ring_header *header;

	if (unlikely(end - consumed > mask || end - pending > mask))
		return NULL;
	ring->pending_pos = pending;
	header = (void *)&ring->data[begin & mask];
	header->len = size | BPF_RINGBUF_BUSY_BIT;
	header->pg_off = ((void *)header - (void *)ring) >> PAGE_SHIFT;
	/* A consumer that sees the position sees that the record is busy. */
	smp_store_release(&ring->producer_pos, end);
	return header + 1;
}

void *rex_shortcut_reserve(struct bpf_map *map, u64 size, u64 flags)
{
	struct rex_ring *ring = container_of(map, struct rex_ring_map, map)->rb;
	void *record;
	u64 consumed;

	if (unlikely(flags || size > SHORTCUT_MAX_RECORD))
		goto kernel;
	/* What the consumer has read is read before it is overwritten. */
	consumed = smp_load_acquire(&ring->consumer_pos);
	if (!shortcut_lock(&ring->spinlock))
		goto kernel;
	record = shortcut_take(ring, size, consumed);
	shortcut_unlock(&ring->spinlock);
	if (likely(record))
		return record;
kernel:
	return (void *)rex_kcall(bpf_ringbuf_reserve)((u64)map, size, flags, 0,
						      0);
}
NOKPROBE_SYMBOL(rex_shortcut_reserve);
