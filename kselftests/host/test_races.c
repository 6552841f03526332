// SPDX-License-Identifier: GPL-2.0
/* The names of data races, and which of them fail a test. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../runner/races.h"
#include "test.h"

#define SYMBOLS                                  \
	"0000000000000000 A fixed_percpu_data\n" \
	"ffffffff81000000 T _text\n"             \
	"ffffffff82001000 d tk_core\n"           \
	"ffffffff82001100 d after\n"             \
	"ffffffffc0000000 b table\t[rex]\n"

#define LIST                                                                     \
	"# A comment.\n"                                                         \
	"^a run's read of 8 bytes in ktime_get / write of [0-9]+ bytes in tick " \
	"at tk_core\\+0x\n"                                                      \
	"^a run's write of 4 bytes in update / a run's write of 4 bytes in update at dynamic memory,\n"

#define TITLE "BUG: KCSAN: data-race in a / b"
#define RULE \
	"=================================================================="
#define TAIL "Reported by Kernel Concurrency Sanitizer on:"

void note(const char *fmt, ...)
{
	(void)fmt;
}

void fatal(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

/* Returns the path of a file with TEXT. */
static const char *file_of(const char *text)
{
	static char path[2][64];
	static int next;
	char *name = path[next++ % 2];
	int fd = memfd_create("text", 0);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	snprintf(name, sizeof(path[0]), "/proc/self/fd/%d", fd);
	return name;
}

static char name[512]; /* of the last report */

/* Gives the lines, of which NULL is the last; returns what the last one ended. */
static enum race take(const char *line, ...)
{
	enum race race = RACE_NONE;
	va_list args;

	name[0] = '\0';
	va_start(args, line);
	for (; line; line = va_arg(args, const char *)) {
		if (race != RACE_NONE)
			fail("a report ended before %s", line);
		race = races_take(line, name, sizeof(name));
	}
	va_end(args);
	return race;
}

static void listed_race_of_a_run_passes(void)
{
	check_int(take(RULE, TITLE, "",
		       "write to 0xffffffff82001010 of 16 bytes by interrupt on cpu 0:",
		       " tick+0x1/0x2",
		       " asm_sysvec_apic_timer_interrupt+0x1/0x2", "",
		       "read to 0xffffffff82001018 of 8 bytes by task 7 on cpu 1:",
		       " ktime_get+0x1/0x2", " (unknown stack)", "", TAIL,
		       "CPU: 1 UID: 0 PID: 7 Comm: a", RULE, NULL),
		  RACE_LISTED);
	check_str(name,
		  "a run's read of 8 bytes in ktime_get / write of 16 bytes in tick at tk_core+0x18");
}

/* Like the race above, but for one thing. */
static void race_that_is_not_as_listed_fails(void)
{
	check_int(take(TITLE,
		       "write to 0xffffffff82001110 of 8 bytes by interrupt on cpu 0:",
		       " tick+0x1/0x2", " f+0x1/0x2",
		       "read to 0xffffffff82001110 of 8 bytes by task 7 on cpu 1:",
		       " ktime_get+0x1/0x2", " (unknown stack)", TAIL, RULE,
		       NULL),
		  RACE_BAD);
	check_str(name,
		  "a run's read of 8 bytes in ktime_get / write of 8 bytes in tick at after+0x10");
	check_int(take(TITLE,
		       "write to 0xffffffff82001010 of 8 bytes by interrupt on cpu 0:",
		       " tick+0x1/0x2", " f+0x1/0x2",
		       "read to 0xffffffff82001010 of 4 bytes by task 7 on cpu 1:",
		       " ktime_get+0x1/0x2", " (unknown stack)", TAIL, RULE,
		       NULL),
		  RACE_BAD);
}

static void race_of_two_runs_has_the_values(void)
{
	check_int(take(TITLE,
		       "write to 0xffffc90000001000 of 4 bytes by task 6 on cpu 0:",
		       " update+0x1/0x2", " (unknown stack)",
		       "write to 0xffffc90000001000 of 4 bytes by task 7 on cpu 1:",
		       " update+0x1/0x2", " (unknown stack)", "",
		       "value changed: 0x00000001 -> 0x00000002", "", TAIL,
		       RULE, NULL),
		  RACE_LISTED);
	check_str(name,
		  "a run's write of 4 bytes in update / a run's write of 4 bytes in update"
		  " at dynamic memory, 0x00000001 -> 0x00000002");
}

static void race_of_the_module_fails_where_a_run_would_not(void)
{
	check_int(take(TITLE,
		       "write to 0xffffffff82001010 of 8 bytes by interrupt on cpu 0:",
		       " tick+0x1/0x2", " f+0x1/0x2",
		       "read to 0xffffffff82001010 of 8 bytes by task 7 on cpu 1:",
		       " ktime_get+0x1/0x2", " rex_load+0x1/0x2 [rex]", TAIL,
		       RULE, NULL),
		  RACE_BAD);
	check_str(name,
		  "read of 8 bytes in ktime_get for rex_load [rex] / write of 8 bytes in tick"
		  " at tk_core+0x10");
}

