// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the files that processes open, a line each, with their whole paths.
 */
#include "sample.h"

#define OBJECT "opensnoop.rex.o"

struct filter {
	__u32 process;
	__u32 thread;
	__u32 user; /* one more than the id */
	__u32 failed_only;
};

struct open {
	__u64 time;
	__u32 process;
	__u32 thread;
	__u32 user;
	__u32 flags;
	__s32 result;
	char comm[16];
	__u32 reserved;
	char path[];
};

struct options {
	struct filter filter;
	bool show_time;
	bool show_user;
	bool show_flags;
	const char *name;
	long seconds;
};

static const char usage[] =
	"usage: opensnoop [-TUex] [-p PID] [-t TID] [-u UID] [-n NAME] [-d SECONDS]\n"
	"  -T  print the time        -p  of this process only\n"
	"  -U  print the user's id   -t  of this thread only\n"
	"  -e  print the flags       -u  of this user only\n"
	"  -x  failures only         -n  of processes whose name contains NAME\n"
	"                            -d  end after so many seconds";

static struct options parse(int argc, char **argv)
{
	struct options o = {};
	int opt;

	while ((opt = getopt(argc, argv, "TUexp:t:u:n:d:")) != -1) {
		switch (opt) {
		case 'T':
			o.show_time = true;
			break;
		case 'U':
			o.show_user = true;
			break;
		case 'e':
			o.show_flags = true;
			break;
		case 'x':
			o.filter.failed_only = 1;
			break;
		case 'p':
			o.filter.process = sample_option(1, usage);
			break;
		case 't':
			o.filter.thread = sample_option(1, usage);
			break;
		case 'u':
			o.filter.user = sample_option(0, usage) + 1;
			break;
		case 'n':
			o.name = optarg;
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
	printf("%-7s %-16s %3s %3s ", "PID", "COMM", "FD", "ERR");
	if (o->show_flags)
		printf("%-8s ", "FLAGS");
	sample_say("PATH");
}

static int print_open(void *ctx, void *data, size_t size)
{
	const struct options *o = ctx;
	const struct open *open = data;

	if (size <= sizeof(*open))
		return 0;
	if (o->name && !strstr(open->comm, o->name))
		return 0;
	if (o->show_time)
		sample_put_clock();
	if (o->show_user)
		printf("%-6u ", open->user);
	printf("%-7u %-16s %3d %3d ", open->process, open->comm,
	       open->result < 0 ? -1 : open->result,
	       open->result < 0 ? -open->result : 0);
	if (o->show_flags)
		printf("%08o ", open->flags);
	puts(open->path);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	time_t end = options.seconds ? time(NULL) + options.seconds : 0;
	int signals = sample_signals();
	struct rex_obj *obj = sample_load(OBJECT);
	struct ring_buffer *opens;
	struct bpf_link *link;
	__u32 zero = 0;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "FILTER")), &zero,
				&options.filter, 0))
		err(1, "FILTER");
	opens = sample_ring(obj, "OPENS", print_open, &options);
	link = must(rex_obj_attach(obj, "on_open"));
	print_title(&options);
	sample_follow(opens, "OPENS", signals, end);
	bpf_link__destroy(link);
	ring_buffer__consume(opens);
	ring_buffer__free(opens);
	rex_obj_close(obj);
	return 0;
}
