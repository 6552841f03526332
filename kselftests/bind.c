// SPDX-License-Identifier: GPL-2.0
/*
 * REX_IOC_BIND binds carriers to programs, and refuses other BPF programs and
 * carriers in use. Moving a carrier is tested in bind_replace.
 */

#include "rex_ioctl.h"

#define TRACEPOINT BPF_PROG_TYPE_TRACEPOINT
#define HELLO "rex_prog1"

/* ---- what is refused ---- */

TEST(unknown_entry_is_ENOENT)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT);
	struct rex_bind args;

	EXPECT_ERRNO(bind_prog(image, prog, "", 0), ENOENT);
	EXPECT_ERRNO(bind_prog(image, prog, "rex_prog", 0), ENOENT);
	EXPECT_ERRNO(bind_prog(image, prog, "rex_prog11", 0), ENOENT);
	/* a name that is not terminated */
	args = bind_args(image, prog, "");
	memset(args.entry, 'e', sizeof(args.entry));
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), EINVAL);
}

TEST(carrier_of_another_type_is_EPROTOTYPE)
{
	static const enum bpf_prog_type types[] = {
		BPF_PROG_TYPE_KPROBE,	      BPF_PROG_TYPE_XDP,
		BPF_PROG_TYPE_SCHED_CLS,      BPF_PROG_TYPE_PERF_EVENT,
		BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_SOCKET_FILTER,
	};
	int image = load_image("hello");

	for (int i = 0; i < 6; i++)
		EXPECT_ERRNO(bind_prog(image, carrier(types[i]), HELLO, 0),
			     EPROTOTYPE);
}

TEST(program_that_is_no_carrier_is_ENOEXEC)
{
	int image = load_image("hello");
	int prog = bpf_prog_calling(TRACEPOINT, BPF_FUNC_ktime_get_ns);

	EXPECT_ERRNO(bind_prog(image, prog, HELLO, 0), ENOEXEC);
	EXPECT_ERRNO(bind_prog(image, prog, HELLO, REX_BIND_REPLACE), ENOEXEC);
}

/* These programs call the helper as well. bpftrace's `nsecs` is that helper. */
TEST(program_that_does_more_than_a_carrier_is_ENOEXEC)
{
#define CALL                                                                  \
	{                                                                     \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_boot_ns \
	}
#define OTHER_CALL                                   \
	{                                            \
		.code = BPF_JMP | BPF_CALL,          \
		.imm = BPF_FUNC_get_smp_processor_id \
	}
#define SET(_reg, _value)                                               \
	{                                                               \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (_reg), \
		.imm = (_value)                                         \
	}
#define AND(_value)                                                  \
	{                                                            \
		.code = BPF_ALU64 | BPF_AND | BPF_K, .imm = (_value) \
	}
#define EXIT                               \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}
	static const struct {
		const char *what;
		int nr;
		struct bpf_insn insns[6];
	} bodies[] = {
		{ "a context of its own", 3, { SET(1, 0), CALL, EXIT } },
		{ "something before", 3, { SET(6, 0), CALL, EXIT } },
		{ "something after it", 3, { CALL, SET(0, 0), EXIT } },
		{ "the body of another type", 3, { CALL, AND(1), EXIT } },
		{ "the same call twice", 3, { CALL, CALL, EXIT } },
		{ "another call before", 3, { OTHER_CALL, CALL, EXIT } },
		{ "another call after it", 3, { CALL, OTHER_CALL, EXIT } },
		{ "another call only", 2, { OTHER_CALL, EXIT } },
	};
	int image = load_image("hello");

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		int prog = bpf_prog_load(TRACEPOINT, "body", "GPL",
					 bodies[i].insns, bodies[i].nr, NULL);
		int ret;

		ASSERT_MSG(prog >= 0, "%s: %s", bodies[i].what,
			   strerror(-prog));
		ret = bind_prog(image, prog, HELLO, 0);
		EXPECT_MSG(ret == -1 && errno == ENOEXEC, "%s: %d, errno %d",
			   bodies[i].what, ret, errno);
		close(prog);
	}
}

/* Blinding moves the constants. */
TEST(carriers_with_blinded_constants_are_bound)
{
	static const char *const names[] = { "lsm_hooks", "net_cgroup",
					     "tracing", "net_xdp" };

	set_sysctl("net/core/bpf_jit_harden", "2");
	for (int i = 0; i < 4; i++)
		rex_obj_close(load_object(names[i]));
	set_sysctl("net/core/bpf_jit_harden", "0");
}

