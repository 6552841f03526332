// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of the machine-code check at LOAD: the time in the kernel's log for
 * 100 KB of code. If the clock counts instructions, a nanosecond is one
 * instruction. The limit is just above the current cost, so that growth is
 * noticed.
 */
#include "bench.h"

#define LIMIT 9000000
#define SIZE (100 << 10)

/* The line of the log: "N bytes of code checked in M ns". */
static const char *find_line(const char *log)
{
	const char *line = strstr(log, " bytes of code checked in ");

	if (!line) {
		fprintf(stderr, "the log has no time of the check\n");
		exit(1);
	}
	while (line > log && line[-1] != '\n')
		line--;
	return line;
}

int main(void)
{
	unsigned long long bytes, ns, first = 0, best = -1ull;
	REX_OPTS(rex_obj_open_opts, opts, .log_level = REX_LOG_DEBUG);

	for (int i = 0; i < 5; i++) {
		struct rex_obj *obj = open_rex("heap.rex.o", &opts);

		if (rex_obj_load_opened(obj))
			die_rex();
		if (sscanf(find_line(rex_obj_log(obj)),
			   "%llu bytes of code checked in %llu ns", &bytes,
			   &ns) != 2)
			die("the log");
		rex_obj_close(obj);
		if (!i)
			first = ns;
		if (ns < best)
			best = ns;
	}
	first = first * SIZE / bytes;
	best = best * SIZE / bytes;
	if (wants_json())
		print_cost("the check of 100 KB of code", "instructions", best,
			   NOT_IN_EBPF);
	else
		printf("the check of %llu bytes of code, for 100 KB: %llu ns at the first load, then %llu, limit %u\n",
		       bytes, first, best, LIMIT);
	return has_limits() && best > LIMIT;
}
