// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel calls a carrier at its first instruction, which leads to the program's thunk.
 * From there, no other instruction of the carrier runs. A carrier that is tail-called, or that has
 * types, so that the kernel may want its first instruction, leads to the thunk by its call. On
 * all these ways, the kernel gets a value that it expects from a program of the type, which
 * programs of cgroups show here, and lsm_hooks for error numbers.
 */
#include <limits.h>

#include "rex_breakpoints.h"
#include "rex_ioctl.h"
#include "names/carrier_values_unsafe.h"

#define OBJECT "carrier_values_unsafe"
#define JMP 0xe9
#define ENDBR64 "\xf3\x0f\x1e\xfa"
#define NOP "\x0f\x1f\x44\x00\x00"

static const __s32 numbers[] = { 0, 1, 2, 3, 4, 5, -1, -2, 0x7fffffff, INT_MIN };

/* A program of the object, and the bits of its value that the kernel gets. */
static const struct {
	const char *name;
	enum bpf_attach_type attach_type;
	__u32 bits;
} programs[] = {
	{ "one_bit", BPF_CGROUP_INET_INGRESS, 1 },
	{ "two_bits", BPF_CGROUP_INET_EGRESS, 3 },
};

#define FOR_EACH_PROGRAM(i) \
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)

static __u32 value_of_run(int prog)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);

	ASSERT(!bpf_prog_test_run_opts(prog, &opts));
	return opts.retval;
}

static void expect_bits(struct rex_obj *obj, int prog, __u32 bits)
{
	for (int holds = 0; holds < 2; holds++) {
		map_set(obj, "control", HOLDS, holds);
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers);
		     i++) {
			map_set(obj, "control", RETURNS, (__u32)numbers[i]);
			EXPECT_EQ(value_of_run(prog), numbers[i] & bits);
		}
	}
}

/* ---- the ways into a program ---- */

/* Returns the carrier of a program. */
static int carrier_of(struct rex_obj *obj, size_t i)
{
	return bpf_program__fd(program(obj, programs[i].name));
}

/* Makes the carrier of a program again, with types. */
static int typed_carrier(struct rex_obj *obj, size_t i)
{
	const char *name = programs[i].name;
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K,
		  .imm = programs[i].bits },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = programs[i].attach_type);
	__u32 whole = 0;
	int fd = load_with_types(BPF_PROG_TYPE_CGROUP_SKB, insns, 3, &whole, 1,
				 &opts);

	ASSERT(!bind_prog(rex_obj_image_fd(obj), fd, name, 0));
	return fd;
}

/* Returns a program that goes on to a carrier. If that fails, its value is always 1. */
static int caller_of(int carrier, size_t i)
{
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	int fd = tail_caller(BPF_PROG_TYPE_CGROUP_SKB, programs[i].attach_type,
			     array, 1);

	ASSERT(!set_callee(array, carrier));
	return fd;
}

/* Stores the first instruction of a BPF program, behind an endbr64, to CODE. Returns its address. */
static __u64 first_instruction(int prog, unsigned char code[5])
{
	unsigned char all[16];
	__u64 addr = code_of(prog);
	size_t skip;

	read_kernel(addr, all, sizeof(all));
	skip = memcmp(all, ENDBR64, 4) ? 0 : 4;
	memcpy(code, all + skip, 5);
	return addr + skip;
}

OBJECT_FIXTURE(OBJECT)

TEST_F(object, carrier_begins_with_a_jump_to_the_program)
{
	FOR_EACH_PROGRAM(i)
	{
		unsigned char code[5];
		__u64 addr = first_instruction(carrier_of(self->obj, i), code);

		ASSERT_EQ(code[0], JMP);
		EXPECT_EQ(branch_target(addr, code),
			  thunk_of(self->obj, programs[i].name));
	}
}

TEST_F(object, carrier_with_types_keeps_its_first_instruction)
{
	FOR_EACH_PROGRAM(i)
	{
		int fd = typed_carrier(self->obj, i);
		unsigned char code[5];

		first_instruction(fd, code);
		EXPECT(!memcmp(code, NOP, sizeof(code)));
		close(fd);
	}
}

TEST_F(object, the_kernel_gets_what_it_expects)
{
	FOR_EACH_PROGRAM(i)
	expect_bits(self->obj, carrier_of(self->obj, i), programs[i].bits);
}

TEST_F(object, the_kernel_gets_what_it_expects_of_a_carrier_with_types)
{
	FOR_EACH_PROGRAM(i)
	{
		int fd = typed_carrier(self->obj, i);

		expect_bits(self->obj, fd, programs[i].bits);
		close(fd);
	}
}

TEST_F(object, the_kernel_gets_what_it_expects_after_a_tail_call)
{
	FOR_EACH_PROGRAM(i)
	{
		int fd = caller_of(carrier_of(self->obj, i), i);

		expect_bits(self->obj, fd, programs[i].bits);
		close(fd);
	}
}

TEST(the_kernel_gets_what_it_expects_of_runs_that_are_timed)
{
	REX_OPTS(rex_obj_open_opts, opts, .time_runs = true);
	struct rex_obj *obj = load_object_opts(OBJECT, &opts);

	FOR_EACH_PROGRAM(i)
	{
		int fd = caller_of(carrier_of(obj, i), i);

		expect_bits(obj, carrier_of(obj, i), programs[i].bits);
		expect_bits(obj, fd, programs[i].bits);
		close(fd);
	}
	rex_obj_close(obj);
}
