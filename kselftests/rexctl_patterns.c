// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl attaches programs to all functions that match a pattern, and to USDT probes.
 * TEST-DEADLINE: 600
 */
#include "rex_tool.h"
#include "rex_usdt.h"

#define PIN "/sys/fs/bpf/patterns"

static void marked(int number)
{
	PROBE("marked", "0", "-4@%0", "r"(number));
}

static __u64 runs_of(const char *program)
{
	return json_number(json_row(tool_json(TOOL_OK, "list"), "name",
				    program),
			   "runs");
}

TEST(programs_are_attached_to_what_a_pattern_matches)
{
	struct sample *s = start_tool("run %s on_entry=kprobe:__x64_sys_get?id",
				      object_path("many_probes"));

	await_sample(s, "attached on_entry to kprobe:__x64_sys_get?id: ");
	/* By its attribute. */
	await_sample(s, "attached on_get to kprobe:__x64_sys_get?id: ");
	syscall(SYS_getuid);
	EXPECT(runs_of("on_entry") >= 1);
	EXPECT(runs_of("on_get") >= 1);
	stop_tool(s, TOOL_OK);
}

TEST(pattern_as_json_names_the_functions)
{
	struct sample *s = start_tool(
		"run --json %s on_exit=kretprobe:__x64_sys_get?id on_entry=kprobe:__x64_sys_dup?",
		object_path("many_probes"));

	await_sample(s, "\"on_exit\"");
	EXPECT(WAIT_FOR((read_sample(s, 100),
			 strstr(s->text, "__x64_sys_getuid")),
			10));
	EXPECT_CONTAINS(s->text, "\"functions\"");
	stop_tool(s, TOOL_OK);
}

TEST_TIMEOUT(fentry_programs_are_attached_to_what_a_pattern_matches, 240)
{
	struct sample *s =
		start_tool("run --json %s on_traced_return=fexit:__do_sys_get?id",
			   object_path("many_traced"));

	/* The other one by its attribute. */
	EXPECT(WAIT_FOR((read_sample(s, 100),
			 strstr(s->text, "\"on_traced_return\"") &&
				 strstr(s->text, "\"on_traced\"") &&
				 strstr(s->text, "__do_sys_getgid")),
			60));
	syscall(SYS_getgid);
	EXPECT(runs_of("on_traced") >= 1);
	EXPECT(runs_of("on_traced_return") >= 1);
	stop_tool(s, TOOL_OK);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "run %s on_traced=fentry:no_such_*",
			     object_path("many_traced")),
			"no_such_*");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s on_traced=fexit:vfs_*",
			     object_path("many_traced")),
			"attribute of a fentry");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s on_read=fentry:vfs_*",
			     object_path("tracing")),
			"attached to what its attribute says");
}

TEST(patterns_that_cannot_be_attached_to_are_named)
{
	const char *object = object_path("many_probes");

	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "run %s on_entry=kprobe:no_such_*",
			     object),
			"no_such_*");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s on_entry=kretprobe:vfs_*",
			     object),
			"attribute of a kprobe");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "run %s on_call=uprobe:/bin/busybox:no_such_*",
			     object),
			"no_such_*");
}

/* One function, or all that a pattern matches. */
TEST(files_are_found_by_their_names)
{
	static const char *const targets[] = { "uprobe:libc.so.6:getsid",
					       "uprobe:libc.so.6:getsi?" };

	for (size_t i = 0; i < 2; i++) {
		struct sample *s = start_tool("run %s on_call=%s",
					      object_path("many_probes"),
					      targets[i]);
		char attached[64];

		snprintf(attached, sizeof(attached), "attached on_call to %s",
			 targets[i]);
		await_sample(s, attached);
		getsid(0);
		EXPECT(runs_of("on_call") >= 1);
		stop_tool(s, TOOL_OK);
	}
}

TEST(files_that_are_in_no_folder_are_named)
{
	const char *object = object_path("many_probes");

	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "run %s on_call=uprobe:libnone.so.1:f", object),
			"no library 'libnone.so.1' is in LD_LIBRARY_PATH");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "run %s on_call=uprobe:none:f*",
			     object),
			"no program 'none' is in PATH");
	/* A path is no name. */
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "run %s on_call=uprobe:./sh:f",
			     object),
			"cannot open ./sh");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "run %s on_call=uprobe:libc.so.6:no_such", object),
			"has no function 'no_such'");
	EXPECT_CONTAINS(tool(TOOL_FAILED,
			     "run %s on_call=uprobe:/proc/version:f", object),
			"is not an ELF file");
}

TEST(usdt_probes_are_attached_to)
{
	struct sample *s =
		start_tool("run %s on_probe=usdt:/proc/%d/exe:rex_test:marked",
			   object_path("usdt"), getpid());

	await_sample(s, "rex_test:marked");
	marked(7);
	EXPECT_EQ(runs_of("on_probe"), 1);
	stop_tool(s, TOOL_OK);
}

/* The links have carriers of their own, and those alone are pinned. */
TEST_TIMEOUT(programs_at_many_functions_are_pinned_by_their_links, 240)
{
	struct census before = take_census();
	__u64 runs;

	EXPECT_CONTAINS(tool(TOOL_OK, "load %s --pin " PIN,
			     object_path("many_traced")),
			"on_traced is not pinned");
	EXPECT(access(PIN "/on_traced_link", F_OK));
	tool(TOOL_OK, "unload " PIN);
	tool(TOOL_OK, "load %s --attach --pin " PIN,
	     object_path("many_traced"));
	EXPECT(access(PIN "/on_traced", F_OK));
	/* The program that is pinned itself is unloaded by its name. */
	tool(TOOL_OK, "unload on_syscall");
	runs = runs_of("on_traced");
	syscall(SYS_getgid);
	EXPECT(runs_of("on_traced") > runs);
	tool(TOOL_OK, "unload " PIN);
	EXPECT(access(PIN, F_OK));
	EXPECT_CENSUS(&before);
}

TEST_TIMEOUT(session_is_pinned_by_its_links, 120)
{
	struct census before = take_census();

	if (!kernel_is_from(6, 10))
		SKIP("this kernel has no sessions of kprobes");
	tool(TOOL_OK,
	     "load %s on_both=kprobe.session:__x64_sys_get?id --pin " PIN,
	     object_path("many_probes"));
	EXPECT(!access(PIN "/on_both_link", F_OK));
	syscall(SYS_getgid);
	EXPECT(runs_of("on_both") > 0);
	tool(TOOL_OK, "unload " PIN);
	EXPECT(access(PIN, F_OK));
	EXPECT_CENSUS(&before);
}
