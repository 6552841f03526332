// SPDX-License-Identifier: GPL-2.0
/*
 * Programs are attached to interfaces and to cgroups here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <unistd.h>

#include "attach.h"

/* These came with Linux 6.6, after the headers of Debian 12. */
#define ATTACH_TCX_INGRESS 46
#define ATTACH_TCX_EGRESS 47

/*
 * Returns the index of the interface that @rest begins with; *@option is what
 * follows '/'.
 */
static int net_interface(const char *target, const char *rest,
			 const char **option)
{
	const char *slash = strchr(rest, '/');
	struct if_nameindex *all, *each;
	char name[IF_NAMESIZE];
	int index;

	*option = slash ? slash + 1 : "";
	snprintf(name, sizeof(name), "%.*s",
		 (int)(slash ? (size_t)(slash - rest) : strlen(rest)), rest);
	index = if_nametoindex(name);
	if (index)
		return index;
	rexctl_fail(REXCTL_NOT_FOUND, "%s: there is no interface '%s'", target,
		    name);
	all = if_nameindex();
	for (each = all; each && each->if_index; each++)
		rexctl_hint("there is %s", each->if_name);
	if (all)
		if_freenameindex(all);
	return 0;
}

int rexctl_attach_dev(const struct rexctl_attachee *who, const char *target,
		      const char *rest, struct rexctl_links *links)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	const char *mode;
	int index = net_interface(target, rest, &mode);
	int fd;

	if (!index)
		return REXCTL_NOT_FOUND;
	if (!strcmp(mode, "skb"))
		opts.flags = XDP_FLAGS_SKB_MODE;
	else if (!strcmp(mode, "drv"))
		opts.flags = XDP_FLAGS_DRV_MODE;
	else if (*mode)
		return rexctl_fail(REXCTL_USAGE,
				   "%s: a mode of XDP is skb or drv, not '%s'",
				   target, mode);
	fd = bpf_link_create(who->fd, index, BPF_XDP, &opts);
	if (fd < 0 && errno == EBUSY)
		return rexctl_fail(
			REXCTL_FAILED,
			"cannot attach %s to %s: the interface has an XDP program already; ip link show names it",
			who->name, target);
	if (fd < 0 && errno == EOPNOTSUPP && opts.flags)
		return rexctl_fail(
			REXCTL_FAILED,
			"cannot attach %s to %s: its driver has no XDP; leave '/%s' out",
			who->name, target, mode);
	return rexctl_link_add(links, who, target, fd);
}

/* ---- tc ---------------------------------------------------------------------- */

static struct bpf_tc_hook tc_hook(int ifindex, bool egress)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);

	return hook;
}

int rexctl_tc_detach(int ifindex, bool egress, __u32 id)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = id,
		    .priority = REXCTL_TC_PRIORITY);
	struct bpf_tc_hook hook = tc_hook(ifindex, egress);

	return bpf_tc_detach(&hook, &opts);
}

bool rexctl_tc_attached(int ifindex, bool egress, __u32 id)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = id,
		    .priority = REXCTL_TC_PRIORITY);
	struct bpf_tc_hook hook = tc_hook(ifindex, egress);

	return !bpf_tc_query(&hook, &opts) && opts.prog_id == id;
}

/* The filter's handle is the id of the program, so that it can be found again. */
static int tc_attach_filter(const struct rexctl_attachee *who,
			    const char *target, int index, bool egress,
			    struct rexctl_links *links)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = who->fd,
		    .priority = REXCTL_TC_PRIORITY);
	struct bpf_tc_hook hook = tc_hook(index, egress);
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int err;

	if (bpf_obj_get_info_by_fd(who->fd, &info, &len))
		return rexctl_fail_errno(errno, "cannot ask for program %s",
					 who->name);
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return rexctl_fail_errno(err,
					 "cannot make the clsact qdisc for %s",
					 target);
	opts.handle = info.id;
	err = bpf_tc_attach(&hook, &opts);
	if (err)
		return rexctl_fail_errno(err, "cannot attach %s to %s",
					 who->name, target);
	/* No descriptor stands for a filter; one of the program takes its place. */
	err = rexctl_link_add(links, who, target,
			      fcntl(who->fd, F_DUPFD_CLOEXEC, 0));
	if (err) {
		rexctl_tc_detach(index, egress, info.id);
		return err;
	}
	links->links[links->nr - 1].handle = info.id;
	links->links[links->nr - 1].ifindex = index;
	links->links[links->nr - 1].egress = egress;
	return REXCTL_OK;
}

int rexctl_attach_tcx(const struct rexctl_attachee *who, const char *target,
		      const char *rest, struct rexctl_links *links)
{
	const char *direction;
	int index = net_interface(target, rest, &direction);
	bool egress = !strcmp(direction, "egress");
	int fd;

	if (!index)
		return REXCTL_NOT_FOUND;
	if (!egress && strcmp(direction, "ingress"))
		return rexctl_fail(REXCTL_USAGE,
				   "%s: say tcx:%.*s/ingress or tcx:%.*s/egress",
				   target, (int)strcspn(rest, "/"), rest,
				   (int)strcspn(rest, "/"), rest);
	fd = bpf_link_create(who->fd, index,
			     egress ? ATTACH_TCX_EGRESS : ATTACH_TCX_INGRESS,
			     NULL);
	if (fd < 0 && errno == EINVAL)
		return tc_attach_filter(who, target, index, egress, links);
	return rexctl_link_add(links, who, target, fd);
}

/* ---- cgroups ----------------------------------------------------------------- */

static enum bpf_attach_type
attach_cgroup_type(const struct rexctl_attachee *who)
{
	if (who->type == BPF_PROG_TYPE_CGROUP_DEVICE)
		return BPF_CGROUP_DEVICE;
	return strcmp(who->section, "cgroup_skb/egress") ?
		       BPF_CGROUP_INET_INGRESS :
		       BPF_CGROUP_INET_EGRESS;
}

int rexctl_attach_cgroup(const struct rexctl_attachee *who, const char *target,
			 const char *rest, struct rexctl_links *links)
{
	int dir = open(rest, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd, err;

	if (dir < 0)
		return rexctl_fail_errno(errno, "%s: cannot open the cgroup",
					 target);
	fd = bpf_link_create(who->fd, dir, attach_cgroup_type(who), NULL);
	err = errno;
	close(dir);
	if (fd < 0 && err == EBADF)
		return rexctl_fail(
			REXCTL_NOT_FOUND,
			"%s: %s is no cgroup of version 2; they are usually below /sys/fs/cgroup",
			target, rest);
	errno = err;
	return rexctl_link_add(links, who, target, fd);
}
