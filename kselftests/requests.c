// SPDX-License-Identifier: GPL-2.0
/* Programs run on request (programs/requests). */
#include "rex_tool.h"

#define NR_ARGS 12

static int run(int fd, const __u64 *args, __u32 nr, __s32 *ret)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
		    .ctx_size_in = nr * sizeof(*args));
	int err = bpf_prog_test_run_opts(fd, &opts);

	*ret = opts.retval;
	return err;
}

FIXTURE(requests)
{
	struct rex_obj *obj;
	int sum, last;
};

FIXTURE_SETUP(requests)
{
	self->obj = load_object("requests");
	self->sum = bpf_program__fd(program(self->obj, "sum"));
	self->last = bpf_program__fd(program(self->obj, "last"));
}

FIXTURE_TEARDOWN(requests)
{
	rex_obj_close(self->obj);
}

TEST_F(requests, request_has_arguments_and_a_result)
{
	__u64 args[NR_ARGS] = { 1, 2, 3, [11] = 40 };
	__s32 ret;

	ASSERT(!run(self->sum, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, 46);
	args[0] = -100;
	ASSERT(!run(self->sum, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, -55);
	args[0] = 1ull << 40;
	ASSERT(!run(self->sum, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, -ERANGE);
	EXPECT_EQ(prog_info(self->obj, "sum").runs, 3);
	ASSERT(!run(self->last, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, 40);
}

/* The program reads 12 arguments, and the kernel refuses a run with fewer. */
TEST_F(requests, fewer_arguments_are_refused)
{
	__u64 args[NR_ARGS + 1] = {};
	__s32 ret;

	EXPECT_EQ(run(self->sum, args, 0, &ret), -EINVAL);
	EXPECT_EQ(run(self->sum, args, NR_ARGS - 1, &ret), -EINVAL);
	EXPECT_EQ(run(self->sum, args, NR_ARGS + 1, &ret), -EINVAL);
	EXPECT(bpf_raw_tracepoint_open("sys_enter", self->sum) < 0);
	EXPECT_EQ(prog_info(self->obj, "sum").runs, 0);
}

TEST_F(requests, fault_of_a_request_is_contained)
{
	__u64 args[NR_ARGS] = { 99 };
	__s32 ret;

	ASSERT(!run(self->sum, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, 0);
	EXPECT_EQ(prog_info(self->obj, "sum").faults, 1);
	EXPECT(!is_live(self->obj, "sum"));
	args[0] = 1;
	ASSERT(!run(self->sum, args, NR_ARGS, &ret));
	EXPECT_EQ(ret, 0);
}

TEST(rexctl_calls_and_shows_what_is_printed_and_returned)
{
	const char *file = object_path("requests"), *text;

	text = tool(TOOL_OK, "call %s sum 1 0x10 25", file);
	EXPECT_CONTAINS(text, "[requests::sum] 12 arguments, of process");
	EXPECT_CONTAINS(text, "sum returned 42");
	EXPECT_CONTAINS(tool(TOOL_OK, "call %s sum 0x10000000000", file),
			"sum returned -34");
	EXPECT_CONTAINS(tool(TOOL_OK, "call %s last --json", file),
			"\"value\"");
	EXPECT_CONTAINS(tool(TOOL_FAULT, "call %s sum 99", file),
			"not this one");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "call %s on_exit", file),
			"does not run on request");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "call %s nobody", file),
			"has no program nobody");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "call %s", file),
			"PROGRAM is missing");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "call %s sum x", file),
			"a number of 64 bits");
}

TEST(rexctl_calls_a_sleepable_program)
{
	const char *file = object_path("sleepable");

	EXPECT_CONTAINS(tool(TOOL_OK, "call %s on_request 1 2 0x10", file),
			"on_request returned 19");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "call %s on_call", file),
			"does not run on request");
}

TEST_F(requests, rexctl_calls_a_program_that_is_loaded)
{
	EXPECT_CONTAINS(tool(TOOL_OK, "call --loaded sum 5 6"),
			"sum returned 11");
	EXPECT_EQ(prog_info(self->obj, "sum").runs, 1);
	EXPECT_CONTAINS(tool(TOOL_FAULT, "call --loaded sum 99"),
			"stopped by a fault");
}
