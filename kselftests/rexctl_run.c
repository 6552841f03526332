// SPDX-License-Identifier: GPL-2.0
/*
 * `rexctl run` on a real kernel: it shows what programs print and what stops them, as text
 * and as JSON, and leaves nothing at its end. TEST-DEADLINE: 200
 */
#include "rex_tool.h"
#include "rex_trace.h"
#include "names/rexctl.h"

static const char *object(void)
{
	return object_path("rexctl");
}

static void await_attached(struct sample *s)
{
	await_sample(s, "attached on_dup");
}

TEST(run_shows_what_is_printed_and_what_stops_it)
{
	struct sample *s =
		start_tool("run %s on_dup=syscalls/sys_enter_dup", object());

	await_attached(s);
	fire(PRINT);
	await_sample(s, "[rexctl::on_dup] descriptor 0x5e1f0001");
	fire(PANIC);
	await_sample(s, "is dead");
	EXPECT_EQ(end_sample(s), TOOL_FAULT);
	EXPECT_CONTAINS(
		s->text,
		"program on_dup stopped by a panic: descriptor 0x5e1f0002 is not to be had");
	EXPECT_CONTAINS(s->text, "kselftests/programs/rexctl/src/main.rs:");
	EXPECT_CONTAINS(s->text, "Comm: rexctl_run");
	EXPECT_CONTAINS(s->text, "rexctl::on_dup");
	EXPECT(!strstr(s->text, "_ZN"));
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list")), 0);
}

#define OUTPUT "/tmp/rexctl_run.out"

/* Nobody can show lines as fast as programs can print them. */
TEST(run_ends_in_time_while_programs_print_more_than_it_shows)
{
	pid_t flood = fork();
	long begin = ksft_ms();
	char *text;

	ASSERT(flood >= 0);
	if (flood == 0)
		for (;;)
			fire(PRINT);
	tool(TOOL_OK, "run --for=4 %s on_dup=syscalls/sys_enter_dup >" OUTPUT,
	     object());
	begin = ksft_ms() - begin;
	kill(flood, SIGKILL);
	waitpid(flood, NULL, 0);
	text = read_all(OUTPUT, NULL);
	unlink(OUTPUT);
	/* The lines are in the buffer of all tests, too. */
	trace_file("trace", "");
	ksft_note("%zu bytes in %ld ms", strlen(text), begin);
	EXPECT(begin < 20000);
	EXPECT_CONTAINS(text, "[rexctl::on_dup] descriptor 0x5e1f0001");
	free(text);
}

TEST(run_leaks_nothing)
{
	struct census before = take_census();
	struct sample *s = start_tool("run %s syscalls/sys_enter_dup",
				      object_path("hello"));

	await_sample(s, "attached rex_prog1 to syscalls/sys_enter_dup");
	stop_tool(s, TOOL_OK);
	EXPECT_CENSUS(&before);
	EXPECT_EQ(count_lines(shell("ls " TRACING "instances"), "rexctl"), 0);
}

TEST(run_prints_only_its_own_lines_and_takes_none_from_others)
{
	struct rex_obj *hello = load_object("hello");
	struct sample *s;
	int pipe;

	attach(hello, "rex_prog1");
	s = start_tool("run %s on_dup=syscalls/sys_enter_dup", object());
	await_attached(s);
	pipe = open_trace_pipe();
	fire(PRINT);
	await_sample(s, "[rexctl::on_dup] descriptor");
	EXPECT(!strstr(s->text, "Rust triggered"));
	EXPECT(WAIT_FOR(strstr(read_trace(pipe), "[rexctl::on_dup]"), 5));
	stop_tool(s, TOOL_OK);
}

TEST(run_as_json_is_an_event_a_line)
{
	static const char *const events[] = { "attached", "print", "fault",
					      "dead" };
	struct sample *s =
		start_tool("run --json %s on_dup=syscalls/sys_enter_dup",
			   object());
	char *line, *save;
	size_t next = 0;

	await_sample(s, "\"attached\"");
	fire(PRINT);
	await_sample(s, "\"print\"");
	fire(PANIC);
	EXPECT_EQ(end_sample(s), TOOL_FAULT);
	for (line = strtok_r(s->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		json_t *event = json_loads(line, 0, NULL);

		if (line[0] != '{')
			continue; /* standard error: programs not attached */
		ASSERT_MSG(event, "%s", line);
		if (next < 4 &&
		    !strcmp(json_text(event, "event"), events[next]))
			next++;
		if (strcmp(json_text(event, "event"), "fault"))
			continue;
		EXPECT_STREQ(json_text(event, "cause"), "panic");
		EXPECT_STREQ(json_text(event, "program"), "on_dup");
		EXPECT(json_number(event, "line") > 10);
		EXPECT(json_array_size(json_object_get(event, "trace")) > 1);
	}
	EXPECT_EQ(next, 4);
}

TEST(run_with_restart_goes_on_after_a_fault)
{
	struct sample *s = start_tool(
		"run --restart 10 --timeout 50 %s on_dup=syscalls/sys_enter_dup",
		object());

	await_attached(s);
	fire(LOOP);
	await_sample(s, "stopped by a timeout: ran for more than 50 ms");
	EXPECT(WAIT_FOR(!strcmp(json_text(json_row(tool_json(TOOL_OK, "list"),
						   "name", "on_dup"),
					  "state"),
				"live"),
			10));
	fire(PRINT);
	await_sample(s, "[rexctl::on_dup] descriptor");
	EXPECT_EQ(json_number(json_row(tool_json(TOOL_OK, "list"), "name",
				       "on_dup"),
			      "restarts"),
		  1);
	stop_tool(s, TOOL_OK);
}

TEST(run_for_a_time_ends_by_itself)
{
	long begin = ksft_ms();

	tool(TOOL_OK, "run --for 1 %s", object_path("hello"));
	EXPECT(ksft_ms() - begin >= 1000);
}

/* Its attribute says where, as that of a program that does not sleep. */
TEST(sleepable_uprobe_is_attached_where_its_attribute_says)
{
	const char *text = tool(TOOL_OK, "run --for 1 %s",
				object_path("sleepable_uprobe"));

	EXPECT_CONTAINS(text, "/rex/kselftests/tracing:probed");
}
