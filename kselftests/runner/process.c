// SPDX-License-Identifier: GPL-2.0
/* Running one test program with a deadline, to its last descendant. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define POLL_MS 50

struct output {
	int fd;
	char text[4096]; /* a line that is not complete yet */
	size_t len;
	void (*line)(void *arg, const char *text);
	void *arg;
};

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void emit(struct output *out)
{
	out->text[out->len] = '\0';
	out->line(out->arg, out->text);
	out->len = 0;
}

/* Reads the output. Lines that are too long come in pieces. */
static void read_output(struct output *out)
{
	char buf[4096];
	ssize_t len;

	while ((len = read(out->fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < len; i++) {
			if (buf[i] == '\n') {
				emit(out);
				continue;
			}
			out->text[out->len++] = buf[i];
			if (out->len == sizeof(out->text) - 1)
				emit(out);
		}
	}
}

/* Kill the processes whose parent we are. Returns how many there were. */
static int kill_children(void)
{
	struct dirent *entry;
	int count = 0;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		fatal("/proc: %s", strerror(errno));
	while ((entry = readdir(proc))) {
		char path[300], stat[512], *end;
		int pid = atoi(entry->d_name), parent = 0;
		char state = 0;
		ssize_t len;
		int fd;

		if (pid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		len = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		stat[len > 0 ? len : 0] = '\0';
		end = strrchr(stat, ')'); /* the name may contain anything */
		if (end && sscanf(end + 1, " %c %d", &state, &parent) == 2 &&
		    parent == getpid() && state != 'Z') {
			kill(pid, SIGKILL);
			count++;
		}
	}
	closedir(proc);
	return count;
}

/*
 * The runner is a subreaper, so orphans become its children, and after a while
 * it has killed all processes of the test. A process that does not die in time
 * stays, and is reported.
 */
static int kill_descendants(void)
{
	long end = now_ms() + 10000;
	int count = 0;

	while (now_ms() < end) {
		count += kill_children();
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			break;
		poll(NULL, 0, POLL_MS);
	}
	return count;
}

static void exec_program(const char *program, const char *dir, int out)
{
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	if (chdir(dir) == 0)
		execl(program, program, NULL);
	fprintf(stderr, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

static void wait_program(struct run *run, pid_t pid, struct output *out,
			 int seconds)
{
	long end = now_ms() + seconds * 1000L;

	while (waitpid(pid, &run->status, WNOHANG) == 0) {
		struct pollfd p = { .fd = out->fd, .events = POLLIN };

		if (now_ms() > end && !run->timed_out) {
			run->timed_out = true;
			kill(pid, SIGKILL);
			end += 10000;
		} else if (now_ms() > end) {
			run->status = SIGKILL; /* it does not even die */
			break;
		}
		dmesg_read();
		poll(&p, 1, POLL_MS);
		if (p.revents & POLLIN)
			read_output(out);
		else if (p.revents)
			poll(NULL, 0, POLL_MS); /* it closed its output */
	}
}

void run_program(struct run *run, const char *program, const char *dir,
		 int seconds, void (*line)(void *arg, const char *text),
		 void *arg)
{
	struct output out = { .line = line, .arg = arg };
	int ends[2];
	pid_t pid;

	memset(run, 0, sizeof(*run));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	mkdir(dir, 0755);
	if (pipe2(ends, O_CLOEXEC))
		fatal("pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		fatal("fork: %s", strerror(errno));
	if (pid == 0)
		exec_program(program, dir, ends[1]);
	close(ends[1]);
	out.fd = ends[0];
	wait_program(run, pid, &out, seconds);
	run->left = kill_descendants();
	read_output(&out);
	if (out.len)
		emit(&out);
	close(ends[0]);
}
