// SPDX-License-Identifier: GPL-2.0
/*
 * No helper waits. Programs run within a helper (programs/reentry) while it
 * holds a lock, and call the same helper. If it took the lock again, the CPU
 * would spin forever with interrupts off.
 * TEST-DEADLINE: 700
 */
#include "helper_list.h"
#include "rex_ioctl.h"
#include "rex_trace.h"
#include "names/reentry.h"

/* A hang ends the VM before the test's time limit. */
#define STALL_SECONDS 20

static struct rex_obj *obj;

/* Load programs/reentry, with PROGRAMS of it, and attach them. */
static void load_programs(const char *const *programs)
{
	/* Hundreds of runs, at each function that a helper calls, are within one. */
	REX_OPTS(rex_obj_open_opts, opts, .timeout_ms = 5000);
	const char *const *name;
	struct bpf_program *pos;
	char seconds[16];

	snprintf(seconds, sizeof(seconds), "%d", STALL_SECONDS * ksft_slower());
	set_until_exit("/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout",
		       seconds);
	set_until_exit("/proc/sys/kernel/panic_on_rcu_stall", "1");
	pin_to_cpu(1);
	obj = open_object("reentry", &opts);
	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj)) {
		for (name = programs; *name; name++)
			if (!strcmp(bpf_program__name(pos), *name))
				break;
		bpf_program__set_autoload(pos, *name);
	}
	load_opened(obj);
	/* Programs at the functions that a helper calls are attached there, a timer never. */
	for (name = programs; *name; name++)
		if (strncmp(*name, "at_", 3))
			attach(obj, *name);
	map_set(obj, "orders", THREAD,
		(__u64)getpid() << 32 | syscall(SYS_gettid));
}

static void set_acts(const char *outside, const char *within)
{
	for (__u32 i = 0; i <= NESTED; i++)
		map_set(obj, "notes", i, 0);
	map_set(obj, "orders", OUTSIDE, outside ? name_hash(outside) : 0);
	map_set(obj, "orders", WITHIN, within ? name_hash(within) : 0);
}

static __u64 seen(__u32 note)
{
	return map_get(obj, "notes", note);
}

/* Orders OUTSIDE of the outer program, and WITHIN of the nested ones. */
static void nest(const char *outside, const char *within)
{
	ksft_note("%s within %s", within, outside);
	set_acts(outside, within);
	for (int i = 0; i < 3; i++)
		fire(EVENT_FD);
	map_set(obj, "orders", WITHIN, 0);
	ksft_note("... %llu runs outside, %llu failed (%llu), %llu within, %llu failed (%llu), %llu busy",
		  seen(RUNS), seen(FAILED), seen(ERROR), seen(OF_WITHIN + RUNS),
		  seen(OF_WITHIN + FAILED), seen(OF_WITHIN + ERROR),
		  seen(OF_WITHIN + BUSY));
	EXPECT_EQ(seen(RUNS), 3);
}

/* A shortcut calls no function at which a program could run while it holds the lock. */
TEST(kernel_functions_take_the_locks_from_here_on)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "%s unprotected=%u",
		 WITHOUT_SHORTCUTS, module_parameter("unprotected"));
	reload_module(parameters);
}

/* Helpers that take a lock of a map's, a ring buffer's or a free list's. */
static const char *const locking_acts[] = { "hash_update",
					    "hash_delete",
					    "percpu_hash_update",
					    "lru_update",
					    "lru_delete",
					    "percpu_lru_update",
					    "trie_update",
					    "trie_delete",
					    "queue_push",
					    "queue_pop",
					    "queue_peek",
					    "stack_push",
					    "stack_pop",
					    "ringbuf_output",
					    "ringbuf_reserve",
					    "ringbuf_submit",
					    "dynamic_hash_update",
					    "dynamic_hash_delete",
					    "stackid",
					    "task_storage_create",
					    "task_storage_delete",
					    "cgroup_storage_create",
					    "cgroup_storage_delete",
					    NULL };

