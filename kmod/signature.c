// SPDX-License-Identifier: GPL-2.0
/* The signature at the end of an object (signature.h). */
#include "signature.h"

/* ---- the message: DER, of which the kernel's parser takes a superset ---- */

#define DER_INTEGER 0x02
#define DER_OCTETS 0x04
#define DER_NULL 0x05
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_CONTEXT_0 0xa0 /* constructed */
#define DER_CONTEXT_1 0xa1
#define DER_KEY_ID 0x80 /* [0], primitive */

/* Bytes that have not been read. */
struct der {
	const u8 *at;
	size_t left;
};

/* Take a length: one byte, or 81 to 83 and as many, no more than needed. */
static bool der_take_length(struct der *in, size_t *length)
{
	u8 nr, i;

	if (!in->left)
		return false;
	*length = *in->at++;
	in->left--;
	if (*length < 0x80)
		return *length <= in->left;
	nr = *length & 0x7f;
	if (!nr || nr > 3 || nr > in->left)
		return false;
	for (*length = 0, i = 0; i < nr; i++)
		*length = *length << 8 | in->at[i];
	in->at += nr;
	in->left -= nr;
	if (*length < 0x80 || *length >> 8 * (nr - 1) == 0)
		return false;
	return *length <= in->left;
}

/* Take an element with this tag, and return its contents. */
static bool der_take(struct der *in, u8 tag, struct der *value)
{
	size_t length;

	if (!in->left || *in->at != tag)
		return false;
	in->at++;
	in->left--;
	if (!der_take_length(in, &length))
		return false;
	*value = (struct der){ in->at, length };
	in->at += length;
	in->left -= length;
	return true;
}

static bool der_next_is(const struct der *in, u8 tag)
{
	return in->left && *in->at == tag;
}

/* ---- the signer ---- */

static void signer_add_text(char *name, const u8 *bytes, size_t nr)
{
	size_t len = strlen(name), i;

	for (i = 0; i < nr && len + 1 < REX_SIGNATURE_NAME_LEN; i++, len++)
		name[len] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
	name[len] = '\0';
}

static void signer_add_hex(char *name, const u8 *bytes, size_t nr)
{
	size_t len = strlen(name), i;

	for (i = 0; i < nr && len + 2 < REX_SIGNATURE_NAME_LEN; i++, len += 2)
		snprintf(name + len, 3, "%02x", bytes[i]);
}

/* Take one part of a name, a SET of SEQUENCEs of a kind and a text of any type. */
static bool signer_take_part(struct der *names, struct der *common)
{
	static const u8 common_name[] = { 0x55, 0x04, 0x03 };
	struct der set, part, kind, text;

	if (!der_take(names, DER_SET, &set))
		return false;
	while (set.left) {
		if (!der_take(&set, DER_SEQUENCE, &part) ||
		    !der_take(&part, DER_OID, &kind) || !part.left ||
		    !der_take(&part, *part.at, &text) || part.left)
			return false;
		if (kind.left == sizeof(common_name) &&
		    !memcmp(kind.at, common_name, sizeof(common_name)))
			*common = text;
	}
	return true;
}

/* The name has room for the whole serial number after any common name. */
#define SIGNER_COMMON_MAX 72
#define SIGNER_SERIAL_MAX 20

static bool signer_from_serial(struct der id, char *name)
{
	struct der issuer, serial, common = { NULL, 0 };

	if (!der_take(&id, DER_SEQUENCE, &issuer) ||
	    !der_take(&id, DER_INTEGER, &serial) || id.left)
		return false;
	while (issuer.left)
		if (!signer_take_part(&issuer, &common))
			return false;
	if (!serial.left || serial.left > SIGNER_SERIAL_MAX + 1)
		return false;
	signer_add_text(name, common.at,
			min(common.left, (size_t)SIGNER_COMMON_MAX));
	signer_add_text(name, (const u8 *)", serial ", 9);
	signer_add_hex(name, serial.at, serial.left);
	return true;
}

static bool signer_from_key_id(struct der id, char *name)
{
	if (!id.left || id.left > 32)
		return false;
	signer_add_text(name, (const u8 *)"key ", 4);
	signer_add_hex(name, id.at, id.left);
	return true;
}

static bool signer_read_id(struct der *info, char *name)
{
	struct der id;

	if (der_take(info, DER_SEQUENCE, &id))
		return signer_from_serial(id, name);
	if (der_take(info, DER_KEY_ID, &id))
		return signer_from_key_id(id, name);
	return false;
}

/* An algorithm that needs no parameters: those that the kernel knows. */
static bool signer_take_algorithm(struct der *info)
{
	struct der algorithm, id, none;

	if (!der_take(info, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm, DER_OID, &id))
		return false;
	if (!algorithm.left)
		return true;
	return der_take(&algorithm, DER_NULL, &none) && !none.left &&
	       !algorithm.left;
}

