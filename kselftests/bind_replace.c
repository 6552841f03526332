// SPDX-License-Identifier: GPL-2.0
/*
 * REX_IOC_BIND with REX_BIND_REPLACE moves carriers to other programs while events
 * come.
 */
#include <pthread.h>
#include <sys/resource.h>

#include "rex_ioctl.h"
#include "names/counts.h"

#define TRACEPOINT BPF_PROG_TYPE_TRACEPOINT
#define HELLO "rex_prog1"

TEST(replace_also_binds_a_new_carrier)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT);

	EXPECT_EQ(bind_prog(image, prog, HELLO, REX_BIND_REPLACE), 0);
	EXPECT_EQ(info_of_carrier(prog).image_id, image_id(image));
}

TEST(replace_by_the_same_program_changes_nothing)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT);

	ASSERT_EQ(bind_prog(image, prog, HELLO, 0), 0);
	EXPECT_EQ(bind_prog(image, prog, HELLO, REX_BIND_REPLACE), 0);
	EXPECT_EQ(nr_bindings(image), 1);
	close(image);
	EXPECT_STREQ(info_of_carrier(prog).name, HELLO);
}

TEST(replaced_image_is_freed)
{
	int first, second, prog = carrier(TRACEPOINT);
	struct census census;
	__u32 id;

	await_idle();
	first = load_image("hello");
	second = load_image("hello");
	id = image_id(second);
	ASSERT_EQ(bind_prog(first, prog, HELLO, 0), 0);
	close(first);
	census = take_census();
	ASSERT_EQ(bind_prog(second, prog, HELLO, REX_BIND_REPLACE), 0);
	EXPECT_EQ(nr_bindings(second), 1);
	close(second);
	EXPECT_EQ(info_of_carrier(prog).image_id, id);
	census.areas--;
	EXPECT(WAIT_FOR(take_census().areas == census.areas, 10));
}

/* The failed replace leaves the old program in place. */
TEST(refused_replace_changes_nothing)
{
	int image = load_image("hello"), prog = carrier(TRACEPOINT);
	int other = load_image("panics");

	ASSERT_EQ(bind_prog(image, prog, HELLO, 0), 0);
	EXPECT_ERRNO(bind_prog(other, prog, "panics_in_kprobe",
			       REX_BIND_REPLACE),
		     EPROTOTYPE);
	EXPECT_ERRNO(bind_prog(other, prog, "nobody", REX_BIND_REPLACE),
		     ENOENT);
	EXPECT_EQ(info_of_carrier(prog).image_id, image_id(image));
}

struct shooter {
	pthread_t thread;
	volatile bool *stop;
	__u64 shots;
	int cpu;
};

static void *shoot(void *arg)
{
	struct shooter *s = arg;

	pin_to_cpu(s->cpu);
	while (!*s->stop) {
		syscall(SYS_dup, EVENT_FD);
		s->shots++;
	}
	return NULL;
}

/* Loads a copy of programs/counts that counts in the maps of OBJ. */
static int load_copy(struct rex_obj *obj)
{
	static const char *const names[] = { "control", "totals", "by_thread" };
	struct rex_load args = load_args("counts");
	struct rex_map_fd maps[3] = {};
	int fd;

	for (int i = 0; i < 3; i++) {
		strcpy(maps[i].name, names[i]);
		maps[i].fd = map_fd(obj, names[i]);
	}
	give_maps(&args, maps, 3);
	fd = load(&args);
	free((void *)(unsigned long)args.elf);
	return fd;
}

#define MOVES 40

/*
 * Each event runs one of the two programs, once. Every old image is freed as
 * soon as it is replaced.
 */
TEST(replace_loses_no_event_while_events_come)
{
	static const char *const entries[] = { "counts_first",
					       "counts_second" };
	struct rex_obj *obj = load_object("counts");
	struct bpf_link *link = attach(obj, entries[0]);
	int prog = bpf_program__fd(program(obj, entries[0]));
	volatile bool stop = false;
	struct shooter shooters[2];
	__u64 shots = 0, first, second;

	map_set(obj, "control", DESCRIPTOR, EVENT_FD);
	for (int i = 0; i < 2; i++) {
		shooters[i] = (struct shooter){ .stop = &stop, .cpu = i };
		ASSERT(!pthread_create(&shooters[i].thread, NULL, shoot,
				       &shooters[i]));
	}
	setpriority(PRIO_PROCESS, 0, -10);
	for (int i = 1; i <= MOVES; i++) {
		int image = load_copy(obj);

		ASSERT_EQ(bind_prog(image, prog, entries[i % 2],
				    REX_BIND_REPLACE),
			  0);
		close(image);
	}
	/* Both programs have to run. */
	EXPECT(WAIT_FOR(map_get(obj, "totals", FIRST) &&
				map_get(obj, "totals", SECOND),
			5));
	stop = true;
	for (int i = 0; i < 2; i++) {
		ASSERT(!pthread_join(shooters[i].thread, NULL));
		shots += shooters[i].shots;
	}
	first = map_get(obj, "totals", FIRST);
	second = map_get(obj, "totals", SECOND);
	ksft_note("%llu shots: first %llu, second %llu", shots, first, second);
	EXPECT_EQ(first + second, shots);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
