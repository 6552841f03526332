/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ordinary case of a spin lock: it is free, and the run holds no other. Code
 * for it is emitted and called by programs directly, without a gate; everything
 * else it leaves to the helpers in helpers_lock.c. The lock is entered in the
 * run's state rather than in the account of its resources.
 */
#ifndef _REX_EMIT_LOCK_H
#define _REX_EMIT_LOCK_H

#include <linux/ptrace.h>
#include <linux/types.h>

struct bpf_spin_lock;
struct rex_run;

/**
 * rex_lock_emit() - emit the code
 * @lock:	in: the gate of the helper that takes a lock; out: what programs
 *		call in its place
 * @unlock:	the same of the helper that releases it
 *
 * Nothing changes where a lock is released in another way than by storing a zero
 * byte (paravirtual spin locks). Context: before rex_stubs_seal().
 */
void rex_lock_emit(u64 *lock, u64 *unlock);

/**
 * rex_lock_interrupted() - what the code that was interrupted returns to
 * @regs:	what was interrupted
 *
 * Return: where on the stack the address behind the program's call is, or NULL if
 * @regs are not those of emitted code.
 */
unsigned long *rex_lock_interrupted(const struct pt_regs *regs);

/* Release the lock that @run has in its state. Context: the run's, at its end. */
void rex_lock_release(struct rex_run *run);

/* For the gates' other sides, which are helpers. */
s64 rex_lock_contended(struct bpf_spin_lock *lock);
s64 rex_lock_softirqs(void);

#endif /* _REX_EMIT_LOCK_H */
