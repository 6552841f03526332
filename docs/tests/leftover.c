// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that a session has left. This process is a subreaper: one whose parent is
 * gone, in whatever session it is, becomes a child of this process.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

struct process {
	int parent, session;
	char state, name[64];
};

static bool get_process(const char *pid, struct process *process)
{
	char path[300], stat[1024], *name, *end;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	len = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[len] = '\0';
	name = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!name || !end)
		return false;
	snprintf(process->name, sizeof(process->name), "%.*s",
		 (int)(end - name - 1), name + 1);
	return sscanf(end + 1, " %c %d %*d %d", &process->state,
		      &process->parent, &process->session) == 3;
}

/* Returns the number of running processes. With @kill_them, prints and kills them. */
static int count(int shell, bool kill_them)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	if (!proc)
		err(1, "/proc");
	while ((entry = readdir(proc))) {
		struct process process;
		int pid = atoi(entry->d_name);

		if (!isdigit((unsigned char)entry->d_name[0]) || pid == shell ||
		    !get_process(entry->d_name, &process) ||
		    process.state == 'Z' ||
		    (process.parent != getpid() && process.session != shell))
			continue;
		found++;
		if (kill_them) {
			printf("# %s still runs at the end of the block, process %d\n",
			       process.name, pid);
			kill(pid, SIGKILL);
		}
	}
	closedir(proc);
	return found;
}

int leftover(int shell, int seconds)
{
	int found;

	for (int i = 0; i < 10 * seconds && count(shell, false); i++)
		usleep(100000);
	found = count(shell, true);
	/* A killed one leaves its children, which come to this process. */
	for (int i = 0; i < 50 && count(shell, false); i++) {
		count(shell, true);
		usleep(100000);
	}
	return found;
}
