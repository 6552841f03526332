// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl on a real kernel loads, attaches, detaches and unloads, and reports as
 * text and as JSON. TEST-DEADLINE: 400
 */
#include <arpa/inet.h>
#include <sys/mount.h>

#include "rex_tool.h"
#include "rex_trace.h"
#include "names/rexctl.h"

#define PIN "/sys/fs/bpf/tool"

static const char *object(void)
{
	return object_path("rexctl");
}

static struct rex_obj *load_all(void)
{
	return load_object("rexctl");
}

/* ---- usage and errors -------------------------------------------------------- */

TEST(each_verb_explains_itself)
{
	char *help = strdup(tool(TOOL_OK, "-h")), *line, *save;
	bool in_verbs = false;
	int verbs = 0;

	for (line = strtok_r(help, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char name[32];

		if (!strcmp(line, "Verbs:")) {
			in_verbs = true;
			continue;
		}
		if (strncmp(line, "  ", 2) || line[2] == '-')
			in_verbs = false;
		if (!in_verbs || sscanf(line, "  %31s", name) != 1)
			continue;
		verbs++;
		EXPECT_CONTAINS(tool(TOOL_OK, "%s -h", name), "Usage: rexctl");
		EXPECT_CONTAINS(tool(TOOL_OK, "%s --help", name), "--json");
	}
	EXPECT(verbs >= 20);
	EXPECT_CONTAINS(tool(TOOL_OK, "--version"), "rexctl 1.");
}

TEST(wrong_usage_has_its_status_and_is_named)
{
	EXPECT_CONTAINS(tool(TOOL_USAGE, "shwo"), "no verb 'shwo'");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load"), "FILE is missing");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "list a b"), "too many: b");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "run x --heap 0"), "--heap");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "run x --heap 262145"), "262144");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "list --frob"), "--frob");
	tool(TOOL_USAGE, "%s", "");
}

/* A refusal's reason is printed once, by one sentence. */
static void refused_once(const char *text, const char *reason)
{
	EXPECT_MSG(count_words(text, reason) == 1, "not once \"%s\": %s",
		   reason, text);
	EXPECT_MSG(!strstr(text, "Exec format error") &&
			   !strstr(text, "Wrong medium type"),
		   "%s", text);
}

TEST(refusals_are_printed_once)
{
	refused_once(tool(TOOL_FAILED, "load %s",
			  object_path("syscall_string")),
		     "tracepoint syscalls/sys_enter_openat");
	refused_once(tool(TOOL_NOT_FOUND, "load /tmp/none.rex.o"),
		     "No such file");
	refused_once(tool(TOOL_FAILED, "load /proc/self/exe"), "ELF type");
	refused_once(tool(TOOL_FAILED, "run /etc/passwd"), "not an ELF file");
}

TEST(types_of_maps_are_names)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "lru", 8, 8, 64, NULL);
	struct rex_map_fd fds = { .name = "DUPS", .fd = fd };
	REX_OPTS(rex_obj_open_opts, opts, .map_fds = &fds, .nr_map_fds = 1);
	struct rex_obj *obj = open_object("rexctl", &opts);

	EXPECT(rex_obj_load_opened(obj) == -EMEDIUMTYPE);
	refused_once(rex_last_error(),
		     "declares type HASH, the map is of LRU_HASH");
}

TEST(missing_module_and_missing_privileges_have_statuses)
{
	EXPECT_CONTAINS(tool(TOOL_OK, "version"), "rex.ko");
	ASSERT(!rename("/dev/rex", "/dev/rex.away"));
	EXPECT_CONTAINS(tool(TOOL_NO_MODULE, "list"), "modprobe rex");
	EXPECT_CONTAINS(tool(TOOL_NO_MODULE, "run %s", object()),
			"modprobe rex");
	ASSERT(!rename("/dev/rex.away", "/dev/rex"));
	ASSERT(!setgid(65534) && !setuid(65534));
	EXPECT_CONTAINS(tool(TOOL_DENIED, "list"), "as root");
}

/* ---- programs ---------------------------------------------------------------- */

