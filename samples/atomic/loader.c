// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the program of atomic to the function of trigger, and shows its
 * output until Ctrl-C.
 */
#include "sample.h"

#define OBJECT "atomic.rex.o"

int main(void)
{
	int signals = sample_signals(), trace = sample_trace();
	struct rex_obj *obj = sample_load(OBJECT);
	struct bpf_link *link =
		sample_attach_trigger(must(rex_obj_program(obj, "rex_prog1")));

	sample_say("ready");
	while (!sample_interrupted(signals, 100)) {
		sample_show_trace(trace);
		sample_report_faults(obj);
	}
	bpf_link__destroy(link);
	rex_obj_close(obj);
	return 0;
}
