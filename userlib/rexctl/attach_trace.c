// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are attached to functions, tracepoints and perf events here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../kmod/pattern.h"
#include "../internal.h"
#include "attach.h"

#define EVENTS "/sys/kernel/tracing/events/"

static int perf_event_open(struct perf_event_attr *attr, int pid, int cpu)
{
	attr->size = sizeof(*attr);
	return syscall(SYS_perf_event_open, attr, pid, cpu, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* Takes over the event @fd: the link keeps it. */
static int trace_link_event(const struct rexctl_attachee *who,
			    const char *target, int fd,
			    struct rexctl_links *links)
{
	int link = bpf_link_create(who->fd, fd, BPF_PERF_EVENT, NULL);
	int err = errno;

	if (link >= 0 && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		err = errno;
		close(link);
		link = -1;
	}
	close(fd);
	errno = err;
	return rexctl_link_add(links, who, target, link);
}

/* ---- functions of the kernel and of files ------------------------------------ */

/* Opens an event of a PMU "kprobe" or "uprobe". */
static int trace_open_probe(const char *pmu, bool at_return, __u64 place,
			    __u64 offset)
{
	struct perf_event_attr attr;
	int err = rex_probe_attr(pmu, at_return, &attr);

	if (err) {
		errno = -err;
		return -1;
	}
	attr.config1 = place;
	attr.config2 = offset;
	return perf_event_open(&attr, -1, 0);
}

/* Splits "FUNCTION+OFFSET". */
static void trace_split_offset(const char *text, char *function, size_t size,
			       unsigned long *offset)
{
	size_t len = strcspn(text, "+");

	snprintf(function, size, "%.*s", (int)len, text);
	*offset = text[len] ? strtoul(text + len + 1, NULL, 0) : 0;
}

static bool trace_is_return(const char *target)
{
	return !strncmp(target, "kretprobe", 9) ||
	       !strncmp(target, "uretprobe", 9);
}

/* A target without a prefix is of the kind that the section says. */
static bool trace_at_return(const struct rexctl_attachee *who,
			    const char *target, const char *rest)
{
	return trace_is_return(rest == target ? who->section : target);
}

/*
 * Prints why the kernel does not let what @target names after the prefix of a section be
 * traced, and what is probably meant; @otherwise, with @status, if that is not known.
 */
static int trace_refused(const char *target, const char *prefix,
			 const char *name, enum rexctl_status status,
			 const char *otherwise)
{
	char section[REX_SECTION_LEN + 16], why[384];
	int err;

	snprintf(section, sizeof(section), "%s/%s", prefix, name);
	err = rex_target_check(section, why, sizeof(why));
	if (err)
		status = err == -ENOENT ? REXCTL_NOT_FOUND : REXCTL_FAILED;
	return rexctl_fail(status, "%s: %s", target, err ? why : otherwise);
}

int rexctl_attach_kprobe(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links)
{
	bool at_return = trace_at_return(who, target, rest);
	unsigned long offset;
	char function[128];
	int fd;

	if (rex_is_pattern(rest))
		return rexctl_attach_functions(who, target, rest, links);
	trace_split_offset(rest, function, sizeof(function), &offset);
	fd = trace_open_probe("kprobe", at_return, (uintptr_t)function, offset);
	if (fd < 0 && errno == ENOENT)
		return trace_refused(target, "kprobe", function,
				     REXCTL_NOT_FOUND,
				     "the kernel has no such function");
	if (fd < 0 &&
	    (errno == EINVAL || errno == EILSEQ || errno == EADDRNOTAVAIL))
		return trace_refused(
			target, "kprobe", function, REXCTL_FAILED,
			"the kernel does not let this be probed: an offset has to be that of an instruction, and a return has none");
	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot probe %s", target);
	return trace_link_event(who, target, fd, links);
}

int rexctl_attach_uprobe(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links)
{
	bool at_return = trace_at_return(who, target, rest);
	const char *colon = strrchr(rest, ':');
	char name[PATH_MAX], path[PATH_MAX], function[256];
	unsigned long offset;
	__u64 place;
	int fd, err;

	if (!colon || colon == rest || !colon[1])
		return rexctl_fail(
			REXCTL_USAGE,
			"%s: say the file and the function: uprobe:PATH:FUNCTION",
			target);
	snprintf(name, sizeof(name), "%.*s", (int)(colon - rest), rest);
	if (rex_is_pattern(colon + 1))
		return rexctl_attach_user_functions(who, target, name,
						    colon + 1, links);
	trace_split_offset(colon + 1, function, sizeof(function), &offset);
	err = rex_user_file(name, path, sizeof(path)) ?:
		      rex_user_function(path, function, &place);
	if (err == -ENOENT)
		return rexctl_fail(REXCTL_NOT_FOUND, "%s: %s", target,
				   rex_last_error());
	if (err)
		return rexctl_fail_librex();
	fd = trace_open_probe("uprobe", at_return, (uintptr_t)path,
			      place + offset);
	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot probe %s", target);
	return trace_link_event(who, target, fd, links);
}

/* ---- tracepoints ------------------------------------------------------------- */

int rexctl_attach_tracepoint(const struct rexctl_attachee *who,
			     const char *target, const char *rest,
			     struct rexctl_links *links)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	char path[256];
	long id;
	int fd;

	snprintf(path, sizeof(path), EVENTS "%s/id", rest);
	id = strchr(rest, '/') ? rex_read_number(path, "") : -1;
	if (id < 0 && access(EVENTS, R_OK))
		return rexctl_fail_errno(errno, EVENTS);
	if (id < 0)
		return trace_refused(target, "tracepoint", rest,
				     REXCTL_NOT_FOUND,
				     "the kernel has no such tracepoint");
	attr.config = id;
	attr.sample_period = 1;
	fd = perf_event_open(&attr, -1, 0);
	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot open %s", target);
	return trace_link_event(who, target, fd, links);
}

int rexctl_attach_raw_tp(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links)
{
	int fd = bpf_raw_tracepoint_open(rest, who->fd);

	if (fd < 0 && errno == ENOENT)
		return trace_refused(target, "raw_tp", rest, REXCTL_NOT_FOUND,
				     "the kernel has no such raw tracepoint");
	return rexctl_link_add(links, who, target, fd);
}

/* ---- perf events -------------------------------------------------------------- */

static const struct {
	const char *name;
	__u32 type;
	__u64 config;
} trace_events[] = {
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ },
	{ "context-switches", PERF_TYPE_SOFTWARE,
	  PERF_COUNT_SW_CONTEXT_SWITCHES },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS },
	{ "cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
	{ "cache-references", PERF_TYPE_HARDWARE,
	  PERF_COUNT_HW_CACHE_REFERENCES },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
	{ "branch-instructions", PERF_TYPE_HARDWARE,
	  PERF_COUNT_HW_BRANCH_INSTRUCTIONS },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES },
};

