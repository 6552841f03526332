// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "links.h"
#include "verbs.h"

static const char *unload_words[1];

static bool unload_is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* The kernel frees programs a moment after their last reference. */
static bool unload_is_gone(__u32 id)
{
	int fd, i;

	for (i = 0; i < 200; i++) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			return true;
		close(fd);
		usleep(10000);
	}
	return false;
}

static void unload_text(const json_t *event)
{
	rexctl_put_lines(stdout, "unloaded %s\n",
			 rexctl_json_get(event, "program"));
}

/* Closes the program: its descriptor would keep it. */
static int unload_prog(struct rexctl_prog *prog, const struct rexctl_pins *pins)
{
	unsigned int nr = 0;
	int status = rexctl_prog_detach(prog->id, prog->info.name, pins, &nr);

	status = status ?: rexctl_pins_remove(pins, REXCTL_PIN_PROG, prog->id);
	if (status)
		return status;
	close(prog->fd);
	prog->fd = -1;
	if (!unload_is_gone(prog->id)) {
		rexctl_fail(REXCTL_FAILED, "program %s stays", prog->info.name);
		rexctl_hint_holders("prog_id", prog->id);
		return REXCTL_FAILED;
	}
	rexctl_put_event(json_pack("{ss,ss,sI}", "event", "unloaded", "program",
				   prog->info.name, "id", (json_int_t)prog->id),
			 unload_text);
	return REXCTL_OK;
}

static bool unload_has_map(const struct rexctl_progs *progs, __u32 id)
{
	const struct rexctl_prog *prog = progs->progs;
	__u32 i;

	for (; prog < progs->progs + progs->nr; prog++)
		for (i = 0;
		     i < prog->info.nr_map_ids && i < ARRAY_LEN(prog->map_ids);
		     i++)
			if (prog->map_ids[i] == id)
				return true;
	return false;
}

/*
 * Removes what is at @path if it is the pin of a map of @progs, which `load --pin` has made,
 * or adds the name to @others.
 */
static int unload_entry(const char *path, const char *name,
			const struct rexctl_progs *progs, json_t *others)
{
	struct rexctl_pin pin;

	if (!rexctl_pin_of(path, &pin) && pin.kind == REXCTL_PIN_MAP &&
	    unload_has_map(progs, pin.id)) {
		if (unlink(path))
			return rexctl_fail_errno(errno, "cannot remove %s",
						 path);
		return REXCTL_OK;
	}
	json_array_append_new(others, rexctl_json_text(name));
	if (rexctl_pin_is_of_rex(path))
		return rexctl_fail(REXCTL_FAILED,
				   "%s stays: it was pinned meanwhile", path);
	return REXCTL_OK;
}

static int unload_entries(const char *dir, const struct rexctl_progs *progs,
			  json_t *others)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int status = REXCTL_OK;
	int i, nr = scandir(dir, &entries, NULL, alphasort);

	if (nr < 0)
		return rexctl_fail_errno(errno, "%s", dir);
	for (i = 0; i < nr; i++) {
		const char *name = entries[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (strcmp(name, ".") && strcmp(name, ".."))
			status = unload_entry(path, name, progs, others) ?:
									   status;
		free(entries[i]);
	}
	free(entries);
	return status;
}

static void unload_kept_text(const json_t *event)
{
	const json_t *others = json_object_get(event, "others"), *name;
	size_t i;

	rexctl_put_lines(stdout, "%s stays: ", rexctl_json_get(event, "path"));
	if (!json_array_size(others))
		rexctl_put_lines(stdout, "a file system is mounted there");
	else
		rexctl_put_lines(stdout, "it also has ");
	json_array_foreach(others, i, name)
		rexctl_put_lines(stdout, "%s%s", i ? ", " : "",
				 json_string_value(name));
	putchar('\n');
}

/* Removes the pins of maps of @progs, and the folder if nothing else is in it. */
static int unload_folder(const char *dir, const struct rexctl_progs *progs)
{
	json_t *others = json_array();
	int status = unload_entries(dir, progs, others);

	if (!json_array_size(others) && (status || !rmdir(dir))) {
		json_decref(others);
		return status;
	}
	if (!json_array_size(others) && errno != EBUSY)
		status = rexctl_fail_errno(errno, "cannot remove %s", dir);
	else
		rexctl_put_event(json_pack("{ss,so,sO}", "event", "kept",
					   "path", rexctl_json_text(dir),
					   "others", others),
				 unload_kept_text);
	json_decref(others);
	return status;
}

static int unload_run(void)
{
	const char *what = unload_words[0];
	struct rexctl_progs progs;
	struct rexctl_pins pins;
	int status = rexctl_progs_read(&progs, what);
	size_t i;

	if (status) {
		rexctl_progs_free(&progs);
		return status;
	}
	rexctl_pins_read(&pins);
	for (i = 0; i < progs.nr; i++)
		status = unload_prog(&progs.progs[i], &pins) ?: status;
	rexctl_pins_free(&pins);
	/* Without a slash it is a name, as rexctl_progs_read() has it. */
	if (!status && strchr(what, '/') && unload_is_folder(what))
		status = unload_folder(what, &progs);
	rexctl_progs_free(&progs);
	return status;
}

static error_t unload_parse(int key, char *arg, struct argp_state *state)
{
	return rexctl_parse_words(key, arg, state, unload_words, 1, 1);
}

const struct rexctl_verb rexctl_verb_unload = {
	.name = "unload",
	.args_doc = "DIR\nPROGRAM",
	.summary = "Detach and unload what is pinned in DIR, or a program.",
	.doc = "DIR is a folder that load --pin has made, as a path with a slash: the pins of its programs, of their links and of their maps are removed, and so is the folder. If there is something else in it, that and the folder stay, and are named. PROGRAM is an id, the path of a pin, or a name: its links end and all its pins are removed. A program that a process has open stays until that process ends; rexctl names it.",
	.parse = unload_parse,
	.run = unload_run,
};
