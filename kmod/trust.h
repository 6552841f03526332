/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The decision whether an object may be loaded, by its signature.
 *
 * The module's parameter `unsigned` is `allow` or `deny`, and never changes
 * back to `allow`. If the kernel requires signatures of modules
 * (module.sig_enforce, lockdown), `deny` is in force.
 *
 * The kernel's keyrings are searched first, as for a module. The keyring `.rex`
 * is the module's own: root puts certificates into it, until root restricts it.
 * It is ignored if the kernel requires signatures, since root's own keys do not
 * count for modules then, either.
 */
#ifndef _REX_TRUST_H
#define _REX_TRUST_H

#include "signature.h"

int rex_trust_init(void);
void rex_trust_exit(void);

/**
 * rex_trust_check() - decide on the signature of an object, or on having none
 * @sig:   the signature; @sig->signer is cleared unless the kernel has verified
 * it
 * @file:	the whole file
 * @log:	receives the reason of a refusal
 *
 * Context: may sleep. Return: 0; -EPERM: a signature is required; -ENOKEY: one
 * of a known key is required; another error: the signature is wrong.
 */
int rex_trust_check(struct rex_signature *sig, const void *file,
		    struct rex_log *log);

#endif /* _REX_TRUST_H */
