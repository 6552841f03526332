/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared functions of the tools: options, constants of programs, reports by
 * interval.
 */
#ifndef REX_TOOL_H
#define REX_TOOL_H

#include <argp.h>
#include <sys/stat.h>

#include "sample.h"

/* ---- options ---- */

/* Parses the options of a tool. A wrong one ends the tool with the status 2. */
static inline void tool_parse(const struct argp *argp, int argc, char **argv,
			      void *options)
{
	argp_err_exit_status = 2;
	if (argp_parse(argp, argc, argv, 0, NULL, options))
		exit(2);
}

/* Returns the number in @text, from @min to @max. */
static inline long tool_number(struct argp_state *state, const char *text,
			       long min, long max)
{
	long value;

	if (!sample_number(text, min, max, &value))
		argp_error(state, "'%s' is not a number from %ld to %ld", text,
			   min, max);
	return value;
}

/* Returns an id of a process or a thread. */
static inline __u32 tool_id(struct argp_state *state, const char *text)
{
	return tool_number(state, text, 1, INT_MAX);
}

/* Parses the arguments [INTERVAL [COUNT]] of tools that report more than once. */
struct tool_intervals {
	long seconds;
	long count;
};

static inline void tool_interval(struct argp_state *state, const char *text,
				 struct tool_intervals *intervals)
{
	long value = tool_number(state, text, 1, 99999999);

	if (state->arg_num == 0)
		intervals->seconds = value;
	else if (state->arg_num == 1)
		intervals->count = value;
	else
		argp_error(state, "there are too many arguments: '%s'", text);
}

/* Parses the argument [DURATION] of tools that report once. */
static inline void tool_duration(struct argp_state *state, const char *text,
				 struct tool_intervals *duration)
{
	if (state->arg_num)
		argp_error(state, "there are too many arguments: '%s'", text);
	tool_interval(state, text, duration);
}

/* Parses a list of ports, and puts a 0 after the last one, as the programs expect. */
#define TOOL_PORTS 64

struct tool_ports {
	__u16 ports[TOOL_PORTS];
};

static inline void tool_ports(struct argp_state *state, const char *text,
			      struct tool_ports *ports)
{
	char *list = strdup(text), *next = list, *word;
	int nr = 0;

	if (!list)
		err(1, "ports");
	while ((word = strsep(&next, ","))) {
		if (nr == TOOL_PORTS)
			argp_error(state, "there are more than %d ports",
				   TOOL_PORTS);
		ports->ports[nr++] = tool_number(state, word, 1, 65535);
	}
	free(list);
}

/*
 * The cgroup of an option. A task is in it if its ancestor at this level has the id.
 */
struct tool_cgroup {
	__u64 id;
	__u32 level;
	__u32 reserved;
};

static inline void tool_cgroup(struct argp_state *state, const char *path,
			       struct tool_cgroup *cgroup)
{
	char *real = realpath(path, NULL);
	struct stat here, above;

	if (!real || stat(real, &here) || !S_ISDIR(here.st_mode))
		argp_error(state, "there is no folder '%s'", path);
	cgroup->id = here.st_ino;
	/* The hierarchy ends where another file system begins. */
	for (;;) {
		char *slash = strrchr(real, '/');

		if (!slash || slash == real)
			break;
		*slash = '\0';
		if (stat(real, &above) || above.st_dev != here.st_dev)
			break;
		cgroup->level++;
	}
	free(real);
}

/* ---- the object ---- */

#define TOOL_LINKS 1024

struct tool {
	struct rex_obj *obj;
	int signals;
	struct bpf_link *links[TOOL_LINKS];
	int nr_links;
};

/* Opens the object @name beside this program. Its constants can be set then. */
static inline struct tool tool_open(const char *name)
{
	return (struct tool){
		.signals = sample_signals(),
		.obj = must(rex_obj_open(sample_file(name), NULL)),
	};
}

/* Sets the constant NAME, which has the type of VALUE. */
#define tool_set(TOOL, NAME, VALUE)                                    \
	do {                                                           \
		__typeof__(VALUE) value_ = (VALUE);                    \
		must_fd(rex_obj_set_config((TOOL)->obj, NAME, &value_, \
					   sizeof(value_)));           \
	} while (0)

static inline void tool_load(struct tool *tool)
{
	must_fd(rex_obj_load_opened(tool->obj));
}

/* Keeps @link, or ends the tool with an error about @what if there is none. */
static inline void tool_keep(struct tool *tool, struct bpf_link *link,
			     const char *what)
{
	if (!link)
		err(1, "%s", what);
	if (tool->nr_links == TOOL_LINKS)
		errx(1, "%s: there are too many links", what);
	tool->links[tool->nr_links++] = link;
}

/* Attaches @program as its attribute says. */
static inline void tool_attach(struct tool *tool, const char *program)
{
	tool_keep(tool, must(rex_obj_attach(tool->obj, program)), program);
}

static inline void tool_detach(struct tool *tool)
{
	while (tool->nr_links)
		bpf_link__destroy(tool->links[--tool->nr_links]);
}

static inline int tool_map(const struct tool *tool, const char *map)
{
	return must_fd(rex_obj_map_fd(tool->obj, map));
}

static inline void tool_close(struct tool *tool)
{
	tool_detach(tool);
	rex_obj_close(tool->obj);
	close(tool->signals);
}

/* ---- reports ---- */

/*
 * Prints the records of the ring buffer @map by @print, until a signal or for a
 * number of seconds, where 0 is no limit. Then detaches the programs, and
 * prints the rest.
 */
static inline void tool_follow(struct tool *tool, const char *map,
			       ring_buffer_sample_fn print, void *ctx,
			       long seconds)
{
	struct ring_buffer *ring = sample_ring(tool->obj, map, print, ctx);
	time_t end = time(NULL) + seconds;

	while (!sample_interrupted(tool->signals, 0) &&
	       (!seconds || time(NULL) < end)) {
		if (ring_buffer__poll(ring, 100) < 0 && errno != EINTR)
			err(1, "%s", map);
		fflush(stdout);
		sample_report_faults(tool->obj);
	}
	tool_detach(tool);
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
}

/*
 * Waits for the end of an interval. Returns false after the last one, when the
 * programs are detached.
 */
static inline bool tool_wait(struct tool *tool,
			     struct tool_intervals *intervals)
{
	int ms = intervals->seconds > INT_MAX / 1000 ?
			 -1 :
			 (int)intervals->seconds * 1000;
	bool done = sample_interrupted(tool->signals, ms);

	sample_report_faults(tool->obj);
	if (!done && --intervals->count)
		return true;
	tool_detach(tool);
	return false;
}

/*
 * Returns the current keys of the hash table @map, of @size bytes each. The
 * caller frees them. Programs still add keys, so a loop until the table is
 * empty might not end.
 */
static inline void *tool_keys(int map, size_t size, size_t *nr)
{
	char *keys = NULL;

	for (*nr = 0; *nr < 1 << 20; ++*nr) {
		char *key;

		if (*nr % 1024 == 0)
			keys = realloc(keys, (*nr + 1024) * size);
		if (!keys)
			err(1, "keys");
		key = keys + *nr * size;
		if (bpf_map_get_next_key(map, *nr ? key - size : NULL, key))
			break;
	}
	return keys;
}

/* Prints the time of day as a line. */
static inline void tool_say_clock(void)
{
	sample_put_clock();
	putchar('\n');
}

#endif
