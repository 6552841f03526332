/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An image is an object that is loaded into the kernel; it has one or more programs.
 *
 * rex_load() builds an image in private. When others can see it, it is complete, and it
 * does not change, except for the data that its own code writes, the statistics, and the
 * fields that say otherwise. It lives as long as there are references: its file
 * descriptor has one, and so has each binding (bind.h).
 *
 * Memory: one allocation, page by page
 *
 *	text	program text, then one thunk for each program	read, execute
 *	rodata	constants, map definitions, GOT			read
 *	data	data and bss					read, write
 *	ctl	struct rex_image_ctl				read, write
 */
#ifndef _REX_IMAGE_H
#define _REX_IMAGE_H

#include <linux/bpf.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rex.h>
#include <linux/workqueue.h>

#include "heap.h"
#include "reloc.h"
#include "report.h"
#include "restart.h"
#include "run.h"
#include "image_poll.h"

struct rex_image;
struct rex_timer;

/**
 * struct rex_prog_stats - counters of a program on one CPU
 * @runs:	runs begun, if no counter within reach was free: runs.h
 * @skipped:	runs not made
 * @faults:	runs ended by a fault, by cause
 * @time:	nanoseconds of all runs, if they are timed
 * @longest:	nanoseconds of the longest run, if they are timed
 * @errors:	runs whose program returned an error
 * @lost_records: records that no buffer took
 */
struct rex_prog_stats {
	u64 runs;
	u64 skipped;
	u64 faults[REX_NR_FAULT_CAUSES];
	u64 time;
	u64 longest;
	u64 errors;
	u64 lost_records;
};

/**
 * struct rex_prog - a program
 * @ctl:	control page of its image
 * @image:	its image
 * @entry:	address after its entry pad: the thunk has looked for room itself
 * @ret:	address to which it returns, in its thunk
 * @thunk:	address that carriers lead to
 * @stats:	counters
 * @runs:	runs begun on a CPU; incremented by the thunk
 * @stores:	the registers that its thunk stores: bits of enum rex_kept
 * @faults:	records of the last faults
 * @kind:	what is known of programs of its type and attach type
 * @type:	enum bpf_prog_type
 * @class:	enum rex_program_class, for gates. Each byte has it, so that a pointer
 *		with marks in its low bits finds one as well
 * @attach_type: enum bpf_attach_type that the object expects, or 0
 * @timeout_ms:	longest run; changed by BIND
 * @default_ret: value for runs that are not made or not finished; changed by
 *		BIND
 * @nr_bindings: carriers bound to it
 * @has_frags:	a carrier that was bound to it accepts packets in several buffers
 * @timer:	its timer, if it has one
 * @missed:	events that carriers lost which are not bound to it any more: bind_table.c
 * @last_error:	the last error that it returned
 * @name:	name
 * @section:	libbpf section name
 */
struct rex_prog {
	struct rex_image_ctl *ctl;
	struct rex_image *image;
	u64 entry;
	u64 ret;
	u64 thunk;
	struct rex_prog_stats __percpu *stats;
	u64 __percpu *runs;
	u8 stores;
	struct rex_fault_ring *faults;
	const struct rex_prog_kind *kind;
	u32 type;
	u32 attach_type;
	u8 class[REX_RUN_MARKS + 1];
	u32 timeout_ms;
	s32 default_ret;
	atomic_t nr_bindings;
	bool has_frags;
	struct rex_timer *timer;
	u64 missed;
	s32 last_error;
	char name[REX_NAME_LEN];
	char section[REX_SECTION_LEN];
};

/* Returns whether it runs for objects of an iterator, in a process that reads. */
static inline bool rex_prog_is_iterator(const struct rex_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_TRACING &&
	       prog->attach_type == BPF_TRACE_ITER;
}

/**
 * struct rex_image_ctl - the control page, which thunks reach with 32-bit addresses
 * @refuses:	bits of rex_limit. While the CPU's rex_limit has one of them, no program of
 *		the image begins a run. They are REX_RUN_DEEP and, while the image is dead,
 *		REX_IMAGE_DEAD. So the thunk asks both questions by one instruction
 * @progs:	the programs
 */
struct rex_image_ctl {
	u64 refuses;
	struct rex_prog progs[];
};

/* Every rex_limit has this bit, as every address of the kernel. */
#define REX_IMAGE_DEAD BIT_ULL(63)

