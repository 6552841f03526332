// SPDX-License-Identifier: GPL-2.0
/*
 * rmmod is refused while the module is in use, and many rounds of loading leak nothing.
 * TEST-DEADLINE: 300
 */
#include "rex_ioctl.h"
#include "rex_slabs.h"
#include "names/counts.h"

#define PIN "/sys/fs/bpf/rex_test_link"
#define WARM_UP 10

/* Expects that the module can be removed, and loads it again. */
static void expect_removable(void)
{
	EXPECT(WAIT_FOR(remove_module() == 0, 10));
	EXPECT_ERRNO(open(REX_DEVICE, O_RDWR), ENOENT);
	insert_module("");
}

TEST(rmmod_is_refused_while_the_device_is_open)
{
	await_idle();
	device();
	EXPECT_ERRNO(remove_module(), EAGAIN);
	close(device());
	expect_removable();
}

TEST(rmmod_is_refused_while_an_image_is_open)
{
	int image;

	await_idle();
	image = load_image("hello");
	close(device());
	EXPECT_ERRNO(remove_module(), EAGAIN);
	close(image);
	expect_removable();
}

TEST(rmmod_is_refused_while_a_carrier_is_bound)
{
	int image, prog;

	await_idle();
	image = load_image("hello");
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(!bind_prog(image, prog, "rex_prog1", 0));
	close(image);
	close(device());
	EXPECT_ERRNO(remove_module(), EAGAIN);
	close(prog);
	expect_removable();
}

TEST(rmmod_is_refused_while_a_program_is_attached)
{
	struct bpf_link *link;
	struct rex_obj *obj;

	await_idle();
	obj = load_object("counts");
	link = attach(obj, "counts_first");
	ASSERT(!bpf_link__pin(link, PIN));
	bpf_link__destroy(link);
	rex_obj_close(obj);
	for (int i = 0; i < 5; i++) {
		EXPECT_ERRNO(remove_module(), EAGAIN);
		fire(EVENT_FD);
	}
	ASSERT(!unlink(PIN));
	expect_removable();
}

/*
 * rmmod -f, without the descriptors of this process. Returns the process, which ends with the status
 * KSFT_SKIP if the kernel has none.
 */
static pid_t start_removal_by_force(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid)
		return pid;
	syscall(SYS_close_range, 3, ~0u, 0);
	if (!syscall(SYS_delete_module, "rex", O_NONBLOCK | O_TRUNC))
		_exit(0);
	_exit(errno == EAGAIN ? KSFT_SKIP : 1);
}

static bool has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

/* A program that is attached runs as before, until it is detached. */
TEST(removal_by_force_waits_until_the_module_is_not_in_use)
{
	int status;
	pid_t pid;
	struct bpf_link *link;
	struct rex_obj *obj;

	await_idle();
	obj = load_object("counts");
	link = attach(obj, "counts_first");
	pid = start_removal_by_force();
	ksft_pause_ms(1000);
	if (has_ended(pid, &status) && WEXITSTATUS(status) == KSFT_SKIP)
		SKIP("this kernel removes no module by force");
	map_set(obj, "control", DESCRIPTOR, EVENT_FD);
	for (int i = 0; i < 100; i++)
		fire(EVENT_FD);
	EXPECT_EQ(map_get(obj, "totals", FIRST), 100);
	EXPECT_ERRNO(open(REX_DEVICE, O_RDWR), ENOENT);
	/* The machine can be suspended meanwhile. */
	EXPECT(access("/sys/power/pm_test", W_OK) || try_suspend("freezer"));
	EXPECT(!has_ended(pid, &status));
	bpf_link__destroy(link);
	rex_obj_close(obj);
	ASSERT(WAIT_FOR(has_ended(pid, &status), 20));
	EXPECT_EQ(status, 0);
	insert_module("");
}

