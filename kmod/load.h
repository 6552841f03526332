/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loader checks an object (elf.h), copies and relocates it (reloc.h), and makes an
 * image of it (image.h).
 */
#ifndef _REX_LOAD_H
#define _REX_LOAD_H

#include <linux/rex.h>

/**
 * rex_load() - REX_IOC_LOAD
 * @args: the caller's arguments; log_len is written, also on failure
 *
 * Return: the file descriptor of the new image, or -errno.
 */
int rex_load(struct rex_load *args);

/* Free what the last load has left for the next. */
void rex_load_exit(void);

#endif /* _REX_LOAD_H */
