// SPDX-License-Identifier: GPL-2.0
/*
 * rexctl - load Rex objects, and show what is loaded
 */
#include <argp.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <librex.h>

struct args {
	const char *command;
	const char *file;
	const char *pin;
	const char *pinned;
	__u64 heap_size;
	bool attach;
	bool debug;
};

const char *argp_program_bug_address;

static void rexctl_print_version(FILE *out, struct argp_state *state)
{
	(void)state;
	fprintf(out, "rexctl %s\n", rex_lib_version());
}

void (*argp_program_version_hook)(FILE *, struct argp_state *);

static const char rexctl_doc[] =
	"Load Rex programs into the kernel, and show what is loaded.\n"
	"\n"
	"Commands:\n"
	"  load FILE [--attach] [--pin DIR] [--heap KIB]\n"
	"      Load the object FILE and show its programs. With --attach, also\n"
	"      attach each program to what its section name says. Without --pin\n"
	"      this lasts until Ctrl-C (--attach), or only for the check that it\n"
	"      can be loaded. With --pin, programs, maps and links are pinned to\n"
	"      DIR/NAME, DIR/NAME and DIR/NAME_link, and outlive rexctl.\n"
	"      --heap sets how much memory its programs may allocate.\n"
	"  show [--pinned PATH]\n"
	"      Show all Rex programs in the kernel, or the one that is pinned at\n"
	"      PATH. Also called info.\n"
	"  version\n"
	"      Show the versions of the library and of the module, and what the\n"
	"      module can do.\n"
	"\v"
	"DIR and PATH are on a BPF file system, usually below /sys/fs/bpf. "
	"All commands but the help need CAP_SYS_ADMIN and the module rex. "
	"To detach and unload what was pinned, remove the files: rm -r DIR.\n"
	"\n"
	"Exit status: 0 success, 1 the kernel or the file said no (the reason is "
	"on standard error), 64 wrong usage.";

static const struct argp_option rexctl_options[] = {
	{ "attach", 'a', NULL, 0, "load: attach the programs", 0 },
	{ "pin", 'p', "DIR", 0, "load: pin all of it in DIR", 0 },
	{ "heap", 'H', "KIB", 0, "load: memory that programs may allocate", 0 },
	{ "pinned", 'P', "PATH", 0, "show: only what is pinned there", 0 },
	{ "debug", 'd', NULL, 0, "say what the library and the kernel do", 0 },
	{ 0 },
};

static __u64 rexctl_parse_kib(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long kib = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end || !kib ||
	    kib > REX_MAX_HEAP / 1024)
		argp_error(state, "--heap takes a number of KiB, up to %u",
			   REX_MAX_HEAP / 1024);
	return (__u64)kib * 1024;
}

static error_t rexctl_parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'a':
		args->attach = true;
		return 0;
	case 'p':
		args->pin = arg;
		return 0;
	case 'H':
		args->heap_size = rexctl_parse_kib(arg, state);
		return 0;
	case 'P':
		args->pinned = arg;
		return 0;
	case 'd':
		args->debug = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "too many arguments");
		else if (state->arg_num)
			args->file = arg;
		else
			args->command = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int fail(const char *what)
{
	fprintf(stderr, "rexctl: %s: %s\n", what, rex_last_error());
	return EXIT_FAILURE;
}

static int fail_errno(const char *what, const char *which)
{
	fprintf(stderr, "rexctl: %s %s: %s\n", what, which, strerror(errno));
	return EXIT_FAILURE;
}

/* ---- show --------------------------------------------------------------- */

static const char *type_name(__u32 type)
{
	return libbpf_bpf_prog_type_str(type) ?: "unknown";
}

static void print_prog(int prog_fd, const struct rex_prog_info *info)
{
	struct bpf_prog_info bpf = {};
	__u32 len = sizeof(bpf);

	if (!bpf_obj_get_info_by_fd(prog_fd, &bpf, &len))
		printf("%u: ", bpf.id);
	printf("%s  name %s  section %s\n", type_name(info->type), info->name,
	       info->section);
	printf("\timage %u  %s  timeout %u ms  default %d  bindings %u\n",
	       info->image_id, info->state == REX_PROG_LIVE ? "live" : "dead",
	       info->timeout_ms, info->default_ret, info->nr_bindings);
	printf("\truns %" PRIu64 "  skipped %" PRIu64 "  faults %" PRIu64 "\n",
	       (uint64_t)info->runs, (uint64_t)info->skipped,
	       (uint64_t)info->faults);
	printf("\tmemory of the image %" PRIu64 " bytes\n",
	       (uint64_t)info->memory);
	if (info->heap_size)
		printf("\theap %" PRIu64 " of %" PRIu64
		       " KiB in use  failed %" PRIu64 "\n",
		       (uint64_t)(info->heap_used + 1023) / 1024,
		       (uint64_t)info->heap_size / 1024,
		       (uint64_t)info->heap_failed);
}

static int show_pinned(const char *path)
{
	struct rex_prog_info info = { .size = sizeof(info) };
	int fd = bpf_obj_get(path);
	int err;

	if (fd < 0)
		return fail_errno("cannot open", path);
	err = rex_prog_info(fd, &info);
	if (err)
		fail(path);
	else
		print_prog(fd, &info);
	close(fd);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int show_all(void)
{
	struct rex_version version = { .size = sizeof(version) };
	struct rex_prog_info info;
	__u32 id = 0;
	int fd;

	if (rex_version(&version))
		return fail("show");
	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue; /* freed meanwhile */
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
		if (!rex_prog_info(fd, &info))
			print_prog(fd, &info);
		close(fd);
	}
	if (errno != ENOENT)
		return fail_errno("cannot list", "BPF programs");
	return EXIT_SUCCESS;
}

