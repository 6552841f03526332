/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These gates do the work of a helper themselves, and call the kernel's function for the
 * type of the map directly, as the verifier has eBPF programs do.
 */
#ifndef _REX_EMIT_CALLS_H
#define _REX_EMIT_CALLS_H

#include <linux/bpf.h>
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
	u64 *reserve;
	u64 *submit;
	u64 *discard;
	u64 *random;
};

/* Emit the gates. Context: before rex_stubs_seal(). */
void rex_calls_emit(const struct rex_calls *calls);

/*
 * In the kernel's structure of an element of a hash table, the key begins so many bytes after
 * the address that rex_find_hash() returns; the value follows the key, at a multiple of 8.
 */
extern u64 rex_calls_hash_key_offset;

/*
 * Return the address of rex_find_hash(map, key), and set rex_calls_hash_key_offset. Context:
 * before rex_stubs_seal().
 */
u64 rex_calls_find_hash(void);

/**
 * rex_calls_emit_typed() - emit the gate of a function that changes maps of one type
 * @type:	of the maps; programs call the gate for no other, and for no map that has a
 *		lock in its values
 * @function:	the kernel's function, with an int or a long as its result
 * @slow:	the gate of the helper that does the same
 *
 * Context: before rex_stubs_seal(). Return: address of the gate, whose result is an int.
 */
u64 rex_calls_emit_typed(enum bpf_map_type type, u64 function, u64 slow);

#endif /* _REX_EMIT_CALLS_H */
