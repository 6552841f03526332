// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "manifest.h"
#include "objfile.h"
#include "verbs.h"

#define REBUILD_TARGET "x86_64-unknown-none"

static const char *rebuild_words[2];
static const char *rebuild_target_dir;

static const struct rexctl_field rebuild_fields[] = {
	{ "key", "", REXCTL_TEXT },
	{ "object", "THE OBJECT", REXCTL_TEXT },
	{ "here", "BUILT HERE", REXCTL_TEXT },
	{ 0 },
};

/* ---- the build ---------------------------------------------------------------- */

/*
 * Returns the cargo to run. The compiler's wrapper also prefers Debian's compiler to the
 * one that comes first on PATH.
 */
static const char *rebuild_cargo(void)
{
	const char *chosen = getenv("CARGO");

	if (chosen && chosen[0])
		return chosen;
	return access("/usr/bin/cargo", X_OK) ? "cargo" : "/usr/bin/cargo";
}

/* Runs cargo, whose messages go to standard error. */
static int rebuild_run_cargo(const char *source, const char *package,
			     const char *program, const char *target_dir)
{
	const char *const argv[] = {
		rebuild_cargo(), "build",	 "--release", "--target",
		REBUILD_TARGET,	 "--target-dir", target_dir,  "--package",
		package,	 "--bin",	 program,     NULL
	};
	posix_spawn_file_actions_t actions;
	int err, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, source);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
					 STDOUT_FILENO);
	/*
	 * cargo would go by what an earlier compiler under the same wrapper said of itself,
	 * and the names of symbols depend on it.
	 */
	setenv("CARGO_CACHE_RUSTC_INFO", "0", 1);
	err = posix_spawnp(&pid, argv[0], &actions, NULL, (char **)argv,
			   environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		rexctl_fail_errno(err, "cannot run cargo in %s", source);
		if (err == ENOENT)
			rexctl_hint("the package rex-sdk brings cargo");
		return REXCTL_FAILED;
	}
	if (waitpid(pid, &status, 0) != pid)
		return rexctl_fail_errno(errno, "cargo");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return rexctl_fail(REXCTL_FAILED,
				   "cargo cannot build %s, of the package %s, in %s",
				   program, package, source);
	return REXCTL_OK;
}

/* ---- the comparison ----------------------------------------------------------- */

static int rebuild_compare_bytes(const struct rexctl_objfile *object,
				 const struct rexctl_objfile *here)
{
	const unsigned char *a = object->buf, *b = here->buf;
	size_t size = object->object_size, at = 0;
	char name[64];

	if (here->object_size < size)
		size = here->object_size;
	while (at < size && a[at] == b[at])
		at++;
	if (at == object->object_size && at == here->object_size) {
		if (rexctl_json)
			rexctl_put_card(json_pack("{sb}", "same", true), NULL);
		else
			rexctl_put_lines(stdout, "the same: %zu bytes\n", at);
		return REXCTL_OK;
	}
	rexctl_objfile_section_at(object, at, name, sizeof(name));
	return rexctl_fail(
		REXCTL_FAILED,
		"%s: its manifest is that of the sources in %s, and its bytes differ from byte %zu on, in %s: it was not built from these sources",
		rebuild_words[0], rebuild_words[1], at, name);
}

static int rebuild_compare(const struct rexctl_objfile *object,
			   const struct rexctl_objfile *here)
{
	json_t *rows;

	if (!here->manifest)
		return rexctl_fail(REXCTL_FAILED,
				   "%s: this SDK writes no manifests",
				   rebuild_words[1]);
	rows = rexctl_manifest_compare(object->manifest, here->manifest);
	if (!json_array_size(rows)) {
		json_decref(rows);
		return rebuild_compare_bytes(object, here);
	}
	rexctl_put_table(rows, rebuild_fields);
	return rexctl_fail(
		REXCTL_FAILED,
		"%s was built of other sources, or by another compiler, than what is in %s",
		rebuild_words[0], rebuild_words[1]);
}

/* ---- the verb ----------------------------------------------------------------- */

static int rebuild_in(const struct rexctl_objfile *object,
		      const char *target_dir)
{
	char path[PATH_MAX], package[128], program[128];
	struct rexctl_objfile here;
	int status;

	rexctl_manifest_value(object->manifest, "crate ", package,
			      sizeof(package));
	rexctl_manifest_value(object->manifest, "program ", program,
			      sizeof(program));
	if (!program[0])
		return rexctl_fail(REXCTL_FAILED,
				   "%s: its manifest names no program",
				   rebuild_words[0]);
	status = rebuild_run_cargo(rebuild_words[1], package, program,
				   target_dir);
	if (status)
		return status;
	snprintf(path, sizeof(path), "%s/" REBUILD_TARGET "/release/%s",
		 target_dir, program);
	status = rexctl_objfile_open(&here, path);
	if (!status)
		status = rebuild_compare(object, &here);
	rexctl_objfile_close(&here);
	return status;
}

static int rebuild_run(void)
{
	char temporary[] = "/tmp/rexctl-rebuild.XXXXXX";
	char chosen[PATH_MAX];
	struct rexctl_objfile object;
	int status = rexctl_objfile_open(&object, rebuild_words[0]);

	if (!rebuild_words[1])
		rebuild_words[1] = ".";
	if (!status && !object.manifest)
		status = rexctl_fail(
			REXCTL_FAILED,
			"%s has no manifest, which says what it was built from: cargo and the SDK write one",
			rebuild_words[0]);
	if (!status && rebuild_target_dir) {
		/* cargo runs in another folder. */
		if (!realpath(rebuild_target_dir, chosen))
			status = rexctl_fail_errno(errno, "%s",
						   rebuild_target_dir);
		else
			status = rebuild_in(&object, chosen);
	} else if (!status) {
		if (!mkdtemp(temporary))
			status = rexctl_fail_errno(errno, "%s", temporary);
		else
			status = rebuild_in(&object, temporary);
		rexctl_remove_folder(temporary);
	}
	rexctl_objfile_close(&object);
	return status;
}

static const struct argp_option rebuild_options[] = {
	{ "target-dir", 't', "DIR", 0, "build in DIR, and keep it", 0 },
	{ 0 },
};

static error_t rebuild_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 't') {
		rebuild_target_dir = arg;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, rebuild_words, 1, 2);
}

const struct rexctl_verb rexctl_verb_rebuild = {
	.name = "rebuild",
	.args_doc = "FILE [FOLDER]",
	.summary = "Build an object again from its sources, and compare.",
	.doc = "FOLDER has the sources of the program of FILE, whose signature does not count; without it, they are in the current folder. The status is 0 if cargo makes the same bytes of them. Otherwise, rexctl names the crates, the tools or the flags that differ. The variable CARGO names another cargo than /usr/bin/cargo. The build runs the build scripts and macros of the sources, as this user.",
	.options = rebuild_options,
	.parse = rebuild_parse,
	.run = rebuild_run,
};