TEST(program_that_is_not_jited_is_ENOEXEC)
{
	int image = load_image("hello"), prog;

	set_sysctl("net/core/bpf_jit_enable", "0");
	prog = carrier(TRACEPOINT);
	set_sysctl("net/core/bpf_jit_enable", "1");
	EXPECT_ERRNO(bind_prog(image, prog, HELLO, 0), ENOEXEC);
}

TEST(second_bind_is_EBUSY)
{
	int image = load_image("hello"), other = load_image("hello");
	int prog = carrier(TRACEPOINT);

	ASSERT_EQ(bind_prog(image, prog, HELLO, 0), 0);
	EXPECT_ERRNO(bind_prog(image, prog, HELLO, 0), EBUSY);
	EXPECT_ERRNO(bind_prog(other, prog, HELLO, 0), EBUSY);
	EXPECT_EQ(info_of_carrier(prog).image_id, image_id(image));
	EXPECT_EQ(nr_bindings(image), 1);
	EXPECT_EQ(nr_bindings(other), 0);
}

TEST(default_ret_without_its_flag_is_EINVAL)
{
	struct rex_bind args =
		bind_args(load_image("hello"), carrier(TRACEPOINT), HELLO);

	args.default_ret = 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), EINVAL);
	args.flags = REX_BIND_DEFAULT_RET;
	EXPECT_EQ(ioctl(device(), REX_IOC_BIND, &args), 0);
	EXPECT_EQ(info_of_carrier(args.prog_fd).default_ret, 1);
}

/* The kernel would refuse these from a program of that type. */
TEST(default_ret_beyond_the_bounds_of_the_type_is_EINVAL)
{
	static const struct {
		const char *object, *entry;
		enum bpf_prog_type type;
		__s32 good, bad[2];
	} cases[] = {
		{ "net_xdp", "passes", BPF_PROG_TYPE_XDP, 2, { -1, 4 } },
		{ "net_tc", "parses", BPF_PROG_TYPE_SCHED_CLS, -1, { -2, 7 } },
		{ "lsm_hooks", "on_nice", BPF_PROG_TYPE_LSM, -1, { 1, -4096 } },
		{ "tracing", "on_read", BPF_PROG_TYPE_TRACING, 0, { 1, -1 } },
	};

	for (int i = 0; i < 4; i++) {
		struct rex_obj *obj = load_object(cases[i].object);
		struct rex_bind args =
			bind_args(rex_obj_image_fd(obj),
				  bpf_program__fd(program(obj, cases[i].entry)),
				  cases[i].entry);

		args.flags = REX_BIND_DEFAULT_RET | REX_BIND_REPLACE;
		for (int k = 0; k < 2; k++) {
			args.default_ret = cases[i].bad[k];
			EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args),
				     EINVAL);
		}
		args.default_ret = cases[i].good;
		EXPECT_EQ(ioctl(device(), REX_IOC_BIND, &args), 0);
		EXPECT_EQ(prog_info(obj, cases[i].entry).default_ret,
			  cases[i].good);
		rex_obj_close(obj);
	}
}

/* ---- what is in use already ---- */

/*
 * The kernel compares a program's reads with the event when it attaches it. An
 * attached carrier reads nothing yet, and sched_switch has more arguments than
 * sched_process_exit.
 */
TEST(attached_carrier_is_ETXTBSY)
{
	struct rex_obj *obj = load_object("tracing");
	int prog = carrier(BPF_PROG_TYPE_RAW_TRACEPOINT);
	int link = bpf_raw_tracepoint_open("sched_process_free", prog);

	ASSERT_MSG(link >= 0, "%s", strerror(errno));
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(obj), prog, "on_raw", 0),
		     ETXTBSY);
	close(link);
	/* RCU frees the link. The carrier now contains its reads. */
	EXPECT(WAIT_FOR(!bind_prog(rex_obj_image_fd(obj), prog, "on_raw", 0),
			10));
	EXPECT_EQ(bpf_raw_tracepoint_open("sched_process_free", prog), -EINVAL);
	link = bpf_raw_tracepoint_open("sys_enter", prog);
	EXPECT_MSG(link >= 0, "%s", strerror(errno));
	close(link);
	rex_obj_close(obj);
}

TEST(carrier_with_another_holder_is_ETXTBSY)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT), other;
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(prog, &info, &len));
	other = bpf_prog_get_fd_by_id(info.id);
	ASSERT(other >= 0);
	EXPECT_ERRNO(bind_prog(image, prog, HELLO, 0), ETXTBSY);
	close(other);
	/* A duplicate of the descriptor is not another holder. */
	other = dup(prog);
	EXPECT_EQ(bind_prog(image, prog, HELLO, 0), 0);
	EXPECT_EQ(bind_prog(image, other, HELLO, REX_BIND_REPLACE), 0);
}

