// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "btf.h"
#include "btf_query.h"
#include "carrier.h"
#include "compat.h"
#include "image.h"
#include "ksyms.h"
#include "log.h"
#include "pattern.h"
#include "progtype.h"
#include "selftest.h"
#include "tracepoints.h"

#define FIELD_PREFIX "__rex_tp:"
#define RAW_PREFIX "__rex_raw_tp:"

/* Larger than any context. */
#define NOWHERE U32_MAX

/* The parts of the symbol of a field that a program reads. */
struct field_ref {
	const char *event; /* category/event */
	const char *name;
	char kind;
	u32 size;
};

static int tracepoints_refuse(struct rex_log *log, const struct field_ref *ref,
			      const char *what)
{
	rex_log_err(log, "field %s of tracepoint %s %s", ref->name, ref->event,
		    what);
	return -ENOEXEC;
}

/*
 * Find the event @path, "category/name"; NULL if there is none. This allocates nothing:
 * callers take NULL for an answer, not for want of memory.
 */
static struct trace_event_file *tracepoints_get_event(const char *path)
{
	const char *slash = strchr(path, '/');
	char category[REX_SECTION_LEN];
	struct trace_event_file *file;

	if (!slash || (size_t)(slash - path) >= sizeof(category))
		return NULL;
	strscpy(category, path, slash - path + 1);
	file = trace_get_event_file(NULL, category, slash + 1);
	return IS_ERR(file) ? NULL : file;
}

static struct list_head *tracepoints_event_fields(struct trace_event_file *file)
{
	struct trace_event_call *call = file->event_call;

	return call->class->get_fields ? call->class->get_fields(call) :
					 &call->class->fields;
}

static const struct rex_compat_event_field *
tracepoints_find_field(struct trace_event_file *file, const char *name)
{
	struct rex_compat_event_field *field;

	list_for_each_entry(field, tracepoints_event_fields(file), link)
		if (!strcmp(field->name, name))
			return field;
	return NULL;
}

static bool tracepoints_is_loc(const struct rex_compat_event_field *field)
{
	return !strncmp(field->type, "__data_loc", 10);
}

static int tracepoints_check_field(const struct rex_compat_event_field *field,
				   const struct field_ref *ref,
				   struct rex_log *log)
{
	bool is_signed = field->is_signed & 1;
	bool is_array = strchr(field->type, '[');

	if (tracepoints_is_loc(field) != (ref->kind == 'd'))
		return tracepoints_refuse(
			log, ref,
			tracepoints_is_loc(field) ?
				"is data of variable length: take it as a DataLoc" :
				"is no data of variable length");
	if (!tracepoints_is_loc(field) && is_array != (ref->kind == 'a'))
		return tracepoints_refuse(log, ref,
					  is_array ? "is an array" :
						     "is no array");
	if (field->size != ref->size) {
		rex_log_err(log,
			    "field %s of tracepoint %s has %d bytes, the program wants %u",
			    ref->name, ref->event, field->size, ref->size);
		return -ENOEXEC;
	}
	if (is_signed ? ref->kind == 'u' : ref->kind == 's')
		return tracepoints_refuse(log, ref,
					  is_signed ? "is signed" :
						      "is unsigned");
	return 0;
}

/*
 * Newer kernels copy strings from the memory of the caller of a system call. They are in
 * the record of tracefs only: the record of BPF programs ends with the last argument.
 */
static bool
tracepoints_is_made_by_tracefs(const struct rex_compat_event_field *field,
			       const char *event)
{
	return tracepoints_is_loc(field) && !strncmp(event, "syscalls/", 9);
}

static int tracepoints_resolve_field(const struct field_ref *ref, u64 *value,
				     struct rex_log *log)
{
	struct trace_event_file *file = tracepoints_get_event(ref->event);
	const struct rex_compat_event_field *field;
	int ret;

	if (!file) {
		rex_log_err(log, "there is no tracepoint %s", ref->event);
		return -ENOEXEC;
	}
	field = tracepoints_find_field(file, ref->name);
	if (field && tracepoints_is_made_by_tracefs(field, ref->event)) {
		ret = tracepoints_refuse(log, ref,
					 "is not in the record that programs get");
	} else if (field) {
		ret = tracepoints_check_field(field, ref, log);
		*value = field->offset;
	} else {
		rex_log_err(log, "tracepoint %s has no field %s", ref->event,
			    ref->name);
		ret = -ENOEXEC;
	}
	trace_put_event_file(file);
	return ret;
}

