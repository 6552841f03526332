// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>

#include "../../kmod/progtype.h"
#include "attach.h"
#include "faults.h"
#include "session.h"
#include "verbs.h"

/* MAX_BPF_FUNC_ARGS: the number of arguments in a request, and the kernel's limit. */
#define CALL_NR_ARGS 12

static struct rexctl_load_args call_args;
static const char *call_prog;
static __u64 call_numbers[CALL_NR_ARGS];
static size_t call_nr;
static bool call_loaded;

static void call_text(const json_t *event)
{
	if (!strcmp(rexctl_json_get(event, "event"), "print"))
		rexctl_put_lines(stdout, "%s\n",
				 rexctl_json_get(event, "text"));
	else if (!rexctl_trace_lost_text(event))
		rexctl_put_lines(stdout, "%s returned %lld\n",
				 rexctl_json_get(event, "program"),
				 (long long)json_integer_value(
					 json_object_get(event, "value")));
}

static void call_put_printed(void)
{
	json_t *events = json_array(), *event;
	int rounds = 0;
	bool more;
	size_t i;

	do {
		more = rexctl_watch_printed(events);
		json_array_foreach(events, i, event)
			rexctl_put_event(json_incref(event), call_text);
		json_array_clear(events);
	} while (more && ++rounds < REXCTL_WATCH_ROUNDS);
	json_decref(events);
}

/* The number of runs, and of runs that were aborted or could not start. */
static int call_count(int fd, __u64 *runs, __u64 *failed)
{
	struct rex_prog_info info = { .size = sizeof(info) };
	int err = rex_prog_info(fd, &info);

	if (err)
		return rexctl_fail_errno(-err, "program %s", call_prog);
	*runs = info.runs;
	*failed = info.faults + info.skipped;
	return REXCTL_OK;
}

static int call_run_fd(int fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = call_numbers,
		    .ctx_size_in = sizeof(call_numbers));
	__u64 runs, before, after;
	int status = call_count(fd, &runs, &before);
	int err;

	if (status)
		return status;
	err = bpf_prog_test_run_opts(fd, &opts);
	if (err)
		return rexctl_fail_errno(-err, "cannot run program %s",
					 call_prog);
	call_put_printed();
	status = call_count(fd, &runs, &after);
	if (status)
		return status;
	if (after != before)
		return REXCTL_FAULT;
	rexctl_put_event(json_pack("{ss,ss,sI}", "event", "returned", "program",
				   call_prog, "value",
				   (json_int_t)(__s32)opts.retval),
			 call_text);
	return REXCTL_OK;
}

/* Prints a line. A NUL ends one as well. */
static void call_put_line(char *line, size_t len)
{
	const char *at, *end = line + len;

	if (line[len - 1] == '\n')
		line[len - 1] = '\0';
	for (at = line; at < end; at += strlen(at) + 1)
		rexctl_put_event(json_pack("{ss,ss,so}", "event", "print",
					   "program", call_prog, "text",
					   rexctl_json_text(at)),
				 call_text);
}

static int call_put_lines(FILE *text)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int err;

	while ((len = getline(&line, &room, text)) > 0)
		call_put_line(line, len);
	err = ferror(text) ? errno : 0;
	clearerr(text);
	free(line);
	return err;
}

/*
 * Prints the text. The kernel says EAGAIN after many objects without one, and when the program
 * asks to run again for an object: then that is its only run.
 */
static int call_put_text(FILE *text, int fd)
{
	__u64 before, after, failed;
	int err, status;

	do {
		status = call_count(fd, &before, &failed);
		err = call_put_lines(text);
		status = status ?: call_count(fd, &after, &failed);
	} while (!status && err == EAGAIN && after > before + 1);
	if (status || !err)
		return status;
	if (err == EAGAIN)
		return rexctl_fail(REXCTL_FAILED,
				   "program %s asks to run again for an object",
				   call_prog);
	if (err == E2BIG)
		return rexctl_fail(
			REXCTL_FAILED,
			"program %s writes more for one object than the kernel's buffer holds, 32 KB",
			call_prog);
	return rexctl_fail_errno(err, "cannot read what program %s writes",
				 call_prog);
}

