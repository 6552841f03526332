/* SPDX-License-Identifier: GPL-2.0 */
/* Single operations: what a program costs that does one more than one that does nothing. */
#ifndef _OP_BPF_H
#define _OP_BPF_H

#include "pair.bpf.h"

#include <linux/pkt_cls.h>

/* The program _NAME, whose body returns whether all went well. */
#define OP_OF(_section, _ctx, _good, _bad, _name)      \
	static __always_inline int _name##_of(_ctx);   \
	SEC(_section) int _name(_ctx)                  \
	{                                              \
		return _name##_of(ctx) ? _good : _bad; \
	}                                              \
	static __always_inline int _name##_of(_ctx)

#define OP(_name) OP_OF("xdp", struct xdp_md *ctx, XDP_PASS, XDP_ABORTED, _name)
#define SKB_OP(_name) \
	OP_OF("tc", struct __sk_buff *ctx, TC_ACT_OK, TC_ACT_SHOT, _name)
#define TASK_OP(_name) \
	OP_OF("raw_tp", struct bpf_raw_tracepoint_args *ctx, 0, -1, _name)
#define SLEEPER_OP(_name) OP_OF("syscall", __u64 *ctx, 0, -1, _name)

#define MAP(_name, _type, _value, _entries)         \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_##_type); \
		__uint(max_entries, _entries);      \
		__type(key, __u32);                 \
		__type(value, _value);              \
	} _name SEC(".maps")

#define MAP_OF_VALUES(_name, _type, _entries)       \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_##_type); \
		__uint(max_entries, _entries);      \
		__type(value, __u64);               \
	} _name SEC(".maps")

#define RING(_name, _type)                          \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_##_type); \
		__uint(max_entries, 1 << 20);       \
	} _name SEC(".maps")

#define STORAGE(_name, _type)                         \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_##_type);   \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int);                     \
		__type(value, __u64);                 \
	} _name SEC(".maps")

/* Of Linux 6.2, which a header may not know yet. */
#define BPF_MAP_TYPE_CGRP_STORAGE 32

#define MAP_OF_MAPS(_name, _type, _inner)           \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_##_type); \
		__uint(max_entries, 4);             \
		__type(key, __u32);                 \
		__array(values, struct _inner);     \
	} _name SEC(".maps")

/* The parts of the kernel's structures that programs read. */
#define KERNELS __attribute__((preserve_access_index))

struct cgroup;

struct css_set {
	struct cgroup *dfl_cgrp;
} KERNELS;

struct task_struct {
	int pid;
	struct css_set *cgroups;
} KERNELS;

#endif
