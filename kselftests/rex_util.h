/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of programs have in common: load an object, fire its events, read
 * and write its maps, and count what there is in the kernel. Whatever fails ends
 * the TEST.
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
 * No process has this descriptor open: dup(2) of it is an event that nothing but
 * a test makes.
 */
#define EVENT_FD 0x5e1f0001

/* ---- files ---- */

/* The contents of PATH with a NUL behind them, from malloc(). */
static inline char *read_all(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, room = 1 << 16;
	char *text = malloc(room);
	ssize_t got;

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	while ((got = read(fd, text + len, room - len - 1)) > 0) {
		len += got;
		if (room - len < 4096)
			text = realloc(text, room *= 2);
		ASSERT(text);
	}
	ASSERT_MSG(got == 0, "%s: %s", path, strerror(errno));
	close(fd);
	text[len] = '\0';
	if (size)
		*size = len;
	return text;
}

static inline void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	ASSERT_MSG(write(fd, text, strlen(text)) == (ssize_t)strlen(text),
		   "%s: %s", path, strerror(errno));
	close(fd);
}

/* Set /proc/sys/NAME. */
static inline void set_sysctl(const char *name, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	write_file(path, value);
}

/* Where the object of a sample or of a test's program is. */
static inline const char *object_path(const char *name)
{
	static __thread char path[256];

	snprintf(path, sizeof(path), "%s/%s.rex.o", getenv("REX_TESTS"), name);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), "%s/../samples/%s/%s.rex.o",
			 getenv("REX_TESTS"), name, name);
	return path;
}

/* ---- objects ---- */

static inline struct rex_obj *load_object(const char *name)
{
	struct rex_obj *obj = rex_obj_open(object_path(name), NULL);

	ASSERT_MSG(obj, "%s: %s", name, rex_last_error());
	ASSERT_MSG(!rex_obj_load_opened(obj), "%s: %s\n%s", name,
		   rex_last_error(), rex_obj_log(obj));
	return obj;
}

/* Whether it loads with FD for its map of that name. */
static inline bool loads_with(const char *name, const char *map, int fd)
{
	struct rex_map_fd fds = { .fd = fd };
	REX_OPTS(rex_obj_open_opts, opts, .map_fds = &fds, .nr_map_fds = 1);
	struct rex_obj *obj;
	bool loaded;

	ASSERT_MSG(fd >= 0, "%s: %s", map, strerror(-fd));
	snprintf(fds.name, sizeof(fds.name), "%s", map);
	obj = rex_obj_open(object_path(name), &opts);
	if (!obj)
		return false;
	loaded = !rex_obj_load_opened(obj);
	rex_obj_close(obj);
	return loaded;
}

static inline struct bpf_program *program(struct rex_obj *obj, const char *name)
{
	struct bpf_program *prog = rex_obj_program(obj, name);

	ASSERT_MSG(prog, "%s", rex_last_error());
	return prog;
}

/* To where its section says. */
static inline struct bpf_link *attach(struct rex_obj *obj, const char *name)
{
	struct bpf_link *link = rex_obj_attach(obj, name);

	ASSERT_MSG(link, "%s", rex_last_error());
	return link;
}

static inline struct rex_prog_info prog_info(struct rex_obj *obj,
					     const char *name)
{
	struct rex_prog_info info = { .size = sizeof(info) };

	ASSERT_MSG(!rex_obj_prog_info(obj, name, &info), "%s: %s", name,
		   rex_last_error());
	return info;
}

static inline struct rex_image_info image_info(struct rex_obj *obj)
{
	struct rex_image_info info = { .size = sizeof(info) };

	ASSERT_MSG(!rex_obj_image_info(obj, &info), "%s", rex_last_error());
	return info;
}

/*
 * Runs that the kernel did not make because the program was running on that CPU
 * already: newer kernels let themselves be preempted in a program at a system
 * call's tracepoint. Always 0 on older ones.
 */
static inline __u64 recursion_misses(struct rex_obj *obj, const char *name)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(bpf_program__fd(program(obj, name)),
				       &info, &len));
	return info.recursion_misses;
}

static inline int map_fd(struct rex_obj *obj, const char *name)
{
	int fd = rex_obj_map_fd(obj, name);

	ASSERT_MSG(fd >= 0, "%s", rex_last_error());
	return fd;
}

/* Elements of maps with keys of 32 bits and values of 64. */
static inline __u64 map_get(struct rex_obj *obj, const char *map, __u32 key)
{
	__u64 value = 0;

	ASSERT_MSG(!bpf_map_lookup_elem(map_fd(obj, map), &key, &value),
		   "no %s[%u]: %s", map, key, strerror(errno));
	return value;
}