/* Returns whether @ctl is that of a dead image. Who sees it alive sees its new data. */
static inline bool rex_image_is_dead(const struct rex_image_ctl *ctl)
{
	/* pairs with rex_image_set_dead() */
	return smp_load_acquire(&ctl->refuses) & REX_IMAGE_DEAD;
}

/*
 * A fault kills an image, and a restart revives it. Who sees the result sees everything
 * that the caller has written before.
 */
static inline void rex_image_set_dead(struct rex_image_ctl *ctl, bool dead)
{
	/* pairs with rex_image_is_dead(), and with the thunk, which reads it first */
	smp_store_release(&ctl->refuses,
			  dead ? REX_RUN_DEEP | REX_IMAGE_DEAD : REX_RUN_DEEP);
}

/**
 * struct rex_image_func - a function, for backtraces and /proc/kallsyms
 * @offset:	offset in text
 * @size:	bytes
 * @ksym:	its entry in the kernel's table; the name is readable
 */
struct rex_image_func {
	u32 offset;
	u32 size;
	struct bpf_ksym ksym;
};

/**
 * struct rex_image - an image
 * @ref:	references
 * @id:		number, unique while the module is loaded
 * @mem:	the allocation
 * @mem_size:	its size
 * @target:	the segments of the object
 * @size:	size of each segment in bytes, whole pages; text includes the thunks
 * @text_len:	bytes of program text, without the thunks
 * @saves:	registers that functions of the text save: bits of enum rex_kept
 * @ctl:	control page
 * @nr_progs:	number of programs
 * @nr_maps:	number of maps
 * @maps:	the maps, a reference on each
 * @nr_funcs:	number of functions
 * @funcs:	functions, sorted by offset
 * @timed:	its runs are timed
 * @functions:	those whose arguments its programs read by type (btf.h)
 * @takes_stacks: its programs call a helper that takes stacks
 * @asks_function: its programs call the helper that says which function calls them
 * @has_callchains: it holds the kernel's buffers for stacks
 * @restart:	state of restarts
 * @poll:	who waits for faults
 * @heap:	memory that its programs allocate
 * @memory:	bytes allocated in all
 * @end:	frees it, a grace period after its last reference
 * @name:	name
 * @rustc:	compiler
 * @signer:	the signer of the object; "": none that is known
 * @sha256:	of the whole file
 */
struct rex_image {
	struct kref ref;
	u32 id;
	void *mem;
	size_t mem_size;
	struct rex_elf_target target;
	size_t size[REX_NR_SEGS];
	u32 text_len;
	u8 saves;
	struct rex_image_ctl *ctl;
	u32 nr_progs;
	u32 nr_maps;
	struct bpf_map **maps;
	u32 nr_funcs;
	struct rex_image_func *funcs;
	struct list_head functions;
	bool timed;
	bool takes_stacks;
	bool asks_function;
	bool has_callchains;
	struct rex_restart restart;
	struct rex_image_poll poll;
	struct rex_heap heap;
	size_t memory;
	struct rcu_work end;
	char name[REX_NAME_LEN];
	char rustc[REX_VERSION_LEN];
	char signer[REX_SIGNER_LEN];
	u8 sha256[REX_SHA256_LEN];
};

int rex_images_init(void);
void rex_images_exit(void);

/*
 * Wait before a new image is made, if very many wait to be freed, whoever had loaded them.
 * Return: 0, or -EINTR if the caller is killed.
 */
int rex_images_await_room(void);

/**
 * rex_image_new() - make an empty image, which load.c builds
 *
 * Return: the image with one reference, or an ERR_PTR.
 */
struct rex_image *rex_image_new(void);

/* Let others see the image, which is complete. */
void rex_image_publish(struct rex_image *image);

/* Free an image, complete or not, that only the caller can see. */
void rex_image_destroy(struct rex_image *image);

void rex_image_get(struct rex_image *image);

/*
 * Context: may sleep, but not for a grace period. With the last reference, no run of the
 * image is in flight, and others do not see the image any more. It is freed soon after.
 */
void rex_image_put(struct rex_image *image);

/* Make a file descriptor for @image, which takes over the caller's reference. */
int rex_image_new_fd(struct rex_image *image);

/*
 * Returns the image of a file descriptor, with a reference; or ERR_PTR(-EBADF).
 */
struct rex_image *rex_image_from_fd(int fd);

struct rex_prog *rex_image_find_prog(struct rex_image *image, const char *name);

/* Returns the function of @image that contains @addr, or NULL. Any context. */
const struct rex_image_func *rex_image_find_func(const struct rex_image *image,
						 unsigned long addr);

#endif /* _REX_IMAGE_H */
