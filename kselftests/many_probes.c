// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are attached to many functions at once (programs/many_probes), by
 * links to many probes if the kernel has them, and otherwise by a link for
 * each. Their counts are compared with the calls of this process.
 * TEST-DEADLINE: 300
 */
#include <linux/perf_event.h>

#include "rex_calls.h"
#include "rex_ioctl.h"
#include "names/many_probes.h"

#define IDS "__x64_sys_get?id"
FIXTURE(object)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(object)
{
	self->obj = load_object("many_probes");
	map_set(self->obj, "WATCHED", PROCESS, getpid());
}

FIXTURE_TEARDOWN(object)
{
	rex_obj_close(self->obj);
}

/* Returns whether the kernel has links to many probes. */
static bool has_kprobe_multi(void)
{
	return kallsyms_has("kprobe_multi_link_handler");
}

static size_t nr_links(const struct rex_links *links)
{
	size_t nr = 0;

	while (rex_links_fd(links, nr) >= 0)
		nr++;
	return nr;
}

/* ---- functions of the kernel ---- */

static void expect_counts(struct rex_obj *obj, const char *prog,
			  const char *pattern, bool one_by_one)
{
	REX_OPTS(rex_attach_opts, opts, .one_by_one = one_by_one);
	struct rex_links *links = attach_opts(obj, prog, pattern, &opts);
	char name[64];
	__u64 addr;

	make_calls();
	EXPECT_EQ(calls_of(obj, links, "__x64_sys_getuid").count, USERS);
	EXPECT_EQ(calls_of(obj, links, "__x64_sys_getgid").count, GROUPS);
	EXPECT_EQ(calls_of(obj, links, "__x64_sys_getpid").count, 0);
	EXPECT_EQ(calls_at(obj, 0).count, 0);
	addr = address_of(links, "__x64_sys_getuid");
	EXPECT(!rex_symbol(addr, name, sizeof(name)));
	EXPECT_CONTAINS(name, "sys_getuid"); /* it has several names */
	EXPECT_EQ(nr_links(links), one_by_one || !has_kprobe_multi() ?
					   rex_links_count(links) :
					   1);
	rex_links_destroy(links);
	make_calls();
	EXPECT_EQ(calls_at(obj, addr).count, USERS);
}

TEST_F(object, pattern_counts_calls_of_each_function)
{
	expect_counts(self->obj, "on_entry", IDS, false);
}

TEST_F(object, pattern_counts_calls_one_by_one)
{
	expect_counts(self->obj, "on_entry", IDS, true);
}

TEST_F(object, pattern_of_the_attribute_is_attached_to)
{
	expect_counts(self->obj, "on_get", NULL, false);
	EXPECT(!rex_obj_attach(self->obj, "on_get"));
	EXPECT_CONTAINS(rex_last_error(), "rex_obj_attach_functions()");
}

/* Descriptors that are open already count. */
TEST_F(object, limit_of_descriptors_is_raised)
{
	REX_OPTS(rex_attach_opts, opts, .one_by_one = true);
	struct rex_links *links;

	use_descriptors(400, 8);
	links = attach_opts(self->obj, "on_entry", "vfs_*", &opts);
	EXPECT(nr_links(links) > 8);
	rex_links_destroy(links);
}

static const char *const three[] = { "__x64_sys_getppid", "__x64_sys_getuid",
				     "__x64_sys_getgid" };
static const __u64 three_cookies[] = { 0x1111222233334444, 2, 0 };

static void expect_cookies(struct rex_obj *obj, bool one_by_one)
{
	REX_OPTS(rex_attach_opts, opts, .functions = three,
		 .cookies = three_cookies, .nr_functions = 3,
		 .one_by_one = one_by_one);
	struct rex_links *links = attach_opts(obj, "on_entry", NULL, &opts);

	EXPECT_EQ(rex_links_count(links), 3);
	make_calls();
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(calls_of(obj, links, three[i]).cookie,
			  three_cookies[i]);
	EXPECT_EQ(calls_of(obj, links, three[0]).count, PARENTS);
	rex_links_destroy(links);
}

TEST_F(object, functions_of_a_list_have_their_cookies)
{
	expect_cookies(self->obj, false);
}

TEST_F(object, functions_of_a_list_have_their_cookies_one_by_one)
{
	expect_cookies(self->obj, true);
}

