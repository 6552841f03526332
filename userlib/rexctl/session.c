// SPDX-License-Identifier: GPL-2.0
/*
 * Objects are loaded, attached and pinned for verbs here.
 */
#include <ctype.h>
#include <limits.h>

#include "objfile.h"
#include "session.h"

void rexctl_load_add_target(struct rexctl_load_args *args, const char *target,
			    struct argp_state *state)
{
	if (args->nr_targets == REXCTL_MAX_TARGETS)
		argp_error(state, "more than %d targets", REXCTL_MAX_TARGETS);
	else
		args->targets[args->nr_targets++] = target;
	args->attach = true;
}

static void session_add_set(struct rexctl_load_args *args, const char *set,
			    struct argp_state *state)
{
	if (!strchr(set, '='))
		argp_error(state, "--set takes NAME=VALUE, not '%s'", set);
	else if (args->nr_sets == REXCTL_MAX_SETS)
		argp_error(state, "more than %d configs", REXCTL_MAX_SETS);
	else
		args->sets[args->nr_sets++] = set;
}

static void session_add_size(struct rexctl_load_args *args, const char *size,
			     struct argp_state *state)
{
	const char *equals = strchr(size, '=');

	if (!equals) {
		argp_error(state, "--set-size takes MAP=N, not '%s'", size);
		return;
	}
	rexctl_parse_number(equals + 1, "--set-size", UINT_MAX, state);
	if (args->nr_sizes == REXCTL_MAX_SIZES)
		argp_error(state, "more than %d sizes of maps",
			   REXCTL_MAX_SIZES);
	else
		args->sizes[args->nr_sizes++] = size;
}

/* Parses a number with a sign. */
static __s32 session_default(const char *text, struct argp_state *state)
{
	char *end;
	long number = strtol(text, &end, 0);

	if (end == text || *end || number != (__s32)number)
		argp_error(state,
			   "--default-ret takes a number from %d to %d, not '%s'",
			   INT_MIN, INT_MAX, text);
	return number;
}

static void session_add_default(struct rexctl_load_args *args, const char *text,
				struct argp_state *state)
{
	const char *equals = strchr(text, '=');

	if (!equals) {
		argp_error(state, "--default-ret takes PROGRAM=N, not '%s'",
			   text);
		return;
	}
	session_default(equals + 1, state);
	if (args->nr_defaults == REXCTL_MAX_DEFAULTS)
		argp_error(state, "more than %d default results",
			   REXCTL_MAX_DEFAULTS);
	else
		args->defaults[args->nr_defaults++] = text;
}

error_t rexctl_load_parse(int key, char *arg, struct argp_state *state,
			  struct rexctl_load_args *args)
{
	switch (key) {
	case 'H':
		args->heap_size =
			1024 * rexctl_parse_number(arg, "--heap",
						   REX_MAX_HEAP / 1024, state);
		return 0;
	case 't':
		args->timeout_ms =
			rexctl_parse_number(arg, "--timeout", UINT_MAX, state);
		return 0;
	case 'r':
		args->restarts_per_min =
			rexctl_parse_number(arg, "--restart", UINT_MAX, state);
		return 0;
	case 'T':
		args->time_runs = true;
		return 0;
	case 's':
		session_add_set(args, arg, state);
		return 0;
	case 'Z':
		session_add_size(args, arg, state);
		return 0;
	case 'D':
		session_add_default(args, arg, state);
		return 0;
	case 'v':
		args->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->file)
			rexctl_load_add_target(args, arg, state);
		else
			args->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->file)
			argp_error(state, "FILE is missing");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Lines of its programs begin with the name of their crate. */
static int session_read_crate(struct rexctl_session *session)
{
	struct rexctl_objfile file;
	int status = rexctl_objfile_open(&file, session->args->file);

	if (!status)
		strcpy(session->crate, file.crate);
	rexctl_objfile_close(&file);
	return status;
}

/* Splits NAME=VALUE. Returns the value. */
static const char *session_split(const char *text, char name[REX_NAME_LEN])
{
	const char *equals = strchr(text, '=');

	snprintf(name, REX_NAME_LEN, "%.*s", (int)(equals - text), text);
	return equals + 1;
}

/* Calls @set with each NAME and VALUE. Returns an exit status. */
static int session_set_each(const struct rexctl_session *session,
			    const char *const pairs[], size_t nr,
			    int (*set)(struct rex_obj *obj, const char *name,
				       const char *value))
{
	char name[REX_NAME_LEN];
	const char *value;
	size_t i;

	for (i = 0; i < nr; i++) {
		value = session_split(pairs[i], name);
		if (set(session->obj, name, value))
			return rexctl_fail_librex();
	}
	return REXCTL_OK;
}

static int session_set_size(struct rex_obj *obj, const char *map,
			    const char *value)
{
	return rex_obj_set_map_size(obj, map, strtoul(value, NULL, 10));
}

