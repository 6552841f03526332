// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the program of cputime for the CPU time of processes.
 */
#include "sample.h"

#define OBJECT "cputime.rex.o"

struct cpu_time {
	__u64 pid;
	__u64 time;
};

static int print(void *ctx, void *data, size_t size)
{
	const struct cpu_time *answer = data;

	(void)ctx;
	if (size != sizeof(*answer))
		errx(1, "a record of %zu bytes", size);
	printf("%llu: %llu.%06llu ms\n", answer->pid, answer->time / 1000000,
	       answer->time % 1000000);
	return 0;
}

static void ask(int pids, const char *text)
{
	__s32 pid;
	long n;

	if (!sample_number(text, 1, INT_MAX, &n)) {
		warnx("'%s' is not a process id", text);
		return;
	}
	pid = n;
	if (bpf_map_update_elem(pids, NULL, &pid, BPF_ANY))
		err(1, "PIDS");
}

/*
 * The program runs in this write: it has answered everything when the write
 * returns.
 */
static void write_null(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "", 1) != 1)
		err(1, "/dev/null");
	close(fd);
}

int main(int argc, char **argv)
{
	struct ring_buffer *answers;
	struct bpf_link *link;
	struct rex_obj *obj;

	if (argc < 2)
		errx(2, "usage: loader PID...");
	obj = sample_load(OBJECT);
	answers = ring_buffer__new(must_fd(rex_obj_map_fd(obj, "TIMES")), print,
				   NULL, NULL);
	if (!answers)
		err(1, "TIMES");
	link = must(rex_obj_attach(obj, "on_write"));
	for (int i = 1; i < argc; i++)
		ask(must_fd(rex_obj_map_fd(obj, "PIDS")), argv[i]);
	write_null();
	if (ring_buffer__consume(answers) < 0)
		err(1, "TIMES");
	bpf_link__destroy(link);
	ring_buffer__free(answers);
	rex_obj_close(obj);
	return 0;
}
