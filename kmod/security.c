// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/security.h>

#include "ksyms.h"
#include "security.h"

bool rex_locked_down(void)
{
	return security_locked_down(LOCKDOWN_MODULE_SIGNATURE);
}

/*
 * An object is native code for the kernel, so everything that keeps the caller from
 * loading a module keeps it from loading an object. Checks that are the same for all
 * callers come first. Then come the security modules, which may write to the audit log.
 * trust.c decides on signatures.
 */
int rex_security_may_load(struct rex_log *log)
{
	int ret;

	/* The right counts in the first user namespace; root of another one has no such right. */
	if (!capable(CAP_SYS_ADMIN) || !capable(CAP_SYS_MODULE)) {
		rex_log_err(log,
			    "loading an object needs CAP_SYS_ADMIN and CAP_SYS_MODULE, as loading a module does");
		return -EPERM;
	}
	if (READ_ONCE(*rex_ksyms.modules_disabled)) {
		rex_log_err(log,
			    "sysctl kernel.modules_disabled forbids new kernel code until the next boot");
		return -EPERM;
	}
	ret = security_kernel_load_data(LOADING_MODULE, true);
	if (ret)
		rex_log_err(log,
			    "a security module forbids loading modules (%d)",
			    ret);
	return ret;
}

int rex_security_check_object(void *data, size_t size, struct rex_log *log)
{
	int ret = security_kernel_post_load_data(data, size, LOADING_MODULE,
						 "rex");

	if (ret)
		rex_log_err(log, "a security module refuses the object (%d)",
			    ret);
	return ret;
}
