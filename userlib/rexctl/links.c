// SPDX-License-Identifier: GPL-2.0
/*
 * The links of programs are found by asking all links of the kernel for their program.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <unistd.h>

#include "attach.h"
#include "links.h"

/* These came with Linux 6.6, after the headers of Debian 12. */
#define LINK_TYPE_TCX 11
#define ATTACH_TCX_INGRESS 46

static const char *links_interface(__u32 index, char *name)
{
	if (!index)
		return strcpy(name, "?"); /* the interface is gone */
	return if_indextoname(index, name) ?: strcpy(name, "?");
}

static void links_describe(int fd, const struct bpf_link_info *info, char *text,
			   size_t size)
{
	/* The members of each type begin here; tcx has an index and a type. */
	const __u32 *members = &info->xdp.ifindex;
	struct bpf_link_info named = {};
	__u32 len = sizeof(named);
	char name[128] = "";

	switch (info->type) {
	case BPF_LINK_TYPE_XDP:
		snprintf(text, size, "dev:%s",
			 links_interface(members[0], name));
		return;
	case LINK_TYPE_TCX:
		snprintf(text, size, "tcx:%s/%s",
			 links_interface(members[0], name),
			 members[1] == ATTACH_TCX_INGRESS ? "ingress" :
							    "egress");
		return;
	case BPF_LINK_TYPE_CGROUP:
		snprintf(text, size, "cgroup with the id %llu",
			 info->cgroup.cgroup_id);
		return;
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		named.raw_tracepoint.tp_name = (uintptr_t)name;
		named.raw_tracepoint.tp_name_len = sizeof(name);
		bpf_obj_get_info_by_fd(fd, &named, &len);
		snprintf(text, size, "raw_tp:%s", name);
		return;
	case BPF_LINK_TYPE_ITER:
		named.iter.target_name = (uintptr_t)name;
		named.iter.target_name_len = sizeof(name);
		bpf_obj_get_info_by_fd(fd, &named, &len);
		snprintf(text, size, "iter/%s", name);
		return;
	default:
		snprintf(text, size, "%s",
			 libbpf_bpf_link_type_str(info->type) ?: "unknown");
	}
}

static void links_each_tc(__u32 id,
			  void (*fn)(int fd, __u32 link_id, const char *text,
				     void *arg),
			  void *arg)
{
	struct if_nameindex *all = if_nameindex(), *each;
	char text[64];
	int egress;

	for (each = all; each && each->if_index; each++)
		for (egress = 0; egress < 2; egress++) {
			if (!rexctl_tc_attached(each->if_index, egress, id))
				continue;
			snprintf(text, sizeof(text), "tcx:%s/%s (clsact)",
				 each->if_name, egress ? "egress" : "ingress");
			fn(-1, 0, text, arg);
		}
	if (all)
		if_freenameindex(all);
}

static bool links_is_tc(__u32 id)
{
	int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	bool tc;

	if (fd < 0)
		return false;
	tc = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
	     info.type == BPF_PROG_TYPE_SCHED_CLS;
	close(fd);
	return tc;
}

void rexctl_links_each(__u32 id,
		       void (*fn)(int fd, __u32 link_id, const char *text,
				  void *arg),
		       void *arg)
{
	struct bpf_link_info info;
	__u32 link_id = 0, len;
	char text[192];
	int fd;

	while (!bpf_link_get_next_id(link_id, &link_id)) {
		fd = bpf_link_get_fd_by_id(link_id);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) &&
		    info.prog_id == id) {
			links_describe(fd, &info, text, sizeof(text));
			fn(fd, link_id, text, arg);
		}
		close(fd);
	}
	if (links_is_tc(id))
		links_each_tc(id, fn, arg);
}

static void links_collect(int fd, __u32 link_id, const char *text, void *arg)
{
	if (fd < 0)
		json_array_append_new(arg, rexctl_json_text(text));
	else
		json_array_append_new(arg, json_sprintf("%s, link %u", text,
							link_id));
}

