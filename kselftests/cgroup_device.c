// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup_device programs (programs/cgroup_device) see the devices that
 * processes of a cgroup open or make, and allow or deny them.
 */
#include <sys/sysmacros.h>

#include "rex_util.h"

#define ROOT "/sys/fs/cgroup"
#define FOLDER ROOT "/rex-devices"
#define NODE "/rex-test-null"

static struct rex_obj *obj;
static struct bpf_link *device_link;
/* The last process that tried something in the cgroup. */
static pid_t last;

static void start(const char *name)
{
	int fd;

	obj = load_object("cgroup_device");
	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	fd = open(FOLDER, O_RDONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	device_link = bpf_program__attach_cgroup(program(obj, name), fd);
	ASSERT_MSG(device_link, "%s: %s", name, strerror(errno));
	close(fd);
}

static void end(void)
{
	bpf_link__destroy(device_link);
	rex_obj_close(obj);
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

/*
 * Opens @path, or with flags of -1 makes a device there. Returns 0 or the
 * errno.
 */
static int attempt(const char *path, int flags)
{
	int fd;

	if (flags == -1)
		return mknod(path, S_IFCHR | 0600, makedev(1, 3)) ? errno : 0;
	fd = open(path, flags);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Does the same in a process in the cgroup. */
static int attempt_inside(const char *path, int flags)
{
	int status;

	last = fork();
	if (last == 0) {
		write_file(FOLDER "/cgroup.procs", "0");
		_exit(attempt(path, flags));
	}
	ASSERT(last > 0 && waitpid(last, &status, 0) == last);
	ASSERT(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(devices_of_the_cgroup_are_decided)
{
	start("denies_zero");
	EXPECT_EQ(attempt_inside("/dev/zero", O_RDONLY), EPERM);
	EXPECT_EQ(map_get(obj, "CALLS", 0), 1);
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), 0);
	EXPECT_EQ(map_get(obj, "CALLS", 0), 2);
	end();
	EXPECT_EQ(attempt("/dev/zero", O_RDONLY), 0);
}

TEST(devices_are_seen_with_their_process)
{
	start("denies_zero");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), 0);
	EXPECT_EQ(map_get(obj, "CALLER", 0), last);
	EXPECT_EQ(map_get(obj, "MAJOR", 0), 1);
	EXPECT_EQ(map_get(obj, "MINOR", 0), 3);
	EXPECT_EQ(map_get(obj, "BLOCK", 0), 0);
	EXPECT_EQ(map_get(obj, "READS", 0), 1);
	EXPECT_EQ(map_get(obj, "WRITES", 0), 0);
	EXPECT_EQ(attempt_inside("/dev/full", O_RDWR), 0);
	EXPECT_EQ(map_get(obj, "MINOR", 0), 7);
	EXPECT_EQ(map_get(obj, "READS", 0), 1);
	EXPECT_EQ(map_get(obj, "WRITES", 0), 1);
	EXPECT_EQ(attempt_inside("/dev/null", O_WRONLY), 0);
	EXPECT_EQ(map_get(obj, "READS", 0), 0);
	EXPECT_EQ(map_get(obj, "WRITES", 0), 1);
	end();
}

TEST(devices_of_others_are_not_asked_for)
{
	start("denies_zero");
	EXPECT_EQ(attempt("/dev/zero", O_RDONLY), 0);
	EXPECT_EQ(map_get(obj, "CALLS", 0), 0);
	end();
}

TEST(mknod_differs_from_open)
{
	start("denies_mknod");
	EXPECT_EQ(attempt_inside(NODE, -1), EPERM);
	EXPECT_EQ(attempt_inside("/dev/zero", O_RDWR), 0);
	EXPECT_EQ(attempt(NODE, -1), 0);
	EXPECT(!unlink(NODE));
	end();
}

TEST(error_and_unknown_number_deny)
{
	start("fails");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), EPERM);
	end();
	start("returns_two");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), EPERM);
	end();
}

TEST(error_allows_if_the_program_says_so)
{
	start("fails_open");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), 0);
	EXPECT_EQ(prog_info(obj, "fails_open").runs, 1);
	end();
}

TEST(stopped_program_allows)
{
	start("panics");
	announce_dmesg("stopped by a panic: as told");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), 0);
	EXPECT_EQ(prog_info(obj, "panics").faults, 1);
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), 0);
	end();
}

TEST(stopped_program_denies_if_it_says_so)
{
	start("panics_closed");
	announce_dmesg("stopped by a panic: as told");
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), EPERM);
	EXPECT_EQ(attempt_inside("/dev/null", O_RDONLY), EPERM);
	EXPECT_EQ(prog_info(obj, "panics_closed").faults, 1);
	end();
}
