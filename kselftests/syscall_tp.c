// SPDX-License-Identifier: GPL-2.0
/*
 * The sample syscall_tp counts every open once, on entry and on return.
 */
#include "rex_sample.h"

#define ROUNDS 1000
/* The number of files that other processes may open. */
#define OTHERS 50

static long counted(struct rex_obj *obj, const char *map)
{
	__u32 key = 0, value = 0;

	ASSERT(!bpf_map_lookup_elem(map_fd(obj, map), &key, &value));
	return value;
}

static void expect_about(const char *what, long value, long want)
{
	EXPECT_MSG(value >= want && value <= want + OTHERS, "%s: %ld, not %ld",
		   what, value, want);
}

static void open_files(int nr, const char *path)
{
	for (int i = 0; i < ROUNDS; i++) {
		int fd = nr == SYS_open ?
				 syscall(SYS_open, path, O_RDONLY) :
				 syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);

		if (fd >= 0)
			close(fd);
	}
}

TEST(each_program_counts_its_system_call)
{
	struct rex_obj *obj = load_object("syscall_tp");
	struct bpf_link *link;
	long before;

	static const struct {
		const char *program;
		const char *map;
		int nr;
	} cases[] = {
		{ "trace_enter_open", "enter_open_map", SYS_open },
		{ "trace_enter_open_at", "enter_open_map", SYS_openat },
		{ "trace_exit_open", "exit_open_map", SYS_open },
		{ "trace_exit_open_at", "exit_open_map", SYS_openat },
	};

	for (int i = 0; i < 4; i++) {
		link = attach(obj, cases[i].program);
		before = counted(obj, cases[i].map);
		open_files(cases[i].nr, "/dev/null");
		open_files(cases[i].nr, "/does/not/exist");
		expect_about(cases[i].program,
			     counted(obj, cases[i].map) - before, 2 * ROUNDS);
		before = counted(obj, cases[i].map);
		open_files(SYS_open + SYS_openat - cases[i].nr, "/dev/null");
		expect_about("the other system call",
			     counted(obj, cases[i].map) - before, 0);
		bpf_link__destroy(link);
	}
	rex_obj_close(obj);
}

TEST(objects_loaded_several_times_count_for_themselves)
{
	int entered, returned, object;
	struct census before;
	char *text, *line;

	await_idle();
	before = take_census();
	ASSERT_EQ(run_sample("syscall_tp", "./loader -i 3", &text), 0);
	line = text;
	for (int i = 0; i < 3; i++) {
		ASSERT_MSG(sscanf(line, "object %d: %d entered, %d returned\n",
				  &object, &entered, &returned) == 3,
			   "no line %d in \"%s\"", i, text);
		EXPECT_EQ(object, i);
		expect_about("entered", entered, 20);
		expect_about("returned", returned, 20);
		line = strchr(line, '\n') + 1;
	}
	EXPECT_EQ(*line, '\0');
	EXPECT_CENSUS(&before);
}
