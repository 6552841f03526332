// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include "faults.h"
#include "session.h"
#include "verbs.h"

static const char *faults_words[1];
static bool faults_follow;

/* The number of shown faults of each program; programs come and go. */
struct faults_seen {
	__u32 id;
	__u64 seen;
};

static struct faults_seen *faults_seen;
static size_t faults_nr_seen;

static struct faults_seen *faults_find(__u32 id)
{
	struct faults_seen *all;
	size_t i;

	for (i = 0; i < faults_nr_seen; i++)
		if (faults_seen[i].id == id)
			return &faults_seen[i];
	all = realloc(faults_seen, (faults_nr_seen + 1) * sizeof(*all));
	if (!all)
		return NULL;
	faults_seen = all;
	all[faults_nr_seen] = (struct faults_seen){ .id = id };
	return &all[faults_nr_seen++];
}

/* Appends what has not been shown, of all programs, in the order of time. */
static int faults_compare(const void *a, const void *b)
{
	json_int_t x = json_integer_value(
		json_object_get(*(json_t *const *)a, "time_ns"));
	json_int_t y = json_integer_value(
		json_object_get(*(json_t *const *)b, "time_ns"));

	return x < y ? -1 : x > y;
}

static json_t *faults_sort(json_t *events)
{
	size_t i, nr = json_array_size(events);
	json_t **all = calloc(nr ?: 1, sizeof(*all)), *sorted = json_array();

	for (i = 0; all && i < nr; i++)
		all[i] = json_array_get(events, i);
	if (all)
		qsort(all, nr, sizeof(*all), faults_compare);
	for (i = 0; all && i < nr; i++)
		json_array_append(sorted, all[i]);
	free(all);
	json_decref(events);
	return sorted;
}

static int faults_read(json_t **events)
{
	struct rexctl_follower who;
	struct faults_seen *seen;
	struct rexctl_progs progs;
	int status;
	size_t i;

	*events = json_array();
	/* While they are followed, the programs may go and come back. */
	status = rexctl_progs_read(&progs,
				   faults_follow ? NULL : faults_words[0]);
	for (i = 0; !status && i < progs.nr; i++) {
		if (faults_follow && faults_words[0] &&
		    strcmp(faults_words[0], progs.progs[i].info.name))
			continue;
		seen = faults_find(progs.progs[i].id);
		if (!seen)
			continue;
		who.fd = progs.progs[i].fd;
		who.name = progs.progs[i].info.name;
		who.seen = seen->seen;
		rexctl_follow(&who, progs.progs[i].info.faults, *events);
		seen->seen = who.seen;
	}
	rexctl_progs_free(&progs);
	*events = faults_sort(*events);
	return status;
}

static int faults_run_follow(void)
{
	json_t *events, *event;
	int status;
	size_t i;

	do {
		status = faults_read(&events);
		json_array_foreach(events, i, event)
			rexctl_put_event(json_incref(event),
					 rexctl_follow_text);
		json_decref(events);
	} while (!status && !rexctl_watch_signalled(REXCTL_FAULT_POLL_MS));
	return status;
}

static int faults_run(void)
{
	json_t *events;
	int status;

	if (faults_follow) {
		status = rexctl_watch_begin() ?: faults_run_follow();
	} else {
		status = faults_read(&events);
		if (!status)
			rexctl_put_texts(json_incref(events),
					 rexctl_follow_text);
		json_decref(events);
	}
	free(faults_seen);
	return status;
}

static const struct argp_option faults_options[] = {
	{ "follow", 'f', NULL, 0, "go on, with the faults to come", 0 },
	{ 0 },
};

static error_t faults_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'f') {
		faults_follow = true;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, faults_words, 0, 1);
}

const struct rexctl_verb rexctl_verb_faults = {
	.name = "faults",
	.args_doc = "[PROGRAM]",
	.summary = "Show why programs were stopped, with Rust call traces.",
	.doc = "PROGRAM is an id, the path of a pin or of a folder of pins, or a name; with --follow, a name. The kernel keeps the last four faults of each program; they go with the program. The kernel's log has the same text.",
	.options = faults_options,
	.parse = faults_parse,
	.run = faults_run,
};
