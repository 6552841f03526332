// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl on a real kernel shows programs, faults and objects.
 * TEST-DEADLINE: 400
 */
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "rex_calls.h"
#include "rex_tool.h"
#include "names/configs.h"
#include "names/rexctl.h"
#include "skel/rexctl.skel.h"

static struct rex_obj *load_restarting(void)
{
	REX_OPTS(rex_obj_open_opts, opts, .restarts_per_min = 100);
	struct rex_obj *obj = load_object_opts("rexctl", &opts);

	attach(obj, "on_dup");
	return obj;
}

/* Causes a fault, and waits for the restart. */
static void fail_once(struct rex_obj *obj, __u32 fd)
{
	fire(fd);
	ASSERT(WAIT_FOR(prog_info(obj, "on_dup").state == REX_PROG_LIVE, 20));
}

/* ---- many programs ---- */

/* A program at a pattern of functions has a carrier for each. */
TEST(list_needs_no_higher_limit_of_descriptors)
{
	struct rex_obj *obj = load_object("many_traced");
	struct rex_links *links = attach_opts(obj, "on_traced", "vfs_*", NULL);
	size_t nr = rex_links_count(links);
	char *text;

	EXPECT(nr > 50);
	text = shell("ulimit -Sn 30; rexctl list");
	EXPECT(count_lines(text, "on_traced") >= (long)nr);
	free(text);
	rex_links_destroy(links);
	rex_obj_close(obj);
}

/* ---- faults ------------------------------------------------------------------ */

TEST(faults_are_shown_with_their_traces)
{
	struct rex_obj *obj = load_restarting();
	const char *text;
	json_t *faults;

	EXPECT_STREQ(tool(TOOL_OK, "faults"), "");
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "faults")), 0);
	fail_once(obj, PANIC);
	fail_once(obj, PANIC);
	text = tool(TOOL_OK, "faults on_dup");
	EXPECT_EQ(count_words(text, "program on_dup stopped by a panic: "
				    "descriptor 0x5e1f0002 is not to be had"),
		  2);
	EXPECT_CONTAINS(text, "at kselftests/programs/rexctl/src/main.rs:");
	EXPECT_CONTAINS(text, "Rust call trace:");
	EXPECT_CONTAINS(text, "Comm: rexctl_views");
	faults = tool_json(TOOL_OK, "faults");
	ASSERT_EQ(json_array_size(faults), 2);
	EXPECT_EQ(json_number(json_array_get(faults, 1), "number"), 2);
	EXPECT(json_number(json_array_get(faults, 0), "time_ns") <
	       json_number(json_array_get(faults, 1), "time_ns"));
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "faults at_entry")), 0);
	tool(TOOL_NOT_FOUND, "faults nobody");
	text = tool(TOOL_OK, "show on_dup");
	EXPECT_CONTAINS(text, "2: 2 panic");
	EXPECT_CONTAINS(text, "panic: descriptor 0x5e1f0002");
	faults = json_array_get(tool_json(TOOL_OK, "show on_dup"), 0);
	EXPECT_EQ(json_number(json_object_get(faults, "last_fault"), "number"),
		  2);
}

TEST(records_that_are_gone_are_counted)
{
	struct rex_obj *obj = load_restarting();
	json_t *faults;

	for (int i = 0; i < 6; i++)
		fail_once(obj, PANIC);
	faults = tool_json(TOOL_OK, "faults");
	ASSERT_EQ(json_array_size(faults), 5);
	EXPECT_EQ(json_number(json_row(faults, "event", "lost"), "faults"), 2);
	EXPECT_CONTAINS(tool(TOOL_OK, "faults"), "2 earlier faults of on_dup");
}

TEST(faults_are_followed)
{
	struct rex_obj *obj = load_restarting();
	struct sample *s = start_tool("faults --follow --json on_dup");

	fail_once(obj, PANIC);
	await_sample(s, "\"number\":1,");
	fail_once(obj, PANIC);
	await_sample(s, "\"number\":2,");
	stop_tool(s, TOOL_OK);
	EXPECT_EQ(count_words(s->text, "\"event\":\"fault\""), 2);
}

/* ---- trace ------------------------------------------------------------------- */

