// SPDX-License-Identifier: GPL-2.0
/*
 * rex_shortcuts_init() detects a kernel that differs from those that the shortcuts were written
 * for: it compares the members of structures, and the effects of functions.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "btf.h"
#include "btf_query.h"
#include "compat.h"
#include "ksyms.h"
#include "selftest.h"
#include "shortcut.h"

/* ---- structures ---- */

/**
 * struct verify_member - a member that the kernel's structure has to have
 * @name:	its name
 * @type:	the name of its type; NULL: any
 * @offset:	its place, in bytes
 */
struct verify_member {
	const char *name;
	const char *type;
	size_t offset;
};

#define MEMBER(structure, name)                               \
	{                                                     \
#name, NULL, offsetof(struct structure, name) \
	}
#define LOCK(structure, name)                                             \
	{                                                                 \
#name, "raw_spinlock_t", offsetof(struct structure, name) \
	}

static const struct verify_member queue_members[] __initconst = {
	MEMBER(rex_queue, map),	 LOCK(rex_queue, lock),
	MEMBER(rex_queue, head), MEMBER(rex_queue, tail),
	MEMBER(rex_queue, size), MEMBER(rex_queue, elements),
};

static const struct verify_member ring_members[] __initconst = {
	MEMBER(rex_ring, waitq),	MEMBER(rex_ring, work),
	MEMBER(rex_ring, mask),		MEMBER(rex_ring, pages),
	MEMBER(rex_ring, nr_pages),	LOCK(rex_ring, spinlock),
	MEMBER(rex_ring, busy),		MEMBER(rex_ring, consumer_pos),
	MEMBER(rex_ring, producer_pos), MEMBER(rex_ring, pending_pos),
	MEMBER(rex_ring, data),
};

static const struct verify_member ring_map_members[] __initconst = {
	MEMBER(rex_ring_map, map),
	MEMBER(rex_ring_map, rb),
};

static const struct verify_member ring_header_members[] __initconst = {
	MEMBER(rex_ring_header, len),
	MEMBER(rex_ring_header, pg_off),
};

static bool __init verify_is_member(const struct btf *btf,
				    const struct btf_type *t,
				    const struct btf_member *member,
				    const struct verify_member *expected)
{
	const struct btf_type *type = rex_btf_type(btf, member->type);

	if (strcmp(rex_btf_string(btf, member->name_off), expected->name) ||
	    __btf_member_bit_offset(t, member) != 8 * expected->offset)
		return false;
	return !expected->type ||
	       (type &&
		!strcmp(rex_btf_string(btf, type->name_off), expected->type));
}

/* Returns whether the kernel's structure @name has these members and no others. */
static bool __init verify_structure(const char *name,
				    const struct verify_member *members,
				    size_t nr)
{
	u32 id = rex_ksyms_type_id(name);
	struct btf *btf = rex_btf_of_kernel();
	const struct btf_type *t;
	size_t i;

	if (!id || !btf)
		return false;
	t = rex_btf_type(btf, id);
	if (!t || !btf_type_is_struct(t) || btf_type_vlen(t) != nr)
		return false;
	for (i = 0; i < nr; i++)
		if (!verify_is_member(btf, t, &btf_members(t)[i], &members[i]))
			return false;
	return true;
}

#define VERIFY_STRUCTURE(name, members) \
	verify_structure(name, members, ARRAY_SIZE(members))

/* ---- functions ---- */

/*
 * Two maps of a type, which map_alloc() has made; no file descriptor refers to them. Each
 * operation is performed on one by a shortcut, and on the other one by the kernel. Then they
 * change places, so that each map has seen both.
 */
struct verify_pair {
	struct bpf_map *by_shortcut;
	struct bpf_map *by_kernel;
};

static void __init verify_swap(struct verify_pair *pair)
{
	swap(pair->by_shortcut, pair->by_kernel);
}

static struct bpf_map *__init verify_make_map(const struct bpf_map_ops *ops,
					      union bpf_attr *attr)
{
	struct bpf_map *map = ops->map_alloc(attr);

	if (IS_ERR(map))
		return NULL;
	map->ops = ops;
	return map;
}

static void __init verify_free_map(struct bpf_map *map)
{
	if (map)
		map->ops->map_free(map);
}