/* ---- the log ---- */

TEST(reason_of_a_refusal_is_in_the_log)
{
	char text[256] = "";
	struct rex_bind args =
		bind_args(load_image("hello"),
			  bpf_prog_calling(TRACEPOINT, BPF_FUNC_ktime_get_ns),
			  HELLO);

	args.log_buf = u64_of(text);
	args.log_size = sizeof(text);
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ENOEXEC);
	EXPECT_CONTAINS(text, "no carrier: instruction 0");
	strcpy(args.entry, "nobody");
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ENOENT);
	EXPECT_CONTAINS(text, "no program \"nobody\"");
	/* cut where the buffer ends */
	args.log_size = 8;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ENOENT);
	EXPECT_EQ(strlen(text), 7);
	args.log_buf = 0;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), EINVAL);
	args.log_buf = 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), EFAULT);
}

TEST(refused_bind_leaks_nothing)
{
	struct census before, census;
	int image;

	idle_device();
	before = take_census();
	image = load_image("hello");
	census = take_census();
	for (int i = 0; i < 50; i++) {
		int prog = carrier(TRACEPOINT);

		EXPECT_ERRNO(bind_prog(image, prog, "nobody", 0), ENOENT);
		close(prog);
		prog = bpf_prog_calling(TRACEPOINT, BPF_FUNC_ktime_get_ns);
		EXPECT_ERRNO(bind_prog(image, prog, HELLO, 0), ENOEXEC);
		close(prog);
	}
	EXPECT_CENSUS(&census);
	/* nor a reference on the image */
	close(image);
	EXPECT_CENSUS(&before);
}

/* ---- what is bound ---- */

TEST(carrier_keeps_the_image)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT);
	__u32 id = image_id(image);

	ASSERT_EQ(bind_prog(image, prog, HELLO, 0), 0);
	close(image);
	EXPECT_EQ(info_of_carrier(prog).image_id, id);
	EXPECT_STREQ(info_of_carrier(prog).name, HELLO);
	EXPECT_EQ(info_of_carrier(prog).nr_bindings, 1);
}

TEST(info_of_a_carrier_that_is_not_bound_is_ENOENT)
{
	struct rex_prog_info info = { .size = sizeof(info), .image_fd = -1 };

	info.prog_fd = carrier(TRACEPOINT);
	EXPECT_ERRNO(ioctl(device(), REX_IOC_PROG_INFO, &info), ENOENT);
}

TEST(one_program_has_many_carriers)
{
	int image = load_image("hello"), progs[64];

	for (int i = 0; i < 64; i++) {
		progs[i] = carrier(TRACEPOINT);
		ASSERT_EQ(bind_prog(image, progs[i], HELLO, 0), 0);
	}
	EXPECT_EQ(nr_bindings(image), 64);
	for (int i = 0; i < 64; i += 2)
		close(progs[i]);
	EXPECT(WAIT_FOR(nr_bindings(image) == 32, 10));
	for (int i = 1; i < 64; i += 2)
		EXPECT_EQ(info_of_carrier(progs[i]).image_id, image_id(image));
}

TEST(options_are_those_of_the_bind)
{
	struct rex_bind args =
		bind_args(load_image("hello"), carrier(TRACEPOINT), HELLO);

	args.timeout_ms = 1234;
	args.flags = REX_BIND_DEFAULT_RET;
	args.default_ret = -5;
	ASSERT_EQ(ioctl(device(), REX_IOC_BIND, &args), 0);
	EXPECT_EQ(info_of_carrier(args.prog_fd).timeout_ms, 1234);
	EXPECT_EQ(info_of_carrier(args.prog_fd).default_ret, -5);
}

TEST(a_timeout_above_the_module_s_limit_is_ERANGE)
{
	__u32 limit = module_parameter("max_timeout_ms");
	struct rex_bind args =
		bind_args(load_image("hello"), carrier(TRACEPOINT), HELLO);

	args.timeout_ms = limit + 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ERANGE);
	args.timeout_ms = 0xffffffff;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ERANGE);
	args.timeout_ms = limit;
	EXPECT_EQ(ioctl(device(), REX_IOC_BIND, &args), 0);
	/* The same holds when the carrier is bound. */
	args.flags = REX_BIND_REPLACE;
	args.timeout_ms = limit + 1;
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, &args), ERANGE);
	EXPECT_EQ(info_of_carrier(args.prog_fd).timeout_ms, limit);
}
