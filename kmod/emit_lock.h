/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Emitted code for the ordinary case of a spin lock: it is free, and the run holds no
 * other. Programs call the code directly, without a gate; it leaves all other cases to
 * the helpers in helpers_lock.c. The lock is noted in the run's state rather than in the
 * list of its resources.
 */
#ifndef _REX_EMIT_LOCK_H
#define _REX_EMIT_LOCK_H

#include <linux/ptrace.h>
#include <linux/types.h>

struct bpf_spin_lock;
struct rex_run;

/**
 * rex_lock_emit() - emit the code
 * @lock:	in: the gate of the helper that takes a lock; out: the code that
 *		programs call instead
 * @unlock:	the same for the helper that releases a lock
 *
 * Nothing changes where the kernel does not release a lock by storing a zero byte
 * (paravirtual spin locks). Context: before rex_stubs_seal().
 */
void rex_lock_emit(u64 *lock, u64 *unlock);

/**
 * rex_lock_interrupted() - find the return address of emitted code
 * @regs:	what was interrupted
 *
 * Return: where on the stack the address after the program's call is, or NULL if @regs
 * are not in the code of this file.
 */
unsigned long *rex_lock_interrupted(const struct pt_regs *regs);

/* Release the lock that @run has in its state. Context: the run's, at its end. */
void rex_lock_release(struct rex_run *run);

/* Helpers that the emitted code calls by their gates. */
s64 rex_lock_contended(struct bpf_spin_lock *lock);
s64 rex_lock_softirqs(void);

#endif /* _REX_EMIT_LOCK_H */
