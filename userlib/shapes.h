/* SPDX-License-Identifier: GPL-2.0 */
/* BTF of the types that an object declares for its maps. */
#ifndef REX_SHAPES_H
#define REX_SHAPES_H

#include <bpf/btf.h>

#include "internal.h"

/*
 * Adds the type that @text, a text of .rex.types or NULL, says, to @btf. Returns its id; or
 * a negative errno if it says nothing, is malformed, or is not of @size bytes.
 */
int rex_shape_add(struct btf *btf, const char *text, __u32 size);

/* Returns whether the kernel takes any types for maps of this type. */
bool rex_shape_is_shown(__u32 map_type);

#endif /* REX_SHAPES_H */
