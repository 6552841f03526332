/* SPDX-License-Identifier: GPL-2.0 */
/* Included before everything else: every line of ours in the log says so. */
#ifndef _REX_PRINT_H
#define _REX_PRINT_H

#define pr_fmt(fmt) "rex: " fmt

#endif /* _REX_PRINT_H */
