// SPDX-License-Identifier: GPL-2.0
/*
 * These helpers write to ring buffers, BPF_MAP_TYPE_RINGBUF, and read from those that
 * userspace writes to, BPF_MAP_TYPE_USER_RINGBUF. A reserved record that is neither
 * submitted nor discarded would stop the consumer forever: it is a resource.
 */
#include <linux/bits.h>
#include <linux/bpf.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "helpers.h"
#include "ksyms.h"
#include "nowait.h"
#include "resource.h"
#include "run.h"
#include "selftest.h"

/*
 * Returns whether there is room for a record of @size bytes. If so, a call that has
 * failed has tried the lock while another CPU had it.
 */
static bool helpers_has_room(struct bpf_map *map, u64 size)
{
	u64 room = rex_ringbuf_query(map, BPF_RB_RING_SIZE) -
		   rex_ringbuf_query(map, BPF_RB_AVAIL_DATA);

	return size <= room && room - size >= BPF_RINGBUF_HDR_SZ;
}

static void *helpers_reserve(struct bpf_map *map, u64 size, u64 flags)
{
	struct rex_nowait nowait;
	void *record;

	if (rex_nowait_begin(&nowait, BPF_MAP_TYPE_RINGBUF))
		return NULL;
	do {
		record = (void *)rex_kcall(bpf_ringbuf_reserve)((u64)map, size,
								flags, 0, 0);
	} while (!record && rex_nowait_again(&nowait) &&
		 helpers_has_room(map, size));
	rex_nowait_end(&nowait);
	return record;
}

/* Interrupts are on or off for the whole of a run. */
static enum rex_resource_kind helpers_record_kind(void)
{
	return irqs_disabled() ? REX_RESOURCE_RINGBUF_IRQS_OFF :
				 REX_RESOURCE_RINGBUF;
}

u8 *rex_ringbuf_lost(void)
{
	rex_run_count_lost_record();
	return NULL;
}

u8 *rex_ringbuf_keep(void *record)
{
	if (rex_resource_push(helpers_record_kind(), record))
		return record;
	rex_release_ringbuf(record);
	return rex_ringbuf_lost();
}

u8 *rex_ringbuf_reserve(struct bpf_map *map, u64 size, u64 flags)
{
	void *record = helpers_reserve(map, size, flags);

	return record ? rex_ringbuf_keep(record) : rex_ringbuf_lost();
}

/* A reader that this record does not wake is woken by one of the next. */
static u64 helpers_wakeup_flags(u64 flags)
{
	if (rex_nowait_may_wake())
		return flags;
	return (flags & ~BPF_RB_FORCE_WAKEUP) | BPF_RB_NO_WAKEUP;
}

s64 rex_ringbuf_submit(u8 *record, u64 flags)
{
	if (!rex_resource_pop(helpers_record_kind(), record))
		return -EINVAL;
	rex_kcall(bpf_ringbuf_submit)((u64)record, helpers_wakeup_flags(flags),
				      0, 0, 0);
	return 0;
}

s64 rex_ringbuf_discard(u8 *record, u64 flags)
{
	if (!rex_resource_pop(helpers_record_kind(), record))
		return -EINVAL;
	rex_kcall(bpf_ringbuf_discard)((u64)record, helpers_wakeup_flags(flags),
				       0, 0, 0);
	return 0;
}

void rex_release_ringbuf(void *record)
{
	rex_kcall(bpf_ringbuf_discard)((u64)record, helpers_wakeup_flags(0), 0,
				       0, 0);
}

/* The kernel answers -EAGAIN if it gets no room, or no lock. */
static s64 helpers_output(struct bpf_map *map, const u8 *data, u64 size,
			  u64 flags)
{
	struct rex_nowait nowait;
	s64 ret = rex_nowait_begin(&nowait, BPF_MAP_TYPE_RINGBUF);

	if (ret)
		return ret;
	flags = helpers_wakeup_flags(flags);
	do {
		ret = rex_kcall(bpf_ringbuf_output)((u64)map, (u64)data, size,
						    flags, 0);
	} while (ret == -EAGAIN && rex_nowait_again(&nowait) &&
		 helpers_has_room(map, size));
	rex_nowait_end(&nowait);
	return ret;
}