static int cmd_show(const struct args *args)
{
	return args->pinned ? show_pinned(args->pinned) : show_all();
}

/* ---- version ------------------------------------------------------------ */

static int cmd_version(const struct args *args)
{
	struct rex_version version = { .size = sizeof(version) };

	(void)args;
	printf("librex %s, ABI %d, libbpf %s\n", rex_lib_version(),
	       REX_ABI_VERSION, libbpf_version_string());
	if (rex_version(&version))
		return fail("version");
	printf("rex.ko %s, ABI %u\n", version.module, version.abi);
	printf("override_return %s\n",
	       version.features & REX_FEATURE_OVERRIDE_RETURN ? "yes" : "no");
	printf("memory of each CPU %" PRIu64 " bytes\n",
	       (uint64_t)version.cpu_memory);
	return EXIT_SUCCESS;
}

/* ---- load --------------------------------------------------------------- */

struct session {
	struct rex_obj *obj;
	struct bpf_object *bpf;
	struct bpf_link *links[REX_MAX_PROGS];
	size_t nr_links;
};

static int fail_no_target(const struct bpf_program *prog)
{
	fprintf(stderr,
		"rexctl: cannot attach %s: its section '%s' does not name what "
		"to attach to\n",
		bpf_program__name(prog), bpf_program__section_name(prog));
	return EXIT_FAILURE;
}

static int attach_all(struct session *s)
{
	struct bpf_program *prog;
	struct bpf_link *link;

	bpf_object__for_each_program(prog, s->bpf) {
		link = bpf_program__attach(prog);
		if (!link && errno == EOPNOTSUPP)
			return fail_no_target(prog);
		if (!link)
			return fail_errno("cannot attach",
					  bpf_program__name(prog));
		s->links[s->nr_links++] = link;
		printf("attached %s to %s\n", bpf_program__name(prog),
		       bpf_program__section_name(prog));
	}
	return 0;
}

static void unpin_all(struct session *s, const char *dir)
{
	size_t i;

	for (i = 0; i < s->nr_links; i++)
		if (bpf_link__pin_path(s->links[i]))
			bpf_link__unpin(s->links[i]);
	bpf_object__unpin_programs(s->bpf, dir);
	bpf_object__unpin_maps(s->bpf, dir);
	rmdir(dir);
}

/* Links are in the order of the programs. */
static int pin_links(struct session *s, const char *dir)
{
	struct bpf_program *prog;
	char path[PATH_MAX];
	size_t i = 0;

	bpf_object__for_each_program(prog, s->bpf) {
		if (i == s->nr_links)
			break;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s_link", dir,
				     bpf_program__name(prog)) >= sizeof(path)) {
			errno = ENAMETOOLONG;
			return fail_errno("cannot pin to", dir);
		}
		if (bpf_link__pin(s->links[i++], path))
			return fail_errno("cannot pin", path);
	}
	return 0;
}

static int pin_all(struct session *s, const char *dir)
{
	/* On failure this unpins what it pinned. */
	if (bpf_object__pin(s->bpf, dir))
		return fail_errno("cannot pin to", dir);
	if (pin_links(s, dir)) {
		unpin_all(s, dir);
		return EXIT_FAILURE;
	}
	printf("pinned to %s\n", dir);
	return 0;
}

static void show_session(const struct session *s)
{
	struct rex_prog_info info = { .size = sizeof(info) };
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, s->bpf)
		if (!rex_prog_info(bpf_program__fd(prog), &info))
			print_prog(bpf_program__fd(prog), &info);
}

/* SIGINT and SIGTERM are blocked from the start: none can be missed. */
static void wait_for_signal(const sigset_t *signals)
{
	int signal;

	printf("press Ctrl-C to detach\n");
	fflush(stdout);
	while (sigwait(signals, &signal))
		;
}

static int run_session(struct session *s, const struct args *args)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	show_session(s);
	if (args->attach && attach_all(s))
		return EXIT_FAILURE;
	if (args->pin)
		return pin_all(s, args->pin);
	if (args->attach)
		wait_for_signal(&signals);
	return EXIT_SUCCESS;
}

static int cmd_load(const struct args *args)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = args->heap_size);
	struct session s = {};
	int ret;

	s.obj = rex_obj_open(args->file, &opts);
	if (!s.obj)
		return fail("load");
	if (rex_obj_load_opened(s.obj)) {
		ret = fail("load");
		fputs(rex_obj_log(s.obj), stderr);
	} else {
		s.bpf = rex_obj_get_bpf(s.obj);
		ret = run_session(&s, args);
	}
	while (s.nr_links)
		bpf_link__destroy(s.links[--s.nr_links]);
	rex_obj_close(s.obj);
	return ret;
}

static const struct {
	const char *name;
	int (*run)(const struct args *args);
	bool needs_file;
} commands[] = {
	{ "load", cmd_load, true },
	{ "show", cmd_show, false },
	{ "info", cmd_show, false },
	{ "version", cmd_version, false },
};

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = rexctl_options,
		.parser = rexctl_parse,
		.args_doc = "load FILE\nshow\nversion",
		.doc = rexctl_doc,
	};
	struct args args = {};
	size_t i;

	argp_program_version_hook = rexctl_print_version;
	argp_parse(&argp, argc, argv, 0, NULL, &args);
	rex_set_debug(args.debug);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(args.command, commands[i].name))
			continue;
		if (commands[i].needs_file == !!args.file)
			return commands[i].run(&args);
		fprintf(stderr, "rexctl %s: %s\n", args.command,
			args.file ? "unexpected argument" : "FILE is missing");
		return argp_err_exit_status;
	}
	fprintf(stderr, "rexctl: no command '%s'; see rexctl --help\n",
		args.command);
	return argp_err_exit_status;
}
