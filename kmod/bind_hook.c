// SPDX-License-Identifier: GPL-2.0
/*
 * An ftrace hook on bpf_prog_free() reports that the kernel frees a carrier. The kernel
 * calls the function once for each BPF program, after the grace period that follows its
 * last use. A kprobe would not do: it is missed when it hits while another kprobe's
 * handler runs on the same CPU. Programs run in such handlers with interrupts on, and the
 * softirq that frees programs can interrupt them. An ftrace hook that asks for no guard
 * against recursion misses nothing.
 */
#include <linux/completion.h>
#include <linux/filter.h>
#include <linux/ftrace.h>

#include "bind_private.h"
#include "carrier.h"
#include "hook.h"
#include "ksyms.h"
#include "selftest.h"

/* rex_bind_init() uses this BPF program to test whether the hook is called. */
static const struct bpf_prog *hook_test;
static DECLARE_COMPLETION(hook_test_freed);

static void notrace bind_on_prog_free(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops,
				      struct ftrace_regs *fregs)
{
	const struct bpf_prog *carrier = (void *)ftrace_get_regs(fregs)->di;

	rex_binding_end(carrier);
	if (carrier == READ_ONCE(hook_test))
		complete(&hook_test_freed);
}

/*
 * With FL_PERMANENT, sysctl kernel.ftrace_enabled cannot be cleared while bindings
 * depend on the hook. FL_RECURSION is not set, which asks ftrace for a guard: the hook
 * calls nothing that frees a program, and a guard could miss an event.
 */
static struct ftrace_ops free_hook = {
	.func = bind_on_prog_free,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT,
};

/* No binding and no retired program is left, else the module could not be unloaded. */
void rex_bind_exit(void)
{
	rex_unhook(&free_hook);
	rex_bindings_flush();
	rex_retired_flush();
}

/* RCU's grace periods may be long on a machine that is busy. */
#define HOOK_TEST_TIMEOUT (10 * HZ)

/*
 * The kernel closes the descriptor of the test's carrier a little later. Then the carrier waits for
 * RCU. With CONFIG_RCU_LAZY, that takes up to ten seconds on a CPU whose callbacks are offloaded
 * (rcu_nocbs=, nohz_full=), unless a task waits for all callbacks, as this one does.
 */
static bool __init bind_await_free(unsigned long end)
{
	while (!wait_for_completion_timeout(&hook_test_freed, HZ / 20)) {
		if (time_after(jiffies, end))
			return false;
		rcu_barrier();
	}
	return true;
}

/*
 * Test that carriers of the running kernel look as carrier.c expects, and that the hook
 * sees the end of one. A compiler may have copied bpf_prog_free() to its callers, and a
 * binding without an end would outlive its carrier.
 */
static int __init bind_test_hook(void)
{
	struct bpf_prog *carrier = rex_carrier_load_test();
	int ret = 0;

	if (IS_ERR(carrier))
		return PTR_ERR(carrier);
	if (!rex_selftest_is_other(REX_OTHER_PROG_FREE))
		WRITE_ONCE(hook_test, carrier);
	bpf_prog_put(carrier);
	if (!bind_await_free(jiffies + HOOK_TEST_TIMEOUT)) {
		pr_err("the kernel frees BPF programs without bpf_prog_free()\n");
		ret = -ENOEXEC;
	}
	WRITE_ONCE(hook_test, NULL);
	return ret;
}

int __init rex_bind_init(void)
{
	int ret =
		rex_hook(&free_hook, rex_ksyms.bpf_prog_free, "bpf_prog_free");

	if (ret)
		return ret;
	ret = bind_test_hook();
	if (ret)
		rex_bind_exit();
	else
		rex_carrier_verify_function();
	return ret;
}
