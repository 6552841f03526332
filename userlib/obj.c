// SPDX-License-Identifier: GPL-2.0
/*
 * Objects are opened and closed here.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kmod/pattern.h"
#include "../kmod/progtype.h"
#include "internal.h"

#define REX_LOG_SIZE (64u << 10)

/* The value of an option, or 0 if the caller's struct is too old to have it. */
#define REX_OPT(opts, field, fallback)                                       \
	((opts) && (opts)->sz >= offsetof(struct rex_obj_open_opts, field) + \
					 sizeof((opts)->field) ?             \
		 (opts)->field :                                             \
		 (fallback))

int rex_opts_check(const void *opts, size_t size, size_t min, size_t known)
{
	const char *bytes = opts;
	size_t i;

	if (size < min)
		return rex_error(-EINVAL, "options: sz is %zu", size);
	for (i = known; i < size; i++)
		if (bytes[i])
			return rex_error(-E2BIG,
					 "options: this librex does not know byte %zu, which is set",
					 i);
	return 0;
}

static int rex_obj_check_opts(const struct rex_obj_open_opts *opts)
{
	const size_t known = offsetof(struct rex_obj_open_opts,
				      rex_obj_open_opts__last_field) +
			     sizeof(opts->rex_obj_open_opts__last_field);
	int err;

	if (!opts)
		return 0;
	err = rex_opts_check(opts, opts->sz, sizeof(opts->sz), known);
	if (err)
		return err;
	if (REX_OPT(opts, log_size, 0) && !opts->log_buf)
		return rex_error(-EINVAL, "options: log_size without log_buf");
	if (REX_OPT(opts, log_size, 0) > UINT_MAX)
		return rex_error(-EINVAL, "options: log_size is too large");
	if (REX_OPT(opts, log_level, 0) > REX_LOG_DEBUG)
		return rex_error(-EINVAL, "options: unknown log_level %u",
				 opts->log_level);
	if (opts->sz >= offsetof(struct rex_obj_open_opts, map_fds) &&
	    opts->nr_map_fds && !REX_OPT(opts, map_fds, NULL))
		return rex_error(-EINVAL,
				 "options: nr_map_fds without map_fds");
	return 0;
}

