/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code that is emitted for each program: the thunk through which a carrier calls the
 * program, and the check of the stack in the entry pad of every function.
 */
#ifndef _REX_EMIT_THUNK_H
#define _REX_EMIT_THUNK_H

#include <linux/types.h>

struct rex_prog;

/* Room for one thunk, a multiple of its alignment. */
#define REX_THUNK_SIZE 224

/**
 * rex_thunk_emit() - write the thunk of a program
 * @mem:	REX_THUNK_SIZE bytes to write to
 * @addr:	address at which it will run
 * @prog:	the program; entry, runs, stores and ctl are set, and @prog->ret is set
 *		here
 *
 * Return: 0, or -ERANGE if an address is out of reach.
 */
int rex_thunk_emit(void *mem, u64 addr, struct rex_prog *prog);

/**
 * rex_thunk_emit_pad() - write the stack check into a function's entry pad
 * @mem:	the pad, REX_PAD_SIZE bytes
 * @addr:	address at which it will run
 *
 * Return: 0, or -ERANGE if an address is out of reach.
 */
int rex_thunk_emit_pad(void *mem, u64 addr);

#endif /* _REX_EMIT_THUNK_H */
