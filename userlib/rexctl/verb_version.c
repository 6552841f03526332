// SPDX-License-Identifier: GPL-2.0
#include "verbs.h"

static const struct rexctl_field version_fields[] = {
	{ "librex", "librex", REXCTL_TEXT },
	{ "librex_abi", "its ABI", REXCTL_TEXT },
	{ "libbpf", "libbpf", REXCTL_TEXT },
	{ "module", "rex.ko", REXCTL_TEXT },
	{ "module_abi", "its ABI", REXCTL_TEXT },
	{ "override_return", "override_return", REXCTL_TEXT },
	{ "cpu_memory", "memory per CPU", REXCTL_KIB },
	{ 0 },
};

static int version_run(void)
{
	struct rex_version version = { .size = sizeof(version) };
	json_t *json = json_pack("{ss,si,ss}", "librex", rex_lib_version(),
				 "librex_abi", REX_ABI_VERSION, "libbpf",
				 libbpf_version_string());
	int err = rex_version(&version);

	if (!err)
		json_object_update_new(json,
				       json_pack("{ss,sI,sb,sI}", "module",
						 version.module, "module_abi",
						 (json_int_t)version.abi,
						 "override_return",
						 !!(version.features &
						    REX_FEATURE_OVERRIDE_RETURN),
						 "cpu_memory",
						 (json_int_t)
							 version.cpu_memory));
	rexctl_put_card(json, version_fields);
	if (err)
		return rexctl_fail_librex();
	if (version.abi != REX_ABI_VERSION)
		return rexctl_fail(
			REXCTL_NO_MODULE,
			"the module speaks ABI %u, librex speaks %u; update the older one",
			version.abi, REX_ABI_VERSION);
	return REXCTL_OK;
}

static error_t version_parse(int key, char *arg, struct argp_state *state)
{
	return rexctl_parse_words(key, arg, state, NULL, 0, 0);
}

const struct rexctl_verb rexctl_verb_version = {
	.name = "version",
	.args_doc = "",
	.summary = "Show the versions of the library and of the module.",
	.parse = version_parse,
	.run = version_run,
};
