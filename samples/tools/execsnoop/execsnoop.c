// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the programs that processes run, a line each, with all of their arguments.
 */
#include "sample.h"

#define OBJECT "execsnoop.rex.o"

struct filter {
	__u32 user; /* one more than the id */
	__u32 failures;
};

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
	struct filter filter;
	bool show_time;
	bool show_user;
	bool quote;
	const char *name;
	const char *word;
	long args;
	long seconds;
};

static const char usage[] =
	"usage: execsnoop [-TUqx] [-u UID] [-n NAME] [-l WORD] [-m ARGS] [-d SECONDS]\n"
	"  -T  print the time             -u  of this user only\n"
	"  -U  print the user's id        -n  of processes whose name contains NAME\n"
	"  -q  quote arguments            -l  with an argument that contains WORD\n"
	"  -x  calls that fail, too       -m  print so many arguments at most\n"
	"                                 -d  end after so many seconds";

static struct options parse(int argc, char **argv)
{
	struct options o = { .args = INT_MAX };
	int opt;

	while ((opt = getopt(argc, argv, "TUqxu:n:l:m:d:")) != -1) {
		switch (opt) {
		case 'T':
			o.show_time = true;
			break;
		case 'U':
			o.show_user = true;
			break;
		case 'q':
			o.quote = true;
			break;
		case 'x':
			o.filter.failures = 1;
			break;
		case 'u':
			o.filter.user = sample_option(0, usage) + 1;
			break;
		case 'n':
			o.name = optarg;
			break;
		case 'l':
			o.word = optarg;
			break;
		case 'm':
			o.args = sample_option(1, usage);
			break;
		case 'd':
			o.seconds = sample_option(1, usage);
			break;
		default:
			errx(2, "%s", usage);
		}
	}
	if (optind < argc)
		errx(2, "%s", usage);
	return o;
}

static void print_title(const struct options *o)
{
	if (o->show_time)
		printf("%-8s ", "TIME");
	if (o->show_user)
		printf("%-6s ", "UID");
	sample_say("PCOMM            PID     PPID    RET ARGS");
}

/* The arguments: LEN bytes, of which the last one may not be a NUL. */
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
	struct options options = parse(argc, argv);
	static const char *const programs[] = { "on_exec", "on_execve",
						"on_execveat" };
	int nr = options.filter.failures ? 3 : 1;
	time_t end = options.seconds ? time(NULL) + options.seconds : 0;
	int signals = sample_signals();
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *links[3];
	struct ring_buffer *execs;
	__u32 zero = 0;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "FILTER")), &zero,
				&options.filter, 0))
		err(1, "FILTER");
	execs = sample_ring(obj, "EXECS", print_exec, &options);
	for (int i = 0; i < nr; i++)
		links[i] = must(rex_obj_attach(obj, programs[i]));
	print_title(&options);
	sample_follow(execs, "EXECS", signals, end);
	for (int i = 0; i < nr; i++)
		bpf_link__destroy(links[i]);
	ring_buffer__consume(execs);
	ring_buffer__free(execs);
	rex_obj_close(obj);
	return 0;
}
