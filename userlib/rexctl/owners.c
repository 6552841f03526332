// SPDX-License-Identifier: GPL-2.0
/*
 * Maps whose values belong to tasks or cgroups. Programs of userspace name an owner by a
 * descriptor; users of rexctl name a process by its id, and a cgroup by its folder.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <mntent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "maps.h"
#include "../../kmod/mapkind.h"

bool rexctl_map_is_owned(const struct rexctl_map *map)
{
	return rex_map_kind(map->info.type).access == REX_MAP_OWNED;
}

static bool owners_are_cgroups(const struct rexctl_map *map)
{
	return map->info.type == BPF_MAP_TYPE_CGRP_STORAGE;
}

static int owners_open_cgroup(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int owners_open_process(const char *pid)
{
	return syscall(SYS_pidfd_open, atoi(pid), 0);
}

static bool owners_is_number(const char *text)
{
	return isdigit((unsigned char)text[0]) &&
	       strspn(text, "0123456789") == strlen(text) && strlen(text) < 10;
}

int rexctl_owner_open(const struct rexctl_map *map, const char *name, int *fd)
{
	if (owners_are_cgroups(map)) {
		*fd = owners_open_cgroup(name);
		if (*fd >= 0)
			return REXCTL_OK;
		return rexctl_fail(REXCTL_NOT_FOUND,
				   "cannot open the folder %s of a cgroup: %s",
				   name, strerror(errno));
	}
	if (!owners_is_number(name))
		return rexctl_fail(REXCTL_USAGE,
				   "the key of map %s is the id of a process, not '%s'",
				   map->info.name, name);
	*fd = owners_open_process(name);
	if (*fd >= 0)
		return REXCTL_OK;
	return rexctl_fail(REXCTL_NOT_FOUND, "there is no process %s: %s", name,
			   strerror(errno));
}

/* nftw() has no argument for its function. */
static rexctl_owner_fn owners_visit;
static void *owners_arg;

static int owners_visit_folder(const char *path, const struct stat *st,
			       int type, struct FTW *ftw)
{
	int fd;

	(void)st;
	(void)ftw;
	if (type != FTW_D)
		return 0;
	fd = owners_open_cgroup(path);
	if (fd < 0)
		return 0; /* it has just been removed */
	owners_visit(owners_arg, path, fd);
	close(fd);
	return 0;
}

static int owners_each_cgroup(void)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	char root[PATH_MAX] = "";
	struct mntent *entry;

	while (mounts && !root[0] && (entry = getmntent(mounts)))
		if (!strcmp(entry->mnt_type, "cgroup2"))
			snprintf(root, sizeof(root), "%s", entry->mnt_dir);
	if (mounts)
		endmntent(mounts);
	if (!root[0])
		return rexctl_fail(REXCTL_FAILED,
				   "no file system of type cgroup2 is mounted");
	nftw(root, owners_visit_folder, 16, FTW_PHYS | FTW_MOUNT);
	return REXCTL_OK;
}

static int owners_each_process(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int fd;

	if (!proc)
		return rexctl_fail_errno(errno, "/proc");
	while ((entry = readdir(proc))) {
		if (!owners_is_number(entry->d_name))
			continue;
		fd = owners_open_process(entry->d_name);
		if (fd < 0)
			continue; /* it has just ended */
		owners_visit(owners_arg, entry->d_name, fd);
		close(fd);
	}
	closedir(proc);
	return REXCTL_OK;
}

int rexctl_owners_each(const struct rexctl_map *map, rexctl_owner_fn visit,
		       void *arg)
{
	owners_visit = visit;
	owners_arg = arg;
	return owners_are_cgroups(map) ? owners_each_cgroup() :
					 owners_each_process();
}

json_t *rexctl_owner_json(const struct rexctl_map *map, const char *name)
{
	return owners_are_cgroups(map) ? json_string(name) :
					 json_integer(atoi(name));
}
