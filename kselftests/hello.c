// SPDX-License-Identifier: GPL-2.0
/*
 * The sample hello writes a line of each call into the trace pipe.
 */
#include "rex_sample.h"
#include "rex_trace.h"

/* Calls dup(2) once, on CPU, in another process. */
static pid_t trigger_on(int cpu)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		pin_to_cpu(cpu);
		_exit(syscall(SYS_dup, 0) < 0);
	}
	reap(pid);
	return pid;
}

/*
 * Checks that the text and the columns of the line name the process and its
 * CPU.
 */
static void expect_line(const char *trace, pid_t pid, int cpu)
{
	char words[128], task[32], column[16], line[256];
	const char *at, *start;

	snprintf(words, sizeof(words), "Rust triggered from PID %d on CPU %d.",
		 pid, cpu);
	EXPECT_EQ(count_lines(trace, words), 1);
	at = strstr(trace, words);
	if (!at)
		return;
	for (start = at; start > trace && start[-1] != '\n'; start--)
		;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(start, "\n"), start);
	ksft_note("%s", line);
	snprintf(task, sizeof(task), "-%d ", pid);
	EXPECT_CONTAINS(line, task);
	snprintf(column, sizeof(column), "[%03d]", cpu);
	EXPECT_CONTAINS(line, column);
	EXPECT_CONTAINS(line, ": bpf_trace_printk: ");
}

TEST(hello_prints_the_pid_and_cpu_of_each_call)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), pipe = open_trace_pipe();
	struct rex_obj *obj = load_object("hello");
	struct bpf_link *link = attach(obj, "rex_prog1");
	const char *trace;
	pid_t pids[64];

	ASSERT(cpus >= 1 && cpus <= 64);
	for (int cpu = 0; cpu < cpus; cpu++)
		pids[cpu] = trigger_on(cpu);
	trace = read_trace(pipe);
	for (int cpu = 0; cpu < cpus; cpu++)
		expect_line(trace, pids[cpu], cpu);
	EXPECT_EQ(count_lines(trace, "Rust triggered"), cpus);
	EXPECT_EQ(prog_info(obj, "rex_prog1").runs, cpus);
	bpf_link__destroy(link);
	rex_obj_close(obj);
}

TEST(hello_is_silent_once_detached)
{
	struct rex_obj *obj = load_object("hello");
	struct bpf_link *link = attach(obj, "rex_prog1");
	int pipe = open_trace_pipe();

	bpf_link__destroy(link);
	trigger_on(0);
	EXPECT_EQ(count_lines(read_trace(pipe), "Rust triggered"), 0);
	rex_obj_close(obj);
}

TEST(sample_loader_shows_the_line_of_its_trigger)
{
	struct sample *loader = start_sample("hello", "./loader -1"), *trigger;
	char words[64];

	await_sample(loader, "ready\n");
	trigger = start_sample("hello", "../trigger hello");
	EXPECT_EQ(end_sample(trigger), 0);
	snprintf(words, sizeof(words), "Rust triggered from PID %d on CPU ",
		 trigger->pid);
	await_sample(loader, words);
	EXPECT_EQ(end_sample(loader), 0);
}