/* rex.ko takes printable ASCII that fits. */
static void rex_obj_set_name(struct rex_obj *obj, const char *name)
{
	char *c;

	snprintf(obj->name, sizeof(obj->name), "%s", name);
	for (c = obj->name; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '_';
}

static int rex_obj_init_log(struct rex_obj *obj,
			    const struct rex_obj_open_opts *opts)
{
	obj->log_level = REX_OPT(opts, log_level, REX_LOG_ERROR);
	if (obj->log_level < REX_LOG_ERROR)
		obj->log_level = REX_LOG_ERROR;
	if (rex_debug_enabled())
		obj->log_level = REX_LOG_DEBUG;

	obj->log = REX_OPT(opts, log_buf, NULL);
	obj->log_size = REX_OPT(opts, log_size, 0);
	if (!obj->log || !obj->log_size) {
		obj->log_size = REX_LOG_SIZE;
		obj->log = malloc(obj->log_size);
		obj->log_owned = true;
	}
	if (!obj->log)
		return rex_error_errno(-ENOMEM, "log buffer");
	obj->log[0] = '\0';
	return 0;
}

/*
 * libbpf knows these programs from version 1.5 on, and kernels before 6.10 do not. So the
 * object has no carrier for them that it loads; rex_obj_attach_functions() makes one.
 */
static bool rex_obj_is_session(const struct rex_prog_def *prog)
{
	return prog->type == BPF_PROG_TYPE_KPROBE &&
	       prog->attach_type == BPF_TRACE_KPROBE_SESSION &&
	       rex_prog_kind_find(prog->type, prog->attach_type, prog->section);
}

bool rex_obj_is_timer(const char *section)
{
	size_t len = strcspn(section, "/");

	return len == strlen("timer") && !strncmp(section, "timer", len);
}

/* libbpf has no section for these. */
bool rex_obj_is_unattached(const char *section)
{
	return rex_obj_is_timer(section) || rex_prog_is_request(section);
}

/*
 * The carrier's program type follows from the section name alone. Asking
 * libbpf first gives a better message than its own, and keeps names that mean
 * something else to it (".maps", "license") out of the carrier object.
 */
static int rex_obj_check_prog(const struct rex_prog_def *prog)
{
	enum bpf_attach_type attach_type;
	enum bpf_prog_type type;

	if (rex_obj_is_session(prog))
		return 0;
	if (rex_obj_is_unattached(prog->section) &&
	    rex_prog_kind_find(prog->type, prog->attach_type, prog->section))
		return 0;
	if (libbpf_prog_type_by_name(prog->section, &type, &attach_type))
		return rex_error(-ESRCH,
				 "program %s: libbpf %s knows no section '%s'",
				 prog->name, libbpf_version_string(),
				 prog->section);
	if (type != prog->type)
		return rex_error(-EPROTOTYPE,
				 "program %s: section '%s' is of program type "
				 "%u, the object says %u",
				 prog->name, prog->section, type, prog->type);
	if (prog->attach_type && attach_type != prog->attach_type)
		return rex_error(-EPROTOTYPE,
				 "program %s: section '%s' is of attach type "
				 "%u, the object says %u",
				 prog->name, prog->section, attach_type,
				 prog->attach_type);
	if (!rex_prog_kind_find(prog->type, prog->attach_type, prog->section))
		return rex_error(-ENOEXEC,
				 "program %s: no attribute of the crate that "
				 "librex knows makes type %u, attach type %u, "
				 "section '%s'",
				 prog->name, prog->type, prog->attach_type,
				 prog->section);
	return 0;
}

static int rex_obj_parse(struct rex_obj *obj,
			 const struct rex_obj_open_opts *opts)
{
	__u32 i;
	int err;

	err = rex_decls_parse(obj->file, obj->file_size, &obj->decls);
	if (err)
		return err;
	for (i = 0; i < obj->decls.nr_progs; i++) {
		err = rex_obj_check_prog(&obj->decls.progs[i]);
		if (err)
			return err;
	}

	obj->progs = calloc(obj->decls.nr_progs, sizeof(*obj->progs));
	if (!obj->progs)
		return rex_error_errno(-ENOMEM, "programs");
	for (i = 0; i < obj->decls.nr_progs; i++)
		obj->progs[i].timeout_ms = REX_OPT(opts, timeout_ms, 0);
	obj->restarts_per_min = REX_OPT(opts, restarts_per_min, 0);
	obj->time_runs = REX_OPT(opts, time_runs, false);
	obj->heap_size = REX_OPT(opts, heap_size, 0);
	return 0;
}

/* libbpf does not know the section of @def, and so neither its type nor its flags. */
static int rex_obj_set_carrier(struct bpf_program *prog,
			       const struct rex_prog_def *def)
{
	const struct rex_prog_kind *kind =
		rex_prog_kind_find(def->type, def->attach_type, def->section);
	int err = bpf_program__set_type(prog, def->type);

	if (!err && kind->sleepable)
		err = bpf_program__set_flags(prog, BPF_F_SLEEPABLE);
	if (err)
		return rex_error_errno(err, "the type of program %s",
				       def->name);
	return 0;
}

/*
 * libbpf looks for the function of such a program at load. The object has no carrier for a
 * pattern: rex_obj_attach_functions() makes one for each function.
 */
static bool rex_obj_is_for_many(const struct rex_prog_def *prog)
{
	return rex_prog_is_of_function(prog->type, prog->attach_type) &&
	       rex_is_pattern(prog->section);
}

/* libbpf knows the types of its own sections: a timer, for one, is none of these. */
static int rex_obj_set_carriers(const struct rex_obj *obj)
{
	const struct rex_prog_def *def;
	struct bpf_program *prog;
	__u32 i;
	int err;

	for (i = 0; i < obj->decls.nr_progs; i++) {
		def = &obj->decls.progs[i];
		prog = bpf_object__find_program_by_name(obj->bpf, def->name);
		if (!prog)
			continue;
		if (rex_obj_is_session(def) || rex_obj_is_for_many(def))
			bpf_program__set_autoload(prog, false);
		if (bpf_program__type(prog) != BPF_PROG_TYPE_UNSPEC)
			continue;
		err = rex_obj_set_carrier(prog, def);
		if (err)
			return err;
	}
	return 0;
}

static int rex_obj_open_bpf(struct rex_obj *obj)
{
	LIBBPF_OPTS(bpf_object_open_opts, bpf_opts, .object_name = obj->name);
	size_t size;
	int err;

	err = rex_carrier_build(&obj->decls, &obj->carrier, &size);
	if (err)
		return err;
	obj->bpf = bpf_object__open_mem(obj->carrier, size, &bpf_opts);
	if (!obj->bpf)
		return rex_error_errno(-errno,
				       "libbpf cannot open the carrier object");
	return rex_obj_set_carriers(obj);
}

static int rex_obj_find_maps(struct rex_obj *obj)
{
	const char *name;
	__u32 i;

	obj->maps = calloc(obj->decls.nr_maps ?: 1, sizeof(*obj->maps));
	if (!obj->maps)
		return rex_error_errno(-ENOMEM, "maps");
	for (i = 0; i < obj->decls.nr_maps; i++) {
		name = obj->decls.maps[i].name;
		obj->maps[i] = bpf_object__find_map_by_name(obj->bpf, name);
		if (!obj->maps[i])
			return rex_error(-ENOENT, "libbpf lost map %s", name);
	}
	return 0;
}

static int rex_obj_set_pin_root(struct rex_obj *obj, const char *root)
{
	char path[PATH_MAX];
	__u32 i;
	int err;

	for (i = 0; i < obj->decls.nr_maps; i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", root,
				     obj->decls.maps[i].name) >= sizeof(path))
			return rex_error_errno(-ENAMETOOLONG, "pin_root_path");
		err = bpf_map__set_pin_path(obj->maps[i], path);
		if (err)
			return rex_error_errno(err, "pin path %s", path);
	}
	return 0;
}

