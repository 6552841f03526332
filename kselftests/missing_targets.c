// SPDX-License-Identifier: GPL-2.0
/*
 * A program may be for a function, a hook or a tracepoint that the kernel does not have, or
 * does not let be traced. The error names it, and what is probably meant, or what else can
 * be done.
 * TEST-DEADLINE: 300
 */
#include "rex_tool.h"

/* Each is loaded from an object with another name in its section. */
static const struct {
	const char *object, *section, *edited, *error;
} targets[] = {
	{ "rexctl", "fentry/vfs_read", "fentry/vfs_reed",
	  "program at_entry: the kernel has no function 'vfs_reed'; is vfs_read meant?" },
	{ "tracing", "fexit/vfs_read", "fexit/vfs_reed",
	  "program on_read_return: the kernel has no function 'vfs_reed'; is vfs_read meant?" },
	{ "tracing", "tp_btf/sys_enter", "tp_btf/sys_entr",
	  "program on_btf: the kernel has no raw tracepoint 'sys_entr'; is sys_enter meant?" },
	{ "lsm_hooks", "lsm/kernel_load_data", "lsm/kernel_load_dat",
	  "the kernel has no security hook 'kernel_load_dat'; is kernel_load_data meant?" },
	{ "sleepable", "lsm.s/file_open", "lsm.s/file_opn",
	  "the kernel has no security hook 'file_opn'; is file_open meant?" },
	/* None is similar. */
	{ "rexctl", "fentry/vfs_read", "fentry/qqqqqqqq",
	  "no function 'qqqqqqqq'; if it is one of a module, load the module" },
	{ "tracing", "tp_btf/sys_enter", "tp_btf/qqqqqqqqq",
	  "no raw tracepoint 'qqqqqqqqq'; /sys/kernel/tracing/available_events" },
	{ "lsm_hooks", "lsm/kernel_load_data", "lsm/qqqqqqqq",
	  "no security hook 'qqqqqqqq'; include/linux/lsm_hook_defs.h" },
};

static void cannot_load(const char *object, const char *section,
			const char *edited, const char *error)
{
	struct rex_obj *obj = open_edited(object, section, edited);

	EXPECT_EQ(rex_obj_load_opened(obj), -ENOENT);
	EXPECT_CONTAINS(rex_last_error(), error);
	rex_obj_close(obj);
}

TEST(rexctl_names_a_missing_target_with_a_remedy)
{
	const char *path = edited_object(targets[0].object, targets[0].section,
					 targets[0].edited);
	const char *text = tool(TOOL_NOT_FOUND, "load %s", path);

	EXPECT_CONTAINS(text, targets[0].error);
	EXPECT_EQ(count_words(text, "\n"), 1);
}

/* Each load reads the BTF of the kernel and of its modules. */
TEST_TIMEOUT(missing_target_of_a_load_is_named_with_a_remedy, 150)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		cannot_load(targets[i].object, targets[i].section,
			    targets[i].edited, targets[i].error);
}

/* Nothing is said of a program that is not loaded. */
TEST(missing_target_matters_to_its_program_only)
{
	struct rex_obj *obj =
		open_edited("rexctl", "fentry/vfs_read", "fentry/vfs_reed");

	ASSERT(!bpf_program__set_autoload(program(obj, "at_entry"), false));
	load_opened(obj);
	attach(obj, "on_dup");
	rex_obj_close(obj);
}

/* These are found when the program is attached. */
static void cannot_attach(const char *object, const char *section,
			  const char *edited, const char *program, int err,
			  const char *error)
{
	struct rex_obj *obj = open_edited(object, section, edited);

	load_opened(obj);
	EXPECT(!rex_obj_attach(obj, program));
	EXPECT_EQ(errno, err);
	EXPECT_CONTAINS(rex_last_error(), error);
	rex_obj_close(obj);
}

