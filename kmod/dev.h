/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/rex is the device of the module; <linux/rex.h> has its ABI.
 */
#ifndef _REX_DEV_H
#define _REX_DEV_H

int rex_dev_init(void);
void rex_dev_exit(void);

#endif /* _REX_DEV_H */
