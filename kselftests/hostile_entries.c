// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in the function of a program that the kernel calls, before it has a frame, or in what
 * it jumps to as its last act. There, the stack of the run has the thunk's address alone.
 */
#include "hostile.h"

static void expect_contained(const char *name, int cause, const char *message)
{
	struct rex_obj *obj = load_act("entry_unsafe", name, name, 0);
	const struct hook hook = { .program = name };
	struct bpf_link *link = attach_section(obj, &hook, 0);
	struct rex_fault_info fault;
	struct victim v;

	be_strict(true);
	v = start_victim(&hook_tracepoint);
	let_go(&v);
	fault = last_fault(obj, name);
	EXPECT_EQ(fault.cause, cause);
	EXPECT_EQ(fault.pid, v.pid);
	EXPECT_CONTAINS(fault.message, message);
	EXPECT_EQ(prog_info(obj, name).state, REX_PROG_DEAD);
	/* Nothing is lost: the next one runs on the same level. */
	v = start_victim(&hook_tracepoint);
	let_go(&v);
	EXPECT_EQ(prog_info(obj, name).skipped, 1);
	be_strict(false);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

#define ENTRY(_name, _cause, _message)                          \
	TEST(_name##_of_an_entry_without_frame_is_contained)    \
	{                                                       \
		expect_contained(#_name, (_cause), (_message)); \
	}

ENTRY(ud2, REX_FAULT_EXCEPTION, "invalid opcode")
ENTRY(null_read, REX_FAULT_PAGE_FAULT, "read of address 0x8")
ENTRY(compare_null, REX_FAULT_PAGE_FAULT, "read of address 0x8")
ENTRY(jump_to_noncanonical, REX_FAULT_EXCEPTION, "general protection")
ENTRY(jump_to_hole, REX_FAULT_PAGE_FAULT, "jump to address 0xfffffc0000001000")
ENTRY(jump_to_null, REX_FAULT_PAGE_FAULT, "jump to address 0x8")
