// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches programs to network devices.
 */
#include <linux/if_link.h>

#include "rex_net.h"

void attach_tc_at(struct rex_obj *obj, const char *name, int net,
		  const char *device, enum bpf_tc_attach_point point,
		  int priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = priority);
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int back = own_net(), err;

	enter(net);
	hook.ifindex = ifindex(device);
	/* There may be one already, of which libbpf complains. */
	err = bpf_tc_hook_create(&hook);
	libbpf_set_print(print);
	ASSERT_MSG(!err || err == -EEXIST, "clsact: %s", strerror(-err));
	opts.prog_fd = bpf_program__fd(program(obj, name));
	err = bpf_tc_attach(&hook, &opts);
	ASSERT_MSG(!err, "cannot attach %s: %s", name, strerror(-err));
	enter(back);
	close(back);
}

void attach_tc(struct rex_obj *obj, const char *name, int net,
	       const char *device, enum bpf_tc_attach_point point)
{
	attach_tc_at(obj, name, net, device, point, 0);
}

void attach_xdp(struct rex_obj *obj, const char *name, int net,
		const char *device)
{
	int fd = bpf_program__fd(program(obj, name)), back = own_net(), err;

	enter(net);
	err = bpf_xdp_attach(ifindex(device), fd, XDP_FLAGS_DRV_MODE, NULL);
	ASSERT_MSG(!err, "cannot attach %s: %s", name, strerror(-err));
	enter(back);
	close(back);
}