static void expect_returns(struct rex_obj *obj, bool one_by_one)
{
	REX_OPTS(rex_attach_opts, opts, .functions = three,
		 .cookies = three_cookies, .nr_functions = 3,
		 .one_by_one = one_by_one);
	struct rex_links *links = attach_opts(obj, "on_exit", NULL, &opts);
	struct calls calls;

	make_calls();
	calls = calls_of(obj, links, "__x64_sys_getppid");
	EXPECT_EQ(calls.returned, PARENTS);
	EXPECT_EQ(calls.value, getppid());
	EXPECT_EQ(calls.cookie, three_cookies[0]);
	EXPECT_EQ(calls_of(obj, links, "__x64_sys_getgid").returned, GROUPS);
	rex_links_destroy(links);
}

TEST_F(object, returns_are_seen_with_function_and_cookie)
{
	expect_returns(self->obj, false);
}

TEST_F(object, returns_are_seen_one_by_one)
{
	expect_returns(self->obj, true);
}

static bool has_sessions(void)
{
	return kallsyms_has(" T bpf_session_is_return");
}

TEST_F(object, session_sees_both_ends_and_decides_of_the_second)
{
	const char *const dup = "__x64_sys_dup";
	const __u64 cookie = 77;
	REX_OPTS(rex_attach_opts, opts, .functions = &dup, .cookies = &cookie,
		 .nr_functions = 1);
	struct rex_links *links;
	struct calls calls;

	links = rex_obj_attach_functions(self->obj, "on_both", NULL, &opts);
	if (!has_sessions()) {
		EXPECT(!links);
		EXPECT_CONTAINS(rex_last_error(), "sessions need Linux 6.10");
		return;
	}
	ASSERT_MSG(links, "%s", rex_last_error());
	for (int i = 0; i < 6; i++)
		fire(EVENT_FD + i);
	calls = calls_of(self->obj, links, dup);
	EXPECT_EQ(calls.count, 6);
	EXPECT_EQ(calls.returned, 3);
	EXPECT_EQ(calls.value, -EBADF);
	EXPECT_EQ(calls.kept, KEPT);
	EXPECT_EQ(calls.cookie, cookie);
	EXPECT_EQ(prog_info(self->obj, "on_both").errors, 0);
	rex_links_destroy(links);
}

TEST_F(object, two_attachments_of_a_program_are_independent)
{
	struct rex_links *one =
		attach_opts(self->obj, "on_entry", three[0], NULL);
	struct rex_links *other =
		attach_opts(self->obj, "on_entry", three[1], NULL);

	rex_links_destroy(one);
	make_calls();
	EXPECT_EQ(calls_of(self->obj, other, three[1]).count, USERS);
	EXPECT_EQ(prog_info(self->obj, "on_entry").runs, USERS);
	rex_links_destroy(other);
}

/* ---- functions of a file ---- */

__attribute__((noinline, used)) long probed_twice(long number);
__attribute__((noinline, used)) long probed_thrice(long number);

long probed_twice(long number)
{
	__asm__ volatile("" ::: "memory");
	return 2 * number;
}

long probed_thrice(long number)
{
	__asm__ volatile("" ::: "memory");
	return 3 * number;
}

static struct rex_links *attach_user(struct rex_obj *obj, const char *prog,
				     const char *pattern,
				     const struct rex_attach_opts *opts)
{
	struct rex_links *links =
		rex_obj_attach_user_functions(obj, prog, "/proc/self/exe",
					      pattern, opts);

	ASSERT_MSG(links, "%s: %s", prog, rex_last_error());
	return links;
}

static void call_probed(void)
{
	for (int i = 1; i <= 4; i++)
		probed_twice(i);
	for (int i = 1; i <= 6; i++)
		probed_thrice(10 * i);
}

/* Before Linux 6.6, the program does not learn which function it is. */
static struct calls user_calls(struct rex_obj *obj, const void *function)
{
	bool known = kallsyms_has(" T bpf_get_func_ip_uprobe_multi");

	return calls_at(obj, known ? u64_of(function) : 0);
}