static int rex_obj_set_map_fds(struct rex_obj *obj,
			       const struct rex_map_fd *fds, __u32 nr)
{
	int err, index;
	__u32 i;

	for (i = 0; i < nr; i++) {
		if (!memchr(fds[i].name, 0, sizeof(fds[i].name)))
			return rex_error(-EINVAL,
					 "map_fds[%u]: name has no NUL", i);
		index = rex_obj_find_map(obj, fds[i].name);
		if (index < 0)
			return index;
		err = bpf_map__reuse_fd(obj->maps[index], fds[i].fd);
		if (err)
			return rex_error_errno(err,
					       "cannot use fd %d as map %s",
					       fds[i].fd, fds[i].name);
	}
	return 0;
}

static int rex_obj_prepare(struct rex_obj *obj,
			   const struct rex_obj_open_opts *opts)
{
	const char *root = REX_OPT(opts, pin_root_path, NULL);
	int err;

	err = rex_obj_init_log(obj, opts);
	err = err ?: rex_obj_parse(obj, opts);
	err = err ?: rex_obj_open_bpf(obj);
	err = err ?: rex_obj_find_maps(obj);
	if (!err && root)
		err = rex_obj_set_pin_root(obj, root);
	if (err)
		return err;
	return rex_obj_set_map_fds(obj, REX_OPT(opts, map_fds, NULL),
				   REX_OPT(opts, nr_map_fds, 0));
}

/* Takes over @file, on failure too. */
static struct rex_obj *rex_obj_new(void *file, size_t size, const char *name,
				   const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj = calloc(1, sizeof(*obj));

	if (!obj) {
		rex_error_errno(-ENOMEM, "object");
		free(file);
		return NULL;
	}
	obj->file = file;
	obj->file_size = size;
	obj->image_fd = -1;
	rex_obj_set_name(obj, REX_OPT(opts, name, NULL) ?: name);

	if (rex_obj_prepare(obj, opts)) {
		rex_obj_close(obj);
		return NULL;
	}
	return obj;
}

