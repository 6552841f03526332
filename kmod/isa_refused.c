// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptions of instructions that are not in the list of isa.c, for the log.
 * An instruction is refused because it is not in that list, even if it is not
 * here.
 */
#include "isa.h"

struct isa_range {
	u8 first;
	u8 last;
	const char *why;
};

static const struct isa_range isa_refused_one_byte[] = {
	{ 0x06, 0x07, "uses a segment register" },
	{ 0x0e, 0x0e, "uses a segment register" },
	{ 0x16, 0x17, "uses a segment register" },
	{ 0x1e, 0x1f, "uses a segment register" },
	{ 0x62, 0x62, "uses vector registers" },
	{ 0x6c, 0x6f, "is input or output" },
	{ 0x8c, 0x8c, "uses a segment register" },
	{ 0x8e, 0x8e, "uses a segment register" },
	{ 0x8f, 0x8f, "moves the stack pointer in an unusual way" },
	{ 0x9a, 0x9a, "is a far branch" },
	{ 0x9b, 0x9b, "uses the floating point unit" },
	{ 0x9c, 0x9f, "uses the flags register as a whole" },
	{ 0xa6, 0xa7, "is a string instruction" },
	{ 0xac, 0xaf, "is a string instruction" },
	{ 0xc2, 0xc2, "is a return that the toolchain does not make" },
	{ 0xc4, 0xc5, "uses vector registers" },
	{ 0xc8, 0xc9, "moves the stack pointer in an unusual way" },
	{ 0xca, 0xcb, "is a far branch" },
	{ 0xcc, 0xce, "is a software interrupt" },
	{ 0xcf, 0xcf, "returns from an interrupt" },
	{ 0xd8, 0xdf, "uses the floating point unit" },
	{ 0xe0, 0xe3, "is a branch that counts" },
	{ 0xe4, 0xe7, "is input or output" },
	{ 0xea, 0xea, "is a far branch" },
	{ 0xec, 0xef, "is input or output" },
	{ 0xf1, 0xf1, "is a software interrupt" },
	{ 0xf4, 0xf4, "halts the CPU" },
	{ 0xfa, 0xfb, "changes the interrupt flag" },
	{ 0xfc, 0xfd, "changes the direction flag" },
};

static const struct isa_range isa_refused_two_bytes[] = {
	{ 0x00, 0x01, "is a system instruction" },
	{ 0x02, 0x03, "uses a segment register" },
	{ 0x05, 0x05, "is a system call" },
	{ 0x06, 0x06, "is a system instruction" },
	{ 0x07, 0x07, "is a system call" },
	{ 0x08, 0x09, "is a system instruction" },
	{ 0x0d, 0x0d, "is a prefetch" },
	{ 0x10, 0x17, "uses vector registers" },
	{ 0x18, 0x18, "is a prefetch" },
	{ 0x20, 0x23, "uses a control or debug register" },
	{ 0x28, 0x2f, "uses vector registers" },
	{ 0x30, 0x30, "uses a model-specific register" },
	{ 0x31, 0x31, "reads a counter of the CPU" },
	{ 0x32, 0x32, "uses a model-specific register" },
	{ 0x33, 0x33, "reads a counter of the CPU" },
	{ 0x34, 0x35, "is a system call" },
	{ 0x50, 0x77, "uses vector registers" },
	{ 0x78, 0x79, "is an instruction for virtual machines" },
	{ 0x7c, 0x7f, "uses vector registers" },
	{ 0xa0, 0xa1, "uses a segment register" },
	{ 0xa2, 0xa2, "asks for the CPU's features" },
	{ 0xa8, 0xa9, "uses a segment register" },
	{ 0xaa, 0xaa, "is a system instruction" },
	{ 0xae, 0xae, "saves or restores a state of the CPU, or is a fence" },
	{ 0xb2, 0xb2, "uses a segment register" },
	{ 0xb4, 0xb5, "uses a segment register" },
	{ 0xb9, 0xb9, "is a trap other than ud2" },
	{ 0xc2, 0xc2, "uses vector registers" },
	{ 0xc4, 0xc6, "uses vector registers" },
	{ 0xd0, 0xfe, "uses vector registers" },
	{ 0xff, 0xff, "is a trap other than ud2" },
};

const char *rex_isa_why_refused(u8 opcode, bool two_bytes)
{
	const struct isa_range *range = two_bytes ? isa_refused_two_bytes :
						    isa_refused_one_byte;
	size_t nr = two_bytes ? ARRAY_SIZE(isa_refused_two_bytes) :
				ARRAY_SIZE(isa_refused_one_byte);
	size_t i;

	for (i = 0; i < nr; i++)
		if (opcode >= range[i].first && opcode <= range[i].last)
			return range[i].why;
	return REX_ISA_NOT_LISTED;
}
