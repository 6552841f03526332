/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of rexctl share these declarations. Each verb is a file verb_*.c, and
 * verbs.c lists them.
 */
#ifndef REXCTL_H
#define REXCTL_H

#include <argp.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- exit statuses, which scripts rely on: they are never renumbered -------- */

enum rexctl_status {
	REXCTL_OK = 0,
	REXCTL_FAILED = 1, /* the kernel or a file refused it */
	REXCTL_NOT_FOUND = 2, /* no program, map, link or target of that name */
	REXCTL_FAULT = 3, /* a program was stopped by a fault */
	REXCTL_NO_MODULE = 4, /* rex.ko is not loaded, or is of another ABI */
	REXCTL_DENIED = 5, /* a privilege is missing */
	REXCTL_USAGE = 64, /* wrong usage */
};

/* ---- verbs ------------------------------------------------------------------ */

/**
 * struct rexctl_verb - one verb
 * @name:	its name
 * @args_doc:	its arguments, one form a line
 * @summary:	what it does, in a line
 * @doc:	the text of `rexctl NAME -h` after the options, or NULL
 * @options:	its options, or NULL
 * @parse:	its parser, which keeps what it reads in statics of its file
 * @run:	returns an exit status
 */
struct rexctl_verb {
	const char *name;
	const char *args_doc;
	const char *summary;
	const char *doc;
	const struct argp_option *options;
	argp_parser_t parse;
	int (*run)(void);
};

/* All verbs, in the order of the help; the last one is NULL. */
extern const struct rexctl_verb *const rexctl_verbs[];
/* The options of all verbs: -h, -j, -d. */
extern const struct argp rexctl_common_argp;
/* The verb that runs. */
extern const struct rexctl_verb *rexctl_verb;
/* -j and -d. */
extern bool rexctl_json;
extern bool rexctl_debug;

const struct rexctl_verb *rexctl_find_verb(const char *name);

/*
 * A parser of verbs whose arguments are words: at most @max of them go to @words, and
 * fewer than @min are wrong usage.
 */
error_t rexctl_parse_words(int key, char *arg, struct argp_state *state,
			   const char **words, unsigned int min,
			   unsigned int max);
/*
 * Returns the number that @arg is, from 1 to @max; otherwise this ends rexctl
 * with usage.
 */
unsigned long rexctl_parse_number(const char *arg, const char *what,
				  unsigned long max, struct argp_state *state);

/* ---- error.c ---------------------------------------------------------------- */

