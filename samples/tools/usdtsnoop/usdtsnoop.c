// SPDX-License-Identifier: GPL-2.0
/*
 * Prints USDT probes of a program or library with their arguments, a line each.
 */
#include "tool.h"

#define OBJECT "usdtsnoop.rex.o"
#define ARGS 12

struct event {
	__u64 cookie;
	__u32 process;
	__u32 thread;
	char comm[16];
	__u32 nr_args;
	__u32 unread;
	__u64 args[ARGS];
};

struct options {
	int pid;
	long seconds;
	bool show_time;
	const char *path;
	char **probes;
	size_t nr_probes;
};

static const char usage[] =
	"usage: usdtsnoop [-T] [-p PID] [-d SECONDS] PATH PROVIDER:NAME...\n"
	"  -T  print the time\n"
	"  -p  in this process only\n"
	"  -d  end after SECONDS seconds";

static long number_of(void)
{
	long number;

	if (!sample_number(optarg, 1, INT_MAX, &number))
		errx(2, "%s", usage);
	return number;
}

static struct options parse(int argc, char **argv)
{
	struct options o = {};
	int opt;

	while ((opt = getopt(argc, argv, "Tp:d:")) != -1) {
		switch (opt) {
		case 'T':
			o.show_time = true;
			break;
		case 'p':
			o.pid = number_of();
			break;
		case 'd':
			o.seconds = number_of();
			break;
		default:
			errx(2, "%s", usage);
		}
	}
	if (optind > argc - 2)
		errx(2, "%s", usage);
	o.path = argv[optind];
	o.probes = argv + optind + 1;
	o.nr_probes = argc - optind - 1;
	return o;
}

static int print_event(void *ctx, void *data, size_t size)
{
	const struct options *o = ctx;
	const struct event *event = data;

	if (size < sizeof(*event) || !event->cookie ||
	    event->cookie > o->nr_probes)
		return 0;
	if (o->show_time)
		sample_put_clock();
	printf("%-7u %-16.16s %s", event->process, event->comm,
	       o->probes[event->cookie - 1]);
	for (__u32 i = 0; i < event->nr_args && i < ARGS; i++) {
		if (event->unread & 1u << i)
			printf(" ?");
		else
			printf(" %lld", event->args[i]);
	}
	putchar('\n');
	return 0;
}

static struct rex_links *attach(struct rex_obj *obj, const struct options *o)
{
	__u64 *cookies = calloc(o->nr_probes, sizeof(*cookies));
	REX_OPTS(rex_attach_opts, opts, .pid = o->pid, .cookies = cookies,
		 .functions = (const char *const *)o->probes,
		 .nr_functions = o->nr_probes);
	struct rex_links *links;

	if (!cookies)
		err(1, "probes");
	for (size_t i = 0; i < o->nr_probes; i++)
		cookies[i] = i + 1;
	links = must(
		rex_obj_attach_usdt(obj, "on_probe", o->path, NULL, &opts));
	free(cookies);
	return links;
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct tool tool = tool_open(OBJECT);
	struct rex_links *links;

	tool_load(&tool);
	links = attach(tool.obj, &o);
	printf("Tracing %zu places... Press Ctrl-C to end.\n",
	       rex_links_count(links));
	fflush(stdout);
	tool_follow(&tool, "EVENTS", print_event, &o, o.seconds);
	rex_links_destroy(links);
	tool_close(&tool);
	return 0;
}
