/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A carrier is a BPF program that does nothing but call a Rex program.
 */
#ifndef _REX_CARRIER_H
#define _REX_CARRIER_H

#include <linux/bpf.h>

#include "image.h"
#include "log.h"

/**
 * rex_carrier_check() - check whether a BPF program is a carrier for a program
 * @carrier:	the BPF program, with a reference
 * @prog:	the program
 * @log:	receives the reason of a refusal
 *
 * A program whose context does not come from the kernel, or whose value the kernel does
 * not expect, would be unsafe. So the instructions must be exactly those that librex
 * makes.
 *
 * Return: 0, -EPROTOTYPE or -ENOEXEC.
 */
int rex_carrier_check(const struct bpf_prog *carrier,
		      const struct rex_prog *prog, struct rex_log *log);

/**
 * rex_carrier_find_call() - find the call of the helper in the code of a carrier
 * @carrier:	a BPF program that rex_carrier_check() accepts
 * @log:	receives the reason if there is none
 *
 * Return: its address, or NULL. There, the frame pointer is the stack pointer, if
 * rex_carrier_has_frame is set.
 */
u8 *rex_carrier_find_call(const struct bpf_prog *carrier, struct rex_log *log);

/*
 * Whether the frame pointer of carriers is known from their stack pointer:
 * rex_carrier_load_test() finds out.
 */
extern bool rex_carrier_has_frame;

/**
 * rex_carrier_load_test() - load a carrier, to see how this kernel makes them
 *
 * Context: may sleep. Return: the BPF program, with a reference; or an ERR_PTR. The
 * reason of a failure is in the kernel's log.
 */
struct bpf_prog *rex_carrier_load_test(void);

#endif /* _REX_CARRIER_H */
