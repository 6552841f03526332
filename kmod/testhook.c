// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "testhook.h"
#include "trust.h"

unsigned int rex_unprotected __ro_after_init;
module_param_named(unprotected, rex_unprotected, uint, 0400);
MODULE_PARM_DESC(unprotected,
		 "for the test suite: protections that are off (testhook.h)");

static DEFINE_SPINLOCK(fail_lock);
static unsigned int fail_step;
static struct task_struct *fail_task;

static int set_fail_step(const char *val, const struct kernel_param *kp)
{
	unsigned int n;
	int ret = kstrtouint(val, 0, &n);

	if (ret)
		return ret;
	spin_lock(&fail_lock);
	fail_step = n;
	fail_task = n ? current : NULL;
	spin_unlock(&fail_lock);
	return 0;
}

static const struct kernel_param_ops fail_step_ops = {
	.set = set_fail_step,
	.get = param_get_uint,
};
module_param_cb(fail_step, &fail_step_ops, &fail_step, 0600);
MODULE_PARM_DESC(fail_step,
		 "for the test suite: the n-th step of a load or bind fails");

/* @fail_task is only compared. */
bool rex_testhook_fail_step(void)
{
	bool fail = false;

	if (likely(!READ_ONCE(fail_task)))
		return false;
	spin_lock(&fail_lock);
	if (fail_task == current && fail_step && --fail_step == 0) {
		fail_task = NULL;
		fail = true;
	}
	spin_unlock(&fail_lock);
	return fail;
}

/* Counted by the one CPU that steps; written by the test while none does. */
static unsigned int kill_step;
module_param(kill_step, uint, 0600);
MODULE_PARM_DESC(kill_step,
		 "for the test suite: stop a run at its n-th single step");

bool rex_testhook_steps(void)
{
	return READ_ONCE(kill_step);
}

bool rex_testhook_kill_step(void)
{
	unsigned int left = READ_ONCE(kill_step) - 1;

	WRITE_ONCE(kill_step, left);
	return !left;
}

static unsigned int late_nmi;
module_param(late_nmi, uint, 0600);
MODULE_PARM_DESC(late_nmi,
		 "for the test suite: us until an announced NMI is sent");

void rex_testhook_late_nmi(void)
{
	unsigned int us = READ_ONCE(late_nmi);

	if (unlikely(us))
		udelay(us);
}

int __init rex_testhook_init(void)
{
	if (!rex_unprotected)
		return 0;
	if (rex_locked_down()) {
		pr_err("unprotected=: the kernel is locked down\n");
		return -EPERM;
	}
	pr_warn("protections 0x%x are off, programs can crash this kernel\n",
		rex_unprotected);
	return 0;
}
