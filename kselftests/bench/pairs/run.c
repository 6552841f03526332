// SPDX-License-Identifier: GPL-2.0
/* Runs of the programs in the kernel, by BPF_PROG_TEST_RUN. */
#include <bpf/bpf.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../die.h"
#include "pairs.h"

static void expect(const struct pair *pair, unsigned int retval,
		   unsigned int good)
{
	if (retval == good)
		return;
	fprintf(stderr, "pairs: the program %s returned %d\n", pair->name,
		(int)retval);
	exit(1);
}

/* What operations get: a datagram of UDP and IPv4, which begins with zeros. */
static void fill_datagram(unsigned char *packet)
{
	static const char headers[] =
		"\x08\0\x45\0\x03\xf2\0\0\x40\0\x40\x11\x22\xfb"
		"\x0a\0\0\1\x0a\0\0\2"
		"\x04\xd2\0\x35\x03\xde\x12\x34";

	memcpy(packet + 12, headers, sizeof(headers) - 1);
}

static struct outcome run_with_packets(int fd, const struct pair *pair,
				       int rounds, int repeat,
				       unsigned int good)
{
	struct outcome outcome = { .duration = UINT_MAX };
	unsigned char packet[PACKET] = {}, out[PACKET];

	if (pair->fill)
		pair->fill(packet + RESULT);
	else
		fill_datagram(packet);
	for (int i = 0; i < rounds; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
			    .data_size_in = sizeof(packet), .data_out = out,
			    .data_size_out = sizeof(out), .repeat = repeat);

		if (bpf_prog_test_run_opts(fd, &opts))
			die("BPF_PROG_TEST_RUN");
		expect(pair, opts.retval, good);
		if (opts.duration < outcome.duration)
			outcome.duration = opts.duration;
	}
	memcpy(&outcome.result, out, sizeof(outcome.result));
	if (memcmp(out + RESULT, packet + RESULT, INPUT)) {
		fprintf(stderr, "pairs: the program %s changed its input\n",
			pair->name);
		exit(1);
	}
	return outcome;
}

static struct bpf_prog_info info_of(int fd)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		die("BPF_OBJ_GET_INFO_BY_FD");
	return info;
}

/*
 * The kernel makes one run at a time, and does not return its time. Its own statistics have
 * that, with a part of the cost of the clock.
 */
static struct outcome run_in_task(int fd, const struct pair *pair, int rounds,
				  int repeat)
{
	struct outcome outcome = { .duration = UINT_MAX };
	char text[16] = "in userspace";
	__u64 args[12] = { (unsigned long)text };
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (stats < 0)
		die("BPF_ENABLE_STATS");
	for (int i = 0; i < rounds; i++) {
		__u64 before = info_of(fd).run_time_ns, duration;

		for (int k = 0; k < repeat; k++) {
			LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
				    .ctx_size_in = sizeof(args));

			if (bpf_prog_test_run_opts(fd, &opts))
				die("BPF_PROG_TEST_RUN");
			expect(pair, opts.retval, 0);
		}
		duration = (info_of(fd).run_time_ns - before) / repeat;
		if (duration < outcome.duration)
			outcome.duration = duration;
	}
	close(stats);
	return outcome;
}

struct outcome pair_run(int fd, const struct pair *pair, int rounds, int repeat)
{
	switch (info_of(fd).type) {
	case BPF_PROG_TYPE_XDP:
		return run_with_packets(fd, pair, rounds, repeat, XDP_PASS);
	case BPF_PROG_TYPE_SCHED_CLS:
		return run_with_packets(fd, pair, rounds, repeat, TC_ACT_OK);
	default:
		return run_in_task(fd, pair, rounds, repeat / 5);
	}
}
