// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/panic.h>
#include <linux/sched.h>

#include "security.h"
#include "selftest.h"

unsigned int rex_unprotected __ro_after_init;
module_param_named(unprotected, rex_unprotected, uint, 0400);
MODULE_PARM_DESC(unprotected,
		 "for the test suite: protections that are off (selftest.h)");

static bool selftest __ro_after_init;
module_param(selftest, bool, 0400);
MODULE_PARM_DESC(selftest, "for the test suite: its hooks can be used");

static unsigned int other_kernel __initdata;
module_param(other_kernel, uint, 0);
MODULE_PARM_DESC(other_kernel,
		 "for the test suite: pretended kernels (selftest.h)");

bool __init rex_selftest_is_other(unsigned int what)
{
	return other_kernel & what;
}

/* Allows a hook of the test suite, and taints the kernel. 0 or -EPERM. */
static int selftest_allow(void)
{
	if (rex_locked_down())
		return -EPERM;
	add_taint(TAINT_TEST, LOCKDEP_STILL_OK);
	return 0;
}

/* Set a parameter to a value of at most @max. */
static int selftest_set_uint(const char *val, unsigned int *to,
			     unsigned int max)
{
	unsigned int n;
	int ret = kstrtouint(val, 0, &n);

	if (ret)
		return ret;
	if (!selftest) {
		pr_notice_once(
			"a parameter of the test suite was not set: it needs insmod rex.ko selftest=1, before all others\n");
		return -EPERM;
	}
	if (n > max)
		return -EINVAL;
	ret = selftest_allow();
	if (!ret)
		WRITE_ONCE(*to, n);
	return ret;
}

static DEFINE_SPINLOCK(fail_lock);
static unsigned int fail_step;
static struct task_struct *fail_task;

static int selftest_set_fail_step(const char *val,
				  const struct kernel_param *kp)
{
	unsigned int n;
	int ret = selftest_set_uint(val, &n, UINT_MAX);

	if (ret)
		return ret;
	spin_lock(&fail_lock);
	fail_step = n;
	fail_task = n ? current : NULL;
	spin_unlock(&fail_lock);
	return 0;
}

static const struct kernel_param_ops fail_step_ops = {
	.set = selftest_set_fail_step,
	.get = param_get_uint,
};
module_param_cb(fail_step, &fail_step_ops, &fail_step, 0600);
MODULE_PARM_DESC(fail_step,
		 "for the test suite: the n-th step of a load or bind fails");

/* @fail_task is only compared. */
bool rex_selftest_fail_step(void)
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

/*
 * Only the task that steps counts, and it writes the number when it does not step.
 * @stepped: a step of a run has been seen since then. From there on, all steps of the task
 * in the kernel follow from the test's trap flag, until it writes the number again: code
 * that has saved the flags in between (a trampoline of ftrace, user_access_save()) restores
 * the trap flag after the run was stopped, perhaps several times, one in another. A task
 * that exits leaves this behind: the pointer is only compared.
 */
static unsigned int kill_step;
static struct task_struct *kill_task;
static bool stepped;

static int selftest_set_kill_step(const char *val,
				  const struct kernel_param *kp)
{
	int ret = selftest_set_uint(val, &kill_step, UINT_MAX);

	if (!ret) {
		WRITE_ONCE(stepped, false);
		WRITE_ONCE(kill_task, kill_step ? current : NULL);
	}
	return ret;
}

static const struct kernel_param_ops kill_step_ops = {
	.set = selftest_set_kill_step,
	.get = param_get_uint,
};
module_param_cb(kill_step, &kill_step_ops, &kill_step, 0600);
MODULE_PARM_DESC(kill_step,
		 "for the test suite: stop a run at its n-th single step");

enum rex_step rex_selftest_step(bool in_run, bool on_level)
{
	unsigned int left = READ_ONCE(kill_step);

	if (READ_ONCE(kill_task) != current)
		return REX_STEP_OF_OTHERS;
	if (!left || !on_level)
		return stepped ? REX_STEP_END : REX_STEP_OF_OTHERS;
	if (!in_run)
		return stepped ? REX_STEP_GO_ON : REX_STEP_OF_OTHERS;
	stepped = true;
	WRITE_ONCE(kill_step, left - 1);
	return left > 1 ? REX_STEP_GO_ON : REX_STEP_KILL;
}
NOKPROBE_SYMBOL(rex_selftest_step);

/* A number of the test suite's, up to @_max, which is set at any time. */
#define SELFTEST_UINT(_name, _max)                                     \
	static unsigned int _name;                                     \
	static int selftest_set_##_name(const char *val,               \
					const struct kernel_param *kp) \
	{                                                              \
		return selftest_set_uint(val, &(_name), _max);         \
	}                                                              \
	static const struct kernel_param_ops _name##_ops = {           \
		.set = selftest_set_##_name,                           \
		.get = param_get_uint,                                 \
	};                                                             \
	module_param_cb(_name, &_name##_ops, &(_name), 0600)

SELFTEST_UINT(late_nmi, REX_LATE_NMI_MAX_US);
MODULE_PARM_DESC(late_nmi,
		 "for the test suite: us until an announced NMI is sent");

void rex_selftest_late_nmi(void)
{
	unsigned int us = READ_ONCE(late_nmi);

	if (unlikely(us))
		udelay(us);
}

SELFTEST_UINT(unchecked, 1);
MODULE_PARM_DESC(unchecked, "for the test suite: code is loaded unchecked");

bool rex_selftest_unchecked(void)
{
	return READ_ONCE(unchecked);
}

SELFTEST_UINT(undeleted, 1);
MODULE_PARM_DESC(undeleted, "for the test suite: deleted values have no limit");

bool rex_selftest_undeleted(void)
{
	return READ_ONCE(undeleted);
}

SELFTEST_UINT(lacking, UINT_MAX);
MODULE_PARM_DESC(lacking, "for the test suite: features that no CPU has");

u32 rex_selftest_lacking(void)
{
	return READ_ONCE(lacking);
}

int __init rex_selftest_init(void)
{
	if (!rex_unprotected && !other_kernel)
		return 0;
	if (selftest_allow()) {
		pr_err("unprotected=, other_kernel=: the kernel is locked down\n");
		return -EPERM;
	}
	if (!rex_unprotected)
		return 0;
	pr_warn("protections 0x%x are off, programs can crash this kernel\n",
		rex_unprotected);
	return 0;
}
