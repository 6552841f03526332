// SPDX-License-Identifier: GPL-2.0
/*
 * While one program faults, a kprobe calls another one in the functions of
 * rex.ko and of the kernel that handle the fault. It faults as well, in each
 * way. Each fault is contained, and both images restart. TEST-DEADLINE: 300
 */
#include "hostile.h"

/* The functions that handle a fault, in their order. */
static const char *const fault_path[] = {
	"rex_panic_buf",
	"rex_panic",
	"rex_abort_trap",
	"rex_abort_overflow",
	"rex_fault_killed",
	"rex_fault_owner_caller",
	"rex_image_find_func",
	"rex_run_active_on",
	"rex_run_call_regs",
	"rex_run_count_time",
	"rex_report_claim",
	"rex_report_publish",
	"rex_resource_release_all",
	"rex_lock_release",
	"rex_restart_kick",
	"copy_from_kernel_nofault",
	"ktime_get_mono_fast_ns",
	"kallsyms_lookup_size_offset",
	"stack_trace_save_regs",
	"arch_stack_walk",
	"__unwind_start",
	"unwind_next_frame",
	"unwind_get_return_address",
	"kernel_text_address",
	"is_bpf_text_address",
	"bpf_ksym_find",
	"llist_add_batch",
	"irq_work_queue",
	"__irq_work_queue_local",
	"snprintf",
	"vsnprintf",
};

/* The functions that report a fault and restart the image. */
static const char *const after_the_fault[] = {
	"report_print_pending",
	"report_print_fault",
	"_printk",
	"vprintk_emit",
	"__ratelimit",
	"restart_kick",
	"watch_wake",
	"restart_image",
	"rex_heap_reset",
	"queue_delayed_work_on",
	"synchronize_rcu",
	"rex_report_sync",
	"rex_image_fill_fault_info",
	"rex_image_fill_prog_info",
	"rex_image_from_fd",
	"rex_image_put",
};

/* The functions of the kernel's exception handling that allow kprobes. */
static const char *const exceptions[] = {
	"fixup_exception",
	"search_exception_tables",
	"search_module_extables",
	"kernelmode_fixup_or_oops",
	"bad_area_nosemaphore",
	"__bad_area_nosemaphore",
	"page_fault_oops",
	"is_prefetch",
	"atomic_notifier_call_chain",
	"fault_on_die",
	"fault_causing_run",
	"fault_page_fault_run",
};

static const char *const acts[] = { "explicit_panic", "ud2", "null_read",
				    "recursion" };

#define NR_ACTS 4

static struct rex_obj *load_living(const char *prog, const char *name)
{
	struct rex_obj *obj;

	restarts_per_min = 1000000;
	obj = load_act("hostile_unsafe", prog, name, 5000);
	restarts_per_min = 0;
	return obj;
}

/* Sends a packet to the outer program, and checks its fault. */
static void fault_once(struct rex_obj *outer)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = 1);
	struct rex_prog_info before = prog_info(outer, "at_xdp"), after;

	ASSERT(!bpf_prog_test_run_opts(bpf_program__fd(program(outer, "at_xdp")),
				       &opts));
	after = prog_info(outer, "at_xdp");
	EXPECT_EQ(opts.retval, XDP_PASS);
	EXPECT_EQ(after.runs, before.runs + 1);
	EXPECT_EQ(after.faults, before.faults + 1);
	EXPECT_EQ(after.skipped, before.skipped);
	ASSERT(WAIT_FOR(is_live(outer, "at_xdp"), 10));
}

struct tally {
	int refused;
	int quiet; /* the fault does not come by */
	int acts;
};

static void faults_at(const char *function, struct rex_obj *outer,
		      struct rex_obj *inner, struct tally *t)
{
	struct hook hook = { .program = "at_kprobe", .at = function };
	libbpf_print_fn_t print = libbpf_set_print(quiet);
	struct bpf_link *link = attach_kprobe_at(inner, &hook, 0);
	__u64 begun = map_get(inner, "notes", BEGUN);

	libbpf_set_print(print);
	if (!link) {
		t->refused++;
		return;
	}
	for (int i = 0; i < NR_ACTS; i++) {
		order(outer, acts[i], 0);
		for (int k = 0; k < NR_ACTS; k++) {
			order(inner, acts[k], 0);
			fault_once(outer);
			t->acts++;
			/*
			 * The inner program's own fault is handled there as
			 * well.
			 */
			order(inner, "nothing", 0);
			ASSERT(WAIT_FOR(is_live(inner, "at_kprobe"), 10));
		}
	}
	bpf_link__destroy(link);
	if (map_get(inner, "notes", BEGUN) == begun) {
		t->quiet++;
		t->acts -= NR_ACTS * NR_ACTS;
	}
	if (ksft_failures)
		ksft_note("at %s", function);
}

static void faults_at_all(const char *const *functions, size_t nr)
{
	struct rex_obj *outer = load_living("at_xdp", "outer");
	struct rex_obj *inner = load_living("at_kprobe", "inner");
	struct tally t = {};

	pin_to_cpu(0);
	write_file("/sys/kernel/rcu_expedited", "1");
	be_strict(true);
	for (size_t i = 0; i < nr && !ksft_failures; i++)
		faults_at(functions[i], outer, inner, &t);
	be_strict(false);
	ksft_note("%zu functions: %d refused, %d quiet; %d acts", nr, t.refused,
		  t.quiet, t.acts);
	EXPECT(t.acts > 0);
	rex_obj_close(inner);
	rex_obj_close(outer);
}

#define ALL_OF(_table) _table, sizeof(_table) / sizeof((_table)[0])

TEST_TIMEOUT(faults_within_the_path_of_a_fault_are_contained, 90)
{
	faults_at_all(ALL_OF(fault_path));
}

TEST_TIMEOUT(faults_while_a_fault_is_reported_are_contained, 90)
{
	faults_at_all(ALL_OF(after_the_fault));
}

TEST_TIMEOUT(faults_within_the_handling_of_exceptions_are_contained, 90)
{
	faults_at_all(ALL_OF(exceptions));
}
