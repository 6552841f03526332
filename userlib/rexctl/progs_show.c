// SPDX-License-Identifier: GPL-2.0
/*
 * All that is known of a program, as a card.
 */

#include "faults.h"
#include "links.h"
#include "maps.h"

const struct rexctl_field rexctl_show_fields[] = {
	{ "title", NULL, REXCTL_TEXT },
	{ "section", "section", REXCTL_TEXT },
	{ "image", "image", REXCTL_TEXT },
	{ "object", "object", REXCTL_TEXT },
	{ "signer", "signed by", REXCTL_TEXT },
	{ "sha256", "SHA-256", REXCTL_TEXT },
	{ "state", "state", REXCTL_TEXT },
	{ "timeout_ms", "timeout ms", REXCTL_TEXT },
	{ "default_ret", "default return", REXCTL_TEXT },
	{ "runs", "runs", REXCTL_TEXT },
	{ "skipped", "skipped", REXCTL_TEXT },
	{ "faults", "faults", REXCTL_TEXT },
	{ "last_fault", "last fault", REXCTL_TEXT },
	{ "errors", "errors", REXCTL_TEXT },
	{ "missed", "missed", REXCTL_TEXT },
	{ "lost_records", "lost records", REXCTL_TEXT },
	{ "time_ns", "time", REXCTL_NS },
	{ "longest_run_ns", "longest run", REXCTL_NS },
	{ "memory", "memory", REXCTL_KIB },
	{ "heap", "heap", REXCTL_TEXT },
	{ "restarts", "restarts", REXCTL_TEXT },
	{ "maps", "maps", REXCTL_TEXT },
	{ "attached", "attached to", REXCTL_TEXT },
	{ "pinned", "pinned at", REXCTL_TEXT },
	{ 0 },
};

/* "NAME, TYPE, id ID" of each map of the program's image. */
static json_t *show_maps(const struct rexctl_prog *prog)
{
	json_t *list = json_array();
	struct bpf_map_info info;
	__u32 i;

	for (i = 0; i < prog->info.nr_map_ids; i++)
		if (rexctl_map_info(prog->map_ids[i], &info))
			json_array_append_new(list,
					      json_sprintf("%s (%s, id %u)",
							   info.name,
							   rexctl_map_type_name(
								   info.type),
							   info.id));
	return list;
}

static json_t *show_pins(const struct rexctl_prog *prog)
{
	json_t *list = json_array();
	struct rexctl_pins pins;
	size_t i;

	rexctl_pins_read(&pins);
	for (i = 0; i < pins.nr; i++)
		if (pins.pins[i].kind == REXCTL_PIN_PROG &&
		    pins.pins[i].id == prog->id)
			json_array_append_new(list, rexctl_json_text(
							    pins.pins[i].path));
	rexctl_pins_free(&pins);
	return list;
}

/* The last fault: in text, a sentence of what rexctl faults shows. */
static void show_last_fault(const struct rexctl_prog *prog, json_t *json)
{
	struct rex_fault_info info;

	if (!prog->info.faults || rexctl_fault_read(prog->fd, 0, &info))
		return;
	if (rexctl_json)
		json_object_set_new(json, "last_fault",
				    rexctl_fault_json(prog->info.name, &info));
	else
		json_object_set_new(json, "last_fault",
				    json_sprintf("%s: %s",
						 rexctl_cause_name(info.cause),
						 info.message));
}

/* "3: 2 panic, 1 timeout" */
static void show_faults(const struct rexctl_prog *prog, json_t *json)
{
	const struct rex_prog_info *info = &prog->info;
	char text[256];
	size_t len;
	__u32 i;

	if (!info->faults)
		return;
	len = snprintf(text, sizeof(text), "%llu:", info->faults);
	for (i = 0; i < REX_NR_FAULT_CAUSES; i++)
		if (info->faults_by_cause[i] && len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len,
					" %llu %s,", info->faults_by_cause[i],
					rexctl_cause_name(i));
	text[strlen(text) - 1] = '\0';
	json_object_set_new(json, "faults", json_string(text));
}

/* One line of the text combines several members. */
json_t *rexctl_prog_describe(const struct rexctl_prog *prog)
{
	const struct rex_prog_info *info = &prog->info;
	json_t *json = rexctl_prog_json(prog);

	json_object_set_new(json, "maps", show_maps(prog));
	json_object_set_new(json, "attached", rexctl_links_json(prog->id));
	json_object_set_new(json, "pinned", show_pins(prog));
	show_last_fault(prog, json);
	if (rexctl_json)
		return json;
	show_faults(prog, json);
	json_object_set_new(json, "title",
			    json_sprintf("%u: %s, %s", prog->id, info->name,
					 rexctl_prog_type_name(info->type)));
	if (info->heap_size)
		json_object_set_new(
			json, "heap",
			json_sprintf("%llu of %llu KiB in use, %llu allocations failed",
				     (info->heap_used + 1023) / 1024,
				     info->heap_size / 1024,
				     info->heap_failed));
	if (info->errors)
		json_object_set_new(json, "errors",
				    json_sprintf("%llu, the last one %d",
						 info->errors,
						 info->last_error));
	if (!info->signer[0])
		json_object_set_new(json, "signer",
				    json_string("none that the kernel knows"));
	if (!info->time)
		json_object_del(json, "time_ns");
	if (!info->restarts_per_min)
		json_object_del(json, "restarts");
	if (!info->longest_run)
		json_object_del(json, "longest_run_ns");
	return json;
}
