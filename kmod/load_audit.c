// SPDX-License-Identifier: GPL-2.0
#include <linux/audit.h>
#include <linux/string.h>

#include "load_audit.h"

void rex_load_audit_object(struct rex_load_audit *audit, const void *elf,
			   size_t size)
{
	if (audit_enabled == AUDIT_OFF)
		return;
	sha256(elf, size, audit->hash);
	audit->hashed = true;
}

/* A name may have quotation marks; as elsewhere in this log, it is hexadecimal then. */
static void audit_put_name(struct audit_buffer *ab, const char *name)
{
	if (strchr(name, '"'))
		audit_log_format(ab, " name=%*phN", (int)strlen(name), name);
	else
		audit_log_format(ab, " name=\"%s\"", name);
}

void rex_load_audit_log(const struct rex_load_audit *audit, const char *name,
			int ret)
{
	struct audit_buffer *ab;

	if (audit_enabled == AUDIT_OFF)
		return;
	ab = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERN_MODULE);
	if (!ab)
		return;
	audit_log_format(ab, "op=rex_load");
	audit_put_name(ab, name);
	if (audit->hashed)
		audit_log_format(ab, " sha256=%*phN", SHA256_DIGEST_SIZE,
				 audit->hash);
	else
		audit_log_format(ab, " sha256=?");
	audit_log_format(ab, " res=%d", ret >= 0);
	audit_log_task_info(ab);
	audit_log_end(ab);
}
