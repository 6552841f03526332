// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the program of map_test, and shows its output and its records in the
 * ring buffer until Ctrl-C.
 */
#include "sample.h"

#define OBJECT "map_test.rex.o"

static int print(void *ctx, void *data, size_t size)
{
	__s64 pid;

	(void)ctx;
	if (size != sizeof(pid))
		errx(1, "a record of %zu bytes", size);
	memcpy(&pid, data, sizeof(pid));
	printf("received: %lld\n", pid);
	fflush(stdout);
	return 0;
}

int main(void)
{
	int signals = sample_signals(), trace = sample_trace();
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *link = must(rex_obj_attach(obj, "rex_prog1"));
	struct ring_buffer *records;

	records = ring_buffer__new(must_fd(rex_obj_map_fd(obj, "RINGBUF")),
				   print, NULL, NULL);
	if (!records)
		err(1, "RINGBUF");
	sample_say("ready");
	while (!sample_interrupted(signals, 100)) {
		sample_show_trace(trace);
		ring_buffer__consume(records);
		sample_report_faults(obj);
	}
	bpf_link__destroy(link);
	ring_buffer__free(records);
	rex_obj_close(obj);
	return 0;
}
