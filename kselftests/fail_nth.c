// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of the kernel within an ioctl or an attachment fails once, by
 * /proc/thread-self/fail-nth: the call fails with nothing done, or succeeds without that
 * memory; nothing leaks, and the next call succeeds. Kernels without fault injection
 * skip it: `make test-debug` builds one that has it.
 *
 * TEST-DEADLINE: 600
 */
#include "hostile.h"
#include "signed.h"
#include "names/panics.h"

#define FAIL_NTH "/proc/thread-self/fail-nth"
#define DEBUGFS "/sys/kernel/debug/"
#define MOST_ALLOCATIONS 20000
#define SECONDS 200

static int fail_nth_fd = -1;

/* Also allocations that may sleep fail, and none of them prints a backtrace. */
static void set_up(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	char path[128];

	if (access(FAIL_NTH, F_OK))
		SKIP("the kernel has no fault injection");
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s/ignore-gfp-wait",
			 kinds[i]);
		write_file(path, "N");
		snprintf(path, sizeof(path), DEBUGFS "%s/verbose", kinds[i]);
		write_file(path, "0");
	}
	write_file(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N");
	write_file(DEBUGFS "fail_page_alloc/min-order", "0");
	fail_nth_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT(fail_nth_fd >= 0);
}

/* Makes this thread's N-th allocation from now on fail; 0: none. */
static void fail_nth(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	ASSERT_EQ(pwrite(fail_nth_fd, text, len, 0), len);
}

/* Returns whether the allocation came, and failed. No later one does. */
static bool failed(void)
{
	char text[16] = "";

	ASSERT(pread(fail_nth_fd, text, sizeof(text) - 1, 0) > 0);
	fail_nth(0);
	return atoi(text) == 0;
}

struct call {
	const char *what;
	/* Returns 0 or an errno. */
	int (*make)(void);
	/* Undoes a call that succeeded. */
	void (*undo)(void);
	/* What the call may fail with, beside ENOMEM and ENFILE; or 0. */
	int may_be;
};

static int attempt(const struct call *c)
{
	int err = c->make();

	fail_nth(0);
	if (!err && c->undo)
		c->undo();
	return err;
}

/* Fails each allocation of the call; the number of them. */
static int sweep(const struct call *c, int least)
{
	int survived = 0, n;
	struct census census;

	/* The second call finds what the first one leaves for good. */
	ASSERT_EQ(attempt(c), 0);
	ASSERT_EQ(attempt(c), 0);
	census = take_census();
	for (n = 1; n < MOST_ALLOCATIONS; n++) {
		bool came;
		int err;

		fail_nth(n);
		err = c->make();
		came = failed();
		if (!err && c->undo)
			c->undo();
		survived += came && !err;
		if (!came)
			break;
		if (!EXPECT_MSG(!err || err == ENOMEM || err == ENFILE ||
					err == c->may_be,
				"%s with allocation %d failing gives errno %d",
				c->what, n, err))
			break;
		EXPECT_CENSUS(&census);
		if (ksft_failures)
			break;
	}
	EXPECT_EQ(attempt(c), 0);
	EXPECT_CENSUS(&census);
	ksft_note("%s: %d allocations, of which it can do without %d", c->what,
		  n - 1, survived);
	EXPECT_MSG(n > least, "%s made %d allocations, less than %d", c->what,
		   n - 1, least);
	return n - 1;
}

/* ---- load ---- */

static struct rex_load arguments;
static struct rex_map_fd maps[NR_COUNTS_MAPS + 1];
static char load_log[4096];
static int made = -1;

static void close_made(void)
{
	close(made);
	made = -1;
}

static int load_it(void)
{
	made = ioctl(device(), REX_IOC_LOAD, &arguments);
	return made < 0 ? errno : 0;
}

static const struct call load_call = { "load", load_it, close_made, 0 };

/* The kernel's check of a signature takes one that it has no memory for as wrong. */
static const struct call signed_load_call = { "load", load_it, close_made,
					      EKEYREJECTED };

TEST_TIMEOUT(load_without_any_one_allocation_leaks_nothing, SECONDS)
{
	set_up();
	idle_device();
	/* It is one of the allocations of vmalloc(). kmemleak says so once, and goes on. */
	if (!access(DEBUGFS "kmemleak", F_OK))
		announce_dmesg("kmemleak: Cannot allocate a scan area");
	arguments = load_args("counts");
	arguments.flags = REX_LOAD_RESTART | REX_LOAD_TIME_RUNS;
	arguments.restarts_per_min = 1;
	memset(load_log, 1, sizeof(load_log));
	arguments.log_buf = u64_of(load_log);
	arguments.log_size = sizeof(load_log);
	arguments.log_level = REX_LOG_DEBUG;
	give_counts_maps(&arguments, maps);
	sweep(&load_call, 20);
}

