// SPDX-License-Identifier: GPL-2.0
/*
 * The sample map_test finds the elements that it has put into its maps.
 */
#include "rex_sample.h"

/* The output for one process, with P for the pid, Q for the next pid. */
static const char *const lines[] = {
	"show] hash before: not found",
	"show] hash inserted: found P",
	"show] hash deleted: not found",
	"show] array: found Q",
	"show] array beyond its end: not found",
	"show] top of the stack: found Q",
	"show] stack: found Q",
	"show] stack: found P",
	"show] empty stack: not found",
	"show] front of the queue: found P",
	"show] queue: found P",
	"show] queue: found Q",
	"show] empty queue: not found",
	"test_ringbuf] ring buffer: 16 bytes wait",
};

static void expect_lines(const char *text, pid_t pid)
{
	const char *at = text;
	char line[128], value[16];
	size_t end;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		end = strcspn(lines[i], "PQ");
		value[0] = '\0';
		if (lines[i][end])
			snprintf(value, sizeof(value), "%d",
				 pid + (lines[i][end] == 'Q'));
		snprintf(line, sizeof(line), "[map_test::%.*s%s\n", (int)end,
			 lines[i], value);
		at = strstr(at, line);
		ASSERT_MSG(at, "no \"%s\" in its place in: %s", line, text);
	}
}

TEST(all_kinds_of_maps_work)
{
	struct sample *s = start_sample("map_test", "./loader"), *trigger;
	char line[32];

	await_sample(s, "ready\n");
	for (int i = 0; i < 2; i++) {
		s->len = 0;
		memset(s->text, 0, sizeof(s->text));
		trigger = start_sample("map_test", "../trigger map_test");
		snprintf(line, sizeof(line), "received: %d\n", trigger->pid);
		EXPECT_EQ(end_sample(trigger), 0);
		await_sample(s, line);
		await_sample(s, "bytes wait\n");
		expect_lines(s->text, trigger->pid);
	}
	stop_sample(s);
}

/* The user's side of the same maps. */
TEST(userspace_and_program_see_the_same_elements)
{
	struct rex_obj *obj = load_object("map_test");
	struct bpf_link *link = attach(obj, "rex_prog1");
	__s64 value = 5, other = 0;
	__u32 key = 7;

	ASSERT(!bpf_map_update_elem(map_fd(obj, "MAP_HASH"), &key, &value, 0));
	fire(EVENT_FD);
	EXPECT_EQ(map_get(obj, "MAP_ARRAY", 0), getpid() + 1);
	EXPECT_EQ(map_get(obj, "MAP_HASH", 7), 5);
	key = 0;
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(obj, "MAP_HASH"), &key, &value),
		  -ENOENT);
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(obj, "STACK"), NULL, &other),
		  -ENOENT);
	EXPECT_EQ(bpf_map_lookup_elem(map_fd(obj, "QUEUE"), NULL, &other),
		  -ENOENT);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}
