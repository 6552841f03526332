// SPDX-License-Identifier: GPL-2.0
/*
 * run-tests -k KERNEL -m REX.KO -s SPLATS -r RACES -x EXPECTED-SKIPS [-u SECONDS]
 *	     [-f FACTOR] DIR TEST[:SECONDS]...
 *
 * -u says how long rex.ko may be in use after a test. -f says how many times slower than
 * others this kernel is: all limits of time are that many times longer. A kernel with
 * kmemleak is searched for leaks after every few tests.
 *
 * Runs the programs TEST of DIR one after the other. Prints KTAP: the output of
 * each test nested, then its result with its totals, which ktap.h describes. Ends
 * with 0 if nothing failed, 1 otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

#define DEFAULT_SECONDS 120
/* A link, its program and the image wait for RCU in turn, each for ten seconds where it is lazy. */
#define DEFAULT_UNLOAD_SECONDS 45
#define TRACE "/sys/kernel/tracing/trace"

/* Bits of /proc/sys/kernel/tainted that are splats, with their letters. */
static const struct {
	int bit;
	const char *what;
} taints[] = {
	{ 5, "B: bad page" },
	{ 7, "D: oops" },
	{ 9, "W: warning" },
	{ 14, "L: soft lockup" },
};

/* The bit of the test suite's hooks, TAINT_TEST. */
#define TAINT_OF_TESTS (1ul << 18)

struct options {
	const char *kernel, *module, *dir;
	char parameters[128]; /* of the module, during tests */
	int unload_seconds, factor;
	struct lines expected_skips;
};

static void vnote(const char *fmt, va_list args)
{
	fputs("# ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	fflush(stdout);
}

void note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vnote(fmt, args);
	va_end(args);
}

void fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vnote(fmt, args);
	va_end(args);
	puts("Bail out! the runner cannot go on");
	exit(2);
}

static unsigned long tainted(void)
{
	unsigned long value = 0;
	FILE *f = fopen("/proc/sys/kernel/tainted", "re");

	if (!f || fscanf(f, "%lu", &value) != 1)
		fatal("/proc/sys/kernel/tainted: %s", strerror(errno));
	fclose(f);
	return value;
}

/* Counts the taints of a splat, in case no pattern matched its text. */
static int check_taints(unsigned long added)
{
	int bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(taints); i++)
		if (added & (1ul << taints[i].bit))
			bad++, note("the kernel is now tainted %s",
				    taints[i].what);
	return bad;
}

/* Says it once if the kernel has stopped to look for errors of locks, as it does after one. */
static void note_lockdep(void)
{
	static bool noted;
	FILE *f = noted ? NULL : fopen("/proc/lockdep_stats", "re");
	char line[256];
	int on;

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " debug_locks: %d", &on) != 1 || on)
			continue;
		note("lockdep is off from here on");
		noted = true;
	}
	fclose(f);
}

/* Counts the failures of the test in the kernel's log. */
static int check_kernel(unsigned long taint_before)
{
	int announced, bad;

	bad = dmesg_check(&announced);
	if (!announced)
		bad += check_taints(tainted() & ~taint_before);
	note_lockdep();
	return bad;
}

static void nested_line(void *arg, const char *text)
{
	printf("    %s\n", text);
	fflush(stdout);
	ktap_take(arg, text);
}

/* Reports and counts failures of the test as a whole. */
static int check_run(const struct ktap *ktap, const struct run *run,
		     int seconds)
{
	int bad = 0;

	if (run->left)
		note("%s left %d processes", ktap->test, run->left);
	if (run->timed_out)
		bad++, note("%s was not done after %d s", ktap->test, seconds);
	else if (WIFSIGNALED(run->status))
		bad++, note("%s was killed by signal %d", ktap->test,
			    WTERMSIG(run->status));
	else if (WEXITSTATUS(run->status) && !ktap->totals.failed)
		bad++, note("%s ended with status %d", ktap->test,
			    WEXITSTATUS(run->status));
	if (ktap->bailed_out)
		bad++, note("%s bailed out", ktap->test);
	if (ktap->planned < 0)
		bad++, note("%s has no plan", ktap->test);
	else if (ktap->planned != ktap->seen)
		bad++, note("%s planned %d results and gave %d", ktap->test,
			    ktap->planned, ktap->seen);
	return bad;
}

static int unload_after(const char *test, int seconds)
{
	int err = module_is_loaded() ? module_unload(seconds) : 0;

	if (!err)
		return 0;
	note("rmmod rex after %s: %s", test, strerror(-err));
	return 1;
}