TEST(programs_are_listed_and_shown)
{
	struct rex_obj *obj = load_all();
	json_t *rows, *row;
	const char *text;
	char id[16];

	attach(obj, "on_dup");
	fire(PRINT);
	fire(PRINT);
	rows = tool_json(TOOL_OK, "list");
	EXPECT_EQ(json_array_size(rows), 10);
	row = json_row(rows, "name", "on_dup");
	EXPECT_STREQ(json_text(row, "type"), "tracepoint");
	EXPECT_STREQ(json_text(row, "state"), "live");
	EXPECT_STREQ(json_text(row, "object"), "rexctl.rex.o");
	EXPECT_EQ(json_number(row, "faults"), 0);
	EXPECT_EQ(json_array_size(json_object_get(row, "map_ids")), 3);
	snprintf(id, sizeof(id), "%lld", json_number(row, "id"));
	EXPECT(json_number(json_array_get(tool_json(TOOL_OK, "show %s", id), 0),
			   "runs") >= 2);
	text = tool(TOOL_OK, "list");
	EXPECT_EQ(count_words(text, "\n"), 11);
	EXPECT_EQ(count_lines(text, "rexctl"), 0);
	EXPECT_EQ(count_lines(text, "on_dup"), 1);
	text = tool(TOOL_OK, "show on_dup");
	EXPECT_CONTAINS(text, "on_dup, tracepoint");
	EXPECT_CONTAINS(text, "tracepoint/syscalls/sys_enter_dup");
	EXPECT_EQ(count_lines(tool(TOOL_OK, "list %s", id), "on_dup"), 1);
}

TEST(missing_programs_are_not_found)
{
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list")), 0);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "show nobody"), "nobody");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "show 999999"), "999999");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "show /sys/fs/bpf/none"),
			"/sys/fs/bpf/none");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "show /etc/passwd"), "no pin");
}

TEST(a_name_of_two_programs_is_ambiguous_where_one_is_wanted)
{
	load_all();
	load_all();
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list on_dup")), 2);
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "pin on_dup " PIN),
			"names 2 programs");
}

TEST(ids_of_maps_go_to_the_caller)
{
	struct rex_obj *obj = load_all();
	__u32 ids[4] = { 7, 7, 7, 7 };
	struct rex_prog_info info = { .size = sizeof(info),
				      .map_ids = (uintptr_t)ids,
				      .nr_map_ids = 2 };
	struct bpf_map_info map = {};
	__u32 len = sizeof(map);

	ASSERT(!rex_obj_prog_info(obj, "on_dup", &info));
	EXPECT_EQ(info.nr_map_ids, 3);
	EXPECT(ids[0] != 7 && ids[1] != 7 && ids[2] == 7);
	info.nr_map_ids = 3;
	ASSERT(!rex_obj_prog_info(obj, "on_dup", &info));
	EXPECT_EQ(info.nr_map_ids, 3);
	ASSERT(!bpf_obj_get_info_by_fd(map_fd(obj, "DUPS"), &map, &len));
	EXPECT(ids[0] == map.id || ids[1] == map.id || ids[2] == map.id);
	EXPECT_STREQ(info.image_name, "rexctl.rex.o");
	info.map_ids = 0;
	EXPECT_EQ(rex_obj_prog_info(obj, "on_dup", &info), 0);
	info.nr_map_ids = 1;
	info.map_ids = 8;
	EXPECT_EQ(rex_obj_prog_info(obj, "on_dup", &info), -EFAULT);
}

/* Returns how often the module starts a timer of a program while rexctl runs. */
static long timers_started_by(const char *words)
{
	long started;
	char *trace;

	ASSERT(!close(open(TRACING "trace", O_WRONLY | O_TRUNC)));
	write_file(TRACING "events/timer/hrtimer_start/enable", "1");
	tool(TOOL_OK, words, object_path("timers"));
	write_file(TRACING "events/timer/hrtimer_start/enable", "0");
	trace = read_all(TRACING "trace", NULL);
	started = count_words(trace, "function=timer_on_period");
	free(trace);
	return started;
}