static void expect_user_calls(struct rex_obj *obj, bool one_by_one)
{
	static const char *const names[] = { "probed_thrice" };
	static const __u64 cookies[] = { 33 };
	REX_OPTS(rex_attach_opts, list, .functions = names, .cookies = cookies,
		 .nr_functions = 1, .one_by_one = one_by_one);
	REX_OPTS(rex_attach_opts, opts, .one_by_one = one_by_one);
	struct rex_links *calls = attach_user(obj, "on_call", NULL, &list);
	struct rex_links *all;

	call_probed();
	EXPECT_EQ(user_calls(obj, probed_thrice).count, 6);
	EXPECT_EQ(user_calls(obj, probed_thrice).value, 60);
	EXPECT_EQ(user_calls(obj, probed_thrice).cookie, 33);
	rex_links_destroy(calls);

	all = attach_user(obj, "on_return", "probed_*", &opts);
	EXPECT_EQ(rex_links_count(all), 2);
	call_probed();
	EXPECT_EQ(prog_info(obj, "on_return").runs, 10);
	EXPECT_EQ(user_calls(obj, probed_thrice).value, 180);
	rex_links_destroy(all);
	call_probed();
	EXPECT_EQ(prog_info(obj, "on_return").runs, 10);
}

TEST_F(object, functions_of_a_file_are_attached_to)
{
	expect_user_calls(self->obj, false);
}

TEST_F(object, functions_of_a_file_are_attached_to_one_by_one)
{
	expect_user_calls(self->obj, true);
}

/* Another process calls the same functions. */
TEST_F(object, functions_of_one_process_are_attached_to)
{
	REX_OPTS(rex_attach_opts, opts, .pid = getpid());
	REX_OPTS(rex_attach_opts, each, .pid = getpid(), .one_by_one = true);
	pid_t pid;

	for (int i = 0; i < 2; i++) {
		struct rex_links *links = attach_user(self->obj, "on_call",
						      "probed_*",
						      i ? &each : &opts);

		pid = fork();
		if (!pid) {
			call_probed();
			_exit(0);
		}
		reap(pid);
		EXPECT_EQ(prog_info(self->obj, "on_call").runs, 10 * i);
		call_probed();
		EXPECT_EQ(prog_info(self->obj, "on_call").runs, 10 * i + 10);
		rex_links_destroy(links);
	}
}

TEST_F(object, files_without_the_function_are_named)
{
	const char *const prog = "on_call";

	EXPECT(!rex_obj_attach_user_functions(self->obj, prog, "/no/file", "*",
					      NULL));
	EXPECT_EQ(errno, ENOENT);
	EXPECT_CONTAINS(rex_last_error(), "/no/file");
	EXPECT(!rex_obj_attach_user_functions(self->obj, prog, "/proc/self/exe",
					      "probd_*", NULL));
	EXPECT_EQ(errno, ENOENT);
	EXPECT_CONTAINS(rex_last_error(), "probd_*");
	EXPECT(!rex_obj_attach_user_functions(self->obj, prog, "/proc/version",
					      "*", NULL));
	EXPECT_EQ(errno, ENOEXEC);
	EXPECT_CONTAINS(rex_last_error(), "ELF");
}

/* ---- refused attachments ---- */

TEST_F(object, pattern_without_a_match_is_named)
{
	static const char *const names[] = { "vfs_read", "vfs_reed" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 2);

	expect_refusal(self->obj, "on_entry", "no_such_*", NULL, ENOENT,
		       "no_such_*");
	expect_refusal(self->obj, "on_entry", NULL, &opts, ENOENT, "vfs_reed");
	expect_refusal(self->obj, "on_call", "vfs_*", NULL, EPROTOTYPE,
		       "not for kprobes");
	expect_refusal(self->obj, "on_entry", NULL, NULL, EINVAL,
		       "which functions");
	expect_refusal(self->obj, "nobody", "vfs_*", NULL, ENOENT, "nobody");
}

/* Handlers of exceptions and functions called by tracers must not be traced. */
TEST_F(object, functions_that_cannot_be_probed_are_left_out)
{
	struct rex_links *links;

	expect_refusal(self->obj, "on_entry", "exc_int3", NULL, ENOENT,
		       "exc_int3");
	links = attach_opts(self->obj, "on_entry", "rcu_i*", NULL);
	ksft_note("%zu functions, the first one skipped is %s",
		  rex_links_count(links), rex_links_skipped(links, 0));
	EXPECT(rex_links_count(links) > 0);
	EXPECT(rex_links_skipped(links, 0));
	rex_links_destroy(links);
}

