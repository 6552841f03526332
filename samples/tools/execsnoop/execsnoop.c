// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the programs that processes run, a line each, with all of their arguments.
 */
#include "tool.h"

#define OBJECT "execsnoop.rex.o"

struct exec {
	__u64 time;
	__u32 process;
	__u32 parent;
	__u32 user;
	__s32 result;
	__u32 args_size;
	__u32 reserved;
	char comm[16];
	char args[];
};

struct options {
	__u32 user;
	bool failures;
	bool show_time;
	bool show_user;
	bool quote;
	const char *name;
	const char *word;
	long args;
	long seconds;
};

static const struct argp_option options[] = {
	{ "time", 'T', NULL, 0, "Print the time", 0 },
	{ "print-uid", 'U', NULL, 0, "Print the user's id", 0 },
	{ "quote", 'q', NULL, 0, "Quote arguments", 0 },
	{ "fails", 'x', NULL, 0, "Calls that fail, too", 0 },
	{ "uid", 'u', "UID", 0, "This user only", 0 },
	{ "name", 'n', "NAME", 0, "Processes whose name contains NAME", 0 },
	{ "line", 'l', "WORD", 0, "With an argument that contains WORD", 0 },
	{ "max-args", 'm', "ARGS", 0, "Print at most ARGS arguments", 0 },
	{ "duration", 'd', "SECONDS", 0, "End after SECONDS seconds", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'T':
		o->show_time = true;
		break;
	case 'U':
		o->show_user = true;
		break;
	case 'q':
		o->quote = true;
		break;
	case 'x':
		o->failures = true;
		break;
	case 'u':
		o->user = tool_number(state, arg, 0, INT_MAX);
		break;
	case 'n':
		o->name = arg;
		break;
	case 'l':
		o->word = arg;
		break;
	case 'm':
		o->args = tool_number(state, arg, 1, INT_MAX);
		break;
	case 'd':
		o->seconds = tool_number(state, arg, 1, INT_MAX);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Prints the programs that processes run, with all arguments.",
};

static void print_title(const struct options *o)
{
	if (o->show_time)
		printf("%-8s ", "TIME");
	if (o->show_user)
		printf("%-6s ", "UID");
	sample_say("PCOMM            PID     PPID    RET ARGS");
}

/* Prints the arguments: LEN bytes, which may lack the last NUL. */
static void print_args(const struct options *o, const char *args, size_t len)
{
	long n = 0;

	for (size_t at = 0; at < len && n < o->args; n++) {
		int size = strnlen(args + at, len - at);

		printf(o->quote ? "%s\"%.*s\"" : "%s%.*s", n ? " " : "", size,
		       args + at);
		at += size + 1;
	}
}

static bool has_word(const char *word, const char *args, size_t len)
{
	return memmem(args, len, word, strlen(word));
}

static int print_exec(void *ctx, void *data, size_t size)
{
	const struct options *o = ctx;
	const struct exec *exec = data;
	size_t len = size - sizeof(*exec);

	if (size < sizeof(*exec) || (o->name && !strstr(exec->comm, o->name)) ||
	    (o->word && !has_word(o->word, exec->args, len)))
		return 0;
	if (o->show_time)
		sample_put_clock();
	if (o->show_user)
		printf("%-6u ", exec->user);
	printf("%-16s %-7u %-7u %3d ", exec->comm, exec->process, exec->parent,
	       exec->result);
	print_args(o, exec->args, len);
	puts(exec->args_size > len ? " ..." : "");
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .user = -1, .args = INT_MAX };
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "USER", o.user);
	tool_set(&tool, "FAILURES", o.failures);
	tool_load(&tool);
	tool_attach(&tool, "on_exec");
	if (o.failures) {
		tool_attach(&tool, "on_execve");
		tool_attach(&tool, "on_execveat");
	}
	print_title(&o);
	tool_follow(&tool, "EXECS", print_exec, &o, o.seconds);
	tool_close(&tool);
	return 0;
}
