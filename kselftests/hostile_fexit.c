// SPDX-License-Identifier: GPL-2.0
/*
 * Programs fault while fexit programs, in eBPF and in Rust, are at all functions of rex.ko that
 * the kernel lets them trace. The module has BTF here (scripts/module-btf).
 * TEST-DEADLINE: 480
 */
#include <bpf/btf.h>

#include "names/many_traced.h"
#include "rex_calls.h"
#include "rex_counter.h"
#include "rex_tracers.h"

#define MAX_FEXITS 2048

static int fexits[MAX_FEXITS], nr_fexits, refused_fexits, fexit_counter;

/* Returns the descriptor of the types of rex.ko, and its id in *ID. */
static int rex_btf_fd(__u32 *id)
{
	*id = 0;
	while (!bpf_btf_get_next_id(*id, id)) {
		struct bpf_btf_info info = {};
		char name[64] = "";
		__u32 len = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(*id);

		info.name = (uintptr_t)name;
		info.name_len = sizeof(name);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) &&
		    info.kernel_btf && !strcmp(name, "rex"))
			return fd;
		close(fd);
	}
	ASSERT_MSG(0, "the kernel has no types of rex");
	return -1;
}

/* Attaches a program in eBPF that counts, and returns the link, or a negative number. */
static int attach_fexit(int btf_fd, __u32 function)
{
	const struct bpf_insn count[] = {
		INSNS_COUNT(fexit_counter),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_FEXIT,
		    .attach_btf_id = function, .attach_btf_obj_fd = btf_fd);
	int prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "count", "GPL", count,
				 sizeof(count) / sizeof(*count), &opts);
	int link;

	if (prog < 0)
		return prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	close(prog);
	return link;
}

static bool is_untraceable(const char *name)
{
	for (size_t i = 0; untraceable[i]; i++)
		if (!strcmp(name, untraceable[i]))
			return true;
	return false;
}

/* The kernel calls a function that has an fexit program from a trampoline. */
static void use_fexit(void)
{
	struct btf *vmlinux = btf__load_vmlinux_btf(), *btf;
	__u32 btf_id, id;
	int btf_fd = rex_btf_fd(&btf_id);

	ASSERT(vmlinux);
	btf = btf__load_from_kernel_by_id_split(btf_id, vmlinux);
	ASSERT(btf);
	fexit_counter = make_counter();
	for (id = btf__type_cnt(vmlinux); id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, type->name_off);
		int link;

		if (!btf_is_func(type))
			continue;
		link = attach_fexit(btf_fd, id);
		if (link < 0) {
			refused_fexits++;
			continue;
		}
		EXPECT_MSG(!is_untraceable(name), "%s has an fexit program",
			   name);
		ASSERT(nr_fexits < MAX_FEXITS);
		fexits[nr_fexits++] = link;
	}
	ksft_note("%d fexit programs were accepted, %d refused", nr_fexits,
		  refused_fexits);
	ASSERT(nr_fexits > 100);
	btf__free(btf);
	btf__free(vmlinux);
	close(btf_fd);
}

static void stop_fexits(void)
{
	while (nr_fexits)
		close(fexits[--nr_fexits]);
}

static int trampolines(void)
{
	return count_lines_of("/proc/kallsyms", "bpf_trampoline_");
}

/*
 * A trampoline of the kernel counts the calls that are within it. One that a program leaves
 * without returning is never freed.
 */
TEST_TIMEOUT(faults_under_fexit_on_all_of_rex_are_contained, 240)
{
	int before;

	reload_module_with_btf("");
	before = trampolines();
	ASSERT(!atexit(stop_fexits));
	use_fexit();
	EXPECT(trampolines() > before + 100);
	contain_each_fault();
	ksft_note("%llu returns were counted", counter_value(fexit_counter));
	EXPECT(counter_value(fexit_counter) > 1000);
	stop_fexits();
	EXPECT(WAIT_FOR(trampolines() == before, 30));
}

/*
 * A run that a program's own call of rex.ko begins is that of another program. On a slow kernel,
 * the runs during a load may take nearly all of a CPU.
 */
TEST_TIMEOUT(faults_under_programs_on_all_of_rex_are_contained, 240)
{
	struct rex_links *links;
	struct rex_obj *obj;

	reload_module_with_btf("max_cpu_share=0");
	obj = load_object("many_traced");
	map_set(obj, "WATCHED", PROCESS, getpid());
	links = attach_opts(obj, "on_traced_return", "rex_*", NULL);
	ksft_note("%zu functions have the program", rex_links_count(links));
	EXPECT(rex_links_count(links) > 100);
	contain_each_fault();
	ksft_note("%llu runs, %llu skipped",
		  prog_info(obj, "on_traced_return").runs,
		  prog_info(obj, "on_traced_return").skipped);
	EXPECT(prog_info(obj, "on_traced_return").runs > 1000);
	EXPECT_EQ(prog_info(obj, "on_traced_return").faults, 0);
	rex_links_destroy(links);
	rex_obj_close(obj);
}
