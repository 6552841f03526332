// SPDX-License-Identifier: GPL-2.0
/*
 * Programs fault under the kernel's tracers. Tracers of returns
 * (function_graph, kretprobes, fexit) keep the return addresses of each task on
 * a shadow stack. A function that is left without returning leaves its entry
 * there, and the task's next return goes to the wrong place.
 * TEST-DEADLINE: 480
 */
#include "hostile.h"
#include "rex_trace.h"

#define KPROBES "/sys/kernel/debug/kprobes/"

/*
 * Functions of rex.ko that nothing may trace or probe: those that do not return, or return
 * on another stack, those that run on a level that has no program's stack, those that run in
 * an exception or an NMI, and those that hold a lock of a map.
 */
static const char *const untraceable[] = {
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
};

/* ---- tracers ---- */

static void use_function_graph(void)
{
	set_tracer("function_graph");
}

static void use_function(void)
{
	trace_file("set_ftrace_filter", "*");
	set_tracer("function");
}

/* Sets a kretprobe, or a kprobe, on each function of rex.ko that may have one.
 */
static void use_probes(char kind)
{
	char *symbols = read_all("/proc/kallsyms", NULL), *line, *save;
	char name[128], type, module[64], probe[256];
	int accepted = 0, refused = 0;

	for (line = strtok_r(symbols, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%*x %c %127s %63s", &type, name, module) != 3)
			continue;
		if (strcmp(module, "[rex]") || (type | ' ') != 't' ||
		    strchr(name, '.'))
			continue;
		snprintf(probe, sizeof(probe), "%c:rex_test/%c%d %s", kind,
			 kind, accepted, name);
		if (try_trace_file("kprobe_events", probe, O_APPEND))
			accepted++;
		else
			refused++;
	}
	free(symbols);
	ksft_note("%d probes were accepted, %d refused", accepted, refused);
	ASSERT(accepted > 100);
	trace_file("events/rex_test/enable", "1");
}

static void use_kretprobes(void)
{
	use_probes('r');
}

static void use_kprobes(void)
{
	use_probes('p');
}

static void stop_tracing(void)
{
	set_tracer("nop");
	trace_file("set_ftrace_filter", "");
	if (!access(TRACING "events/rex_test/enable", W_OK)) {
		trace_file("events/rex_test/enable", "0");
		trace_file("kprobe_events", "");
	}
}

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

static void contain_all_under(void (*use_tracer)(void))
{
	ASSERT(!atexit(stop_tracing));
	use_tracer();
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		contain(&faults[i]);
	stop_tracing();
}

TEST_TIMEOUT(faults_under_function_graph_are_contained, 120)
{
	contain_all_under(use_function_graph);
}

TEST_TIMEOUT(faults_under_kretprobes_on_all_of_rex_are_contained, 120)
{
	contain_all_under(use_kretprobes);
}

TEST_TIMEOUT(faults_under_kprobes_on_all_of_rex_are_contained, 120)
{
	contain_all_under(use_kprobes);
}

TEST_TIMEOUT(faults_under_the_function_tracer_are_contained, 120)
{
	contain_all_under(use_function);
}

/* ---- what may be traced ---- */

TEST(functions_that_do_not_return_cannot_be_traced_or_probed)
{
	char *symbols = read_all("/proc/kallsyms", NULL);
	char *traceable = read_all(TRACING "available_filter_functions", NULL);
	char *blacklist = read_all(KPROBES "blacklist", NULL);
	char symbol[128];

	for (size_t i = 0; i < sizeof(untraceable) / sizeof(*untraceable);
	     i++) {
		const char *name = untraceable[i];

		snprintf(symbol, sizeof(symbol), "%s\t[rex]", name);
		EXPECT_MSG(strstr(symbols, symbol), "there is no %s", name);
		EXPECT_MSG(!trace_lists(traceable, name), "%s can be traced",
			   name);
		EXPECT_MSG(trace_lists(blacklist, name), "%s can be probed",
			   name);
		snprintf(symbol, sizeof(symbol), "r:rex_test/probe %s", name);
		EXPECT_MSG(!try_trace_file("kprobe_events", symbol, O_APPEND),
			   "a kretprobe on %s is accepted", name);
	}
	/* The lists contain the expected functions. */
	EXPECT(trace_lists(traceable, "rex_map_update_elem"));
	EXPECT(trace_lists(blacklist, "kprobe_int3_handler"));
	free(symbols);
	free(traceable);
	free(blacklist);
}
