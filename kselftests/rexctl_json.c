// SPDX-License-Identifier: GPL-2.0
/*
 * All verbs of rexctl on a real kernel: with --json, standard output is JSON and nothing
 * else, and the exit statuses are those of rexctl(8). TEST-DEADLINE: 240
 */
#include "rex_tool.h"
#include "names/rexctl.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DIR "/sys/fs/bpf/json"

/*
 * A line may need what lines before it have left. OBJECT stands for the file of the
 * programs, REQUESTS for that of programs which run on request.
 */
struct line {
	const char *verb, *words;
	int status;
	const char *until;
	bool is_silent;
};

#define PRINTS(...)                                            \
	{                                                      \
		__VA_ARGS__, .until = NULL, .is_silent = false \
	}
/* Ctrl-C follows what is printed. */
#define UNTIL(_printed, ...)                                         \
	{                                                            \
		__VA_ARGS__, .until = (_printed), .is_silent = false \
	}
#define SILENT(...)                                           \
	{                                                     \
		__VA_ARGS__, .until = NULL, .is_silent = true \
	}
/* userlib/tests and rex/tests run the verb, which works without a kernel. */
#define ELSEWHERE(_verb)                      \
	{                                     \
		(_verb), NULL, 0, NULL, false \
	}

static const struct line lines[] = {
	PRINTS("version", "", TOOL_OK),
	PRINTS("list", "", TOOL_OK),
	PRINTS("show", "", TOOL_OK),
	SILENT("show", "nobody", TOOL_NOT_FOUND),
	PRINTS("faults", "", TOOL_OK),
	UNTIL("\"fault\"", "faults", "--follow", TOOL_OK),
	UNTIL("descriptor", "trace", "", TOOL_OK),
	PRINTS("top", "--interval 200", TOOL_OK),
	PRINTS("map", "dump DUPS", TOOL_OK),
	SILENT("map", "update COUNTS_OF_EACH_CPU 0 9", TOOL_OK),
	PRINTS("map", "lookup COUNTS_OF_EACH_CPU 0", TOOL_OK),
	SILENT("map", "lookup DUPS 7", TOOL_NOT_FOUND),
	PRINTS("metrics", "", TOOL_OK),
	UNTIL("listening", "metrics", "--socket /tmp/json.sock", TOOL_OK),
	PRINTS("inspect", "OBJECT", TOOL_OK),
	PRINTS("inspect", "--check OBJECT", TOOL_OK),
	SILENT("inspect", "/etc/passwd", TOOL_FAILED),
	PRINTS("gen", "skeleton OBJECT", TOOL_OK),
	PRINTS("gen", "loader OBJECT", TOOL_OK),
	PRINTS("types", "task_struct.pid", TOOL_OK),
	PRINTS("run", "OBJECT --for 1 on_dup=syscalls/sys_enter_dup", TOOL_OK),
	UNTIL("waiting", "load",
	      "OBJECT --attach on_dup=syscalls/sys_enter_dup", TOOL_OK),
	PRINTS("call", "REQUESTS sum 1 2", TOOL_OK),
	PRINTS("call", "REQUESTS sum 99", TOOL_FAULT),
	PRINTS("load", "OBJECT --pin " DIR, TOOL_OK),
	PRINTS("attach", DIR "/at_device dev:lo/skb", TOOL_OK),
	PRINTS("detach", DIR "/at_device", TOOL_OK),
	PRINTS("pin", DIR "/on_dup /sys/fs/bpf/json_dup", TOOL_OK),
	PRINTS("unload", "/sys/fs/bpf/json_dup", TOOL_OK),
	PRINTS("unload", DIR, TOOL_OK),
	ELSEWHERE("new"),
	ELSEWHERE("sign"),
	ELSEWHERE("rebuild"),
};

/* Replaces NAME in WORDS by the path of OBJECT. */
static const char *with_object(const char *words, const char *name,
			       const char *object)
{
	const char *at = strstr(words, name);
	static char text[1024];
	char copy[1024];

	if (!at)
		return words;
	snprintf(copy, sizeof(copy), "%.*s%s%s", (int)(at - words), words,
		 object_path(object), at + strlen(name));
	strcpy(text, copy);
	return text;
}

static const char *words_of(const char *words)
{
	return with_object(with_object(words, "OBJECT", "rexctl"), "REQUESTS",
			   "requests");
}

