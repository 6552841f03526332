/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The audit log: each LOAD leaves a record of type KERN_MODULE, as a load of a
 * module does. It has the name and checksum of the object, the task, and the
 * result:
 *
 *	op=rex_load name="hello" sha256=<of the file> signer="<name>" res=<1 or 0> <the task>
 *
 * sha256 is "?" if the call was refused before the file was read, and signer if the
 * object has no signature of a known key. A call with invalid arguments has no record.
 * `ausearch -m KERN_MODULE` finds the records.
 */
#ifndef _REX_LOAD_AUDIT_H
#define _REX_LOAD_AUDIT_H

#include <linux/types.h>

#include <crypto/sha2.h>

/**
 * struct rex_load_audit - the record of a LOAD; all 0 at its beginning
 * @hashed:	@hash is set
 * @hash:	of the file
 */
struct rex_load_audit {
	bool hashed;
	u8 hash[SHA256_DIGEST_SIZE];
};

/* Note the file as the caller gave it. */
void rex_load_audit_object(struct rex_load_audit *audit, const void *elf,
			   size_t size);

/*
 * Write the record. @name is the image's, @signer that of a verified signature or "", and
 * @ret what LOAD returns. May sleep.
 */
void rex_load_audit_log(const struct rex_load_audit *audit, const char *name,
			const char *signer, int ret);

#endif /* _REX_LOAD_AUDIT_H */
