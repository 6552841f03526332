// SPDX-License-Identifier: GPL-2.0
/*
 * The signature at the end of a file (kmod/signature.h): its place, its signer,
 * and refusals. The kernel verifies signatures, so it is not tested here.
 * Messages changed at random, under ASan, are refused, or name one of the
 * signers.
 */
#include <stdint.h>

#include "signature.h"
#include "test.h"

#define MAX 4096

struct file {
	u8 bytes[MAX];
	size_t size;
};

static char log_text[512];

static int find(struct rex_signature *sig, const struct file *file)
{
	struct rex_log log;
	/* of exactly the right size, so that ASan sees a byte too much */
	u8 *copy = malloc(file->size ?: 1);
	int err;

	memcpy(copy, file->bytes, file->size);
	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_ERROR);
	err = rex_signature_find(sig, copy, file->size, &log);
	free(copy);
	return err;
}

static void check_refused(const struct file *file, const char *words)
{
	struct rex_signature sig;

	check_int(find(&sig, file), -EBADMSG);
	check_str(sig.signer, "");
	if (!strstr(log_text, words))
		fail("'%s' is not in: %s", words, log_text);
}

/* ---- making signatures ---- */

static void add(struct file *file, const void *bytes, size_t nr)
{
	memcpy(file->bytes + file->size, bytes, nr);
	file->size += nr;
}

/* An element of DER with what is in @value, which is moved into it. */
static struct file der(u8 tag, const struct file *value)
{
	struct file all = {};
	u8 head[] = { tag, 0x82, value->size >> 8, value->size };

	if (value->size < 0x80) {
		head[1] = value->size;
		add(&all, head, 2);
	} else if (value->size < 0x100) {
		head[1] = 0x81;
		head[2] = value->size;
		add(&all, head, 3);
	} else {
		add(&all, head, 4);
	}
	add(&all, value->bytes, value->size);
	return all;
}

static void add_der(struct file *to, u8 tag, const void *bytes, size_t nr)
{
	struct file value = {};
	struct file all;

	add(&value, bytes, nr);
	all = der(tag, &value);
	add(to, all.bytes, all.size);
}

static void wrap(struct file *file, u8 tag)
{
	*file = der(tag, file);
}

/* A name of two parts, the second of which is the common name. */
static struct file issuer(const char *common)
{
	static const u8 country[] = { 0x55, 0x04, 0x06 },
			common_name[] = { 0x55, 0x04, 0x03 };
	struct file name = {}, part = {};

	add_der(&part, 0x06, country, sizeof(country));
	add_der(&part, 0x13, "DE", 2);
	wrap(&part, 0x30);
	add_der(&name, 0x31, part.bytes, part.size);
	part = (struct file){};
	add_der(&part, 0x06, common_name, sizeof(common_name));
	add_der(&part, 0x0c, common, strlen(common));
	wrap(&part, 0x30);
	add_der(&name, 0x31, part.bytes, part.size);
	wrap(&name, 0x30);
	return name;
}

/* Two of them, the second with a parameter; and the signature. */
static void add_algorithms(struct file *info)
{
	static const u8 first[] = { 0x06, 1, 0x2a },
			second[] = { 0x06, 1, 0x2a, 0x05, 0 };

	add_der(info, 0x30, first, sizeof(first));
	add_der(info, 0x30, second, sizeof(second));
	add_der(info, 0x04, "the signature itself", 20);
}

static struct file signer_by_serial(const char *common)
{
	static const u8 serial[] = { 0x01, 0xab, 0xcd };
	struct file id = issuer(common), info = {};

	add_der(&id, 0x02, serial, sizeof(serial));
	add_der(&info, 0x02, "\1", 1);
	add_der(&info, 0x30, id.bytes, id.size);
	add_algorithms(&info);
	wrap(&info, 0x30);
	return info;
}

static struct file signer_by_key(void)
{
	static const u8 id[] = { 0xde, 0xad, 0xbe, 0xef };
	struct file info = {};

	add_der(&info, 0x02, "\3", 1);
	add_der(&info, 0x80, id, sizeof(id));
	add_algorithms(&info);
	wrap(&info, 0x30);
	return info;
}

