// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "session.h"
#include "verbs.h"

static const char *metrics_output;
static const char *metrics_socket;

/* Each metric of a program is a member of rexctl_prog_json(), scaled. */
static const struct {
	const char *name;
	const char *type;
	const char *key;
	double scale;
	const char *help;
} metrics_list[] = {
	{ "rex_program_runs_total", "counter", "runs", 1,
	  "Runs that were completed or ended by a fault." },
	{ "rex_program_skipped_total", "counter", "skipped", 1,
	  "Runs that were not made: the program is dead, or nested too deeply." },
	{ "rex_program_errors_total", "counter", "errors", 1,
	  "Runs whose program returned an error." },
	{ "rex_program_missed_total", "counter", "missed", 1,
	  "Events that reached no run, as far as the kernel counts them." },
	{ "rex_program_lost_records_total", "counter", "lost_records", 1,
	  "Records that a ring buffer or a perf event array did not take." },
	{ "rex_program_seconds_total", "counter", "time_ns", 1e-9,
	  "Time that runs took, of programs loaded with --time." },
	{ "rex_program_longest_run_seconds", "gauge", "longest_run_ns", 1e-9,
	  "Longest run, of programs loaded with --time." },
	{ "rex_program_timeout_seconds", "gauge", "timeout_ms", 1e-3,
	  "Longest run that is allowed." },
	{ "rex_program_bindings", "gauge", "bindings", 1,
	  "BPF programs that run the program." },
	{ "rex_program_restarts_total", "counter", "restarts", 1,
	  "Restarts of the program's image after faults." },
	{ "rex_program_memory_bytes", "gauge", "memory", 1,
	  "Kernel memory of the program's image." },
	{ "rex_program_heap_size_bytes", "gauge", "heap_size", 1,
	  "What the programs of the image may allocate." },
	{ "rex_program_heap_used_bytes", "gauge", "heap_used", 1,
	  "What the programs of the image have allocated." },
	{ "rex_program_heap_failed_total", "counter", "heap_failed", 1,
	  "Allocations that failed for want of room." },
};

/* A label's value: backslash, quote and newline are escaped. */
static void metrics_put_label(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
}

static void metrics_put_labels(FILE *out, const json_t *prog)
{
	static const char *const labels[] = { "name", "object", "type" };
	size_t i;

	fprintf(out, "{image=\"%" JSON_INTEGER_FORMAT "\"",
		json_integer_value(json_object_get(prog, "image")));
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		fprintf(out, ",%s=\"", i ? labels[i] : "program");
		metrics_put_label(out, rexctl_json_get(prog, labels[i]));
		putc('"', out);
	}
}

