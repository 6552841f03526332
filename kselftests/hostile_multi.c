// SPDX-License-Identifier: GPL-2.0
/*
 * Acts at functions with a link to many probes, and such links to functions
 * that rex.ko itself calls. If the kernel has no such links, the acts are at
 * single probes.
 * TEST-DEADLINE: 240
 */
#define HOSTILE_OBJECT "hostile_unsafe"
#include "hostile.h"

/* Makes a link of libbpf from a descriptor, by pinning it for a moment. */
static struct bpf_link *link_of(int fd)
{
	struct bpf_link *link;
	char path[64];

	snprintf(path, sizeof(path), "/sys/fs/bpf/hostile_%d", getpid());
	ASSERT_MSG(!bpf_obj_pin(fd, path), "%s: %s", path, strerror(errno));
	link = bpf_link__open(path);
	ASSERT(link);
	ASSERT(!bpf_link__unpin(link));
	close(fd);
	return link;
}

static struct bpf_link *attach_multi(struct rex_obj *obj,
				     const struct hook *hook, __u32 flags)
{
	int carrier = try_carrier(BPF_PROG_TYPE_KPROBE, KPROBE_MULTI), link;
	struct rex_bind args =
		bind_args(rex_obj_image_fd(obj), carrier, hook->program);
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .kprobe_multi.syms = (const char **)&hook->at,
		    .kprobe_multi.cnt = 1, .kprobe_multi.flags = flags);

	if (carrier < 0 || ioctl(device(), REX_IOC_BIND, &args))
		return NULL;
	link = bpf_link_create(carrier, 0, KPROBE_MULTI, &opts);
	ASSERT_MSG(link >= 0, "no link: %s", strerror(errno));
	close(carrier);
	return link_of(link);
}

static struct bpf_link *attach_entry(struct rex_obj *obj,
				     const struct hook *hook, pid_t victim)
{
	return attach_multi(obj, hook, 0) ?:
		       hook_kprobe_ftrace.attach(obj, hook, victim);
}

static struct bpf_link *attach_return(struct rex_obj *obj,
				      const struct hook *hook, pid_t victim)
{
	return attach_multi(obj, hook, 1 /* BPF_F_KPROBE_MULTI_RETURN */) ?:
		       hook_kretprobe.attach(obj, hook, victim);
}

static HOOK(multi, "at_kprobe", attach_entry, fire_dup, .at = KPROBED);
static HOOK(multi_return, "at_kprobe", attach_return, fire_dup, .at = KPROBED);

#define IN(_hook)                                                     \
	COMMON_FAULTS(_hook)                                          \
	CONTAINED(loop_of_nothing, _hook, .cause = REX_FAULT_TIMEOUT) \
	WORKS(nothing, _hook)

IN(multi)
IN(multi_return)

/* ---- functions that a run itself calls ---- */

/* Functions called by the ftrace hooks, the watchdog, the binding and the helpers. */
static const char *const patterns[] = {
	"bpf_prog_*", "__bpf_prog_*", "page_fault_oops", "*irq_work*",
	"hrtimer_*",  "ktime_get*",   "perf_trace_*",	 "_raw_spin_*",
	"rcu_*",      "rex_*",
};

static void call_much(void)
{
	for (long end = ksft_ms() + 1000; ksft_ms() < end;) {
		fire_dup();
		getppid();
	}
}

/*
 * Programs run at functions that are called at the start of a run, by helpers,
 * and by the kernel's handler of such links, while another program dies and
 * others run.
 */
TEST_TIMEOUT(probed_functions_of_the_way_into_a_run_do_no_harm, 200)
{
	struct actor a = start_actor(&hook_tracepoint, "nothing", "a", 0, 0);
	size_t total = 0;

	be_strict(true);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		struct rex_obj *obj = load_object("many_probes");
		struct rex_links *links =
			rex_obj_attach_functions(obj, "on_entry", patterns[i],
						 NULL);
		struct actor dies;
		struct victim v;

		if (!links) {
			ksft_note("%s: %s", patterns[i], rex_last_error());
			rex_obj_close(obj);
			continue;
		}
		map_set(obj, "WATCHED", 0, getpid());
		call_much();
		v = start_victim(&hook_tracepoint);
		dies = start_actor(&hook_tracepoint, "ud2", "b", v.pid, 0);
		let_go(&v);
		expect_actor_fault(&dies, REX_FAULT_EXCEPTION);
		end_actor(&dies);
		ksft_note("%s: %zu functions, %llu runs", patterns[i],
			  rex_links_count(links),
			  prog_info(obj, "on_entry").runs);
		total += rex_links_count(links);
		EXPECT(is_live(obj, "on_entry"));
		rex_links_destroy(links);
		rex_obj_close(obj);
	}
	be_strict(false);
	EXPECT(total > 100);
	expect_unharmed(&a);
	end_actor(&a);
}