static void __init verify_free(const struct verify_pair *pair)
{
	verify_free_map(pair->by_shortcut);
	verify_free_map(pair->by_kernel);
}

/* Returns false, and has made nothing, without memory. */
static bool __init verify_make(struct verify_pair *pair,
			       const struct bpf_map_ops *ops,
			       union bpf_attr attr)
{
	pair->by_shortcut = verify_make_map(ops, &attr);
	pair->by_kernel = verify_make_map(ops, &attr);
	if (pair->by_shortcut && pair->by_kernel)
		return true;
	verify_free(pair);
	return false;
}

static bool __init verify_same_queues(const struct verify_pair *pair)
{
	struct rex_queue *a =
		container_of(pair->by_shortcut, struct rex_queue, map);
	struct rex_queue *b =
		container_of(pair->by_kernel, struct rex_queue, map);

	return a->head == b->head && a->tail == b->tail && a->size == b->size;
}

/* Shortcuts copy eight bytes at once, and then two of them one by one. */
struct verify_value {
	u32 words[2];
	u16 last;
} __packed;

/**
 * struct verify_sequence - the functions of a type
 * @type:	enum bpf_map_type
 * @ops:	those of the kernel
 * @push:	the shortcut for map_push_elem
 * @pop:	the shortcut for map_pop_elem
 * @peek:	the shortcut for map_peek_elem
 */
struct verify_sequence {
	enum bpf_map_type type;
	const struct bpf_map_ops *ops;
	s64 (*push)(struct bpf_map *map, const void *value, u64 flags);
	s64 (*pop)(struct bpf_map *map, void *value);
	s64 (*peek)(struct bpf_map *map, void *value);
};

/* Perform a step: + pushes, ! pushes even if there is no room, - pops, ? peeks. */
static bool __init verify_step(const struct verify_sequence *sequence,
			       const struct verify_pair *pair, char step, u32 n)
{
	struct verify_value value = { { n, ~n }, 0x101 * n }, expected = value;
	struct bpf_map *map = pair->by_shortcut, *other = pair->by_kernel;
	const struct bpf_map_ops *ops = sequence->ops;
	u64 flags = step == '!' ? BPF_EXIST : BPF_ANY;
	s64 ret, expected_ret;

	if (step == '?') {
		ret = sequence->peek(map, &value);
		expected_ret = ops->map_peek_elem(other, &expected);
	} else if (step == '-') {
		ret = sequence->pop(map, &value);
		expected_ret = ops->map_pop_elem(other, &expected);
	} else {
		ret = sequence->push(map, &value, flags);
		expected_ret = ops->map_push_elem(other, &expected, flags);
	}
	return ret == expected_ret &&
	       !memcmp(&value, &expected, sizeof(value)) &&
	       verify_same_queues(pair);
}

/* Three values fit. The steps meet a full map, an empty one, and the end of its memory. */
static bool __init verify_sequence(const struct verify_sequence *sequence)
{
	static const char steps[] __initconst = "?-+?+++?!-?+-?---+?-++!?-+--?";
	union bpf_attr attr = {
		.map_type = sequence->type,
		.value_size = sizeof(struct verify_value),
		.max_entries = 3,
	};
	struct verify_pair pair;
	bool same = true;
	u32 i;

	if (!verify_make(&pair, sequence->ops, attr))
		return false;
	for (i = 0; i < 3 * strlen(steps) && same; i++) {
		same = verify_step(sequence, &pair, steps[i % strlen(steps)],
				   i);
		verify_swap(&pair);
	}
	verify_free(&pair);
	return same;
}

static bool __init verify_queues(void)
{
	const struct verify_sequence queue = {
		.type = BPF_MAP_TYPE_QUEUE,
		.ops = rex_ksyms.queue_map_ops,
		.push = rex_shortcut_push_queue,
		.pop = rex_shortcut_pop_queue,
		.peek = rex_shortcut_peek_queue,
	};
	const struct verify_sequence stack = {
		.type = BPF_MAP_TYPE_STACK,
		.ops = rex_ksyms.stack_map_ops,
		.push = rex_shortcut_push_stack,
		.pop = rex_shortcut_pop_stack,
		.peek = rex_shortcut_peek_stack,
	};

	return VERIFY_STRUCTURE("bpf_queue_stack", queue_members) &&
	       verify_sequence(&queue) && verify_sequence(&stack);
}

