// SPDX-License-Identifier: GPL-2.0
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "heap.h"
#include "helpers.h"
#include "image.h"
#include "ksyms.h"
#include "run.h"
#include "selftest.h"

static unsigned int heap_kib = 1024;
module_param(heap_kib, uint, 0644);
MODULE_PARM_DESC(heap_kib,
		 "heap size of images whose loader sets none, in KiB");

static size_t heap_pool_size(u64 quota)
{
	u64 size = quota ?: (u64)READ_ONCE(heap_kib) << 10;

	return PAGE_ALIGN(clamp_t(u64, size, 1, REX_MAX_HEAP));
}

void rex_heap_note_symbol(struct rex_heap *heap, const char *name)
{
	if (!strcmp(name, "rex_heap_alloc"))
		heap->wanted = true;
}

/*
 * Allocate as __vmalloc() does, which takes no __GFP_RETRY_MAYFAIL in some
 * kernels from 6.19 on.
 */
static void *heap_alloc_memory(size_t size)
{
	return rex_kcall(vmalloc_range)(size, PAGE_SIZE, VMALLOC_START,
					VMALLOC_END, REX_GFP | __GFP_ZERO,
					PAGE_KERNEL, 0, NUMA_NO_NODE,
					__builtin_return_address(0));
}

/* On failure, rex_heap_exit() frees what there is. */
int rex_heap_init(struct rex_image *image, u64 size)
{
	struct rex_heap *heap = &image->heap;
	size_t account;

	if (!heap->wanted)
		return 0;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	size = heap_pool_size(size);
	account = rex_pool_account_size(size);
	heap->account = kvmalloc(account, REX_GFP);
	heap->cpu = alloc_percpu_gfp(struct rex_heap_cpu, REX_GFP);
	if (!heap->account || !heap->cpu || rex_selftest_fail_step())
		return -ENOMEM;
	heap->mem = heap_alloc_memory(size);
	if (!heap->mem)
		return -ENOMEM;
	heap->size = size;
	rex_pool_init(&heap->pool, size, heap->account);
	image->memory +=
		size + account + num_possible_cpus() * sizeof(*heap->cpu);
	return 0;
}

void rex_heap_reset(struct rex_heap *heap)
{
	int cpu;

	if (!heap->size)
		return;
	rex_pool_init(&heap->pool, heap->size, heap->account);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(heap->cpu, cpu)->used, 0);
}

void rex_heap_exit(struct rex_heap *heap)
{
	vfree(heap->mem);
	free_percpu(heap->cpu);
	kvfree(heap->account);
}

void rex_heap_read(const struct rex_heap *heap, u64 *used, u64 *failed)
{
	s64 sum = 0;
	int cpu;

	*failed = 0;
	if (heap->size) {
		for_each_possible_cpu(cpu) {
			const struct rex_heap_cpu *c =
				per_cpu_ptr(heap->cpu, cpu);

			sum += READ_ONCE(c->used);
			*failed += READ_ONCE(c->failed);
		}
	}
	/* Another CPU may free a block after this CPU was added up. */
	*used = max_t(s64, sum, 0);
}

/* Returns the heap of the program that calls. */
static struct rex_heap *heap_current(void)
{
	return &rex_run_prog(rex_run_current())->image->heap;
}

/* The number of times that an allocation looks again for room that other CPUs moved. */
#define HEAP_RETRIES 64
/* How often an NMI looks at another CPU's moves: nothing can stop an NMI. */
#define HEAP_NMI_SPINS 10000
/* How often other code does with interrupts off: some milliseconds. */
#define HEAP_IRQS_OFF_SPINS 200000

static u32 heap_most_spins(void)
{
	if (in_nmi())
		return HEAP_NMI_SPINS;
	return irqs_disabled() ? HEAP_IRQS_OFF_SPINS : U32_MAX;
}

/*
 * Wait until other CPUs move nothing. Interrupts are off there, so a move lasts a few
 * instructions, unless an NMI, a program at a hook in the move, or a hypervisor interrupts it.
 * A program on top of a move of its own CPU has interrupts off. So when two CPUs wait for
 * each other, the wait has a bound. With interrupts on, the watchdog ends the wait. Return:
 * whether the other CPUs move nothing.
 */
static bool heap_await_others(const struct rex_heap *heap,
			      const struct rex_heap_cpu *cpu)
{
	const struct rex_run *run = rex_run_current();
	u32 spins = 0, most = heap_most_spins();

	while (rex_pool_others_move(&heap->pool, &cpu->pool)) {
		if (++spins > most ||
		    rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			return false;
		cpu_relax();
	}
	return true;
}

static void *heap_alloc(struct rex_heap *heap, u64 size, u64 align)
{
	struct rex_heap_cpu *cpu;
	u32 tries = 0;
	s64 offset;

	/* The object links to another helper of the heap only. */
	if (!heap->size)
		return NULL;
	cpu = this_cpu_ptr(heap->cpu);
	do {
		offset = rex_pool_alloc(&heap->pool, size, align, &cpu->pool);
	} while (offset == REX_POOL_MOVING && ++tries < HEAP_RETRIES &&
		 heap_await_others(heap, cpu));
	if (offset < 0) {
		this_cpu_inc(heap->cpu->failed);
		return NULL;
	}
	this_cpu_add(heap->cpu->used, rex_pool_size(size, align));
	return heap->mem + offset;
}

static bool heap_free(struct rex_heap *heap, const void *ptr, u64 size,
		      u64 align)
{
	u64 offset = ptr - heap->mem;

	if (!heap->size || !rex_pool_free(&heap->pool, offset, size, align,
					  &this_cpu_ptr(heap->cpu)->pool))
		return false;
	this_cpu_sub(heap->cpu->used, rex_pool_size(size, align));
	return true;
}

u64 rex_heap_bytes(u32 used)
{
	const struct rex_heap *heap = heap_current();
	u64 in_use, failed;

	if (!used)
		return heap->size;
	rex_heap_read(heap, &in_use, &failed);
	return in_use;
}

u8 *rex_heap_alloc(u64 size, u64 align)
{
	return heap_alloc(heap_current(), size, align);
}

s64 rex_heap_free(u8 *ptr, u64 size, u64 align)
{
	return heap_free(heap_current(), ptr, size, align) ? 0 : -EINVAL;
}

u8 *rex_heap_realloc(u8 *ptr, u64 size, u64 align, u64 new_size)
{
	struct rex_heap *heap = heap_current();
	void *new;

	if (!heap->size ||
	    !rex_pool_is(&heap->pool, (void *)ptr - heap->mem, size, align))
		return NULL;
	if (rex_pool_size(new_size, align) == rex_pool_size(size, align))
		return ptr;
	new = heap_alloc(heap, new_size, align);
	if (!new)
		return NULL;
	memcpy(new, ptr, min(size, new_size));
	heap_free(heap, ptr, size, align);
	return new;
}
