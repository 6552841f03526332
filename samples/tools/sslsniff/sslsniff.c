// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the data that programs send and receive by TLS.
 */
#include <ctype.h>

#include "tool.h"

#define OBJECT "sslsniff.rex.o"

struct piece {
	__u64 time;
	__u64 took;
	__u32 process;
	__u32 thread;
	__u32 user;
	__u32 sends;
	__u32 size;
	__u32 offset;
	__u32 bytes;
	__u32 reserved;
	char comm[16];
	unsigned char data[];
};

struct options {
	__u32 process;
	__u32 user;
	char comm[16];
	__u32 max_bytes;
	bool extra;
	bool latency;
	bool hex;
	bool no_openssl;
	bool no_gnutls;
	bool no_nss;
	const char *extra_library;
	__u64 begin;
};

enum {
	OPT_HEX = 1,
	OPT_EXTRA_LIBRARY,
	OPT_MAX
};

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "This process only", 0 },
	{ "uid", 'u', "UID", 0, "This user only", 0 },
	{ "comm", 'c', "NAME", 0, "Threads of this name only", 0 },
	{ "extra", 'x', NULL, 0, "Print the user's and the thread's id", 0 },
	{ "latency", 'l', NULL, 0, "Print how long the call took", 0 },
	{ "no-openssl", 'o', NULL, 0, "Not the calls of OpenSSL", 0 },
	{ "no-gnutls", 'g', NULL, 0, "Not the calls of GnuTLS", 0 },
	{ "no-nss", 'n', NULL, 0, "Not the calls of NSS", 0 },
	{ "hexdump", OPT_HEX, NULL, 0, "Print data as hexadecimal numbers", 0 },
	{ "max-buffer-size", OPT_MAX, "BYTES", 0,
	  "Print so much of each call (default 1 MiB)", 0 },
	{ "extra-lib", OPT_EXTRA_LIBRARY, "FILE", 0,
	  "A library or program that has OpenSSL's functions", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->process = tool_id(state, arg);
		break;
	case 'u':
		o->user = tool_number(state, arg, 0, INT_MAX);
		break;
	case 'c':
		if (!*arg || strlen(arg) >= sizeof(o->comm))
			argp_error(state, "'%s' is not the name of a thread",
				   arg);
		strncpy(o->comm, arg, sizeof(o->comm) - 1);
		break;
	case 'x':
		o->extra = true;
		break;
	case 'l':
		o->latency = true;
		break;
	case 'o':
		o->no_openssl = true;
		break;
	case 'g':
		o->no_gnutls = true;
		break;
	case 'n':
		o->no_nss = true;
		break;
	case OPT_HEX:
		o->hex = true;
		break;
	case OPT_MAX:
		o->max_bytes = tool_number(state, arg, 1, INT_MAX);
		break;
	case OPT_EXTRA_LIBRARY:
		o->extra_library = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Prints what programs send and receive by TLS, in plain text.",
};

/* ---- attachment ---- */

/* The cookie of an attachment, which says what the function does. */
#define SENDS 1
#define COUNTS 2

struct function_of_library {
	const char *name;
	int cookie;
};

static const struct function_of_library openssl[] = {
	{ "SSL_write", SENDS },
	{ "SSL_read", 0 },
	{ "SSL_write_ex", SENDS | COUNTS },
	{ "SSL_read_ex", COUNTS },
	{},
};

static const struct function_of_library gnutls[] = {
	{ "gnutls_record_send", SENDS },
	{ "gnutls_record_recv", 0 },
	{},
};

static const struct function_of_library nss[] = {
	{ "PR_Write", SENDS },
	{ "PR_Send", SENDS },
	{ "PR_Read", 0 },
	{ "PR_Recv", 0 },
	{},
};

static void attach(struct tool *tool, const char *program, const char *library,
		   const struct function_of_library *f, bool at_return)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = f->name,
		    .bpf_cookie = f->cookie, .retprobe = at_return);

	tool_keep(tool,
		  bpf_program__attach_uprobe_opts(must(rex_obj_program(tool->obj,
								       program)),
						  -1, library, 0, &opts),
		  library);
}