/* Parse "s4", "a1x16" and so on. */
static bool tracepoints_parse_kind(const char *text, struct field_ref *ref)
{
	unsigned int number = 1;
	char end;

	ref->kind = text[0];
	if (text[0] == 'a' &&
	    (sscanf(text + 1, "%ux%u%c", &ref->size, &number, &end) != 2 ||
	     check_mul_overflow(ref->size, number, &ref->size)))
		return false;
	if (text[0] == 'a')
		return true;
	return text[0] && strchr("sud", text[0]) &&
	       !kstrtou32(text + 1, 10, &ref->size);
}

/* Parse "category/event:field:kind", which is changed. */
static bool tracepoints_parse_field(char *text, struct field_ref *ref)
{
	const char *kind;

	ref->event = strsep(&text, ":");
	ref->name = strsep(&text, ":");
	kind = strsep(&text, ":");
	return ref->name && kind && !text && tracepoints_parse_kind(kind, ref);
}

static int tracepoints_resolve_field_symbol(const char *name, u64 *value,
					    struct rex_log *log)
{
	char *text = kstrdup(name, GFP_KERNEL);
	struct field_ref ref;
	int ret;

	if (!text)
		return -ENOMEM;
	if (tracepoints_parse_field(text, &ref))
		ret = tracepoints_resolve_field(&ref, value, log);
	else
		ret = -ENOENT;
	kfree(text);
	return ret;
}

static bool tracepoints_raw_tracepoint_args(const char *name, u32 *nr_args)
{
	struct bpf_raw_event_map *map = rex_kcall(bpf_get_raw_tracepoint)(name);

	if (!map)
		return false;
	*nr_args = map->num_args;
	rex_kcall(bpf_put_raw_tracepoint)(map);
	return true;
}

static int tracepoints_resolve_raw_symbol(const char *name, u64 *value,
					  struct rex_log *log)
{
	u32 nr_args;

	if (!tracepoints_raw_tracepoint_args(name, &nr_args)) {
		rex_log_err(log, "there is no raw tracepoint %s", name);
		return -ENOEXEC;
	}
	*value = nr_args;
	return 0;
}

int rex_tracepoints_resolve(const char *name, u64 *value, struct rex_log *log)
{
	if (!strncmp(name, FIELD_PREFIX, strlen(FIELD_PREFIX)))
		return tracepoints_resolve_field_symbol(name + strlen(FIELD_PREFIX),
							value, log);
	if (!strncmp(name, RAW_PREFIX, strlen(RAW_PREFIX)))
		return tracepoints_resolve_raw_symbol(name + strlen(RAW_PREFIX),
						      value, log);
	return -ENOENT;
}

/* ---- contexts ---- */

/* Returns the size of the record of an event, as BPF programs see it. */
static u32 tracepoints_record_size(const char *path)
{
	struct trace_event_file *file = tracepoints_get_event(path);
	struct rex_compat_event_field *field;
	u32 size = 0;

	if (!file)
		return NOWHERE;
	list_for_each_entry(field, tracepoints_event_fields(file), link)
		if (!tracepoints_is_made_by_tracefs(field, path))
			size = max_t(u32, size, field->offset + field->size);
	trace_put_event_file(file);
	return size;
}

/*
 * Returns the part of the section name after its first slash; NULL if there is
 * none.
 */
static const char *tracepoints_attach_point(const struct rex_prog *prog)
{
	const char *slash = strchr(prog->section, '/');

	return slash ? slash + 1 : NULL;
}

u32 rex_tracepoints_context_size(const struct rex_prog *prog)
{
	const char *event = tracepoints_attach_point(prog);
	u32 nr_args;

	if (prog->timer)
		return NOWHERE; /* nothing calls its carrier */
	/* A request for a run gives this many arguments; no tracepoint has more. */
	if (rex_prog_is_request(prog->section))
		return MAX_BPF_FUNC_ARGS * sizeof(u64);
	if (!event)
		return 0;
	if (prog->type == BPF_PROG_TYPE_TRACEPOINT)
		return tracepoints_record_size(event);
	if (prog->type == BPF_PROG_TYPE_RAW_TRACEPOINT ||
	    (prog->type == BPF_PROG_TYPE_TRACING &&
	     prog->attach_type == BPF_TRACE_RAW_TP))
		return tracepoints_raw_tracepoint_args(event, &nr_args) ?
			       nr_args * sizeof(u64) :
			       NOWHERE;
	return 0;
}

/*
 * The verifier notes that a program calls bpf_get_stack() or bpf_get_stackid(). Without
 * the note, the kernel would not set the sample's pointer to its callchain, which these
 * helpers follow; and it would attach the program to precise events, at whose samples no
 * stack can be walked.
 */
static bool tracepoints_needs_callchain(const struct rex_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_PERF_EVENT &&
	       prog->image->takes_stacks;
}

/* The verifier notes that a program calls bpf_get_func_ip(). */
static bool tracepoints_needs_function(const struct rex_prog *prog)
{
	return rex_prog_is_of_function(prog->type, prog->attach_type) &&
	       prog->image->asks_function;
}

