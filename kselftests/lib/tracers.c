// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of programs under tracers, and what no tracer may see.
 */
#include "rex_tracers.h"

/*
 * Functions of rex.ko that nothing may trace or probe: those that do not return, or return
 * on another stack, those that run on a level that has no program's stack, those that run in
 * an exception or an NMI, and those that hold a lock of a map.
 */
const char *const untraceable[] = {
	"rex_abort_overflow",
	"rex_abort_trap",
	"rex_panic",
	"rex_sleep_on_task_stack",
	"rex_copy_from_user",
	"rex_copy_from_user_str",
	"rex_run_skip",
	"rex_run_begin_timed",
	"rex_run_active_on",
	"rex_run_of_level",
	"rex_fault_stop",
	"fault_on_die",
	"fault_on_page_fault",
	"rex_lock_interrupted",
	"rex_leaf_interrupted",
	"rex_selftest_step",
	"watchdog_on_nmi",
	"rex_cpu_share_answer",
	"rex_cpu_share_sample",
	"rex_cpu_share_is_sampled",
	"rex_shortcut_push_queue",
	"rex_shortcut_pop_queue",
	"rex_shortcut_peek_queue",
	"rex_shortcut_push_stack",
	"rex_shortcut_pop_stack",
	"rex_shortcut_peek_stack",
	"rex_shortcut_reserve",
	NULL,
};

/* ---- faults ---- */

#define FAULT(_act, _hook, _cause)                    \
	{                                             \
		.name = #_act, .hook = &hook_##_hook, \
		.cause = REX_FAULT_##_cause           \
	}

static const struct act faults[] = {
	FAULT(explicit_panic, tracepoint, PANIC),
	FAULT(explicit_panic, kprobe_int3, PANIC),
	FAULT(explicit_panic, kretprobe, PANIC),
	FAULT(explicit_panic, fentry, PANIC),
	FAULT(explicit_panic, hardirq, PANIC),
	FAULT(recursion, raw_tracepoint, STACK_OVERFLOW),
	FAULT(recursion, kprobe_ftrace, STACK_OVERFLOW),
	FAULT(loop_of_nothing, tracepoint, TIMEOUT),
	FAULT(loop_of_nothing, kprobe_int3, TIMEOUT),
	FAULT(loop_of_nothing, softirq, TIMEOUT),
	FAULT(loop_in_helpers, tracepoint, TIMEOUT),
	FAULT(loop_in_map_updates, kprobe_int3, TIMEOUT),
	FAULT(loop_in_failing_reads, tracepoint, TIMEOUT),
	FAULT(ud2, raw_tracepoint, EXCEPTION),
	FAULT(ud2, kprobe_int3, EXCEPTION),
	FAULT(null_read, tracepoint, PAGE_FAULT),
	FAULT(null_read, kprobe_ftrace, PAGE_FAULT),
	FAULT(copy_from_null, raw_tracepoint, PAGE_FAULT),
	FAULT(jump_to_null, tracepoint, PAGE_FAULT),
};

/*
 * Loads an image whose program is to be attached to HOOK, once there is a
 * victim.
 */
static struct actor load_actor(const struct hook *hook, const char *name,
			       __u32 timeout_ms)
{
	struct actor a = { .hook = hook };

	a.obj = load_act("hostile_unsafe", hook->program, name, timeout_ms);
	await_act(a.obj);
	return a;
}

static void attach_actor(struct actor *a, const char *act, pid_t victim)
{
	order(a->obj, act, victim);
	a->link = a->hook->attach(a->obj, a->hook, victim);
}

/* Performs the act in a victim, which lives on. */
static void contain(const struct act *act)
{
	struct actor a, bystander;
	struct victim v;

	ksft_note("%s in %s", act->name, act->hook->program);
	forget_awaited();
	a = load_actor(act->hook, act->name, 0);
	bystander = load_actor(act->hook, "bystander", PATIENT_MS);
	v = start_victim(act->hook);
	attach_actor(&a, act->name, v.pid);
	attach_actor(&bystander, "nothing", v.pid);
	be_strict(true);
	let_go(&v);
	be_strict(false);
	expect_actor_fault(&a, act->cause);
	EXPECT(map_get(bystander.obj, "notes", DONE) > 0);
	end_actor(&bystander);
	end_actor(&a);
}

void contain_each_fault(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		contain(&faults[i]);
}
