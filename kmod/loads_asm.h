/* SPDX-License-Identifier: GPL-2.0 */
/* Constants of loads.S, which loads.h compares with the kernel's. */
#ifndef _REX_LOADS_ASM_H
#define _REX_LOADS_ASM_H

/* From the first address whose 8 bytes reach into the vsyscall page, to 0. */
#define REX_LOADS_ABOVE_VSYSCALL 0xa00007
#define REX_LOADS_VSYSCALL_SIZE 0x1007

#endif /* _REX_LOADS_ASM_H */