TEST(missing_target_of_an_attachment_is_named_with_a_remedy)
{
	cannot_attach("requests", "kprobe/do_exit", "kprobe/do_exi", "on_exit",
		      ENOENT,
		      "the kernel has no function 'do_exi'; is do_exit meant?");
	cannot_attach("requests", "kprobe/do_exit", "kprobe/sys_dup", "on_exit",
		      ENOENT, "no function 'sys_dup'; is __x64_sys_dup meant?");
	cannot_attach("requests", "kprobe/do_exit", "kprobe/openat", "on_exit",
		      ENOENT, "is __x64_sys_openat meant?");
	cannot_attach("hello", "tracepoint/syscalls/sys_enter_dup",
		      "tracepoint/syscalls/sys_enter_du", "rex_prog1", ENOENT,
		      "is syscalls/sys_enter_dup meant?");
	cannot_attach("tracing", "raw_tp/sys_enter", "raw_tp/sys_ente",
		      "on_raw", ENOENT, "is sys_enter meant?");
}

/* Prints a function with a suffix, the first of its name, which no function has without it. */
#define AWK_RENAMED                                                           \
	"awk '$2 ~ /^[tT]$/ && !$4 { all[$3]; nr[++n] = $3 }"                 \
	" END { for (i = 1; i <= n; i++) { name = nr[i];"                     \
	" if (sub(/\\.(isra|constprop)\\.[0-9]+$/, \"\", name) &&"            \
	" name !~ /\\./ && !(name in all) && !seen[name]++ &&"                \
	" nr[i] ~ /\\.%s\\./) { printf \"%%s %%s\", name, nr[i]; exit } } }'" \
	" /proc/kallsyms"

static void expect_renamed(const char *suffix)
{
	char text[512], name[128], renamed[128];
	FILE *awk;

	snprintf(text, sizeof(text), AWK_RENAMED, suffix);
	awk = popen(text, "r");
	ASSERT(awk && fscanf(awk, "%127s %127s", name, renamed) == 2);
	EXPECT_EQ(pclose(awk), 0);
	snprintf(text, sizeof(text), "is %s meant?", renamed);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "run %s on_exit=kprobe:%s",
			     object_path("requests"), name),
			text);
}

TEST(function_that_the_compiler_renamed_is_named)
{
	expect_renamed("isra");
	expect_renamed("constprop");
}

/* The entry of an exception is in BTF, and no tracer may be there. */
#define NO_TRACE "the kernel does not let function 'exc_int3' be traced"
#define NO_PROBE "the kernel does not let function 'exc_nmi' be probed"

TEST(function_that_cannot_be_traced_is_named_with_a_remedy)
{
	cannot_attach("rexctl", "fentry/vfs_read", "fentry/exc_int3",
		      "at_entry", EOPNOTSUPP,
		      NO_TRACE ": trace one that calls it, of those in /sys");
	cannot_attach("tracing", "fexit/vfs_read", "fexit/exc_int3",
		      "on_read_return", EOPNOTSUPP, NO_TRACE);
	cannot_attach("requests", "kprobe/do_exit", "kprobe/exc_nmi", "on_exit",
		      EOPNOTSUPP, NO_PROBE ", since it is in /sys");
}

/* Some kernels attach it: rex.ko refuses it there. */
TEST(function_that_never_returns_is_named_with_a_remedy)
{
	struct rex_obj *obj =
		open_edited("tracing", "fexit/vfs_read", "fexit/do_exit");

	EXPECT(rex_obj_load_opened(obj) < 0);
	EXPECT_CONTAINS(
		rex_last_error(),
		"on_read_return: function 'do_exit' never returns: use fentry instead of fexit");
	rex_obj_close(obj);
}

TEST(rexctl_names_a_function_that_cannot_be_traced)
{
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s --for 1 kretprobe:vfs_read",
			     edited_object("rexctl", "fentry/vfs_read",
					   "fentry/exc_int3")),
			"at_entry: " NO_TRACE);
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s --for 1 kprobe:exc_nmi",
			     object_path("requests")),
			"kprobe:exc_nmi: " NO_PROBE);
}