TEST(trace_shows_the_lines_of_all_or_of_one_crate)
{
	struct rex_obj *obj = load_object("rexctl");
	struct rex_obj *hello = load_object("hello");
	struct sample *all = start_tool("trace");
	struct sample *one = start_tool("trace rexctl");
	char pid[32];

	attach(obj, "on_dup");
	attach(hello, "rex_prog1");
	/* there is no sign that they have begun */
	EXPECT(WAIT_FOR((fire(PRINT), read_sample(one, 100),
			 strstr(one->text, "[rexctl::on_dup] descriptor")),
			20));
	fire(PRINT);
	await_sample(all, "Rust triggered");
	snprintf(pid, sizeof(pid), "-%d ", getpid());
	await_sample(all, pid);
	stop_tool(all, TOOL_OK);
	stop_tool(one, TOOL_OK);
	EXPECT(!strstr(one->text, "Rust triggered"));
}

TEST(names_of_processes_do_not_control_the_terminal)
{
	struct rex_obj *obj = load_object("rexctl");
	struct sample *s = start_tool("trace");

	attach(obj, "on_dup");
	/* Each part clears a screen: by ESC, and by U+009B. */
	ASSERT(!prctl(PR_SET_NAME, "p\033[2J\302\2332J"));
	EXPECT(WAIT_FOR((fire(PRINT), read_sample(s, 100),
			 strstr(s->text, "[rexctl::on_dup] descriptor")),
			20));
	stop_tool(s, TOOL_OK);
	EXPECT_CONTAINS(s->text, "p?[2J?2J-");
	EXPECT(!strchr(s->text, '\033') && !strstr(s->text, "\302\233"));
}

/* ---- top --------------------------------------------------------------------- */

static void fire_for(int ms)
{
	long end = ksft_ms() + ms;

	while (ksft_ms() < end)
		fire(EVENT_FD + 0x1000);
}

TEST(top_counts_runs_and_what_they_cost)
{
	struct rex_obj *obj = load_object("rexctl");
	json_t *rows, *row;
	pid_t child;

	attach(obj, "on_dup");
	child = fork();
	if (!child) {
		fire_for(3000);
		_exit(0);
	}
	rows = tool_json(TOOL_OK, "top --interval 500 --sort runs");
	row = json_array_get(rows, 0);
	EXPECT_STREQ(json_text(row, "name"), "on_dup");
	EXPECT(json_real_value(json_object_get(row, "runs_per_s")) > 100);
	EXPECT(json_real_value(json_object_get(row, "ns_per_run")) > 1);
	EXPECT(json_real_value(json_object_get(row, "cpu_percent")) > 0);
	EXPECT(json_real_value(json_object_get(row, "cpu_percent")) < 100);
	EXPECT_EQ(json_real_value(
			  json_object_get(json_row(rows, "name", "at_event"),
					  "runs_per_s")),
		  0);
	EXPECT_CONTAINS(tool(TOOL_OK, "top --once -n 100"), "TIME/RUN");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "top --sort colour"), "cpu, runs");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "top </dev/null"), "--once");
	reap(child);
}

/* Reads the screen up to WORDS, which escape sequences may separate. */
static bool screen_has(int tty, char *screen, size_t size, const char *words)
{
	size_t len = strlen(screen);
	ssize_t got;

	if (len > size / 2) {
		memmove(screen, screen + len / 2, len - len / 2 + 1);
		len = strlen(screen);
	}
	got = read(tty, screen + len, size - 1 - len);
	if (got > 0)
		screen[len + got] = '\0';
	return strstr(screen, words);
}

TEST(top_is_a_live_table_that_keys_sort)
{
	struct winsize size = { .ws_row = 24, .ws_col = 100 };
	static char screen[1 << 16];
	int tty, status;
	pid_t child;

	load_object("rexctl");
	child = forkpty(&tty, NULL, NULL, &size);
	ASSERT(child >= 0);
	if (!child) {
		setenv("TERM", "linux", 1);
		execlp("rexctl", "rexctl", "top", "-n", "300", NULL);
		_exit(127);
	}
	ASSERT(!fcntl(tty, F_SETFL, O_NONBLOCK));
	EXPECT(WAIT_FOR(screen_has(tty, screen, sizeof(screen), "10 programs"),
			20));
	EXPECT(WAIT_FOR(screen_has(tty, screen, sizeof(screen), "at_entry"),
			20));
	ASSERT_EQ(write(tty, "f", 1), 1);
	EXPECT(WAIT_FOR(screen_has(tty, screen, sizeof(screen), "faults"), 20));
	ASSERT_EQ(write(tty, "q", 1), 1);
	EXPECT(WAIT_FOR((screen_has(tty, screen, sizeof(screen), "none"),
			 waitpid(child, &status, WNOHANG) == child),
			20));
	EXPECT_EQ(status, 0);
}