/* A message with this in its set of signers. */
static struct file message(const struct file *signers)
{
	static const u8 oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
				  0x0d, 0x01, 0x07, 0x02 };
	static const u8 digest[] = { 0x30, 3, 0x06, 1, 0x2a };
	struct file data = {}, all = {};

	add_der(&data, 0x02, "\1", 1);
	add_der(&data, 0x31, digest, sizeof(digest));
	add_der(&data, 0x30, "", 0);
	add_der(&data, 0xa0, "certificates", 12);
	add_der(&data, 0x31, signers->bytes, signers->size);
	wrap(&data, 0x30);
	add_der(&all, 0x06, oid, sizeof(oid));
	add_der(&all, 0xa0, data.bytes, data.size);
	wrap(&all, 0x30);
	return all;
}

static void add_tail(struct file *file, u32 length)
{
	const struct rex_signature_trailer trailer = {
		.id_type = REX_SIGNATURE_PKCS7,
		.length = { length >> 24, length >> 16, length >> 8, length },
	};

	add(file, &trailer, sizeof(trailer));
	add(file, REX_SIGNATURE_MARK, REX_SIGNATURE_MARK_LEN);
}

#define OBJECT "an object"

static struct file signed_with(const struct file *msg)
{
	struct file file = {};

	add(&file, OBJECT, sizeof(OBJECT));
	add(&file, msg->bytes, msg->size);
	add_tail(&file, msg->size);
	return file;
}

static struct file good(void)
{
	struct file signer = signer_by_serial("Some key");
	struct file msg = message(&signer);

	return signed_with(&msg);
}

static struct rex_signature_trailer *trailer_of(struct file *file)
{
	return (void *)(file->bytes + file->size - REX_SIGNATURE_MARK_LEN -
			sizeof(struct rex_signature_trailer));
}

/* ---- tests ---- */

static void files_without_the_mark_have_no_signature(void)
{
	struct file file = good();
	struct rex_signature sig;
	size_t size;

	for (size = 0; size < file.size; size++) {
		struct file cut = file;

		cut.size = size;
		check_int(find(&sig, &cut), 0);
		check(!sig.message && !sig.signer[0]);
		check_int(sig.object_size, size);
	}
	check_int(find(&sig, &file), 0);
	check(sig.message != NULL);
}

static void signers_have_a_name(void)
{
	struct file file = good(), signer = signer_by_key(), msg;
	struct rex_signature sig;

	check_int(find(&sig, &file), 0);
	check_int(sig.object_size, sizeof(OBJECT));
	check_str(sig.signer, "Some key, serial 01abcd");
	msg = message(&signer);
	file = signed_with(&msg);
	check_int(find(&sig, &file), 0);
	check_str(sig.signer, "key deadbeef");
}

static void names_are_truncated_and_printable(void)
{
	char common[300];
	struct file signer, msg, file;
	struct rex_signature sig;

	memset(common, '\n', sizeof(common) - 1);
	common[sizeof(common) - 1] = '\0';
	signer = signer_by_serial(common);
	msg = message(&signer);
	file = signed_with(&msg);
	check_int(find(&sig, &file), 0);
	check_int(strlen(sig.signer), 72 + 9 + 6);
	check(strspn(sig.signer, "?") == 72);
	check_str(sig.signer + 72, ", serial 01abcd");
}

static void a_second_signer_is_refused(void)
{
	struct file signers = signer_by_serial("Alice"), more, msg, file;

	more = signer_by_key();
	add(&signers, more.bytes, more.size);
	msg = message(&signers);
	file = signed_with(&msg);
	check_refused(&file, "more than one signer");
	signers.size = 0;
	msg = message(&signers);
	file = signed_with(&msg);
	check_refused(&file, "no PKCS#7 message");
}

static void a_second_signature_is_refused(void)
{
	struct file file = good(), signer = signer_by_key(), msg;

	msg = message(&signer);
	add(&file, msg.bytes, msg.size);
	add_tail(&file, msg.size);
	check_refused(&file, "sign the object as it was built");
}

static void lengths_are_within_the_file(void)
{
	static const u32 lengths[] = { 0,	   5000,       65537,
				       0x7fffffff, 0x80000000, 0xffffffff };
	struct file file = good();
	struct file mark = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		u8 *at = trailer_of(&file)->length;

		at[0] = lengths[i] >> 24;
		at[1] = lengths[i] >> 16;
		at[2] = lengths[i] >> 8;
		at[3] = lengths[i];
		check_refused(&file, "its length is not within the file");
	}
	add(&mark, REX_SIGNATURE_MARK, REX_SIGNATURE_MARK_LEN);
	check_refused(&mark, "its length is not within the file");
	mark.size = 0;
	add_tail(&mark, 1);
	check_refused(&mark, "its length is not within the file");
}

