/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints stacks that programs have stored in a map, with the names of
 * functions.
 */
#ifndef REX_STACKS_H
#define REX_STACKS_H

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>

#include "user_symbols.h"

#define STACK_DEPTH 127

/* A stack of process @pid, or of the kernel if @pid is 0. */
struct stack {
	__u64 frames[STACK_DEPTH];
	int depth;
	int pid;
};

/*
 * Reads the frames at @key of a map, whose values have STACK_DEPTH frames at most.
 * Returns false if there are none.
 */
static inline bool read_frames(int map, const void *key, int pid,
			       struct stack *stack)
{
	*stack = (struct stack){ .pid = pid };
	if (bpf_map_lookup_elem(map, key, stack->frames))
		return false;
	while (stack->depth < STACK_DEPTH && stack->frames[stack->depth])
		stack->depth++;
	return true;
}

/*
 * Reads stack @number of the map @stacks. Returns false if there is none, or it was
 * lost.
 */
static inline bool read_stack(int stacks, __s32 number, int pid,
			      struct stack *stack)
{
	return number >= 0 && read_frames(stacks, &number, pid, stack);
}

static inline const char *frame_name(const struct stack *stack, int frame)
{
	__u64 address = stack->frames[frame];

	if (!stack->pid)
		return function(address);
	/* Except for the first frame, this is a return address. */
	return user_function(stack->pid, address - (frame > 0)) ?: "[unknown]";
}

/* Prints a line for each function, the innermost first. */
static inline void print_frames(const struct stack *stack)
{
	for (int i = 0; i < stack->depth; i++)
		printf("    %s\n", frame_name(stack, i));
}

/* Prints a stack, or that it was lost. */
static inline void print_stack(int stacks, __s32 number, int pid)
{
	struct stack stack;

	if (read_stack(stacks, number, pid, &stack))
		print_frames(&stack);
	else if (number == -EEXIST)
		printf("    [Missed %s Stack]\n", pid ? "User" : "Kernel");
}

#endif
