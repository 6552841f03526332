// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "types.h"
#include "verbs.h"

#define TYPES_MAX_WORDS 64

static const char *types_words[TYPES_MAX_WORDS];
static const char *types_file, *types_module;

static const struct argp_option types_options[] = {
	{ "btf", 'b', "FILE", 0,
	  "the types of this file, instead of the kernel's", 0 },
	{ "module", 'm', "NAME", 0, "the types of a module as well", 0 },
	{ 0 },
};

/* Opens the types that were asked for, on top of *@base; NULL: it has failed. */
static struct btf *types_open(struct btf **base, int *status)
{
	struct btf *btf;

	*base = types_file ? btf__parse(types_file, NULL) :
			     btf__load_vmlinux_btf();
	if (!*base) {
		*status = rexctl_fail_errno(
			errno, "no BTF in %s",
			types_file ?: "this kernel (CONFIG_DEBUG_INFO_BTF)");
		return NULL;
	}
	if (!types_module)
		return *base;
	btf = btf__load_module_btf(types_module, *base);
	if (!btf)
		*status =
			rexctl_fail_errno(errno,
					  "no BTF of module %s, or it is not loaded",
					  types_module);
	return btf;
}

/* Standard output gets nothing if a struct or a member is missing. */
static int types_put(const struct btf *btf)
{
	char why[TYPES_WHY_LEN] = "no memory";
	char *text = NULL;
	size_t size, nr = 0;
	FILE *out = open_memstream(&text, &size);
	int err = -ENOMEM;

	while (nr < TYPES_MAX_WORDS && types_words[nr])
		nr++;
	if (out) {
		err = types_write(out, btf, (char *const *)types_words, nr,
				  why);
		fclose(out);
	}
	if (!err && rexctl_json)
		rexctl_put_card(json_pack("{ss}", "declarations", text), NULL);
	else if (!err)
		fputs(text, stdout);
	free(text);
	if (err)
		return rexctl_fail(err == -ENOENT ? REXCTL_NOT_FOUND :
						    REXCTL_FAILED,
				   "%s", why);
	return REXCTL_OK;
}

static int types_run(void)
{
	struct btf *base, *btf;
	int status = REXCTL_OK;

	btf = types_open(&base, &status);
	if (btf)
		status = types_put(btf);
	if (btf != base)
		btf__free(btf);
	btf__free(base);
	return status;
}

static error_t types_parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'b':
		types_file = arg;
		return 0;
	case 'm':
		types_module = arg;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, types_words, 1,
				  TYPES_MAX_WORDS);
}

const struct rexctl_verb rexctl_verb_types = {
	.name = "types",
	.args_doc = "STRUCT[.MEMBER]...",
	.summary = "Write declarations of the kernel's structs for a program.",
	.doc = "They are for rex::kernel!, with all members that have a type in Rust, or with those that are named. The types are the running kernel's; neither the module nor a privilege is required.",
	.options = types_options,
	.parse = types_parse,
	.run = types_run,
};
