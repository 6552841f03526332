/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The corpus: objects that are broken in one way each, and what the loader must
 * say about them; and objects that libFuzzer found. The same objects are loaded on
 * the host (test_corpus) and in the VM (mkcorpus writes them to files).
 */
#ifndef REX_HOST_CASES_H
#define REX_HOST_CASES_H

#include <glob.h>

#include "elf.h"
#include "obj.h"
#include "snippets.h"

/**
 * struct obj_case - one object
 * @name:	what is wrong with it; a file name
 * @err:	errno, or 0 if it must load
 * @words:	part of the log; NULL for none
 * @model:	change to a valid object before it is written, or NULL
 * @file:	change to the file, or NULL
 * @snippet:	a function "victim" for it, or NULL
 * @host_only:	not for the corpus of files: too large, or needs maps
 */
struct obj_case {
	const char *name;
	int err;
	const char *words;
	void (*model)(struct obj *o);
	void (*file)(struct bytes *f);
	const struct snippet *snippet;
	bool host_only;
};

/* A case whose function has its name. */
#define MODEL_CASE(fn, err_, words_)                                       \
	{                                                                  \
		.name = #fn, .err = (err_), .words = (words_), .model = fn \
	}
#define FILE_CASE(fn, err_, words_)                                       \
	{                                                                 \
		.name = #fn, .err = (err_), .words = (words_), .file = fn \
	}
#define HOST_MODEL_CASE(fn, err_, words_)                                   \
	{                                                                   \
		.name = #fn, .err = (err_), .words = (words_), .model = fn, \
		.host_only = true                                           \
	}
#define HOST_FILE_CASE(fn, err_, words_)                                   \
	{                                                                  \
		.name = #fn, .err = (err_), .words = (words_), .file = fn, \
		.host_only = true                                          \
	}

struct obj_cases {
	const struct obj_case *cases;
	size_t nr;
};

extern const struct obj_cases header_cases;
extern const struct obj_cases section_cases;
extern const struct obj_cases symbol_cases;
extern const struct obj_cases func_cases;
extern const struct obj_cases note_cases;
extern const struct obj_cases prog_cases;
extern const struct obj_cases map_cases;
extern const struct obj_cases config_cases;
extern const struct obj_cases rela_cases;
extern const struct obj_cases valid_cases;
extern const struct obj_cases check_cases;
extern struct obj_cases snippet_cases;

/* Add the function of a snippet, and one after it. Returns the index of its symbol. */
u32 add_snippet(struct obj *o, const struct snippet *snippet);

/* All of the above, NULL at the end. */
extern const struct obj_cases *const all_cases[];

struct bytes make_case(const struct obj_case *c);

/*
 * Returns the paths of the objects that libFuzzer found (corpus/README.md), sorted. Call
 * globfree().
 */
glob_t found_objects(void);

/* "ENOEXEC" for ENOEXEC; "OK" for 0. */
const char *errno_name(int err);

#endif /* REX_HOST_CASES_H */
