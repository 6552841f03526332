// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that differs from those that the shortcuts were written for is found out when the
 * module is loaded: by the members of its structures, and by what its functions do.
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
 * @type:	the name of its type, if another one of the same size is a reason to refuse
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
	const struct rex_btf_query q = {
		.class = REX_BTF_TYPES,
		.prefix = "",
		.type = name,
	};
	struct btf *btf = rex_btf_of_kernel();
	const struct btf_type *t;
	struct rex_btf_types found;
	size_t i;

	if (!btf)
		return false;
	rex_btf_find(btf, 1, &q, &found);
	t = found.nr == 1 ? rex_btf_type(btf, found.ids[0]) : NULL;
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
 * The first map is for the shortcuts, the second one for the kernel's functions. Both are
 * made as bpf(2) makes them, and nobody else has them.
 */
struct verify_pair {
	struct bpf_map *own;
	struct bpf_map *kernels;
};

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
	verify_free_map(pair->own);
	verify_free_map(pair->kernels);
}

/* Returns false, and has made nothing, without memory. */
static bool __init verify_make(struct verify_pair *pair,
			       const struct bpf_map_ops *ops,
			       union bpf_attr attr)
{
	pair->own = verify_make_map(ops, &attr);
	pair->kernels = verify_make_map(ops, &attr);
	if (pair->own && pair->kernels)
		return true;
	verify_free(pair);
	return false;
}

static bool __init verify_same_queues(const struct verify_pair *pair)
{
	struct rex_queue *own = container_of(pair->own, struct rex_queue, map);
	struct rex_queue *kernels =
		container_of(pair->kernels, struct rex_queue, map);

	return own->head == kernels->head && own->tail == kernels->tail &&
	       own->size == kernels->size;
}

/* The values take eight bytes at once, and then some one by one. */
struct verify_value {
	u32 words[2];
	u16 last;
} __packed;

/**
 * struct verify_sequence - the shortcuts of a type
 * @type:	enum bpf_map_type
 * @ops:	the kernel's functions for it
 * @push:	shortcuts
 * @pop:	shortcuts
 * @peek:	shortcuts
 */
struct verify_sequence {
	enum bpf_map_type type;
	const struct bpf_map_ops *ops;
	s64 (*push)(struct bpf_map *map, const void *value, u64 flags);
	s64 (*pop)(struct bpf_map *map, void *value);
	s64 (*peek)(struct bpf_map *map, void *value);
};

static bool __init verify_step(const struct verify_sequence *sequence,
			       const struct verify_pair *pair, char step, u32 n)
{
	struct verify_value own = { { n, ~n }, 0x101 * n }, kernels = own;
	const struct bpf_map_ops *ops = sequence->ops;
	s64 ret, expected;

	if (step == '?') {
		ret = sequence->peek(pair->own, &own);
		expected = ops->map_peek_elem(pair->kernels, &kernels);
	} else if (step == '-') {
		ret = sequence->pop(pair->own, &own);
		expected = ops->map_pop_elem(pair->kernels, &kernels);
	} else {
		u64 flags = step == '!' ? BPF_EXIST : BPF_ANY;

		ret = sequence->push(pair->own, &own, flags);
		expected = ops->map_push_elem(pair->kernels, &kernels, flags);
	}
	return ret == expected && !memcmp(&own, &kernels, sizeof(own)) &&
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
	for (i = 0; i < 3 * strlen(steps) && same; i++)
		same = verify_step(sequence, &pair, steps[i % strlen(steps)],
				   i);
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

/* Compare the positions, the header of a record that both have got, and its place. */
static bool __init verify_same_rings(const struct verify_pair *pair, void *own,
				     void *kernels)
{
	struct rex_ring *a = verify_ring(pair->own);
	struct rex_ring *b = verify_ring(pair->kernels);

	if (!own != !kernels || a->producer_pos != b->producer_pos ||
	    a->pending_pos != b->pending_pos)
		return false;
	return !own ||
	       (own - (void *)a == kernels - (void *)b &&
		!memcmp(own - BPF_RINGBUF_HDR_SZ, kernels - BPF_RINGBUF_HDR_SZ,
			BPF_RINGBUF_HDR_SZ));
}

static void __init verify_commit(void *record, bool submit)
{
	u64 flags = BPF_RB_NO_WAKEUP;

	if (submit)
		rex_kcall(bpf_ringbuf_submit)((u64)record, flags, 0, 0, 0);
	else
		rex_kcall(bpf_ringbuf_discard)((u64)record, flags, 0, 0, 0);
}

#define VERIFY_HELD \
	5 /* records at most that are neither submitted nor discarded */
#define VERIFY_ROUNDS 200

/*
 * Records of many sizes are given back in another order than they were reserved in, and read a
 * while later, so that some reservations find no room.
 */
static bool __init verify_reserve(const struct verify_pair *pair)
{
	void *held[VERIFY_HELD][2] = {};
	u32 n;

	for (n = 0; n < VERIFY_ROUNDS; n++) {
		void **records = held[n * 3 % VERIFY_HELD];
		u64 size = n * 389 % (n % 7 ? 300 : 5000);

		if (records[0]) {
			verify_commit(records[0], n % 2);
			verify_commit(records[1], n % 2);
		}
		records[0] = rex_shortcut_reserve(pair->own, size, 0);
		records[1] = (void *)rex_kcall(
			bpf_ringbuf_reserve)((u64)pair->kernels, size, 0, 0, 0);
		if (!verify_same_rings(pair, records[0], records[1]))
			return false;
		if (n % 11 == 0) {
			verify_ring(pair->own)->consumer_pos =
				verify_ring(pair->own)->pending_pos;
			verify_ring(pair->kernels)->consumer_pos =
				verify_ring(pair->kernels)->pending_pos;
		}
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

/* Kernels whose locks notice that their own CPU has them have other structures. */
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
			"this kernel's queues and stacks are not as expected: operations take longer\n");
	if (!rex_shortcuts.rings)
		pr_notice(
			"this kernel's ring buffers are not as expected: operations take longer\n");
}
