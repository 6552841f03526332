// SPDX-License-Identifier: GPL-2.0
/*
 * Programs fault under the kernel's tracers. Tracers of returns
 * (function_graph, kretprobes, fexit) keep the return addresses of each task on
 * a shadow stack. A function that is left without returning leaves its entry
 * there, and the task's next return goes to the wrong place.
 * TEST-DEADLINE: 480
 */
#include "rex_tracers.h"
#include "rex_trace.h"

#define KPROBES "/sys/kernel/debug/kprobes/"

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

static void contain_all_under(void (*use_tracer)(void))
{
	ASSERT(!atexit(stop_tracing));
	use_tracer();
	contain_each_fault();
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

	for (size_t i = 0; untraceable[i]; i++) {
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
