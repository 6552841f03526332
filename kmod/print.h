/* SPDX-License-Identifier: GPL-2.0 */
/* Each file includes this first, so that each line in the kernel's log begins with it. */
#ifndef _REX_PRINT_H
#define _REX_PRINT_H

#define pr_fmt(fmt) "rex: " fmt

#endif /* _REX_PRINT_H */
