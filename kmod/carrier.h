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
 * struct rex_carrier_code - the places of a carrier's code that lead to its program
 * @entry:	the NOP with which it begins, which becomes a jump; NULL: there is none, or the
 *		kernel may need it
 * @call:	the call of the helper
 */
struct rex_carrier_code {
	u8 *entry;
	u8 *call;
};

/**
 * rex_carrier_find_code() - find these places
 * @carrier:	a BPF program that rex_carrier_check() accepts
 * @code:	receives them
 *
 * Return: whether there is a call.
 */
bool rex_carrier_find_code(const struct bpf_prog *carrier,
			   struct rex_carrier_code *code);

/**
 * rex_carrier_load_test() - load a carrier, to see how this kernel makes them
 *
 * Context: may sleep. Return: the BPF program, with a reference; or an ERR_PTR. The
 * reason of a failure is in the kernel's log.
 */
struct bpf_prog *rex_carrier_load_test(void);

/* A trampoline leaves the address of the traced function here, before its arguments. */
#define REX_TRACED_FUNCTION (-2)

/* False: it does not, on this kernel, so that no program may ask for the address. */
extern bool rex_carrier_knows_function;

/*
 * Set rex_carrier_knows_function. The verifier replaces the call of bpf_get_func_ip() in a BPF
 * program by a load from the kernel's place. Context: insmod, after rex_ksyms_verify(); may sleep.
 */
void rex_carrier_verify_function(void);

#endif /* _REX_CARRIER_H */
