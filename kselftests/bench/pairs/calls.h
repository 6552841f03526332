/* SPDX-License-Identifier: GPL-2.0 */
/* The functions that programs call, by their own calling conventions: see calls.S. */
#ifndef _PAIRS_CALLS_H
#define _PAIRS_CALLS_H

extern const char pairs_copy[], pairs_fill[], pairs_jump_r11[];

#endif
