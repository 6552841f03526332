// SPDX-License-Identifier: GPL-2.0
/*
 * Programs live as long as their pins, links and loaders, however a loader is killed.
 */
#include <signal.h>
#include <sys/mount.h>

#include "rex_ioctl.h"
#include "names/counts.h"

#define BPFFS "/sys/fs/bpf"
#define PIN_PROG BPFFS "/rex_test_prog"
#define PIN_LINK BPFFS "/rex_test_link"
#define PIN_MAPS BPFFS "/rex_test_maps"

static __u64 runs_of_pinned(const char *path)
{
	struct rex_prog_info info = { .size = sizeof(info) };
	int fd = bpf_obj_get(path);

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	ASSERT_MSG(!rex_prog_info(fd, &info), "%s: %s", path, rex_last_error());
	close(fd);
	return info.runs;
}

static __u64 counted(int totals_fd)
{
	__u32 key = 0;
	__u64 value = 0;

	ASSERT(!bpf_map_lookup_elem(totals_fd, &key, &value));
	return value;
}

/* Runs LOADER in its own process, to its end. */
static void in_process(void (*loader)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		loader();
		_exit(ksft_failures);
	}
	reap(pid);
}

/* Loads and attaches programs/counts, and pins its totals. */
static struct rex_obj *load_counts(struct bpf_link **link)
{
	struct rex_obj *obj = load_object("counts");

	map_set(obj, "control", DESCRIPTOR, EVENT_FD);
	ASSERT(!bpf_obj_pin(map_fd(obj, "totals"), PIN_MAPS));
	*link = attach(obj, "counts_first");
	return obj;
}

/* ---- pins ---- */

static void pin_program_and_link(void)
{
	struct bpf_link *link;
	struct rex_obj *obj = load_counts(&link);

	ASSERT(!bpf_program__pin(program(obj, "counts_first"), PIN_PROG));
	ASSERT(!bpf_link__pin(link, PIN_LINK));
}

static void pin_link(void)
{
	struct bpf_link *link;

	load_counts(&link);
	ASSERT(!bpf_link__pin(link, PIN_LINK));
}

static void pin_program(void)
{
	struct bpf_link *link;
	struct rex_obj *obj = load_counts(&link);

	ASSERT(!bpf_program__pin(program(obj, "counts_first"), PIN_PROG));
}

/* Expects that events are counted, or are not. */
static void expect_counting(int totals, bool counting)
{
	__u64 before = counted(totals);

	for (int i = 0; i < 5; i++)
		fire(EVENT_FD);
	EXPECT_EQ(counted(totals), before + (counting ? 5 : 0));
}

/* Everything is freed at the end. */
FIXTURE(pins)
{
	struct census census;
	int totals; /* the map that counts */
};

FIXTURE_SETUP(pins)
{
	await_idle();
	self->census = take_census();
	self->totals = -1;
}

FIXTURE_TEARDOWN(pins)
{
	if (self->totals >= 0)
		close(self->totals);
	EXPECT_CENSUS(&self->census);
}

static void pin_in_process(struct pins_fixture *self, void (*pin)(void))
{
	in_process(pin);
	self->totals = bpf_obj_get(PIN_MAPS);
	ASSERT(self->totals >= 0 && !unlink(PIN_MAPS));
}

TEST_F(pins, program_with_pinned_link_outlives_its_loader)
{
	pin_in_process(self, pin_program_and_link);
	expect_counting(self->totals, true);
	EXPECT_EQ(runs_of_pinned(PIN_PROG), 5);
	ASSERT(!unlink(PIN_PROG));
	expect_counting(self->totals, true);
	/* The program ends with its last pin. */
	ASSERT(!unlink(PIN_LINK));
	EXPECT(WAIT_FOR(module_refs() == 0, 10));
	expect_counting(self->totals, false);
}

TEST_F(pins, pinned_link_alone_keeps_the_program)
{
	pin_in_process(self, pin_link);
	expect_counting(self->totals, true);
	ASSERT(!unlink(PIN_LINK));
	EXPECT(WAIT_FOR(module_refs() == 0, 10));
	expect_counting(self->totals, false);
}

/* The program's link ends with the loader. */
TEST_F(pins, pinned_program_alone_is_kept_but_does_not_run)
{
	int prog;

	pin_in_process(self, pin_program);
	expect_counting(self->totals, false);
	prog = bpf_obj_get(PIN_PROG);
	ASSERT(prog >= 0 && !unlink(PIN_PROG));
	EXPECT(module_refs() > 0);
	EXPECT_CONTAINS(shell("bpftool -j prog show name counts_first"),
			"\"name\":\"counts_first\"");
	close(prog);
}