static void each_byte_of_the_trailer_is_checked(void)
{
	size_t i, at = offsetof(struct rex_signature_trailer, length);

	for (i = 0; i < at; i++) {
		struct file file = good();

		((u8 *)trailer_of(&file))[i] ^= 0x80;
		check_refused(&file, i == 2 ? "another kind" : "not 0");
	}
}

static void longer_messages_than_64_KiB_are_refused(void)
{
	size_t size = (64 << 10) + 1, all = size + 40;
	struct rex_signature_trailer trailer = {
		.id_type = REX_SIGNATURE_PKCS7,
		.length = { 0, 1, 0, 1 },
	};
	u8 *bytes = calloc(1, all);
	struct rex_signature sig;
	struct rex_log log;

	memcpy(bytes + size, &trailer, sizeof(trailer));
	memcpy(bytes + size + sizeof(trailer), REX_SIGNATURE_MARK,
	       REX_SIGNATURE_MARK_LEN);
	rex_log_init(&log, log_text, sizeof(log_text), REX_LOG_ERROR);
	check_int(rex_signature_find(&sig, bytes, all, &log), -EBADMSG);
	check(strstr(log_text, "longer than 64 KiB"));
	free(bytes);
}

/* As the kernel's parser would take some of these, both would see other signers. */
static void only_der_is_taken(void)
{
	static const u8 bad[][6] = {
		{ 0x30, 0x80, 0x00, 0x00 }, /* no length */
		{ 0x30, 0x81, 0x02, 0x00, 0x00 }, /* a longer one than needed */
		{ 0x30, 0x84, 0x00, 0x00, 0x00, 0x00 },
		{ 0x30, 0x05, 0x00, 0x00 }, /* beyond the end */
		{ 0x30, 0x02, 0x00, 0x00, 0x00 }, /* before the end */
		{ 0x31, 0x00 },
	};
	static const u8 sizes[] = { 4, 5, 6, 4, 5, 2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct file msg = {}, file;

		add(&msg, bad[i], sizes[i]);
		file = signed_with(&msg);
		check_refused(&file, "no PKCS#7 message");
	}
}

static void changed_messages_do_no_harm(void)
{
	struct file by_serial = good(), signer = signer_by_key(), msg, by_key;
	uint64_t state = 88172645463325252ull;
	unsigned long taken = 0, refused = 0, i;

	msg = message(&signer);
	by_key = signed_with(&msg);
	for (i = 0; i < 300000; i++) {
		struct file file = i % 2 ? by_serial : by_key;
		struct rex_signature sig;
		int n;

		for (n = 1 + i % 4; n; n--) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			file.bytes[sizeof(OBJECT) +
				   state % (file.size - sizeof(OBJECT) - 28)] =
				state >> 32;
		}
		if (find(&sig, &file)) {
			refused++;
			check(log_text[0]);
			check_str(sig.signer, "");
			continue;
		}
		taken++;
		check(memchr(sig.signer, 0, sizeof(sig.signer)) &&
		      sig.signer[0]);
		check(sig.object_size + sig.message_size + 40 == file.size);
	}
	check(taken > 1000 && refused > 1000);
}

static const struct test tests[] = {
	{ "files_without_the_mark_have_no_signature",
	  files_without_the_mark_have_no_signature },
	{ "signers_have_a_name", signers_have_a_name },
	{ "names_are_truncated_and_printable",
	  names_are_truncated_and_printable },
	{ "a_second_signer_is_refused", a_second_signer_is_refused },
	{ "a_second_signature_is_refused", a_second_signature_is_refused },
	{ "lengths_are_within_the_file", lengths_are_within_the_file },
	{ "each_byte_of_the_trailer_is_checked",
	  each_byte_of_the_trailer_is_checked },
	{ "longer_messages_than_64_KiB_are_refused",
	  longer_messages_than_64_KiB_are_refused },
	{ "only_der_is_taken", only_der_is_taken },
	{ "changed_messages_do_no_harm", changed_messages_do_no_harm },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