static int session_set_default(struct rex_obj *obj, const char *prog,
			       const char *value)
{
	return rex_obj_set_default_ret(obj, prog, strtol(value, NULL, 0));
}

static int session_set_all(const struct rexctl_session *session)
{
	const struct rexctl_load_args *args = session->args;
	int status = session_set_each(session, args->sets, args->nr_sets,
				      rex_obj_set_config_text);

	if (!status)
		status = session_set_each(session, args->sizes, args->nr_sizes,
					  session_set_size);
	if (!status)
		status = session_set_each(session, args->defaults,
					  args->nr_defaults,
					  session_set_default);
	return status;
}

int rexctl_leave_out_timers(struct rex_obj *obj)
{
	struct bpf_object *bpf = rex_obj_get_bpf(obj);
	struct bpf_program *prog;
	int err;

	bpf_object__for_each_program(prog, bpf) {
		if (!rex_obj_is_timer(bpf_program__section_name(prog)))
			continue;
		err = bpf_program__set_autoload(prog, false);
		if (err)
			return rexctl_fail_errno(err, "program %s",
						 bpf_program__name(prog));
	}
	return REXCTL_OK;
}

int rexctl_session_load(struct rexctl_session *session,
			const struct rexctl_load_args *args)
{
	REX_OPTS(rex_obj_open_opts, opts, .heap_size = args->heap_size,
		 .timeout_ms = args->timeout_ms,
		 .restarts_per_min = args->restarts_per_min,
		 .time_runs = args->time_runs);
	int status;

	memset(session, 0, sizeof(*session));
	session->args = args;
	session->obj = rex_obj_open(args->file, &opts);
	if (!session->obj)
		return rexctl_fail_librex();
	status = session_read_crate(session) ?: session_set_all(session);
	if (!status && args->is_check)
		status = rexctl_leave_out_timers(session->obj);
	if (status)
		return status;
	if (rex_obj_load_opened(session->obj))
		return rexctl_fail_librex();
	session->bpf = rex_obj_get_bpf(session->obj);
	return REXCTL_OK;
}

const char *rexctl_session_prog_name(const struct rexctl_session *session,
				     __u32 index)
{
	const struct rex_decls *decls = &session->obj->decls;

	return index < decls->nr_progs ? decls->progs[index].name : "?";
}

void rexctl_session_close(struct rexctl_session *session)
{
	while (session->nr_pins)
		free(session->pins[--session->nr_pins]);
	free(session->pins);
	rexctl_links_end(&session->links);
	rex_obj_close(session->obj);
}

/* ---- targets ------------------------------------------------------------------ */

/* Returns the length of "PROGRAM" in "PROGRAM=TARGET"; 0 if no program is named. */
static size_t session_name_len(const char *target)
{
	size_t len = 0;

	while (isalnum((unsigned char)target[len]) || target[len] == '_')
		len++;
	return target[len] == '=' ? len : 0;
}

static bool session_names(const char *target, const char *name)
{
	size_t len = session_name_len(target);

	return len && strlen(name) == len && !strncmp(target, name, len);
}

static bool session_is_named(const struct rexctl_load_args *args,
			     const char *name)
{
	size_t i;

	for (i = 0; i < args->nr_targets; i++)
		if (session_names(args->targets[i], name))
			return true;
	return false;
}

static struct rexctl_attachee
session_attachee(const struct rexctl_session *session,
		 const struct bpf_program *prog)
{
	return (struct rexctl_attachee){
		.obj = session->obj,
		.fd = bpf_program__fd(prog),
		.name = bpf_program__name(prog),
		.section = bpf_program__section_name(prog),
		.type = bpf_program__type(prog),
	};
}

static size_t session_nr_progs(const struct rexctl_session *session)
{
	struct bpf_program *prog;
	size_t nr = 0;

	bpf_object__for_each_program(prog, session->bpf)
		nr++;
	return nr;
}

/* Returns whether @target, which names no program, is for @prog. */
static bool session_target_fits(const struct rexctl_session *session,
				const char *target,
				const struct bpf_program *prog)
{
	struct rexctl_attachee who = session_attachee(session, prog);

	if (session_name_len(target) ||
	    session_is_named(session->args, who.name))
		return false;
	return session_nr_progs(session) == 1 ||
	       rexctl_attach_fits(&who, target);
}

