// SPDX-License-Identifier: GPL-2.0
/* Data races: see races.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "patterns.h"
#include "races.h"

/* A report has this in its first line, and ends with a rule. */
#define BEGIN "BUG: KCSAN: "
#define RULE "======"
/* Each of the two stack traces begins after such a line: KIND to 0xADDRESS of SIZE bytes by TASK. */
#define ACCESS " to 0x"
#define SIZE " of "
#define TASK " bytes by "
#define VALUES "value changed: "
/* Nothing of a stack trace is after this. */
#define TAIL "Reported by Kernel Concurrency Sanitizer"
/* A function of the module in a stack trace. */
#define OF_MODULE " [rex]"
/* The entry of an interrupt or exception: what follows in the trace has not to do with it. */
#define ENTRY " asm_"
/*
 * The unwinder does not know the stack of a run. The trace has the function of the access only,
 * and this after it: see scripts/debug-kernels/kcsan.patch.
 */
#define UNKNOWN "(unknown stack)"

/* Symbols of the kernel and its modules are in the upper 2 GB of addresses. */
#define SYMBOLS_BEGIN 0xffffffff80000000ull

struct side {
	char access[64]; /* kind and size */
	char function[96];
	char of_module[96]; /* the first function of the module, or nothing */
	int frames;
	bool of_run;
	bool interrupted; /* the rest of the trace is that of what was interrupted */
};

/* The report that is being read. */
static struct {
	bool begun;
	struct side side[2];
	int sides;
	bool traces; /* is in a stack trace */
	unsigned long long address;
	char values[64];
} report;

static struct patterns listed;
static const char *symbols_file;

void races_init(const char *list, const char *symbols)
{
	patterns_read(&listed, list);
	symbols_file = symbols;
}

bool races_begin(const char *text)
{
	return strstr(text, BEGIN);
}

/* Begins a trace if the message is about an access. */
static bool take_access(const char *text)
{
	const char *to = strstr(text, ACCESS), *size, *task;
	struct side *side = &report.side[report.sides];
	const char *with = strstr(text, ", with ");

	if (!to || report.sides == 2)
		return false;
	report.address = strtoull(to + strlen(" to "), (char **)&size, 16);
	task = strstr(size, TASK);
	if (strncmp(size, SIZE, strlen(SIZE)) || !task)
		return false;
	if (with && with < to)
		text = with + strlen(", with ");
	snprintf(side->access, sizeof(side->access), "%.*s%.*s bytes",
		 (int)(to - text), text, (int)(task - size), size);
	report.sides++;
	report.traces = true;
	return true;
}

/* Takes a line of a stack trace: " function+0x12/0x34 [module]". */
static void take_frame(struct side *side, const char *text)
{
	const char *module;
	char name[96];

	if (strstr(text, UNKNOWN)) {
		side->of_run = true;
		return;
	}
	if (text[0] != ' ' || text[1] == ' ' || !strstr(text, "+0x"))
		return;
	text++;
	module = strstr(text, " [");
	snprintf(name, sizeof(name), "%.*s%s", (int)strcspn(text, "+"), text,
		 module ?: "");
	if (!side->frames++)
		snprintf(side->function, sizeof(side->function), "%s", name);
	if (!side->interrupted && !*side->of_module && module &&
	    !strncmp(module, OF_MODULE, strlen(OF_MODULE)))
		snprintf(side->of_module, sizeof(side->of_module), "%s", name);
	if (!strncmp(text, ENTRY + 1, strlen(ENTRY) - 1))
		side->interrupted = true;
}

/* Writes the symbol that the address is at, or that it has none. */
static void write_symbol(FILE *out, unsigned long long address)
{
	unsigned long long at, nearest = 0;
	char line[256], name[128], symbol[128] = "";
	FILE *f;

	f = address < SYMBOLS_BEGIN ? NULL : fopen(symbols_file, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %127s", &at, name) != 2 ||
		    at > address || at <= nearest)
			continue;
		nearest = at;
		strcpy(symbol, name);
	}
	if (f)
		fclose(f);
	if (nearest < SYMBOLS_BEGIN)
		fputs("dynamic memory", out);
	else
		fprintf(out, "%s+0x%llx", symbol, address - nearest);
}

static void write_side(FILE *out, const struct side *side)
{
	fprintf(out, "%s%s in %s", side->of_run ? "a run's " : "", side->access,
		side->function);
	if (*side->of_module && strcmp(side->of_module, side->function))
		fprintf(out, " for %s", side->of_module);
}

static int compare_sides(const void *a, const void *b)
{
	const struct side *first = a, *second = b;

	if (first->of_run != second->of_run)
		return second->of_run - first->of_run;
	return strcmp(first->function, second->function) ?:
		       strcmp(first->access, second->access);
}

static enum race end_report(char *name, size_t size)
{
	bool is_kernels = report.sides > 0;
	FILE *out = fmemopen(name, size, "w");

	if (!out)
		fatal("out of memory");
	/* A trace without any function is that of a run, too. */
	for (int i = 0; i < report.sides; i++) {
		struct side *side = &report.side[i];

		if (!side->frames) {
			side->of_run = true;
			strcpy(side->function, "an unknown function");
		}
		is_kernels = is_kernels && !side->of_run && !*side->of_module;
	}
	qsort(report.side, report.sides, sizeof(report.side[0]), compare_sides);
	for (int i = 0; i < report.sides; i++) {
		fputs(i ? " / " : "", out);
		write_side(out, &report.side[i]);
	}
	if (report.sides == 1)
		fputs(" / an unknown access", out);
	fputs(report.sides ? " at " : "a report without accesses", out);
	if (report.sides)
		write_symbol(out, report.address);
	if (*report.values)
		fprintf(out, ", %s", report.values);
	fclose(out);
	name[size - 1] = '\0';
	memset(&report, 0, sizeof(report));
	if (patterns_match(&listed, name))
		return RACE_LISTED;
	return is_kernels ? RACE_OF_KERNEL : RACE_BAD;
}

enum race races_take(const char *text, char *name, size_t size)
{
	const char *values = strstr(text, VALUES);
	enum race ended = RACE_NONE;

	if (races_begin(text)) {
		/* The rest of the one before is lost. */
		if (report.begun)
			ended = end_report(name, size);
		report.begun = true;
	} else if (!report.begun) {
		return RACE_NONE;
	} else if (strstr(text, RULE)) {
		return end_report(name, size);
	} else if (values) {
		snprintf(report.values, sizeof(report.values), "%s",
			 values + strlen(VALUES));
		report.traces = false;
	} else if (strstr(text, TAIL)) {
		report.traces = false;
	} else if (!take_access(text) && report.traces) {
		take_frame(&report.side[report.sides - 1], text);
	}
	return ended;
}
