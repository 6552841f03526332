// SPDX-License-Identifier: GPL-2.0
/*
 * lsm programs (programs/lsm_hooks) decide, and the kernel follows.
 */
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "rex_ioctl.h"
#include "names/lsm_hooks.h"

#define FOLDER "/tmp/lsm-hooks"

static struct rex_obj *obj;

static void start(const char *name)
{
	char *active = read_all("/sys/kernel/security/lsm", NULL);

	ASSERT_MSG(strstr(active, "bpf"), "active: %s", active);
	free(active);
	obj = load_object("lsm_hooks");
	attach(obj, name);
	map_set(obj, "config", PROCESS, getpid());
}

/* Tries to set a nice value, and returns the errno. */
static int nice_to(int value)
{
	return setpriority(PRIO_PROCESS, 0, value) ? errno : 0;
}

static int answered(int answer, int value)
{
	map_set(obj, "config", ANSWER, answer);
	return nice_to(value);
}

TEST(hook_sees_arguments_and_decides)
{
	start("on_nice");
	EXPECT_EQ(answered(ALLOW, 3), 0);
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 3);
	EXPECT_EQ(map_get(obj, "seen", CALLS), 1);
	EXPECT_EQ(map_get(obj, "seen", NR_ARGS), 2);
	EXPECT_EQ(map_get(obj, "seen", NICE), 3);
	EXPECT_EQ(map_get(obj, "seen", NO_THIRD_ARG), 1);
	EXPECT_EQ(answered(FORBID, 5), EXDEV);
	EXPECT_EQ(map_get(obj, "seen", NICE), 5);
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 3);
	EXPECT_EQ(prog_info(obj, "on_nice").runs, 2);
}

TEST(only_zero_allows)
{
	start("on_nice");
	EXPECT_EQ(answered(POSITIVE, 5), EPERM);
	EXPECT_EQ(answered(TOO_NEGATIVE, 5), EPERM);
	EXPECT_EQ(answered(HELPER, 5), EFAULT);
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 0);
	EXPECT_EQ(answered(ALLOW, 5), 0);
}

TEST(other_processes_are_not_affected)
{
	pid_t pid;
	int status;

	start("on_nice");
	map_set(obj, "config", ANSWER, FORBID);
	pid = fork();
	if (pid == 0)
		_exit(nice_to(4));
	ASSERT(waitpid(pid, &status, 0) == pid);
	EXPECT_EQ(status, 0);
	EXPECT_EQ(map_get(obj, "seen", CALLS), 0);
	EXPECT(prog_info(obj, "on_nice").runs >= 1);
}

TEST(stopped_program_allows)
{
	start("on_nice");
	announce_dmesg("stopped by a panic: asked to");
	EXPECT_EQ(answered(PANIC, 3), 0);
	EXPECT_EQ(answered(FORBID, 4), 0);
	EXPECT_EQ(prog_info(obj, "on_nice").skipped, 1);
}

TEST(stopped_program_forbids_if_it_says_so)
{
	start("on_nice_closed");
	announce_dmesg("stopped by a panic: asked to");
	EXPECT_EQ(answered(ALLOW, 3), 0);
	EXPECT_EQ(answered(PANIC, 4), EPERM);
	EXPECT_EQ(answered(ALLOW, 5), EPERM);
	EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 3);
}

/* Returns whether prctl(2) does what it is for, in a process of its own. */
static int prctl_works(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		map_set(obj, "config", PROCESS, getpid());
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
			_exit(1);
		_exit(prctl(-1, 0, 0, 0, 0) != -1 || errno != EINVAL);
	}
	ASSERT(waitpid(pid, &status, 0) == pid);
	map_set(obj, "config", PROCESS, getpid());
	return status == 0;
}

/* Modules without an opinion return -ENOSYS at this hook. 0 would be the system call's. */
TEST(zero_of_a_hook_with_another_neutral_result_changes_nothing)
{
	start("on_prctl");
	EXPECT(prctl_works());
	EXPECT_EQ(map_get(obj, "seen", CALLS), 3);
	map_set(obj, "config", ANSWER, FORBID);
	EXPECT_ERRNO(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), EXDEV);
	announce_dmesg("stopped by a panic: asked to");
	map_set(obj, "config", ANSWER, PANIC);
	EXPECT_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	EXPECT(!is_live(obj, "on_prctl"));
	EXPECT(prctl_works());
	EXPECT_EQ(prog_info(obj, "on_prctl").skipped >= 3, true);
}

/* Mounts a file system of a MB, and returns its size in KB. */
static long mounted_size(void)
{
	struct statfs fs;

	ASSERT(!mount("none", FOLDER, "tmpfs", 0, "size=1m"));
	ASSERT(!statfs(FOLDER, &fs));
	ASSERT(!umount(FOLDER));
	return fs.f_blocks * fs.f_bsize / 1024;
}

/* They return -ENOPARAM here. A module that returns 0 has taken the option for itself. */
TEST(zero_of_a_hook_that_takes_options_takes_none)
{
	ASSERT(!mkdir(FOLDER, 0700));
	start("on_mount_option");
	EXPECT_EQ(mounted_size(), 1024);
	EXPECT(map_get(obj, "seen", CALLS) >= 1);
	announce_dmesg("stopped by a panic: asked to");
	map_set(obj, "config", ANSWER, PANIC);
	EXPECT_EQ(mounted_size(), 1024);
	EXPECT(!is_live(obj, "on_mount_option"));
	EXPECT_EQ(mounted_size(), 1024);
	ASSERT(!rmdir(FOLDER));
}

TEST(hook_without_a_result_is_seen)
{
	pid_t pid;
	int status;

	start("on_exec");
	pid = fork();
	if (pid == 0) {
		execl("/bin/busybox", "true", NULL);
		_exit(1);
	}
	ASSERT(waitpid(pid, &status, 0) == pid);
	EXPECT_EQ(status, 0);
	EXPECT(map_get(obj, "seen", CALLS) >= 1);
	EXPECT_EQ(map_get(obj, "seen", NR_ARGS), 1);
}

/* The context of another attach type differs. */
TEST(program_of_another_attach_type_is_not_bound)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_ktime_get_boot_ns },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_LSM_CGROUP);
	int id = libbpf_find_vmlinux_btf_id("socket_bind", BPF_LSM_CGROUP);
	int lsm;

	obj = load_object("lsm_hooks");
	ASSERT(id > 0);
	opts.attach_btf_id = id;
	lsm = bpf_prog_load(BPF_PROG_TYPE_LSM, "carrier", "GPL", insns, 3,
			    &opts);
	ASSERT_MSG(lsm >= 0, "%s", strerror(-lsm));
	EXPECT_ERRNO(bind_prog(rex_obj_image_fd(obj), lsm, "on_nice", 0),
		     EPROTOTYPE);
}
