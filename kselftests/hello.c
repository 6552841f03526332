// SPDX-License-Identifier: GPL-2.0
/*
 * The sample hello: a tracepoint program's text in the trace pipe.
 */
#include "rex_trace.h"

/* Call dup(2) once, on CPU, in a process of its own. */
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

/* The line is the process's, and of its CPU, in words and in the columns. */
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

	ASSERT(cpus > 1 && cpus <= 64);
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

/* Waits for its first line of output. */
static pid_t start_loader(int *out)
{
	int ends[2];
	char line[16];
	pid_t pid;

	ASSERT(!pipe(ends));
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		execl("/rex/samples/hello/loader", "loader", "-1", NULL);
		_exit(127);
	}
	close(ends[1]);
	ASSERT_EQ(read(ends[0], line, sizeof(line)), 6);
	EXPECT(!memcmp(line, "ready\n", 6));
	*out = ends[0];
	return pid;
}

TEST(sample_loader_shows_the_line_of_its_trigger)
{
	char text[4096], words[64];
	int out, status;
	pid_t loader = start_loader(&out), trigger = fork();
	ssize_t len;

	if (trigger == 0) {
		execl("/rex/samples/hello/event-trigger", "event-trigger",
		      NULL);
		_exit(127);
	}
	ASSERT_EQ(waitpid(trigger, &status, 0), trigger);
	EXPECT_EQ(status, 0);
	len = read(out, text, sizeof(text) - 1);
	ASSERT(len > 0);
	text[len] = '\0';
	snprintf(words, sizeof(words), "Rust triggered from PID %d on CPU ",
		 trigger);
	EXPECT_CONTAINS(text, words);
	reap(loader);
}