/* Returns whether the carrier is for what the prefix and the program's section name. */
static bool tracepoints_same_name(const struct bpf_prog *carrier,
				  const char *prefix,
				  const struct rex_prog *prog)
{
	const char *point = tracepoints_attach_point(prog);
	const char *name = carrier->aux->attach_func_name;
	size_t len = strlen(prefix);

	return name && point && !strncmp(name, prefix, len) &&
	       !strcmp(name + len, point);
}

static bool tracepoints_same_raw_tracepoint(const struct bpf_prog *carrier,
					    const struct rex_prog *prog)
{
	const char *name = carrier->aux->attach_func_name;
	static const char prefix[] = "btf_trace_";
	bool has_prefix = name && !strncmp(name, prefix, strlen(prefix));

	return tracepoints_same_name(carrier, has_prefix ? prefix : "", prog);
}

static int tracepoints_refuse_carrier(const struct rex_prog *prog,
				      struct rex_log *log)
{
	rex_log_err(log,
		    "the BPF program does not attach to where program %s does: \"%s\"",
		    prog->name, prog->section);
	return -EPROTOTYPE;
}

/* Returns 0 if programs of this kind run at the carrier's function, whatever its arguments. */
static int tracepoints_check_place(const struct bpf_prog *carrier,
				   const struct rex_prog *prog,
				   struct rex_log *log)
{
	const char *function = carrier->aux->attach_func_name;

	if (!rex_prog_is_of_function(prog->type, prog->attach_type))
		return 0;
	if (!rex_carrier_knows_function && tracepoints_needs_function(prog)) {
		rex_log_err(log,
			    "program %s asks for the address of the traced function, which this kernel keeps elsewhere",
			    prog->name);
		return -ENOEXEC;
	}
	if (prog->kind->sleepable &&
	    !(function && rex_prog_may_sleep_at(function))) {
		rex_log_err(log,
			    "program %s may sleep at a system call, such as __x64_sys_openat, and not at %s: the kernel may hold a lock there",
			    prog->name, function);
		return -EPROTOTYPE;
	}
	if (prog->attach_type == BPF_TRACE_FEXIT && function &&
	    !rex_function_returns(function)) {
		rex_log_err(log,
			    "program %s: function '%s' never returns: use fentry instead of fexit",
			    prog->name, function);
		return -EPROTOTYPE;
	}
	return 0;
}

/*
 * Programs that read the arguments of a function by type do not run at another one. An
 * object that has no such argument may, as one that names no function.
 */
static int tracepoints_check_function(const struct bpf_prog *carrier,
				      const struct rex_prog *prog,
				      struct rex_log *log)
{
	const char *prefix = prog->type == BPF_PROG_TYPE_LSM ? "bpf_lsm_" : "";
	const char *function = tracepoints_attach_point(prog);

	if (function && rex_is_pattern(function))
		return rex_btf_check_function(&prog->image->functions, function,
					      prog->name,
					      carrier->aux->attach_btf,
					      carrier->aux->attach_btf_id, log);
	if (!function ||
	    !rex_btf_has_function(&prog->image->functions, prefix, function) ||
	    tracepoints_same_name(carrier, prefix, prog))
		return 0;
	return tracepoints_refuse_carrier(prog, log);
}

static bool tracepoints_has_asker(const struct rex_image *image,
				  const char *asker)
{
	const struct rex_prog *prog = image->ctl->progs;
	const char *pattern;
	u32 i;

	for (i = 0; i < image->nr_progs; i++, prog++) {
		pattern = tracepoints_attach_point(prog);
		if (rex_prog_is_of_function(prog->type, prog->attach_type) &&
		    pattern && rex_btf_is_asker(asker, pattern, prog->name))
			return true;
	}
	return false;
}

int rex_tracepoints_check_askers(const struct rex_image *image,
				 struct rex_log *log)
{
	const struct btf_function *asked = NULL;
	const char *asker;

	while ((asked = rex_btf_next_asked(&image->functions, asked, &asker))) {
		cond_resched(); /* there may be many */
		if (tracepoints_has_asker(image, asker))
			continue;
		rex_log_err(log,
			    "the arguments of %s are read by no fentry or fexit program of this pattern and name: nothing would compare them with those of a function",
			    asker);
		return -ENOEXEC;
	}
	return 0;
}

int rex_tracepoints_check_carrier(const struct bpf_prog *carrier,
				  const struct rex_prog *prog,
				  struct rex_log *log)
{
	bool is_same;

