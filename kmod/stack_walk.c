// SPDX-License-Identifier: GPL-2.0
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/sched/task_stack.h>

#include <asm/insn.h>
#include <asm/text-patching.h>
#include <asm/unwind.h>

#include "hook.h"
#include "ksyms.h"
#include "selftest.h"
#include "stack.h"
#include "stack_walk.h"

/* Kernels with another unwinder have no exceptions. */
#ifdef CONFIG_UNWINDER_ORC

/* What the hook's test has seen. */
struct walk_test {
	const struct task_struct *task;
	bool hooked;
	unsigned int frames;
	unsigned int known;
};

static struct walk_test walk_test;

static bool walk_is_tested(void)
{
	return READ_ONCE(walk_test.task) == current && in_task();
}
NOKPROBE_SYMBOL(walk_is_tested);

/* Returns whether @sp is in the stack of a level of this CPU, whose bounds it gives. */
static bool walk_find_run_stack(unsigned long sp, struct stack_info *info)
{
	void *base = raw_cpu_read(rex_stack_base), *level;
	unsigned long offset = sp - (unsigned long)base;

	if (!base || offset >= REX_RUN_ALL)
		return false;
	level = base + rounddown(offset, REX_RUN_STRIDE);
	info->begin = level + REX_RUN_GUARD;
	info->end = level + REX_RUN_STRIDE;
	return true;
}
NOKPROBE_SYMBOL(walk_find_run_stack);

/* The test walks a stack that the kernel knows, in the way in which this file walks a run's. */
static bool walk_find_stack(unsigned long sp, struct stack_info *info)
{
	if (walk_find_run_stack(sp, info))
		return true;
	if (!walk_is_tested())
		return false;
	walk_test.hooked = true;
	info->begin = task_stack_page(current);
	info->end = task_stack_page(current) + THREAD_SIZE;
	return true;
}
NOKPROBE_SYMBOL(walk_find_stack);

/*
 * This is the ftrace hook on arch_bpf_stack_walk(consume_fn, cookie). On the stack of a run, it
 * does what the function does, and the function is skipped. The unwinder goes from frame to frame
 * on any stack whose bounds it has; only where it begins, it looks for the stack among those of
 * the kernel.
 *
 * Another tracer may have put its own address in place of the one to return to. ftrace has read
 * that before.
 */
static void walk_on_call(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *call = ftrace_get_regs(fregs);
	rex_bpf_frame_fn *consume = (rex_bpf_frame_fn *)call->di;
	void *cookie = (void *)call->si;
	struct unwind_state state = {
		.stack_info.type = STACK_TYPE_TASK,
		.task = current,
		.ip = parent_ip, /* as after the return */
		.sp = call->sp + sizeof(unsigned long),
		.bp = call->bp,
	};

	if (!walk_find_stack(call->sp, &state.stack_info))
		return;
	for (; !unwind_done(&state); unwind_next_frame(&state)) {
		unsigned long addr = unwind_get_return_address(&state);

		if (!addr)
			break;
		if (!consume(cookie, addr, state.sp, state.bp)) {
			/* If it is an exception, no function returns. */
			rex_run_unpoison(state.stack_info.begin,
					 (void *)state.sp);
			break;
		}
	}
	call->ip = (unsigned long)rex_ksyms.ftrace_stub;
}
NOKPROBE_SYMBOL(walk_on_call);

/* FL_RECURSION is not set: a guard against recursion could miss an exception, which is an oops. */
static struct ftrace_ops walk_hook = {
	.func = walk_on_call,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY |
		 FTRACE_OPS_FL_PERMANENT,
};

/*
 * The kernel patches calls to arrive before a function, where it tracks the depth of calls, or
 * after its endbr64.
 */
#define CALL_BEFORE 16
#define CALL_AFTER 4

/* A compiler may have copied the function to where it is called. */
static bool __init walk_is_called(unsigned long callee)
{
	unsigned long addr = rex_ksyms_lookup("bpf_throw"), size, offset, at;
	struct insn insn;

	if (!addr ||
	    !rex_kcall(kallsyms_lookup_size_offset)(addr, &size, &offset))
		return false;
	for (at = addr; at < addr + size; at += insn.length) {
		if (rex_kcall(insn_decode)(&insn, (void *)at, MAX_INSN_SIZE,
					   INSN_MODE_64))
			return false;
		if (insn.opcode.value == CALL_INSN_OPCODE &&
		    at + insn.length + insn.immediate.value -
				    (callee - CALL_BEFORE) <=
			    CALL_BEFORE + CALL_AFTER)
			return true;
	}
	return false;
}

/* The first frame is that of walk_test_hook(), whose caller is in this module as well. */
static bool __init walk_count(void *cookie, u64 ip, u64 sp, u64 bp)
{
	walk_test.frames++;
	walk_test.known += within_module_init(ip, THIS_MODULE);
	return walk_test.frames < 2;
}

static noinline int __init walk_test_hook(unsigned long addr)
{
	bool is_called = walk_is_called(addr);

	if (!rex_selftest_is_other(REX_OTHER_STACK_WALK))
		WRITE_ONCE(walk_test.task, current);
	rex_kcall(arch_bpf_stack_walk)(walk_count, NULL);
	WRITE_ONCE(walk_test.task, NULL);
	if (is_called && walk_test.hooked && walk_test.known == 2)
		return 0;
	pr_err("this kernel walks the stacks of eBPF programs in another way (%d, %d, %u of %u): an exception of one that a program's helper calls would be an error of the kernel\n",
	       is_called, walk_test.hooked, walk_test.known, walk_test.frames);
	return -EOPNOTSUPP;
}

int __init rex_stack_walk_init(void)
{
	unsigned long addr = (unsigned long)rex_kaddr(arch_bpf_stack_walk);
	int ret;

	if (!addr)
		return 0;
	ret = rex_hook(&walk_hook, addr, "arch_bpf_stack_walk");
	if (ret)
		return ret;
	ret = walk_test_hook(addr);
	if (ret)
		rex_unhook(&walk_hook);
	return ret;
}

void rex_stack_walk_exit(void)
{
	if (rex_khas(arch_bpf_stack_walk))
		rex_unhook(&walk_hook);
}

#else

int __init rex_stack_walk_init(void)
{
	return 0;
}

void rex_stack_walk_exit(void)
{
}

#endif /* CONFIG_UNWINDER_ORC */
