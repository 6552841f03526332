// SPDX-License-Identifier: GPL-2.0
/*
 * Pins are files on BPF file systems; each is opened to find its object.
 */
#include <errno.h>
#include <ftw.h>
#include <linux/magic.h>
#include <mntent.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "links.h"

#define BPFFS "/sys/fs/bpf"

static const char *const pin_words[] = {
	[REXCTL_PIN_PROG] = "prog_id:",
	[REXCTL_PIN_MAP] = "map_id:",
	[REXCTL_PIN_LINK] = "link_id:",
};

/* A descriptor of a link has the lines of its program too: "link_id" comes before. */
static int pins_identify(int fd, struct rexctl_pin *pin)
{
	char path[64], line[256];
	int kind, found = -ENOENT;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		for (kind = REXCTL_PIN_PROG; kind <= REXCTL_PIN_LINK; kind++) {
			size_t len = strlen(pin_words[kind]);

			if (strncmp(line, pin_words[kind], len) ||
			    (!found && kind != REXCTL_PIN_LINK))
				continue;
			pin->kind = kind;
			pin->id = strtoul(line + len, NULL, 10);
			found = 0;
		}
	}
	if (file)
		fclose(file);
	return found;
}

int rexctl_pin_of(const char *path, struct rexctl_pin *pin)
{
	int fd = bpf_obj_get(path);
	int err;

	if (fd < 0)
		return -ENOENT;
	err = pins_identify(fd, pin);
	close(fd);
	return err;
}

/* nftw() has no argument for its function. */
static struct rexctl_pins *pins_read;

static int pins_visit(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	struct rexctl_pin pin, *all;

	(void)st;
	(void)ftw;
	if (type != FTW_F || rexctl_pin_of(path, &pin))
		return 0;
	all = realloc(pins_read->pins, (pins_read->nr + 1) * sizeof(*all));
	if (!all)
		return 1;
	pins_read->pins = all;
	pin.path = strdup(path);
	if (!pin.path)
		return 1;
	all[pins_read->nr++] = pin;
	return 0;
}

void rexctl_pins_read(struct rexctl_pins *pins)
{
	struct mntent *entry;
	FILE *mounts;

	memset(pins, 0, sizeof(*pins));
	pins_read = pins;
	mounts = setmntent("/proc/self/mounts", "re");
	while (mounts && (entry = getmntent(mounts)))
		if (!strcmp(entry->mnt_type, "bpf"))
			nftw(entry->mnt_dir, pins_visit, 16, FTW_PHYS);
	if (mounts)
		endmntent(mounts);
}

int rexctl_pins_remove(const struct rexctl_pins *pins,
		       enum rexctl_pin_kind kind, __u32 id)
{
	size_t i;

	/* A file system that is mounted twice has each pin at two paths. */
	for (i = 0; i < pins->nr; i++)
		if (pins->pins[i].kind == kind && pins->pins[i].id == id &&
		    unlink(pins->pins[i].path) && errno != ENOENT)
			return rexctl_fail_errno(errno, "cannot remove %s",
						 pins->pins[i].path);
	return REXCTL_OK;
}

void rexctl_pins_free(struct rexctl_pins *pins)
{
	while (pins->nr)
		free(pins->pins[--pins->nr].path);
	free(pins->pins);
	pins->pins = NULL;
}

/* Where it is not mounted, the folder is one of sysfs, which gives EPERM as well. */
void rexctl_hint_pin(int err)
{
	struct statfs fs;

	if (statfs(BPFFS, &fs) || fs.f_type != BPF_FS_MAGIC)
		rexctl_hint("mount -t bpf none " BPFFS);
	else if (err == EPERM)
		rexctl_hint("a pin is on a BPF file system, below " BPFFS
			    ", where no name has a dot");
	else
		rexctl_hint("a pin is on a BPF file system: below " BPFFS);
}
