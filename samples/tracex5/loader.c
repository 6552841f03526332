// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command with a seccomp filter that allows everything, and shows the
 * lines that the program of tracex5 prints about its system calls.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sample.h"

#define OBJECT "tracex5.rex.o"

static char *dd[] = { "dd", "if=/dev/zero", "of=/dev/null", "count=5", NULL };

static void allow_everything(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 1, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		err(1, "seccomp");
}

static int run(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		allow_everything();
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	int trace = sample_trace(), status;
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *link = must(rex_obj_attach(obj, "rex_prog1"));

	status = run(argc > 1 ? argv + 1 : dd);
	bpf_link__destroy(link);
	sample_show_trace(trace);
	rex_obj_close(obj);
	return status;
}