/* Reads what the program of an iterator writes for all objects. */
static int call_read_fd(int fd, const char *section)
{
	const struct rexctl_attachee who = { .fd = fd,
					     .name = call_prog,
					     .section = section,
					     .type = BPF_PROG_TYPE_TRACING };
	struct rexctl_links links = {};
	__u64 runs, before, after;
	FILE *text = NULL;
	int status, iter;

	if (call_nr)
		return rexctl_fail(REXCTL_USAGE,
				   "program %s takes no numbers: its attribute is %s",
				   call_prog, section);
	status = call_count(fd, &runs, &before) ?:
			 rexctl_attach(&who, NULL, &links);
	if (status)
		return status;
	iter = bpf_iter_create(links.links[0].fd);
	if (iter >= 0)
		text = fdopen(iter, "r");
	if (!text)
		status = rexctl_fail_errno(errno, "cannot open %s", section);
	else
		status = call_put_text(text, fd);
	if (text)
		fclose(text);
	rexctl_links_end(&links);
	call_put_printed();
	status = status ?: call_count(fd, &runs, &after);
	return status ?: after != before ? REXCTL_FAULT : REXCTL_OK;
}

static int call_refuse(const char *section)
{
	rexctl_fail(REXCTL_FAILED, "program %s does not run on request",
		    call_prog);
	rexctl_hint("its attribute makes a program of section %s; one with #[request] or #[iter] does",
		    section);
	return REXCTL_FAILED;
}

static int call_prog_fd(int fd, const char *section)
{
	if (rexctl_is_iterator(section))
		return call_read_fd(fd, section);
	if (!rex_prog_is_request(section))
		return call_refuse(section);
	return call_run_fd(fd);
}

/*
 * Reads the faults of an object that will be unloaded, since they cannot be read later.
 * Its timers may have some as well.
 */
static void call_put_faults(const struct rexctl_session *session)
{
	struct rex_fault_info info = { .size = sizeof(info) };

	while (!rex_obj_wait_fault(session->obj, 0, &info)) {
		rexctl_put_event(rexctl_fault_json(rexctl_session_prog_name(
							   session, info.index),
						   &info),
				 rexctl_follow_text);
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
	}
}

static int call_run_file(struct rexctl_session *session)
{
	int status = rexctl_session_load(session, &call_args);
	struct bpf_program *prog;

	if (status)
		return status;
	prog = bpf_object__find_program_by_name(session->bpf, call_prog);
	if (!prog)
		return rexctl_fail(REXCTL_NOT_FOUND, "%s has no program %s",
				   call_args.file, call_prog);
	status = call_prog_fd(bpf_program__fd(prog),
			      bpf_program__section_name(prog));
	if (status == REXCTL_FAULT)
		call_put_faults(session);
	return status;
}

static int call_run_loaded(void)
{
	struct rexctl_progs progs;
	int status = rexctl_progs_read_one(&progs, call_prog);

	status = status ?:
			  call_prog_fd(progs.progs[0].fd,
				       progs.progs[0].info.section);
	if (status == REXCTL_FAULT) {
		rexctl_fail(REXCTL_FAULT, "program %s was stopped by a fault",
			    call_prog);
		rexctl_hint("rexctl faults %s says why", call_prog);
	}
	rexctl_progs_free(&progs);
	return status;
}

static int call_run(void)
{
	struct rexctl_session session = {};
	int status = rexctl_watch_begin_trace();

	if (!status)
		status = call_loaded ? call_run_loaded() :
				       call_run_file(&session);
	rexctl_session_close(&session);
	rexctl_watch_end();
	return status;
}

static void call_add_number(const char *arg, struct argp_state *state)
{
	char *end;

	errno = 0;
	if (call_nr == CALL_NR_ARGS) {
		argp_error(state, "more than %d arguments", CALL_NR_ARGS);
		return;
	}
	/* A negative number has the same bits. */
	call_numbers[call_nr++] = strtoull(arg, &end, 0);
	if (!*arg || *end || errno)
		argp_error(state,
			   "an argument is a number of 64 bits, not '%s'", arg);
}

static const struct argp_option call_options[] = {
	{ "loaded", 'l', NULL, 0, "PROGRAM is one that is loaded already", 0 },
	REXCTL_LOAD_OPTIONS,
	{ 0 },
};

static error_t call_parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'l':
		call_loaded = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!call_loaded && !call_args.file)
			call_args.file = arg;
		else if (!call_prog)
			call_prog = arg;
		else
			call_add_number(arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!call_prog)
			argp_error(state, "PROGRAM is missing");
		return 0;
	}
	return rexctl_load_parse(key, arg, state, &call_args);
}

const struct rexctl_verb rexctl_verb_call = {
	.name = "call",
	.args_doc = "FILE PROGRAM [ARG...]\n--loaded PROGRAM [ARG...]",
	.summary = "Run a program once, and show what it prints.",
	.doc = "The attribute of PROGRAM is #[request] or #[iter]. Each ARG is a number of 64 bits; there are 12 at most. A program with #[iter] takes none, and runs for all objects. With --loaded, PROGRAM is an id, the path of a pin, or a name. The status is 3 if a fault has stopped the run.",
	.options = call_options,
	.parse = call_parse,
	.run = call_run,
};