/* ---- many ---- */

static void attach_many(struct rex_obj *obj, bool one_by_one, long limit_ms)
{
	REX_OPTS(rex_attach_opts, opts, .one_by_one = one_by_one);
	long begin = ksft_ms(), attached, detached;
	struct rex_links *links = attach_opts(obj, "on_entry", "tcp_s*", &opts);
	size_t nr = rex_links_count(links);

	attached = ksft_ms() - begin;
	begin = ksft_ms();
	rex_links_destroy(links);
	detached = ksft_ms() - begin;
	ksft_note("%zu functions: attached in %ld ms, detached in %ld ms", nr,
		  attached, detached);
	EXPECT(nr > 30);
	EXPECT(detached < limit_ms);
}

TEST_F(object, many_functions_are_attached_to_and_detached_from)
{
	attach_many(self->obj, false, 30 * 1000);
}

TEST_F_TIMEOUT(object, many_functions_are_detached_from_in_bulk, 120)
{
	attach_many(self->obj, true, 30 * 1000);
}

/* ---- carriers that are attached as something else ---- */

/*
 * Returns a carrier of this attach type for the program, or -1 if the kernel has no
 * such type.
 */
static int bound_carrier(struct rex_obj *obj, int attach_type, const char *prog)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);
	bool session = attach_type == KPROBE_SESSION;
	int fd = session ? bpf_prog_load(BPF_PROG_TYPE_KPROBE, "carrier", "GPL",
					 insns, 3, &opts) :
			   try_carrier(BPF_PROG_TYPE_KPROBE, attach_type);
	struct rex_bind args = bind_args(rex_obj_image_fd(obj), fd, prog);

	if (fd < 0 || ioctl(device(), REX_IOC_BIND, &args)) {
		ksft_note("attach type %d: %s", attach_type, strerror(errno));
		return -1;
	}
	return fd;
}

/*
 * Attaches as the perf tool does, for which the kernel does not check the attach type.
 */
static int attach_to_one_probe(int carrier, const char *function)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = pmu_type("kprobe"),
					.kprobe_func = u64_of(function) };
	int event = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			    PERF_FLAG_FD_CLOEXEC);

	ASSERT(event >= 0);
	if (!ioctl(event, PERF_EVENT_IOC_SET_BPF, carrier) &&
	    !ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		return event;
	ksft_note("%s: %s", function, strerror(errno));
	close(event);
	return -1;
}

/*
 * The kernel's helper for links to many probes would follow the cookie as a pointer to the
 * link.
 */
TEST_F(object, carrier_for_many_probes_at_a_single_one_has_no_link)
{
	static const struct {
		int type;
		const char *prog;
	} kinds[] = { { KPROBE_MULTI, "on_entry" },
		      { UPROBE_MULTI, "on_call" },
		      { KPROBE_SESSION, "on_both" } };
	int attached = 0;

	for (int i = 0; i < 3; i++) {
		int fd = bound_carrier(self->obj, kinds[i].type, kinds[i].prog);
		int event = fd < 0 ? -1 : attach_to_one_probe(fd, three[1]);

		make_calls();
		if (event < 0)
			continue;
		attached++;
		EXPECT_EQ(prog_info(self->obj, kinds[i].prog).runs, USERS);
		close(event);
	}
	ksft_note("%d of them were attached", attached);
	EXPECT_EQ(attached > 0, has_kprobe_multi());
}

/* A program at a single probe that goes on to the carrier for many. */
TEST_F(object, carrier_for_many_probes_is_not_tail_called_by_others)
{
	int fd = bound_carrier(self->obj, KPROBE_MULTI, "on_entry");
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	int caller = tail_caller(BPF_PROG_TYPE_KPROBE, 0, array, 0);
	int event;

	if (fd < 0) {
		EXPECT(!has_kprobe_multi());
		return;
	}
	event = attach_to_one_probe(caller, three[1]);
	ASSERT(event >= 0);
	if (set_callee(array, fd))
		ksft_note("refused: %s", strerror(errno));
	make_calls();
	EXPECT_EQ(calls_at(self->obj, 0).cookie, 0);
	close(event);
}

