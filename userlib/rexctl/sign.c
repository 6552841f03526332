// SPDX-License-Identifier: GPL-2.0
/* The format of signatures, from the module's sources. */
#include "../../kmod/signature.h"
#include "sign.h"

int rexctl_signature_read(const void *file, size_t size, size_t *object_size,
			  char *signer, size_t signer_size, char *why,
			  size_t why_size)
{
	struct rex_signature sig;
	struct rex_log log;
	int err;

	rex_log_init(&log, why, why_size, REX_LOG_ERROR);
	err = rex_signature_find(&sig, file, size, &log);
	*object_size = err ? size : sig.object_size;
	snprintf(signer, signer_size, "%s", sig.signer);
	return err;
}

void rexctl_signature_tail(size_t length,
			   unsigned char tail[REXCTL_SIGNATURE_TAIL])
{
	const struct rex_signature_trailer trailer = {
		.id_type = REX_SIGNATURE_PKCS7,
		.length = { length >> 24, length >> 16, length >> 8, length },
	};

	_Static_assert(sizeof(trailer) + REX_SIGNATURE_MARK_LEN ==
			       REXCTL_SIGNATURE_TAIL,
		       "the trailer and the mark");
	memcpy(tail, &trailer, sizeof(trailer));
	memcpy(tail + sizeof(trailer), REX_SIGNATURE_MARK,
	       REX_SIGNATURE_MARK_LEN);
}
