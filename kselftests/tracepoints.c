// SPDX-License-Identifier: GPL-2.0
/*
 * Records of the crate's tracepoints (programs/tp_all) match the system calls
 * of this process.
 */
#include "rex_util.h"
#include "names/tp_all.h"

struct record {
	__u64 count, nr, fields[6];
};

static struct rex_obj *obj;

static void load(void)
{
	struct bpf_program *prog;

	obj = load_object("tp_all");
	bpf_object__for_each_program(prog, rex_obj_get_bpf(obj))
		attach(obj, bpf_program__name(prog));
	map_set(obj, "watched", NUMBER, ~0ull);
	map_set(obj, "watched", PROCESS, getpid());
}

static struct record record(__u32 index)
{
	struct record r = {};

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, "records"), &index, &r));
	return r;
}

static void expect_record(__u32 index, long nr, const long *fields, int count)
{
	struct record r = record(index);

	EXPECT_EQ(r.count, 1);
	EXPECT_EQ(r.nr, nr);
	for (int i = 0; i < count; i++)
		EXPECT_MSG((long)r.fields[i] == fields[i],
			   "field %d of record %u is %#llx, not %#lx", i, index,
			   r.fields[i], fields[i]);
}

TEST(open_is_seen_at_entry_and_return)
{
	const char *path = "/";
	long fields[] = { (long)path, O_PATH | O_CLOEXEC, 0123 }, fd;

	load();
	fd = syscall(SYS_open, path, fields[1], fields[2]);
	ASSERT(fd >= 0);
	expect_record(ENTER_OPEN, SYS_open, fields, 3);
	expect_record(EXIT_OPEN, SYS_open, &fd, 1);
	EXPECT_EQ(record(ENTER_OPENAT).count, 0);
	EXPECT_EQ(record(EXIT_OPENAT).count, 0);
}

TEST(openat_is_seen_at_entry_and_return)
{
	const char *path = "nonexistent";
	long fields[] = { -100, (long)path, O_RDWR, 0456 };
	long error = -ENOENT;

	load();
	ASSERT_EQ(syscall(SYS_openat, fields[0], path, fields[2], fields[3]),
		  -1);
	expect_record(ENTER_OPENAT, SYS_openat, fields, 4);
	expect_record(EXIT_OPENAT, SYS_openat, &error, 1);
	EXPECT_EQ(record(ENTER_OPEN).count, 0);
	EXPECT_EQ(record(EXIT_OPEN).count, 0);
}

TEST(dup_is_seen_at_entry)
{
	long fd = EVENT_FD;

	load();
	fire(fd);
	expect_record(ENTER_DUP, SYS_dup, &fd, 1);
}

TEST(any_system_call_is_seen_with_six_arguments)
{
	long args[] = { 0,  0x1111222233334444, 0x5555,
			-1, 0x7fffffffffffffff, -0x123456789 };
	long error = -EINVAL;

	load();
	map_set(obj, "watched", NUMBER, SYS_process_vm_readv);
	/* of its flags, none is known */
	ASSERT_EQ(syscall(SYS_process_vm_readv, args[0], args[1], args[2],
			  args[3], args[4], args[5]),
		  -1);
	if (errno != EINVAL)
		SKIP("no process_vm_readv (CONFIG_CROSS_MEMORY_ATTACH)");
	expect_record(RAW_ENTER, SYS_process_vm_readv, args, 6);
	expect_record(RAW_EXIT, SYS_process_vm_readv, &error, 1);
}

/* The tracepoint is for all processes; the program checks the caller. */
TEST(calls_of_other_processes_are_not_recorded)
{
	pid_t pid;

	load();
	pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_dup, 0) < 0);
	reap(pid);
	EXPECT_EQ(record(ENTER_DUP).count, 0);
	EXPECT(prog_info(obj, "enter_dup").runs >= 1);
}

/* The record of programs ends before the string. */
TEST(programs_have_no_strings_of_system_calls)
{
	struct rex_obj *wants =
		rex_obj_open(object_path("syscall_string"), NULL);
	char *format =
		read_all("/sys/kernel/tracing/events/syscalls/sys_enter_openat/format",
			 NULL);
	bool there = strstr(format, "__filename_val");

	ASSERT(wants);
	EXPECT_EQ(rex_obj_load_opened(wants), -ENOEXEC);
	EXPECT_CONTAINS(rex_last_error(),
			there ? "is not in the record that programs get" :
				"has no field __filename_val");
	ksft_note("the record of tracefs has %s string", there ? "a" : "no");
	free(format);
	rex_obj_close(wants);
}
