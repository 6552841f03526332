/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that allocate (programs/heap).
 */
#ifndef _REX_HEAP_H
#define _REX_HEAP_H

#include "rex_ioctl.h"
#include "names/heap.h"

#define KIB 1024ul
#define MIB (1024 * KIB)
/* The result of a program that did not reach its end. */
#define NONE 0xdead

/* The link of the attached program. */
extern struct bpf_link *heap_link;

struct rex_obj *load_with_heap(const char *name, __u64 heap_size,
			       __u32 restarts_per_min, __u32 timeout_ms);

/* Loads the object heap, whose program at_dup is attached. */
struct rex_obj *load_heap(__u64 heap_size);

void unload_heap(struct rex_obj *obj);

/* Returns the result of an act of names.rs, or NONE. */
__u64 heap_act(struct rex_obj *obj, int act, __u64 size);

/* Returns the bytes of the image's heap that are in use. */
__u64 heap_used(struct rex_obj *obj);

#endif