/* Makes a program for many probes, a part of which goes on to CARRIER. */
static int caller_with_a_part(int carrier, int attach_type)
{
	int array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0);
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .src_reg = BPF_PSEUDO_CALL,
		  .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
		TAIL_CALL_INSNS(array),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);
	static const __u32 functions[] = { 0, 2 };
	int fd = load_with_types(BPF_PROG_TYPE_KPROBE, insns, 8, functions, 2,
				 &opts);

	ASSERT(!set_callee(array, carrier));
	return fd;
}

static int link_to_getuid(int prog)
{
	static const char *const functions[] = { "__x64_sys_getuid" };
	static const __u64 cookies[] = { 0x1111222233334444 };
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .kprobe_multi = { .cnt = 1,
				      .syms = (const char **)functions,
				      .cookies = cookies });

	return bpf_link_create(prog, 0, KPROBE_MULTI, &opts);
}

/* Returns where the code of this program at ADDR is in its file. */
static __u64 offset_in_file(__u64 addr)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, offset;
	char line[512];

	ASSERT(maps);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) !=
			    3 ||
		    addr < start || addr >= end)
			continue;
		fclose(maps);
		return addr - start + offset;
	}
	ASSERT(!"the code is mapped");
	return 0;
}

/* The headers of the build may lack this part of union bpf_attr. */
static int link_to_probed(int prog)
{
	const __u64 offset = offset_in_file(u64_of(probed_thrice)),
		    cookie = 0x1111222233334444;
	struct {
		__u32 prog_fd, target_fd, attach_type, flags;
		__u64 path, offsets, ref_ctr_offsets, cookies;
		__u32 nr, multi_flags, pid, pad;
	} attr = {
		.prog_fd = prog,
		.attach_type = UPROBE_MULTI,
		.path = u64_of("/proc/self/exe"),
		.offsets = u64_of(&offset),
		.cookies = u64_of(&cookie),
		.nr = 1,
	};

	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

/*
 * The return address of a carrier that a part of a program tail-calls is in that program. The
 * kernel's helper for single probes would take words of the link for a cookie and a flag, and
 * follow a pointer that is not there.
 */
TEST_F(object, carrier_that_a_part_of_a_program_tail_calls_has_no_link)
{
	static const struct {
		int type;
		const char *prog;
		int (*link)(int prog);
	} kinds[] = { { KPROBE_MULTI, "on_entry", link_to_getuid },
		      { UPROBE_MULTI, "on_call", link_to_probed } };

	for (int i = 0; i < 2; i++) {
		__u64 runs = calls_at(self->obj, 0).count;
		int fd = bound_carrier(self->obj, kinds[i].type, kinds[i].prog);
		int link;

		if (fd < 0)
			continue;
		link = kinds[i].link(caller_with_a_part(fd, kinds[i].type));
		ASSERT_MSG(link >= 0, "link: %s", strerror(errno));
		make_calls();
		call_probed();
		EXPECT(calls_at(self->obj, 0).count > runs);
		EXPECT_EQ(calls_at(self->obj, 0).cookie, 0);
		close(link);
	}
}

/* Without the functions that call its programs, links could not be distinguished. */
TEST_F(object, carrier_for_many_probes_is_bound_where_the_kernel_has_links)
{
	EXPECT_EQ(bound_carrier(self->obj, KPROBE_MULTI, "on_entry") >= 0,
		  has_kprobe_multi());
	EXPECT_EQ(bound_carrier(self->obj, KPROBE_SESSION, "on_both") >= 0,
		  has_sessions());
	EXPECT_EQ(bound_carrier(self->obj, KPROBE_SESSION, "on_entry"), -1);
	EXPECT_EQ(bound_carrier(self->obj, KPROBE_MULTI, "on_both"), -1);
	EXPECT_EQ(bound_carrier(self->obj, 0, "on_both"), -1);
}

/* __do_sys_getuid and __ia32_sys_getuid are other names of __x64_sys_getuid. */
TEST_F(object, function_with_several_names_is_attached_to_once)
{
	struct rex_links *links =
		attach_opts(self->obj, "on_entry", "*_sys_getuid", NULL);

	make_calls();
	EXPECT_EQ(prog_info(self->obj, "on_entry").runs, USERS);
	rex_links_destroy(links);
}
