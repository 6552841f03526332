// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command in whose process one system call fails with a chosen error.
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <librex.h>

#define OBJECT "error_injector.rex.o"
#define MAX_ERRNO 4095

/* @name in the directory of this program. */
static char *beside(const char *name)
{
	static char dir[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	char *path;

	if (len < 0)
		err(1, "/proc/self/exe");
	dir[len] = '\0';
	*strrchr(dir, '/') = '\0';
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		err(1, "path");
	return path;
}

static __u64 parse_errno(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || !value || value > MAX_ERRNO)
		errx(2, "'%s' is not an error number (1 to %d)", text,
		     MAX_ERRNO);
	return -value;
}

/*
 * Starts @command stopped at the read: it begins when a byte is written to
 * *@go, and ends if *@go is closed before.
 */
static pid_t start(char **command, int *go)
{
	int pipefd[2];
	pid_t pid;
	char byte;

	if (pipe(pipefd))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid) {
		close(pipefd[0]);
		*go = pipefd[1];
		return pid;
	}
	close(pipefd[1]);
	if (read(pipefd[0], &byte, 1) != 1)
		_exit(1);
	close(pipefd[0]);
	signal(SIGINT, SIG_DFL);
	execvp(command[0], command);
	err(127, "%s", command[0]);
}

/* Makes system call @name fail with @value, of process @pid only. */
static struct bpf_link *inject(struct rex_obj *obj, const char *name,
			       __u64 value, __s32 pid)
{
	struct bpf_object *bpf = rex_obj_get_bpf(obj);
	struct bpf_program *prog;
	struct bpf_link *link;
	struct bpf_map *map;

	prog = bpf_object__find_program_by_name(bpf, "err_injector");
	map = bpf_object__find_map_by_name(bpf, "pid_to_errno");
	if (!prog || !map)
		errx(1, "no err_injector or pid_to_errno in the object");
	if (bpf_map__update_elem(map, &pid, sizeof(pid), &value, sizeof(value),
				 BPF_ANY))
		err(1, "pid_to_errno");
	link = bpf_program__attach_ksyscall(prog, name, NULL);
	if (!link)
		err(1, "cannot attach to system call %s", name);
	return link;
}

int main(int argc, char **argv)
{
	char *userapp[2] = {};
	struct bpf_link *link;
	struct rex_obj *obj;
	int go, status;
	__u64 value;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: loader SYSCALL ERRNO [COMMAND [ARG...]]");
	value = parse_errno(argv[2]);
	userapp[0] = beside("userapp");
	signal(SIGINT, SIG_IGN); /* Ctrl-C is for the command */

	obj = rex_obj_load(beside(OBJECT));
	if (!obj)
		return 1; /* librex has said why */
	pid = start(argc > 3 ? argv + 3 : userapp, &go);
	link = inject(obj, argv[1], value, pid);
	if (write(go, "", 1) != 1)
		err(1, "pipe");

	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	bpf_link__destroy(link);
	rex_obj_close(obj);
	close(go);
	free(userapp[0]);
	if (WIFSIGNALED(status))
		errx(1, "%s: %s", argc > 3 ? argv[3] : "userapp",
		     strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status);
}
