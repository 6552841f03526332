// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf_mem_alloc.h>

#include "emit_lock.h"
#include "emit_stubs.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "resource.h"
#include "run.h"
#include "selftest.h"

/*
 * A program returns to its thunk, unless the list has an entry; then its return address
 * is that of the stub "finish", which releases. So a run that acquires nothing pays
 * nothing.
 */

/* eBPF's own allocator is safe in NMIs; an irq_work refills it. */
static struct bpf_mem_alloc chunk_cache;

static struct rex_resource *resource_entry(struct rex_resources *res, u32 index)
{
	if (index < REX_RESOURCES_INLINE)
		return &res->first[index];
	return &res->last->entry[(index - REX_RESOURCES_INLINE) %
				 REX_RESOURCES_CHUNK];
}

/* Returns whether entry @index is the first one of a chunk. */
static bool resource_begins_chunk(u32 index)
{
	return index >= REX_RESOURCES_INLINE &&
	       (index - REX_RESOURCES_INLINE) % REX_RESOURCES_CHUNK == 0;
}

bool rex_resource_push(enum rex_resource_kind kind, void *ptr)
{
	struct rex_run *run = rex_run_current();
	struct rex_resources *res = &run->resources;

	if (res->nr == REX_MOST_RESOURCES)
		return false;
	if (resource_begins_chunk(res->nr)) {
		struct rex_resource_chunk *chunk =
			rex_kcall(bpf_mem_cache_alloc)(&chunk_cache);

		if (!chunk)
			return false;
		chunk->prev = res->last;
		res->last = chunk;
	}
	*resource_entry(res, res->nr) = (struct rex_resource){
		.kind = kind,
		.ptr = ptr,
	};
	if (!res->nr++)
		*rex_run_return_slot(run) = rex_stubs.finish;
	return true;
}

/* Drop the newest entry, which has been copied. */
static void resource_shrink(struct rex_resources *res)
{
	res->nr--;
	if (resource_begins_chunk(res->nr)) {
		struct rex_resource_chunk *chunk = res->last;

		res->last = chunk->prev;
		rex_kcall(bpf_mem_cache_free)(&chunk_cache, chunk);
	}
}

/*
 * The search begins with the newest entry, since programs mostly drop guards in reverse
 * order. The newest entry fills the gap: it moves forward in the order of release, which
 * does not matter for the present kinds of resources.
 */
static struct rex_resource *resource_find(struct rex_resources *res,
					  enum rex_resource_kind kind,
					  const void *ptr)
{
	struct rex_resource_chunk *chunk = res->last;
	u32 i = res->nr;

	while (i--) {
		struct rex_resource *e =
			i < REX_RESOURCES_INLINE ?
				&res->first[i] :
				&chunk->entry[(i - REX_RESOURCES_INLINE) %
					      REX_RESOURCES_CHUNK];

		if (e->kind == kind && e->ptr == ptr)
			return e;
		if (resource_begins_chunk(i))
			chunk = chunk->prev;
	}
	return NULL;
}

bool rex_resource_pop(enum rex_resource_kind kind, void *ptr)
{
	struct rex_run *run = rex_run_current();
	struct rex_resources *res = &run->resources;
	struct rex_resource *e = resource_find(res, kind, ptr);

	if (!e)
		return false;
	*e = *resource_entry(res, res->nr - 1);
	resource_shrink(res);
	if (!res->nr && !run->lock)
		*rex_run_return_slot(run) = rex_run_prog(run)->ret;
	return true;
}

static void resource_release(const struct rex_resource *res)
{
	switch (res->kind) {
	case REX_RESOURCE_RINGBUF:
	case REX_RESOURCE_RINGBUF_IRQS_OFF:
		rex_release_ringbuf(res->ptr);
		break;
	case REX_RESOURCE_SPIN_LOCK:
		rex_release_spin_lock(res->ptr);
		break;
	case REX_RESOURCE_TASK:
		rex_release_task(res->ptr);
		break;
	}
}

void rex_resource_release_all(struct rex_run *run)
{
	struct rex_resources *res = &run->resources;

	if (!(rex_unprotected & REX_UNPROTECTED_RESOURCES))
		rex_lock_release(run);
	while (res->nr) {
		struct rex_resource newest = *resource_entry(res, res->nr - 1);

		resource_shrink(res);
		if (!(rex_unprotected & REX_UNPROTECTED_RESOURCES))
			resource_release(&newest);
	}
}

int __init rex_resource_init(void)
{
	return rex_kcall(bpf_mem_alloc_init)(&chunk_cache,
					     sizeof(struct rex_resource_chunk),
					     false);
}

void rex_resource_exit(void)
{
	rex_kcall(bpf_mem_alloc_destroy)(&chunk_cache);
}