/* Attaches to a library's functions. Returns false if there is no such library. */
static bool attach_library(struct tool *tool, const char *library,
			   const struct function_of_library *functions)
{
	static const char *const folders[] = { "/lib/x86_64-linux-gnu/",
					       "/usr/lib/x86_64-linux-gnu/",
					       "/usr/lib64/", "/usr/lib/", "" };
	char path[PATH_MAX];
	size_t i = strchr(library, '/') ? 4 : 0;

	do
		snprintf(path, sizeof(path), "%s%s", folders[i], library);
	while (access(path, R_OK) && ++i < 5);
	if (i == 5)
		return false;
	for (; functions->name; functions++) {
		attach(tool, "on_return", path, functions, true);
		attach(tool, "on_call", path, functions, false);
	}
	return true;
}

static void attach_all(struct tool *tool, const struct options *o)
{
	bool any = false;

	if (o->extra_library) {
		any = attach_library(tool, o->extra_library, openssl);
		if (!any)
			errx(1, "there is no file '%s'", o->extra_library);
	}
	if (!o->no_openssl)
		any |= attach_library(tool, "libssl.so.3", openssl);
	if (!o->no_gnutls)
		any |= attach_library(tool, "libgnutls.so.30", gnutls);
	if (!o->no_nss)
		any |= attach_library(tool, "libnspr4.so", nss);
	if (!any)
		errx(1, "there is no library of TLS: --extra-lib names one");
}

/* ---- output ---- */

static void print_title(const struct options *o)
{
	printf("%-12s %-18s %-16s %-7s %-6s", "FUNC", "TIME(s)", "COMM", "PID",
	       "LEN");
	if (o->extra)
		printf(" %-7s %-7s", "UID", "TID");
	if (o->latency)
		printf(" %-7s", "LAT(ms)");
	sample_say("");
}

/* Prints text, except for bytes that could be terminal commands. */
static void print_text(const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		putchar(data[i] < ' ' && !isspace(data[i]) ? '.' : data[i]);
}

static void print_hex(const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		printf("%02x%s", data[i], i % 32 == 31 ? "\n" : "");
}

static int print_piece(void *ctx, void *data, size_t size)
{
	const struct piece *p = data;
	struct options *o = ctx;

	if (size < sizeof(*p) || size - sizeof(*p) < p->bytes)
		return 0;
	if (!o->begin)
		o->begin = p->time;
	if (!p->offset) {
		printf("%-12s %-18.9f %-16.16s %-7u %-6u",
		       p->sends ? "WRITE/SEND" : "READ/RECV",
		       (p->time - o->begin) / 1e9, p->comm, p->process,
		       p->size);
		if (o->extra)
			printf(" %-7u %-7u", p->user, p->thread);
		if (o->latency)
			printf(" %-7.3f", p->took / 1e6);
		puts("\n----- DATA -----");
	}
	if (o->hex)
		print_hex(p->data, p->bytes);
	else
		print_text(p->data, p->bytes);
	if (p->bytes && p->offset + p->bytes < p->size &&
	    p->offset + p->bytes < o->max_bytes)
		return 0;
	if (p->offset + p->bytes < p->size)
		printf("\n----- END DATA (TRUNCATED, %u bytes lost) -----\n\n",
		       p->size - p->offset - p->bytes);
	else
		puts("\n----- END DATA -----\n");
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .user = -1, .max_bytes = 1 << 20 };
	struct tool tool;

	tool_parse(&argp, argc, argv, &o);
	tool = tool_open(OBJECT);
	tool_set(&tool, "PROCESS", o.process);
	tool_set(&tool, "USER", o.user);
	must_fd(rex_obj_set_config(tool.obj, "COMM", o.comm, sizeof(o.comm)));
	tool_set(&tool, "MAX_BYTES", o.max_bytes);
	tool_load(&tool);
	attach_all(&tool, &o);
	print_title(&o);
	tool_follow(&tool, "PIECES", print_piece, &o, 0);
	tool_close(&tool);
	return 0;
}