static struct rex_ring *__init verify_ring(struct bpf_map *map)
{
	return container_of(map, struct rex_ring_map, map)->rb;
}

/* Returns whether positions, the place of a record, and its header are the same. */
static bool __init verify_same_rings(struct rex_ring *a, struct rex_ring *b,
				     void *of_a, void *of_b)
{
	if (!of_a != !of_b || a->producer_pos != b->producer_pos ||
	    a->pending_pos != b->pending_pos)
		return false;
	return !of_a ||
	       (of_a - (void *)a == of_b - (void *)b &&
		!memcmp(of_a - BPF_RINGBUF_HDR_SZ, of_b - BPF_RINGBUF_HDR_SZ,
			BPF_RINGBUF_HDR_SZ));
}

static void __init verify_commit(void *record, bool submit)
{
	u64 flags = BPF_RB_NO_WAKEUP;

	if (!record)
		return;
	if (submit)
		rex_kcall(bpf_ringbuf_submit)((u64)record, flags, 0, 0, 0);
	else
		rex_kcall(bpf_ringbuf_discard)((u64)record, flags, 0, 0, 0);
}

/* A position that a consumer writes need not be that of a record that it has read. */
static u64 __init verify_consumed(const struct rex_ring *ring, u32 n,
				  bool is_honest)
{
	if (is_honest)
		return ring->pending_pos;
	return n % 5 ? ring->producer_pos : ring->producer_pos + 8 * n;
}

/* So many records are neither submitted nor discarded. */
#define VERIFY_HELD 5
#define VERIFY_ROUNDS 400
/* In every other block of rounds, one record is held, and the consumer is not honest. */
#define VERIFY_BLOCK 50

/*
 * Reserve records of many sizes, and give them back in another order. A while later they are
 * read, so that some reservations find no room.
 */
static bool __init verify_reserve(struct verify_pair *pair)
{
	void *held[VERIFY_HELD][2] = {};
	u32 n;

	for (n = 0; n < VERIFY_ROUNDS; n++) {
		struct rex_ring *ring = verify_ring(pair->by_shortcut);
		struct rex_ring *other = verify_ring(pair->by_kernel);
		bool is_honest = n / VERIFY_BLOCK % 2 == 0;
		void **records = held[n * 3 % (VERIFY_HELD - !is_honest)];
		void **by_shortcut = &records[n % 2];
		void **by_kernel = &records[!(n % 2)];
		u64 size = n * 389 % (n % 7 ? 300 : 5000);

		verify_commit(*by_shortcut, n % 3);
		verify_commit(*by_kernel, n % 3);
		*by_shortcut = rex_shortcut_reserve(pair->by_shortcut, size, 0);
		*by_kernel = (void *)rex_kcall(
			bpf_ringbuf_reserve)((u64)pair->by_kernel, size, 0, 0,
					     0);
		if (!verify_same_rings(ring, other, *by_shortcut, *by_kernel))
			return false;
		if (n % 4 == 0) {
			ring->consumer_pos =
				verify_consumed(ring, n, is_honest);
			other->consumer_pos = ring->consumer_pos;
		}
		verify_swap(pair);
	}
	return true;
}

static bool __init verify_rings(void)
{
	const union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = PAGE_SIZE,
	};
	struct verify_pair pair;
	bool same;

	if (!VERIFY_STRUCTURE("bpf_ringbuf", ring_members) ||
	    !VERIFY_STRUCTURE("bpf_ringbuf_map", ring_map_members) ||
	    !VERIFY_STRUCTURE("bpf_ringbuf_hdr", ring_header_members) ||
	    !verify_make(&pair, rex_ksyms.ringbuf_map_ops, attr))
		return false;
	same = verify_reserve(&pair);
	verify_free(&pair);
	return same;
}

/* The locks of these maps are of another type from 6.15 on. */
void __init rex_shortcuts_init(void)
{
	if (!rex_compat_locks_wait)
		return;
	if (!rex_selftest_is_other(REX_OTHER_MAPS)) {
		rex_shortcuts.queues = verify_queues();
		rex_shortcuts.rings = verify_rings();
	}
	if (!rex_shortcuts.queues)
		pr_notice(
			"queues and stacks could not be verified: their operations take longer\n");
	if (!rex_shortcuts.rings)
		pr_notice(
			"ring buffers could not be verified: reservations take longer\n");
}
