// SPDX-License-Identifier: GPL-2.0
/*
 * rex.ko implements bpf_override_return() itself: Debian's kernels lack
 * CONFIG_BPF_KPROBE_OVERRIDE, and with it the verifier has to mark the programs that use
 * the helper. If a kprobe handler changes regs->ip, the probed function does not run at
 * all; with ip at a bare `ret` and the value in ax, its caller sees a function that
 * returned at once.
 *
 * This works only at the first instruction of a function, where the return address is on
 * top of the stack, and only for functions whose caller copes with an error. Functions on
 * the kernel's list (ALLOW_ERROR_INJECTION) may return the errors that the list allows.
 * Other system calls may return any value, as it goes to userspace.
 */
#include <linux/err.h>
#include <linux/error-injection.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#include <asm/ibt.h>

#include "helpers.h"
#include "injectable.h"
#include "ksyms.h"
#include "progtype.h"

static bool override_is_syscall_entry(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, addr);
	/*
	 * The compiler has made a part of a function: others may jump to it, or it
	 * begins where the function has done half of its work.
	 */
	return !strchr(name, '.') && rex_is_system_call(name);
}

/* Returns whether callers of a function of the type EI_ETYPE_* expect @rc. */
static bool override_is_error(int type, u64 rc)
{
	switch (type) {
	case EI_ETYPE_NULL:
		return !rc;
	case EI_ETYPE_ERRNO:
		return IS_ERR_VALUE(rc);
	case EI_ETYPE_ERRNO_NULL:
		return IS_ERR_OR_NULL((void *)rc);
	case EI_ETYPE_TRUE:
		return rc == 1;
	default:
		return false;
	}
}

/* 0 if @function may return @rc without running, or the error of the helper. */
static int override_check(unsigned long function, u64 rc)
{
	int type;

	if (!rex_injectable_has_list())
		return override_is_syscall_entry(function) ? 0 : -EPERM;
	type = rex_injectable_type(function);
	if (type < 0)
		return -EPERM;
	return override_is_error(type, rc) ? 0 : -EINVAL;
}

/*
 * Return the function whose first instruction has the probe @kp, or 0. The probe may
 * stand after an endbr64.
 */
static unsigned long override_probed_function(const struct kprobe *kp)
{
	unsigned long addr = (unsigned long)kp->addr;
	unsigned long size, offset;

	if (!rex_kcall(kallsyms_lookup_size_offset)(addr, &size, &offset))
		return 0;
	if (offset &&
	    (offset != ENDBR_INSN_SIZE || !rex_compat_is_endbr(addr - offset)))
		return 0;
	/* Only functions that are called begin with the tracer's call. */
	return rex_kcall(ftrace_location)(addr - offset) ? addr - offset : 0;
}

/*
 * Return the kprobe that runs the current program if it can redirect. A uprobe or a
 * kretprobe, which have the same program type, cannot; nor can a jump-optimized kprobe,
 * which ignores a changed ip.
 */
static const struct kprobe *override_redirectable_kprobe(struct pt_regs *regs)
{
	const struct kprobe *kp;

	if (user_mode(regs))
		return NULL;
	kp = *this_cpu_ptr(rex_ksyms.current_kprobe);
	if (!kp || (unsigned long)kp->addr != regs->ip - INT3_INSN_SIZE)
		return NULL;
	if (kp->flags & KPROBE_FLAG_OPTIMIZED)
		return NULL;
	return kp;
}

s64 rex_override_return(struct pt_regs *regs, u64 rc)
{
	const struct kprobe *kp;
	unsigned long function;
	int err;

	kp = override_redirectable_kprobe(regs);
	if (!kp)
		return -EOPNOTSUPP;
	function = override_probed_function(kp);
	if (!function)
		return -EINVAL;
	err = override_check(function, rc);
	if (err)
		return err;
	regs->ax = rc;
	/* Any bare ret of the kernel works; rex.ko may be unloaded by then. */
	regs->ip = (unsigned long)rex_ksyms.ftrace_stub;
	return 0;
}