TEST(object_that_is_only_checked_has_no_timer_run)
{
	EXPECT_EQ(timers_started_by("inspect %s"), 0);
	EXPECT_EQ(timers_started_by("load %s"), 0);
	EXPECT(timers_started_by("load %s --pin " PIN) > 0);
	tool(TOOL_OK, "unload " PIN);
}

/* ---- targets ----------------------------------------------------------------- */

static void await_attached(struct sample *s)
{
	await_sample(s, "attached on_dup");
}

/* Returns the runs of a program, as the tool counts them. */
static long long runs_of(const char *program)
{
	return json_number(json_row(tool_json(TOOL_OK, "list"), "name",
				    program),
			   "runs");
}

/* Sends a datagram to an unused port. */
static void send_packet(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT(fd >= 0);
	EXPECT_EQ(sendto(fd, "", 1, 0, (void *)&to, sizeof(to)), 1);
	close(fd);
}

static const char *trigger(void)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/../samples/trigger",
		 getenv("REX_TESTS"));
	return path;
}

static bool has_run(const char *program)
{
	send_packet();
	return runs_of(program) > 0;
}

TEST_TIMEOUT(programs_are_attached_to_targets_of_all_kinds, 120)
{
	struct census before = take_census();
	struct sample *s = start_tool(
		"run %s dev:lo/skb tcx:lo/egress cgroup:/sys/fs/cgroup "
		"at_function=kprobe:__x64_sys_fsync at_return=vfs_read "
		"at_user_function=%s:target_func perf:cpu-clock@50 "
		"on_dup=tracepoint:syscalls/sys_enter_dup at_switch=sched_switch",
		object(), trigger());

	await_attached(s);
	await_sample(s, "attached at_cgroup to cgroup:/sys/fs/cgroup");
	free(shell("%s recursive 1", trigger()));
	fire(PRINT);
	syscall(SYS_fsync, fileno(tmpfile()));
	EXPECT(runs_of("on_dup") > 0);
	EXPECT(runs_of("at_entry") > 0);
	EXPECT(runs_of("at_function") > 0);
	EXPECT(runs_of("at_return") > 0);
	EXPECT(runs_of("at_user_function") > 0);
	EXPECT(runs_of("at_switch") > 0);
	EXPECT(WAIT_FOR(has_run("at_event"), 10));
	EXPECT(WAIT_FOR(has_run("at_qdisc"), 10));
	EXPECT(WAIT_FOR(has_run("at_cgroup"), 10));
	EXPECT(WAIT_FOR(has_run("at_device"), 10));
	stop_tool(s, TOOL_OK);
	EXPECT_CENSUS(&before);
}

static const char *refused_target(const char *target)
{
	return tool(TOOL_NOT_FOUND, "run %s %s", object(), target);
}

TEST(missing_targets_are_named_with_a_remedy)
{
	EXPECT_CONTAINS(refused_target("kprobe:vfs_reed"),
			"no function 'vfs_reed'; is vfs_read meant?");
	EXPECT_CONTAINS(refused_target("kprobe:no_such_function"),
			"/proc/kallsyms has the names");
	EXPECT_CONTAINS(refused_target("tracepoint:syscalls/sys_enter_dupp"),
			"is syscalls/sys_enter_dup meant?");
	EXPECT_CONTAINS(refused_target("raw_tp:sched_swich"),
			"is sched_switch meant?");
	EXPECT_CONTAINS(refused_target("dev:eth7"), "there is lo");
	EXPECT_CONTAINS(refused_target("cgroup:/tmp"), "no cgroup");
	EXPECT_CONTAINS(refused_target("cgroup:/none"), "No such file");
	EXPECT_CONTAINS(refused_target("perf:frobs"), "there is cpu-clock");
	EXPECT_CONTAINS(refused_target("nobody=dev:lo"), "it has:");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "run %s at_user_function=%s:nofunc", object(),
			     trigger()),
			"no function 'nofunc'");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "run %s tcx:lo/sideways", object()),
			"tcx:lo/ingress");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s at_entry=vfs_write",
			     object()),
			"nothing else");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s at_qdisc=dev:lo", object()),
			"tcx:");
	/* its own place is taken, in each way to say it */
	tool(TOOL_OK, "run --for=1 %s at_entry=fentry:vfs_read", object());
	tool(TOOL_OK, "run --for=1 %s at_entry=vfs_read", object());
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s at_entry=fexit:vfs_read",
			     object()),
			"nothing else");
	/* neither the program nor the call says where */
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "run %s", object()), "--attach");
}