TEST(rmmod_says_that_the_module_is_in_use)
{
	struct rex_obj *obj;
	struct bpf_link *link;
	char *text;

	await_idle();
	obj = load_object("hello");
	link = attach(obj, "rex_prog1");
	text = shell("rmmod rex 2>&1 && echo removed; true");
	EXPECT_CONTAINS(text, "rmmod: can't unload module 'rex': "
			      "Resource temporarily unavailable");
	fire(EVENT_FD);
	EXPECT_EQ(prog_info(obj, "rex_prog1").runs, 1);
	free(text);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* ---- rounds ---- */

static void one_round(void)
{
	struct rex_obj *obj = load_object("counts");
	struct bpf_link *link = attach(obj, "counts_first");

	map_set(obj, "control", DESCRIPTOR, EVENT_FD);
	fire(EVENT_FD);
	ASSERT_EQ(map_get(obj, "totals", FIRST), 1);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

/* The noise: the kernel's numbers may vary by this much after some rounds. */
static const struct {
	const char *name;
	long sign, slack_kb;
} memory[] = {
	{ "SUnreclaim", 1, 64 },     { "VmallocUsed", 1, 16 },
	{ "Percpu", 1, 8 },	     { "KernelStack", 1, 32 },
	{ "MemAvailable", -1, 512 },
};
#define NR_MEMORY 5

static bool memory_is_as(const long *before)
{
	for (int i = 0; i < NR_MEMORY; i++)
		if ((meminfo_kb(memory[i].name) - before[i]) * memory[i].sign >
		    meminfo_slack_kb(memory[i].name, memory[i].slack_kb))
			return false;
	return true;
}

static bool memory_is_stable(int nr, void (*round)(void))
{
	long before[NR_MEMORY];
	bool stable;

	shrink_slab_caches();
	for (int i = 0; i < NR_MEMORY; i++)
		before[i] = meminfo_kb(memory[i].name);
	for (int i = 0; i < nr; i++)
		round();
	await_idle();
	shrink_slab_caches();
	stable = WAIT_FOR(memory_is_as(before), 2);
	for (int i = 0; i < NR_MEMORY; i++)
		ksft_note("%s: %ld kB, then %ld kB", memory[i].name, before[i],
			  meminfo_kb(memory[i].name));
	return stable;
}

/* Runs many rounds. Caches grow sometimes, a leak each time. */
static void many_rounds(int nr, void (*round)(void))
{
	struct census census;
	long symbols;
	int tries = 1;

	for (int i = 0; i < WARM_UP; i++)
		round();
	await_idle();
	census = take_census();
	symbols = count_symbols();
	while (!memory_is_stable(nr, round) && tries < 3)
		tries++;
	EXPECT_MSG(tries < 3, "%d times %d rounds took memory each time", tries,
		   nr);
	EXPECT_CENSUS(&census);
	EXPECT_EQ(count_symbols(), symbols);
}

TEST_TIMEOUT(hundred_rounds_leak_nothing, 100)
{
	many_rounds(100, one_round);
}

/* Makes kernel objects without the library and its memory. */
static void round_of_ioctls(void)
{
	int dev = open_device(), image, prog;
	struct rex_load args = load_args("hello");
	struct rex_bind bind;

	image = ioctl(dev, REX_IOC_LOAD, &args);
	ASSERT(image >= 0);
	free((void *)(unsigned long)args.elf);
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	bind = bind_args(image, prog, "rex_prog1");
	ASSERT(!ioctl(dev, REX_IOC_BIND, &bind));
	close(image);
	close(dev);
	close(prog);
}

TEST_TIMEOUT(fifty_rounds_of_ioctls_leak_nothing, 100)
{
	many_rounds(50, round_of_ioctls);
}

static void round_of_panics(void)
{
	struct rex_obj *obj = load_object("panics");
	struct bpf_link *link = attach(obj, "unwraps_none");

	fire(EVENT_FD);
	ASSERT_EQ(prog_info(obj, "unwraps_none").faults, 1);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST_TIMEOUT(fifty_panics_leak_nothing, 100)
{
	many_rounds(50, round_of_panics);
}

static void round_of_modules(void)
{
	await_idle();
	ASSERT(!remove_module());
	insert_module("");
}

TEST(ten_rmmods_leak_nothing)
{
	struct census census;
	long before;

	for (int i = 0; i < 3; i++)
		round_of_modules();
	census = take_census();
	before = meminfo_kb("Percpu");
	for (int i = 0; i < 10; i++) {
		one_round();
		round_of_modules();
	}
	EXPECT_CENSUS(&census);
	EXPECT_MSG(WAIT_FOR(meminfo_kb("Percpu") <= before + 64, 10),
		   "%ld kB of per-CPU memory were %ld", meminfo_kb("Percpu"),
		   before);
}