/* Empties the trace, so that no test reads an earlier test's output. */
static void clear_trace(void)
{
	int fd = open(TRACE, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		note("%s cannot be emptied: %s", TRACE, strerror(errno));
	else
		close(fd);
}

/* Run one test; returns true if nothing about it failed. */
static bool run_test(struct options *o, const char *spec, int number,
		     bool is_last)
{
	char name[64], program[256], dir[128];
	int seconds = DEFAULT_SECONDS, err;
	struct ktap ktap = { .test = name, .kernel = o->kernel, .planned = -1 };
	unsigned long taint = tainted();
	time_t start = time(NULL);
	struct run run;

	if (sscanf(spec, "%63[^:]:%d", name, &seconds) < 1)
		fatal("not a test: %s", spec);
	seconds *= o->factor;
	snprintf(program, sizeof(program), "%s/%s", o->dir, name);
	snprintf(dir, sizeof(dir), "/tmp/%s", name);
	ktap.expected_skips = &o->expected_skips;

	note("test %s", name);
	dmesg_mark("begin %s", name);
	clear_trace();
	err = module_is_loaded() ? 0 : module_load(o->module, o->parameters);
	if (err) {
		ktap.totals.failed++;
		note("insmod before %s: %s", name, strerror(-err));
	}
	run_program(&run, program, dir, seconds, nested_line, &ktap);
	ktap.totals.failed += check_run(&ktap, &run, seconds);
	ktap.totals.failed += unload_after(name, o->unload_seconds * o->factor);
	ktap.totals.failed += kmemleak_check(is_last);
	dmesg_mark("end %s", name);
	ktap.totals.failed += check_kernel(taint);

	ktap.totals.seconds = time(NULL) - start;
	ktap_write_totals(stdout, number, name, &ktap.totals);
	return !ktap.totals.failed;
}

/* Counts the failures of a module that is loaded as users load it. */
static int check_production(const char *module)
{
	unsigned long taint = tainted();
	int bad = 0, err = module_load(module, "");

	if (err)
		bad++, note("insmod: %s", strerror(-err));
	if (tainted() & ~taint & TAINT_OF_TESTS)
		bad++, note("a module without hooks of tests has their taint");
	err = err ? 0 : module_unload(DEFAULT_UNLOAD_SECONDS);
	if (err)
		bad++, note("rmmod: %s", strerror(-err));
	return bad;
}

/* Reports splats of the kernel before the first test. */
static bool check_boot(const char *module)
{
	struct ktap_totals totals = {};
	int bad;

	note("test boot");
	bad = module_is_loaded() ? 0 : check_production(module);
	if (check_kernel(0) || bad)
		totals.failed = 1;
	else
		totals.passed = 1;
	ktap_write_totals(stdout, 1, "boot", &totals);
	return !totals.failed;
}

int main(int argc, char **argv)
{
	const char *splats = NULL, *races = NULL, *skips = NULL;
	struct options o = { .unload_seconds = DEFAULT_UNLOAD_SECONDS,
			     .factor = 1 };
	char factor[16];
	bool ok;
	int c;

	while ((c = getopt(argc, argv, "f:k:m:r:s:u:x:")) != -1) {
		switch (c) {
		case 'f':
			o.factor = atoi(optarg);
			break;
		case 'k':
			o.kernel = optarg;
			break;
		case 'm':
			o.module = optarg;
			break;
		case 'r':
			races = optarg;
			break;
		case 's':
			splats = optarg;
			break;
		case 'u':
			o.unload_seconds = atoi(optarg);
			break;
		case 'x':
			skips = optarg;
			break;
		default:
			return 2;
		}
	}
	if (!o.kernel || !o.module || !splats || !races || !skips ||
	    o.factor < 1 || optind == argc) {
		fputs("usage: see the head of main.c\n", stderr);
		return 2;
	}
	o.dir = argv[optind++];
	/* The environment may have parameters that disable its protections. */
	snprintf(o.parameters, sizeof(o.parameters), "selftest=1 %s",
		 getenv("REX_PARAMETERS") ?: "");
	setenv("KERNEL", o.kernel, 1);
	setenv("REX_KO", o.module, 1);
	setenv("REX_TESTS", o.dir, 1);
	snprintf(factor, sizeof(factor), "%d", o.factor);
	setenv("REX_SLOWER", factor, 1);
	puts("KTAP version 1");
	printf("1..%d\n", argc - optind + 1);
	lines_read(&o.expected_skips, skips);
	dmesg_init(splats, races);
	kmemleak_init();
	ok = check_boot(o.module);
	for (int number = 2; optind < argc; optind++, number++)
		ok &= run_test(&o, argv[optind], number, optind == argc - 1);
	note("done"); /* nothing is missing above */
	return !ok;
}
