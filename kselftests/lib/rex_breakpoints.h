/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hardware breakpoints with a program, on code that rex.ko emits.
 */
#ifndef _REX_BREAKPOINTS_H
#define _REX_BREAKPOINTS_H

#include <linux/hw_breakpoint.h>

#include "hostile.h"

#define THUNK_ROOM 224 /* kmod/emit_thunk.h */
#define STUBS_ROOM 12288 /* kmod/emit_stubs.c */

void read_kernel(__u64 addr, void *buf, size_t len);

/* A function of rex.ko. */
struct function {
	__u64 addr;
	char name[64];
};

/* Returns the place of a function; LEN reaches up to the next one. */
const struct function *find_function(const char *name, size_t *len);

/* Returns whether kprobes and breakpoints in the function are refused. */
bool is_protected(const char *name);

__u64 kernel_symbol(const char *name);

/* Returns the address of the code of a BPF program. */
__u64 code_of(int prog_fd);

/* Returns the target of a call or a jump at ADDR, of 5 bytes. */
__u64 branch_target(__u64 addr, const unsigned char *code);

/* Returns the target of the one call of a carrier. */
__u64 thunk_of(struct rex_obj *obj, const char *prog);

/* Finds bytes in code, which have to be there. */
const unsigned char *find_bytes(const unsigned char *code, size_t size,
				const char *bytes, size_t len);

/* Returns the beginning of the stubs of this thunk. */
__u64 stubs_of(__u64 thunk);

struct breakpoint {
	int fd;
	struct perf_event_attr attr;
	struct bpf_link *link;
};

/* Makes a perf event of this task, which runs a program. */
struct breakpoint set_breakpoint(struct rex_obj *obj, __u64 addr, __u32 type);

void expect_no_breakpoint(__u64 addr);

void move_breakpoint(struct breakpoint *b, __u64 addr);

__u64 hits(const struct breakpoint *b);

void clear_breakpoint(struct breakpoint *b);

/* Wait until a program that had a fault has been restarted. */
void await_life(struct rex_obj *obj, const char *prog);

#endif