/* Starts rexctl with its standard output in a pipe, and without errors. */
static pid_t start(const char *words, int *out)
{
	char command[1300];
	int ends[2];
	pid_t pid;

	ASSERT(!pipe2(ends, O_CLOEXEC));
	snprintf(command, sizeof(command), "exec rexctl %s 2>/dev/null", words);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		dup2(ends[1], 1);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

/*
 * Reads all that rexctl prints. After UNTIL has been printed, it gets a Ctrl-C; the program
 * prints, or fails, all the time before.
 */
static int print_of(const char *words, const char *until, char *text,
		    size_t size)
{
	long end = ksft_ms() + 30000;
	struct pollfd fd = { .events = POLLIN };
	size_t len = 0;
	ssize_t got = 1;
	int status;
	pid_t pid = start(words, &fd.fd);

	while (got > 0 && ksft_ms() < end) {
		if (until)
			fire(strstr(until, "fault") ? PANIC : PRINT);
		if (poll(&fd, 1, 100) <= 0)
			continue;
		got = read(fd.fd, text + len, size - 1 - len);
		len += got > 0 ? got : 0;
		text[len] = '\0';
		if (until && strstr(text, until)) {
			ASSERT(!kill(pid, SIGINT));
			until = NULL;
		}
	}
	text[len] = '\0';
	if (got > 0)
		kill(pid, SIGKILL);
	close(fd.fd);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The text is a value, or each of its lines is. */
static bool is_json(char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	char *line, *save;

	if (json) {
		json_decref(json);
		return true;
	}
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		if (!json)
			return false;
		json_decref(json);
	}
	return true;
}

/* Returns the next verb of the help, or NULL. */
static const char *next_verb(const char **help)
{
	static char name[32];
	int len = 0;

	if (sscanf(*help, "  %31[a-z] %n", name, &len) != 1 || !len)
		return NULL;
	*help = strchr(*help, '\n') + 1;
	return name;
}

static bool has_line(const char *verb)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strcmp(lines[i].verb, verb))
			return true;
	return false;
}

TEST(each_verb_has_a_line_in_this_test)
{
	const char *help = strstr(tool(TOOL_OK, "-h"), "Verbs:\n"), *verb;
	int verbs = 0;

	ASSERT(help);
	help += strlen("Verbs:\n");
	while ((verb = next_verb(&help))) {
		EXPECT_MSG(has_line(verb), "%s", verb);
		verbs++;
	}
	EXPECT(verbs >= 20);
}

static void check_line(const struct line *line)
{
	static char text[1 << 20];
	char words[1200];
	int status;

	snprintf(words, sizeof(words), "--json %s %s", line->verb,
		 words_of(line->words));
	text[0] = '\0';
	status = print_of(words, line->until, text, sizeof(text));
	EXPECT_MSG(status == line->status,
		   "rexctl %s ended with %d, not %d: %s", words, status,
		   line->status, text);
	EXPECT_MSG(line->is_silent == !text[0], "rexctl %s printed %s", words,
		   text[0] ? text : "nothing");
	if (text[0])
		EXPECT_MSG(is_json(text), "rexctl %s: %s", words, text);
}

TEST_TIMEOUT(all_that_verbs_print_is_json, 200)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 1000);
	struct rex_obj *obj = load_object_opts("rexctl", &opts);

	attach(obj, "on_dup");
	fire(PRINT);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i].words)
			check_line(&lines[i]);
}

/* ---- statuses ---------------------------------------------------------------- */

/* What is named is not there. */
static const char *const missing[] = {
	"run /tmp/none.rex.o",
	"load /tmp/none.rex.o",
	"call /tmp/none.rex.o x",
	"attach nobody dev:lo",
	"detach nobody",
	"pin nobody /sys/fs/bpf/none",
	"unload nobody",
	"faults nobody",
	"list nobody",
	"show nobody",
	"map dump NONE",
	"inspect /tmp/none.rex.o",
	"gen skeleton /tmp/none.rex.o",
	"types no_such_struct",
};

TEST(what_is_missing_has_its_status_in_each_verb)
{
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++)
		tool(TOOL_NOT_FOUND, "%s", missing[i]);
}

/* What a user without privileges gets. */
static const char *const denied[] = {
	"run OBJECT",
	"load OBJECT",
	"call REQUESTS sum 1",
	"attach x dev:lo",
	"detach x",
	"pin x /sys/fs/bpf/x",
	"unload x",
	"faults",
	"list",
	"show",
	"map dump X",
	"--json top",
};

TEST(missing_privilege_has_its_status_in_each_verb)
{
	ASSERT(!setgid(65534) && !setuid(65534));
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++)
		EXPECT_CONTAINS(tool(TOOL_DENIED, "%s", words_of(denied[i])),
				"root");
}
