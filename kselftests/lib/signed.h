/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects that sign-objects has signed, and the keyring .rex.
 */
#ifndef _REX_SIGNED_H
#define _REX_SIGNED_H

#include <linux/keyctl.h>

#include "rex_ioctl.h"

/* A file that sign-objects has made. */
char *read_signed(const char *name, size_t *size);

/* The serial number of the keyring. */
int rex_keyring(void);

/* Put the certificate of that name into the keyring. Its serial number, or -1 and errno. */
int try_add_cert(const char *name);

/* The same; must succeed. */
int add_cert(const char *name);

/* LOAD of a file in memory as the image "hello": a descriptor, or -1 and errno. */
int load_file(const void *file, size_t size, char *log, size_t log_size);

#endif /* _REX_SIGNED_H */
