// SPDX-License-Identifier: GPL-2.0
/*
 * The Rex programs in the kernel are BPF programs that run one: each is asked.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "links.h"

static const char *const progs_causes[] = {
#define REX_FAULT_CAUSE(cause, in_sentences, in_tables) \
	[REX_FAULT_##cause] = (in_tables),
#include "../../kmod/causes.def"
};

const char *rexctl_cause_name(__u32 cause)
{
	return cause < ARRAY_LEN(progs_causes) ? progs_causes[cause] :
						 "unknown";
}

const char *rexctl_prog_type_name(__u32 type)
{
	return libbpf_bpf_prog_type_str(type) ?: "unknown";
}

const char *rexctl_map_type_name(__u32 type)
{
	return libbpf_bpf_map_type_str(type) ?: "unknown";
}

/* Describes the program of @fd: -ENOENT if it is none of Rex. */
int rexctl_prog_of_fd(int fd, struct rexctl_prog *prog)
{
	struct rex_prog_info *info = &prog->info;
	struct bpf_prog_info bpf = {};
	__u32 len = sizeof(bpf);
	int err;

	memset(prog, 0, sizeof(*prog));
	prog->fd = fd;
	info->size = sizeof(*info);
	info->map_ids = (uintptr_t)prog->map_ids;
	info->nr_map_ids = ARRAY_LEN(prog->map_ids);
	err = rex_prog_info(fd, info);
	/* An older module does not report maps. */
	if (err == -E2BIG) {
		info->map_ids = 0;
		info->nr_map_ids = 0;
		err = rex_prog_info(fd, info);
	}
	if (err)
		return err;
	if (bpf_obj_get_info_by_fd(fd, &bpf, &len))
		return -errno;
	prog->id = bpf.id;
	prog->run_time_ns = bpf.run_time_ns;
	prog->run_cnt = bpf.run_cnt;
	return 0;
}

static bool progs_has(const struct rexctl_progs *progs, __u32 id)
{
	size_t i;

	for (i = 0; i < progs->nr; i++)
		if (progs->progs[i].id == id)
			return true;
	return false;
}

/*
 * Takes over @fd. Programs that are not Rex's are left out, and so is one that is there: it
 * may have several pins.
 */
static int progs_add(struct rexctl_progs *progs, int fd)
{
	struct rexctl_prog prog, *all;
	int err = rexctl_prog_of_fd(fd, &prog);

	if (err || progs_has(progs, prog.id)) {
		close(fd);
		return err == -ENOENT ? 0 : err;
	}
	all = realloc(progs->progs, (progs->nr + 1) * sizeof(*all));
	if (!all) {
		close(fd);
		return -ENOMEM;
	}
	progs->progs = all;
	all[progs->nr++] = prog;
	return 0;
}

void rexctl_progs_free(struct rexctl_progs *progs)
{
	size_t i;

	for (i = 0; i < progs->nr; i++)
		if (progs->progs[i].fd >= 0)
			close(progs->progs[i].fd);
	free(progs->progs);
	memset(progs, 0, sizeof(*progs));
}

/* Keeps the programs named @name. */
static void progs_keep_named(struct rexctl_progs *progs, const char *name)
{
	size_t i, kept = 0;

	for (i = 0; i < progs->nr; i++) {
		if (!strcmp(progs->progs[i].info.name, name)) {
			progs->progs[kept++] = progs->progs[i];
			continue;
		}
		close(progs->progs[i].fd);
	}
	progs->nr = kept;
}

static int progs_read_all(struct rexctl_progs *progs)
{
	__u32 id = 0;
	int err, fd;

	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0 && errno == ENOENT)
			continue; /* freed meanwhile */
		if (fd < 0)
			return rexctl_fail_errno(errno,
						 "cannot open BPF program %u",
						 id);
		err = progs_add(progs, fd);
		if (err)
			return rexctl_fail_errno(err,
						 "cannot ask for BPF program %u",
						 id);
	}
	if (errno != ENOENT)
		return rexctl_fail_errno(errno, "cannot list BPF programs");
	return REXCTL_OK;
}

static int progs_read_id(struct rexctl_progs *progs, const char *ref)
{
	int fd = bpf_prog_get_fd_by_id(strtoul(ref, NULL, 10));
	int err;

	if (fd < 0 && errno == ENOENT)
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "there is no program with the id %s; rexctl "
				   "list shows which there are",
				   ref);
	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot open program %s", ref);
	err = progs_add(progs, fd);
	if (err)
		return rexctl_fail_errno(err, "cannot ask for program %s", ref);
	if (!progs->nr)
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "BPF program %s is none of Rex: bpftool "
				   "prog show id %s",
				   ref, ref);
	return REXCTL_OK;
}

/* Opens the program that is pinned at @path, or that of the link that is. */
static int progs_open_pin(const char *path)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	struct rexctl_pin pin;
	int fd, err;

	if (rexctl_pin_of(path, &pin) || pin.kind == REXCTL_PIN_MAP)
		return -ENOENT;
	fd = bpf_obj_get(path);
	if (fd < 0 || pin.kind == REXCTL_PIN_PROG)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	return err ? err : bpf_prog_get_fd_by_id(info.prog_id);
}

bool rexctl_pin_is_of_rex(const char *path)
{
	int fd = progs_open_pin(path);
	struct rexctl_prog prog;
	bool found;

	if (fd < 0)
		return false;
	found = !rexctl_prog_of_fd(fd, &prog);
	close(fd);
	return found;
}

/*
 * All programs that are pinned in folder @path, and those of links that are: programs at
 * many functions have pins of their links alone. Other pins are left out.
 */
