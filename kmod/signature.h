/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signature at the end of an object, in the format of the kernel's modules:
 *
 *	the object, which is what is signed
 *	the signature, a PKCS#7 message without the signed data
 *	struct rex_signature_trailer
 *	REX_SIGNATURE_MARK
 *
 * This part, which finds the signature and its signer, needs no kernel. The
 * kernel verifies the signature (trust.c). The file may be hostile.
 */
#ifndef REX_SIGNATURE_H
#define REX_SIGNATURE_H

#include "log.h"

#define REX_SIGNATURE_MARK "~Module signature appended~\n"
#define REX_SIGNATURE_MARK_LEN (sizeof(REX_SIGNATURE_MARK) - 1)

/* A longer message is refused; that of a key of 4096 bits has some 700 bytes. */
#define REX_SIGNATURE_MAX (64u << 10)

#define REX_SIGNATURE_PKCS7 2 /* the only kind */

/**
 * struct rex_signature_trailer - struct module_signature of the kernel
 * @zeros:	0
 * @id_type:	REX_SIGNATURE_PKCS7
 * @zeros2:	0
 * @length:	of the message, big endian
 */
struct rex_signature_trailer {
	u8 zeros[2];
	u8 id_type;
	u8 zeros2[5];
	u8 length[4];
};

/* A signer's name, with a NUL; it is printable ASCII. */
#define REX_SIGNATURE_NAME_LEN 128

/**
 * struct rex_signature - a file with or without a signature
 * @object_size: bytes of the file that are the object
 * @message:	the PKCS#7 message; NULL: there is none
 * @message_size: its bytes
 * @signer:	the claimed signer: the common name of the certificate's issuer and
 *		its serial number, or the identifier of the key; "" without a signature,
 *		and after a refusal
 */
struct rex_signature {
	size_t object_size;
	const u8 *message;
	u32 message_size;
	char signer[REX_SIGNATURE_NAME_LEN];
};

/**
 * rex_signature_find() - look for a signature at the end of a file
 * @sig:	filled in
 * @file:	its bytes
 * @size:	their number
 * @log:	receives the reason of a refusal
 *
 * Return: 0, also if there is no signature; -EBADMSG.
 */
int rex_signature_find(struct rex_signature *sig, const u8 *file, size_t size,
		       struct rex_log *log);

#endif /* REX_SIGNATURE_H */
