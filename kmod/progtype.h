/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What we know of a BPF program type.
 */
#ifndef _REX_PROGTYPE_H
#define _REX_PROGTYPE_H

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

/**
 * rex_prog_type_default_ret() - the value that lets the kernel go on as if there
 * were no program
 */
static inline s32 rex_prog_type_default_ret(enum bpf_prog_type type)
{
	switch (type) {
	case BPF_PROG_TYPE_XDP:
		return XDP_PASS;
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
		return TC_ACT_OK;
	case BPF_PROG_TYPE_CGROUP_SKB:
		return 1;
	default:
		return 0;
	}
}

#endif /* _REX_PROGTYPE_H */
