// SPDX-License-Identifier: GPL-2.0
/*
 * rex.ko: kernel extensions in safe Rust on a stock kernel.
 *
 * These are the parts, in the order in which they start:
 *
 *	ksyms	private kernel symbols
 *	execmem	memory for code
 *	injectable	functions that may return an error without running
 *	digest	the digests of objects
 *	report	reports of faults
 *	images	the end of images
 *	resource memory for the lists of resources
 *	stack	stacks of programs, on each CPU
 *	stubs	emitted code shared by all programs
 *	shortcut operations of maps that rex.ko does by itself
 *	symtab	gates of the helpers, in the same memory
 *	helpers	functions that programs call
 *	fault	exceptions and page faults of programs
 *	stack_walk the kernel's walks of such stacks
 *	watchdog stops runs that take too long, and programs that take too much; it and the
 *		exceptions are tried once (fault_trial.h)
 *	bind	carriers and their programs
 *	dev	/dev/rex; from here on the module can be used
 */
#include <linux/cc_platform.h>
#include <linux/cpufeature.h>
#include <linux/module.h>

#include "bind.h"
#include "check.h"
#include "dev.h"
#include "digest.h"
#include "emit_stubs.h"
#include "execmem.h"
#include "fault.h"
#include "fault_trial.h"
#include "helpers.h"
#include "image.h"
#include "injectable.h"
#include "ksyms.h"
#include "load.h"
#include "probelink.h"
#include "report.h"
#include "resource.h"
#include "restart.h"
#include "selftest.h"
#include "shortcut.h"
#include "stack.h"
#include "stack_walk.h"
#include "symtab.h"
#include "tracepoints.h"
#include "trust.h"
#include "watchdog.h"

/*
 * Returns why programs cannot run on this machine, or NULL.
 *
 * In a guest with encrypted registers (SEV-ES, SEV-SNP), instructions that its hypervisor wants to
 * see make an exception, #VC. The kernel panics if it is on a stack that the kernel does not know.
 * In a PV guest of Xen, the CPU's flag for interrupts is always set, and pushf reads it.
 */
static const char *__init rex_why_unsupported(void)
{
	if (cc_platform_has(CC_ATTR_GUEST_STATE_ENCRYPT) ||
	    rex_selftest_is_other(REX_OTHER_ENCRYPTED))
		return "guests of SEV-ES and SEV-SNP are not supported yet: an exception of theirs (#VC) in a program would be a panic";
	if (boot_cpu_has(X86_FEATURE_XENPV) ||
	    rex_selftest_is_other(REX_OTHER_XEN))
		return "PV guests of Xen are not supported: programs could not ask whether interrupts are on";
	return NULL;
}

static int __init rex_init(void)
{
	const char *why = rex_why_unsupported();
	int ret;

	if (why) {
		pr_err("%s\n", why);
		return -EOPNOTSUPP;
	}
	ret = rex_ksyms_init();
	if (ret)
		return ret;
	rex_execmem_init();
	ret = rex_selftest_init();
	if (ret)
		return ret;
	ret = rex_ksyms_verify();
	if (ret)
		return ret;
	ret = rex_ringbuf_verify();
	if (ret)
		return ret;
	ret = rex_tracepoints_verify();
	if (ret)
		return ret;
	ret = rex_trust_init();
	if (ret)
		return ret;
	rex_digest_init();
	ret = rex_injectable_init();
	if (ret)
		goto err_digest;
	ret = rex_report_init();
	if (ret)
		goto err_injectable;
	ret = rex_restart_setup();
	if (ret)
		goto err_report;
	ret = rex_images_init();
	if (ret)
		goto err_restart;
	ret = rex_resource_init();
	if (ret)
		goto err_images;
	ret = rex_stack_init();
	if (ret)
		goto err_resource;
	ret = rex_stubs_init();
	if (ret)
		goto err_stack;
	rex_shortcuts_init();
	rex_symtab_init();
	rex_trial_emit();
	ret = rex_stubs_seal();
	if (ret)
		goto err_stubs;
	rex_helpers_init();
	rex_probelink_init();
	ret = rex_fault_init();
	if (ret)
		goto err_stubs;
	ret = rex_stack_walk_init();
	if (ret)
		goto err_fault;
	ret = rex_watchdog_init();
	if (ret)
		goto err_stack_walk;
	ret = rex_bind_init();
	if (ret)
		goto err_watchdog;
	ret = rex_dev_init();
	if (ret)
		goto err_bind;
	return 0;

err_bind:
	rex_bind_exit();
err_watchdog:
	rex_watchdog_exit();
err_stack_walk:
	rex_stack_walk_exit();
err_fault:
	rex_fault_exit();
err_stubs:
	rex_stubs_exit();
err_stack:
	rex_stack_exit();
err_resource:
	rex_resource_exit();
err_images:
	rex_images_exit();
err_restart:
	rex_restart_teardown();
err_report:
	rex_report_exit();
err_injectable:
	rex_injectable_exit();
err_digest:
	rex_digest_exit();
	rex_trust_exit();
	return ret;
}

/*
 * With CONFIG_MODULE_FORCE_UNLOAD, root can remove a module that is in use (rmmod -f). Programs run
 * on what rex_exit() frees, so it waits for the last reference. None is added, as the kernel takes
 * the module as going.
 */
static void __exit rex_await_last_reference(void)
{
#ifdef CONFIG_MODULE_FORCE_UNLOAD
	int refs = module_refcount(THIS_MODULE);

	if (refs <= 0)
		return;
	pr_warn("removed by force while %d references are held: waiting until programs are detached and descriptors closed\n",
		refs);
	while (module_refcount(THIS_MODULE) > 0) {
		/* A machine can be suspended meanwhile. */
		set_current_state(TASK_IDLE | TASK_FREEZABLE);
		schedule_timeout(HZ / 10);
	}
#endif
}

static void __exit rex_exit(void)
{
	rex_dev_exit();
	rex_await_last_reference();
	rex_bind_exit();
	rex_images_exit();
	rex_watchdog_exit();
	rex_stack_walk_exit();
	rex_fault_exit();
	rex_stubs_exit();
	rex_stack_exit();
	rex_resource_exit();
	rex_restart_teardown();
	rex_report_exit();
	rex_injectable_exit();
	rex_digest_exit();
	rex_trust_exit();
	rex_check_exit();
	rex_load_exit();
}

module_init(rex_init);
module_exit(rex_exit);

MODULE_DESCRIPTION("Kernel extensions in safe Rust");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
