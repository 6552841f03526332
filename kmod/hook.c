// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/ftrace.h>

#include "hook.h"

int __init rex_hook(struct ftrace_ops *ops, unsigned long addr,
		    const char *name)
{
	int ret = ftrace_set_filter_ip(ops, addr, 0, 0);

	if (!ret)
		ret = register_ftrace_function(ops);
	if (ret) {
		pr_err("cannot hook %s (%d)%s\n", name, ret,
		       ret == -EBUSY ?
			       ": kernel.ftrace_enabled is 0, or a livepatch or another module has replaced it" :
			       "");
		ftrace_free_filter(ops);
	}
	return ret;
}

void rex_unhook(struct ftrace_ops *ops)
{
	unregister_ftrace_function(ops);
	ftrace_free_filter(ops);
}
