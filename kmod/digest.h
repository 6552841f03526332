/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SHA-256 digest of an object, which the audit log and struct rex_image_info have.
 *
 * Most of the time of a load would be that of the digest by the kernel's portable code. So
 * it is computed by the kernel's code for this CPU, if there is some.
 */
#ifndef _REX_DIGEST_H
#define _REX_DIGEST_H

#include <linux/types.h>

#include <crypto/sha2.h>

void rex_digest_init(void);
void rex_digest_exit(void);

/* Context: may sleep. */
void rex_digest(const void *data, size_t size, u8 digest[SHA256_DIGEST_SIZE]);

#endif /* _REX_DIGEST_H */