TEST(target_without_a_name_is_for_the_programs_of_its_kind)
{
	struct sample *s = start_tool("run %s kretprobe:vfs_read", object());

	await_sample(s, "attached at_return to kretprobe:vfs_read");
	stop_tool(s, TOOL_OK);
	EXPECT(!strstr(s->text, "attached at_function"));
	EXPECT(!strstr(s->text, "attached at_user_function"));
	EXPECT_CONTAINS(s->text, "at_function is not attached");
}

TEST(interface_with_a_program_is_busy)
{
	struct sample *s = start_tool("run %s dev:lo/skb", object());

	await_sample(s, "attached at_device");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "run %s dev:lo/skb", object()),
			"already");
	stop_tool(s, TOOL_OK);
}

/* ---- programs that outlive their loader -------------------------------------- */

TEST_TIMEOUT(loaded_programs_are_attached_detached_and_unloaded, 120)
{
	struct census before = take_census();
	long long runs;

	EXPECT_CONTAINS(tool(TOOL_OK, "load %s --pin " PIN, object()),
			"pinned to " PIN);
	EXPECT_CONTAINS(tool(TOOL_OK, "attach on_dup"),
			"attached on_dup to tracepoint:syscalls/sys_enter_dup");
	ASSERT(!access(PIN "/on_dup_link", F_OK));
	EXPECT_CONTAINS(tool(TOOL_OK, "attach " PIN "/at_device dev:lo/skb"),
			"attached at_device to dev:lo/skb");
	tool(TOOL_OK, "attach at_qdisc tcx:lo/egress");
	tool(TOOL_OK, "attach at_cgroup cgroup:/sys/fs/cgroup");
	fire(PRINT);
	EXPECT(runs_of("on_dup") > 0);
	EXPECT(WAIT_FOR(has_run("at_device"), 10));
	EXPECT(WAIT_FOR(has_run("at_qdisc"), 10));
	EXPECT(WAIT_FOR(has_run("at_cgroup"), 10));
	EXPECT_CONTAINS(tool(TOOL_OK, "show at_device"), "dev:lo, link");
	EXPECT_CONTAINS(tool(TOOL_OK, "show at_qdisc"), "tcx:lo/egress");
	EXPECT_CONTAINS(tool(TOOL_OK, "show on_dup"), PIN "/on_dup");

	EXPECT_CONTAINS(tool(TOOL_OK, "detach at_device"), "detached");
	EXPECT(access(PIN "/at_device_link", F_OK));
	EXPECT_CONTAINS(tool(TOOL_OK, "detach " PIN "/on_dup_link"),
			"detached link");
	tool(TOOL_OK, "detach at_qdisc");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "detach at_qdisc"),
			"not attached");
	runs = runs_of("at_qdisc") + runs_of("at_device") + runs_of("on_dup");
	send_packet();
	fire(PRINT);
	EXPECT_EQ(runs_of("at_qdisc") + runs_of("at_device") +
			  runs_of("on_dup"),
		  runs);
	tool(TOOL_OK, "unload " PIN);
	EXPECT(access(PIN, F_OK));
	EXPECT_CENSUS(&before);
}

TEST(load_attaches_and_pins_at_once)
{
	struct census before = take_census();

	EXPECT_CONTAINS(tool(TOOL_OK,
			     "load %s --attach tcx:lo/ingress --attach "
			     "dev:lo/skb --pin " PIN,
			     object()),
			"attached at_qdisc to tcx:lo/ingress");
	EXPECT(WAIT_FOR(has_run("at_device"), 10));
	EXPECT(WAIT_FOR(has_run("at_qdisc"), 10));
	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s --pin " PIN, object()),
			"rexctl unload");
	tool(TOOL_OK, "unload " PIN);
	EXPECT_CENSUS(&before);
}