static int progs_read_dir(struct rexctl_progs *progs, const char *path)
{
	char name[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(path);
	int fd, err = 0;

	if (!dir)
		return rexctl_fail_errno(errno, "%s", path);
	while (!err && (entry = readdir(dir))) {
		if (entry->d_type == DT_DIR)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		fd = progs_open_pin(name);
		if (fd >= 0)
			err = progs_add(progs, fd);
	}
	closedir(dir);
	if (err)
		return rexctl_fail_errno(err, "%s", name);
	if (!progs->nr)
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "no Rex program, and no link of one, is pinned in %s",
				   path);
	return REXCTL_OK;
}

static int progs_read_path(struct rexctl_progs *progs, const char *path)
{
	struct stat st;
	int err, fd;

	if (stat(path, &st))
		return rexctl_fail_errno(errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return progs_read_dir(progs, path);
	fd = bpf_obj_get(path);
	if (fd < 0 && (errno == EACCES || errno == EINVAL) &&
	    !access(path, R_OK))
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "%s is no pin: pins are on a BPF file "
				   "system, usually below /sys/fs/bpf",
				   path);
	if (fd < 0)
		return rexctl_fail_errno(errno, "cannot open the pin %s", path);
	err = progs_add(progs, fd);
	if (err)
		return rexctl_fail_errno(err, "%s", path);
	if (!progs->nr)
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "the pin %s is not a Rex program", path);
	return REXCTL_OK;
}

static int progs_read_name(struct rexctl_progs *progs, const char *name)
{
	int status = progs_read_all(progs);

	if (status)
		return status;
	progs_keep_named(progs, name);
	if (!progs->nr)
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "no Rex program in the kernel is named %s; "
				   "rexctl list shows which there are",
				   name);
	return REXCTL_OK;
}

int rexctl_progs_read(struct rexctl_progs *progs, const char *ref)
{
	struct rex_version version = { .size = sizeof(version) };

	memset(progs, 0, sizeof(*progs));
	if (rex_version(&version))
		return rexctl_fail_librex();
	if (!ref)
		return progs_read_all(progs);
	if (strchr(ref, '/'))
		return progs_read_path(progs, ref);
	if (isdigit((unsigned char)ref[0]) &&
	    strspn(ref, "0123456789") == strlen(ref))
		return progs_read_id(progs, ref);
	return progs_read_name(progs, ref);
}

int rexctl_progs_read_one(struct rexctl_progs *progs, const char *ref)
{
	int status = rexctl_progs_read(progs, ref);
	size_t i;

	if (status || progs->nr == 1)
		return status;
	rexctl_fail(REXCTL_NOT_FOUND,
		    "%s names %zu programs; say which one:", ref, progs->nr);
	for (i = 0; i < progs->nr; i++)
		rexctl_hint("%u: %s, image %u", progs->progs[i].id,
			    progs->progs[i].info.name,
			    progs->progs[i].info.image_id);
	return REXCTL_NOT_FOUND;
}

json_t *rexctl_hash_json(const __u8 *hash)
{
	char text[2 * REX_SHA256_LEN + 1];
	int i;

	for (i = 0; i < REX_SHA256_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", hash[i]);
	return json_string(text);
}

json_t *rexctl_prog_json(const struct rexctl_prog *prog)
{
	const struct rex_prog_info *info = &prog->info;
	json_t *causes = json_object(), *maps = json_array();
	json_t *json;
	__u32 i;

	for (i = 0; i < info->nr_map_ids && i < ARRAY_LEN(prog->map_ids); i++)
		json_array_append_new(maps, json_integer(prog->map_ids[i]));
	for (i = 0; i < ARRAY_LEN(progs_causes); i++)
		json_object_set_new(causes, rexctl_cause_name(i),
				    json_integer(info->faults_by_cause[i]));
	json = json_pack("{sI,ss,ss,ss,sI,ss,ss,sI,si,sI,sI,sI,sI,so,sI,sI,sI,sI,sI,sI,sI,sI,sI,sI,sI,si,so}",
			 "id", (json_int_t)prog->id, "name", info->name, "type",
			 rexctl_prog_type_name(info->type), "section",
			 info->section, "image", (json_int_t)info->image_id,
			 "object", info->image_name, "state",
			 info->state == REX_PROG_LIVE ? "live" : "dead",
			 "timeout_ms", (json_int_t)info->timeout_ms,
			 "default_ret", info->default_ret, "bindings",
			 (json_int_t)info->nr_bindings, "runs",
			 (json_int_t)info->runs, "skipped",
			 (json_int_t)info->skipped, "faults",
			 (json_int_t)info->faults, "faults_by_cause", causes,
			 "time_ns", (json_int_t)info->time, "longest_run_ns",
			 (json_int_t)info->longest_run, "memory",
			 (json_int_t)info->memory, "heap_size",
			 (json_int_t)info->heap_size, "heap_used",
			 (json_int_t)info->heap_used, "heap_failed",
			 (json_int_t)info->heap_failed, "restarts",
			 (json_int_t)info->restarts, "restarts_per_min",
			 (json_int_t)info->restarts_per_min, "errors",
			 (json_int_t)info->errors, "missed",
			 (json_int_t)info->missed, "lost_records",
			 (json_int_t)info->lost_records, "last_error",
			 info->last_error, "map_ids", maps);
	json_object_set_new(json, "signer", rexctl_json_text(info->signer));
	json_object_set_new(json, "sha256", rexctl_hash_json(info->sha256));
	return json;
}
