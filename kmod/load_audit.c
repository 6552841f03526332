// SPDX-License-Identifier: GPL-2.0
#include <linux/audit.h>
#include <linux/string.h>

#include "digest.h"
#include "load_audit.h"

void rex_load_audit_object(struct rex_load_audit *audit, const void *elf,
			   size_t size)
{
	rex_digest(elf, size, audit->hash);
	audit->hashed = true;
}

/* A text with quotation marks is written in hexadecimal, as usual in the audit log. */
static void audit_put_text(struct audit_buffer *ab, const char *key,
			   const char *text)
{
	if (strchr(text, '"'))
		audit_log_format(ab, " %s=%*phN", key, (int)strlen(text), text);
	else
		audit_log_format(ab, " %s=\"%s\"", key, text);
}

void rex_load_audit_log(const struct rex_load_audit *audit, const char *name,
			const char *signer, int ret)
{
	struct audit_buffer *ab;

	if (audit_enabled == AUDIT_OFF)
		return;
	ab = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERN_MODULE);
	if (!ab)
		return;
	audit_log_format(ab, "op=rex_load");
	audit_put_text(ab, "name", name);
	if (audit->hashed)
		audit_log_format(ab, " sha256=%*phN", SHA256_DIGEST_SIZE,
				 audit->hash);
	else
		audit_log_format(ab, " sha256=?");
	if (signer[0])
		audit_put_text(ab, "signer", signer);
	else
		audit_log_format(ab, " signer=?");
	audit_log_format(ab, " res=%d", ret >= 0);
	audit_log_task_info(ab);
	audit_log_end(ab);
}
