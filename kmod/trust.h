/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trust: who may load native code.
 */
#ifndef _REX_TRUST_H
#define _REX_TRUST_H

#include <linux/types.h>

/* Whether the kernel refuses unsigned modules for being locked down. */
bool rex_locked_down(void);

#endif /* _REX_TRUST_H */
