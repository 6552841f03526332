// SPDX-License-Identifier: GPL-2.0
/*
 * Output of programs is the event bpf_trace_printk. It is read from a separate
 * instance of the tracer.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"

#define TRACING "/sys/kernel/tracing/"
#define INSTANCES TRACING "instances/"
#define INSTANCE "rexctl-"
#define PRINT_EVENT "events/bpf_trace/bpf_trace_printk/enable"
#define BUFFER_KB "256"
#define MARK "bpf_trace_printk: "

/*
 * So many bytes are taken at once. Programs may print faster than anybody can show, and
 * whoever reads looks for signals and the time in between.
 */
#define ROUND (256 << 10)

static bool trace_write(const struct rexctl_trace *trace, const char *name,
			const char *text)
{
	char path[160];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", trace->instance, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

/* Process ids are those of this namespace; 0 if nobody can say which it is. */
static unsigned long trace_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) ? 0 : st.st_ino;
}

/* A rexctl of this namespace that was killed has left its instance. */
static void trace_sweep(void)
{
	DIR *dir = opendir(INSTANCES);
	struct dirent *entry;
	unsigned long namespace;
	char path[512];
	int pid;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, INSTANCE, strlen(INSTANCE)))
			continue;
		if (sscanf(entry->d_name + strlen(INSTANCE), "%d-%lu", &pid,
			   &namespace) != 2 ||
		    namespace != trace_namespace())
			continue;
		if (pid <= 0 || !kill(pid, 0) || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), INSTANCES "%s", entry->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

int rexctl_trace_open(struct rexctl_trace *trace)
{
	char path[160];
	int err;

	memset(trace, 0, sizeof(*trace));
	trace->fd = -1;
	if (access(INSTANCES, F_OK)) {
		rexctl_fail_errno(errno,
				  "cannot read what programs print: " INSTANCES);
		rexctl_hint("mount -t tracefs none " TRACING);
		return REXCTL_FAILED;
	}
	trace_sweep();
	snprintf(trace->instance, sizeof(trace->instance),
		 INSTANCES INSTANCE "%d-%lu", getpid(), trace_namespace());
	/* An earlier process of that number may have been killed. */
	rmdir(trace->instance);
	if (mkdir(trace->instance, 0700) && errno != EEXIST)
		return rexctl_fail_errno(errno,
					 "cannot read what programs print: %s",
					 trace->instance);
	trace_write(trace, "buffer_percent", "0");
	/* Each CPU has such a buffer. The kernel would take 1.4 MB, on machines with many CPUs as well. */
	trace_write(trace, "buffer_size_kb", BUFFER_KB);
	if (!trace_write(trace, PRINT_EVENT, "1"))
		goto err;
	snprintf(path, sizeof(path), "%s/trace_pipe", trace->instance);
	trace->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace->fd >= 0)
		return REXCTL_OK;
err:
	err = errno;
	rexctl_trace_close(trace);
	return rexctl_fail_errno(err, "cannot read what programs print");
}

/* "  COMM-PID  [CPU] FLAGS SECONDS: bpf_trace_printk: TEXT" */
static json_t *trace_event(const char *line)
{
	const char *text = strstr(line, ": " MARK);
	char comm[32] = "", number[32] = "";
	const char *bracket, *end, *dash, *time;

	if (!text)
		return NULL;
	bracket = strstr(line, " [");
	if (!bracket || bracket > text)
		return NULL;
	for (end = bracket; end > line && isspace((unsigned char)end[-1]);)
		end--;
	for (dash = end; dash > line && dash[-1] != '-';)
		dash--;
	line += strspn(line, " ");
	if (dash > line)
		snprintf(comm, sizeof(comm), "%.*s", (int)(dash - 1 - line),
			 line);
	for (time = text; time > bracket && time[-1] != ' ';)
		time--;
	snprintf(number, sizeof(number), "%.*s", (int)(text - time), time);
	return json_pack("{ss,so,si,si,sf,so}", "event", "print", "comm",
			 rexctl_json_text(comm), "pid", atoi(dash), "cpu",
			 atoi(bracket + 2), "seconds", strtod(number, NULL),
			 "text", rexctl_json_text(text + 2 + strlen(MARK)));
}

/*
 * "CPU:1 [LOST 17 EVENTS]" comes before the first line of a CPU that was not overwritten. The
 * kernel may not know the number.
 */
static json_t *trace_lost(const char *line)
{
	json_int_t lines;
	int cpu, end = 0;

	if (sscanf(line, "CPU:%d [LOST %n", &cpu, &end) != 1 || !end)
		return NULL;
	lines = strtoll(line + end, NULL, 10);
	if (!lines)
		return json_pack("{ss,si}", "event", "lost", "cpu", cpu);
	return json_pack("{ss,si,sI}", "event", "lost", "cpu", cpu, "lines",
			 lines);
}

bool rexctl_trace_lost_text(const json_t *event)
{
	const json_t *cpu = json_object_get(event, "cpu");
	const json_t *lines = json_object_get(event, "lines");
	char number[32] = "some";

	if (!cpu || strcmp(rexctl_json_get(event, "event"), "lost"))
		return false;
	if (lines)
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(lines));
	rexctl_put_lines(stdout,
			 "%s lines of CPU %" JSON_INTEGER_FORMAT
			 " are lost: programs print faster than this is read\n",
			 number, json_integer_value(cpu));
	return true;
}

static void trace_take_line(struct rexctl_trace *trace, json_t *events)
{
	json_t *event;

	trace->line[trace->len] = '\0';
	trace->len = 0;
	event = trace_event(trace->line) ?: trace_lost(trace->line);
	if (event)
		json_array_append_new(events, event);
}

bool rexctl_trace_read(struct rexctl_trace *trace, json_t *events)
{
	ssize_t n, i, left = ROUND;
	char buf[4096];

	while (left > 0 && (n = read(trace->fd, buf, sizeof(buf))) > 0) {
		left -= n;
		for (i = 0; i < n; i++) {
			if (buf[i] == '\n')
				trace_take_line(trace, events);
			else if (trace->len < sizeof(trace->line) - 1)
				trace->line[trace->len++] = buf[i];
		}
	}
	return left <= 0;
}

void rexctl_trace_close(struct rexctl_trace *trace)
{
	if (trace->fd >= 0)
		close(trace->fd);
	trace->fd = -1;
	if (trace->instance[0])
		rmdir(trace->instance);
	trace->instance[0] = '\0';
}
