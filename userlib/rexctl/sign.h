/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of kmod/signature.h for rexctl. That header conflicts with libc's.
 */
#ifndef REXCTL_SIGN_H
#define REXCTL_SIGN_H

#include <stddef.h>

/**
 * rexctl_signature_read() - read the claimed signer of a file, which is not
 * verified
 * @file:	its bytes
 * @size:	their number
 * @object_size: receives the number of bytes before the signature
 * @signer:	receives the name, or "" if there is no signature
 * @signer_size: its bytes
 * @why:   receives the error in the signature, if the result is not 0
 * @why_size:	its bytes
 *
 * Returns 0, -EBADMSG.
 */
int rexctl_signature_read(const void *file, size_t size, size_t *object_size,
			  char *signer, size_t signer_size, char *why,
			  size_t why_size);

/* Returns the trailer for a message of @length bytes at the end of a file. */
#define REXCTL_SIGNATURE_TAIL 40
void rexctl_signature_tail(size_t length,
			   unsigned char tail[REXCTL_SIGNATURE_TAIL]);

#endif /* REXCTL_SIGN_H */
