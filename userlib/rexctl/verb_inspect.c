// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "../../kmod/cpu_features.h"
#include "check.h"
#include "manifest.h"
#include "objfile.h"
#include "session.h"
#include "verbs.h"

static const char *inspect_words[1];
static bool inspect_check;

static const struct rexctl_field inspect_card[] = {
	{ "file", "file", REXCTL_TEXT },
	{ "crate", "crate", REXCTL_TEXT },
	{ "compiler", "compiler", REXCTL_TEXT },
	{ "rex", "crate rex", REXCTL_TEXT },
	{ "abi", "ABI", REXCTL_TEXT },
	{ "cpu_features", "CPU features", REXCTL_TEXT },
	{ "compiler_sha256", "compiler hash", REXCTL_TEXT },
	{ "library_sha256", "library hash", REXCTL_TEXT },
	{ "wrapper", "wrapper", REXCTL_TEXT },
	{ "cargo", "cargo", REXCTL_TEXT },
	{ "linker", "linker", REXCTL_TEXT },
	{ "flags", "flags", REXCTL_TEXT },
	{ "signature", "signature", REXCTL_TEXT },
	{ "size", "file size", REXCTL_TEXT },
	{ "sha256", "SHA-256", REXCTL_TEXT },
	{ "text_size", "text", REXCTL_TEXT },
	{ "rodata_size", "read-only data", REXCTL_TEXT },
	{ "data_size", "data", REXCTL_TEXT },
	{ "allocates", "allocates", REXCTL_TEXT },
	{ "helpers", "helpers", REXCTL_TEXT },
	{ "kernel_data", "kernel data", REXCTL_TEXT },
	{ "runtime", "runtime", REXCTL_TEXT },
	{ "code", "machine code", REXCTL_TEXT },
	{ "loads", "loads here", REXCTL_TEXT },
	{ "reason", "because", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field inspect_progs[] = {
	{ "name", "NAME", REXCTL_TEXT },
	{ "type", "TYPE", REXCTL_TEXT },
	{ "timeout_ms", "TIMEOUT MS", REXCTL_TEXT },
	{ "default_ret", "DEFAULT", REXCTL_TEXT },
	{ "section", "SECTION", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field inspect_maps[] = {
	{ "name", "NAME", REXCTL_TEXT },
	{ "type", "TYPE", REXCTL_TEXT },
	{ "key_size", "KEY", REXCTL_TEXT },
	{ "value_size", "VALUE", REXCTL_TEXT },
	{ "max_entries", "MAX ENTRIES", REXCTL_TEXT },
	{ "flags", "FLAGS", REXCTL_TEXT },
	{ "lock", "LOCK", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field inspect_configs[] = {
	{ "name", "NAME", REXCTL_TEXT },
	{ "kind", "KIND", REXCTL_TEXT },
	{ "size", "BYTES", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field inspect_crates[] = {
	{ "name", "NAME", REXCTL_TEXT },
	{ "version", "VERSION", REXCTL_TEXT },
	{ "sha256", "SHA-256 OF THE SOURCES", REXCTL_TEXT },
	{ "features", "FEATURES", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_field inspect_frames[] = {
	{ "size", "BYTES", REXCTL_TEXT },
	{ "function", "FUNCTION", REXCTL_TEXT },
	{ 0 },
};

static const struct rexctl_section inspect_sections[] = {
	{ NULL, NULL, inspect_card },
	{ "programs", "programs", inspect_progs },
	{ "maps", "maps", inspect_maps },
	{ "configs", "configs, for --set", inspect_configs },
	{ "crates", "built from", inspect_crates },
	{ "frames", "frames: the limit is 4096 bytes", inspect_frames },
	{ 0 },
};

static json_t *inspect_list_progs(const struct rex_decls *decls)
{
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < decls->nr_progs; i++) {
		const struct rex_prog_def *prog = &decls->progs[i];
		json_t *row = json_pack("{ss,ss,ss}", "name", prog->name,
					"type",
					rexctl_prog_type_name(prog->type),
					"section", prog->section);

		if (prog->timeout_ms)
			json_object_set_new(row, "timeout_ms",
					    json_integer(prog->timeout_ms));
		if (prog->flags & REX_PROG_HAS_DEFAULT_RET)
			json_object_set_new(row, "default_ret",
					    json_integer(prog->default_ret));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *inspect_list_maps(const struct rex_decls *decls)
{
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < decls->nr_maps; i++) {
		const struct rex_map_def *def = &decls->maps[i].def;

		json_array_append_new(list,
				      json_pack("{ss,ss,sI,sI,sI,so,sb}",
						"name", decls->maps[i].name,
						"type",
						rexctl_map_type_name(def->type),
						"key_size",
						(json_int_t)def->key_size,
						"value_size",
						(json_int_t)def->value_size,
						"max_entries",
						(json_int_t)def->max_entries,
						"flags",
						json_sprintf("%#x",
							     def->map_flags),
						"lock",
						!!(def->flags &
						   REX_MAP_HAS_SPIN_LOCK)));
	}
	return list;
}

static json_t *inspect_list_configs(const struct rex_decls *decls)
{
	static const char *const kinds[] = {
		[REX_CONFIG_BYTES] = "bytes",
		[REX_CONFIG_UNSIGNED] = "unsigned",
		[REX_CONFIG_SIGNED] = "signed",
		[REX_CONFIG_BOOL] = "bool",
	};
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < decls->nr_configs; i++) {
		const struct rex_config_def *def = &decls->configs[i].def;

		json_array_append_new(list,
				      json_pack("{ss,ss,sI}", "name",
						decls->configs[i].name, "kind",
						def->kind < ARRAY_LEN(kinds) ?
							kinds[def->kind] :
							"unknown",
						"size",
						(json_int_t)def->value_size));
	}
	return list;
}

static json_t *inspect_list_frames(const struct rexctl_objfile *file)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < file->nr_frames; i++)
		json_array_append_new(list,
				      json_pack("{sI,so}", "size",
						(json_int_t)file->frames[i].size,
						"function",
						rexctl_json_text(
							file->frames[i]
								.function)));
	return list;
}

/*
 * Only the module knows whether it loads an object. If the module can be used,
 * it loads the object, which is unloaded at once. No program runs meanwhile.
 */
static void inspect_try(json_t *json, const char *path)
{
	struct rex_version version = { .size = sizeof(version) };
	struct rex_obj *obj;

	if (rex_version(&version)) {
		json_object_set_new(json, "loads", json_string("not known"));
		json_object_set_new(json, "reason",
				    rexctl_json_text(rex_last_error()));
		return;
	}
	obj = rex_obj_open(path, NULL);
	if (obj && !rexctl_leave_out_timers(obj) && !rex_obj_load_opened(obj)) {
		json_object_set_new(json, "loads", json_string("yes"));
	} else {
		json_object_set_new(json, "loads", json_string("no"));
		json_object_set_new(json, "reason",
				    rexctl_json_text(rex_last_error()));
	}
	rex_obj_close(obj);
}

/* Only the kernel can check the signature, and whether it knows the key. */
static json_t *inspect_signature(const struct rexctl_objfile *file)
{
	if (file->bad_signature[0])
		return rexctl_json_text(file->bad_signature);
	return file->signer[0] ? rexctl_json_text(file->signer) :
				 json_string("none");
}

/* The hash of the file, as rex.ko reports it of an image. */
static json_t *inspect_hash(const struct rexctl_objfile *file)
{
	__u8 hash[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(file->buf, file->size, hash, NULL, EVP_sha256(), NULL))
		return json_string("not known");
	return rexctl_hash_json(hash);
}

/* What the code needs beyond plain x86-64, or nothing. */
static void inspect_add_features(json_t *json, __u32 features)
{
	char names[REX_CPU_NAMES_LEN], *rest = names, *name;
	json_t *list;

	if (!features)
		return;
	rex_cpu_names(features, names, sizeof(names));
	list = json_array();
	while ((name = strsep(&rest, ",")))
		json_array_append_new(list,
				      json_string(name + strspn(name, " ")));
	json_object_set_new(json, "cpu_features", list);
}

static json_t *inspect_describe(const struct rexctl_objfile *file,
				const char *path)
{
	const struct rex_note *note = &file->decls.note;
	json_t *json =
		json_pack("{so,so,so,so,sI,sI,sI,sI,sI,sb,sO,sO,sO}", "file",
			  rexctl_json_text(path), "crate",
			  rexctl_json_text(file->crate), "compiler",
			  rexctl_json_text(note->rustc), "rex",
			  json_sprintf("%u.%u.%u", note->crate_version >> 16,
				       note->crate_version >> 8 & 0xff,
				       note->crate_version & 0xff),
			  "abi", (json_int_t)note->abi, "size",
			  (json_int_t)file->size, "text_size",
			  (json_int_t)file->text_size, "rodata_size",
			  (json_int_t)file->rodata_size, "data_size",
			  (json_int_t)file->data_size, "allocates",
			  file->allocates, "helpers", file->helpers,
			  "kernel_data", file->fields, "runtime",
			  file->runtime);

	inspect_add_features(json, file->decls.cpu_features);
	json_object_set_new(json, "sha256", inspect_hash(file));
	json_object_set_new(json, "signature", inspect_signature(file));
	json_object_set_new(json, "programs", inspect_list_progs(&file->decls));
	json_object_set_new(json, "maps", inspect_list_maps(&file->decls));
	json_object_set_new(json, "configs",
			    inspect_list_configs(&file->decls));
	json_object_set_new(json, "frames", inspect_list_frames(file));
	if (file->manifest)
		rexctl_manifest_describe(file->manifest, json);
	return json;
}

/* Checks the code as LOAD does, but without a kernel. */
static int inspect_check_code(const struct rexctl_objfile *file, json_t *json)
{
	char why[512] = "";
	int err;

	err = rexctl_check(file->buf, file->object_size, why, sizeof(why));
	why[strcspn(why, "\n")] = '\0';
	json_object_set_new(json, "code",
			    json_string(err ? "refused" : "accepted"));
	if (!err)
		return REXCTL_OK;
	if (!why[0])
		return rexctl_fail_errno(err, "%s", inspect_words[0]);
	json_object_set_new(json, "code_reason", rexctl_json_text(why));
	return rexctl_fail(REXCTL_FAILED, "%s: %s", inspect_words[0], why);
}

static int inspect_run(void)
{
	struct rexctl_objfile file;
	int status = rexctl_objfile_open(&file, inspect_words[0]);
	json_t *json;

	if (!status) {
		json = inspect_describe(&file, inspect_words[0]);
		if (inspect_check)
			status = inspect_check_code(&file, json);
		else
			inspect_try(json, inspect_words[0]);
		rexctl_put_sections(json, inspect_sections);
	}
	rexctl_objfile_close(&file);
	return status;
}

static const struct argp_option inspect_options[] = {
	{ "check", 'c', NULL, 0, "check the machine code, as loading does", 0 },
	{ 0 },
};

static error_t inspect_parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'c') {
		inspect_check = true;
		return 0;
	}
	return rexctl_parse_words(key, arg, state, inspect_words, 1, 1);
}

const struct rexctl_verb rexctl_verb_inspect = {
	.name = "inspect",
	.args_doc = "FILE",
	.summary = "Show what is in an object file, and whether it loads here.",
	.doc = "This needs neither the module nor a privilege. If both are there, the module is asked whether it loads the object, and what it has loaded is unloaded at once, before any of it runs. With --check, the code is checked here instead, by the rules of the module, and the status is 1 if it is refused.",
	.options = inspect_options,
	.parse = inspect_parse,
	.run = inspect_run,
};
