// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the programs of syscall_tp once or more often, opens files, and shows
 * the counts of each.
 */
#include <fcntl.h>
#include <sys/syscall.h>

#include "sample.h"

#define OBJECT "syscall_tp.rex.o"
#define MAX_OBJECTS 38
#define OPENS 10

static const char *const programs[] = {
	"trace_enter_open",
	"trace_enter_open_at",
	"trace_exit_open",
	"trace_exit_open_at",
};

#define NR_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static struct rex_obj *objects[MAX_OBJECTS];
static struct bpf_link *links[MAX_OBJECTS][NR_PROGRAMS];

static void open_files(void)
{
	for (int i = 0; i < OPENS; i++) {
		close(syscall(SYS_open, "/dev/null", O_RDONLY));
		close(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY));
	}
}

/* Starts counting at 0, without the files that attaching opened. */
static void start(struct rex_obj *obj, const char *map)
{
	__u32 key = 0, value = 0;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, map)), &key, &value,
				BPF_ANY))
		err(1, "%s", map);
}

static __u32 counted(struct rex_obj *obj, const char *map)
{
	__u32 key = 0, value;

	if (bpf_map_lookup_elem(must_fd(rex_obj_map_fd(obj, map)), &key,
				&value))
		err(1, "%s", map);
	return value;
}

int main(int argc, char **argv)
{
	long count = 1;

	if (argc == 3 && !strcmp(argv[1], "-i")) {
		if (!sample_number(argv[2], 1, MAX_OBJECTS, &count))
			errx(2, "'%s' is not a number from 1 to %d", argv[2],
			     MAX_OBJECTS);
	} else if (argc != 1) {
		errx(2, "usage: loader [-i NUMBER_OF_OBJECTS]");
	}

	for (int i = 0; i < count; i++) {
		objects[i] = sample_load(OBJECT);
		for (size_t j = 0; j < NR_PROGRAMS; j++)
			links[i][j] =
				must(rex_obj_attach(objects[i], programs[j]));
	}
	for (int i = 0; i < count; i++) {
		start(objects[i], "enter_open_map");
		start(objects[i], "exit_open_map");
	}
	open_files();
	for (int i = 0; i < count; i++)
		for (size_t j = 0; j < NR_PROGRAMS; j++)
			bpf_link__destroy(links[i][j]);
	for (int i = 0; i < count; i++) {
		printf("object %d: %u entered, %u returned\n", i,
		       counted(objects[i], "enter_open_map"),
		       counted(objects[i], "exit_open_map"));
		rex_obj_close(objects[i]);
	}
	return 0;
}
