// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command in whose process one system call fails with a chosen error.
 */
#include <sys/wait.h>

#include "sample.h"

#define MAX_ERRNO 4095

static __u64 parse_errno(const char *text)
{
	long value;

	if (!sample_number(text, 1, MAX_ERRNO, &value))
		errx(2, "'%s' is not an error number (1 to %d)", text,
		     MAX_ERRNO);
	return -value;
}

/*
 * Starts @command, which waits until a byte is written to *@go, and ends if
 * *@go is closed first.
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

/* Makes system call @name fail with @value in process @pid only. */
static struct bpf_link *inject(struct rex_obj *obj, const char *name,
			       __u64 value, __s32 pid)
{
	struct bpf_program *prog = must(rex_obj_program(obj, "err_injector"));
	struct bpf_link *link;

	if (bpf_map_update_elem(must_fd(rex_obj_map_fd(obj, "pid_to_errno")),
				&pid, &value, BPF_ANY))
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
	userapp[0] = strdup(sample_file("userapp"));
	if (!userapp[0])
		err(1, "userapp");
	signal(SIGINT, SIG_IGN); /* Ctrl-C is for the command */

	obj = sample_load("error_injector.rex.o");
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
