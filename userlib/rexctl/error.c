// SPDX-License-Identifier: GPL-2.0
/*
 * Prints errors: the cause, once, and the remedy.
 */
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "rexctl.h"

/* The warnings of libbpf since the last error, without their prefix. */
static char error_libbpf[2048];

static int error_keep_libbpf(enum libbpf_print_level level, const char *fmt,
			     va_list ap)
{
	size_t len = strlen(error_libbpf);
	char text[512], *start;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (rexctl_debug && level <= LIBBPF_INFO)
		rexctl_put_lines(stderr, "%s", text);
	if (level != LIBBPF_WARN)
		return 0;
	start = strncmp(text, "libbpf: ", 8) ? text : text + 8;
	snprintf(error_libbpf + len, sizeof(error_libbpf) - len, "    %s",
		 start);
	return 0;
}

void rexctl_quiet_libbpf(void)
{
	libbpf_set_print(error_keep_libbpf);
}

static void error_print(const char *fmt, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "rexctl%s%s: ", rexctl_verb ? " " : "",
		rexctl_verb ? rexctl_verb->name : "");
	rexctl_vput_lines(stderr, fmt, ap);
	putc('\n', stderr);
}

int rexctl_fail(enum rexctl_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_print(fmt, ap);
	va_end(ap);
	return status;
}

void rexctl_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("  ", stderr);
	rexctl_vput_lines(stderr, fmt, ap);
	putc('\n', stderr);
	va_end(ap);
}

/* The exit status of an errno, and the remedy. */
static const struct {
	int err;
	enum rexctl_status status;
	const char *remedy;
} error_kinds[] = {
	{ ENODEV, REXCTL_NO_MODULE, "load the module: modprobe rex" },
	{ EPROTO, REXCTL_NO_MODULE,
	  "rexctl, the module and the compiler of the object have to be of one ABI: update the older one, or build the object again" },
	{ EACCES, REXCTL_DENIED,
	  "run it as root: it needs CAP_SYS_ADMIN, CAP_BPF and, to load, CAP_SYS_MODULE" },
	{ EPERM, REXCTL_DENIED,
	  "run it as root: it needs CAP_SYS_ADMIN, CAP_BPF and, to load, CAP_SYS_MODULE" },
	{ ENOENT, REXCTL_NOT_FOUND, NULL },
	{ ESRCH, REXCTL_NOT_FOUND, NULL },
	{ 0, REXCTL_FAILED, NULL },
};

static int error_finish(int err)
{
	size_t i = 0;

	while (error_kinds[i].err && error_kinds[i].err != err)
		i++;
	/* A refusal by the kernel's policy has its reason, and root changes nothing. */
	if (error_kinds[i].status == REXCTL_DENIED && !geteuid())
		return error_kinds[i].status;
	if (error_kinds[i].remedy)
		rexctl_hint("%s", error_kinds[i].remedy);
	return error_kinds[i].status;
}

int rexctl_fail_errno(int err, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err = err < 0 ? -err : err;
	rexctl_fail(REXCTL_FAILED, "%s: %s", text, strerror(err));
	return error_finish(err);
}

int rexctl_fail_librex(void)
{
	int err = errno;

	rexctl_fail(REXCTL_FAILED, "%s", rex_last_error());
	if (strstr(rex_last_error(), "libbpf"))
		rexctl_put_lines(stderr, "%s", error_libbpf);
	return error_finish(err);
}