static void nest_at(const char *hook)
{
	const char *const programs[] = { "outside", hook, NULL };

	load_programs(programs);
	for (const char *const *act = locking_acts; *act; act++)
		nest(*act, *act);
}

#define NEST_AT(_hook)                           \
	TEST(no_helper_waits_for_itself_##_hook) \
	{                                        \
		nest_at(#_hook);                 \
	}

NEST_AT(before_unlock_irqrestore)
NEST_AT(before_unlock)
NEST_AT(after_lock_irqsave)
NEST_AT(after_lock)

/* Changes a map by bpf(2). */
static void change_map(const char *name)
{
	int fd = map_fd(obj, name);
	__u64 value = 1;

	for (__u64 key = 0; key < 20; key++) {
		bpf_map_update_elem(fd, &key, &value, BPF_ANY);
		bpf_map_delete_elem(fd, &key);
	}
}

static void change_queue(const char *name)
{
	__u64 value = 1;

	for (int i = 0; i < 20; i++) {
		bpf_map_update_elem(map_fd(obj, name), NULL, &value, BPF_EXIST);
		bpf_map_lookup_elem(map_fd(obj, name), NULL, &value);
		bpf_map_lookup_and_delete_elem(map_fd(obj, name), NULL, &value);
	}
}

static void within_bpf(const char *map, void (*change)(const char *map),
		       const char *act)
{
	ksft_note("%s within changes of %s by bpf(2)", act, map);
	set_acts(NULL, act);
	change(map);
	map_set(obj, "orders", WITHIN, 0);
	ksft_note("... %llu runs within, %llu failed, %llu busy",
		  seen(OF_WITHIN + RUNS), seen(OF_WITHIN + FAILED),
		  seen(OF_WITHIN + BUSY));
	EXPECT(seen(OF_WITHIN + RUNS) > 0);
}

TEST(no_helper_waits_for_bpf)
{
	static const char *const programs[] = { "before_unlock_irqrestore",
						"before_unlock",
						"after_lock_irqsave",
						"after_lock", NULL };

	load_programs(programs);
	within_bpf("queue", change_queue, "queue_push");
	within_bpf("queue", change_queue, "queue_pop");
	within_bpf("queue", change_queue, "queue_peek");
	within_bpf("stack", change_queue, "stack_push");
	within_bpf("hash", change_map, "hash_update");
	within_bpf("hash", change_map, "hash_delete");
	within_bpf("percpu_hash", change_map, "percpu_hash_update");
	within_bpf("lru", change_map, "lru_update");
	within_bpf("trie", change_map, "trie_update");
}

TEST(the_coarse_clock_does_not_wait_for_the_clocks_change)
{
	static const char *const programs[] = { "within_the_clock", NULL };

	load_programs(programs);
	set_acts(NULL, "bpf_ktime_get_coarse_ns");
	EXPECT(WAIT_FOR(seen(OF_WITHIN + RUNS) > 20, 10));
	EXPECT_EQ(seen(OF_WITHIN + FAILED), 0);
}

TEST(texts_nest_as_deep_as_the_kernel_has_buffers)
{
	static const char *const programs[] = { "outside", "reads_1", "reads_2",
						"reads_3", "reads_4", NULL };

	load_programs(programs);
	panic_on_warn(true);
	nest("snprintf", "snprintf");
	panic_on_warn(false);
	EXPECT(seen(OF_WITHIN + BUSY) > 0);
	EXPECT_EQ(seen(OF_WITHIN + FAILED), seen(OF_WITHIN + BUSY));
	EXPECT(seen(OF_WITHIN + RUNS) > seen(OF_WITHIN + BUSY));
}

TEST(keys_are_found_within_the_search_for_a_key)
{
	static const char *const programs[] = { "keys_outside", "keys_within",
						NULL };

	load_programs(programs);
	fire(EVENT_FD);
	EXPECT(seen(RUNS) > 0);
	EXPECT(seen(OF_WITHIN + RUNS) > 0);
	EXPECT_EQ(seen(FAILED), 0);
	EXPECT_EQ(seen(OF_WITHIN + FAILED), 0);
}

/* ---- at whatever a helper calls ---- */

/* The other acts of programs/reentry, each a helper or two. */
static const char *const other_acts[] = { "bloom_push",
					  "ringbuf_query",
					  "stack_copy",
					  "hash_lookup",
					  "task_storage_lookup",
					  "cgroup_storage_lookup",
					  "cgroup",
					  "user_record",
					  "lru_lookup",
					  "trie_lookup",
					  "percpu_lookup",
					  "snprintf",
					  "printk",
					  "perf_output",
					  "probe_read",
					  "probe_read_str",
					  "probe_read_user",
					  "probe_read_user_str",
					  "signal",
					  "signal_thread",
					  "comm",
					  "ancestor_cgroup",
					  "under_cgroup",
					  "task_by_pid",
					  "allocate",
					  "heap_bytes",
					  "timer_arm",
					  HELPERS_PLAIN,
					  NULL };

#define MAX_CALLEES 512

/* A function, and which of the acts call it, as bits. */
static struct callee {
	char name[64];
	__u64 acts;
} callees[MAX_CALLEES];
static int nr_callees;

/* Helpers: functions of rex.ko, and lookups that are the kernel's own. */
static const char *const roots[] = { "rex_*", "__htab_map_lookup_elem",
				     "htab_lru_map_lookup_elem",
				     "trie_lookup_elem" };

static void set_tracing(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), TRACING "%s", file);
	write_file(path, text);
}