json_t *rexctl_links_json(__u32 id)
{
	json_t *list = json_array();

	rexctl_links_each(id, links_collect, list);
	return list;
}

/* ---- the end of links --------------------------------------------------------- */

/* Returns whether a file of /proc/PID/fdinfo has the line "WHAT:\tID". */
static bool links_is_holder(const char *path, const char *what, __u32 id)
{
	FILE *file = fopen(path, "re");
	char line[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, what, strlen(what)) &&
			line[strlen(what)] == ':' &&
			strtoul(line + strlen(what) + 1, NULL, 10) == id;
	if (file)
		fclose(file);
	return found;
}

static bool links_process_holds(const char *pid, const char *what, __u32 id)
{
	char path[600];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", pid,
			 entry->d_name);
		found = links_is_holder(path, what, id);
	}
	if (dir)
		closedir(dir);
	return found;
}

void rexctl_hint_holders(const char *what, __u32 id)
{
	DIR *proc = opendir("/proc");
	char path[512], comm[32];
	struct dirent *entry;
	FILE *file;

	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    atoi(entry->d_name) == getpid() ||
		    !links_process_holds(entry->d_name, what, id))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "re");
		if (!file || !fgets(comm, sizeof(comm), file))
			strcpy(comm, "?\n");
		if (file)
			fclose(file);
		rexctl_hint("process %s, %.*s, has it open: end that process",
			    entry->d_name, (int)strcspn(comm, "\n"), comm);
	}
	if (proc)
		closedir(proc);
}

/* The kernel frees links a moment after their last reference. */
bool rexctl_link_is_gone(__u32 id)
{
	int fd, i;

	for (i = 0; i < 100; i++) {
		fd = bpf_link_get_fd_by_id(id);
		if (fd < 0)
			return true;
		close(fd);
		usleep(10000);
	}
	return false;
}

int rexctl_link_detach(int fd, __u32 id, const struct rexctl_pins *pins)
{
	bool detached = !bpf_link_detach(fd);
	int status = rexctl_pins_remove(pins, REXCTL_PIN_LINK, id);

	if (status)
		return status;
	return detached ? REXCTL_OK : -EBUSY;
}

struct links_detach {
	const struct rexctl_pins *pins;
	__u32 prog;
	unsigned int nr;
	int status;
	__u32 held[64]; /* links that may still be there */
	size_t nr_held;
};

static void links_detach_one(int fd, __u32 link_id, const char *text, void *arg)
{
	struct links_detach *d = arg;
	char name[64];
	int status;

	if (fd < 0) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(text + 4, "/"), text + 4);
		status = rexctl_tc_detach(if_nametoindex(name),
					  !!strstr(text, "/egress"), d->prog);
		if (status)
			d->status = rexctl_fail_errno(status,
						      "cannot detach %s", text);
		else
			d->nr++;
		return;
	}
	status = rexctl_link_detach(fd, link_id, d->pins);
	if (status > 0)
		d->status = status;
	else
		d->nr++;
	if (status == -EBUSY && d->nr_held < ARRAY_LEN(d->held))
		d->held[d->nr_held++] = link_id;
}

int rexctl_prog_detach(__u32 id, const char *name,
		       const struct rexctl_pins *pins, unsigned int *nr)
{
	struct links_detach d = { .pins = pins, .prog = id };
	size_t i;

	rexctl_links_each(id, links_detach_one, &d);
	for (i = 0; i < d.nr_held; i++) {
		if (rexctl_link_is_gone(d.held[i]))
			continue;
		d.nr--;
		d.status = rexctl_fail(REXCTL_FAILED,
				       "%s stays attached by link %u", name,
				       d.held[i]);
		rexctl_hint_holders("link_id", d.held[i]);
	}
	*nr += d.nr;
	return d.status;
}