	if (prog->type != BPF_PROG_TYPE_TRACING &&
	    prog->type != BPF_PROG_TYPE_LSM)
		return 0;
	if (carrier->expected_attach_type != prog->attach_type)
		is_same = false;
	else if (rex_prog_is_iterator(prog))
		/* Each iterator has another context, with its objects. */
		is_same = tracepoints_same_name(carrier, "bpf_iter_", prog);
	else if (prog->type == BPF_PROG_TYPE_TRACING &&
		 prog->attach_type == BPF_TRACE_RAW_TP)
		/* Only the type of the tracepoint has the number of arguments. */
		is_same = tracepoints_same_raw_tracepoint(carrier, prog);
	else
		return tracepoints_check_place(carrier, prog, log) ?:
			       tracepoints_check_function(carrier, prog, log);
	return is_same ? 0 : tracepoints_refuse_carrier(prog, log);
}

/*
 * The kernel compares the program that it attaches with the event, but not a program that
 * this one tail-calls. It takes no program into a program array that overrides what a
 * probed function returns, so the carrier counts as one. At a tracepoint's record it would
 * not be attached any more: such a carrier can be tail-called. What is traced by BTF finds the
 * arguments of its function where that function's trampoline puts them, and kernels before
 * 6.18, 6.12.53 and 6.1.156 compare neither the function nor whether it begins or returns.
 */
static void tracepoints_forbid_tail_calls(struct bpf_prog *carrier)
{
	if (carrier->type == BPF_PROG_TYPE_TRACEPOINT)
		return;
	if (carrier->aux->max_ctx_offset || carrier->call_get_stack ||
	    carrier->type == BPF_PROG_TYPE_TRACING ||
	    carrier->type == BPF_PROG_TYPE_LSM)
		carrier->kprobe_override = 1;
}

void rex_tracepoints_restrict_carrier(struct bpf_prog *carrier,
				      const struct rex_prog *prog,
				      u32 context_size)
{
	carrier->aux->max_ctx_offset =
		max(carrier->aux->max_ctx_offset, context_size);
	if (tracepoints_needs_callchain(prog))
		carrier->call_get_stack = 1;
	if (tracepoints_needs_function(prog))
		carrier->call_get_func_ip = 1;
	tracepoints_forbid_tail_calls(carrier);
}

bool rex_tracepoints_fits_restriction(const struct bpf_prog *carrier,
				      const struct rex_prog *prog,
				      u32 context_size)
{
	return context_size <= carrier->aux->max_ctx_offset &&
	       (!tracepoints_needs_callchain(prog) ||
		carrier->call_get_stack) &&
	       (!tracepoints_needs_function(prog) || carrier->call_get_func_ip);
}

/* ---- the layout of fields ---- */

/* A field that is the same in all kernels; with others, all members are tested. */
struct known_field {
	const char *category;
	const char *event;
	struct rex_compat_event_field field;
};

static const struct known_field known_fields[] __initconst = {
	{ "sched",
	  "sched_switch",
	  { .name = "prev_pid",
	    .type = "pid_t",
	    .offset = 24,
	    .size = 4,
	    .is_signed = 1 } },
	{ "irq",
	  "softirq_entry",
	  { .name = "vec", .type = "unsigned int", .offset = 8, .size = 4 } },
};

static bool __init tracepoints_is_text(const char *at, const char *want)
{
	char text[16];

	return rex_kcall(strncpy_from_kernel_nofault)(text, at, sizeof(text)) >
		       0 &&
	       !strcmp(text, want);
}

/* In a kernel with another struct, anything can be where the pointers are. */
static bool __init
tracepoints_is_known(const void *at, const struct rex_compat_event_field *want)
{
	struct rex_compat_event_field field;

	if (rex_selftest_is_other(REX_OTHER_EVENT_FIELDS))
		at += sizeof(long);
	return !copy_from_kernel_nofault(&field, at, sizeof(field)) &&
	       tracepoints_is_text(field.name, want->name) &&
	       tracepoints_is_text(field.type, want->type) &&
	       field.offset == want->offset && field.size == want->size &&
	       (field.is_signed & 1) == want->is_signed;
}

static int __init tracepoints_verify_field(const struct known_field *known)
{
	struct trace_event_file *file =
		trace_get_event_file(NULL, known->category, known->event);
	const struct list_head *link;
	bool found = false;

	/* No program finds a field in a kernel without events. */
	if (IS_ERR(file)) {
		pr_warn("there is no tracepoint %s/%s: the layout of fields is not verified\n",
			known->category, known->event);
		return 0;
	}
	list_for_each(link, tracepoints_event_fields(file))
		found |= tracepoints_is_known(link, &known->field);
	trace_put_event_file(file);
	if (found)
		return 0;
	pr_err("field %s of %s/%s does not look as expected: this rex.ko is not for this kernel\n",
	       known->field.name, known->category, known->event);
	return -ENOEXEC;
}

int __init rex_tracepoints_verify(void)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(known_fields); i++)
		ret = tracepoints_verify_field(&known_fields[i]);
	return ret;
}
