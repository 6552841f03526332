// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark measures the load of a loop: the verifier simulates an eBPF
 * program's loop round by round, up to a million instructions; rex.ko loads a
 * compiled one. The arguments are numbers of rounds of eBPF programs. The Rex
 * program also runs, and has to compute the sum.
 */
#include <err.h>
#include <time.h>

#include "bench.h"

/* Sums the numbers up to @rounds. */
#define LOOP(_rounds)                                                          \
	{                                                                      \
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,                         \
		  .dst_reg = 1,                                                \
		  .imm = _rounds },                                            \
			{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2 }, \
			{ .code = BPF_ALU64 | BPF_ADD | BPF_X,                 \
			  .dst_reg = 2,                                        \
			  .src_reg = 1 },                                      \
			{ .code = BPF_ALU64 | BPF_SUB | BPF_K,                 \
			  .dst_reg = 1,                                        \
			  .imm = 1 },                                          \
			{ .code = BPF_JMP | BPF_JNE | BPF_K,                   \
			  .dst_reg = 1,                                        \
			  .off = -3 },                                         \
			{ .code = BPF_ALU64 | BPF_MOV | BPF_K,                 \
			  .imm = XDP_PASS },                                   \
			{ .code = BPF_JMP | BPF_EXIT },                        \
	}

#define ROUNDS_OF_REX 1000000 /* as in the program bench_loop */
#define BEST_OF 5

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void verify(int rounds)
{
	const struct bpf_insn loop[] = LOOP(rounds);
	double start = now_ms();
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "loop", "GPL", loop,
			       sizeof(loop) / sizeof(loop[0]), NULL);
	double ms = now_ms() - start;

	if (wants_json()) {
		printf("{\"loop\":%d,\"%s\":", rounds,
		       fd < 0 ? "refused" : "ebpf_ms");
		if (fd < 0)
			printf("\"%s\"}\n", strerror(errno));
		else
			printf("%.1f}\n", ms);
		close(fd);
		return;
	}
	printf("a loop of %d rounds: ", rounds);
	if (fd < 0)
		printf("the verifier refuses it (%s)\n", strerror(errno));
	else
		printf("the verifier takes %.1f ms\n", ms);
	close(fd);
}

static double load_ms(struct rex_obj **obj)
{
	double start = now_ms();

	*obj = load_rex("../bench_loop.rex.o");
	return now_ms() - start;
}

int main(int argc, char **argv)
{
	double best = 0;
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet,
		    .data_size_in = sizeof(packet));

	setlinebuf(stdout);
	for (int i = 1; i < argc; i++)
		verify(atoi(argv[i]));
	for (int i = 0; i < BEST_OF; i++) {
		struct rex_obj *obj;
		double ms = load_ms(&obj);

		if (bpf_prog_test_run_opts(rex_prog_fd(obj, "sum"), &run) ||
		    run.retval != XDP_PASS)
			errx(1, "the sum is wrong");
		rex_obj_close(obj);
		best = i && best < ms ? best : ms;
	}
	if (wants_json())
		printf("{\"loop\":%d,\"rex_ms\":%.1f}\n", ROUNDS_OF_REX, best);
	else
		printf("a loop of %d rounds: Rex loads it in %.1f ms\n",
		       ROUNDS_OF_REX, best);
	return 0;
}