static inline void map_set(struct rex_obj *obj, const char *map, __u32 key,
			   __u64 value)
{
	ASSERT_MSG(!bpf_map_update_elem(map_fd(obj, map), &key, &value, 0),
		   "cannot set %s[%u]: %s", map, key, strerror(errno));
}

/* ---- events ---- */

/* dup(2), as the event of a test's program. */
static inline void fire(__u32 fd)
{
	EXPECT_ERRNO(syscall(SYS_dup, fd), EBADF);
}

static inline void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	ASSERT(!sched_setaffinity(0, sizeof(set), &set));
}

/* Wait for a child, which must have ended with status 0. */
static inline void reap(pid_t pid)
{
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_MSG(status == 0, "process %d ended with status %#x", pid,
		   status);
}

/* Run a command of the shell; its output, from malloc(). It must succeed. */
static inline char *shell(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
static inline char *shell(const char *fmt, ...)
{
	char command[1024], *text = calloc(1, 1 << 20);
	va_list args;
	FILE *f;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	f = popen(command, "re");
	ASSERT(f && text);
	text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
	EXPECT_MSG(pclose(f) == 0, "failed: %s: %s", command, text);
	return text;
}

/* ---- what is in the kernel ---- */

struct census {
	long module_refs;
	long programs;
	long maps;
	long links;
	long areas; /* of memory that rex.ko has from vmalloc(): one an image */
};

static inline long count_ids(int (*next)(__u32 id, __u32 *next_id))
{
	__u32 id = 0;
	long count = 0;

	while (!next(id, &id))
		count++;
	return count;
}

/* Lines of TEXT that contain WORD. */
static inline long count_lines(const char *text, const char *word)
{
	long count = 0;

	while ((text = strstr(text, word))) {
		count++;
		text += strcspn(text, "\n");
	}
	return count;
}

/* The same of a file, which may be large. */
static inline long count_lines_of(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	long count = 0;

	ASSERT_MSG(f, "%s: %s", path, strerror(errno));
	while (getline(&line, &size, f) > 0)
		count += !!strstr(line, word);
	free(line);
	fclose(f);
	return count;
}

static inline long module_refs(void)
{
	char *text = read_all("/sys/module/rex/refcnt", NULL);
	long refs = atol(text);

	free(text);
	return refs;
}

/* Functions of images and of JITed BPF programs. It takes a while. */
static inline long count_symbols(void)
{
	return count_lines_of("/proc/kallsyms", "[bpf]");
}

static inline struct census read_census(void)
{
	return (struct census){
		.module_refs = module_refs(),
		.programs = count_ids(bpf_prog_get_next_id),
		.maps = count_ids(bpf_map_get_next_id),
		.links = count_ids(bpf_link_get_next_id),
		.areas = count_lines_of("/proc/vmallocinfo", "[rex]"),
	};
}

/*
 * When nothing changes any more: what was closed before is freed a while later, and
 * /proc/vmallocinfo leaves something out if it is read just then.
 */
static inline struct census take_census(void)
{
	struct census last = read_census(), now;
	long end = ksft_ms() + 5000;

	for (int same = 0; same < 3 && ksft_ms() < end;) {
		ksft_pause_ms(50);
		now = read_census();
		same = memcmp(&last, &now, sizeof(now)) ? 0 : same + 1;
		last = now;
	}
	return last;
}

/*
 * Wait for the end of what earlier TESTs had: the kernel frees BPF programs a
 * while after their last descriptor is closed.
 */
static inline void await_idle(void)
{
	ASSERT_MSG(WAIT_FOR(module_refs() == 0, 10), "%ld references on rex",
		   module_refs());
}

static inline bool census_is(const struct census *want)
{
	struct census now = read_census();

	return !memcmp(want, &now, sizeof(now));
}

/* What was there at BEFORE is there again, and no more. */
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

/* ---- the kernel's log ---- */

/* The messages since ksft_kmsg("%s", mark), one a line, from malloc(). */
static inline char *dmesg_since(const char *mark)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[8192], *text = calloc(1, 1), *message;
	size_t len = 0, room = 1;
	bool seen = false;
	ssize_t got;

	ASSERT(fd >= 0 && text);
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 ||
	       (got < 0 && errno == EPIPE)) {
		if (got < 0)
			continue;
		record[got] = '\0';
		message = strchr(record, ';');
		ASSERT(message);
		message++;
		message[strcspn(message, "\n") + 1] = '\0';
		if (!seen) {
			seen = !strncmp(message, mark, strlen(mark));
			continue;
		}
		room += strlen(message);
		text = realloc(text, room);
		ASSERT(text);
		strcpy(text + len, message);
		len += strlen(message);
	}
	close(fd);
	return text;
}

#endif
