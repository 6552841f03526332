/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of programs load an object, fire its events, read and write its maps,
 * and count objects in the kernel. A failure ends the TEST.
 */
#ifndef _REX_UTIL_H
#define _REX_UTIL_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <librex.h>

#include "kselftest_rex.h"

/*
 * No process has this descriptor open, so dup(2) of it is an event that only
 * tests make, for programs that get the descriptor in a map. Other programs
 * have their own descriptors: programs/NAME/src/names.rs.
 */
#define EVENT_FD 0x5e1f0001

/* The event of no program. */
#define NO_EVENT_FD 0x5e1fffff

/* ---- files ---- */

/* Returns the contents of PATH with a NUL after them, from malloc(). */
char *read_all(const char *path, size_t *size);

/* Returns the number at the beginning of PATH. */
long number_in(const char *path);

void write_file(const char *path, const char *text);

/* Sets /proc/sys/NAME. */
void set_sysctl(const char *name, const char *value);

/* Writes VALUE to PATH, a string that stays, and what was there when the process exits. */
void set_until_exit(const char *path, const char *value);

/*
 * Sets whether a warning ends the VM. A kernel that was booted with panic_on_warn=1 always ends.
 * One with KCSAN is left as it is: it would end at each data race of its own.
 */
void panic_on_warn(bool panic);

/*
 * Suspends the machine as far as TEST says: "freezer", "devices", "platform", "processors", "core".
 * Returns whether the kernel can, and did.
 */
bool try_suspend(const char *test);

/* Returns perf_event_attr.type of a PMU: "kprobe", "uprobe". */
int pmu_type(const char *pmu);

/*
 * Opens a kprobe on CPU 0 by perf events: attaching a program to it does not change
 * text.
 */
int open_kprobe(const char *function);

/* Returns the path of the object of a sample or of a test's program. */
const char *object_path(const char *name);

/*
 * Writes the object with FROM, wherever it is, replaced by TO, which is not longer. Returns
 * the path of the file, which the next call overwrites.
 */
const char *edited_object(const char *name, const char *from, const char *to);

/* ---- objects ---- */

/* OPTS may be NULL, here and below. */
struct rex_obj *open_object(const char *name,
			    const struct rex_obj_open_opts *opts);

/* Opens an object, of which only PROGRAM is loaded. */
struct rex_obj *open_program(const char *name, const char *program,
			     const struct rex_obj_open_opts *opts);

/* Opens the object with FROM replaced by TO: edited_object(). */
struct rex_obj *open_edited(const char *name, const char *from, const char *to);

void load_opened(struct rex_obj *obj);

struct rex_obj *load_object_opts(const char *name,
				 const struct rex_obj_open_opts *opts);

struct rex_obj *load_object(const char *name);

/* Returns whether the object loads with FD for its map of that name. */
bool loads_with(const char *name, const char *map, int fd);

struct bpf_program *program(struct rex_obj *obj, const char *name);

/* Attaches a program as its section says. */
struct bpf_link *attach(struct rex_obj *obj, const char *name);

struct rex_prog_info prog_info(struct rex_obj *obj, const char *name);

/*
 * Returns whether the program runs; otherwise its image has ended with a
 * fault.
 */
bool is_live(struct rex_obj *obj, const char *name);

struct rex_image_info image_info(struct rex_obj *obj);

/*
 * Returns the runs that the kernel skipped because the program was already
 * running on that CPU: newer kernels can be preempted in a program at a system
 * call's tracepoint. Always 0 on older ones.
 */
__u64 recursion_misses(struct rex_obj *obj, const char *name);
__u64 recursion_misses_of(int prog_fd);

int map_fd(struct rex_obj *obj, const char *name);

/* Returns the FNV-1a hash by which programs name an act: programs/hash.rs. */
__u64 name_hash(const char *name);

/* A fixture of this object, which is loaded. */
#define OBJECT_FIXTURE(_name)                   \
	FIXTURE(object)                         \
	{                                       \
		struct rex_obj *obj;            \
	};                                      \
	FIXTURE_SETUP(object)                   \
	{                                       \
		self->obj = load_object(_name); \
	}                                       \
	FIXTURE_TEARDOWN(object)                \
	{                                       \
		rex_obj_close(self->obj);       \
	}

/* A fixture of this object, one of whose programs is attached. */
#define ATTACHED_FIXTURE(_name, _program)                 \
	FIXTURE(attached)                                 \
	{                                                 \
		struct rex_obj *obj;                      \
		struct bpf_link *link;                    \
	};                                                \
	FIXTURE_SETUP(attached)                           \
	{                                                 \
		self->obj = load_object(_name);           \
		self->link = attach(self->obj, _program); \
	}                                                 \
	FIXTURE_TEARDOWN(attached)                        \
	{                                                 \
		bpf_link__destroy(self->link);            \
		rex_obj_close(self->obj);                 \
	}

/* Read and write elements of maps with keys of 32 bits and values of 64. */
__u64 map_get(struct rex_obj *obj, const char *map, __u32 key);

