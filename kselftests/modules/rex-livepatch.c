// SPDX-License-Identifier: GPL-2.0
/*
 * A livepatch. It replaces a function at which tests have programs, or the one by which rex.ko
 * sees page faults.
 */
#include <linux/livepatch.h>
#include <linux/module.h>

static bool oops;
module_param(oops, bool, 0444);
MODULE_PARM_DESC(oops,
		 "replace page_fault_oops() in place of bpf_fentry_test1()");

static unsigned long calls;
module_param(calls, ulong, 0444);
MODULE_PARM_DESC(
	calls, "calls of the new function, which one process at a time makes");

static int new_fentry_test1(int a)
{
	WRITE_ONCE(calls, calls + 1);
	return a + 1;
}

static void new_page_fault_oops(struct pt_regs *regs, unsigned long error_code,
				unsigned long address)
{
	panic("a page fault at %lx, which no test makes meanwhile", address);
}

static struct klp_func funcs[] = {
	{ .old_name = "bpf_fentry_test1", .new_func = new_fentry_test1 },
	{},
};

static struct klp_object objs[] = {
	{ .funcs = funcs },
	{},
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init rex_livepatch_init(void)
{
	if (oops) {
		funcs[0].old_name = "page_fault_oops";
		funcs[0].new_func = new_page_fault_oops;
	}
	return klp_enable_patch(&patch);
}
module_init(rex_livepatch_init);

/* The kernel removes the module after the patch is disabled. */
static void __exit rex_livepatch_exit(void)
{
}
module_exit(rex_livepatch_exit);

MODULE_DESCRIPTION("A livepatch for the tests of rex.ko");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