static void clear_tracing(const char *file)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	close(fd);
}

static void add_callee(const char *name, int act)
{
	int i;

	for (i = 0; i < nr_callees; i++)
		if (!strcmp(callees[i].name, name))
			break;
	ASSERT(i < MAX_CALLEES);
	if (i == nr_callees)
		nr_callees++;
	strcpy(callees[i].name, name);
	callees[i].acts |= 1ull << act;
}

/* A line of the graph is "... |  name();" or "... |  name [module]() {". */
static void add_callee_of_line(const char *line, int act)
{
	const char *rest = strchr(line, '|');
	char name[64];

	if (rest && sscanf(rest + 1, " %63[A-Za-z0-9_.]", name) == 1)
		add_callee(name, act);
}

static void find_callees_of(const char *act, int index)
{
	char *trace, *line, *rest;
	int before = nr_callees;

	set_acts(act, NULL);
	fire(EVENT_FD); /* memory is warm, and cold paths are taken */
	clear_tracing("trace");
	set_tracing("tracing_on", "1");
	fire(EVENT_FD);
	fire(EVENT_FD);
	set_tracing("tracing_on", "0");
	trace = rest = read_all(TRACING "trace", NULL);
	while ((line = strsep(&rest, "\n")))
		add_callee_of_line(line, index);
	free(trace);
	EXPECT_MSG(nr_callees > before || index, "%s calls nothing", act);
}

/* Finds the callees by the kernel's function_graph tracer. */
static void find_callees(const char *const *acts)
{
	char *traceable = read_all(TRACING "available_filter_functions", NULL);
	char word[64];

	snprintf(word, sizeof(word), "%d\n", getpid());
	set_tracing("set_ftrace_pid", word);
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		/* Not every kernel traces each of them. */
		if (!strchr(roots[i], '*') &&
		    !trace_lists(traceable, roots[i])) {
			ksft_note("%s cannot be traced", roots[i]);
			continue;
		}
		snprintf(word, sizeof(word), "%s\n", roots[i]);
		set_tracing("set_graph_function", word);
	}
	free(traceable);
	set_tracing("options/funcgraph-irqs", "0");
	set_tracing("tracing_on", "0");
	set_tracer("function_graph");
	for (int i = 0; acts[i]; i++)
		find_callees_of(acts[i], i);
	set_tracer("nop");
	clear_tracing("set_graph_function");
	clear_tracing("set_ftrace_pid");
	set_tracing("tracing_on", "1");
}

