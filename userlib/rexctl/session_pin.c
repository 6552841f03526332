// SPDX-License-Identifier: GPL-2.0
/*
 * Maps, programs and links of an object are pinned here: all of them, or none.
 */
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "links.h"
#include "session.h"

/* Returns the number of bpf_links. */
static size_t session_nr_fds(const struct rexctl_link *link)
{
	size_t nr = 0;

	while (link->many && rex_links_fd(link->many, nr) >= 0)
		nr++;
	return link->many ? nr : 1;
}

/* The links of a program are NAME_link, NAME_link_1 ...; @number is one of link @index. */
static void session_pin_path(const struct rexctl_session *session, size_t index,
			     size_t number, char *path, size_t size)
{
	const struct rexctl_link *link = &session->links.links[index];
	unsigned int same = number;
	size_t i;

	for (i = 0; i < index; i++)
		if (!strcmp(session->links.links[i].prog, link->prog))
			same += session_nr_fds(&session->links.links[i]);
	if (same)
		snprintf(path, size, "%s/%s_link_%u", session->args->pin,
			 link->prog, same);
	else
		snprintf(path, size, "%s/%s_link", session->args->pin,
			 link->prog);
}

/* Removes what was pinned, and the folder if it was made for that. */
static void session_unpin(struct rexctl_session *session)
{
	while (session->nr_pins) {
		unlink(session->pins[--session->nr_pins]);
		free(session->pins[session->nr_pins]);
	}
	if (session->made_folder)
		rmdir(session->args->pin);
	session->made_folder = false;
}

static int session_pin_fd(struct rexctl_session *session, int fd,
			  const char *path)
{
	size_t size = (session->nr_pins + 1) * sizeof(*session->pins);
	char **all = realloc(session->pins, size), *copy = strdup(path);
	int err = ENOMEM;

	if (all)
		session->pins = all;
	if (all && copy && !bpf_obj_pin(fd, path)) {
		all[session->nr_pins++] = copy;
		return REXCTL_OK;
	}
	if (all && copy)
		err = errno;
	free(copy);
	rexctl_fail_errno(err, "cannot pin %s", path);
	if (err == EEXIST)
		rexctl_hint("rexctl unload %s removes what is there",
			    session->args->pin);
	return REXCTL_FAILED;
}

static int session_pin_named(struct rexctl_session *session, int fd,
			     const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", session->args->pin, name);
	return session_pin_fd(session, fd, path);
}

static int session_pin_link(struct rexctl_session *session, size_t index)
{
	const struct rexctl_link *link = &session->links.links[index];
	size_t k, nr = session_nr_fds(link);
	int status = REXCTL_OK;
	char path[PATH_MAX];

	if (link->handle)
		return REXCTL_OK; /* a filter of tc stays without a pin */
	for (k = 0; !status && k < nr; k++) {
		session_pin_path(session, index, k, path, sizeof(path));
		status = session_pin_fd(session,
					link->many ?
						rex_links_fd(link->many, k) :
						link->fd,
					path);
	}
	return status;
}

static bool session_has_link(const struct rexctl_session *session,
			     const char *prog)
{
	size_t i;

	for (i = 0; i < session->links.nr; i++)
		if (!strcmp(session->links.links[i].prog, prog))
			return true;
	return false;
}

/* A program at many functions has carriers of its links alone, which their pins keep. */
static int session_pin_progs(struct rexctl_session *session)
{
	bool kept = session->links.nr;
	struct bpf_program *prog;
	int status = REXCTL_OK;

	bpf_object__for_each_program(prog, session->bpf) {
		const char *name = bpf_program__name(prog);

		if (status)
			break;
		if (bpf_program__autoload(prog)) {
			kept = true;
			status = session_pin_named(session,
						   bpf_program__fd(prog), name);
		} else if (!session_has_link(session, name)) {
			rexctl_put_lines(stderr,
					 "rexctl: %s is not pinned: a program at many functions has to be attached at once\n",
					 name);
		}
	}
	if (kept)
		return status;
	rexctl_fail(REXCTL_FAILED, "%s has no program to pin",
		    session->args->file);
	rexctl_hint("attach the programs at once: --attach --pin %s",
		    session->args->pin);
	return REXCTL_FAILED;
}

static int session_pin_maps(struct rexctl_session *session)
{
	int status = REXCTL_OK;
	struct bpf_map *map;

	bpf_object__for_each_map(map, session->bpf)
		if (!status && bpf_map__autocreate(map))
			status = session_pin_named(session, bpf_map__fd(map),
						   bpf_map__name(map));
	return status;
}

static int session_make_folder(struct rexctl_session *session)
{
	const char *dir = session->args->pin;
	struct statfs fs;
	int err;

	session->made_folder = !mkdir(dir, 0700);
	err = session->made_folder || errno == EEXIST ? 0 : errno;
	if (!err && statfs(dir, &fs))
		err = errno;
	if (err) {
		rexctl_fail_errno(err, "cannot pin to %s", dir);
		rexctl_hint_pin(err);
		return REXCTL_FAILED;
	}
	if (fs.f_type == BPF_FS_MAGIC)
		return REXCTL_OK;
	rexctl_fail(REXCTL_FAILED, "cannot pin to %s", dir);
	rexctl_hint_pin(0);
	return REXCTL_FAILED;
}

int rexctl_session_pin(struct rexctl_session *session)
{
	int status = session_make_folder(session)      ?:
			     session_pin_maps(session) ?:
			     session_pin_progs(session);
	size_t i;

	for (i = 0; !status && i < session->links.nr; i++)
		status = session_pin_link(session, i);
	if (status) {
		session_unpin(session);
		return status;
	}
	for (i = 0; i < session->links.nr; i++)
		session->links.links[i].handle = 0;
	return REXCTL_OK;
}
