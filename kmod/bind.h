/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A binding says which program a carrier runs.
 *
 * It has a reference on its image and on this module. It has none on the carrier, and
 * ends when the kernel frees the carrier.
 */
#ifndef _REX_BIND_H
#define _REX_BIND_H

#include "image.h"

int rex_bind_init(void);
void rex_bind_exit(void);

/**
 * rex_bind() - REX_IOC_BIND
 * @args: the caller's arguments
 *
 * Context: may sleep. Return: 0 or -errno, see struct rex_bind.
 */
int rex_bind(const struct rex_bind *args);

/**
 * rex_bind_find() - find the program that a carrier runs
 * @prog_fd: the carrier
 *
 * Return: the program, with a reference on its image; or an ERR_PTR: -EBADF,
 * -ENOENT if it is not bound.
 */
struct rex_prog *rex_bind_find(int prog_fd);

/* Count the events that the carriers of @prog have lost: rex_prog_info.missed. */
u64 rex_bind_count_missed(const struct rex_prog *prog);

#endif /* _REX_BIND_H */