s64 rex_ringbuf_output(struct bpf_map *map, const u8 *data, u64 size, u64 flags)
{
	s64 ret = helpers_output(map, data, size, flags);

	if (ret)
		rex_run_count_lost_record();
	return ret;
}

u64 rex_ringbuf_query(struct bpf_map *map, u64 flags)
{
	return rex_kcall(bpf_ringbuf_query)((u64)map, flags, 0, 0, 0);
}

/* ---- records of userspace ---- */

/* A record is copied to @buf, which has room for @size bytes; @found is its size. */
struct ringbuf_copy {
	u8 *buf;
	u64 size;
	s64 found;
};

/* The upper bits of bpf_dynptr_kern.size say what kind of memory it is. */
#define RINGBUF_DYNPTR_SIZE GENMASK(23, 0)

static __always_inline u32
ringbuf_dynptr_size(const struct bpf_dynptr_kern *dynptr)
{
	return dynptr->size & RINGBUF_DYNPTR_SIZE;
}

static __always_inline const u8 *
ringbuf_dynptr_data(const struct bpf_dynptr_kern *dynptr)
{
	return dynptr->data + dynptr->offset;
}

/*
 * The kernel calls this function with the next record. Userspace may write to the record
 * at any time, so the program gets a copy of it; the kernel has read the size once, and
 * has checked it. The result 1 ends the kernel's loop over the records.
 */
static u64 ringbuf_copy_record(u64 dynptr, u64 context, u64 r3, u64 r4, u64 r5)
{
	const struct bpf_dynptr_kern *from = (void *)dynptr;
	struct ringbuf_copy *copy = (void *)context;

	copy->found = ringbuf_dynptr_size(from);
	memcpy(copy->buf, ringbuf_dynptr_data(from),
	       min_t(u64, copy->found, copy->size));
	return 1;
}

/*
 * The kernel's function takes no lock: it marks the ring buffer as busy, and returns
 * -EBUSY on top of another call. No code of the program runs while the mark is set, so a
 * program that is stopped or nested leaves the ring buffer usable. Records that userspace
 * has discarded are passed over, at most 131072 (BPF_MAX_USER_RINGBUF_SAMPLES) a call.
 */
s64 rex_user_ringbuf_read(struct bpf_map *map, u8 *buf, u64 size)
{
	struct ringbuf_copy copy = { buf, size, -ENODATA };
	u64 flags = rex_nowait_may_wake() ? 0 : BPF_RB_NO_WAKEUP;
	s64 ret;

	ret = rex_kcall(bpf_user_ringbuf_drain)((u64)map,
						(u64)ringbuf_copy_record,
						(u64)&copy, flags, 0);
	return ret < 0 ? ret : copy.found;
}

/* ---- what insmod verifies ---- */

/* Have the kernel note @data and @size in a dynptr. Returns whether it has taken them. */
static bool __init ringbuf_make_dynptr(struct bpf_dynptr_kern *dynptr,
				       const u8 *data, u32 size)
{
	return !rex_kcall(bpf_dynptr_from_mem)((u64)data, size, 0, (u64)dynptr,
					       0);
}

static bool __init ringbuf_is_read(const u8 *data, u32 size)
{
	struct bpf_dynptr_kern dynptr;

	if (!ringbuf_make_dynptr(&dynptr, data, size))
		return false;
	if (rex_selftest_is_other(REX_OTHER_DYNPTR))
		dynptr.size <<= 1;
	return ringbuf_dynptr_size(&dynptr) == size &&
	       ringbuf_dynptr_data(&dynptr) == data;
}

/* The dynptrs of records are of the same type. The kernel does not look at the memory. */
int __init rex_ringbuf_verify(void)
{
	static const u32 sizes[] __initconst = { 1, 0x555555, 0xaaaaaa,
						 RINGBUF_DYNPTR_SIZE };
	struct bpf_dynptr_kern dynptr;
	u8 data[8] = {};
	bool is_right = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		is_right &= ringbuf_is_read(data, sizes[i]);
	is_right &=
		!ringbuf_make_dynptr(&dynptr, data, RINGBUF_DYNPTR_SIZE + 1);
	if (is_right)
		return 0;
	pr_err("the size of a dynptr does not look as expected: this rex.ko is not for this kernel\n");
	return -EOPNOTSUPP;
}
