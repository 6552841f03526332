// SPDX-License-Identifier: GPL-2.0
/*
 * session [-t SECONDS] DOCUMENT:LINE BLOCK [MARKER]
 *
 * Types the commands of a console block on a terminal, one after the other, and
 * compares what the terminal shows with what the block shows. A line that begins as
 * the block's first one ("# " or "$ ") is a command, "> " goes on with it, "^C" and
 * "^D" are keys; anything else is output. The next command is typed as soon as the
 * shown output is there and the command has ended, or at once if a key ends it. What
 * does not come within SECONDS (default 60) fails the block, as does a command that
 * ends with another status than 0, and a process that is left at the end.
 *
 * MARKER is what the block's marker says after its kind, separated by commas:
 *
 *	varies: WORD...	these words of the output stand for others, see match.c
 *	any status	commands may fail
 *
 * The shell has job control, but is none that prompts: it says nothing of its own.
 * Prints remarks; the exit status is 0 if all is as shown, 1 if not.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "session.h"

#define COMMANDS 3 /* the shell's descriptor for the next command's file */
#define STATUSES 4 /* and for the status of the last */
#define COLUMNS 200 /* of the terminal */

static const char shell_loop[] =
	"trap : INT; while read -r file <&3; do . \"$file\" 3<&- 4>&-; echo $? >&4; done";

struct step {
	int line; /* of the document */
	char key; /* or 0 */
	char *command, *shown;
};

static struct {
	int pid, terminal, commands, statuses;
	char text[1 << 18]; /* what the terminal has shown since the last command */
	size_t len;
	bool busy;
	int status;
} shell;

static const char *document;
static int first_line, seconds = 60;
static bool any_status;
static char *varies[65], command_file[] = "/tmp/session-XXXXXX";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void append(char **to, const char *line)
{
	size_t len = *to ? strlen(*to) : 0;

	*to = realloc(*to, len + strlen(line) + 2);
	if (!*to)
		err(1, "realloc");
	sprintf(*to + len, "%s\n", line);
}

/* Returns the steps of the block; the last one has neither command nor key. */
static struct step *read_block(const char *path)
{
	struct step *steps = calloc(1, sizeof(*steps)), *step = NULL;
	char *line = NULL, prompt[3] = "";
	size_t size = 0, count = 0;
	FILE *f = fopen(path, "re");
	ssize_t len;

	if (!f || !steps)
		err(1, "%s", path);
	for (int number = 1; (len = getline(&line, &size, f)) >= 0; number++) {
		bool key = !strcmp(line, "^C\n") || !strcmp(line, "^D\n");

		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (number == 1)
			snprintf(prompt, sizeof(prompt), "%s", line);
		if (strcmp(prompt, "# ") && strcmp(prompt, "$ "))
			errx(2,
			     "a console block begins with \"# \" or \"$ \" and a command");
		if (key || !strncmp(line, prompt, 2)) {
			steps = realloc(steps, (count + 2) * sizeof(*steps));
			if (!steps)
				err(1, "realloc");
			step = &steps[count++];
			memset(step, 0, 2 * sizeof(*step));
			step->line = first_line + number;
			append(&step->shown, "");
			step->shown[0] = '\0';
			if (key)
				step->key = (char)(line[1] - '@');
			else
				append(&step->command, line + 2);
		} else if (!strncmp(line, "> ", 2) && step->command &&
			   !*step->shown) {
			append(&step->command, line + 2);
		} else {
			append(&step->shown, line);
		}
	}
	free(line);
	fclose(f);
	return steps;
}

static void read_marker(char *marker)
{
	int count = 0;

	for (char *part, *rest = marker; (part = strsep(&rest, ","));) {
		part += strspn(part, " ");
		if (!strcmp(part, "any status")) {
			any_status = true;
		} else if (!strncmp(part, "varies: ", 8)) {
			char *words = part + 8;

			for (char *word; (word = strsep(&words, " "));)
				if (*word &&
				    count < (int)ARRAY_SIZE(varies) - 1)
					varies[count++] = word;
		} else if (*part) {
			errx(2, "%s:%d: the marker's \"%s\" means nothing",
			     document, first_line, part);
		}
	}
}

static void start_shell(void)
{
	struct winsize size = { .ws_row = 50, .ws_col = COLUMNS };
	int commands[2], statuses[2];
	struct termios mode;

	if (pipe2(commands, O_CLOEXEC) || pipe2(statuses, O_CLOEXEC))
		err(1, "pipe");
	shell.pid = forkpty(&shell.terminal, NULL, NULL, &size);
	if (shell.pid < 0)
		err(1, "forkpty");
	if (shell.pid == 0) {
		tcgetattr(0, &mode);
		mode.c_lflag &= ~(tcflag_t)ECHO;
		mode.c_oflag &= ~(tcflag_t)ONLCR;
		tcsetattr(0, TCSANOW, &mode);
		dup2(commands[0],
		     20); /* neither end is in the way of the other */
		dup2(statuses[1], 21);
		dup2(20, COMMANDS);
		dup2(21, STATUSES);
		close(20);
		close(21);
		execlp("sh", "sh", "-m", "-c", shell_loop, NULL);
		err(127, "sh");
	}
	shell.commands = commands[1];
	shell.statuses = statuses[0];
	close(commands[0]);
	close(statuses[1]);
	fcntl(shell.terminal, F_SETFD, FD_CLOEXEC);
}