/* ---- objects ----------------------------------------------------------------- */

TEST(inspect_knows_what_the_module_says)
{
	json_t *object =
		tool_json(TOOL_OK, "inspect %s", object_path("rexctl"));

	EXPECT_STREQ(json_text(object, "loads"), "yes");
	EXPECT_STREQ(json_text(object, "crate"), "rexctl");
	EXPECT_EQ(json_number(object, "abi"), REX_ABI_VERSION);
	EXPECT_EQ(json_array_size(json_object_get(object, "programs")), 10);
	EXPECT_STREQ(json_text(json_row(json_object_get(object, "maps"), "name",
					"COUNTS_OF_EACH_CPU"),
			       "type"),
		     "percpu_array");
	EXPECT(json_array_size(json_object_get(object, "frames")) > 5);
	EXPECT(json_array_size(json_object_get(object, "helpers")) > 3);
	object =
		tool_json(TOOL_OK, "inspect %s", object_path("syscall_string"));
	EXPECT_STREQ(json_text(object, "loads"), "no");
	EXPECT_CONTAINS(json_text(object, "reason"), "sys_enter_openat");
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list")), 0);
}

TEST(skeleton_opens_loads_attaches_and_destroys)
{
	struct census before = take_census();
	struct rexctl *skel = rexctl__open_and_load();
	__u64 key = PRINT, count = 0;

	ASSERT_MSG(skel, "%s", rex_last_error());
	ASSERT_MSG(!rexctl__attach(skel), "%s", rex_last_error());
	ASSERT(skel->links.on_dup && !skel->links.at_device);
	skel->links.at_function =
		bpf_program__attach_kprobe(skel->progs.at_function, false,
					   "vfs_read");
	ASSERT(skel->links.at_function);
	fire(PRINT);
	EXPECT(!bpf_map_lookup_elem(bpf_map__fd(skel->maps.DUPS), &key,
				    &count));
	EXPECT_EQ(count, 1);
	rexctl__detach(skel);
	fire(PRINT);
	EXPECT(!bpf_map_lookup_elem(bpf_map__fd(skel->maps.DUPS), &key,
				    &count));
	EXPECT_EQ(count, 1);
	rexctl__destroy(skel);
	EXPECT_CENSUS(&before);
}

/* ---- metrics ----------------------------------------------------------------- */

#define SOCKET "/tmp/rexctl.sock"

/* Returns the socket's answer to REQUEST. */
static char *ask(const char *request)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = SOCKET };
	static char text[1 << 16];
	size_t len = 0;
	ssize_t got;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT(!connect(fd, (void *)&address, sizeof(address)));
	ASSERT(write(fd, request, strlen(request)) == (ssize_t)strlen(request));
	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	text[len] = '\0';
	close(fd);
	return text;
}

/* Returns how the labels of the program begin, which the next call overwrites. */
static const char *labels_of(struct rex_obj *obj, const char *program)
{
	static char labels[64];

	snprintf(labels, sizeof(labels), "{image=\"%u\",program=\"%s\"",
		 prog_info(obj, program).image_id, program);
	return labels;
}

TEST(metrics_are_prometheus_text)
{
	struct rex_obj *obj = load_restarting();
	struct sample *s;
	char *text;

	fail_once(obj, PANIC);
	tool(TOOL_OK, "metrics --output /tmp/rex.prom");
	text = read_all("/tmp/rex.prom", NULL);
	EXPECT_CONTAINS(text, "\nrex_up 1\n");
	EXPECT_CONTAINS(text, "# TYPE rex_program_runs_total counter\n");
	EXPECT_CONTAINS(text, labels_of(obj, "on_dup"));
	EXPECT_CONTAINS(
		text,
		",program=\"on_dup\",object=\"rexctl.rex.o\",type=\"tracepoint\",cause=\"panic\"} 1\n");
	EXPECT_CONTAINS(
		text,
		",program=\"on_dup\",object=\"rexctl.rex.o\",type=\"tracepoint\",cause=\"timeout\"} 0\n");
	EXPECT_CONTAINS(
		text,
		",program=\"on_dup\",object=\"rexctl.rex.o\",type=\"tracepoint\",cause=\"CPU share\"} 0\n");
	EXPECT_EQ(count_words(text, "rex_program_live{"), 10);
	EXPECT_EQ(count_lines(shell("ls /tmp"), "rex.prom"), 1);

	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "metrics")), 10);
	s = start_tool("metrics --socket " SOCKET);
	await_sample(s, "listening");
	EXPECT_CONTAINS(ask("GET /metrics HTTP/1.0\r\n\r\n"), "200 OK\r\n");
	EXPECT_CONTAINS(ask("GET /metrics HTTP/1.0\r\n\r\n"), "rex_up 1\n");
	EXPECT(!strncmp(ask(""), "# HELP rex_up", 13));
	EXPECT_CONTAINS(tool(TOOL_FAILED, "metrics --socket " SOCKET),
			"in use");
	stop_tool(s, TOOL_OK);
	EXPECT(access(SOCKET, F_OK));
}