/* Unmounting bpffs has the same effect. */
TEST_F(pins, unmounting_the_pins_ends_the_program)
{
	ASSERT(!mount("bpf", BPFFS, "bpf", 0, NULL));
	in_process(pin_program_and_link);
	EXPECT_EQ(runs_of_pinned(PIN_PROG), 0);
	ASSERT(!umount(BPFFS));
}

/* ---- loaders that are killed ---- */

/* The process stops here, and is killed. */
static void stop(void)
{
	raise(SIGSTOP);
	_exit(1); /* it is never continued */
}

#define STAGE()                 \
	do {                    \
		if (!stage--)   \
			stop(); \
	} while (0)

/* Does the stages by librex, and returns if there are no more. */
static void stages_of_librex(int stage)
{
	struct rex_obj *obj;
	struct bpf_link *link;

	STAGE();
	obj = rex_obj_open(object_path("counts"), NULL);
	ASSERT(obj);
	STAGE();
	ASSERT(!rex_obj_load_opened(obj));
	STAGE();
	map_set(obj, "control", DESCRIPTOR, EVENT_FD);
	link = attach(obj, "counts_first");
	STAGE();
	fire(EVENT_FD);
	EXPECT_EQ(map_get(obj, "totals", FIRST), 1);
	STAGE();
	bpf_link__destroy(link);
	STAGE();
	link = attach(obj, "counts_second");
	ASSERT(!bpf_link__pin(link, PIN_LINK));
	ASSERT(!bpf_link__unpin(link));
	STAGE();
	bpf_link__destroy(link);
	rex_obj_close(obj);
	STAGE();
}

/* Does the stages by the ABI, step by step. */
static void stages_of_ioctls(int stage)
{
	int image, prog, other;

	device();
	STAGE();
	image = load_image("hello");
	STAGE();
	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	STAGE();
	ASSERT(!bind_prog(image, prog, "rex_prog1", 0));
	STAGE();
	other = load_image("hello");
	STAGE();
	ASSERT(!bind_prog(other, prog, "rex_prog1", REX_BIND_REPLACE));
	STAGE();
	close(image);
	STAGE();
	close(other);
	STAGE();
	close(device());
	STAGE();
	close(prog);
	STAGE();
}

/*
 * Starts a process in which RUN stops at a stage; false if it has no such
 * stage.
 */
static bool killed_at(void (*run)(int stage), int stage)
{
	int status;
	pid_t pid;

	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		run(stage);
		_exit(ksft_failures);
	}
	ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
	if (!WIFSTOPPED(status)) {
		EXPECT_EQ(status, 0);
		return false;
	}
	ASSERT(!kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return true;
}

static void kill_at_every_stage(void (*run)(int stage), int stages)
{
	struct census census;
	long symbols;
	int stage;

	await_idle();
	census = take_census();
	symbols = count_symbols();
	for (stage = 0; killed_at(run, stage); stage++)
		EXPECT_CENSUS(&census);
	EXPECT_EQ(stage, stages);
	EXPECT_CENSUS(&census);
	EXPECT_EQ(count_symbols(), symbols);
}

TEST(loader_killed_at_any_stage_leaks_nothing)
{
	kill_at_every_stage(stages_of_librex, 8);
}

TEST(user_of_the_abi_killed_at_any_stage_leaks_nothing)
{
	kill_at_every_stage(stages_of_ioctls, 10);
}

/* Loaders are killed at random moments. */
TEST(loader_killed_at_any_moment_leaks_nothing)
{
	struct census census;
	int status;
	pid_t pid;

	await_idle();
	census = take_census();
	for (int i = 0; i < 40; i++) {
		pid = fork();
		if (pid == 0)
			for (;;)
				stages_of_librex(1000);
		ksft_pause_ms(3 * i);
		ASSERT(!kill(pid, SIGKILL));
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		EXPECT(WIFSIGNALED(status));
		unlink(PIN_LINK); /* pinned for a moment */
	}
	EXPECT_CENSUS(&census);
}

/* ---- descriptors that go elsewhere ---- */

TEST(image_lives_while_another_process_has_its_descriptor)
{
	struct rex_image_info info = { .size = sizeof(info) };
	int ends[2], status;
	char byte;
	pid_t pid;

	info.image_fd = load_image("hello");
	ASSERT(!pipe(ends));
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1))
			_exit(1);
		_exit(ioctl(device(), REX_IOC_IMAGE_INFO, &info) ? 2 : 0);
	}
	close(info.image_fd);
	close(ends[1]);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, 0);
}
