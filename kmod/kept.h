/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers that a function preserves for its caller. A bit of its number stands for
 * a register in sets of them.
 *
 * The check of an object's code (check.h) finds those that its functions save. The thunk
 * stores only these (emit_thunk.c), and the abort path gives the carrier all of them
 * (abort.c).
 */
#ifndef REX_KEPT_H
#define REX_KEPT_H

enum rex_kept {
	REX_KEPT_BX,
	REX_KEPT_BP,
	REX_KEPT_R12,
	REX_KEPT_R13,
	REX_KEPT_R14,
	REX_KEPT_R15,
	REX_NR_KEPT
};

#define REX_KEPT_ALL ((1u << REX_NR_KEPT) - 1)

#endif /* REX_KEPT_H */
