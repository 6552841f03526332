// SPDX-License-Identifier: GPL-2.0
/*
 * The paths of files that programs ask for (programs/kernel_data) are those that the links
 * in /proc say.
 */
#include <linux/memfd.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "rex_kernel_data.h"

#define FOLDER "/tmp/kernel-data"

static char path[4096];

/* Returns the last string of the record. */
static int take_path(void *ctx, void *data, size_t size)
{
	const char *start = data, *at = start + size - 1;

	(void)ctx;
	while (at > start && at[-1])
		at--;
	snprintf(path, sizeof(path), "%s", at);
	return 0;
}

static void expect_sent(const char *link)
{
	struct ring_buffer *ring =
		ring_buffer__new(map_fd(kernel_data, "paths"), take_path, NULL,
				 NULL);
	char wanted[4096] = {};

	ASSERT(ring);
	path[0] = '\0';
	ASSERT_EQ(ring_buffer__consume(ring), 1);
	ring_buffer__free(ring);
	ASSERT(readlink(link, wanted, sizeof(wanted) - 1) > 0);
	EXPECT_STREQ(path, wanted);
}

/* Checks that the path of FD is the target of its link. */
static void expect_path(int fd)
{
	char link[32];
	struct stat st;

	ASSERT(fd >= 0);
	map_set(kernel_data, "control", FD, fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	fire(PATH);
	expect_sent(link);
	ASSERT(!fstat(fd, &st));
	EXPECT_EQ(kernel_number(INODE), st.st_ino);
}

static void expect_path_of(const char *name)
{
	int fd = open(name, O_RDONLY | O_CREAT, 0600);

	ASSERT_MSG(fd >= 0, "%s: %s", name, strerror(errno));
	expect_path(fd);
	close(fd);
}

TEST(paths_of_files)
{
	int fd;

	load_kernel_data("on_dup");
	fire(EXE);
	expect_sent("/proc/self/exe");
	expect_path(open("/", O_RDONLY));
	expect_path(open("/proc", O_RDONLY));
	expect_path(open("/proc/self/status", O_RDONLY));
	expect_path(open("/dev/null", O_RDONLY));
	expect_path(open("/sys/kernel/btf/vmlinux", O_RDONLY));
	expect_path_of("/tmp/kernel data");
	fd = open("/tmp/kernel data", O_RDONLY);
	ASSERT(!unlink("/tmp/kernel data"));
	expect_path(fd);
	close(fd);
	unload_kernel_data("on_dup");
}

TEST(paths_across_mounts)
{
	load_kernel_data("on_dup");
	ASSERT(!mkdir(FOLDER, 0700));
	ASSERT(!mount("one", FOLDER, "tmpfs", 0, NULL));
	ASSERT(!mkdir(FOLDER "/mnt", 0700));
	ASSERT(!mount("two", FOLDER "/mnt", "tmpfs", 0, NULL));
	ASSERT(!mkdir(FOLDER "/mnt/folder", 0700));
	ASSERT(!mkdir(FOLDER "/bound", 0700));
	ASSERT(!mount(FOLDER "/mnt/folder", FOLDER "/bound", NULL, MS_BIND, 0));
	expect_path(open(FOLDER, O_RDONLY));
	expect_path(open(FOLDER "/mnt", O_RDONLY));
	expect_path_of(FOLDER "/mnt/folder/file");
	expect_path_of(FOLDER "/bound/file");
	/* This covers another mount. */
	ASSERT(!mount("three", FOLDER "/mnt", "tmpfs", 0, NULL));
	expect_path_of(FOLDER "/mnt/above");
	shell("cd / && umount -l " FOLDER " && rmdir " FOLDER);
	unload_kernel_data("on_dup");
}

TEST(paths_of_any_depth)
{
	char name[3500] = FOLDER "-deep";

	load_kernel_data("on_dup");
	ASSERT(!mkdir(name, 0700));
	while (strlen(name) < 3200) {
		strcat(name, "/twenty-characters-or");
		ASSERT(!mkdir(name, 0700));
	}
	strcat(name, "/file");
	expect_path_of(name);
	shell("rm -r " FOLDER "-deep");
	unload_kernel_data("on_dup");
}

TEST(files_without_a_path)
{
	int fds[2];

	load_kernel_data("on_dup");
	ASSERT(!pipe(fds));
	expect_path(fds[0]);
	expect_path(fds[1]);
	expect_path(socket(AF_UNIX, SOCK_STREAM, 0));
	expect_path(eventfd(0, 0));
	expect_path(memfd_create("some memory", 0));
	expect_path(open("/proc/self/ns/mnt", O_RDONLY));
	unload_kernel_data("on_dup");
}

TEST(path_below_another_root)
{
	pid_t child;

	load_kernel_data("on_dup");
	ASSERT(!mkdir(FOLDER "-root", 0700));
	ASSERT(!mkdir(FOLDER "-root/proc", 0700));
	ASSERT(!mount("proc", FOLDER "-root/proc", "proc", 0, NULL));
	child = fork();
	ASSERT(child >= 0);
	if (!child) {
		int fd;

		ASSERT(!chroot(FOLDER "-root") && !chdir("/"));
		fd = open("/file", O_RDWR | O_CREAT, 0600);
		ASSERT(fd >= 0);
		map_set(kernel_data, "control", FD, fd);
		fire(PATH_BELOW_ROOT);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		expect_sent(strdup(path));
		EXPECT_STREQ(path, "/file");
		_exit(ksft_failures);
	}
	reap(child);
	shell("umount " FOLDER "-root/proc && rm -r " FOLDER "-root");
	unload_kernel_data("on_dup");
}
