// SPDX-License-Identifier: GPL-2.0
/*
 * Records of faults are read, and shown as the kernel's log shows them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

int rexctl_fault_read(int fd, __u64 number, struct rex_fault_info *info)
{
	int dev = open(REX_DEVICE, O_RDWR | O_CLOEXEC);
	int err = 0;

	if (dev < 0)
		return -errno;
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->image_fd = -1;
	info->prog_fd = fd;
	info->number = number;
	if (ioctl(dev, REX_IOC_FAULT_INFO, info))
		err = -errno;
	close(dev);
	return err;
}

/* The time of day of a moment of CLOCK_MONOTONIC, in UTC. */
static void faults_when(__u64 monotonic, char *text, size_t size)
{
	struct timespec mono, real;
	struct tm tm;
	time_t when;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	when = real.tv_sec - mono.tv_sec + (time_t)(monotonic / 1000000000);
	strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &tm));
}

static json_t *faults_lines(const char *text)
{
	json_t *lines = json_array();
	char line[512];
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		json_array_append_new(lines, rexctl_json_text(
						     line + strspn(line, " ")));
	}
	return lines;
}

json_t *rexctl_fault_json(const char *prog, const struct rex_fault_info *info)
{
	char when[32];

	faults_when(info->time, when, sizeof(when));
	return json_pack("{ss,ss,sI,ss,so,so,sI,sI,sI,sI,sI,so,sI,ss,so}",
			 "event", "fault", "program", prog, "number",
			 (json_int_t)info->number, "cause",
			 rexctl_cause_name(info->cause), "message",
			 rexctl_json_text(info->message), "file",
			 rexctl_json_text(info->file), "line",
			 (json_int_t)info->line, "column",
			 (json_int_t)info->column, "cpu", (json_int_t)info->cpu,
			 "pid", (json_int_t)info->pid, "tgid",
			 (json_int_t)info->tgid, "comm",
			 rexctl_json_text(info->comm), "time_ns",
			 (json_int_t)info->time, "when", when, "trace",
			 faults_lines(info->trace));
}

static json_int_t faults_int(const json_t *fault, const char *key)
{
	return json_integer_value(json_object_get(fault, key));
}

void rexctl_fault_text(const json_t *fault)
{
	const json_t *trace = json_object_get(fault, "trace");
	size_t i;

	rexctl_put_lines(stdout, "%s: program %s stopped by a %s: ",
			 rexctl_json_get(fault, "when"),
			 rexctl_json_get(fault, "program"),
			 rexctl_json_get(fault, "cause"));
	rexctl_put_clean(stdout, rexctl_json_get(fault, "message"));
	if (*rexctl_json_get(fault, "file")) {
		rexctl_put_lines(stdout, "\n  at ");
		rexctl_put_clean(stdout, rexctl_json_get(fault, "file"));
		rexctl_put_lines(stdout,
				 ":%" JSON_INTEGER_FORMAT
				 ":%" JSON_INTEGER_FORMAT,
				 faults_int(fault, "line"),
				 faults_int(fault, "column"));
	}
	rexctl_put_lines(stdout,
			 "\n  CPU: %" JSON_INTEGER_FORMAT
			 " PID: %" JSON_INTEGER_FORMAT " Comm: ",
			 faults_int(fault, "cpu"), faults_int(fault, "pid"));
	rexctl_put_clean(stdout, rexctl_json_get(fault, "comm"));
	rexctl_put_lines(stdout, "\n  Rust call trace:\n");
	for (i = 0; i < json_array_size(trace); i++) {
		rexctl_put_lines(stdout, "    ");
		rexctl_put_clean(stdout,
				 json_string_value(json_array_get(trace, i)));
		putchar('\n');
	}
}

void rexctl_follow(struct rexctl_follower *who, __u64 faults, json_t *events)
{
	struct rex_fault_info info;
	__u64 lost = 0;

	for (; who->seen < faults; who->seen++) {
		if (rexctl_fault_read(who->fd, who->seen + 1, &info)) {
			lost++;
			continue;
		}
		json_array_append_new(events,
				      rexctl_fault_json(who->name, &info));
	}
	if (lost)
		json_array_insert_new(events, 0,
				      json_pack("{ss,ss,sI}", "event", "lost",
						"program", who->name, "faults",
						(json_int_t)lost));
}

void rexctl_follow_text(const json_t *event)
{
	if (!strcmp(rexctl_json_get(event, "event"), "lost"))
		rexctl_put_lines(stdout,
				 "%" JSON_INTEGER_FORMAT
				 " earlier faults of %s: their records have been overwritten\n",
				 faults_int(event, "faults"),
				 rexctl_json_get(event, "program"));
	else
		rexctl_fault_text(event);
}
