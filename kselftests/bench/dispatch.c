// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to get into a program and back: an empty Rex XDP program against
 * an empty eBPF XDP program, by BPF_PROG_TEST_RUN. In a VM with one CPU and
 * `-icount shift=0` guest time counts instructions, so that what the kernel
 * measures as nanoseconds a run are instructions a run, and repeatable.
 *
 *	dispatch [OBJECT]	default: empty_xdp.rex.o beside this program
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#define ROUNDS 5
#define REPEAT 10000

static void die(const char *what)
{
	fprintf(stderr, "dispatch: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int load_ebpf(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "empty", "GPL", insns,
			       sizeof(insns) / sizeof(insns[0]), NULL);

	if (fd < 0)
		die("cannot load the eBPF program");
	return fd;
}

static int load_rex(const char *path)
{
	struct rex_image_info info = { .size = sizeof(info) };
	struct rex_obj *obj = rex_obj_load(path);
	struct bpf_program *prog;

	if (!obj) {
		fprintf(stderr, "dispatch: %s\n", rex_last_error());
		exit(1);
	}
	if (rex_obj_image_info(obj, &info)) {
		fprintf(stderr, "dispatch: %s\n", rex_last_error());
		exit(1);
	}
	printf("memory of the Rex program: %llu bytes\n",
	       (unsigned long long)info.memory);
	prog = bpf_object__next_program(rex_obj_get_bpf(obj), NULL);
	return bpf_program__fd(prog);
}

/* Instructions a run; a run must return XDP_PASS. */
static unsigned int measure(int fd)
{
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = REPEAT);

	if (bpf_prog_test_run_opts(fd, &opts))
		die("BPF_PROG_TEST_RUN");
	if (opts.retval != XDP_PASS) {
		fprintf(stderr, "dispatch: the program returned %u\n",
			opts.retval);
		exit(1);
	}
	return opts.duration;
}

static unsigned int report(const char *name, int fd)
{
	unsigned int best = UINT_MAX;

	printf("%s:", name);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned int n = measure(fd);

		printf(" %u", n);
		if (n < best)
			best = n;
	}
	printf(" instructions a run\n");
	return best;
}

int main(int argc, char *argv[])
{
	char path[PATH_MAX + 32] = "";
	unsigned int ebpf, rex;

	if (argc > 1) {
		snprintf(path, sizeof(path), "%s", argv[1]);
	} else {
		if (readlink("/proc/self/exe", path, PATH_MAX) < 0)
			die("/proc/self/exe");
		strcat(dirname(path), "/empty_xdp.rex.o");
	}
	ebpf = report("eBPF", load_ebpf());
	rex = report("Rex ", load_rex(path));
	printf("difference: %d\n", (int)rex - (int)ebpf);
	return rex > ebpf + 30;
}