/* Each target must have a program. */
static int session_check_targets(const struct rexctl_session *session)
{
	const struct rexctl_load_args *args = session->args;
	struct bpf_program *prog;
	const char *target;
	bool found;
	size_t i;

	for (i = 0; i < args->nr_targets; i++) {
		target = args->targets[i];
		found = false;
		bpf_object__for_each_program(prog, session->bpf)
			found |= session_names(target,
					       bpf_program__name(prog)) ||
				 session_target_fits(session, target, prog);
		if (found)
			continue;
		rexctl_fail(REXCTL_NOT_FOUND,
			    "%s has no program for the target %s; it has:",
			    args->file, target);
		bpf_object__for_each_program(prog, session->bpf)
			rexctl_hint("%s: %s", bpf_program__name(prog),
				    bpf_program__section_name(prog));
		return REXCTL_NOT_FOUND;
	}
	return REXCTL_OK;
}

static int session_attach_prog(struct rexctl_session *session,
			       const struct bpf_program *prog)
{
	struct rexctl_attachee who = session_attachee(session, prog);
	const struct rexctl_load_args *args = session->args;
	bool attached = false;
	const char *target;
	int status = 0;
	size_t i;

	for (i = 0; !status && i < args->nr_targets; i++) {
		target = args->targets[i];
		if (session_names(target, who.name))
			target += strlen(who.name) + 1;
		else if (!session_target_fits(session, target, prog))
			continue;
		status = rexctl_attach(&who, target, &session->links);
		attached = true;
	}
	if (attached || status)
		return status;
	/* With targets, only the named programs need to be attached. */
	if (args->nr_targets && !rexctl_attach_is_declared(&who)) {
		rexctl_put_lines(stderr,
				 "rexctl: %s is not attached: no TARGET fits\n",
				 who.name);
		return REXCTL_OK;
	}
	return rexctl_attach(&who, NULL, &session->links);
}

int rexctl_session_attach(struct rexctl_session *session)
{
	struct bpf_program *prog;
	int status = session_check_targets(session);

	bpf_object__for_each_program(prog, session->bpf) {
		if (status)
			break;
		status = session_attach_prog(session, prog);
	}
	return status;
}

/* ---- events --------------------------------------------------------------------- */

static void session_loaded_text(const json_t *event)
{
	rexctl_put_cards(json_incref(json_object_get(event, "programs")),
			 rexctl_show_fields);
}

void rexctl_session_put_loaded(const struct rexctl_session *session)
{
	json_t *programs = json_array();
	struct bpf_program *prog;
	struct rexctl_prog info;

	bpf_object__for_each_program(prog, session->bpf)
		if (!rexctl_prog_of_fd(bpf_program__fd(prog), &info))
			json_array_append_new(programs,
					      rexctl_prog_describe(&info));
	rexctl_put_event(json_pack("{ss,ss,so}", "event", "loaded", "object",
				   rex_obj_name(session->obj), "programs",
				   programs),
			 session_loaded_text);
}

static void session_attached_text(const json_t *event)
{
	const json_t *functions = json_object_get(event, "functions");
	const json_t *skipped = json_object_get(event, "skipped"), *name;
	size_t i;

	rexctl_put_lines(stdout, "attached %s to %s",
			 rexctl_json_get(event, "program"),
			 rexctl_json_get(event, "target"));
	if (functions)
		rexctl_put_lines(stdout, ": %zu functions",
				 json_array_size(functions));
	if (json_array_size(skipped))
		rexctl_put_lines(stdout,
				 ", and not to %zu that cannot be probed",
				 json_array_size(skipped));
	putchar('\n');
	if (!json_is_true(json_object_get(event, "verbose")))
		return;
	json_array_foreach(skipped, i, name)
		rexctl_put_lines(stdout, "  cannot be probed: %s\n",
				 json_string_value(name));
}

static json_t *session_attached_event(const struct rexctl_session *session,
				      const struct rexctl_link *link)
{
	json_t *event = json_pack("{ss,ss,ss}", "event", "attached", "program",
				  link->prog, "target", link->target);

	if (!link->many)
		return event;
	json_object_set_new(event, "functions", rexctl_link_functions(link));
	json_object_set_new(event, "skipped", rexctl_link_skipped(link));
	if (session->args->verbose)
		json_object_set_new(event, "verbose", json_true());
	return event;
}

void rexctl_session_put_attached(const struct rexctl_session *session)
{
	const struct rexctl_link *link;
	size_t i;

	for (i = 0; i < session->links.nr; i++) {
		link = &session->links.links[i];
		/* A perf event has a link on each CPU. */
		if (i && !strcmp(link->target, link[-1].target) &&
		    !strcmp(link->prog, link[-1].prog))
			continue;
		rexctl_put_event(session_attached_event(session, link),
				 session_attached_text);
	}
}

static void session_pinned_text(const json_t *event)
{
	rexctl_put_lines(stdout, "pinned to %s\n",
			 rexctl_json_get(event, "path"));
}

void rexctl_session_put_pinned(const struct rexctl_session *session)
{
	if (session->args->pin)
		rexctl_put_event(json_pack("{ss,ss}", "event", "pinned", "path",
					   session->args->pin),
				 session_pinned_text);
}
