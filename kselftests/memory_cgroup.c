// SPDX-License-Identifier: GPL-2.0
/*
 * An image's memory, its text, data, tables and heap, is charged to the memory
 * cgroup of the loader, and a load that exceeds its limit fails.
 */
#include <elf.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "rex_ioctl.h"

#define CGROUP "/sys/fs/cgroup/rex-loader"
#define MIB (1l << 20)
/* The kernel charges 64 pages at a time on each CPU, and memory of the test's own. */
#define ROUNDING (2 * MIB)

static void make_cgroup(void)
{
	mkdir("/sys/fs/cgroup", 0755);
	mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(CGROUP, 0755);
	write_file(CGROUP "/memory.max", "max");
}

static void limit_memory(long bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", bytes);
	write_file(CGROUP "/memory.max", text);
}

static long charged(void)
{
	return number_in(CGROUP "/memory.current");
}

/* Runs the function in a process of the cgroup, and returns its status. */
static int run_in_cgroup(void (*function)(void))
{
	pid_t pid = fork();
	int status;

	ASSERT(pid >= 0);
	if (pid == 0) {
		write_file(CGROUP "/cgroup.procs", "0");
		ksft_failures = 0;
		function();
		_exit(ksft_failures != 0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

/* Makes an object without maps whose statics have that many bytes. */
static struct rex_load args_with_statics(size_t size)
{
	struct rex_load args = load_args("atomic");
	Elf64_Ehdr *ehdr = (void *)(unsigned long)args.elf;
	Elf64_Shdr *sh = (void *)ehdr + ehdr->e_shoff;

	for (int i = 0; i < ehdr->e_shnum; i++, sh++) {
		if (sh->sh_type != SHT_NOBITS)
			continue;
		sh->sh_size = size;
		return args;
	}
	ASSERT_MSG(false, "the object has no .bss");
	return args;
}

/* ---- what is charged ---- */

static void expect_charged(const char *what, long before, long memory)
{
	long more = charged() - before;

	ksft_note("%s: %ld KiB, charged %ld KiB", what, memory >> 10,
		  more >> 10);
	EXPECT(more >= memory - ROUNDING);
	/* What KASAN keeps is still charged. */
	if (!has_kasan())
		EXPECT(more <= memory + ROUNDING);
}

static void load_statics(void)
{
	struct rex_load args = args_with_statics(6 * MIB);
	long before = charged();
	int fd;

	args.flags = REX_LOAD_RESTART; /* a copy of the statics */
	args.restarts_per_min = 1;
	fd = load(&args);
	EXPECT(image_info_of(fd).memory > 12 * MIB);
	expect_charged("statics", before, image_info_of(fd).memory);
	close(fd);
	EXPECT_MSG(WAIT_FOR(charged() <= before + ROUNDING, 10),
		   "%ld KiB stay charged", (charged() - before) >> 10);
}

TEST(statics_are_charged_to_the_loader)
{
	make_cgroup();
	EXPECT_EQ(run_in_cgroup(load_statics), 0);
	EXPECT(!rmdir(CGROUP));
}

#define NR_IMAGES 500

/*
 * Loads many images, which consist of text, constants, and tables of
 * functions.
 */
static void load_many(void)
{
	struct rex_load args = load_args("hello");
	static int images[NR_IMAGES];
	long before = charged(), memory = 0;

	for (int i = 0; i < NR_IMAGES; i++)
		images[i] = load(&args);
	memory = NR_IMAGES * image_info_of(images[0]).memory;
	EXPECT(memory > 4 * ROUNDING);
	expect_charged("small images", before, memory);
	for (int i = 0; i < NR_IMAGES; i++)
		close(images[i]);
	EXPECT_MSG(WAIT_FOR(charged() <= before + ROUNDING, 10),
		   "%ld KiB stay charged", (charged() - before) >> 10);
}

TEST(small_images_are_charged_to_the_loader)
{
	make_cgroup();
	EXPECT_EQ(run_in_cgroup(load_many), 0);
	EXPECT(!rmdir(CGROUP));
}

/* ---- what does not fit ---- */

static void expect_no_memory(void)
{
	struct rex_load args = args_with_statics(12 * MIB);

	EXPECT_ERRNO(ioctl(device(), REX_IOC_LOAD, &args), ENOMEM);
}

static void expect_memory(void)
{
	struct rex_load args = args_with_statics(12 * MIB);

	close(load(&args));
}

/* The process is not killed, as it would be for its own memory. */
TEST(statics_above_the_limit_of_the_cgroup_are_ENOMEM_and_leak_nothing)
{
	struct census before;

	make_cgroup();
	idle_device();
	before = take_census();
	for (long limit = 4 * MIB; limit <= 12 * MIB; limit += 2 * MIB) {
		limit_memory(limit);
		EXPECT_EQ(run_in_cgroup(expect_no_memory), 0);
		EXPECT_CENSUS(&before);
	}
	limit_memory(32 * MIB);
	EXPECT_EQ(run_in_cgroup(expect_memory), 0);
	EXPECT_CENSUS(&before);
	EXPECT(!rmdir(CGROUP));
}

static void load_with_heap(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = 256u << 20);
	struct rex_obj *obj = rex_obj_open(object_path("heap"), &opts);

	ASSERT(obj);
	EXPECT_EQ(rex_obj_load_opened(obj), -ENOMEM);
	rex_obj_close(obj);
}

TEST(heap_above_the_limit_of_the_cgroup_is_ENOMEM_and_leaks_nothing)
{
	struct census before;

	make_cgroup();
	idle_device();
	before = take_census();
	for (long limit = 8 * MIB; limit <= 64 * MIB; limit *= 2) {
		limit_memory(limit);
		EXPECT_EQ(run_in_cgroup(load_with_heap), 0);
		EXPECT_CENSUS(&before);
	}
	EXPECT(!rmdir(CGROUP));
}

/* ---- a cgroup that goes ---- */

/* Loads an image in a process of the cgroup that shares its descriptors. */
static int image_of_child(void)
{
	struct rex_load args = args_with_statics(4 * MIB);
	pid_t pid;
	int go[2], image = -1, copy;
	char byte = 0;

	ASSERT(!pipe(go));
	pid = fork();
	ASSERT(pid >= 0);
	if (pid == 0) {
		write_file(CGROUP "/cgroup.procs", "0");
		image = load(&args);
		byte = image;
		ASSERT(write(go[1], &byte, 1) == 1);
		pause();
	}
	ASSERT(read(go[0], &byte, 1) == 1);
	copy = syscall(SYS_pidfd_open, pid, 0);
	ASSERT(copy >= 0);
	image = syscall(SYS_pidfd_getfd, copy, byte, 0);
	ASSERT_MSG(image >= 0, "pidfd_getfd: %s", strerror(errno));
	close(copy);
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	return image;
}

TEST(image_outlives_the_cgroup_of_its_loader)
{
	struct census before;
	int image;

	make_cgroup();
	idle_device();
	before = take_census();
	image = image_of_child();
	EXPECT(charged() > 4 * MIB);
	EXPECT_MSG(WAIT_FOR(!rmdir(CGROUP), 10), "rmdir: %s", strerror(errno));
	EXPECT(image_info_of(image).memory > 4 * MIB);
	close(image);
	EXPECT_CENSUS(&before);
}

/* The loader is killed at any point of a load that does not fit. */
TEST(loader_killed_in_a_full_cgroup_leaks_nothing)
{
	struct census before;

	make_cgroup();
	idle_device();
	before = take_census();
	limit_memory(8 * MIB);
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();

		ASSERT(pid >= 0);
		if (pid == 0) {
			struct rex_load args = args_with_statics(16 * MIB);

			write_file(CGROUP "/cgroup.procs", "0");
			for (;;)
				ioctl(device(), REX_IOC_LOAD, &args);
		}
		usleep(1000 * (i % 20) + 5000);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	}
	EXPECT_CENSUS(&before);
	EXPECT(!rmdir(CGROUP));
}