/* A sum over the series of a program is what the program did. */
TEST(metrics_have_a_program_once_wherever_it_is_attached)
{
	struct rex_obj *obj = load_object("many_traced");
	struct rex_links *links =
		attach_opts(obj, "on_traced", "vfs_read*", NULL);
	char series[128];
	const char *text;

	ASSERT(rex_links_count(links) > 1);
	EXPECT(json_array_size(tool_json(TOOL_OK, "list")) > 1);
	text = tool(TOOL_OK, "metrics");
	snprintf(series, sizeof(series), "\nrex_program_runs_total%s",
		 labels_of(obj, "on_traced"));
	EXPECT_EQ(count_words(text, series), 1);
	rex_links_destroy(links);
	rex_obj_close(obj);
}

TEST(metrics_without_a_module_say_so)
{
	ASSERT(!rename("/dev/rex", "/dev/rex.away"));
	EXPECT_CONTAINS(tool(TOOL_OK, "metrics"), "\nrex_up 0\n");
	ASSERT(!rename("/dev/rex.away", "/dev/rex"));
}

/* ---- services ---------------------------------------------------------------- */

TEST(configured_service_reports_that_it_is_ready)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "/tmp/notify.sock" };
	struct sample *s;
	char state[64] = "";
	FILE *conf;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(!bind(fd, (void *)&address, sizeof(address)));
	ASSERT(!setenv("NOTIFY_SOCKET", address.sun_path, 1));
	conf = fopen("/tmp/rexctl.conf", "we");
	ASSERT(conf);
	fprintf(conf,
		"# a service\nfile = %s\n\nattach = at_device=dev:lo/skb\n",
		object_path("rexctl"));
	fprintf(conf, "heap = 64\nrestart = 5\n");
	fclose(conf);
	s = start_tool("run --config /tmp/rexctl.conf");
	ASSERT(recv(fd, state, sizeof(state) - 1, 0) > 0);
	EXPECT_STREQ(state, "READY=1");
	await_sample(s, "attached at_device to dev:lo/skb");
	EXPECT_EQ(json_number(json_row(tool_json(TOOL_OK, "list"), "name",
				       "at_device"),
			      "restarts_per_min"),
		  5);
	stop_tool(s, TOOL_OK);
}

TEST(configs_are_set)
{
	struct sample *s = start_tool("run %s --set MAX=0x1234 --set FLAG=true",
				      object_path("configs"));
	json_t *seen;

	await_sample(s, "attached looks");
	fire(LOOK);
	seen = json_object_get(tool_json(TOOL_OK, "map dump SEEN"), "elements");
	EXPECT_EQ(json_number(json_array_get(seen, AT_MAX), "value"), 0x1234);
	EXPECT_EQ(json_number(json_array_get(seen, AT_FLAG), "value"), 1);
	stop_tool(s, TOOL_OK);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "load %s --set NONE=1",
			     object_path("configs")),
			"NONE");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load x --set MAX"), "NAME=VALUE");
	EXPECT_STREQ(json_text(json_row(json_object_get(tool_json(TOOL_OK,
								  "inspect %s",
								  object_path(
									  "configs")),
							"configs"),
					"name", "DELTA"),
			       "kind"),
		     "signed");
}

/* ---- completion -------------------------------------------------------------- */

TEST(names_of_programs_and_maps_are_completed)
{
	load_object("rexctl");
	EXPECT_STREQ(tool(TOOL_OK, "_complete show on_"), "on_dup\n");
	EXPECT_STREQ(tool(TOOL_OK, "_complete map dump DU"), "DUPS\n");
	EXPECT_STREQ(tool(TOOL_OK, "_complete run x.rex.o dev:l"), "dev:lo\n");
}
