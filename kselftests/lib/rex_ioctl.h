/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/rex without librex: for tests of the ABI itself.
 */
#ifndef _REX_IOCTL_H
#define _REX_IOCTL_H

#include <linux/bpf.h>
#include <linux/rex.h>

#include "rex_util.h"

int open_device(void);

/* Returns the device, opened once for the TEST. */
int device(void);

/*
 * Returns the device, opened while no other object of rex exists, for a census.
 */
int idle_device(void);

/* Makes a BPF program that calls HELPER and ends. */
int bpf_prog_calling(enum bpf_prog_type type, int helper);

int carrier(enum bpf_prog_type type);

/* Attach types that the headers of the build may lack. */
#define KPROBE_MULTI 42 /* BPF_TRACE_KPROBE_MULTI */
#define UPROBE_MULTI 48 /* BPF_TRACE_UPROBE_MULTI, from Linux 6.6 on */
#define KPROBE_SESSION 56 /* BPF_TRACE_KPROBE_SESSION, from Linux 6.10 on */

/*
 * Makes a carrier of an attach type; a negative errno if the kernel does not
 * know it.
 */
int try_carrier(enum bpf_prog_type type, int attach_type);

/*
 * Loads a BPF program with types, as a compiler makes them. Its functions begin at these
 * instructions, the first of which is 0.
 */
int load_with_types(enum bpf_prog_type type, const struct bpf_insn *insns,
		    size_t nr, const __u32 *functions, size_t nr_functions,
		    struct bpf_prog_load_opts *opts);

int make_map(enum bpf_map_type type, __u32 key_size, __u32 value_size,
	     __u32 max_entries, __u32 flags);

/* Instructions that go on to program 0 of an array; what follows them runs if that fails. */
#define TAIL_CALL_INSNS(_array)                                            \
	{ .code = BPF_LD | BPF_IMM | BPF_DW,                               \
	  .dst_reg = 2,                                                    \
	  .src_reg = BPF_PSEUDO_MAP_FD,                                    \
	  .imm = (_array) },                                               \
		{}, { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 }, \
	{                                                                  \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call      \
	}

/* Makes a program that goes on to program 0 of ARRAY, and returns FAILED if that fails. */
int tail_caller(enum bpf_prog_type type, int attach_type, int array,
		int failed);

/* Makes PROG program 0 of ARRAY. Returns -1 with errno if the kernel refuses it. */
int set_callee(int array, int prog);

static inline __u64 u64_of(const void *pointer)
{
	return (unsigned long)pointer;
}

/* Returns arguments to load the object of that name, which stays in memory. */
struct rex_load load_args(const char *name);

void give_maps(struct rex_load *args, const struct rex_map_fd *maps, __u32 nr);

/* The maps of programs/counts. */
enum {
	CONTROL,
	TOTALS,
	BY_THREAD,
	NR_COUNTS_MAPS
};

/* Makes new maps for programs/counts; MAPS has room for one more. */
void give_counts_maps(struct rex_load *args, struct rex_map_fd *maps);

/* Makes new maps for programs/heap; MAPS has room for three. */
void give_heap_maps(struct rex_load *args, struct rex_map_fd *maps);

/* Loads an object, which must succeed. */
int load(struct rex_load *args);

/* Checks that the load is refused, and leaks nothing. */
void load_is_refused(struct rex_load *args, int want);

/* Checks the same, with WORDS in the log. */
void load_is_refused_with(struct rex_load *args, int want, const char *words);

/* Loads an object without maps. */
int load_image(const char *name);

struct rex_bind bind_args(int image_fd, int prog_fd, const char *entry);

int bind_prog(int image_fd, int prog_fd, const char *entry, __u32 flags);

/*
 * Binds a carrier that was just made. A tool such as perf may look at each new program of the
 * kernel, and has it open meanwhile: BIND is tried again for two seconds then.
 */
int bind_fresh(int image_fd, int prog_fd, const char *entry, __u32 flags);

struct rex_image_info image_info_of(int image_fd);

__u32 image_id(int image_fd);

/* Returns the info of the program that the carrier is bound to. */
struct rex_prog_info info_of_carrier(int prog_fd);

/* Returns the number of carriers that are bound to programs of the image. */
__u32 nr_bindings(int image_fd);

/* Returns the latest fault of a program that has had one. */
struct rex_fault_info last_fault(struct rex_obj *obj, const char *prog);

#endif