static void metrics_head(FILE *out, const char *name, const char *type,
			 const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void metrics_put_faults(FILE *out, json_t *progs)
{
	json_t *prog, *faults;
	const char *cause;
	json_t *count;
	size_t i;

	metrics_head(out, "rex_program_faults_total", "counter",
		     "Runs that were ended by a fault, by its cause.");
	json_array_foreach(progs, i, prog) {
		faults = json_object_get(prog, "faults_by_cause");
		json_object_foreach(faults, cause, count) {
			fputs("rex_program_faults_total", out);
			metrics_put_labels(out, prog);
			fprintf(out,
				",cause=\"%s\"} %" JSON_INTEGER_FORMAT "\n",
				cause, json_integer_value(count));
		}
	}
	metrics_head(out, "rex_program_live", "gauge",
		     "1 if the program runs, 0 if a fault has stopped it.");
	json_array_foreach(progs, i, prog) {
		fputs("rex_program_live", out);
		metrics_put_labels(out, prog);
		fprintf(out, "} %d\n",
			!strcmp(rexctl_json_get(prog, "state"), "live"));
	}
}

static void metrics_put_progs(FILE *out, json_t *progs)
{
	json_t *prog;
	size_t i, m;

	for (m = 0; m < ARRAY_LEN(metrics_list); m++) {
		metrics_head(out, metrics_list[m].name, metrics_list[m].type,
			     metrics_list[m].help);
		json_array_foreach(progs, i, prog) {
			fputs(metrics_list[m].name, out);
			metrics_put_labels(out, prog);
			fprintf(out, "} %.15g\n",
				metrics_list[m].scale *
					json_number_value(
						json_object_get(prog,
								metrics_list[m]
									.key)));
		}
	}
	metrics_put_faults(out, progs);
}

static int metrics_compare(const void *a, const void *b)
{
	const struct rex_prog_info *x = &((const struct rexctl_prog *)a)->info;
	const struct rex_prog_info *y = &((const struct rexctl_prog *)b)->info;

	if (x->image_id != y->image_id)
		return x->image_id < y->image_id ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* All BPF programs that run a program report the counters of that program. */
static void metrics_put_each_once(FILE *out, struct rexctl_progs *progs)
{
	json_t *list = json_array();
	size_t i;

	if (progs->nr)
		qsort(progs->progs, progs->nr, sizeof(*progs->progs),
		      metrics_compare);
	for (i = 0; i < progs->nr; i++)
		if (!i ||
		    metrics_compare(&progs->progs[i - 1], &progs->progs[i]))
			json_array_append_new(list, rexctl_prog_json(
							    &progs->progs[i]));
	metrics_put_progs(out, list);
	json_decref(list);
}

/* Without the module there are no programs: that is a metric, too. */
static int metrics_put(FILE *out)
{
	struct rex_version version = { .size = sizeof(version) };
	struct rexctl_progs progs = {};
	int err = rex_version(&version);
	int status = REXCTL_OK;

	if (err && err != -ENODEV)
		return rexctl_fail_librex();
	metrics_head(out, "rex_up", "gauge", "1 if the module rex is loaded.");
	fprintf(out, "rex_up %d\n", !err);
	if (!err) {
		metrics_head(out, "rex_module_info", "gauge",
			     "The version of the module and its ABI.");
		fputs("rex_module_info{version=\"", out);
		metrics_put_label(out, version.module);
		fprintf(out, "\",abi=\"%u\"} 1\n", version.abi);
		status = rexctl_progs_read(&progs, NULL);
	}
	if (!err && !status)
		metrics_put_each_once(out, &progs);
	rexctl_progs_free(&progs);
	return status;
}

/* ---- to a file ------------------------------------------------------------------ */

/* A reader of the file sees either the old contents or the new ones. */
static int metrics_to_file(const char *path)
{
	char *temporary = NULL;
	int status, fd;
	FILE *out;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return rexctl_fail_errno(ENOMEM, "%s", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		status = rexctl_fail_errno(errno, "cannot write %s", temporary);
		free(temporary);
		return status;
	}
	fchmod(fd, 0644);
	out = fdopen(fd, "w");
	status = out ? metrics_put(out) : rexctl_fail_errno(errno, "%s", path);
	if (out && (ferror(out) | fclose(out)) && !status)
		status = rexctl_fail_errno(errno, "cannot write %s", path);
	if (!status && rename(temporary, path))
		status = rexctl_fail_errno(errno, "cannot write %s", path);
	if (status)
		unlink(temporary);
	free(temporary);
	return status;
}

/* ---- over a socket -------------------------------------------------------------- */

/* Returns whether the client speaks HTTP; it has a moment to say so. */
static bool metrics_is_http(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char request[4096];
	ssize_t n;

	if (poll(&wait, 1, 100) <= 0)
		return false;
	n = recv(fd, request, sizeof(request), MSG_DONTWAIT);
	return n >= 4 && !memcmp(request, "GET ", 4);
}

static void metrics_send(int fd, const char *text, size_t size)
{
	ssize_t n;

	while (size && (n = send(fd, text, size, MSG_NOSIGNAL)) > 0) {
		text += n;
		size -= n;
	}
}

static void metrics_answer(int fd)
{
	const struct timeval limit = { .tv_sec = 5 };
	char *text = NULL, head[160];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	/* A client that reads nothing does not hold up others for long. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (out) {
		metrics_put(out);
		fclose(out);
		if (metrics_is_http(fd)) {
			snprintf(head, sizeof(head),
				 "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %zu\r\n\r\n",
				 size);
			metrics_send(fd, head, strlen(head));
		}
		metrics_send(fd, text, size);
	}
	free(text);
	close(fd);
}

/* A socket that a rexctl has left is taken over; another file is not. */
static int metrics_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -EADDRINUSE;
	}
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
		unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 16)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static void metrics_socket_text(const json_t *event)
{
	rexctl_put_lines(stdout, "listening on %s\n",
			 rexctl_json_get(event, "path"));
}

static int metrics_serve(const char *path)
{
	int status = rexctl_watch_begin();
	int fd, client;

	if (status)
		return status;
	fd = metrics_listen(path);
	if (fd < 0)
		return rexctl_fail_errno(fd, "cannot listen on %s", path);
	rexctl_put_event(json_pack("{ss,ss}", "event", "listening", "path",
				   path),
			 metrics_socket_text);
	while (!rexctl_watch_interrupted(fd)) {
		client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0)
			metrics_answer(client);
	}
	close(fd);
	unlink(path);
	return REXCTL_OK;
}

/* The members that the metrics are made of. */
static int metrics_json(void)
{
	struct rexctl_progs progs;
	json_t *list = json_array();
	int status = rexctl_progs_read(&progs, NULL);
	size_t i;

	for (i = 0; !status && i < progs.nr; i++)
		json_array_append_new(list, rexctl_prog_json(&progs.progs[i]));
	if (!status)
		rexctl_put_table(json_incref(list), NULL);
	json_decref(list);
	rexctl_progs_free(&progs);
	return status;
}

static int metrics_run(void)
{
	if (metrics_socket)
		return metrics_serve(metrics_socket);
	if (metrics_output)
		return metrics_to_file(metrics_output);
	if (rexctl_json)
		return metrics_json();
	return metrics_put(stdout);
}

static const struct argp_option metrics_options[] = {
	{ "output", 'o', "FILE", 0, "replace FILE, for node_exporter", 0 },
	{ "socket", 's', "PATH", 0, "answer at a Unix socket, until Ctrl-C",
	  0 },
	{ 0 },
};

static error_t metrics_parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'o':
		metrics_output = arg;
		return 0;
	case 's':
		metrics_socket = arg;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, NULL, 0, 0);
}

const struct rexctl_verb rexctl_verb_metrics = {
	.name = "metrics",
	.args_doc = "",
	.summary = "Give the counters of all programs to Prometheus.",
	.doc = "The text goes to standard output; to FILE, which rename(2) replaces at once; or to each client that connects to PATH. A client that sends GET gets an HTTP header before it. With --json, standard output gets what list --json prints.",
	.options = metrics_options,
	.parse = metrics_parse,
	.run = metrics_run,
};
