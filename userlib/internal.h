/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of librex share these declarations. Nothing here is exported.
 */
#ifndef LIBREX_INTERNAL_H
#define LIBREX_INTERNAL_H

#include <linux/bpf.h>
#include <linux/rex.h>

#include "librex.h"

struct btf;

#define REX_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- error.c ------------------------------------------------------------ */

/* Stores the text for rex_last_error(), sets errno to -err, returns err. */
int rex_error(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Does the same as rex_error(), and adds ": " and the errno's text. */
int rex_error_errno(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool rex_debug_enabled(void);
/* Prints a line to standard error if rex_set_debug() is on. */
void rex_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- decls.c: the declarations in a Rex object ----------------------------- */

struct rex_decl_map {
	char name[REX_NAME_LEN];
	struct rex_map_def def;
	/* What is in keys and values, for tools; NULL if the object does not say. */
	const char *key;
	const char *value;
};

/* A constant of the programs; @def has the value that it is loaded with. */
struct rex_decl_config {
	char name[REX_NAME_LEN];
	struct rex_config_def def;
	bool is_set; /* it is not the object's own */
};

struct rex_decls {
	struct rex_note note;
	__u32 cpu_features; /* REX_CPU_*, or bits that only newer libraries know */
	__u32 nr_progs;
	__u32 nr_maps;
	__u32 nr_configs;
	struct rex_prog_def *progs;
	struct rex_decl_map *maps;
	struct rex_decl_config *configs;
	char *types; /* the texts that maps point to */
};

/*
 * Reads the declarations out of an object file. Every string in @decls is
 * NUL-terminated and every name is a C identifier. On success @decls is freed
 * with rex_decls_free(); on failure there is nothing to free.
 */
int rex_decls_parse(const void *buf, size_t size, struct rex_decls *decls);
void rex_decls_free(struct rex_decls *decls);
/* Index in @decls->maps, or -ENOENT. */
int rex_decls_find_map(const struct rex_decls *decls, const char *name);

/* ---- carrier.c, btf.c: the BPF ELF for libbpf --------------------------- */

/* Size of one map's variable in the carrier's .maps: eight pointers. */
#define REX_BTF_MAP_SIZE 64u

/* Raw BTF that describes the maps of @decls; freed with free(). */
int rex_btf_build(const struct rex_decls *decls, void **buf, size_t *size);
/*
 * Makes a BPF object file with a carrier for each program; freed with free().
 */
int rex_carrier_build(const struct rex_decls *decls, void **buf, size_t *size);

/* ---- dev.c: the way to rex.ko; tests replace it --------------------------- */

/* Opens /dev/rex, does one ioctl; returns its result or a negative errno. */
int rex_dev_call(unsigned long request, void *arg);
/*
 * Opens /dev/rex for all calls of this thread up to rex_dev_end(), which follows in any case.
 * Returns 0 or a negative errno.
 */
int rex_dev_begin(void);
void rex_dev_end(void);

/* ---- obj.c -------------------------------------------------------------- */

enum rex_obj_state {
	REX_OBJ_OPENED,
	REX_OBJ_LOADED,
	REX_OBJ_FAILED, /* the load has failed and is undone */
};

/* Options of one program, by index of decls.progs. */
struct rex_obj_prog {
	__u32 timeout_ms;
	__u32 bind_flags;
	__s32 default_ret;
};

struct rex_obj {
	enum rex_obj_state state;
	char name[REX_NAME_LEN];
	void *file; /* contents of the object file; freed once loaded */
	size_t file_size;
	struct rex_decls decls;
	struct rex_obj_prog *progs;
	void *carrier; /* bpf refers to it */
	struct bpf_object *bpf;
	/*
	 * By index of decls.maps. The name is of no use to find a map later:
	 * libbpf changes it to the kernel's when it uses an existing map.
	 */
	struct bpf_map **maps;
	__u32 nr_usdt_places; /* elements of the crate's map that are in use */
	void **shared; /* by the same index: where it is mapped, or NULL */
	int image_fd;
	__u32 restarts_per_min;
	bool time_runs;
	__u64 heap_size;
	__u32 log_level;
	char *log;
	size_t log_size;
	bool log_owned;
};

/*
 * Checks options of @size bytes: there are @min at least, and those after the first
 * @known are 0, since a newer librex gives them a meaning.
 */
int rex_opts_check(const void *opts, size_t size, size_t min, size_t known);
/* Returns whether programs of @section run at set times, from BIND on. */
bool rex_obj_is_timer(const char *section);
/*
 * Returns whether programs of @section are attached to nothing: a timer runs from the
 * load on, a request when it is asked for.
 */
bool rex_obj_is_unattached(const char *section);
struct perf_event_attr;

/* Returns the number after @before in the first line of the file @path, or -1. */
long rex_read_number(const char *path, const char *before);
/*
 * Fills @attr with the event of the PMU "kprobe" or "uprobe"; the caller adds its place.
 * Returns 0, or -EOPNOTSUPP with an error text if the kernel has no such PMU.
 */
int rex_probe_attr(const char *pmu, bool at_return,
		   struct perf_event_attr *attr);
/* Index in decls.maps, or -ENOENT with an error text. */
int rex_obj_find_map(const struct rex_obj *obj, const char *map);
/* Returns whether maps of a type have values of tasks or cgroups. They have no size. */
bool rex_map_is_owned(__u32 type);
/*
 * Leaves out optional maps of types that the kernel lacks. If it cannot say whether it lacks
 * a type, that is an error, which names the map.
 */
int rex_map_leave_out(const struct rex_obj *obj);
/*
 * Describes the map, if there is one, whose type the kernel lacks, after libbpf could not
 * load the object for @err. Returns -EOPNOTSUPP, or 0.
 */
int rex_map_check_types(const struct rex_obj *obj, int err);
/* Checks that each map which has to have a size has one. */
int rex_map_check_sizes(const struct rex_obj *obj);
/* Index in decls.progs, or -ENOENT, or -EINVAL of NULL, with an error text. */
int rex_obj_find_prog(const struct rex_obj *obj, const char *prog);
/* REX_IOC_BIND of program @index to @prog_fd, with @flags added. */
int rex_obj_bind(const struct rex_obj *obj, __u32 index, int prog_fd,
		 __u32 flags);

/* ---- targets.c ---------------------------------------------------------- */

/* Returns the length of the kind in a section: of "uprobe" in "uprobe/..", and "uprobe.s/..". */
size_t rex_section_kind_len(const char *section);

/*
 * Returns -ENOENT if the kernel lacks what a section names, "fentry/FUNCTION", -EOPNOTSUPP if
 * it does not let that be traced, and -EINVAL if rex.ko does not run such a program there.
 * Writes to @why, of @size bytes, what is wrong, and what is probably meant or what to do.
 * Otherwise returns 0.
 */
int rex_target_check(const char *section, char *why, size_t size);

/*
 * Looks at types of the kernel: @first is the first one that only they have, @fd the
 * descriptor of a module's types, or 0. What is not 0 ends the search.
 */
typedef int (*rex_see_types)(void *arg, const struct btf *btf, __u32 first,
			     int fd);
/* Calls @see for the types of the kernel, and then for those of each module. */
int rex_kernel_types(rex_see_types see, void *arg);

/* ---- places.c ----------------------------------------------------------- */

/*
 * Finds the file that a uprobe names: @name is a path, or the name of a library, "libc.so.6",
 * or of a program. Libraries are looked for in LD_LIBRARY_PATH and in the usual folders, programs
 * in PATH, and both in the current folder last. Writes to @path, of @size bytes. Fails with -ENOENT
 * or another errno of access(2), and an error text.
 */
int rex_user_file(const char *name, char *path, size_t size);
/*
 * Finds where in file @path a function is. Returns 0, -ENOENT if the file has none of that
 * name, or another negative errno, with an error text.
 */
int rex_user_function(const char *path, const char *function, __u64 *offset);

/* ---- shared.c ----------------------------------------------------------- */

/* Unmaps the shared values. */
void rex_shared_unmap(struct rex_obj *obj);

/* ---- config.c ----------------------------------------------------------- */

/* Fills @values, which has room for all configs, with those that are set: how many. */
__u32 rex_config_collect(const struct rex_obj *obj,
			 struct rex_config_value *values);

#endif /* LIBREX_INTERNAL_H */