TEST_TIMEOUT(load_of_a_heap_without_any_one_allocation_leaks_nothing, SECONDS)
{
	set_up();
	idle_device();
	arguments = load_args("heap");
	give_heap_maps(&arguments, maps);
	sweep(&load_call, 20);
}

/*
 * Prepares the arguments of a load of an object, with the maps that librex makes for it:
 * those of the object that it returns.
 */
static struct rex_obj *prepare_load(const char *name)
{
	static struct rex_map_fd fds[64];
	struct rex_obj *obj = open_object(name, NULL);
	struct bpf_program *pos;
	struct bpf_map *map;
	__u32 nr = 0;

	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj))
		bpf_program__set_autoload(pos, false);
	load_opened(obj);
	bpf_object__for_each_map(map, rex_obj_get_bpf(obj)) {
		ASSERT(nr < sizeof(fds) / sizeof(fds[0]));
		snprintf(fds[nr].name, sizeof(fds[nr].name), "%s",
			 bpf_map__name(map));
		fds[nr].fd = bpf_map__fd(map);
		nr += fds[nr].fd >= 0;
	}
	arguments = load_args(name);
	give_maps(&arguments, fds, nr);
	return obj;
}

static void sweep_load_of(const char *name)
{
	struct rex_obj *obj;

	set_up();
	idle_device();
	obj = prepare_load(name);
	sweep(&load_call, 20);
	rex_obj_close(obj);
}

/*
 * Each place of rex.ko that allocates below REX_IOC_LOAD is reached by one of these objects:
 * what all objects need, and the log and the memory of a restart, by `counts`.
 */
