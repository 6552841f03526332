// SPDX-License-Identifier: GPL-2.0
/*
 * Profiles the machine while a command runs, and prints the stacks folded: one
 * line each, for flame graphs.
 */
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sample.h"
#include "symbols.h"

#define OBJECT "trace_event.rex.o"
#define DEPTH 127
#define FREQUENCY 99
#define MAX_CPUS 1024

struct sample {
	char comm[16];
	__s32 kernstack;
	__s32 userstack;
};

/* ---- stacks ---- */

/* Prints a stack from the outermost function to the innermost. */
static void print_stack(int stacks, __s32 number, bool kernel)
{
	__u64 frames[DEPTH] = {};
	int depth = 0;

	if (number < 0 || bpf_map_lookup_elem(stacks, &number, frames))
		return;
	while (depth < DEPTH && frames[depth])
		depth++;
	while (depth--) {
		if (kernel)
			printf(";%s_[k]", function(frames[depth]));
		else
			printf(";0x%llx", frames[depth]);
	}
}

static void print_samples(struct rex_obj *obj)
{
	int counts = must_fd(rex_obj_map_fd(obj, "counts"));
	int stacks = must_fd(rex_obj_map_fd(obj, "stackmap"));
	struct sample sample, *last = NULL;
	__u64 count;

	while (!bpf_map_get_next_key(counts, last, &sample)) {
		last = &sample;
		if (bpf_map_lookup_elem(counts, &sample, &count))
			err(1, "counts");
		printf("%.16s", sample.comm);
		print_stack(stacks, sample.userstack, false);
		print_stack(stacks, sample.kernstack, true);
		printf(" %llu\n", count);
	}
}

/* ---- the perf events ---- */

static struct bpf_link *sample_cpu(struct bpf_program *prog, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = FREQUENCY,
		.freq = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			 PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link;

	if (fd < 0)
		err(1, "perf event on CPU %d", cpu);
	link = bpf_program__attach_perf_event(prog, fd);
	if (!link)
		err(1, "cannot attach to the perf event of CPU %d", cpu);
	return link;
}

static int run(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), status;
	struct bpf_link *links[MAX_CPUS];
	struct rex_obj *obj;

	if (argc < 2)
		errx(2, "usage: loader COMMAND [ARG...]");
	if (cpus > MAX_CPUS)
		cpus = MAX_CPUS;
	read_symbols();
	obj = sample_load(OBJECT);
	for (int cpu = 0; cpu < cpus; cpu++)
		links[cpu] = sample_cpu(must(rex_obj_program(obj, "rex_prog1")),
					cpu);
	status = run(argv + 1);
	for (int cpu = 0; cpu < cpus; cpu++)
		bpf_link__destroy(links[cpu]);
	print_samples(obj);
	rex_obj_close(obj);
	return status;
}