/* Without what moves the cursor or colours the text. */
static void take_text(const char *text, size_t len)
{
	static bool escape;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\033')
			escape = true;
		else if (escape)
			escape = text[i] == '[' || text[i] < '@' ||
				 text[i] > '~';
		else if (text[i] != '\r' && shell.len < sizeof(shell.text) - 2)
			shell.text[shell.len++] = text[i];
	}
	shell.text[shell.len] = '\0';
}

/* Waits a moment for output or the end of the command. */
static void wait_shell(void)
{
	struct pollfd fds[] = { { shell.statuses, POLLIN, 0 },
				{ shell.terminal, POLLIN, 0 } };
	char text[4096];
	ssize_t len;

	if (poll(fds, 2, 200) < 0)
		err(1, "poll");
	if (fds[1].revents & POLLIN) {
		len = read(shell.terminal, text, sizeof(text));
		take_text(text, len > 0 ? (size_t)len : 0);
	} else if (fds[0].revents & POLLIN) {
		len = read(shell.statuses, text, sizeof(text) - 1);
		text[len > 0 ? len : 0] = '\0';
		shell.status = atoi(text);
		shell.busy = false;
	} else if (fds[0].revents || fds[1].revents) {
		errx(1, "%s:%d: the shell has ended", document, first_line);
	}
}

static void type_step(const struct step *step)
{
	FILE *f;

	if (step->key) {
		if (write(shell.terminal, &step->key, 1) != 1)
			err(1, "write");
		return;
	}
	f = fopen(command_file, "we");
	if (!f || fputs(step->command, f) < 0 || fclose(f))
		err(1, "%s", command_file);
	shell.busy = true;
	if (dprintf(shell.commands, "%s\n", command_file) < 0)
		err(1, "write");
}

/* Has the terminal shown what it should? */
static bool shown(const struct step *step)
{
	char *text = strdup(shell.text), *expected = strdup(step->shown);
	size_t len;
	bool same;

	if (!text || !expected)
		err(1, "strdup");
	squeeze(text);
	squeeze(expected);
	len = strlen(text);
	if (len && text[len - 1] != '\n')
		append(&text,
		       ""); /* take_text() has left room in the original */
	same = matches(expected, text, varies);
	free(text);
	free(expected);
	return same;
}

static void show(const char *what, const char *text)
{
	printf("# %s\n", what);
	while (*text) {
		size_t len = strcspn(text, "\n");

		printf("#   %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* Type it, and wait until all is there. Its text begins with what came too early. */
static bool do_step(const struct step *step)
{
	const struct step *next = step + 1;
	double end = now() + seconds;
	bool good;

	type_step(step);
	do {
		wait_shell();
		good = shown(step) && (!shell.busy || next->key);
	} while (!good && now() < end);
	if (!good ||
	    (!shell.busy && shell.status && !step->key && !any_status)) {
		printf("# %s:%d: %s", document, step->line,
		       step->key ? "the key\n" : step->command);
		if (good)
			printf("# ended with status %d\n", shell.status);
		else if (shell.busy)
			printf("# has not ended after %d s\n", seconds);
		show("The document shows:", step->shown);
		show("The terminal shows:", shell.text);
		good = false;
	}
	shell.text[shell.len = 0] = '\0';
	return good;
}

/* Reports output after the last step, and processes that still run. */
static bool end_session(void)
{
	bool good = !leftover(shell.pid, 5);

	for (int i = 0; i < 3; i++)
		wait_shell();
	squeeze(shell.text);
	if (good && *shell.text) {
		show("More output comes after the block's last command:",
		     shell.text);
		good = false;
	}
	kill(shell.pid, SIGKILL);
	waitpid(shell.pid, NULL, 0);
	unlink(command_file);
	return good;
}

int main(int argc, char **argv)
{
	const struct step *step;
	char *colon;
	bool good = true;
	int option;

	while ((option = getopt(argc, argv, "t:")) == 't')
		seconds = atoi(optarg);
	argv += optind;
	argc -= optind;
	if (option != -1 || argc < 2 || argc > 3 || !strrchr(argv[0], ':'))
		errx(2,
		     "usage: session [-t SECONDS] DOCUMENT:LINE BLOCK [MARKER]");
	colon = strrchr(argv[0], ':');
	*colon = '\0';
	document = argv[0];
	first_line = atoi(colon + 1);
	if (argc == 3)
		read_marker(argv[2]);
	step = read_block(argv[1]);
	if (!step->command)
		errx(2, "%s:%d: the block has no command", document,
		     first_line);

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (mkostemp(command_file, O_CLOEXEC) < 0)
		err(1, "%s", command_file);
	start_shell();
	for (; good && (step->command || step->key); step++)
		good = do_step(step);
	/* Both are said: a failed step, and what it has left. */
	good = end_session() && good;
	return !good;
}
