/* SPDX-License-Identifier: GPL-2.0 */
/* What kmod/memcmp.S takes of the kernel's header of this name. */
#ifndef HOST_LINUX_CFI_TYPES_H
#define HOST_LINUX_CFI_TYPES_H

#include <linux/linkage.h>

#define SYM_TYPED_FUNC_START(name) SYM_FUNC_START(name)

#endif
