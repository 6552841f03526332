/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers are the functions that programs call. helpers.def lists them.
 */
#ifndef _REX_HELPERS_H
#define _REX_HELPERS_H

#include <linux/bits.h>
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "ksyms.h"

struct bpf_perf_event_data_kern;
struct cgroup;
struct rex_prog_kind;
struct sk_buff;
struct xdp_buff;
struct bpf_iter_meta;

/*
 * A class has the programs that may call the same helpers; each is a bit. A program that
 * is sleepable is in two of them.
 */
enum rex_program_class {
	REX_CLASS_XDP = BIT(0),
	REX_CLASS_TC = BIT(1),
	REX_CLASS_CGROUP_SKB = BIT(2),
	REX_CLASS_PERF_EVENT = BIT(3),
	REX_CLASS_KPROBE = BIT(4),
	REX_CLASS_OTHER = BIT(5),
	REX_CLASS_SLEEPABLE = BIT(6),
	REX_CLASS_TRACING = BIT(7),
	REX_CLASS_ANY = 0xff,
};

/* Returns the classes of programs of a kind. */
u8 rex_helpers_class(const struct rex_prog_kind *kind);

#define HELPER(prefix, name, result, arguments, ...) \
	result rex_##name arguments;
#include "helpers.def"

/* Release a resource that a run has not given back: see resource.c. */
void rex_release_task(struct task_struct *task);
void rex_release_ringbuf(void *record);
void rex_release_spin_lock(struct bpf_spin_lock *lock);

/* The ends of rex_ringbuf_reserve(), for emit_calls.c: with a record, and without. */
u8 *rex_ringbuf_keep(void *record);
u8 *rex_ringbuf_lost(void);

/**
 * rex_spin_lock_held() - test whether a run of this CPU holds a lock
 *
 * A helper asks this before it waits for a CPU that may itself wait for the lock in a
 * map's value: in a bucket of that map, or in another program. If a lock is held, the
 * helper fails with -EDEADLK.
 *
 * Context: a helper, any context.
 */
bool rex_spin_lock_held(void);

/*
 * Copies a string of userspace, without a wait for a page. Returns its length with the NUL, or a negative
 * error. Some kernels count the NUL of each string but the empty one.
 */
static __always_inline long rex_read_user_str(char *dst, const void __user *src,
					      u32 size)
{
	long ret = rex_kcall(strncpy_from_user_nofault)(dst, src, size);

	return ret ?: size != 0;
}

/* Counts no lock as held on this CPU: see rex_run_reset_levels(), whose context this has. */
void rex_spin_lock_reset(void);

/*
 * Compare a dynptr that the kernel makes with what rex_user_ringbuf_read() reads of one. 0, or
 * -EOPNOTSUPP after a message. Context: insmod.
 */
int rex_ringbuf_verify(void);

void rex_helpers_init(void);

#endif /* _REX_HELPERS_H */