#define LOAD_TEST(_object)                                                         \
	TEST_TIMEOUT(load_of_##_object##_without_any_one_allocation_leaks_nothing, \
		     SECONDS)                                                      \
	{                                                                          \
		sweep_load_of(#_object);                                           \
	}

/* Maps of each kind, and maps of maps. */
LOAD_TEST(map_kinds)
LOAD_TEST(storage)
LOAD_TEST(timers)
/* Types of the kernel, and what programs of patterns ask about functions. */
LOAD_TEST(iterators)
LOAD_TEST(many_traced)
/* Many programs, and the longest text. */
LOAD_TEST(soak_unsafe)
LOAD_TEST(hostile_unsafe)

TEST_TIMEOUT(load_with_configs_without_any_one_allocation_leaks_nothing,
	     SECONDS)
{
	static __u64 max = 5;
	static struct rex_config_value value = { .name = "MAX",
						 .size = sizeof(max) };
	struct rex_obj *obj;

	set_up();
	idle_device();
	obj = prepare_load("configs");
	value.value = u64_of(&max);
	arguments.configs = u64_of(&value);
	arguments.nr_configs = 1;
	sweep(&load_call, 20);
	rex_obj_close(obj);
}

/* The kernel's keys are looked at, and then those of the keyring. */
TEST_TIMEOUT(load_of_a_signed_object_without_any_one_allocation_leaks_nothing,
	     SECONDS)
{
	size_t size;

	set_up();
	idle_device();
	add_cert("good");
	arguments = load_args("hello");
	arguments.elf = u64_of(read_signed("hello.good.o", &size));
	arguments.elf_size = size;
	sweep(&signed_load_call, 20);
}

/* ---- bind ---- */

static int images[2] = { -1, -1 }, prog = -1;

static int bind_it(void)
{
	struct rex_bind args = bind_args(images[0], prog, "rex_prog1");

	return ioctl(device(), REX_IOC_BIND, &args) ? errno : 0;
}

/* Makes another carrier, since one that is bound stays so. */
static void new_carrier(void)
{
	expect_attachable(prog);
	close(prog);
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	EXPECT(WAIT_FOR(nr_bindings(images[0]) == 0, 10));
}

static const struct call bind_call = { "bind", bind_it, new_carrier, 0 };

TEST_TIMEOUT(bind_without_any_one_allocation_leaks_nothing, SECONDS)
{
	set_up();
	idle_device();
	images[0] = load_image("hello");
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	sweep(&bind_call, 1);
	EXPECT_EQ(nr_bindings(images[0]), 0);
}

/*
 * The carrier moves to the image that it is not bound to, or stays. This test has its own
 * loop: it asks for the bindings between the calls.
 */
TEST_TIMEOUT(replace_without_any_one_allocation_leaks_nothing, SECONDS)
{
	struct census census;
	int n = 0, err = -1;
	bool came = true;

	set_up();
	idle_device();
	images[0] = load_image("hello");
	images[1] = load_image("hello");
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT_EQ(bind_it(), 0);
	census = take_census();
	while (came && !ksft_failures) {
		int now = nr_bindings(images[1]);

		fail_nth(++n);
		err = bind_prog(images[!now], prog, "rex_prog1",
				REX_BIND_REPLACE) ?
			      errno :
			      0;
		came = failed();
		EXPECT_MSG(!err || err == ENOMEM, "errno %d at %d", err, n);
		EXPECT_EQ(nr_bindings(images[!now]), !err);
		EXPECT_EQ(nr_bindings(images[now]), !!err);
		EXPECT_CENSUS(&census);
	}
	ksft_note("replace: %d allocations", n - 1);
	EXPECT_EQ(err, 0);
}

/* ---- commands that describe ---- */

static union {
	__u32 size;
	struct rex_version version;
	struct rex_image_info image_info;
	struct rex_prog_info prog_info;
	struct rex_fault_info fault_info;
} arg, before;

static unsigned int command;

/* A command that fails has written nothing. */
static int describe(void)
{
	int err;

	arg = before;
	err = ioctl(device(), command, &arg) ? errno : 0;
	EXPECT(!err || !memcmp(&arg, &before, sizeof(arg)));
	return err;
}

static void sweep_command(const char *what, unsigned int number, __u32 size)
{
	struct call call = { what, describe, NULL, 0 };

	command = number;
	before.size = size;
	sweep(&call, 0);
}

TEST_TIMEOUT(descriptions_without_any_one_allocation_fail_and_write_nothing,
	     SECONDS)
{
	struct rex_obj *obj;

	set_up();
	obj = load_object("panics");
	attach(obj, "unwraps_none");
	fire(UNWRAP);
	sweep_command("version", REX_IOC_VERSION, sizeof(arg.version));
	memset(&before, 0, sizeof(before));
	before.image_info.image_fd = rex_obj_image_fd(obj);
	sweep_command("image info", REX_IOC_IMAGE_INFO, sizeof(arg.image_info));
	memset(&before, 0, sizeof(before));
	before.prog_info.image_fd = rex_obj_image_fd(obj);
	before.prog_info.prog_fd = -1;
	sweep_command("program info", REX_IOC_PROG_INFO, sizeof(arg.prog_info));
	memset(&before, 0, sizeof(before));
	before.fault_info.image_fd = -1;
	before.fault_info.prog_fd =
		bpf_program__fd(program(obj, "unwraps_none"));
	sweep_command("fault info", REX_IOC_FAULT_INFO, sizeof(arg.fault_info));
}

/* ---- attachment ---- */

static struct rex_obj *object;
static struct bpf_program *attached;
static struct bpf_link *made_link;

/* libbpf gives other errors if it cannot read a file for want of memory. */
static int attach_to_tracepoint(void)
{
	made_link = bpf_program__attach(attached);
	return made_link ? 0 : ENOMEM;
}

static int attach_to_kprobe(void)
{
	made_link =
		bpf_program__attach_kprobe(attached, false, "__x64_sys_dup");
	return made_link ? 0 : ENOMEM;
}

static void detach_it(void)
{
	bpf_link__destroy(made_link);
}

static void sweep_attachment(const char *prog_name, int (*make)(void))
{
	struct call call = { prog_name, make, detach_it, 0 };

	libbpf_set_print(NULL);
	object = load_object("panics");
	attached = program(object, prog_name);
	sweep(&call, 1);
	EXPECT(is_live(object, prog_name));
	rex_obj_close(object);
}

TEST_TIMEOUT(attachment_at_a_tracepoint_without_any_one_allocation_leaks_nothing,
	     SECONDS)
{
	set_up();
	sweep_attachment("unwraps_none", attach_to_tracepoint);
}

TEST_TIMEOUT(attachment_at_a_kprobe_without_any_one_allocation_leaks_nothing,
	     SECONDS)
{
	set_up();
	sweep_attachment("panics_in_kprobe", attach_to_kprobe);
}
