/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An object that a verb has loaded: its options, its links, its pins.
 */
#ifndef REXCTL_SESSION_H
#define REXCTL_SESSION_H

#include "attach.h"

#define REXCTL_MAX_TARGETS 64
#define REXCTL_MAX_SETS 256
#define REXCTL_MAX_SIZES 64
#define REXCTL_MAX_DEFAULTS 64

struct rexctl_load_args {
	const char *file;
	const char *pin;
	const char *targets[REXCTL_MAX_TARGETS];
	size_t nr_targets;
	const char *sets[REXCTL_MAX_SETS]; /* NAME=VALUE */
	size_t nr_sets;
	const char *sizes[REXCTL_MAX_SIZES]; /* MAP=N */
	size_t nr_sizes;
	const char *defaults[REXCTL_MAX_DEFAULTS]; /* PROGRAM=N */
	size_t nr_defaults;
	bool attach;
	bool is_check; /* nothing of the object is to run */
	bool time_runs;
	bool verbose;
	__u64 heap_size;
	__u32 timeout_ms;
	__u32 restarts_per_min;
};

struct rexctl_session {
	const struct rexctl_load_args *args;
	struct rex_obj *obj;
	struct bpf_object *bpf;
	struct rexctl_links links;
	char **pins; /* paths of what was pinned */
	size_t nr_pins;
	bool made_folder; /* args->pin was not there */
	char crate[REX_NAME_LEN]; /* "" if it is not known */
};

/* Options of verbs that load. */
#define REXCTL_LOAD_OPTIONS                                                                     \
	{ "heap", 'H', "KIB", 0, "memory that the programs may allocate", 0 },                  \
		{ "timeout", 't', "MS", 0, "longest run of each program", 0 },                  \
		{ "restart",                                                                    \
		  'r',                                                                          \
		  "N",                                                                          \
		  0,                                                                            \
		  "bring the object back after a fault, N times a minute at most",              \
		  0 },                                                                          \
		{ "set", 's', "NAME=VALUE", 0, "set a config of the programs", 0 },             \
		{ "set-size",                                                                   \
		  'Z',                                                                          \
		  "MAP=N",                                                                      \
		  0,                                                                            \
		  "give a map N elements, or a ring buffer N bytes",                            \
		  0 },                                                                          \
		{ "default-ret",                                                                \
		  'D',                                                                          \
		  "PROGRAM=N",                                                                  \
		  0,                                                                            \
		  "what the hook gets instead of a run that cannot be made or ends by a fault", \
		  0 },                                                                          \
		{ "verbose",                                                                    \
		  'v',                                                                          \
		  NULL,                                                                         \
		  0,                                                                            \
		  "list functions that a pattern matches and cannot be probed",                 \
		  0 },                                                                          \
	{                                                                                       \
		"time", 'T', NULL, 0, "measure how long runs take", 0                           \
	}

error_t rexctl_load_parse(int key, char *arg, struct argp_state *state,
			  struct rexctl_load_args *args);
/* Adds a target, of the option --attach or of an argument after FILE. */
void rexctl_load_add_target(struct rexctl_load_args *args, const char *target,
			    struct argp_state *state);

/*
 * These return an exit status, and have printed why if it is not 0. The session is
 * closed by rexctl_session_close() in any case.
 */
int rexctl_session_load(struct rexctl_session *session,
			const struct rexctl_load_args *args);
/*
 * Leaves out the timers of an object that is only to be checked: BIND starts them. LOAD still
 * checks their code. Returns an exit status.
 */
int rexctl_leave_out_timers(struct rex_obj *obj);
/* Returns the name of the program with this index in the object, or "?". */
const char *rexctl_session_prog_name(const struct rexctl_session *session,
				     __u32 index);
int rexctl_session_attach(struct rexctl_session *session);
/* Pins programs, maps and links to the folder args->pin, or nothing. */
int rexctl_session_pin(struct rexctl_session *session);
void rexctl_session_close(struct rexctl_session *session);

/* Print events "loaded", "attached" and "pinned". */
void rexctl_session_put_loaded(const struct rexctl_session *session);
void rexctl_session_put_attached(const struct rexctl_session *session);
void rexctl_session_put_pinned(const struct rexctl_session *session);

/* Sends systemd a state such as "READY=1", if it has started this process. */
void rexctl_notify(const char *state);

/* ---- watch.c ------------------------------------------------------------------ */

/*
 * SIGINT, SIGTERM and SIGHUP are blocked from rexctl_watch_begin() on, which comes before
 * the load, and what programs print is kept from rexctl_watch_begin_trace() on, which
 * comes before they are attached: nothing can be missed. Both return an exit status.
 */
int rexctl_watch_begin(void);
int rexctl_watch_begin_trace(void);
void rexctl_watch_end(void);
/* Waits for @ms milliseconds or less: whether one of the signals has come. */
bool rexctl_watch_signalled(int ms);
/* Waits for @fd to be readable, or one of the signals: whether it was a signal. */
bool rexctl_watch_interrupted(int fd);
/* Appends events of what was printed, as rexctl_trace_read(). */
bool rexctl_watch_printed(json_t *events);
/* The rounds in which all that is in the buffers is read, if programs print no more. */
#define REXCTL_WATCH_ROUNDS 64
/* Milliseconds of a clock. */
long rexctl_watch_ms(void);
/*
 * Prints the faults and the output of the programs of @session until a signal
 * comes, @seconds have passed (0: forever), or the programs are dead forever.
 * Returns an exit status.
 */
int rexctl_watch(struct rexctl_session *session, unsigned int seconds);

#endif /* REXCTL_SESSION_H */
