/* SPDX-License-Identifier: GPL-2.0 */
/*
 * These functions connect the maps that an object declares with BPF maps of the kernel.
 */
#ifndef _REX_MAPS_H
#define _REX_MAPS_H

#include <linux/bpf.h>

#include "elf.h"
#include "image.h"

/**
 * rex_maps_match() - find the kernel's map for each map of an object
 * @elf:	the object
 * @fds:	the maps that the caller offers, in any order
 * @nr_fds:	how many
 * @maps:	receives one map for each map of @elf, each with a reference, or NULL
 *		for REX_NO_MAP; room for @elf->nr_maps
 * @log:	receives the reason of a refusal
 *
 * Return: 0; -ENOENT if the sets of names differ; -EMEDIUMTYPE if a map is not
 * what the object declares; -EPERM if programs may not read and write it;
 * -EBADF. On failure there is nothing to put.
 */
int rex_maps_match(const struct rex_elf *elf, const struct rex_map_fd *fds,
		   u32 nr_fds, struct bpf_map **maps, struct rex_log *log);

/* Put the references on @nr maps, some of which may be NULL, and free the array. */
void rex_maps_put(struct bpf_map **maps, u32 nr);

/*
 * Take references on @maps for @image, and fill the map definitions in its
 * rodata. 0 or -ENOMEM.
 */
int rex_maps_fill(struct rex_image *image, const struct rex_elf *elf,
		  struct bpf_map *const *maps);

#endif /* _REX_MAPS_H */
