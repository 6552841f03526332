/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether an object may be loaded, given who has signed it.
 *
 * The module's parameter `unsigned` is `allow` or `deny`, and is only ever tightened.
 * Where the kernel requires signatures of modules (module.sig_enforce, lockdown), it is
 * `deny`, whatever it says.
 *
 * The kernel's keyrings are asked first, as for a module. The keyring `.rex` is the
 * module's own: root puts certificates into it, until root restricts it. It does not
 * count where the kernel requires signatures, since root's own keys do not count there
 * for modules either.
 */
#ifndef _REX_TRUST_H
#define _REX_TRUST_H

#include "signature.h"

int rex_trust_init(void);
void rex_trust_exit(void);

/**
 * rex_trust_check() - decide on the signature of an object, or on having none
 * @sig:	where it is; @sig->signer is cleared unless the kernel has verified it
 * @file:	the whole file
 * @log:	receives the reason of a refusal
 *
 * Context: may sleep. Return: 0; -EPERM: there has to be one; -ENOKEY: there has to be
 * one of a known key; another error: it is wrong.
 */
int rex_trust_check(struct rex_signature *sig, const void *file,
		    struct rex_log *log);

#endif /* _REX_TRUST_H */
