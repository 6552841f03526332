/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These gates do the work of a helper themselves, and call the kernel's function for the
 * type of the map directly, as the verifier has eBPF programs do.
 */
#ifndef _REX_EMIT_CALLS_H
#define _REX_EMIT_CALLS_H

#include <linux/types.h>

/**
 * struct rex_calls - the gates that are replaced
 *
 * Each is the gate of the helper of that name: in, the one that calls the helper; out, one
 * that does the common case itself, and branches to the other for everything else.
 */
struct rex_calls {
	u64 *update;
	u64 *delete;
	u64 *push;
	u64 *pop;
	u64 *peek;
	u64 *reserve;
	u64 *submit;
	u64 *discard;
	u64 *random;
};

/* Emit the gates. Context: before rex_stubs_seal(). */
void rex_calls_emit(const struct rex_calls *calls);

#endif /* _REX_EMIT_CALLS_H */
