/* SPDX-License-Identifier: GPL-2.0 */
/* Programs in eBPF, without clang, that count their runs. */
#ifndef _REX_COUNTER_H
#define _REX_COUNTER_H

#include <linux/bpf.h>

/* Returns the descriptor of an array of one number, which is 0. */
int make_counter(void);

__u64 counter_value(int counter);

/* Instructions that add 1 to COUNTER. They change R1 and R2. */
#define INSNS_COUNT(_counter)                                                \
	{ .code = BPF_LD | BPF_DW | BPF_IMM,                                 \
	  .dst_reg = BPF_REG_1,                                              \
	  .src_reg = BPF_PSEUDO_MAP_VALUE,                                   \
	  .imm = (_counter) },                                               \
		{},                                                          \
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,                       \
		  .dst_reg = BPF_REG_2,                                      \
		  .imm = 1 },                                                \
	{                                                                    \
		.code = BPF_STX | BPF_DW | BPF_ATOMIC, .dst_reg = BPF_REG_1, \
		.src_reg = BPF_REG_2, .imm = BPF_ADD                         \
	}

#endif /* _REX_COUNTER_H */
