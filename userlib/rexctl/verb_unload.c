// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
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

/* The maps that `load --pin` has pinned beside the programs. */
static int unload_folder(const char *dir)
{
	struct rexctl_pins pins;
	int status = REXCTL_OK;
	size_t i;

	rexctl_pins_read(&pins, dir);
	for (i = 0; i < pins.nr; i++)
		if (unlink(pins.pins[i].path))
			status = rexctl_fail_errno(errno, "cannot remove %s",
						   pins.pins[i].path);
	rexctl_pins_free(&pins);
	if (!status && rmdir(dir))
		status = rexctl_fail_errno(errno, "cannot remove %s", dir);
	return status;
}

static int unload_run(void)
{
	struct rexctl_progs progs;
	struct rexctl_pins pins;
	int status = rexctl_progs_read(&progs, unload_words[0]);
	size_t i;

	if (status) {
		rexctl_progs_free(&progs);
		return status;
	}
	rexctl_pins_read(&pins, NULL);
	for (i = 0; i < progs.nr; i++)
		status = unload_prog(&progs.progs[i], &pins) ?: status;
	rexctl_pins_free(&pins);
	if (!status && unload_is_folder(unload_words[0]))
		status = unload_folder(unload_words[0]);
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
	.doc = "DIR is a folder that load --pin has made: all pins in it are removed, and so is the folder. PROGRAM is an id, the path of a pin, or a name: its links end and all its pins are removed. A program that a process has open stays until that process ends; rexctl names it.",
	.parse = unload_parse,
	.run = unload_run,
};