static struct bpf_link *probe(const char *program_name, bool at_return,
			      const char *function)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = at_return);
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	struct bpf_link *link =
		bpf_program__attach_kprobe_opts(program(obj, program_name),
						function, &opts);

	libbpf_set_print(print);
	return link; /* NULL: the kernel allows no probe there */
}

/* Nests OUTSIDE and all locking acts within OUTSIDE. */
static void nest_all(const char *outside)
{
	map_set(obj, "orders", OUTSIDE, name_hash(outside));
	map_set(obj, "orders", WITHIN, name_hash(outside));
	fire(EVENT_FD);
	for (const char *const *act = locking_acts; *act; act++) {
		map_set(obj, "orders", WITHIN, name_hash(*act));
		fire(EVENT_FD);
	}
	map_set(obj, "orders", WITHIN, 0);
}

/* Returns whether a program can be attached to the function. */
static bool nest_at_callee(const struct callee *callee, const char *const *acts)
{
	struct bpf_link *entry = probe("at_entry", false, callee->name);
	struct bpf_link *ret = probe("at_return", true, callee->name);

	for (int i = 0; acts[i] && (entry || ret); i++)
		if (callee->acts & 1ull << i)
			nest_all(acts[i]);
	bpf_link__destroy(ret);
	bpf_link__destroy(entry);
	return entry || ret;
}

static void set_root_cgroup(void)
{
	int fd = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	__u32 index = 0;

	ASSERT(fd >= 0);
	ASSERT(!bpf_map_update_elem(map_fd(obj, "cgroups"), &index, &fd, 0));
	close(fd);
}

static void expect_no_fault_of(const char *name)
{
	struct rex_fault_info fault;

	if (!prog_info(obj, name).faults)
		return;
	fault = last_fault(obj, name);
	EXPECT_MSG(false, "%s has a fault of cause %u: %s", name, fault.cause,
		   fault.message);
}

static void nest_at_callees_of(const char *const *acts)
{
	static const char *const programs[] = { "outside", "at_entry",
						"at_return", "at_time", NULL };
	long start = ksft_ms();
	int probed = 0;

	write_file("/sys/kernel/rcu_expedited", "1");
	load_programs(programs);
	set_root_cgroup();
	find_callees(acts);
	ksft_note("%d functions, after %ld ms", nr_callees, ksft_ms() - start);
	set_acts(NULL, NULL);
	for (int i = 0; i < nr_callees; i++) {
		if (nest_at_callee(&callees[i], acts))
			probed++;
		else
			ksft_note("no probe at %s", callees[i].name);
	}
	ksft_note("%d functions probed; %llu runs outside, %llu within, %llu busy; %ld ms",
		  probed, seen(RUNS), seen(OF_WITHIN + RUNS),
		  seen(OF_WITHIN + BUSY), ksft_ms() - start);
	EXPECT(probed > 20);
	EXPECT(seen(OF_WITHIN + RUNS) > seen(OF_WITHIN + BUSY));
	expect_no_fault_of("outside");
	expect_no_fault_of("at_entry");
	write_file("/sys/kernel/rcu_expedited", "0");
}

TEST_TIMEOUT(no_helper_with_a_lock_waits_at_anything_it_calls, 300)
{
	nest_at_callees_of(locking_acts);
}

TEST_TIMEOUT(no_other_helper_waits_at_anything_it_calls, 300)
{
	nest_at_callees_of(other_acts);
}

TEST(shortcuts_are_back)
{
	reload_module("");
}