static void function_of_the_module_in_a_run_is_named(void)
{
	check_int(take(TITLE,
		       "write to 0xffffffffc0000008 of 8 bytes by task 7 on cpu 0:",
		       " rex_heap_alloc+0x1/0x2 [rex]", " (unknown stack)",
		       "read-write (marked) to 0xffffffffc0000008 of 8 bytes by task 8 on cpu 1:",
		       " rex_heap_free+0x1/0x2 [rex]", " (unknown stack)", TAIL,
		       RULE, NULL),
		  RACE_BAD);
	check_str(name,
		  "a run's write of 8 bytes in rex_heap_alloc [rex] / a run's read-write (marked)"
		  " of 8 bytes in rex_heap_free [rex] at table+0x8");
}

static void race_of_the_kernel_alone_is_told(void)
{
	check_int(take(TITLE,
		       "write to 0xffff888000001000 of 8 bytes by task 1 on cpu 0:",
		       " b+0x1/0x2", " g+0x1/0x2",
		       "read to 0xffff888000001000 of 8 bytes by task 2 on cpu 1:",
		       " a+0x1/0x2", " f+0x1/0x2 [veth]", TAIL, RULE, NULL),
		  RACE_OF_KERNEL);
	check_str(name,
		  "read of 8 bytes in a / write of 8 bytes in b at dynamic memory");
}

/* What is after the entry of an interrupt in a trace was interrupted by it. */
static void race_in_an_interrupt_of_the_module_is_the_kernels(void)
{
	check_int(take(TITLE,
		       "write to 0xffff888000001000 of 8 bytes by interrupt on cpu 0:",
		       " b+0x1/0x2", " asm_sysvec_apic_timer_interrupt+0x1/0x2",
		       " rex_load+0x1/0x2 [rex]",
		       "read to 0xffff888000001000 of 8 bytes by task 2 on cpu 1:",
		       " a+0x1/0x2", " f+0x1/0x2", TAIL,
		       " rex_load+0x1/0x2 [rex]", RULE, NULL),
		  RACE_OF_KERNEL);
}

static void empty_trace_is_of_a_run(void)
{
	check_int(take(TITLE,
		       "write to 0xffff888000001000 of 8 bytes by task 1 on cpu 0:",
		       "",
		       "read to 0xffff888000001000 of 8 bytes by task 2 on cpu 1:",
		       " a+0x1/0x2", " f+0x1/0x2", TAIL, RULE, NULL),
		  RACE_BAD);
	check_str(name,
		  "a run's write of 8 bytes in an unknown function / read of 8 bytes in a"
		  " at dynamic memory");
}

static void access_of_unknown_origin_is_told(void)
{
	check_int(take("BUG: KCSAN: data-race in a+0x1/0x2",
		       "race at unknown origin, with read to 0xffff888000001000 of 8 bytes by task 2 on cpu 1:",
		       " a+0x1/0x2", " f+0x1/0x2 [rex]", TAIL, RULE, NULL),
		  RACE_BAD);
	check_str(name,
		  "read of 8 bytes in a for f [rex] / an unknown access at dynamic memory");
}

static void report_without_its_end_fails(void)
{
	check_int(take(TITLE,
		       "write to 0xffff888000001000 of 8 bytes by task 1 on cpu 0:",
		       TITLE, NULL),
		  RACE_BAD);
	check_int(take(RULE, NULL), RACE_BAD);
	check_str(name, "a report without accesses");
}

static void other_messages_are_not_of_a_report(void)
{
	check(races_begin(TITLE));
	check(!races_begin("BUG: kernel NULL pointer dereference"));
	check_int(take(RULE, "read to 0x10 of 8 bytes by task 1 on cpu 0:",
		       " a+0x1/0x2", RULE, NULL),
		  RACE_NONE);
}

static const struct test tests[] = {
	{ "listed_race_of_a_run_passes", listed_race_of_a_run_passes },
	{ "race_that_is_not_as_listed_fails",
	  race_that_is_not_as_listed_fails },
	{ "race_of_two_runs_has_the_values", race_of_two_runs_has_the_values },
	{ "race_of_the_module_fails_where_a_run_would_not",
	  race_of_the_module_fails_where_a_run_would_not },
	{ "function_of_the_module_in_a_run_is_named",
	  function_of_the_module_in_a_run_is_named },
	{ "race_of_the_kernel_alone_is_told",
	  race_of_the_kernel_alone_is_told },
	{ "race_in_an_interrupt_of_the_module_is_the_kernels",
	  race_in_an_interrupt_of_the_module_is_the_kernels },
	{ "empty_trace_is_of_a_run", empty_trace_is_of_a_run },
	{ "access_of_unknown_origin_is_told",
	  access_of_unknown_origin_is_told },
	{ "report_without_its_end_fails", report_without_its_end_fails },
	{ "other_messages_are_not_of_a_report",
	  other_messages_are_not_of_a_report },
};

int main(void)
{
	races_init(file_of(LIST), file_of(SYMBOLS));
	return run_tests(tests, sizeof(tests) / sizeof(*tests));
}