static int rex_obj_check_size(const char *name, size_t size)
{
	if (size > REX_MAX_ELF_SIZE)
		return rex_error(-EFBIG, "%s is larger than %u bytes", name,
				 REX_MAX_ELF_SIZE);
	return 0;
}

struct rex_obj *rex_obj_open_mem(const void *buf, size_t size,
				 const struct rex_obj_open_opts *opts)
{
	void *copy;

	if (rex_obj_check_opts(opts))
		return NULL;
	if (!buf) {
		rex_error(-EINVAL, "no buffer");
		return NULL;
	}
	if (rex_obj_check_size("the object", size))
		return NULL;
	copy = malloc(size ?: 1);
	if (!copy) {
		rex_error_errno(-ENOMEM, "copy of the object");
		return NULL;
	}
	memcpy(copy, buf, size);
	return rex_obj_new(copy, size, "rex", opts);
}

/* Returns how many bytes were read, or a negative errno. */
static ssize_t rex_obj_read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}
	return len;
}

/* Read the file, since a mapped one may shrink. */
static void *rex_obj_read_fd(int fd, const char *path, size_t *size)
{
	struct stat st;
	ssize_t len;
	void *buf;

	if (fstat(fd, &st)) {
		rex_error_errno(-errno, "%s", path);
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		rex_error(-ENOEXEC, "%s is not a regular file", path);
		return NULL;
	}
	if (rex_obj_check_size(path, st.st_size))
		return NULL;

	buf = malloc(st.st_size ?: 1);
	len = buf ? rex_obj_read_all(fd, buf, st.st_size) : -ENOMEM;
	if (len < 0) {
		rex_error_errno(len, "%s", path);
		free(buf);
		return NULL;
	}
	*size = len;
	return buf;
}

static void *rex_obj_read_file(const char *path, size_t *size)
{
	/* Opening a FIFO must not block; it is refused later. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int saved;
	void *buf;

	if (fd < 0) {
		rex_error_errno(-errno, "cannot open %s", path);
		return NULL;
	}
	buf = rex_obj_read_fd(fd, path, size);
	saved = errno;
	close(fd);
	errno = saved;
	return buf;
}

struct rex_obj *rex_obj_open(const char *path,
			     const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj;
	const char *base;
	size_t size = 0;
	void *buf;

	if (rex_obj_check_opts(opts))
		return NULL;
	if (!path) {
		rex_error(-EINVAL, "no path");
		return NULL;
	}
	buf = rex_obj_read_file(path, &size);
	if (!buf)
		return NULL;

	base = strrchr(path, '/');
	obj = rex_obj_new(buf, size, base ? base + 1 : path, opts);
	if (!obj)
		rex_error(-errno, "%s: %s", path, rex_last_error());
	return obj;
}

void rex_obj_close(struct rex_obj *obj)
{
	int saved = errno;

	if (!obj)
		return;
	rex_shared_unmap(obj);
	bpf_object__close(obj->bpf);
	if (obj->image_fd >= 0)
		close(obj->image_fd);
	rex_decls_free(&obj->decls);
	free(obj->progs);
	free(obj->maps);
	free(obj->carrier);
	free(obj->file);
	if (obj->log_owned)
		free(obj->log);
	free(obj);
	errno = saved;
}

static int rex_obj_find_opened(const struct rex_obj *obj, const char *prog)
{
	if (!obj || !prog)
		return rex_error(-EINVAL, "no object or no program name");
	if (obj->state != REX_OBJ_OPENED)
		return rex_error(-EBUSY, "%s has been loaded already",
				 obj->name);
	return rex_obj_find_prog(obj, prog);
}

int rex_obj_set_timeout(struct rex_obj *obj, const char *prog, __u32 timeout_ms)
{
	int index = rex_obj_find_opened(obj, prog);

	if (index < 0)
		return index;
	obj->progs[index].timeout_ms = timeout_ms;
	return 0;
}

int rex_obj_set_default_ret(struct rex_obj *obj, const char *prog, __s32 ret)
{
	int index = rex_obj_find_opened(obj, prog);

	if (index < 0)
		return index;
	obj->progs[index].default_ret = ret;
	obj->progs[index].bind_flags |= REX_BIND_DEFAULT_RET;
	return 0;
}