void map_set(struct rex_obj *obj, const char *map, __u32 key, __u64 value);

/* ---- events ---- */

/* Returns whether the running kernel is Linux MAJOR.MINOR or newer. */
bool kernel_is_from(int major, int minor);

/* Calls dup(2), the event of a test's program. */
void fire(__u32 fd);

void pin_to_cpu(int cpu);

/* Sets the limit of descriptors, and opens all but the LEFT last ones. */
void use_descriptors(int limit, int left);

#define MOST_CPUS 16

/* Returns the number of CPUs, which is at least 2 and at most MOST_CPUS. */
int nr_cpus(void);

/* Switches a CPU on or off, and waits while the kernel does not, as during a suspend. */
void switch_cpu(int cpu, bool on);

/* Forks a process that does nothing until a signal ends it, or this thread ends. As fork(2). */
pid_t fork_idle(void);

/* Returns zeroed memory that this process shares with the children that it forks later. */
void *map_shared(size_t size);

/* Waits for a child, which must end with status 0. */
void reap(pid_t pid);

/*
 * Runs a shell command, which must succeed, and returns its output from
 * malloc().
 */
char *shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- the module ---- */

/* Removes the module; -1 and errno EAGAIN while it is in use. */
int remove_module(void);

/*
 * Inserts it, with the test suite's hooks and PARAMETERS as insmod takes them. try_module() returns
 * 0 or an error.
 */
void insert_module(const char *parameters);
int try_module(const char *parameters);

/* Waits until the module can be removed, and inserts it again. */
void reload_module(const char *parameters);

/* Does so with the module that has BTF (scripts/module-btf), or skips the test. */
void reload_module_with_btf(const char *parameters);

/* Skips the test if a module of kselftests/modules is not there: the kernel lacks what it needs. */
void need_test_module(const char *name);

/* Inserts a module of kselftests/modules, and returns 0 or the errno. */
int insert_test_module(const char *name, const char *parameters);

/* Removes a module by the name that lsmod shows. */
void remove_test_module(const char *name);

/* For insmod: maps have no shortcuts (kmod/selftest.h). */
#define WITHOUT_SHORTCUTS "other_kernel=4"

/* Returns, or sets, a parameter of the module that is a number. */
unsigned int module_parameter(const char *name);
void set_module_parameter(const char *name, unsigned int value);

/* ---- what is in the kernel ---- */

struct census {
	long module_refs;
	long programs;
	long maps;
	long links;
	long areas; /* of memory that rex.ko has from vmalloc(): one an image */
};

/* Counts programs, maps or links: NEXT is bpf_prog_get_next_id() or a sibling.
 */
long count_ids(int (*next)(__u32 id, __u32 *next_id));

/* Counts lines of TEXT that contain WORD. */
long count_lines(const char *text, const char *word);

/* Counts lines of a file, which may be large. */
long count_lines_of(const char *path, const char *word);

/* Returns whether a line of /proc/kallsyms contains WORD. */
bool kallsyms_has(const char *word);

/*
 * Returns whether the kernel has KASAN, which keeps freed memory to see late accesses: up to
 * KASAN_KEEPS_KB of 3 GB.
 */
bool has_kasan(void);
#define KASAN_KEEPS_KB (96l * 1024)

/*
 * Returns by how much a number of /proc/meminfo may vary: KB, or what KASAN keeps, if slabs are a
 * part of the number. kmemleak, which kernels with KASAN have as well, sees smaller leaks there.
 */
long meminfo_slack_kb(const char *name, long kb);

/* Returns the kilobytes in a line of /proc/meminfo, but the first. */
long meminfo_kb(const char *name);

long module_refs(void);

/* Counts functions of images and of JITed BPF programs, which takes a while. */
long count_symbols(void);

struct census read_census(void);

/*
 * Waits until the numbers are stable: the kernel frees objects a while later,
 * and /proc/vmallocinfo is incomplete meanwhile.
 */
struct census take_census(void);

/* Waits until there are so many references on rex.ko, for so many SECONDS at most. */
void await_references(long refs, int seconds);

/*
 * Waits until the objects of earlier TESTs are freed: the kernel frees BPF
 * programs a while after their last descriptor is closed.
 */
void await_idle(void);

bool census_is(const struct census *want);

/* Expects that the kernel has the same number of objects as at BEFORE. */
#define EXPECT_CENSUS(_before)                                \
	do {                                                  \
		const struct census *_b = (_before);          \
		if (WAIT_FOR(census_is(_b), 10))              \
			break;                                \
		struct census _now = read_census();           \
		EXPECT_EQ(_now.module_refs, _b->module_refs); \
		EXPECT_EQ(_now.programs, _b->programs);       \
		EXPECT_EQ(_now.maps, _b->maps);               \
		EXPECT_EQ(_now.links, _b->links);             \
		EXPECT_EQ(_now.areas, _b->areas);             \
	} while (0)

#endif
