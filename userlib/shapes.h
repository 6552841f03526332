/* SPDX-License-Identifier: GPL-2.0 */
/* BTF of the types that an object declares for its maps. */
#ifndef REX_SHAPES_H
#define REX_SHAPES_H

#include <bpf/btf.h>

#include "internal.h"

#define REX_SHAPE_NO_LOCK (-1)
/* The name of the elements of bN, which are no text; those of [N]u1 may be. */
#define REX_SHAPE_BYTE "byte"

/*
 * Adds the type that @text, a text of .rex.types or NULL, says, to @btf. Returns its id; or
 * a negative errno if it says nothing, is malformed, is not of @size bytes, or does not
 * have its lock at the offset @lock. @btf has the type bpf_spin_lock if there is a lock.
 */
int rex_shape_add(struct btf *btf, const char *text, __u32 size, int lock);

/* Returns whether the kernel takes any types for maps of this type. */
bool rex_shape_is_shown(__u32 map_type);

#endif /* REX_SHAPES_H */