/* Prints "rexctl VERB: text" once, and returns @status. */
int rexctl_fail(enum rexctl_status status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Does the same as rexctl_fail(), with the text, remedy and status of errno @err. */
int rexctl_fail_errno(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Does the same as rexctl_fail() for the last error of librex. */
int rexctl_fail_librex(void);
/* Prints a line that says what to do about the error that was printed. */
void rexctl_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Collects what libbpf says, for rexctl_fail_librex(). */
void rexctl_quiet_libbpf(void);

/* ---- out.c: one description gives text and JSON ----------------------------- */

enum rexctl_kind {
	REXCTL_TEXT, /* as it is: a string, a number, or a list of them */
	REXCTL_KIB, /* bytes, shown as KiB */
	REXCTL_NS, /* nanoseconds, with a unit */
	REXCTL_PERCENT,
	REXCTL_RATE, /* a number with one digit after the point */
};

/* A member of a JSON object and its label in text. NULL: the end. */
struct rexctl_field {
	const char *key;
	const char *label;
	enum rexctl_kind kind;
};

/*
 * Returns the text of member @field of @object, from malloc(); "-" if it has
 * none.
 */
char *rexctl_field_text(const json_t *object, const struct rexctl_field *field);
/* A table of an array of objects, or the array as JSON; frees @rows. */
void rexctl_put_table(json_t *rows, const struct rexctl_field *fields);
/* Returns the text of that table, from malloc(). */
char *rexctl_table_text(const json_t *rows, const struct rexctl_field *fields);
/*
 * Calls @text for each object of an array, or prints the array as JSON; frees
 * @rows.
 */
void rexctl_put_texts(json_t *rows, void (*text)(const json_t *object));

/* A part of the view of an object: the table of a member, or its own members.
 */
struct rexctl_section {
	const char *key; /* NULL: the object itself */
	const char *title;
	const struct rexctl_field *fields; /* NULL: the end */
};

/* All sections that are not empty, or the object as JSON; frees @object. */
void rexctl_put_sections(json_t *object, const struct rexctl_section *sections);
/*
 * A paragraph for each object of an array, or the array as JSON; frees @rows. The
 * first field is the heading.
 */
void rexctl_put_cards(json_t *rows, const struct rexctl_field *fields);
/* A paragraph of one object without heading, or the object as JSON; frees @object. */
void rexctl_put_card(json_t *object, const struct rexctl_field *fields);
/*
 * Prints an event of a stream as a line of JSON, or by @text; frees @object.
 * The member "event" names its kind.
 */
void rexctl_put_event(json_t *object, void (*text)(const json_t *object));
/* json_string() of text that may have bytes that are no UTF-8. */
json_t *rexctl_json_text(const char *text);
/* Returns the string @key of @object, or "". */
const char *rexctl_json_get(const json_t *object, const char *key);

/* ---- clean.c: what others write does not control the terminal ----------------- */

/*
 * Prints @text on a line, with a blank for each newline and tab, and a '?' for each other
 * control character and each byte that is no UTF-8.
 */
void rexctl_put_clean(FILE *out, const char *text);
/* Print lines: do the same to all of the text, but let newlines and tabs pass. */
void rexctl_put_lines(FILE *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void rexctl_vput_lines(FILE *out, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* ---- folder.c --------------------------------------------------------------- */

/* Removes a folder of rexctl's own, with all that is in it, as far as that can be done. */
void rexctl_remove_folder(const char *path);

/* ---- progs.c: the Rex programs in the kernel -------------------------------- */

struct rexctl_prog {
	int fd;
	__u32 id;
	__u64 run_time_ns; /* of the kernel's statistics, when they are on */
	__u64 run_cnt;
	struct rex_prog_info info;
	__u32 map_ids[REX_MAX_MAPS]; /* info.nr_map_ids of them */
};

struct rexctl_progs {
	struct rexctl_prog *progs;
	size_t nr;
};

/*
 * Reads all Rex programs in the kernel, or with @ref the one it names: an id, the path
 * of a pin or of a folder of pins, or a name. Returns an exit status, and has printed
 * why if it is not 0. With @ref, at least one is found.
 */
int rexctl_progs_read(struct rexctl_progs *progs, const char *ref);
/* Does the same as rexctl_progs_read(), but refuses an ambiguous name. */
int rexctl_progs_read_one(struct rexctl_progs *progs, const char *ref);
void rexctl_progs_free(struct rexctl_progs *progs);
/* Names of the causes REX_FAULT_*; "unknown" beyond them. */
const char *rexctl_cause_name(__u32 cause);
/* One name of a type of programs, or of maps. */
const char *rexctl_prog_type_name(__u32 type);
const char *rexctl_map_type_name(__u32 type);
/* The properties of a program, for tables and cards. */
json_t *rexctl_prog_json(const struct rexctl_prog *prog);

/* A SHA-256, as a text of hexadecimal digits. */
json_t *rexctl_hash_json(const __u8 *hash);
/*
 * Returns the program of @fd, which stays the caller's; 0, or a negative errno.
 */
int rexctl_prog_of_fd(int fd, struct rexctl_prog *prog);

/* ---- progs_show.c: the card of a program -------------------------------------- */

extern const struct rexctl_field rexctl_show_fields[];
json_t *rexctl_prog_describe(const struct rexctl_prog *prog);

#endif /* REXCTL_H */
