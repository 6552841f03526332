/* SPDX-License-Identifier: GPL-2.0 */
/* What assembly of kmod takes from the kernel's header of this name. */
#define _ASM_NOKPROBE(entry)
