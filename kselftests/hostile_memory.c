// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults end the program: in its text, which unsafe code or a wrong
 * compiler might cause, and in the kernel's memory functions with a program's
 * pointers.
 */
#include "hostile.h"

static char user_page[4096] = "memory of the victim";

#define PAGE_FAULT(_act, _message, ...)                            \
	CONTAINED(_act, tracepoint, .cause = REX_FAULT_PAGE_FAULT, \
		  .message = _message, ##__VA_ARGS__)

PAGE_FAULT(null_read, "read of address 0x0")
PAGE_FAULT(null_write, "write to address 0x0")
PAGE_FAULT(null_offset_read, "read of address 0x18")
/* SMAP forbids this read. */
PAGE_FAULT(user_read, "read of address 0x", .number = (__u64)user_page)
PAGE_FAULT(wild_read, "read of address 0xfffffc0000001000")
PAGE_FAULT(wild_write, "write to address 0xfffffc0000001000")
PAGE_FAULT(wild_last_byte, "read of address 0xffffffffffffffff")
PAGE_FAULT(write_to_rodata, "write to address 0xffffffff")
PAGE_FAULT(write_to_program_text, "write to address 0xffffffff")
PAGE_FAULT(write_to_kernel_text, "write to address 0xffffffff")
PAGE_FAULT(write_to_a_gate, "write to address 0xffffffff")
PAGE_FAULT(guard_page_write, "write to address 0xff")
PAGE_FAULT(guard_page_read, "read of address 0xff")
PAGE_FAULT(half_of_an_access_in_a_hole, "read of address 0xff")
PAGE_FAULT(jump_to_null, "jump to address 0x0")
PAGE_FAULT(jump_to_data, "jump to address 0xffffffff")
PAGE_FAULT(jump_to_rodata, "jump to address 0xffffffff")
PAGE_FAULT(jump_to_stack, "jump to address 0xff")
PAGE_FAULT(jump_to_heap, "jump to address 0xff")
PAGE_FAULT(jump_to_user, "jump to address 0x", .number = (__u64)live_on)
PAGE_FAULT(jump_to_hole, "jump to address 0xfffffc0000001000")
PAGE_FAULT(jump_to_vsyscall, "jump to address 0xffffffffff600000")
PAGE_FAULT(jump_to_the_last_address, "jump to address 0xffffffffffffffff")
PAGE_FAULT(vsyscall_read, "read of address 0xffffffffff600000")
/* The function's frame is gone at the fault. */
PAGE_FAULT(return_to_null, "jump to address 0x0", .function = "at_tracepoint")
/* A CPU without FSRM copies 512 bytes from their end. */
PAGE_FAULT(copy_from_null, "read of address 0x0",
	   .or_message = "read of address 0x1f8")
PAGE_FAULT(copy_to_null, "write to address 0x0")
PAGE_FAULT(copy_to_rodata, "write to address 0xffffffff")
PAGE_FAULT(fill_null, "write to address 0x0")
PAGE_FAULT(compare_null, "read of address 0x0")
PAGE_FAULT(move_from_a_hole, "read of address 0xfffffc00000010",
	   .or_message = "read of address 0xfffffc00000011f8")
PAGE_FAULT(null_read_with_garbage_registers, "read of address 0x0")

/*
 * On a CPU with LASS, an access of the kernel to an address of a process is another exception, which
 * these acts cause as well.
 */
#define LASS "other_kernel=0x2000"

static const struct act low_acts[] = {
	{ .name = "null_read" },
	{ .name = "null_write" },
	{ .name = "user_read", .number = (__u64)user_page },
	{ .name = "jump_to_null" },
	{ .name = "jump_to_user", .number = (__u64)live_on },
	{ .name = "return_to_null", .function = "at_tracepoint" },
	{ .name = "copy_from_null" },
	{ .name = "fill_null" },
	{ .name = "compare_null" },
};

/* It is the last test, as the module stays like this. */
TEST_TIMEOUT(accesses_of_low_addresses_are_contained_on_a_cpu_with_lass, 120)
{
	reload_module(LASS);
	for (size_t i = 0; i < sizeof(low_acts) / sizeof(low_acts[0]); i++) {
		struct act act = low_acts[i];

		ksft_note("%s", act.name);
		act.object = HOSTILE_OBJECT;
		act.hook = &hook_tracepoint;
		act.cause = REX_FAULT_EXCEPTION;
		act.message = "general protection";
		perform(&act);
	}
}