/* The word cgroup: is for programs of two types. */
TEST(program_that_decides_about_devices_is_attached_to_a_cgroup)
{
	int fd;

	tool(TOOL_OK, "load %s --pin " PIN, object_path("cgroup_device"));
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND, "attach denies_zero"),
			"denies_zero=cgroup:PATH");
	EXPECT_CONTAINS(tool(TOOL_OK,
			     "attach denies_zero cgroup:/sys/fs/cgroup"),
			"attached denies_zero to cgroup:/sys/fs/cgroup");
	fd = open("/dev/zero", O_RDONLY);
	EXPECT(fd < 0 && errno == EPERM);
	tool(TOOL_OK, "detach denies_zero");
	fd = open("/dev/zero", O_RDONLY);
	EXPECT(fd >= 0);
	close(fd);
	tool(TOOL_OK, "unload " PIN);
}

TEST(what_a_hook_gets_without_a_run_is_the_loaders_choice)
{
	const char *path = object_path("cgroup_device");
	json_t *shown;

	tool(TOOL_OK, "load %s --default-ret denies_zero=0 --pin " PIN, path);
	shown = tool_json(TOOL_OK, "show denies_zero");
	EXPECT_EQ(json_number(json_array_get(shown, 0), "default_ret"), 0);
	tool(TOOL_OK, "unload " PIN);
	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s --default-ret denies_zero=7",
			     path),
			"default");
	EXPECT_CONTAINS(tool(TOOL_NOT_FOUND,
			     "load %s --default-ret denies_one=0", path),
			"no program denies_one");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load x --default-ret decides"),
			"PROGRAM=N");
	EXPECT_CONTAINS(tool(TOOL_USAGE, "load x --default-ret decides=no"),
			"takes a number");
}

/* Makes the pin of a map that no Rex program has, and returns the map. */
static int pin_other(const char *path)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "other", 4, 4, 1, NULL);

	ASSERT(fd >= 0 && !bpf_obj_pin(fd, path));
	return fd;
}

TEST(unload_of_a_folder_leaves_what_others_have_pinned)
{
	struct census before;
	json_t *kept;

	close(pin_other("/sys/fs/bpf/other"));
	ASSERT(!mkdir("/sys/fs/bpf/others", 0700));
	close(pin_other("/sys/fs/bpf/others/other"));
	before = take_census();
	tool(TOOL_OK, "load %s on_dup=syscalls/sys_enter_dup --pin /sys/fs/bpf",
	     object());
	EXPECT_CONTAINS(tool(TOOL_OK, "unload /sys/fs/bpf"),
			"/sys/fs/bpf stays: it also has other, others\n");
	EXPECT(!access("/sys/fs/bpf/others/other", F_OK));
	EXPECT_CENSUS(&before);

	tool(TOOL_OK, "load %s --pin " PIN, object());
	ASSERT(!rename("/sys/fs/bpf/other", PIN "/other"));
	kept = json_loads(strrchr(tool(TOOL_OK, "--json unload " PIN), '{'), 0,
			  NULL);
	EXPECT_STREQ(json_text(kept, "event"), "kept");
	EXPECT_STREQ(json_string_value(
			     json_array_get(json_object_get(kept, "others"),
					    0)),
		     "other");
	ASSERT(!unlink(PIN "/other") && !rmdir(PIN));
	tool(TOOL_OK, "load %s --pin /sys/fs/bpf", object_path("hello"));
	ASSERT(!unlink("/sys/fs/bpf/others/other") &&
	       !rmdir("/sys/fs/bpf/others"));
	EXPECT_CONTAINS(tool(TOOL_OK, "unload /sys/fs/bpf/"), "is mounted");
}