static int trace_no_event(const char *target)
{
	size_t i;

	rexctl_fail(REXCTL_NOT_FOUND, "%s: rexctl knows no such perf event",
		    target);
	for (i = 0; i < ARRAY_LEN(trace_events); i++)
		rexctl_hint("there is %s", trace_events[i].name);
	return REXCTL_NOT_FOUND;
}

/* Samples a second after '@', or events a sample after '/'; otherwise 99 a second. */
static int trace_parse_event(const char *target, const char *rest,
			     struct perf_event_attr *attr)
{
	size_t i, len = strcspn(rest, "@/");
	char *end = NULL;

	for (i = 0; i < ARRAY_LEN(trace_events); i++)
		if (strlen(trace_events[i].name) == len &&
		    !strncmp(trace_events[i].name, rest, len))
			break;
	if (i == ARRAY_LEN(trace_events))
		return trace_no_event(target);
	attr->type = trace_events[i].type;
	attr->config = trace_events[i].config;
	attr->freq = rest[len] != '/';
	attr->sample_freq = rest[len] ? strtoul(rest + len + 1, &end, 10) : 99;
	if (!attr->sample_freq || (end && *end))
		return rexctl_fail(
			REXCTL_USAGE,
			"%s: say how often: perf:%.*s@99 is 99 times a second, perf:%.*s/1000 each 1000th",
			target, (int)len, rest, (int)len, rest);
	return REXCTL_OK;
}

int rexctl_attach_perf(const struct rexctl_attachee *who, const char *target,
		       const char *rest, struct rexctl_links *links)
{
	struct perf_event_attr attr = {};
	int status = trace_parse_event(target, rest, &attr);
	int cpu, fd, nr = sysconf(_SC_NPROCESSORS_CONF);

	for (cpu = 0; !status && cpu < nr; cpu++) {
		fd = perf_event_open(&attr, -1, cpu);
		if (fd < 0 && errno == ENODEV)
			continue; /* the CPU is offline */
		if (fd < 0 && (errno == ENOENT || errno == EOPNOTSUPP))
			return rexctl_fail(
				REXCTL_NOT_FOUND,
				"%s: this machine does not count that event; perf:cpu-clock is always there",
				target);
		if (fd < 0)
			return rexctl_fail_errno(errno, "cannot open %s",
						 target);
		status = trace_link_event(who, target, fd, links);
	}
	return status;
}
