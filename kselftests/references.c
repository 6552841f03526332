// SPDX-License-Identifier: GPL-2.0
/*
 * References on tasks (programs/references) are released however a run ends: the kernel
 * frees the tasks.
 */
#include <sys/prctl.h>

#include "rex_util.h"
#include "names/references.h"

#define TASKS 300
/* Tasks that other processes start, and that the allocator keeps. */
#define OTHERS 80

#define DROP 0 /* none of the acts that have a name */

/*
 * Freed tasks that the allocator or KASAN keeps for a while count as active: it has to give
 * them back first.
 */
static long count_tasks(void)
{
	char *text, *line;
	long active = 0;

	write_file("/sys/kernel/slab/task_struct/shrink", "1");
	text = read_all("/proc/slabinfo", NULL);
	line = strstr(text, "\ntask_struct ");
	ASSERT(line && sscanf(line, " task_struct %ld", &active) == 1);
	free(text);
	return active;
}

static void start_tasks(pid_t *tasks)
{
	for (int i = 0; i < TASKS; i++) {
		tasks[i] = fork();
		ASSERT(tasks[i] >= 0);
		if (tasks[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

static void end_tasks(const pid_t *tasks)
{
	for (int i = 0; i < TASKS; i++)
		ASSERT(!kill(tasks[i], SIGKILL));
	for (int i = 0; i < TASKS; i++)
		ASSERT_EQ(waitpid(tasks[i], NULL, 0), tasks[i]);
}

static void look_up(int how)
{
	struct rex_obj *obj = load_object("references");
	struct bpf_link *link = attach(obj, "looks_up");
	long before = count_tasks();
	pid_t tasks[TASKS];

	start_tasks(tasks);
	EXPECT(count_tasks() >= before + TASKS - OTHERS); /* it is seen */
	for (int i = 0; i < TASKS; i++)
		ASSERT(!bpf_map_update_elem(map_fd(obj, "pids"), NULL,
					    &tasks[i], 0));
	map_set(obj, "config", HOW, how);
	fire(LOOK_UP);
	EXPECT_EQ(map_get(obj, "config", FOUND), TASKS);
	EXPECT_EQ(prog_info(obj, "looks_up").faults, how >= PANIC);
	end_tasks(tasks);
	EXPECT_MSG(WAIT_FOR(count_tasks() < before + OTHERS, 20),
		   "%ld tasks before, %ld after", before, count_tasks());
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(dropped_references_are_released)
{
	look_up(DROP);
}

TEST(forgotten_references_are_released)
{
	look_up(FORGET);
}

TEST(panic_releases_references)
{
	announce_dmesg("stopped by a panic: with 300 references");
	look_up(PANIC);
}

TEST(timeout_releases_references)
{
	announce_dmesg("program looks_up of .* stopped by a timeout");
	look_up(LOOP);
}

/* They would otherwise take memory until the run ends. */
TEST(run_gets_so_many_references_and_no_more)
{
	struct rex_obj *obj = load_object("references");
	struct bpf_link *link = attach(obj, "looks_up");

	for (int i = 0; i < 3; i++) {
		map_set(obj, "config", FOUND, 0);
		fire(HOARD);
		EXPECT_EQ(map_get(obj, "config", FOUND), 4096);
	}
	EXPECT_EQ(prog_info(obj, "looks_up").faults, 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(numbers_of_no_process_are_not_found)
{
	struct rex_obj *obj = load_object("references");
	struct bpf_link *link = attach(obj, "looks_up");
	__s32 none[] = { 0, -1, 0x7fffffff, -0x7fffffff - 1, 0 };
	pid_t gone = fork();

	ASSERT(gone >= 0);
	if (gone == 0)
		_exit(0);
	reap(gone);
	none[4] = gone;
	for (int i = 0; i < 5; i++)
		ASSERT(!bpf_map_update_elem(map_fd(obj, "pids"), NULL, &none[i],
					    0));
	map_set(obj, "config", FOUND, 77);
	fire(LOOK_UP);
	EXPECT_EQ(map_get(obj, "config", FOUND), 0);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