TEST(program_with_two_pins_is_one_program)
{
	struct census before = take_census();

	tool(TOOL_OK, "load %s --pin " PIN, object());
	tool(TOOL_OK, "pin on_dup " PIN "/alias");
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "show " PIN)), 10);
	tool(TOOL_NOT_FOUND, "detach " PIN);
	tool(TOOL_OK, "attach on_dup");
	tool(TOOL_OK, "attach at_switch");
	/* The other programs are not attached. */
	EXPECT_EQ(count_words(tool(TOOL_OK, "detach " PIN), "detached"), 2);
	tool(TOOL_OK, "attach on_dup");
	/* By another mount, each pin has two paths. */
	ASSERT(!mkdir("/tmp/bpf", 0700));
	ASSERT(!mount("/sys/fs/bpf", "/tmp/bpf", NULL, MS_BIND, NULL));
	tool(TOOL_OK, "unload " PIN);
	ASSERT(!umount("/tmp/bpf") && !rmdir("/tmp/bpf"));
	EXPECT(access(PIN, F_OK));
	EXPECT_CENSUS(&before);
}

TEST(name_without_a_slash_is_no_folder)
{
	ASSERT(!chdir("/sys/fs/bpf") && !mkdir("on_dup", 0700));
	close(pin_other("on_dup/other"));
	tool(TOOL_OK, "load %s --pin " PIN, object());
	tool(TOOL_OK, "unload on_dup");
	EXPECT(!access("on_dup/other", F_OK));
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list")), 9);
	tool(TOOL_OK, "unload ./tool");
	EXPECT(access(PIN, F_OK));
	ASSERT(!unlink("on_dup/other") && !rmdir("on_dup"));
}

TEST(pins_that_fail_leave_nothing)
{
	struct census before = take_census();

	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s --pin /tmp/foo", object()),
			"below /sys/fs/bpf");
	EXPECT(access("/tmp/foo", F_OK));
	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s --pin " PIN ".1", object()),
			"no name has a dot");
	ASSERT(!mkdir(PIN, 0700));
	close(pin_other(PIN "/on_dup_link"));
	EXPECT_CONTAINS(tool(TOOL_FAILED,
			     "load %s on_dup=syscalls/sys_enter_dup --pin " PIN,
			     object()),
			PIN "/on_dup_link: File exists");
	EXPECT(!unlink(PIN "/on_dup_link") && !rmdir(PIN));
	EXPECT_CENSUS(&before);
}

TEST(pins_without_their_file_system_are_told_to_mount_it)
{
	struct rex_obj *obj = load_object("hello");

	ASSERT(!unshare(CLONE_NEWNS));
	free(shell("mount --make-rprivate /; umount /sys/fs/bpf"));
	EXPECT_CONTAINS(tool(TOOL_FAILED, "pin rex_prog1 /sys/fs/bpf/kept"),
			"mount -t bpf none /sys/fs/bpf\n");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "load %s --pin " PIN, object()),
			"mount -t bpf none /sys/fs/bpf\n");
	free(shell("mount -t bpf none /sys/fs/bpf"));
	tool(TOOL_OK, "pin rex_prog1 /sys/fs/bpf/kept");
	ASSERT(!unlink("/sys/fs/bpf/kept"));
	rex_obj_close(obj);
}

TEST(pin_keeps_a_program_whose_loader_ends)
{
	struct rex_obj *obj = load_object("hello");

	tool(TOOL_OK, "pin rex_prog1 /sys/fs/bpf/kept");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "pin rex_prog1 /tmp/kept"),
			"/sys/fs/bpf");
	rex_obj_close(obj);
	EXPECT_EQ(json_array_size(tool_json(TOOL_OK, "list")), 1);
	tool(TOOL_OK, "unload rex_prog1");
	EXPECT(access("/sys/fs/bpf/kept", F_OK));
}

TEST(program_that_a_process_keeps_is_named_with_it)
{
	struct rex_obj *obj = load_object("hello");

	attach(obj, "rex_prog1");
	EXPECT_CONTAINS(tool(TOOL_FAILED, "detach rex_prog1"),
			"has it open: end that process");
}

TEST(load_that_waits_says_when_a_program_has_died)
{
	struct sample *s =
		start_tool("load %s --attach on_dup=syscalls/sys_enter_dup",
			   object());

	await_sample(s, "press Ctrl-C to detach");
	fire(PANIC);
	await_sample(s, "program on_dup stopped by a panic");
	EXPECT_EQ(end_sample(s), TOOL_FAULT);
}