/*
 * SignerInfo: a version, who it is, the algorithm of the digest, which is that of the
 * message, that of the signature, and the signature. The kernel passes over what it has
 * no use for, so that it would take other bytes there for the same.
 */
static bool signer_read(struct der info, struct der digests, char *name)
{
	struct der version, signature;
	const u8 *digest;

	if (!der_take(&info, DER_INTEGER, &version) ||
	    !signer_read_id(&info, name))
		return false;
	digest = info.at;
	if (!signer_take_algorithm(&info) ||
	    (size_t)(info.at - digest) != digests.left ||
	    memcmp(digest, digests.at, digests.left))
		return false;
	return signer_take_algorithm(&info) &&
	       der_take(&info, DER_OCTETS, &signature) && !info.left;
}

/*
 * Exactly one signer is required. Of several, the kernel does not say which one
 * it has verified, and the others may be false.
 */
static const char *signature_read(struct rex_signature *sig)
{
	static const char no_der[] = "it is no PKCS#7 message in DER";
	struct der in = { sig->message, sig->message_size };
	struct der content, type, data, part, digests, signers, signer;

	if (!der_take(&in, DER_SEQUENCE, &content) || in.left ||
	    !der_take(&content, DER_OID, &type) ||
	    !der_take(&content, DER_CONTEXT_0, &in) || content.left ||
	    !der_take(&in, DER_SEQUENCE, &data) || in.left ||
	    !der_take(&data, DER_INTEGER, &part) ||
	    !der_take(&data, DER_SET, &digests) ||
	    !der_take(&data, DER_SEQUENCE, &part))
		return no_der;
	if (der_next_is(&data, DER_CONTEXT_0) &&
	    !der_take(&data, DER_CONTEXT_0, &part))
		return no_der;
	if (der_next_is(&data, DER_CONTEXT_1) &&
	    !der_take(&data, DER_CONTEXT_1, &part))
		return no_der;
	if (!der_take(&data, DER_SET, &signers) || data.left ||
	    !der_take(&signers, DER_SEQUENCE, &signer))
		return no_der;
	if (signers.left)
		return "it has more than one signer";
	return signer_read(signer, digests, sig->signer) ? NULL : no_der;
}

/* ---- the file ---- */

static bool signature_has_mark(const u8 *file, size_t size)
{
	return size >= REX_SIGNATURE_MARK_LEN &&
	       !memcmp(file + size - REX_SIGNATURE_MARK_LEN, REX_SIGNATURE_MARK,
		       REX_SIGNATURE_MARK_LEN);
}

static const char *
signature_check_trailer(const struct rex_signature_trailer *t, size_t room,
			u32 *length)
{
	static const u8 zeros[sizeof(t->zeros2)];

	*length = (u32)t->length[0] << 24 | t->length[1] << 16 |
		  t->length[2] << 8 | t->length[3];
	if (t->id_type != REX_SIGNATURE_PKCS7)
		return "it is of another kind than PKCS#7";
	if (memcmp(t->zeros, zeros, sizeof(t->zeros)) ||
	    memcmp(t->zeros2, zeros, sizeof(t->zeros2)))
		return "bytes before its length are not 0";
	if (!*length || *length > room)
		return "its length is not within the file";
	if (*length > REX_SIGNATURE_MAX)
		return "it is longer than 64 KiB";
	return NULL;
}

static const char *signature_find(struct rex_signature *sig, const u8 *file,
				  size_t size)
{
	struct rex_signature_trailer trailer;
	const char *why;
	u32 length;

	size -= REX_SIGNATURE_MARK_LEN;
	if (size < sizeof(trailer))
		return "its length is not within the file";
	size -= sizeof(trailer);
	memcpy(&trailer, file + size, sizeof(trailer));
	why = signature_check_trailer(&trailer, size, &length);
	if (why)
		return why;
	size -= length;
	if (signature_has_mark(file, size))
		return "it signs an object that has a signature: sign the object as it was built";
	sig->object_size = size;
	sig->message = file + size;
	sig->message_size = length;
	return signature_read(sig);
}

int rex_signature_find(struct rex_signature *sig, const u8 *file, size_t size,
		       struct rex_log *log)
{
	const char *why;

	*sig = (struct rex_signature){ .object_size = size };
	if (!signature_has_mark(file, size))
		return 0;
	why = signature_find(sig, file, size);
	if (!why)
		return 0;
	sig->signer[0] = '\0';
	rex_log_err(log, "the signature at the end is refused: %s", why);
	return -EBADMSG;
}
